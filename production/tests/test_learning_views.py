from datetime import timedelta
from decimal import Decimal
from io import BytesIO
from uuid import uuid4

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.models import F
from django.urls import reverse
from PIL import Image

from catalog.models import Recipe
from inventory.domain import reservations
from nozzly.accounts.permissions import Role
from nozzly.testing.factories.inventory import FilamentFactory
from nozzly.web.models import Attachment
from production.choices import Method
from production.domain import runs
from production.domain.reports import FailureReport, RunReport, SpoolUse
from production.domain.runs import Pieces
from production.models import FailureReason, Run
from production.tests import shop
from production.tests.shop import page, send


@pytest.fixture
def taught(boss, dragon, now):
    """Three runs that took 47 g instead of 40, and one that failed."""
    shop.rates()
    left = shop.printer("Left")
    for grams in (46, 47, 48):
        (run,) = runs.plan_run(outputs=[Pieces(dragon, 1)], printer=left, by=boss, at=now)
        use = SpoolUse(run.materials.get().pk, method=Method.TYPED, grams=Decimal(grams), purge_g=Decimal(0))
        runs.complete_run(run, report=RunReport(spools=(use,)), key=uuid4(), by=boss, at=now)
    (bad,) = runs.plan_run(outputs=[Pieces(dragon, 1)], printer=left, by=boss, at=now)
    report = FailureReport(Decimal(30), FailureReason.objects.get(name="Warped"))
    runs.fail_run(bad, report=report, key=uuid4(), by=boss, at=now)
    return dragon


def slot_of(variant):
    return variant.product.recipes.get(is_current=True).slots.get()


def test_variance_page_shows_what_runs_taught(client, owner, taught):
    response = page(client, "variance", days=30)

    text = response.content.decode()
    assert "40\xa0g → 47\xa0g" in text
    assert "Warped" in text
    assert "£" in text
    assert [chart.title for chart in response.context["charts"]] == ["Lost runs by reason", "Pieces by month"]


def test_variance_page_shows_no_cost_to_an_operator(client, operator, taught):
    response = page(client, "variance")

    text = response.content.decode()
    assert (response.status_code, "£" in text, "Accept" in text) == (200, False, False)


def test_variance_shows_the_worst_and_leads_to_the_rest(client, owner, taught):
    for number in range(14):
        shop.printer(f"P{number:02}")

    first = page(client, "variance", days=30)
    whole = page(client, "variance", days=30, all="printers")

    assert (len(first.context["printers"]), len(whole.context["printers"])) == (12, 15)
    assert ("3 more rows" in first.content.decode(), "more rows" in whole.content.decode()) == (True, False)
    assert "?days=30&amp;all=printers#printers-title" in first.content.decode()


def test_variance_is_drawn(client, owner, taught):
    first = page(client, "variance_pictures", days=30).context["charts"]
    week = timedelta(days=8)
    earliest = Run.objects.done().earliest("pk")
    Run.objects.filter(pk=earliest.pk).update(started_at=F("started_at") - week, finished_at=F("finished_at") - week)
    cache.clear()

    drawn = {
        chart.title: {label: [text.replace("\u202f", " ") for text in texts] for label, texts in chart.rows}
        for chart in page(client, "variance_pictures", days=30).context["charts"]
    }

    off = [
        "Off the estimate, the last runs",
        "Why prints fail: share of each reason, and up to it",
        "Off the estimate, by material",
        "Off the estimate, by printer",
        "Hours printed of all hours",
        "Off the estimate, by product",
        "Cost of good runs, by product",
    ]
    assert [chart.title for chart in first] == off
    assert list(drawn) == ["Off the estimate, along time", off[0], off[1], "Yield", *off[2:]]
    assert drawn[off[1]] == {"Warped": ["100 %", "100 %"]}
    assert drawn["Yield"].popitem()[1] == ["66.7 %", "33.3 %"]
    assert [row[0] for row in drawn[off[0]].values()] == ["9.5 %", "11.9 %", "14.3 %"]
    assert drawn[off[2]]["PLA"] == ["11.9 %", "-100 %"]


def test_pictures_are_without_cost_for_an_operator(client, operator, taught):
    titles = [chart.title for chart in page(client, "variance_pictures").context["charts"]]

    assert [("cost" in title.lower()) for title in titles] == [False] * 6
    assert all("Cost" not in chart.series_names for chart in page(client, "variance_pictures").context["charts"])


@pytest.mark.parametrize("name", ["variance", "variance_pictures"])
def test_variance_pages_before_the_first_run(client, owner, name):
    assert b"No run has ended in this time" in page(client, name, days="nonsense").content


def test_advice_is_accepted_on_the_page(client, owner, taught):
    response = send(client, "answer_advice", slot_of(taught).pk, answer="accept")

    assert response["Location"] == reverse("production:variance")
    assert Recipe.objects.get(is_current=True).slots.get().grams == Decimal(47)


@pytest.mark.parametrize("answer", ["ignore", "snooze"])
def test_advice_is_put_away_on_the_page(client, owner, taught, answer):
    send(client, "answer_advice", slot_of(taught).pk, answer=answer)

    assert page(client, "variance").context["advice"] == []


def test_advice_answered_twice_says_so(client, owner, taught):
    slot = slot_of(taught)
    send(client, "answer_advice", slot.pk, answer="ignore")

    response = client.post(reverse("production:answer_advice", args=[slot.pk]), {"answer": "ignore"}, follow=True)

    assert b"no longer open" in response.content


def test_advice_wants_one_of_its_answers(client, owner, taught):
    assert send(client, "answer_advice", slot_of(taught).pk, answer="maybe").status_code == 302
    assert len(page(client, "variance").context["advice"]) == 1


def test_operator_may_not_change_recipes(client_for, taught):
    assert send(client_for(Role.OPERATOR), "answer_advice", slot_of(taught).pk, answer="accept").status_code == 403


def test_thresholds_are_the_shops_own(client, owner):
    assert page(client, "floor_settings").context["form"]["advice_pct"].value() == "3"
    assert send(client, "floor_settings", variance_alert_pct="0", advice_pct="5").status_code == 422
    assert send(client, "floor_settings", variance_alert_pct="1000", advice_pct="5").status_code == 422

    send(client, "floor_settings", variance_alert_pct="25", advice_pct="5")

    assert page(client, "floor_settings").context["form"]["variance_alert_pct"].value() == "25"


def test_completing_far_off_the_estimate_says_so(client, operator, run):
    line, output = run.materials.get(), run.outputs.get()
    data = {
        f"m{line.pk}_method": "typed", f"m{line.pk}_grams": "160", f"o{output.pk}_good": 2,
        f"o{output.pk}_b_grade": 0, f"o{output.pk}_scrapped": 0, "time_s": "1:00", "key": uuid4(),
    }  # fmt: skip

    response = client.post(reverse("production:complete_run", args=[run.pk]), data, follow=True)

    text = response.content.decode()
    assert f"{run.number} took 195.2\u202f% of the filament as sliced." in text
    assert f"{run.number} took 50\u202f% of the time as sliced." in text


# Photos


def picture():
    file = BytesIO()
    Image.new("RGB", (40, 30), "teal").save(file, "JPEG")
    return SimpleUploadedFile("bed.jpg", file.getvalue(), content_type="image/jpeg")


def test_photo_of_a_run_is_kept_and_shown(client, operator, done):
    send(client, "add_photo", done.pk, photo=picture())

    photo = Attachment.objects.get()
    text = page(client, "run_detail", done.pk).content.decode()
    assert (photo.subject, photo.get_absolute_url() in text) == (done, True)


def test_photo_that_is_none_is_refused(client, operator, done):
    bad = SimpleUploadedFile("bed.jpg", b"not a picture", content_type="image/jpeg")

    response = client.post(reverse("production:add_photo", args=[done.pk]), {"photo": bad}, follow=True)

    assert Attachment.objects.count() == 0
    assert response.status_code == 200


# Fill tonight


def test_fill_tonight_proposes_and_plans(client, owner, dragon, black):
    left = shop.printer("Left")
    plate = shop.plate([(dragon, 2)], [("body", black, 80, 2)], seconds=1800)
    reservations.reserve(item=dragon.item, quantity=Decimal(2), source="order_line", source_id=1)

    shown = page(client, "fill_tonight")
    ((slug, proposal, ticked),) = shown.context["form"].rows()
    response = send(client, "fill_tonight", beds=slug, key=uuid4())

    assert (proposal.plate, ticked, response["Location"]) == (plate, True, reverse("production:tonight"))
    assert Run.objects.get().printer == left
    assert b"Nothing to propose" in page(client, "fill_tonight").content


def test_fill_tonight_says_when_the_board_has_changed(client, owner):
    response = send(client, "fill_tonight", beds="1-0-1", key=uuid4())

    assert response.status_code == 422


# Starting


def test_start_page_warns_of_what_does_not_fit(client, operator, boss, now):
    white = FilamentFactory()
    (run,) = runs.plan_run(
        outputs=[Pieces(shop.variant(slots={"body": (white, 80, 0)}), 1)], even_if_short=True, by=boss, at=now
    )

    assert f"No roll of {white} is in the house." in page(client, "start_run", run.pk).content.decode()


def test_variance_page_tells_materials_purge_reasons_and_printers_apart(client, owner, taught):
    shown = page(client, "variance", days=30).context

    (pla,) = shown["materials"]
    assert (pla["runs"], pla["grams"].estimated, pla["grams"].actual) == (3, Decimal(126), Decimal(141))
    assert (pla["purge_g"].estimated, pla["purge_g"].off_pct) == (Decimal(6), Decimal(-100))
    (left,) = shown["printers"]
    assert (left["grams"].actual, left["time_s"].off_pct) == (Decimal(141), 0)
    assert [(row["name"], row["runs"], row["up_to_here_pct"]) for row in shown["reasons"]] == [("Warped", 1, 100)]


def test_reasons_add_up_to_all_failures(client, owner, boss, dragon, now):
    for reason in ("Warped", "Warped", "Warped", "Spaghetti"):
        (bad,) = runs.plan_run(outputs=[Pieces(dragon, 1)], even_if_short=True, by=boss, at=now)
        report = FailureReport(Decimal(30), FailureReason.objects.get_or_create(name=reason)[0])
        runs.fail_run(bad, report=report, key=uuid4(), by=boss, at=now)

    reasons = page(client, "variance", days=30).context["reasons"]

    assert [(row["name"], row["up_to_here_pct"]) for row in reasons] == [("Warped", 75), ("Spaghetti", 100)]
