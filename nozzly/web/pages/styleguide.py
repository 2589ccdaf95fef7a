"""Every part of the pages with the code that makes it, for those who write pages. Desk only."""

from datetime import timedelta
from decimal import Decimal

from django import forms
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from nozzly.web import charts, formatting
from nozzly.web.guard import login_only
from nozzly.web.render import render


class SampleForm(forms.Form):
    name = forms.CharField(label="Name", help_text="As it stands on the box.")
    weight_g = forms.DecimalField(label="Weight", required=False)
    material = forms.ChoiceField(label="Material", choices=[("pla", "PLA"), ("petg", "PETG")])
    opened_on = forms.DateField(label="Opened on", widget=forms.DateInput(attrs={"type": "date"}), required=False)
    dried = forms.BooleanField(label="It has been dried", required=False)
    finish = forms.ChoiceField(label="Finish", choices=[("matte", "Matte"), ("silk", "Silk")], widget=forms.RadioSelect)
    note = forms.CharField(label="Note", widget=forms.Textarea(attrs={"rows": 3}), required=False)


@login_only
@require_safe
def show_styleguide(request: HttpRequest) -> HttpResponse:
    if not settings.EMBEDDED:
        raise Http404
    wrong = SampleForm({"material": "pla", "weight_g": "heavy", "finish": "silk"})
    wrong.add_error(None, "This spool is already in printer Prusa 2.")
    return render(request, "web/styleguide.html", {"form": wrong, **_samples()})


def _samples() -> dict:
    at = timezone.now()
    return {
        "amount": Decimal("1234.5"),
        "weight_g": Decimal("498.2"),
        "seconds": 12_000,
        "profit_chart": charts.bars(
            title="Profit by month",
            labels=["Aug", "Sep", "Oct", "Nov"],
            series={
                "Etsy": [Decimal(320), Decimal(410), Decimal("388.5"), Decimal(502)],
                "Fairs": [Decimal(120), Decimal(0), Decimal(240), Decimal(310)],
            },
            show=formatting.money,
        ),
        "share_pct": Decimal("37.5"),
        "cost_per_g": Decimal("0.021900"),
        "entries": [
            {"at": at, "text": "Weighed: 498 g left", "by": "Mia", "icon": "scale"},
            {"at": at - timedelta(days=2), "text": "Opened", "by": "Mia", "detail": "Loaded into Prusa 2"},
            {"at": at - timedelta(days=30), "text": "Received with delivery 2291"},
        ],
    }
