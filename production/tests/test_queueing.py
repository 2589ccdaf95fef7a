from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection
from django.urls import reverse

from nozzly.accounts.permissions import Role
from nozzly.tenancy.current import current_workspace, in_workspace
from nozzly.testing.factories.inventory import SpoolFactory
from nozzly.testing.fixtures import make_user
from production.domain import runs
from production.domain.runs import NotInTheQueue, Pieces
from production.models import Run
from production.tests import shop
from production.tests.shop import EVENING


def shop_with_queue(count=3):
    """A printer with so many runs waiting, and one that waits for a printer."""
    boss, spool = make_user(Role.OWNER), SpoolFactory()
    dragon = shop.variant(slots={"body": (spool.lot.item.filament, 40, 2)})
    left = shop.printer("Left")
    wanted = [Pieces(dragon, 1)]
    queued = runs.plan_run(outputs=wanted, printer=left, copies=count, by=boss, at=EVENING)
    return boss, wanted, left, queued, runs.plan_run(outputs=wanted, by=boss, at=EVENING)[0]


def order(printer):
    return [run.pk for run in Run.objects.planned().filter(printer=printer).in_queue_order()]


def test_runs_go_up_and_down_and_stop_at_the_ends(workspace):
    *_rest, left, (a, b, c), _loose = shop_with_queue()

    runs.move_earlier(c)
    assert order(left) == [a.pk, c.pk, b.pk]
    runs.move_later(a)
    assert order(left) == [c.pk, a.pk, b.pk]
    runs.move_later(b)
    runs.move_earlier(c)
    assert order(left) == [c.pk, a.pk, b.pk]


def test_runs_go_behind_another_one_on_any_printer(workspace):
    *_rest, left, (a, b, c), loose = shop_with_queue()
    right = shop.printer("Right")

    runs.move_behind(loose, a, printer=left)
    runs.move_behind(c, None, printer=left)
    assert order(left) == [c.pk, a.pk, loose.pk, b.pk]
    runs.move_behind(b, None, printer=right)
    runs.move_behind(a, None, printer=None)
    assert (order(left), order(right), order(None)) == ([c.pk, loose.pk], [b.pk], [a.pk])


def test_a_new_run_goes_behind_what_was_put_in_order(workspace):
    boss, wanted, left, (a, b, c), _loose = shop_with_queue()
    runs.move_earlier(c)

    (new,) = runs.plan_run(outputs=wanted, printer=left, planned_for=EVENING, by=boss, at=EVENING)
    assert order(left)[:2] == [a.pk, c.pk]
    assert set(order(left)[2:]) == {b.pk, new.pk}


def test_a_run_sent_to_a_printer_without_a_place_goes_behind_all_others(client, workspace):
    boss, _wanted, left, (a, b, c), loose = shop_with_queue()
    runs.move_earlier(c)
    client.sign_in(boss)

    client.post(reverse("production:queue_run", args=[loose.pk]), {"printer": left.pk, "queue_position": ""})

    assert order(left) == [a.pk, c.pk, b.pk, loose.pk]


def test_what_is_not_in_the_queue_is_refused(workspace):
    boss, _wanted, left, (a, b, c), loose = shop_with_queue()
    runs.start_run(a, by=boss, at=EVENING + timedelta(minutes=1))

    with pytest.raises(NotInTheQueue, match="already printing"):
        runs.move_later(a)
    with pytest.raises(NotInTheQueue, match="changed meanwhile"):
        runs.move_behind(loose, a, printer=left)
    assert order(left) == [b.pk, c.pk]


def test_the_board_moves_runs_without_and_with_htmx(client, workspace):
    boss, _wanted, left, (a, b, c), _loose = shop_with_queue()
    client.sign_in(boss)
    url = reverse("production:move_run")

    assert client.post(url, {"move": f"{c.pk}:earlier"})["Location"] == reverse("production:tonight")
    assert order(left) == [a.pk, c.pk, b.pk]
    part = client.post(
        url, {"move": f"{b.pk}:behind:0:{left.pk}"}, headers={"HX-Request": "true", "HX-Target": "tonight-board"}
    )
    assert order(left) == [b.pk, a.pk, c.pk]
    assert part.content.strip().startswith(b'<form id="tonight-board"')


@pytest.mark.parametrize(
    "move", ["", "x", "0:earlier", "99999999:later", "{run}:behind:0:77777", "{run}:sideways", "{run}:behind:{run}"]
)
def test_nonsense_moves_nothing(client, workspace, move):
    boss, _wanted, left, (a, *_others), _loose = shop_with_queue(count=2)
    client.sign_in(boss)
    before = order(left)

    assert client.post(reverse("production:move_run"), {"move": move.format(run=a.pk)}).status_code == 302
    assert order(left) == before
    assert b"look again" in client.get(reverse("production:tonight")).content


def test_people_who_only_look_see_no_arrows(client_for, workspace):
    shop_with_queue()

    assert b":earlier" not in client_for(Role.VIEWER).get(reverse("production:tonight")).content


def test_many_hands_on_one_queue_leave_it_whole(committed):
    *_rest, queued, _loose = shop_with_queue(count=5)
    here = current_workspace()

    def shuffle(number):
        try:
            with in_workspace(here):
                run = queued[number % 5]
                (runs.move_earlier, runs.move_later)[number % 2](run)
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(shuffle, range(24)))

    places = Run.objects.filter(pk__in=[run.pk for run in queued]).values_list("queue_position", flat=True)
    assert sorted(places) == [1, 2, 3, 4, 5]
