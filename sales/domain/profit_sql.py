"""How the facts of profit are read from the books: one statement for each kind of source, for the sources marked.

Amounts of an order are shared to its lines by what the lines brought, to the minor unit: each line gets the rounded
share of all lines up to it less that of the lines before it, so that the shares add up. What a piece is made of comes
from the cost lines of the run that made its lot; a lot that no run made is bought material and, for the rest, own work.
"""

INSERT = """
INSERT INTO sales_profitfact (
  kind, source_id, "on", order_id, line_id, variant_id, channel_id, customer_id, printer_id, country, code, pieces,
  print_time_s, net, tax, fees, material, machine, labour, own, post, refunds, other, profit, estimated, fees_charged
)
"""

SALE = """
WITH sold AS (
  SELECT o.id AS order_id, o.shipped_on, o.channel_id, o.customer_id, o.ship_to_country, coalesce(o.tax_home, 0) AS tax,
    l.id AS line_id, l.variant_id, v.item_id, l.tax_home AS own_tax, l.quantity * l.pieces - l.pieces_dropped AS pieces,
    coalesce(l.net_home, 0) AS net, coalesce(l.fees_home, 0) AS fees, coalesce(l.cost_home, 0) AS cost,
    coalesce(l.post_home, 0) AS post, l.cost_origin,
    coalesce(l.bought_cost, 0) AS bought_cost, coalesce(l.full_cost, 0) AS full_cost,
    CASE WHEN sum(greatest(coalesce(l.net_home, 0), 0)) OVER (PARTITION BY o.id) > 0
      THEN greatest(coalesce(l.net_home, 0), 0) ELSE 1 END AS weight
  FROM sales_order o JOIN sales_orderline l ON l.order_id = o.id LEFT JOIN catalog_variant v ON v.id = l.variant_id
  WHERE o.id = ANY(%(ids)s) AND o.shipped_on IS NOT NULL
), weighed AS (
  SELECT *, sum(weight) OVER (PARTITION BY order_id ORDER BY line_id) AS upto,
    sum(weight) OVER (PARTITION BY order_id) AS whole
  FROM sold
), statements AS (
  SELECT order_id, code,
    sum(CASE WHEN code = 'vat_on_fees' AND vat = 'reclaimed' THEN amount_home - tax_home ELSE amount_home END) AS amount
  FROM sales_ordercharge WHERE charged AND order_id = ANY(%(ids)s)
  GROUP BY order_id, code HAVING count(*) FILTER (WHERE reverses_id IS NULL) > count(*) FILTER (WHERE reverses_id IS NOT NULL)
), charged AS (
  SELECT s.order_id, sum(s.amount) AS amount, sum(coalesce((
      SELECT sum(e.amount_home) FROM sales_ordercharge e
      WHERE e.order_id = s.order_id AND e.code = s.code AND NOT e.charged), 0)) AS expected
  FROM statements s GROUP BY s.order_id
), moved AS (
  SELECT m.source_id AS order_id, lot.item_id, m.lot_id, -sum(m.quantity) AS quantity, -sum(m.full_value) AS value,
    -sum(m.bought_value) AS bought
  FROM inventory_movement m JOIN inventory_lot lot ON lot.id = m.lot_id
  WHERE m.source = 'order' AND m.source_id = ANY(%(ids)s) AND m.kind IN ('sale', 'reversal')
  GROUP BY 1, 2, 3 HAVING sum(m.quantity) < 0
), lots AS (
  SELECT DISTINCT lot_id FROM moved
), outputs AS (
  SELECT lots.lot_id, output.id AS output_id, output.run_id, output.print_time_s
  FROM lots JOIN production_runoutput output ON output.lot_id = lots.lot_id
  UNION ALL
  SELECT lots.lot_id, output.id, output.run_id, output.print_time_s
  FROM lots JOIN production_runoutput output ON output.b_grade_lot_id = lots.lot_id
), made AS (
  SELECT DISTINCT ON (outputs.lot_id) outputs.lot_id, run.printer_id, coalesce(nullif(outputs.print_time_s, 0),
      coalesce(run.actual_time_s, run.print_time_s) / greatest((
        SELECT sum(planned) FROM production_runoutput all_of WHERE all_of.run_id = run.id), 1)) AS seconds
  FROM outputs JOIN production_run run ON run.id = outputs.run_id ORDER BY outputs.lot_id, outputs.output_id
), parts AS (
  SELECT outputs.lot_id, sum(cost.amount) AS whole,
    sum(cost.amount) FILTER (WHERE cost.in_bought AND cost.code IN ('filament', 'purge', 'parts', 'components', 'packaging')) AS material,
    sum(cost.amount) FILTER (WHERE cost.code IN ('machine', 'energy')) AS machine,
    sum(cost.amount) FILTER (WHERE cost.code = 'labour') AS labour
  FROM outputs JOIN production_runcostline cost ON cost.output_id = outputs.output_id
  WHERE cost.stage <> 'estimate' AND NOT cost.is_loss GROUP BY 1
), mix AS (
  SELECT moved.order_id, moved.item_id, sum(moved.value) AS value,
    sum(CASE WHEN parts.whole > 0 THEN moved.value * coalesce(parts.material, 0) / parts.whole ELSE moved.bought END) AS material,
    sum(CASE WHEN parts.whole > 0 THEN moved.value * coalesce(parts.machine, 0) / parts.whole ELSE 0 END) AS machine,
    sum(CASE WHEN parts.whole > 0 THEN moved.value * coalesce(parts.labour, 0) / parts.whole ELSE 0 END) AS labour,
    sum(moved.quantity * coalesce(made.seconds, 0)) / sum(moved.quantity) AS seconds,
    (array_agg(made.printer_id ORDER BY moved.quantity DESC, moved.lot_id))[1] AS printer_id
  FROM moved LEFT JOIN parts USING (lot_id) LEFT JOIN made USING (lot_id) GROUP BY 1, 2
), shares AS (
  SELECT weighed.*, mix.printer_id, round(coalesce(mix.seconds, 0) * weighed.pieces)::bigint AS print_time_s,
    coalesce(own_tax, round(weighed.tax * upto / whole, %(digits)s)
      - round(weighed.tax * (upto - weight) / whole, %(digits)s)) AS tax_share,
    coalesce(round((charged.amount - charged.expected) * upto / whole, %(digits)s)
      - round((charged.amount - charged.expected) * (upto - weight) / whole, %(digits)s), 0) AS fees_more,
    coalesce(round(charged.amount * upto / whole, %(digits)s)
      - round(charged.amount * (upto - weight) / whole, %(digits)s), 0) AS fees_charged,
    CASE WHEN mix.value > 0 THEN mix.material / mix.value WHEN full_cost > 0 THEN bought_cost / full_cost ELSE 0 END AS material_part,
    CASE WHEN mix.value > 0 THEN mix.machine / mix.value ELSE 0 END AS machine_part,
    CASE WHEN mix.value > 0 THEN mix.labour / mix.value ELSE 0 END AS labour_part
  FROM weighed LEFT JOIN charged USING (order_id)
    LEFT JOIN mix ON mix.order_id = weighed.order_id AND mix.item_id = weighed.item_id
), amounts AS (
  SELECT *, round(cost * material_part, %(digits)s) AS material,
    round(cost * (material_part + machine_part), %(digits)s) - round(cost * material_part, %(digits)s) AS machine,
    round(cost * (material_part + machine_part + labour_part), %(digits)s)
      - round(cost * (material_part + machine_part), %(digits)s) AS labour,
    cost - round(cost * (material_part + machine_part + labour_part), %(digits)s) AS own
  FROM shares
)
SELECT 'sale', order_id, shipped_on, order_id, line_id, variant_id, channel_id, customer_id, printer_id, ship_to_country, '',
  pieces, print_time_s, net, tax_share, fees + fees_more, material, machine, labour, own, post, 0, 0,
  net - fees - fees_more - cost - post, CASE WHEN cost_origin = 'actual' THEN 0 ELSE cost END, fees_charged
FROM amounts
"""

# Where a statement gives fees back they are in the fees of the sale already.
REFUND = """
WITH given AS (
  SELECT r.id, r.booked_on, r.order_id, r.net_home, r.tax_home, CASE WHEN EXISTS (
      SELECT 1 FROM sales_ordercharge c WHERE c.order_id = r.order_id AND c.charged AND c.reverses_id IS NULL AND c.amount < 0
    ) THEN 0 ELSE r.fees_home END AS fees_home, l.id AS line_id, l.variant_id,
    CASE WHEN sum(greatest(coalesce(l.net_home, 0), 0)) OVER (PARTITION BY r.id) > 0
      THEN greatest(coalesce(l.net_home, 0), 0) ELSE 1 END AS weight,
    CASE WHEN sum(l.tax_home) OVER (PARTITION BY r.id) > 0 THEN l.tax_home END AS own_tax
  FROM sales_refund r JOIN sales_orderline l ON l.order_id = r.order_id AND (r.line_id IS NULL OR r.line_id = l.id)
  WHERE r.id = ANY(%(ids)s)
), weighed AS (
  SELECT *, sum(weight) OVER (PARTITION BY id ORDER BY line_id) AS upto, sum(weight) OVER (PARTITION BY id) AS whole,
    sum(coalesce(own_tax, weight)) OVER (PARTITION BY id ORDER BY line_id) AS tax_upto,
    sum(coalesce(own_tax, weight)) OVER (PARTITION BY id) AS tax_whole
  FROM given
), shares AS (
  SELECT *,
    round(net_home * upto / whole, %(digits)s) - round(net_home * (upto - weight) / whole, %(digits)s) AS net,
    round(tax_home * tax_upto / tax_whole, %(digits)s)
      - round(tax_home * (tax_upto - coalesce(own_tax, weight)) / tax_whole, %(digits)s) AS tax,
    round(fees_home * upto / whole, %(digits)s) - round(fees_home * (upto - weight) / whole, %(digits)s) AS fees
  FROM weighed
)
SELECT 'refund', shares.id, booked_on, order_id, line_id, variant_id, o.channel_id, o.customer_id, NULL, o.ship_to_country,
  '', 0, 0, 0, -shares.tax, -shares.fees, 0, 0, 0, 0, 0, shares.net, 0, shares.fees - shares.net, 0, 0
FROM shares JOIN sales_order o ON o.id = shares.order_id
"""

RETURN = """
WITH back AS (
  SELECT rl.id, r.booked_on, r.order_id, rl.line_id, l.variant_id, rl.pieces, rl.full_home, rl.bought_home
  FROM sales_returnline rl JOIN sales_return r ON r.id = rl.returned_id JOIN sales_orderline l ON l.id = rl.line_id
  WHERE rl.id = ANY(%(ids)s)
), shares AS (
  SELECT back.*, CASE WHEN f.cost > 0 THEN f.material / f.cost WHEN full_home <> 0 THEN bought_home / full_home ELSE 0 END AS material_part,
    CASE WHEN f.cost > 0 THEN f.machine / f.cost ELSE 0 END AS machine_part,
    CASE WHEN f.cost > 0 THEN f.labour / f.cost ELSE 0 END AS labour_part
  FROM back LEFT JOIN LATERAL (
    SELECT material, machine, labour, material + machine + labour + own AS cost
    FROM sales_profitfact WHERE kind = 'sale' AND source_id = back.order_id AND line_id = back.line_id LIMIT 1) f ON TRUE
)
SELECT 'return', shares.id, booked_on, order_id, line_id, variant_id, o.channel_id, o.customer_id, NULL, o.ship_to_country, '',
  -pieces, 0, 0, 0, 0, -round(full_home * material_part, %(digits)s),
  round(full_home * material_part, %(digits)s) - round(full_home * (material_part + machine_part), %(digits)s),
  round(full_home * (material_part + machine_part), %(digits)s)
    - round(full_home * (material_part + machine_part + labour_part), %(digits)s),
  round(full_home * (material_part + machine_part + labour_part), %(digits)s) - full_home, 0, 0, 0, full_home, 0, 0
FROM shares JOIN sales_order o ON o.id = shares.order_id
"""

RUN_LOSS = """
SELECT 'run_loss', id, (finished_at AT TIME ZONE %(zone)s)::date, NULL, NULL, NULL, NULL, NULL, printer_id, '', '', 0, 0,
  0, 0, 0, 0, 0, 0, 0, 0, 0, loss_cost, -loss_cost, 0, 0
FROM production_run
WHERE id = ANY(%(ids)s) AND loss_cost > 0 AND finished_at IS NOT NULL AND state IN ('done', 'failed')
"""

EXPENSE = """
SELECT 'expense', id, booked_on, NULL, NULL, NULL, NULL, NULL, NULL, '', category, 0, 0,
  0, 0, 0, 0, 0, 0, 0, 0, 0, cost, -cost, 0, 0
FROM sales_expense WHERE id = ANY(%(ids)s) AND NOT in_costs
"""

# Postage bought through the channel is in the parcel's postage already where somebody typed one there.
CHARGE = """
WITH taken AS (
  SELECT c.*, o.customer_id, o.ship_to_country, c.amount_home - CASE c.vat
      WHEN 'reclaimed' THEN c.tax_home WHEN 'self_assessed' THEN -c.tax_home WHEN 'cost' THEN 0 WHEN 'reverse_charge' THEN 0
      ELSE CASE WHEN (
        SELECT s.registered AND s.scheme <> 'flat_rate' FROM tax_taxstatus s WHERE s.valid_from <= c.booked_on
        ORDER BY s.valid_from DESC LIMIT 1) THEN c.tax_home ELSE 0 END END AS cost
  FROM sales_channelcharge c LEFT JOIN sales_order o ON o.id = c.order_id
  WHERE c.id = ANY(%(ids)s)
    AND NOT (c.code = 'label' AND EXISTS (SELECT 1 FROM sales_parcel p WHERE p.order_id = c.order_id AND p.postage > 0))
)
SELECT 'charge', id, booked_on, order_id, NULL, NULL, channel_id, customer_id, NULL, coalesce(ship_to_country, ''), code, 0, 0,
  0, 0, 0, 0, 0, 0, 0, 0, 0, cost, -cost, 0, 0
FROM taken
"""

# What is scrapped lowers the profit of its product; what a count finds belongs to none.
STOCK = """
SELECT 'stock', m.id, m.booked_on, o.id, NULL,
  CASE WHEN coalesce(undone.kind, m.kind) = 'scrap' THEN v.id END, o.channel_id, o.customer_id, NULL,
  coalesce(o.ship_to_country, ''), coalesce(undone.kind, m.kind), 0, 0,
  0, 0, 0, 0, 0, 0, 0, 0, 0, -m.full_value, m.full_value, 0, 0
FROM inventory_movement m LEFT JOIN inventory_movement undone ON undone.id = m.reverses_id
  JOIN inventory_lot lot ON lot.id = m.lot_id LEFT JOIN catalog_variant v ON v.item_id = lot.item_id
  LEFT JOIN sales_order o ON m.source = 'return' AND o.id = m.source_id
WHERE m.id = ANY(%(ids)s) AND m.full_value <> 0
  AND coalesce(undone.kind, m.kind) IN ('waste', 'found', 'adjustment', 'scrap', 'weighing', 'revaluation', 'own_use')
"""

# In this order: returns look at the facts of their sales.
STATEMENTS = {
    "sale": SALE,
    "refund": REFUND,
    "return": RETURN,
    "run_loss": RUN_LOSS,
    "expense": EXPENSE,
    "charge": CHARGE,
    "stock": STOCK,
}
SOURCES = {
    "sale": """sales_order WHERE shipped_on IS NOT NULL
        OR id IN (SELECT order_id FROM sales_ordercharge WHERE charged)""",
    "refund": "sales_refund",
    "return": "sales_returnline",
    "run_loss": "production_run WHERE loss_cost > 0",
    "expense": "sales_expense",
    "charge": "sales_channelcharge",
    "stock": "inventory_movement WHERE kind IN ('waste', 'found', 'adjustment', 'scrap', 'weighing', 'revaluation', 'own_use', 'reversal')",
}
