"""All reports by name: what stands on the page of all reports, and what may be asked for each month."""

from sales.report_kinds import floor, money, selling, told
from sales.report_kinds.base import MonthlyReport, TableReport

_ALL: tuple[MonthlyReport, ...] = (
    *told.PROFIT_REPORTS,
    told.TrendsReport(),
    selling.MoversReport(),
    selling.StoppedReport(),
    selling.DeadListingsReport(),
    selling.ReturningReport(),
    told.TaxReport(),
    money.ExpensesReport(),
    told.FeeAuditReport(),
    money.ChargesReport(),
    money.AdvertsReport(),
    money.FairsReport(),
    money.LostRunsReport(),
    money.LostStockReport(),
    floor.VarianceReport(),
    floor.FailuresReport(),
    floor.StockValueReport(),
)

REPORTS: dict[str, MonthlyReport] = {report.name: report for report in _ALL}
TABLES: dict[str, TableReport] = {report.name: report for report in _ALL if isinstance(report, TableReport)}
