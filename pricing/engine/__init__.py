"""The fee engine: pure functions over frozen dataclasses, no database.

A fee schedule is loaded for a day (``schedules.load``), optionally with a workspace's own rates, rules and exchange
rates. ``quote`` says what a sale brings, ``solve`` finds the smallest price that reaches a goal. Amounts are Decimal
in the schedule's currency; percentages are 6.5 for 6.5 %. Every refusal is a DomainError with a sentence.

    etsy = schedules.load("etsy-uk", on=today, exchange={"USD": Decimal("0.80")})
    result = quote(etsy, Sale(item_price=Decimal("24.00")), costs, TaxTreatment.inside_price(Decimal(20)))
    [(line.label, line.amount, line.formula) for line in result.lines], result.profit, result.margin_pct
    solve(etsy, Sale(), costs, tax, goal=Goal.margin(Decimal(40)), options=Options(ending=Ending.CENTS_99)).price
"""

from pricing.engine import schedules
from pricing.engine.cases import CaseResult, Mismatch, UnreadableCases, check_cases, read_cases
from pricing.engine.changes import (
    Change,
    PreviewRow,
    WorkedSale,
    added_rules,
    carry_over,
    differences,
    preview,
    removed_rules,
    worked_sales,
)
from pricing.engine.deals import (
    Bundle,
    BundlePart,
    DiscountRow,
    InvalidDeal,
    PostageChoice,
    QuantityBreak,
    WholesaleRow,
    bundle,
    discounts,
    free_postage,
    price_at,
    wholesale,
)
from pricing.engine.fairs import FairPlan, FairProduct, FairRow, InvalidFair, plan_fair
from pricing.engine.goals import Ending, Goal, GoalKind, InvalidGoal
from pricing.engine.parsing import Version, is_percentage, parse_rule
from pricing.engine.program import MissingExchangeRate, Terms, VatOutcome
from pricing.engine.quotes import Blend, CostLine, FeeLine, Quote, Share, blend, quote
from pricing.engine.refunds import RefundEffect, RefundLine, refund
from pricing.engine.rules import (
    Category,
    Condition,
    Confidence,
    FeeVat,
    InvalidSchedule,
    Kind,
    Per,
    Refund,
    Rounding,
    Rule,
    Tier,
)
from pricing.engine.sales import NO_COSTS, NO_TAX, CollectedBy, Costs, InvalidSale, Sale, TaxTreatment
from pricing.engine.schedules import Schedule, ScheduleInfo, UnknownRate, UnknownSchedule
from pricing.engine.solving import NoPrice, Options, Solution, solve

__all__ = [
    "NO_COSTS",
    "NO_TAX",
    "Blend",
    "Bundle",
    "BundlePart",
    "CaseResult",
    "Category",
    "Change",
    "CollectedBy",
    "Condition",
    "Confidence",
    "CostLine",
    "Costs",
    "DiscountRow",
    "Ending",
    "FairPlan",
    "FairProduct",
    "FairRow",
    "FeeLine",
    "FeeVat",
    "Goal",
    "GoalKind",
    "InvalidDeal",
    "InvalidFair",
    "InvalidGoal",
    "InvalidSale",
    "InvalidSchedule",
    "Kind",
    "Mismatch",
    "MissingExchangeRate",
    "NoPrice",
    "Options",
    "Per",
    "PostageChoice",
    "PreviewRow",
    "QuantityBreak",
    "Quote",
    "Refund",
    "RefundEffect",
    "RefundLine",
    "Rounding",
    "Rule",
    "Sale",
    "Schedule",
    "ScheduleInfo",
    "Share",
    "Solution",
    "TaxTreatment",
    "Terms",
    "Tier",
    "UnknownRate",
    "UnknownSchedule",
    "UnreadableCases",
    "VatOutcome",
    "Version",
    "WholesaleRow",
    "WorkedSale",
    "added_rules",
    "blend",
    "bundle",
    "carry_over",
    "check_cases",
    "differences",
    "discounts",
    "free_postage",
    "is_percentage",
    "parse_rule",
    "plan_fair",
    "preview",
    "price_at",
    "quote",
    "read_cases",
    "refund",
    "removed_rules",
    "schedules",
    "solve",
    "wholesale",
    "worked_sales",
]
