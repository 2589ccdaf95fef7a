"""Work that does not keep a browser waiting."""

from celery import shared_task
from django.contrib.auth import get_user_model
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from nozzly.accounts.permissions import ROLE_PERMISSIONS, Permission
from nozzly.web.notifying import notify
from nozzly.web.working import Progress, job_kind
from pricing.documents import sheet_pdf
from pricing.domain.alarms import check_margins
from pricing.domain.sheets import contents_of, keep_file
from pricing.models import Listing, PriceSheet


@job_kind("pricing.sheet")
def print_sheet(progress: Progress, *, sheet_id: int) -> str:
    sheet = PriceSheet.objects.for_table().get(pk=sheet_id)
    on = timezone.localdate()
    contents = contents_of(sheet, on=on)
    total = len(contents.rows) + 1
    content = sheet_pdf(contents, on=on, tell=lambda done: progress.step(done, total=total))
    keep_file(sheet, content, at=timezone.now())
    progress.save_file("price-sheet.pdf", content)
    progress.point_to(sheet.get_absolute_url())
    progress.step(total, total=total)
    return _("The price sheet is ready.")


@job_kind("pricing.margins")
def look_at_margins(progress: Progress) -> str:
    total, fallen = Listing.objects.for_check().count(), 0
    for looked, fallen in check_margins(on=timezone.localdate(), at=timezone.now()):  # noqa: B007 - the last one counts
        progress.step(looked, total=total)
    progress.point_to(reverse("pricing:alarm_list"))
    return _fallen(fallen)


@shared_task
def look_every_night(**_kwargs) -> int:
    """Tell those who set prices what fell under its target since yesterday."""
    now, fallen = timezone.now(), 0
    for _looked, fallen in check_margins(on=timezone.localdate(), at=now):  # noqa: B007 - the last one counts
        pass
    if fallen:
        roles = [role for role, allowed in ROLE_PERMISSIONS.items() if Permission.PRICE_EDIT in allowed]
        for user in get_user_model().objects.filter(role__in=roles, is_active=True):
            notify(user, _fallen(fallen), url=reverse("pricing:alarm_list"), at=now)
    return fallen


def _fallen(count: int) -> str:
    if not count:
        return _("No listing fell under its target.")
    text = ngettext("One listing fell under its target.", "{count} listings fell under their target.", count)
    return text.format(count=count)
