"""What runs know of the people they printed for."""

from collections.abc import Iterable

from production.models import RunOutput

FORGOTTEN = "–"  # still something that was written on it: such a piece is for nobody else


def forget_personalisation(source: str, source_ids: Iterable[int]) -> int:
    """Whoever these pieces were for is to be forgotten; answers how many outputs that were."""
    outputs = RunOutput.objects.filter(source=source, source_id__in=source_ids).exclude(personalisation="")
    return outputs.update(personalisation=FORGOTTEN)
