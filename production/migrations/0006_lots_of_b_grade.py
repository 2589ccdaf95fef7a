from django.db import migrations

_KNOWN = """
UPDATE inventory_lot SET is_b_grade = TRUE
WHERE id IN (SELECT b_grade_lot_id FROM production_runoutput WHERE b_grade_lot_id IS NOT NULL);
UPDATE inventory_lot AS part SET is_b_grade = TRUE
FROM inventory_lot AS whole
WHERE whole.is_b_grade AND part.item_id = whole.item_id AND part.batch = whole.batch AND part.note = whole.note
  AND whole.note <> '' AND NOT part.is_b_grade;
"""


class Migration(migrations.Migration):
    """Runs know which lots came out less than perfect, and so do the parts that were moved out of them."""

    dependencies = [("production", "0005_repeats_and_nozzles"), ("inventory", "0009_b_grade_lots")]
    operations = [migrations.RunSQL(_KNOWN, migrations.RunSQL.noop)]
