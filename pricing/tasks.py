"""Work that does not keep a browser waiting."""

from django.utils import timezone
from django.utils.translation import gettext as _

from nozzly.web.working import Progress, job_kind
from pricing.documents import sheet_pdf
from pricing.domain.sheets import contents_of
from pricing.models import PriceSheet


@job_kind("pricing.sheet")
def print_sheet(progress: Progress, *, sheet_id: int) -> str:
    sheet = PriceSheet.objects.for_table().get(pk=sheet_id)
    on = timezone.localdate()
    contents = contents_of(sheet, on=on)
    total = len(contents.rows) + 1
    content = sheet_pdf(contents, on=on, tell=lambda done: progress.step(done, total=total))
    progress.save_file("price-sheet.pdf", content)
    progress.point_to(sheet.get_absolute_url())
    progress.step(total, total=total)
    return _("The price sheet is ready.")
