"""What every part of the seed works with."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from heapq import heappop, heappush
from itertools import count
from zoneinfo import ZoneInfo

from django.utils import timezone

from nozzly.accounts.models import User
from nozzly.home.seed.books import Books
from nozzly.home.seed.dice import Dice
from nozzly.home.seed.outbox import Outbox
from nozzly.home.seed.sizes import Size


@dataclass(eq=False)
class Shop:
    """The invented business while its year is played; ``now`` is where the year ends."""

    size: Size
    now: datetime
    zone: ZoneInfo
    code: str
    country: str
    currency: str
    owner: User
    operator: User
    dice: Dice = field(init=False)
    outbox: Outbox = field(default_factory=Outbox)
    books: Books = field(init=False)

    def __post_init__(self) -> None:
        self.dice = Dice(f"copper fox {self.size.name}")
        self.books = Books(dice=self.dice, outbox=self.outbox, currency=self.currency)

    @property
    def today(self) -> date:
        return timezone.localdate(self.now, self.zone)

    @property
    def first_day(self) -> date:
        return self.today - timedelta(days=self.size.days)

    def moment(self, day: date, hour: float) -> datetime:
        """An hour of a day on the shop's clock."""
        whole = int(hour)
        return datetime.combine(day, time(whole, int((hour - whole) * 60)), tzinfo=self.zone)

    def flush(self) -> None:
        self.outbox.flush()
        self.books.flush()


class Agenda:
    """What happens when; things that are due later than ``now`` stay undone."""

    def __init__(self) -> None:
        self._heap: list[tuple[datetime, int, Callable[[datetime], None]]] = []
        self._order = count()

    def add(self, at: datetime, what: Callable[[datetime], None]) -> None:
        heappush(self._heap, (at, next(self._order), what))

    def play(self, *, until: datetime, after_each: Callable[[], None]) -> None:
        while self._heap and self._heap[0][0] <= until:
            at, _order, what = heappop(self._heap)
            what(at)
            after_each()
