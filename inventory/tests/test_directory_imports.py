from django.urls import reverse

from inventory.models import MaterialGroup, Supplier
from inventory.tests.test_import_undo import undo
from inventory.tests.test_imports import apply, upload, verdicts
from inventory.tests.test_more_imports import export
from nozzly.testing.factories.inventory import (
    DeliveryFactory,
    FilamentFactory,
    MaterialFactory,
    MaterialGroupFactory,
    SupplierFactory,
)

SUPPLIERS, GROUPS = "inventory:import_suppliers", "inventory:import_groups"


def test_suppliers_and_groups_import_back_unchanged(client, owner):
    DeliveryFactory(supplier__note="=1+1\nsecond line", supplier__url="https://shop.example/a")
    SupplierFactory(url="", note="")
    group = MaterialGroupFactory()
    FilamentFactory.create_batch(2, group=group)
    MaterialGroupFactory(material=None)

    for name, list_name in ((SUPPLIERS, "supplier_list"), (GROUPS, "group_list")):
        for kind in ("csv", "xlsx"):
            assert verdicts(upload(client, name, export(client, list_name, kind), kind)) == {"unchanged": 2}


def test_suppliers_come_in_and_are_undone_where_nothing_names_them(client, owner):
    known = SupplierFactory(name="Shop", url="https://old.example", note="old")
    text = "Name,Website,Note\nshop,https://new.example,\nFresh,,hello\nUsed,,\n"
    apply(client, SUPPLIERS, upload(client, SUPPLIERS, text))
    known.refresh_from_db()
    assert (known.url, known.note, Supplier.objects.count()) == ("https://new.example", "old", 3)
    DeliveryFactory(supplier=Supplier.objects.get(name="Used"))

    undo(client)

    known.refresh_from_db()
    assert known.url == "https://old.example"
    assert set(Supplier.objects.values_list("name", flat=True)) == {"Shop", "Used"}


def test_groups_come_in_with_their_filaments_and_are_undone(client, owner):
    pla = MaterialFactory(name="PLA")
    old, new, free = (FilamentFactory(material=pla) for _number in range(3))
    group = MaterialGroupFactory(name="Blacks", material=pla, colour_hex="#000000")
    old.group = group
    old.save()
    text = f'Group;Material;Colour;Filaments\nblacks;;#111111;"{new.item.name}; {free.item.name}"\nReds;pla;#ff0000;\n'

    checked = upload(client, GROUPS, text)
    apply(client, GROUPS, checked)

    assert verdicts(checked) == {"changed": 1, "new": 1}
    group.refresh_from_db()
    assert (group.colour_hex, set(group.filaments.all())) == ("#111111", {new, free})

    undo(client)

    group.refresh_from_db()
    assert (group.colour_hex, set(group.filaments.all())) == ("#000000", {old})
    assert MaterialGroup.objects.count() == 1


def test_rows_that_cannot_be_taken_say_why(client, owner, client_for):
    groups = upload(client, GROUPS, "Group,Colour,Filaments\nA,#010203 #040506,\nB,,nobody\nC,,\nc,,\n")
    suppliers = upload(client, SUPPLIERS, "Supplier,Website\nA,javascript:alert(1)\n")

    assert [row.reasons[0] for row in groups.context["run"].wrong] == [
        "Colour: Ensure this value has at most 7 characters (it has 15).", "There is no filament called nobody.",
        "c stands in this file twice.",
    ]  # fmt: skip
    assert "Enter a valid URL" in suppliers.context["run"].wrong[0].reasons[0]
    assert client_for("operator").get(reverse(SUPPLIERS)).status_code == 403
