from django.db import migrations

_NAMES = (
    "Came off the bed",
    "First layer",
    "Clogged nozzle",
    "Filament ran out",
    "Tangled or broken filament",
    "Layer shift",
    "Warped",
    "Spaghetti",
    "Power cut",
    "Stopped by hand",
    "Something else",
)


def add_reasons(apps, schema_editor):
    model = apps.get_model("production", "FailureReason")
    model.objects.bulk_create(model(name=name, position=position) for position, name in enumerate(_NAMES, start=1))


def remove_reasons(apps, schema_editor):
    apps.get_model("production", "FailureReason").objects.filter(name__in=_NAMES, runs=None).delete()


class Migration(migrations.Migration):
    dependencies = [("production", "0002_written_once")]

    operations = [migrations.RunPython(add_reasons, remove_reasons)]
