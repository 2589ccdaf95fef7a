"""Every page of a workspace, and a bare one: same middleware, login and base template, 25 rows, nothing else."""

from django.contrib.auth.decorators import login_required
from django.shortcuts import render
from django.urls import path

from inventory.models import Lot
from nozzly.urls import urlpatterns as pages


@login_required
def bare(request):
    """The columns of the spool list as the shortest Django view would show them."""
    lots = Lot.objects.filter(spool__isnull=False).select_related(
        "spool", "location", "item__filament__brand", "item__filament__material"
    )
    return render(request, "bench/bare.html", {"lots": lots.order_by("title", "pk")[:25]})


urlpatterns = [*pages, path("bench/bare/", bare)]
