"""Pictures of what runs teach: estimate and reality, why prints fail, what is left of the bed's hours."""

from collections.abc import Iterable, Sequence
from decimal import Decimal

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from nozzly.web import charts, formatting
from nozzly.web.charts import Chart
from production.domain.course import RunOff, Stretch
from production.domain.lessons import Lessons

_MOST_BARS = 12


def pictures(
    taught: Lessons, stretches: Sequence[Stretch], latest: Sequence[RunOff], *, with_cost: bool
) -> list[Chart]:
    """Those that have something to show, the most telling first."""
    drawn = [
        _along_time(stretches, with_cost=with_cost),
        _run_by_run(latest, with_cost=with_cost),
        _reasons(taught.reasons),
        _yield(stretches),
        _materials(taught.materials),
        _printers(taught.printers),
        _use_of_printers(taught.printers),
        _products(taught.products),
        _product_cost(taught.products) if with_cost else None,
    ]
    return [picture for picture in drawn if picture is not None]


def _along_time(stretches: Sequence[Stretch], *, with_cost: bool) -> Chart | None:
    if len(stretches) < 2:
        return None
    series = {
        _("Filament"): [each.grams.off_pct for each in stretches],
        _("Purge"): [each.purge_g.off_pct for each in stretches],
        _("Print time"): [each.time_s.off_pct for each in stretches],
        _("Hands-on work"): [each.minutes.off_pct for each in stretches],
    }
    if with_cost:
        series[_("Cost")] = [each.cost.off_pct for each in stretches]
    return _lines(_("Off the estimate, along time"), _days(stretches), series)


def _run_by_run(latest: Sequence[RunOff], *, with_cost: bool) -> Chart | None:
    if len(latest) < 2:
        return None
    series = {
        _("Filament"): [each.grams.off_pct for each in latest],
        _("Purge"): [each.purge_g.off_pct for each in latest],
    }
    if with_cost:
        series[_("Cost")] = [each.cost.off_pct for each in latest]
    return _lines(_("Off the estimate, the last runs"), [each.number.partition("-")[2][4:] for each in latest], series)


def _reasons(reasons: Sequence[dict]) -> Chart | None:
    """Pareto: which few reasons make most of the failures."""
    total = sum(row["runs"] for row in reasons)
    if not total:
        return None
    shown = reasons[:_MOST_BARS]
    return charts.bars(
        title=_("Why prints fail: share of each reason, and up to it"),
        labels=[row["name"] for row in shown],
        series={
            _("This reason"): [Decimal(row["runs"] * 100) / total for row in shown],
            _("Up to here"): [row["up_to_here_pct"] for row in shown],
        },
        show=formatting.percent,
    )


def _yield(stretches: Sequence[Stretch]) -> Chart | None:
    if len(stretches) < 2:
        return None
    series = {
        _("Good pieces"): [each.yield_pct for each in stretches],
        _("Failed runs"): [each.failed_pct for each in stretches],
    }
    return _lines(_("Yield"), _days(stretches), series)


def _materials(materials: Sequence[dict]) -> Chart | None:
    shown = [row for row in materials if row["grams"].off_pct is not None][:_MOST_BARS]
    return _bars(
        _("Off the estimate, by material"),
        [row["material"] for row in shown],
        {
            _("Filament"): [row["grams"].off_pct for row in shown],
            _("Purge"): [row["purge_g"].off_pct for row in shown],
        },
    )


def _printers(printers: Sequence[dict]) -> Chart | None:
    """Those that are off the furthest."""
    known = [row for row in printers if row["grams"].off_pct is not None]
    shown = sorted(known, key=lambda row: -abs(row["grams"].off_pct))[:_MOST_BARS]
    return _bars(
        _("Off the estimate, by printer"),
        [str(row["printer"]) for row in shown],
        {
            _("Filament"): [row["grams"].off_pct for row in shown],
            _("Print time"): [row["time_s"].off_pct for row in shown],
        },
    )


def _use_of_printers(printers: Sequence[dict]) -> Chart | None:
    shown = sorted(printers, key=lambda row: -row["used_pct"])[:_MOST_BARS]
    return _bars(
        _("Hours printed of all hours"),
        [str(row["printer"]) for row in shown],
        {_("Used"): [row["used_pct"] for row in shown]},
    )


def _products(products: Sequence[dict]) -> Chart | None:
    """Those that are off the furthest."""
    known = [row for row in products if row["use"].grams.off_pct is not None]
    shown = sorted(known, key=lambda row: -abs(row["use"].grams.off_pct))[:_MOST_BARS]
    return _bars(
        _("Off the estimate, by product"),
        [row["variant__product__title"] for row in shown],
        {
            _("Filament"): [row["use"].grams.off_pct for row in shown],
            _("Purge"): [row["use"].purge_g.off_pct for row in shown],
        },
    )


def _product_cost(products: Sequence[dict]) -> Chart | None:
    """The dearest of the period, so that a small percentage of much is seen."""
    known = [row for row in products if row["estimated"]]
    shown = sorted(known, key=lambda row: -row["actual"])[:_MOST_BARS]
    if not shown:
        return None
    return charts.bars(
        title=_("Cost of good runs, by product"),
        labels=[row["variant__product__title"] for row in shown],
        series={
            _("Estimated"): [row["estimated"] for row in shown],
            _("Really"): [row["actual"] for row in shown],
        },
        show=formatting.money,
    )


def _bars(title: str, labels: list[str], series: dict[str, list]) -> Chart | None:
    return charts.bars(title=title, labels=labels, series=series, show=formatting.percent) if labels else None


def _lines(title: str, labels: list[str], series: dict[str, list]) -> Chart:
    return charts.lines(title=title, labels=labels, series=series, show=formatting.percent)


def _days(stretches: Iterable[Stretch]) -> list[str]:
    return [date_format(each.starts_on, "j M") for each in stretches]
