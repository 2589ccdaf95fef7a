"""How facts of profit are added up: months and stretches of days along each axis, years of each order and customer."""

_AMOUNTS = (
    "pieces", "print_time_s", "net", "tax", "fees", "material", "machine", "labour", "own", "post", "refunds", "other",
    "profit", "estimated", "fees_charged",
)  # fmt: skip
_KEYS = ("variant_id", "channel_id", "printer_id", "country")
COLUMNS = ", ".join(("axis", "grain", '"on"', "kind", *_KEYS, *_AMOUNTS))
_NOTHING = {"country": "''"}


# The first day of the month or of the stretch (months.stretch_of) that a fact stands in.
FIRST_DAY = {
    "month": """date_trunc('month', "on")::date""",
    "stretch": """(date_trunc('month', "on")::date + least((extract(day FROM "on")::int - 1) / 5, 5) * 5)""",
}


def _select(grain: str, axis: str, *told_by: str, where: str) -> str:
    keys = ", ".join(key if key in told_by else f"{_NOTHING.get(key, 'NULL::bigint')} AS {key}" for key in _KEYS)
    sums = ", ".join(f"sum({name}) AS {name}" for name in _AMOUNTS)
    return (
        f"SELECT '{axis}' AS axis, '{grain}' AS grain, {FIRST_DAY[grain]} AS \"on\", kind, {keys}, {sums} "  # noqa: S608 - our own words
        f"FROM sales_profitfact WHERE {where} GROUP BY 3, 4, 5, 6, 7, 8"
    )


# (grain, axis) -> the sums made anew from all facts that the condition lets through.
def _selects(where: str) -> dict[tuple[str, str], str]:
    told_by = {
        "variant": ("variant_id",),
        "channel": ("channel_id",),
        "printer": ("printer_id",),
        "country": ("country",),
        "variant_channel": ("variant_id", "channel_id"),
        "variant_country": ("variant_id", "country"),
        "channel_country": ("channel_id", "country"),
    }
    return {
        **{
            (grain, axis): _select(grain, axis, *keys, where=where.format(first_day=FIRST_DAY[grain]))
            for grain in FIRST_DAY
            for axis, keys in told_by.items()
        },
        ("month", "no_order"): _select(
            "month", "no_order", where=f"order_id IS NULL AND {where.format(first_day=FIRST_DAY['month'])}"
        ),
        ("month", "no_customer"): _select(
            "month", "no_customer", where=f"customer_id IS NULL AND {where.format(first_day=FIRST_DAY['month'])}"
        ),
    }


# %(days)s are first days of months or stretches, all of them from %(first)s to before %(end)s.
_THESE_DAYS = """"on" >= %(first)s AND "on" < %(end)s AND {first_day} = ANY(%(days)s)"""
# Stretches are added up first, and months from them where they can be: they are far fewer than the facts.
_FROM_STRETCHES = "sales_profitsum WHERE axis = '{axis}' AND grain = 'stretch' AND "
SUMS = {
    (grain, axis): f"INSERT INTO sales_profitsum ({COLUMNS}) "
    + (
        select.replace("sales_profitfact WHERE ", _FROM_STRETCHES.format(axis=axis))
        if grain == "month" and not axis.startswith("no_")
        else select
    )
    for (grain, axis), select in sorted(_selects(_THESE_DAYS).items(), reverse=True)
}
ALL_SUMS = _selects("TRUE")
FORGET_SUMS = 'DELETE FROM sales_profitsum WHERE grain = %(grain)s AND "on" = ANY(%(days)s)'

FORGET_RANKS = "DELETE FROM sales_profitrank WHERE axis = %(axis)s AND key = ANY(%(keys)s)"
ALL_RANKS = {
    axis: (
        f"SELECT '{axis}' AS axis, {axis}_id AS key, date_trunc('year', \"on\")::date AS \"on\", sum(profit) AS profit "  # noqa: S608 - our own words
        f"FROM sales_profitfact WHERE {axis}_id {{which}} GROUP BY 2, 3"
    )
    for axis in ("order", "customer")
}
RANKED = {
    axis: f'INSERT INTO sales_profitrank (axis, key, "on", profit) {select.format(which="= ANY(%(keys)s)")}'
    for axis, select in ALL_RANKS.items()
}
