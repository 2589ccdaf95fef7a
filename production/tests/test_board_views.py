from datetime import timedelta
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone

from nozzly.accounts.permissions import Role
from nozzly.testing.factories.inventory import FilamentFactory, MaterialGroupFactory, SpoolFactory
from nozzly.testing.fixtures import make_user
from production.domain import board as boards
from production.domain import colours, runs, spools
from production.domain.runs import Pieces
from production.models import RunMaterial
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


def look(at=EVENING):
    """The board with every run on it looked at."""
    board = boards.board(at=at)
    colours.paint(board, [*((lane.printer, lane.segments) for lane in board.lanes), (None, board.unassigned)])
    return board


def test_board_lines_up_runs_until_the_morning(boss, dragon, left):
    first, second = plan(boss, dragon, left), plan(boss, dragon, left)
    runs.start_run(first, by=boss, at=EVENING - timedelta(hours=1))

    (lane,) = look().lanes

    assert [(each.run, each.start, each.end) for each in lane.segments] == [
        (first, EVENING - timedelta(hours=1), EVENING + timedelta(hours=2)),
        (second, EVENING + timedelta(hours=2), EVENING + timedelta(hours=5)),
    ]
    # 18:00 to 08:00 are 14 h; five of them are taken.
    assert (lane.idle_s, [each.width for each in lane.segments]) == (9 * 3600, [142, 214])
    assert (lane.current.run, lane.next_up.run) == (first, second)


def test_board_waits_for_a_run_that_may_not_start_before(boss, dragon, left):
    plan(boss, dragon, left, planned_for=EVENING + timedelta(hours=4))

    (lane,) = look().lanes

    assert (lane.segments[0].start, lane.idle_s) == (EVENING + timedelta(hours=4), 11 * 3600)
    assert lane.segments[0].ends_after_midnight


def test_board_marks_what_should_be_done_by_now(boss, dragon, left):
    run = plan(boss, dragon, left)
    runs.start_run(run, by=boss, at=EVENING - timedelta(hours=9))

    (lane,) = look().lanes

    assert (lane.current.is_overdue, lane.idle_s) == (True, 14 * 3600)


def test_board_says_what_hangs_where_and_what_to_load(boss, black, spool, left):
    white = SpoolFactory(lot__location=left.slots.get(position=3).location)
    owl = shop.variant("Owl", {"body": (white.lot.item.filament, 40, 2), "eyes": (black, 5, 0)})
    plan(boss, owl, left)

    (lane,) = look().lanes

    body, eyes = lane.segments[0].colours
    assert (body.slot, body.roll, eyes.slot, eyes.roll) == (3, white.lot, None, spool.lot)
    assert lane.segments[0].to_load == [eyes]


def test_board_is_red_where_grams_are_short(boss, dragon, left, black):
    plan(boss, shop.variant("Statue", {"body": (black, 1200, 0)}), left, even_if_short=True)

    (lane,) = look().lanes

    assert lane.segments[0].is_short


def test_board_keeps_runs_without_a_printer_apart(boss, dragon, left):
    run = plan(boss, dragon)

    seen = look()

    assert ([each.run for each in seen.unassigned], seen.idle_s) == ([run], 14 * 3600)
    assert (seen.ticks[0], seen.ticks[-1]) == (EVENING, seen.end)


def test_board_shows_the_next_runs_and_counts_the_rest(boss, dragon, left):
    runs.plan_run(outputs=[Pieces(dragon, 1)], printer=left, copies=8, even_if_short=True, by=boss, at=EVENING)

    (lane,) = look().lanes

    assert (len(lane.shown), lane.more) == (4, 4)


@pytest.mark.parametrize(("hours", "day"), [(0, 3), (9, 3), (15, 4)])
def test_morning_after_is_the_next_eight_o_clock(hours, day):
    end = boards.morning_after(EVENING + timedelta(hours=hours))

    assert (end.day, end.hour) == (day, 8)


@pytest.mark.parametrize("name", ["tonight", "floor"])
@pytest.mark.parametrize("count", [1, 3, 9])
def test_board_query_count_does_not_grow(client, owner, dragon, django_assert_num_queries, name, count):
    for number in range(count):
        plan(owner, dragon, shop.printer(f"P{number}"), copies=2, even_if_short=True)
        plan(owner, dragon, even_if_short=True)
    shop.page(client, name)

    with django_assert_num_queries({"tonight": 11, "floor": 12}[name]):
        shop.page(client, name)


def test_a_small_shop_sees_all_on_one_page(client, operator, left):
    response = shop.page(client, "tonight")

    assert (response.context["is_paged"], b"Go to a printer" in response.content) == (False, False)


@pytest.mark.parametrize("name", ["tonight", "floor"])
def test_many_printers_are_paged_and_none_is_lost(client, operator, name):
    made = [shop.printer(f"P{number:02}") for number in range(11)]

    pages = [shop.page(client, name, page=number) for number in (1, 2, 3)]

    assert [[lane.printer.name for lane in each.context["page"]] for each in pages] == [
        [f"P{number:02}" for number in range(8)],
        ["P08", "P09", "P10"],
        [],
    ]
    assert b"8 of 11" in pages[0].content
    assert all(f"?printer={printer.pk}".encode() in pages[0].content for printer in made)
    one = shop.page(client, name, printer=made[9].pk)
    assert [lane.printer for lane in one.context["page"]] == [made[9]]
    assert list(shop.page(client, name, show="nonsense", printer="x", page="y").context["page"])


def test_what_is_due_or_idle_or_short_is_found_among_many(client, operator, boss, dragon, black):
    now, printers = timezone.now(), [shop.printer(f"P{number:02}") for number in range(9)]
    runs.start_run(plan(boss, dragon, printers[8], at=now), by=boss, at=now - timedelta(hours=9))
    plan(
        boss,
        shop.variant("Statue", {"body": (black, 1200, 0)}, seconds=20 * 3600),
        printers[7],
        at=now,
        even_if_short=True,
    )

    found = {show: shop.page(client, "tonight", show=show).context for show in ("due", "idle", "short")}

    shown = {show: [lane.printer.name for lane in context["page"]] for show, context in found.items()}
    assert (shown["due"], shown["short"]) == (["P08"], ["P07", "P08"])
    assert "P07" not in shown["idle"]
    assert [count for _state, count in found["due"]["states"]] == [1, 8, 2]
    floor = shop.page(client, "floor").context["page"]
    assert floor[0].printer.name == "P08"


def test_runs_that_wait_for_a_printer_are_paged(client, operator, boss, dragon, left):
    waiting = runs.plan_run(outputs=[Pieces(dragon, 1)], copies=10, by=boss, at=EVENING)

    pages = [shop.page(client, "tonight", waiting=number).context["waiting"] for number in (1, 2)]

    assert [segment.run for page in pages for segment in page] == waiting


def test_a_move_on_the_second_page_answers_with_the_second_page(client, owner, boss, dragon):
    printers = [shop.printer(f"P{number:02}") for number in range(9)]
    first, second = (plan(boss, dragon, printers[8], at=timezone.now()) for _run in range(2))
    url = reverse("production:move_run") + "?page=2"

    response = client.post(
        url, {"move": f"{second.pk}:earlier"}, headers={"HX-Request": "true", "HX-Target": "tonight-board"}
    )

    (lane,) = response.context["page"]
    assert [segment.run for segment in lane.segments] == [second, first]
    assert "?next=%2Fproduction%2Ftonight%2F%3Fpage%3D2" in response.content.decode()
    again = client.post(url, {"move": f"{second.pk}:later"})
    assert again.url == reverse("production:tonight") + "?page=2"


def test_first_rolls_are_those_that_best_would_fetch(boss, black, left):
    white = FilamentFactory(colour_name="White", group=MaterialGroupFactory())
    grey = FilamentFactory(colour_name="Grey", group=white.group)
    slot = left.slots.get(position=1).location
    SpoolFactory(filament=white, state="open", opened_at=EVENING, lot__location=slot)
    for filament in (white, black):
        SpoolFactory(filament=filament, state="sealed", lot__received_on=EVENING.date())
        SpoolFactory(filament=filament, state="sealed", lot__received_on=EVENING.date() - timedelta(days=9))
    SpoolFactory(filament=grey, state="open", opened_at=EVENING)
    SpoolFactory(filament=grey, state="open", opened_at=EVENING - timedelta(days=1))
    SpoolFactory(filament=grey, state="open", on_hand=0)
    lines = [RunMaterial(filament=black), RunMaterial(filament=white), RunMaterial(group=white.group)]

    found = spools.first_rolls(line.binding for line in lines)

    rolls, loaded = spools.rolls_for(lines), spools.Loaded.now()
    assert found == {line.binding: spools.best(line, rolls, loaded, None).pk for line in lines}
    assert spools.first_rolls([None]) == {}


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

    assert [lane.printer.name for lane, _key in response.context["cards"]] == ["Right", "Left", "Spare"]
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

    (segment,) = look(timezone.now()).lanes[0].segments

    assert [(colour.roll, colour.is_open) for colour in segment.colours] == [(None, True), (None, True)]
    client.sign_in(boss)
    assert client.get(reverse("production:tonight")).content.count(b"no filament chosen") == 2
