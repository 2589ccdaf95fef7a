"""What somebody thinks of a run once it is off the bed."""

from django.utils.translation import gettext as _

from nozzly.core.errors import DomainError
from production.choices import RunState
from production.models import Run


class NotDoneYet(DomainError):
    pass


def rate_run(run: Run, *, stars: int | None, note: str, settings_note: str) -> Run:
    """Stars, a note, and what was set to get there. Raises NotDoneYet."""
    changed = Run.objects.filter(pk=run.pk, state=RunState.DONE).update(
        stars=stars, note=note, settings_note=settings_note
    )
    if not changed:
        raise NotDoneYet(_("%(run)s is not done; it is rated when it is.") % {"run": run})
    run.refresh_from_db()
    return run
