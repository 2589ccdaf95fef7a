"""What somebody thinks of a run once it is off the bed."""

from collections.abc import Sequence

from django.db import transaction
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


def set_notes(notes: Sequence[tuple[Run, str]]) -> None:
    """Other notes for runs, all or none."""
    with transaction.atomic():
        for run, note in notes:
            Run.objects.filter(pk=run.pk).update(note=note)
