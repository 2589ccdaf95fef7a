"""Taxes of refunds are written once; taxes of orders mark the months whose sums are to be made anew."""

from django.db import migrations

from nozzly.core.models import append_only_sql

_MONTHS_OF = """
SELECT date_trunc('month', o.shipped_on)::date
FROM {rows} r JOIN sales_order o ON o.id = r.order_id WHERE o.shipped_on IS NOT NULL
UNION SELECT date_trunc('month', o.placed_on)::date
FROM {rows} r JOIN sales_order o ON o.id = r.order_id WHERE o.shipped_on IS NOT NULL
"""
_ROWS = {"INSERT": ("fresh",), "UPDATE": ("fresh", "stale"), "DELETE": ("stale",)}
_TABLES = {"fresh": "NEW TABLE AS fresh", "stale": "OLD TABLE AS stale"}


def _watch(event):
    function = f"mark_tax_ordertax_{event.lower()}"
    months = " UNION ".join(_MONTHS_OF.format(rows=each) for each in _ROWS[event])
    return (
        f"""
CREATE OR REPLACE FUNCTION {function}() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO sales_taxmark ("on") {months};
  RETURN NULL;
END $$;
CREATE TRIGGER {function} AFTER {event} ON sales_ordertax REFERENCING {" ".join(_TABLES[row] for row in _ROWS[event])}
FOR EACH STATEMENT EXECUTE FUNCTION {function}();
""",
        f"DROP TRIGGER {function} ON sales_ordertax; DROP FUNCTION {function}();",
    )


class Migration(migrations.Migration):
    dependencies = [("sales", "0027_taxes_at_several_rates")]
    operations = [
        migrations.RunSQL(*append_only_sql("sales_refundtax")),
        *(migrations.RunSQL(*_watch(event)) for event in _ROWS),
    ]
