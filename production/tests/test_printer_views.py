from decimal import Decimal

import pytest
from django.urls import reverse

from inventory.models import Location
from nozzly.accounts.permissions import Role
from nozzly.testing.factories.inventory import LocationFactory, SpoolFactory
from nozzly.testing.factories.production import MaintenanceTaskFactory, RunFactory
from production.domain import care, printers
from production.domain.printers import ImpossibleSlots, NameTaken, SlotNotEmpty, StillInUse
from production.models import FailureReason, MaintenanceLog, Printer
from production.tests import shop
from production.tests.shop import EVENING, page, send

# Domain


def test_add_printer_gives_it_a_place_and_its_slots():
    room = LocationFactory(name="Cellar")

    made = printers.add_printer(name="Left", model=shop.printer_model(slots=2), room=room, note="Loud")

    assert str(made.location) == "Cellar › Left"
    assert [str(slot.location) for slot in made.slots.order_by("position")] == [
        "Cellar › Left › Slot 1",
        "Cellar › Left › Slot 2",
    ]
    assert made.note == "Loud"


def test_add_printer_refuses_a_name_that_is_taken():
    printers.add_printer(name="Left", model=shop.printer_model())

    with pytest.raises(NameTaken):
        printers.add_printer(name="Left", model=shop.printer_model(), room=LocationFactory())

    assert Printer.objects.count() == 1


@pytest.mark.parametrize("slots", [0, 33])
def test_add_printer_refuses_impossible_slots(slots):
    with pytest.raises(ImpossibleSlots):
        printers.add_printer(name="Left", model=shop.printer_model(), slots=slots)

    assert (Printer.objects.count(), Location.objects.count()) == (0, 0)


def test_change_printer_moves_its_place_and_refits_it():
    made = printers.add_printer(name="Left", model=shop.printer_model(), slots=2)
    room = LocationFactory(name="Cellar")

    printers.change_printer(made, name="Right", model=made.model, room=room, slots=1, own={"price": Decimal(500)})

    made.refresh_from_db()
    assert [str(slot.location) for slot in made.slots.all()] == ["Cellar › Right › Slot 1"]
    assert (made.name, made.price) == ("Right", 500)


def test_change_printer_refuses_anothers_name():
    printers.add_printer(name="Left", model=shop.printer_model())
    made = printers.add_printer(name="Right", model=shop.printer_model())

    with pytest.raises(NameTaken):
        printers.change_printer(made, name="Left", model=made.model, room=None, slots=1, own={})


def test_set_slots_keeps_one_that_holds_a_roll():
    made = shop.printer(slots=2)
    SpoolFactory(lot__location=made.slots.get(position=2).location)

    with pytest.raises(SlotNotEmpty, match="Slot 2"):
        printers.set_slots(made, 1)


def test_archive_printer_refuses_while_a_run_is_on_it():
    made = shop.printer()
    run = RunFactory(printer=made)

    with pytest.raises(StillInUse, match=run.number):
        printers.archive_printer(made, at=EVENING)


def test_hours_printed_counts_what_was_before():
    made = shop.printer()
    made.hours_before_h = Decimal(100)
    RunFactory(printer=made, done=True, actual_time_s=5400)
    RunFactory(printer=made, print_time_s=9999)

    assert printers.hours_printed(made) == Decimal("101.50")


def test_due_tasks_count_from_the_last_time_it_was_done(user):
    made = shop.printer()
    made.hours_before_h = Decimal(500)
    made.save()
    grease = MaintenanceTaskFactory(printer=made, name="Grease", every_h=Decimal(100))
    belts = MaintenanceTaskFactory(printer=made, name="Belts", every_h=Decimal(600))

    assert [(each.task, each.left_h, each.is_due) for each in care.due_tasks(made)] == [
        (grease, Decimal(-400), True),
        (belts, Decimal(100), False),
    ]
    printers.log_maintenance(made, task=grease, by=user, at=EVENING)
    assert [(each.task, each.left_h) for each in care.due_tasks(made)] == [
        (grease, Decimal(100)),
        (belts, Decimal(100)),
    ]
    assert care.due_of_many(list(Printer.objects.with_printed_s())) == {}


def test_due_of_many_counts_by_printer():
    made = shop.printer()
    made.hours_before_h = Decimal(500)
    made.save()
    MaintenanceTaskFactory.create_batch(2, printer=made, every_h=Decimal(100))

    assert care.due_of_many(list(Printer.objects.with_printed_s())) == {made.pk: 2}


# Pages


@pytest.mark.parametrize("count", [1, 3])
def test_printer_list_query_count_does_not_grow(client, owner, django_assert_num_queries, count):
    for number in range(count):
        shop.printer(f"P{number}")
    page(client, "printer_list")

    with django_assert_num_queries(2):
        response = page(client, "printer_list")

    assert [each.name for each in response.context["page"]] == [f"P{number}" for number in range(count)]


def test_printer_list_hides_the_archive_until_asked(client, owner):
    made = shop.printer()
    printers.archive_printer(made, at=EVENING)

    assert not list(page(client, "printer_list").context["page"])
    assert list(page(client, "printer_list", archived=1).context["page"]) == [made]


def test_printer_page_shows_what_is_loaded_planned_and_due(client, owner):
    made = shop.printer(slots=2)
    made.hours_before_h = Decimal(500)
    made.save()
    spool = SpoolFactory(lot__location=made.slots.get(position=1).location)
    planned, done = RunFactory(printer=made), RunFactory(printer=made, done=True)
    MaintenanceTaskFactory(printer=made, name="Grease", every_h=Decimal(100))

    response = page(client, "printer_detail", made.pk)

    text = response.content.decode()
    assert spool.lot.code in text
    assert planned.number in text
    assert done.number in text
    assert "due now" in text
    assert "£600.00" in text


def test_printer_page_shows_no_cost_to_an_operator(client, operator):
    made = shop.printer()

    response = page(client, "printer_detail", made.pk)

    assert (response.status_code, "£" in response.content.decode()) == (200, False)


def test_add_printer_page(client, owner):
    response = send(client, "add_printer", name="Left", model=shop.printer_model(slots=3).pk, price="1.234,50")

    made = Printer.objects.get()
    assert response["Location"] == made.get_absolute_url()
    assert (made.slots.count(), made.price) == (3, Decimal("1234.50"))


def test_add_printer_page_says_that_the_name_is_taken(client, owner):
    shop.printer("Left")

    response = send(client, "add_printer", name="Left", model=shop.printer_model().pk)

    assert response.status_code == 422
    assert b"already a" in response.content


def test_edit_printer_page_is_filled_and_saves(client, owner):
    made = printers.add_printer(name="Left", model=shop.printer_model(), slots=2, power_w=Decimal(120))

    form = page(client, "edit_printer", made.pk).context["form"]
    assert (form["name"].value(), form["slots"].value(), form["power_w"].value()) == ("Left", 2, "120")
    send(client, "edit_printer", made.pk, name="Left one", model=made.model_id, slots="", power_w="")

    made.refresh_from_db()
    assert (made.name, made.power_w, made.slots.count()) == ("Left one", None, 4)


def test_operator_may_not_edit_printers(client_for):
    made = shop.printer()

    for name, args in (("add_printer", ()), ("edit_printer", (made.pk,)), ("archive_printer", (made.pk,))):
        assert page(client_for(Role.OPERATOR), name, *args).status_code == 403


def test_archive_and_bring_back(client, owner):
    made = shop.printer()

    assert b"out of the shop" in page(client, "archive_printer", made.pk).content
    send(client, "archive_printer", made.pk)
    made.refresh_from_db()
    assert made.archived_at is not None
    page(client, "bring_back_printer", made.pk)
    send(client, "bring_back_printer", made.pk)
    made.refresh_from_db()
    assert made.archived_at is None


def test_load_slot_moves_the_roll(client, operator):
    slot = shop.printer().slots.get(position=1)
    spool = SpoolFactory()

    response = send(client, "load_slot", slot.pk, lot=spool.pk)

    spool.lot.refresh_from_db()
    assert (response["Location"], spool.lot.location) == (slot.printer.get_absolute_url(), slot.location)


def test_unload_slot_puts_the_roll_beside_the_printer(client, operator):
    slot = shop.printer().slots.get(position=1)
    spool = SpoolFactory(lot__location=slot.location)

    assert page(client, "load_slot", slot.pk).context["form"]["lot"].value() == spool.pk
    send(client, "load_slot", slot.pk, lot="")

    spool.lot.refresh_from_db()
    assert spool.lot.location == slot.printer.location


def test_log_maintenance_by_an_operator(client, operator):
    made = shop.printer()
    task = MaintenanceTaskFactory(printer=made, name="Grease")

    assert page(client, "log_maintenance", made.pk, task=task.pk).context["form"]["task"].value() == str(task.pk)
    assert send(client, "log_maintenance", made.pk, minutes="1").status_code == 422
    send(client, "log_maintenance", made.pk, task=task.pk, minutes="10", cost="5")

    entry = MaintenanceLog.objects.get()
    assert (entry.text, entry.minutes, entry.cost, entry.by) == ("Grease", 10, 0, operator)


def test_maintenance_task_is_added_and_changed(client, owner):
    made = shop.printer()

    assert page(client, "add_maintenance_task", made.pk).status_code == 200
    response = send(client, "add_maintenance_task", made.pk, name="Grease", every_h="250")
    task = made.maintenance_tasks.get()
    assert (response["Location"], task.every_h) == (made.get_absolute_url(), 250)
    send(client, "edit_maintenance_task", made.pk, task.pk, name="Grease", every_h="300")
    task.refresh_from_db()
    assert task.every_h == 300


# Failure reasons


def test_failure_reasons_are_the_shops_own(client, owner):
    assert page(client, "failure_reason_list").status_code == 200
    send(client, "add_failure_reason", name="The cat", position=1)
    reason = FailureReason.objects.get(name="The cat")

    send(client, "edit_failure_reason", reason.pk, name="The other cat", position=2)
    reason.refresh_from_db()
    assert (reason.name, reason.position) == ("The other cat", 2)
    assert b"off the list" in page(client, "remove_failure_reason", reason.pk).content
    send(client, "remove_failure_reason", reason.pk)

    assert not FailureReason.objects.filter(pk=reason.pk).exists()


def test_failure_reason_that_a_run_names_is_only_put_away(client, owner):
    reason = FailureReason.objects.first()
    RunFactory(state="failed", failure_reason=reason, finished_at=EVENING)

    send(client, "remove_failure_reason", reason.pk)

    reason.refresh_from_db()
    assert reason.archived_at is not None


def test_admin_pages_of_production_open(client, owner):
    RunFactory()
    for model in ("run", "runoutput", "runmaterial", "runcostline", "runevent", "printer", "failurereason"):
        assert client.get(reverse(f"admin:production_{model}_changelist")).status_code == 200
    assert client.get(reverse("admin:production_run_add")).status_code == 403
