"""What a custom job costs, what to ask for it at each margin, and what a larger number costs apiece.

Making a piece costs the same whatever the number; what is done once for the job is shared over all pieces, which is
why a larger number is cheaper.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

from django.utils import timezone
from django.utils.translation import gettext as _

from catalog.choices import Origin, Stage
from catalog.domain.costing import ComponentUse, CostBreakdown, CostInputs, MaterialUse, Sourced, WorkStep, cost
from catalog.domain.costing_inputs import machine_use
from catalog.domain.material_prices import PriceBook
from catalog.domain.printer_models import default_preset
from catalog.domain.rates import rates_on
from catalog.models import PrinterModel
from nozzly.core.money import round_money, round_unit_cost
from nozzly.tax.domain.treatment import Destination
from nozzly.tenancy.current import current_workspace
from pricing.domain.beds import Bed, beds_of, seconds_of_a_piece
from pricing.domain.lead_times import LeadTime, lead_time
from pricing.domain.terms import Terms, at_worth, terms_of, terms_without_channel
from pricing.engine import Costs, Goal, Quote, TaxTreatment, quote, solve
from pricing.models import JobQuote

ZERO = Decimal(0)
_HUNDRED = Decimal(100)
LADDER_PCT = (Decimal(20), Decimal(30), Decimal(40), Decimal(50), Decimal(60), Decimal(70))


@dataclass(frozen=True)
class Step:
    """One price. ``result`` is the sale at it, None where no price reaches the margin; ``reason`` says why."""

    margin_pct: Decimal
    quantity: int
    price_each: Decimal | None
    result: Quote | None = None
    reason: str = ""
    chosen: bool = False


@dataclass(frozen=True)
class JobCost:
    """``unit`` is for one piece, ``once`` for the whole job, whatever the number."""

    unit: CostBreakdown
    once: CostBreakdown
    print_time_s: int


@dataclass(frozen=True)
class Calculation:
    """Everything a draft shows; money in ``currency``. ``chosen`` is the price that would be sent."""

    currency: str
    cost: JobCost
    terms: Terms
    tax: TaxTreatment
    ladder: tuple[Step, ...]
    chosen: Step
    breaks: tuple[Step, ...]
    lead: LeadTime
    beds: int

    @property
    def tax_included(self) -> bool:
        return self.tax.price_includes_tax

    @property
    def tax_pct(self) -> Decimal | None:
        return self.tax.rate_pct if self.tax.registered and self.tax.rate_pct else None


@dataclass(frozen=True)
class Job:
    """A job on its terms, so that any number of pieces can be asked."""

    quote: JobQuote
    cost: JobCost
    terms: Terms
    tax: TaxTreatment
    currency: str

    def price_for(self, margin_pct: Decimal, quantity: int) -> Step:
        sale = self._sale(quantity)
        solution = solve(self.terms.schedule, sale, self._costs(), self.tax, goal=Goal.margin(margin_pct))
        if solution.price is None:
            return Step(margin_pct, quantity, None, reason=solution.reason)
        return replace(self.at_price(solution.price, quantity), margin_pct=margin_pct)

    def at_price(self, price_each: Decimal, quantity: int) -> Step:
        sale = replace(self._sale(quantity), item_price=price_each)
        result = quote(self.terms.schedule, sale, self._costs(), self.tax)
        margin = result.margin_pct
        return Step(ZERO if margin is None else margin, quantity, price_each, result)

    def _sale(self, quantity: int) -> object:
        return self.terms.sale(quantity=quantity, shipping=self.quote.postage_charged)

    def _costs(self) -> Costs:
        return Costs(
            unit=round_unit_cost(self.cost.unit.full),
            per_order=round_money(self.cost.once.full, self.currency),
            shipping=self.quote.postage_paid,
            print_time_s=self.cost.print_time_s,
        )


def calculate(job_quote: JobQuote, *, at: datetime) -> Calculation:
    """Cost, ladder, chosen price, breaks and lead time. Raises DomainError where the price cannot be quoted."""
    job = job_of(job_quote, at=at)
    quantity, wanted = job_quote.quantity, Decimal(job_quote.target_margin_pct)
    chosen = _chosen(job, job_quote)
    dearer = at_worth(job.terms, chosen.result.worth if chosen.result else ZERO)
    if dearer is not job.terms:
        job = replace(job, terms=dearer, tax=_tax(job_quote, dearer.tax))
        chosen = _chosen(job, job_quote)
    margins = sorted({*LADDER_PCT, wanted})
    ladder = [replace(job.price_for(pct, quantity), chosen=pct == wanted) for pct in margins]
    breaks = [
        job.price_for(chosen.margin_pct, number) if number != quantity else chosen
        for number in sorted({quantity, *job_quote.break_quantities})
    ]
    loads = [(bed.count_for(quantity), bed.time_s) for bed in beds_of(job_quote)]
    return Calculation(
        currency=job.currency,
        cost=job.cost,
        terms=job.terms,
        tax=job.tax,
        ladder=tuple(ladder),
        chosen=chosen,
        breaks=tuple(_never_dearer(job, breaks)),
        lead=lead_time(loads, at=at),
        beds=sum(count for count, _time_s in loads),
    )


def job_of(job_quote: JobQuote, *, at: datetime) -> Job:
    on, workspace = timezone.localdate(at), current_workspace()
    to = Destination(
        job_quote.country, business_buyer=job_quote.for_business, looks_at_border=True, tax_class=job_quote.tax_class
    )
    if job_quote.channel:
        terms = terms_of(job_quote.channel, on=on, to=to)
    else:
        terms = terms_without_channel(workspace.currency, on=on, to=to)
    return Job(job_quote, _cost(job_quote, at=at), terms, _tax(job_quote, terms.tax), workspace.currency)


def _chosen(job: Job, job_quote: JobQuote) -> Step:
    typed = job_quote.price_each
    if typed is None:
        return job.price_for(Decimal(job_quote.target_margin_pct), job_quote.quantity)
    return job.at_price(Decimal(typed), job_quote.quantity)


def _never_dearer(job: Job, steps: Sequence[Step]) -> Iterable[Step]:
    """A larger number never costs more apiece, whatever rounding does."""
    best = None
    for step in steps:
        if step.price_each is not None:
            best = step.price_each if best is None else min(best, step.price_each)
        yield step if step.price_each in {None, best} else job.at_price(best, step.quantity)


def _tax(job_quote: JobQuote, tax: TaxTreatment) -> TaxTreatment:
    """A business reads prices without tax."""
    inside = tax.registered and tax.price_includes_tax and tax.rate_pct and tax.flat_rate_pct is None
    return TaxTreatment.added_at_till(tax.rate_pct, label=tax.label) if job_quote.for_business and inside else tax


def _cost(job_quote: JobQuote, *, at: datetime) -> JobCost:
    beds = beds_of(job_quote)
    rates = rates_on(timezone.localdate(at)).cost_rates()
    once = CostInputs(
        rates=rates, components=_bought(job_quote.extra_once), steps=_steps(setup=job_quote.setup_minutes)
    )
    each = CostInputs(
        rates=rates,
        materials=tuple(_materials(beds)),
        components=_bought(job_quote.extra_per_piece),
        machines=_machines(job_quote, beds),
        steps=_steps(
            bed=sum((Decimal(job_quote.bed_minutes) / bed.pieces for bed in beds), ZERO), piece=job_quote.piece_minutes
        ),
    )
    return JobCost(unit=cost(each), once=cost(once), print_time_s=int(seconds_of_a_piece(beds)))


def _materials(beds: Sequence[Bed]) -> Iterable[MaterialUse]:
    slots = [slot for bed in beds for slot in bed.slots]
    prices = PriceBook(
        filament_ids={slot.filament_id for slot in slots if slot.filament_id},
        group_ids={slot.group_id for slot in slots if slot.group_id},
        item_ids=set(),
    )
    pieces = {slot.pk: bed.pieces for bed in beds for slot in bed.slots}
    for slot in slots:
        name, price = prices.slot(slot, slot)
        yield MaterialUse(
            label=_("%(slot)s: %(filament)s") % {"slot": slot.name, "filament": name},
            grams=slot.grams / pieces[slot.pk],
            purge_g=slot.purge_g / pieces[slot.pk],
            cost_per_g=price,
            grams_origin=slot.origin,
        )


def _machines(job_quote: JobQuote, beds: Sequence[Bed]) -> tuple:
    seconds = seconds_of_a_piece(beds)
    if not seconds:
        return ()
    origin = Origin.SLICED if job_quote.file_name else Origin.TYPED
    return (machine_use(_machine_model(job_quote), print_time_s=seconds, time_origin=origin),)


def _machine_model(job_quote: JobQuote) -> PrinterModel:
    model = job_quote.printer_model or PrinterModel.objects.filter(is_default=True).first()
    return model or default_preset().row(current_workspace().currency)


def _bought(amount: Decimal) -> tuple[ComponentUse, ...]:
    if not amount:
        return ()
    price = Sourced(Decimal(amount), Origin.TYPED)
    return (ComponentUse(label=_("Bought for it"), quantity=Decimal(1), cost_per_unit=price),)


def _steps(*, setup: Decimal = ZERO, bed: Decimal = ZERO, piece: Decimal = ZERO) -> tuple[WorkStep, ...]:
    named = (
        (setup, Stage.ASSEMBLE, _("Once for the job")),
        (bed, Stage.PRINT, _("At the printer")),
        (piece, Stage.ASSEMBLE, _("Finishing")),
    )
    return tuple(
        WorkStep(label=label, minutes=Decimal(minutes), stage=stage) for minutes, stage, label in named if minutes
    )
