"""A run on its way from the plan to the shelf."""

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from catalog.domain.variants import Binding
from inventory.models import Location
from nozzly.home.seed.catalogue import Bed
from nozzly.home.seed.outbox import Facts
from production.domain import beds
from production.domain.splitting import BedPart
from production.models import Printer, Run, RunMaterial, RunOutput


@dataclass(eq=False)
class Machine:
    printer: Printer
    free_at: datetime
    speed_pct: Decimal
    slots: list[Location] = field(default_factory=list)
    open_runs: int = 0


@dataclass(eq=False)
class Ready:
    """A bed with all that planning it would look up: worked out once, used for every run of it."""

    bed: Bed
    looked_up: beds.Bed
    estimate: list[BedPart]


@dataclass(eq=False)
class Job:
    """A run with its lines, from the plan to the shelf."""

    run: Run
    ready: Ready
    machine: Machine | None
    outputs: list[RunOutput]
    materials: list[RunMaterial]
    grams_each: list[dict[int, Decimal]]
    diary: list[Facts] = field(default_factory=list)
    cost_lines: list[Facts] = field(default_factory=list)

    @property
    def bindings(self) -> list[Binding]:
        return [Binding(line.filament_id, line.group_id) for line in self.materials]

    @property
    def failed(self) -> bool:
        return self.run.failed_pct is not None
