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
RANK_COLUMNS = 'axis, key, "on", profit, fact_count, first_on, alone'
_RANKED_BY = {"order": "month", "customer": "year"}
ALL_RANKS = {
    axis: (
        f"SELECT '{axis}' AS axis, {axis}_id AS key, date_trunc('{grain}', \"on\")::date AS \"on\", sum(profit) AS profit, "  # noqa: S608 - our own words
        f"count(*) AS fact_count, min(\"on\") FILTER (WHERE kind = 'sale') AS first_on, "
        f"count(*) OVER (PARTITION BY {axis}_id) = 1 AS alone "
        f"FROM sales_profitfact WHERE {axis}_id {{which}} GROUP BY 2, 3"
    )
    for axis, grain in _RANKED_BY.items()
}
RANKED = {
    axis: f"INSERT INTO sales_profitrank ({RANK_COLUMNS}) {select.format(which='= ANY(%(keys)s)')}"
    for axis, select in ALL_RANKS.items()
}

# The month of the first sale to each of these customers.
SINCE = """
SELECT key, date_trunc('month', min(first_on))::date FROM sales_profitrank
WHERE axis = 'customer' AND key = ANY(%(keys)s) AND first_on IS NOT NULL GROUP BY key
"""
# Customers of these days by month, on each channel and (all_of_them) on any, with the month they first bought in anywhere.
_BOUGHT = """
WITH bought AS (
  SELECT customer_id, channel_id, date_trunc('month', "on")::date AS month, sum(profit) AS profit
  FROM sales_profitfact WHERE kind = 'sale' AND customer_id IS NOT NULL AND {where} GROUP BY 1, 2, 3
), since AS (
  SELECT key AS customer_id, date_trunc('month', min(first_on))::date AS since
  FROM sales_profitrank WHERE axis = 'customer' AND key IN (SELECT customer_id FROM bought) GROUP BY 1
)
"""
_NEW_OR_BACK = """
  count(DISTINCT customer_id) FILTER (WHERE since >= month) AS new_count,
  count(DISTINCT customer_id) FILTER (WHERE since < month) AS back_count,
  coalesce(sum(profit) FILTER (WHERE since >= month), 0) AS profit_new,
  coalesce(sum(profit) FILTER (WHERE since < month), 0) AS profit_back
FROM bought JOIN since USING (customer_id)
"""
BUYER_COLUMNS = '"on", channel_id, new_count, back_count, profit_new, profit_back'


def _buyers(where: str) -> str:
    return (
        f'{_BOUGHT.format(where=where)} SELECT month AS "on", channel_id, {_NEW_OR_BACK} '
        "GROUP BY GROUPING SETS ((month), (month, channel_id)) HAVING grouping(channel_id) = 1 OR channel_id IS NOT NULL"
    )


ALL_BUYERS = _buyers("TRUE")
FORGET_BUYERS = 'DELETE FROM sales_buyersum WHERE "on" = ANY(%(days)s)'
BUYERS = f"INSERT INTO sales_buyersum ({BUYER_COLUMNS}) {_buyers(_THESE_DAYS.format(first_day=FIRST_DAY['month']))}"
# Of days that are no whole months, on one channel or all.
BUYERS_OF_DAYS = """
WITH bought AS (
  SELECT customer_id, date_trunc('month', "on")::date AS month, sum(profit) AS profit
  FROM sales_profitfact
  WHERE "on" = ANY(%(days)s) AND kind = 'sale' AND customer_id IS NOT NULL
    AND (%(channel)s::bigint IS NULL OR channel_id = %(channel)s) GROUP BY 1, 2
)
SELECT month, count(*) FILTER (WHERE first_on >= month), count(*) FILTER (WHERE first_on < month),
  coalesce(sum(profit) FILTER (WHERE first_on >= month), 0), coalesce(sum(profit) FILTER (WHERE first_on < month), 0)
FROM bought CROSS JOIN LATERAL (
  SELECT min(first_on) AS first_on FROM sales_profitrank WHERE axis = 'customer' AND key = customer_id) since
GROUP BY month
"""

# What the statements and the schedule say of each fee, for orders that a statement speaks of. Rows that were taken back and
# those that took them back do not count. Tax that comes back is no cost, so the schedule does not expect it either; duty is
# the carrier's to ask for.
_STANDS = (
    "{row}.reverses_id IS NULL AND NOT EXISTS (SELECT FROM sales_ordercharge undo WHERE undo.reverses_id = {row}.id)"
)
FEE_COLUMNS = "order_id, code, placed_on, channel_id, expected, charged, gap, expected_home, charged_home"
ALL_FEES = f"""
SELECT order_id, code, placed_on, channel_id, expected, charged, abs(coalesce(charged, 0) - coalesce(expected, 0)) AS gap,
  coalesce(expected_home, 0) AS expected_home, coalesce(charged_home, 0) AS charged_home
FROM (
  SELECT c.order_id, c.code, o.placed_on, o.channel_id, sum(c.amount) FILTER (WHERE NOT c.charged) AS expected,
    sum(c.amount) FILTER (WHERE c.charged) AS charged, sum(c.amount_home) FILTER (WHERE NOT c.charged) AS expected_home,
    sum(c.amount_home) FILTER (WHERE c.charged) AS charged_home
  FROM sales_ordercharge c JOIN sales_order o ON o.id = c.order_id
  WHERE {{which}} AND c.code <> 'duty' AND NOT (c.code = 'vat_on_fees' AND c.vat = 'reclaimed') AND {_STANDS.format(row="c")}
    AND c.order_id IN (
      SELECT told.order_id FROM sales_ordercharge told WHERE told.charged AND {_STANDS.format(row="told")})
  GROUP BY 1, 2, 3, 4
) fees
"""  # noqa: S608 - our own words
FORGET_FEES = "DELETE FROM sales_feecheck WHERE order_id = ANY(%(ids)s)"
FEES = f"INSERT INTO sales_feecheck ({FEE_COLUMNS}) {ALL_FEES.format(which='c.order_id = ANY(%(ids)s)')}"
