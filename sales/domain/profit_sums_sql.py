"""How facts of profit are added up: months along each axis, years of each order and customer."""

_AMOUNTS = (
    "pieces", "print_time_s", "net", "tax", "fees", "material", "machine", "labour", "own", "post", "refunds", "other",
    "profit", "estimated", "fees_charged",
)  # fmt: skip
_KEYS = ("variant_id", "channel_id", "printer_id", "country")
COLUMNS = ", ".join(("axis", '"on"', "kind", *_KEYS, *_AMOUNTS))
_NOTHING = {"country": "''"}


def _select(axis: str, *told_by: str, where: str) -> str:
    keys = ", ".join(key if key in told_by else f"{_NOTHING.get(key, 'NULL::bigint')} AS {key}" for key in _KEYS)
    sums = ", ".join(f"sum({name}) AS {name}" for name in _AMOUNTS)
    return (
        f"SELECT '{axis}' AS axis, date_trunc('month', \"on\")::date AS \"on\", kind, {keys}, {sums} "  # noqa: S608 - our own words
        f"FROM sales_profitfact WHERE {where} GROUP BY 2, 3, 4, 5, 6, 7"
    )


# Axis -> the months added up anew from all facts that the condition lets through.
def _selects(where: str) -> dict[str, str]:
    return {
        "variant": _select("variant", "variant_id", where=where),
        "channel": _select("channel", "channel_id", where=where),
        "printer": _select("printer", "printer_id", where=where),
        "country": _select("country", "country", where=where),
        "variant_channel": _select("variant_channel", "variant_id", "channel_id", where=where),
        "variant_country": _select("variant_country", "variant_id", "country", where=where),
        "channel_country": _select("channel_country", "channel_id", "country", where=where),
        "no_order": _select("no_order", where=f"order_id IS NULL AND {where}"),
        "no_customer": _select("no_customer", where=f"customer_id IS NULL AND {where}"),
    }


# %(months)s are first days of months, all of them from %(first)s to before %(end)s.
_THESE_MONTHS = """"on" >= %(first)s AND "on" < %(end)s AND date_trunc('month', "on")::date = ANY(%(months)s)"""
SUMS = {axis: f"INSERT INTO sales_profitsum ({COLUMNS}) {select}" for axis, select in _selects(_THESE_MONTHS).items()}
ALL_SUMS = _selects("TRUE")

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
