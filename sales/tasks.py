from django.utils import timezone
from django.utils.translation import gettext as _

from nozzly.accounts.models import User
from nozzly.web.working import Progress, job_kind
from sales.domain import order_imports
from sales.models import OrderImport


@job_kind("sales.apply_import")
def apply_import(progress: Progress, *, order_import_id: int):
    """Write an import into the books; what goes wrong is said on its page, and what was written stays whole."""
    order_import = OrderImport.objects.get(pk=order_import_id)
    by = User.objects.get(pk=progress.job.created_by_id)
    progress.point_to(order_import.get_absolute_url())
    try:
        applied = order_imports.apply(
            order_import, step=lambda done, total: progress.step(done, total=total), by=by, at=timezone.now()
        )
    except Exception as error:
        order_imports.fail(order_import, error=error)
        raise
    made = applied.summary["made"]
    return _("{made} orders came in, {changed} were brought up to date.").format(
        made=made["made"], changed=made["changed_orders"]
    )
