"""What runs that are not finished are told of whom they print for, when that is put right."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

from nozzly.core.errors import DomainError
from production.choices import RunState
from production.models import Run, RunOutput

MOST = Run._meta.get_field("reference").max_length


class PrintedAlready(DomainError):
    """The old words are on a piece, or on their way to one."""


@dataclass(frozen=True)
class Words:
    """What a run is for: where its ``reference`` still begins as it was given, it becomes this one."""

    begins: str
    reference: str


def refer(source: str, words: Mapping[int, Words]) -> None:
    """Say anew, by ``source_id``, what open runs are for; what somebody typed instead stays."""
    outputs = RunOutput.objects.filter(source=source, source_id__in=words, run__state__in=RunState.open())
    for run_id, source_id in outputs.order_by("run").values_list("run", "source_id").distinct():
        begins, text = words[source_id].begins, words[source_id].reference[:MOST]
        Run.objects.filter(pk=run_id, reference__startswith=begins).exclude(reference=text).update(reference=text)


def write_instead(source: str, source_id: int, text: str) -> None:
    """What planned runs write on these pieces; inside a transaction. Raises PrintedAlready."""
    outputs = RunOutput.objects.filter(source=source, source_id=source_id)
    runs = Run.objects.filter(pk__in=outputs.values("run")).order_by("pk").select_for_update(of=("self",), no_key=True)
    by_pk = {run.pk: run for run in runs}
    for output in outputs:
        run = by_pk[output.run_id]
        if run.state == RunState.PRINTING or output.lot_id:
            raise PrintedAlready(
                _("Run {run} prints or printed “{text}”; it cannot be written anew.").format(
                    run=run.number, text=output.personalisation
                )
            )
    outputs.filter(run__state=RunState.PLANNED).update(personalisation=text)
