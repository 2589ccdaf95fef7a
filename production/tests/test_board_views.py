from datetime import timedelta
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone

from nozzly.accounts.permissions import Role
from nozzly.testing.factories.inventory import FilamentFactory, SpoolFactory
from nozzly.testing.fixtures import make_user
from production.domain import board as boards
from production.domain import runs
from production.domain.runs import Pieces
from production.tests import shop
from production.tests.shop import EVENING


@pytest.fixture
def boss():
    return make_user(Role.OWNER)


@pytest.fixture
def black():
    return FilamentFactory(colour_name="Black")


@pytest.fixture
def spool(black):
    return SpoolFactory(filament=black)


@pytest.fixture
def dragon(black, spool):
    return shop.variant(slots={"body": (black, 40, 2)}, seconds=3 * 3600)


@pytest.fixture
def left():
    return shop.printer("Left")


def plan(boss, dragon, printer=None, at=EVENING, **wanted):
    return runs.plan_run(outputs=[Pieces(dragon, 1)], printer=printer, by=boss, at=at, **wanted)[0]


def test_board_lines_up_runs_until_the_morning(boss, dragon, left):
    first, second = plan(boss, dragon, left), plan(boss, dragon, left)
    runs.start_run(first, by=boss, at=EVENING - timedelta(hours=1))

    (lane,) = boards.board(at=EVENING).lanes

    assert [(each.run, each.start, each.end) for each in lane.segments] == [
        (first, EVENING - timedelta(hours=1), EVENING + timedelta(hours=2)),
        (second, EVENING + timedelta(hours=2), EVENING + timedelta(hours=5)),
    ]
    # 18:00 to 08:00 are 14 h; five of them are taken.
    assert (lane.idle_s, [each.width for each in lane.segments]) == (9 * 3600, [142, 214])
    assert (lane.current.run, lane.next_up.run) == (first, second)


def test_board_waits_for_a_run_that_may_not_start_before(boss, dragon, left):
    plan(boss, dragon, left, planned_for=EVENING + timedelta(hours=4))

    (lane,) = boards.board(at=EVENING).lanes

    assert (lane.segments[0].start, lane.idle_s) == (EVENING + timedelta(hours=4), 11 * 3600)
    assert lane.segments[0].ends_after_midnight


def test_board_marks_what_should_be_done_by_now(boss, dragon, left):
    run = plan(boss, dragon, left)
    runs.start_run(run, by=boss, at=EVENING - timedelta(hours=9))

    (lane,) = boards.board(at=EVENING).lanes

    assert (lane.current.is_overdue, lane.idle_s) == (True, 14 * 3600)


def test_board_says_what_hangs_where_and_what_to_load(boss, black, spool, left):
    white = SpoolFactory(lot__location=left.slots.get(position=3).location)
    owl = shop.variant("Owl", {"body": (white.lot.item.filament, 40, 2), "eyes": (black, 5, 0)})
    plan(boss, owl, left)

    (lane,) = boards.board(at=EVENING).lanes

    body, eyes = lane.segments[0].colours
    assert (body.slot, body.roll, eyes.slot, eyes.roll) == (3, white.lot, None, spool.lot)
    assert lane.segments[0].to_load == [eyes]


def test_board_is_red_where_grams_are_short(boss, dragon, left, black):
    plan(boss, shop.variant("Statue", {"body": (black, 1200, 0)}), left, even_if_short=True)

    (lane,) = boards.board(at=EVENING).lanes

    assert lane.segments[0].is_short


def test_board_keeps_runs_without_a_printer_apart(boss, dragon, left):
    run = plan(boss, dragon)

    seen = boards.board(at=EVENING)

    assert ([each.run for each in seen.unassigned], seen.idle_s) == ([run], 14 * 3600)
    assert (seen.ticks[0], seen.ticks[-1]) == (EVENING, seen.end)


def test_board_shows_the_next_runs_and_counts_the_rest(boss, dragon, left):
    runs.plan_run(outputs=[Pieces(dragon, 1)], printer=left, copies=8, even_if_short=True, by=boss, at=EVENING)

    (lane,) = boards.board(at=EVENING).lanes

    assert (len(lane.shown), lane.more) == (4, 4)


@pytest.mark.parametrize(("hours", "day"), [(0, 3), (9, 3), (15, 4)])
def test_morning_after_is_the_next_eight_o_clock(hours, day):
    end = boards.morning_after(EVENING + timedelta(hours=hours))

    assert (end.day, end.hour) == (day, 8)


@pytest.mark.parametrize("count", [1, 3])
def test_tonight_query_count_does_not_grow(client_for, boss, dragon, django_assert_num_queries, count):
    client = client_for(Role.OPERATOR)
    for number in range(count):
        printer = shop.printer(f"P{number}")
        plan(boss, dragon, printer)
    client.get(reverse("production:tonight"))

    with django_assert_num_queries(9):
        client.get(reverse("production:tonight"))


def test_tonight_shows_the_night(client, operator, boss, dragon, left):
    now = timezone.now()
    run = plan(boss, dragon, left, at=now)
    alone = plan(boss, dragon, at=now)
    busy = shop.printer("Right")
    printing = plan(boss, dragon, busy, at=now)
    runs.start_run(printing, by=boss, at=now)

    text = client.get(reverse("production:tonight")).content.decode()

    assert run.number in text
    assert alone.number in text
    assert "stand idle until" in text
    assert "£" not in text


def test_tonight_without_printers_says_what_to_do(client, owner):
    assert b"Add your printers" in client.get(reverse("production:tonight")).content


def test_floor_has_one_card_for_each_printer_the_due_one_first(client, operator, boss, dragon, left):
    now = timezone.now()
    right = shop.printer("Right")
    shop.printer("Spare")
    plan(boss, dragon, left, at=now)
    due = plan(boss, dragon, right, at=now)
    plan(boss, dragon, right, at=now)
    plan(boss, dragon, at=now)
    runs.start_run(due, by=boss, at=now - timedelta(hours=9))

    response = client.get(reverse("production:floor"))

    assert [lane.printer.name for lane, _form in response.context["cards"]] == ["Right", "Left", "Spare"]
    text = response.content.decode()
    assert "All good" in text
    assert "Nothing is planned on it" in text
    assert "Waiting for a printer" in text
    assert "£" not in text


def test_floor_shows_what_to_write_on_a_piece(client, operator, boss, dragon, left):
    now = timezone.now()
    runs.plan_run(outputs=[Pieces(dragon, 1, personalisation="For Ada")], printer=left, by=boss, at=now)

    assert "“For Ada”" in client.get(reverse("production:floor")).content.decode()


def test_floor_answers_with_its_cards_alone(client, operator, left):
    response = client.get(reverse("production:floor"), headers={"HX-Request": "true", "HX-Target": "floor-cards"})

    assert b"<html" not in response.content


def test_all_good_from_the_floor_comes_back_to_it(client, owner, boss, dragon, left):
    run = plan(boss, dragon, left, at=timezone.now())
    url = reverse("production:all_good", args=[run.pk]) + "?next=" + reverse("production:floor")

    response = client.post(url, {"key": uuid4()}, follow=True)

    assert response.redirect_chain == [(reverse("production:floor"), 302)]
    assert reverse("production:undo_run", args=[run.pk]) in response.content.decode()


def test_floor_is_for_those_who_print(client_for):
    assert client_for(Role.VIEWER).get(reverse("production:floor")).status_code == 403
    assert client_for(None).get(reverse("production:floor")).status_code == 302


def test_colours_that_nobody_chose_a_filament_for_promise_no_roll(client, boss, spool, left, workspace):
    """Two open colours must not both be told to load the one roll that happens to be there."""
    owl = shop.variant("Owl", {"body": (None, 40, 0), "eyes": (None, 2, 0)})
    plan(boss, owl, left, at=timezone.now())

    (segment,) = boards.board(at=timezone.now()).lanes[0].segments

    assert [(colour.roll, colour.is_open) for colour in segment.colours] == [(None, True), (None, True)]
    client.sign_in(boss)
    assert client.get(reverse("production:tonight")).content.count(b"no filament chosen") == 2
