"""Photos of rolls, boxes and parts: kept as attachments, shown to everybody who may look at the stock room."""

from django.contrib import messages
from django.contrib.contenttypes.models import ContentType
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from inventory.models import Item, Lot
from nozzly.accounts.permissions import Permission
from nozzly.core.errors import DomainError
from nozzly.web.attaching import NotAPicture, attach, detach
from nozzly.web.guard import requires
from nozzly.web.models import Attachment
from nozzly.web.render import go_to

MOST_PICTURES = 8


def pictures_of(subject: Lot | Item) -> list[Attachment]:
    """The newest first."""
    return list(Attachment.objects.about(subject).filter(width_px__isnull=False).order_by("-pk")[:MOST_PICTURES])


@requires(Permission.STOCK_WEIGH)
@require_POST
def add_lot_picture(request: HttpRequest, code: str) -> HttpResponse:
    return _add(request, get_object_or_404(Lot.objects.select_related("spool"), code=code))


@requires(Permission.STOCK_EDIT)
@require_POST
def add_item_picture(request: HttpRequest, pk: int) -> HttpResponse:
    return _add(request, get_object_or_404(Item, pk=pk))


@requires(Permission.STOCK_EDIT)
@require_POST
def remove_picture(request: HttpRequest, pk: int) -> HttpResponse:
    kinds = ContentType.objects.get_for_models(Lot, Item).values()
    picture = get_object_or_404(Attachment.objects.filter(content_type__in=kinds), pk=pk)
    subject = picture.subject
    if subject is None:
        raise Http404
    detach(picture)
    return go_to(request, subject)


def _add(request, subject) -> HttpResponse:
    file = request.FILES.get("picture")
    try:
        if file is None or not (file.content_type or "").startswith("image/"):
            raise NotAPicture(_("Choose a photo first."))
        if len(pictures_of(subject)) >= MOST_PICTURES:
            raise NotAPicture(_("%(most)s photos are enough: remove one first.") % {"most": MOST_PICTURES})
        kept = attach(subject, file, permission=Permission.STOCK_VIEW, by=request.user, at=timezone.now())
        if not kept.is_picture:
            detach(kept)
            raise NotAPicture(_("This kind of picture cannot be shown: take JPEG, PNG or WebP."))
    except DomainError as error:
        messages.error(request, str(error))
    return go_to(request, subject)
