"""What facts, sums and books of profit must agree on: a sentence and two queries of one number each."""

from sales.domain.profit_sums_sql import (
    ALL_BUYERS,
    ALL_FEES,
    ALL_RANKS,
    ALL_SUMS,
    BUYER_COLUMNS,
    COLUMNS,
    FEE_COLUMNS,
    RANK_COLUMNS,
)

_GRAINS = {"month": "months", "stretch": "stretches of days"}


def _differences(made: str, kept: str) -> tuple[str, str]:
    """How many rows stand in only one of two tables, to the last column."""
    return (
        f"SELECT count(*) FROM ((({made}) EXCEPT ALL ({kept})) UNION ALL (({kept}) EXCEPT ALL ({made}))) different",  # noqa: S608 - our own words
        "SELECT 0",
    )


AGREEMENTS = {
    "net revenue": (
        "SELECT sum(net) FROM sales_profitfact WHERE kind = 'sale'",
        "SELECT sum(net_home) FROM sales_order WHERE shipped_on IS NOT NULL",
    ),
    "postage": (
        "SELECT sum(post) FROM sales_profitfact WHERE kind = 'sale'",
        "SELECT sum(post_home) FROM sales_order WHERE shipped_on IS NOT NULL",
    ),
    "tax": (
        "SELECT sum(tax) FROM sales_profitfact WHERE kind = 'sale'",
        "SELECT sum(tax_home) FROM sales_order WHERE shipped_on IS NOT NULL",
    ),
    "profit of orders before statements": (
        "SELECT sum(profit + fees) FROM sales_profitfact WHERE kind = 'sale'",
        "SELECT sum(profit_home + fees_home) FROM sales_order WHERE shipped_on IS NOT NULL",
    ),
    "cost of the goods in the ledger": (
        """SELECT sum(material + machine + labour + own - estimated) FROM sales_profitfact WHERE kind IN ('sale', 'return')""",
        """SELECT -sum(m.full_value) FROM inventory_movement m LEFT JOIN inventory_movement undone ON undone.id = m.reverses_id
        WHERE (m.source = 'order' AND coalesce(undone.kind, m.kind) = 'sale')
          OR (m.source = 'return' AND coalesce(undone.kind, m.kind) = 'return')""",
    ),
    "refunds": (
        "SELECT sum(refunds) FROM sales_profitfact WHERE kind = 'refund'",
        "SELECT sum(net_home) FROM sales_refund",
    ),
    "run losses": (
        "SELECT sum(other) FROM sales_profitfact WHERE kind = 'run_loss'",
        "SELECT sum(loss_cost) FROM production_run WHERE finished_at IS NOT NULL AND state IN ('done', 'failed')",
    ),
    "expenses": (
        "SELECT sum(other) FROM sales_profitfact WHERE kind = 'expense'",
        "SELECT sum(cost) FROM sales_expense WHERE NOT in_costs",
    ),
    **{
        f"{_GRAINS[grain]} by {axis}, rows that are not what their facts are": _differences(
            made,
            f"SELECT {COLUMNS} FROM sales_profitsum WHERE axis = '{axis}' AND grain = '{grain}'",  # noqa: S608 - our own words
        )
        for (grain, axis), made in ALL_SUMS.items()
    },
    **{
        f"ranking by {axis}, rows that are not what their facts are": _differences(
            made.format(which="IS NOT NULL"),
            f"SELECT {RANK_COLUMNS} FROM sales_profitrank WHERE axis = '{axis}'",  # noqa: S608 - our own words
        )
        for axis, made in ALL_RANKS.items()
    },
    "buyers of months, rows that are not what their facts are": _differences(
        ALL_BUYERS,
        f"SELECT {BUYER_COLUMNS} FROM sales_buyersum",  # noqa: S608 - our own words
    ),
    "fees that were checked, rows that are not what the charges are": _differences(
        ALL_FEES.format(which="TRUE"),
        f"SELECT {FEE_COLUMNS} FROM sales_feecheck",  # noqa: S608 - our own words
    ),
}
