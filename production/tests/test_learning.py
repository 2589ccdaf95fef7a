from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

import pytest

from catalog.choices import Origin
from catalog.models import Recipe
from nozzly.testing.factories.inventory import FilamentFactory, MaterialFactory, SpoolFactory
from production.choices import AdviceAnswer, Method
from production.domain import advice, product_use, runs, samples, variance
from production.domain.advice import NothingToAdvise
from production.domain.reports import FailureReport, PieceCount, RunReport, SpoolUse
from production.domain.runs import Pieces
from production.domain.statistics import Estimate, estimate, t95
from production.models import FailureReason, FloorSettings, RecipeAdvice, Run
from production.tests import shop
from production.tests.shop import EVENING, MORNING

LONG_AGO = EVENING - timedelta(days=100)


@pytest.fixture
def left():
    return shop.printer("Left")


def printed(user, variant, *grams, printer=None, pieces=1):
    """One finished run for each number of grams typed."""
    for used in grams:
        (run,) = runs.plan_run(
            outputs=[Pieces(variant, pieces)], printer=printer, even_if_short=True, by=user, at=EVENING
        )
        line = run.materials.get()
        use = SpoolUse(line.pk, method=Method.TYPED, grams=Decimal(used), purge_g=Decimal(0))
        runs.complete_run(run, report=RunReport(spools=(use,)), key=uuid4(), by=user, at=MORNING)


def slot_of(variant):
    return variant.product.recipes.get(is_current=True).slots.get()


# Numbers


def test_estimate_of_one_value_is_not_sure():
    assert estimate([Decimal(5)]) == Estimate(Decimal(5), None, 1)
    assert not estimate([Decimal(5)]).is_sure


def test_estimate_has_the_interval_of_students_t():
    found = estimate([Decimal(4), Decimal(5), Decimal(6)])

    # 4.303 × 1 ÷ √3
    assert (found.mean, found.half_width.quantize(Decimal("0.001")), found.is_sure) == (5, Decimal("2.484"), True)
    assert (t95(30), t95(31)) == (Decimal("2.042"), Decimal("1.96"))


def test_estimate_of_nothing_is_refused():
    with pytest.raises(ValueError, match="at least one"):
        estimate([])


# Samples


def test_samples_leave_out_what_was_only_sliced(user, dragon):
    (run,) = runs.plan_run(outputs=[Pieces(dragon, 1)], by=user, at=EVENING)
    runs.complete_run(run, key=uuid4(), by=user, at=MORNING)

    assert samples.since(LONG_AGO) == []


def test_samples_add_up_the_rolls_of_one_colour(user, dragon, spool, black):
    second = SpoolFactory(filament=black)
    (run,) = runs.plan_run(outputs=[Pieces(dragon, 2)], by=user, at=EVENING)
    line = run.materials.get()
    uses = (
        SpoolUse(line.pk, lot_id=spool.pk, method=Method.TYPED, grams=Decimal(50), purge_g=Decimal(0)),
        SpoolUse(line.pk, lot_id=second.pk, method=Method.TYPED, grams=Decimal(38), purge_g=Decimal(0)),
    )
    runs.complete_run(run, report=RunReport(spools=uses), key=uuid4(), by=user, at=MORNING)

    (sample,) = samples.since(LONG_AGO)
    assert (sample.actual_g, sample.expected_g, sample.material) == (88, 80, "PLA")


# Advice


def test_advice_after_three_runs_that_agree(user, dragon):
    printed(user, dragon, 46, 47, 48)

    (found,) = advice.open_advice(at=MORNING)

    assert (found.slot, found.grams, found.really.count) == (slot_of(dragon), Decimal("47.0"), 3)
    assert (found.change_g, found.change_pct) == (7, Decimal("17.5"))


@pytest.mark.parametrize("grams", [(47, 47), (30, 47, 64), (40.5, 41, 41)])
def test_no_advice_without_enough_agreement_or_size(user, dragon, grams):
    printed(user, dragon, *grams)

    assert advice.open_advice(at=MORNING) == []


def test_advice_counts_every_printed_piece(user, dragon):
    printed(user, dragon, 92, 94, 96, pieces=2)

    assert advice.open_advice(at=MORNING)[0].grams == Decimal("47.0")


def test_advice_tells_what_it_does_to_the_cost(user, dragon):
    printed(user, dragon, 46, 47, 48)
    (found,) = advice.open_advice(at=MORNING)

    assert advice.effect_on_cost([found]) == {found.slot.pk: Decimal("0.14")}


def test_accept_makes_a_new_recipe_with_learned_grams(user, dragon):
    printed(user, dragon, 46, 47, 48)

    made = advice.accept(slot_of(dragon), by=user, at=MORNING)

    slot = made.slots.get()
    assert (made.version, made.origin) == (2, "body: 40 g → 47 g, measured in 3 runs")
    assert (slot.grams, slot.purge_g, slot.origin) == (Decimal(47), Decimal(2), Origin.LEARNED)
    assert advice.open_advice(at=MORNING) == []
    assert RecipeAdvice.objects.get().answer == AdviceAnswer.ACCEPTED


def test_ignored_advice_stays_away(user, dragon):
    printed(user, dragon, 46, 47, 48)

    advice.ignore(slot_of(dragon), by=user, at=MORNING)

    assert (advice.open_advice(at=MORNING), Recipe.objects.count()) == ([], 1)


def test_snoozed_advice_comes_back_after_a_month(user, dragon):
    printed(user, dragon, 46, 47, 48)

    advice.snooze(slot_of(dragon), by=user, at=MORNING)

    assert advice.open_advice(at=MORNING) == []
    assert len(advice.open_advice(at=MORNING + timedelta(days=31))) == 1


def test_answer_to_advice_that_is_gone_is_refused(user, dragon):
    with pytest.raises(NothingToAdvise):
        advice.accept(slot_of(dragon), by=user, at=MORNING)


def test_advice_follows_the_shops_own_threshold(user, dragon):
    printed(user, dragon, 46, 47, 48)

    advice.save_settings(variance_alert_pct=Decimal(10), advice_pct=Decimal(20))

    assert advice.open_advice(at=MORNING) == []
    assert FloorSettings.objects.count() == 1


# What it really takes


def test_what_it_takes_is_a_mean_with_its_interval(user, dragon, left):
    printed(user, dragon, 42, 44, printer=left)

    (found,) = variance.what_it_takes(LONG_AGO)

    assert (found.printer, found.material, found.off_pct.mean, found.off_pct.count) == (
        "Left",
        "PLA",
        Decimal("7.5"),
        2,
    )


def test_what_it_takes_leaves_out_what_recipe_advice_explains(user, dragon, left):
    right = shop.printer("Right")
    printed(user, dragon, 47, 47, 47, printer=left)
    printed(user, dragon, 47, 47, 47, printer=right)

    found = {each.printer: each.off_pct.mean for each in variance.what_it_takes(LONG_AGO)}

    assert found == {"Left": 0, "Right": 0}


def test_what_it_takes_keeps_materials_apart(user, dragon, left):
    petg = SpoolFactory(filament=FilamentFactory(material=MaterialFactory(name="PETG")))
    owl = shop.variant("Owl", {"body": (petg.lot.item.filament, 20, 0)})
    printed(user, dragon, 40, printer=left)
    printed(user, owl, 22, printer=left)

    assert [(each.material, each.off_pct.mean) for each in variance.what_it_takes(LONG_AGO)] == [
        ("PETG", 10),
        ("PLA", 0),
    ]


# Sums


def test_totals_compare_estimate_and_reality(user, dragon, left):
    shop.rates()
    (good,) = runs.plan_run(outputs=[Pieces(dragon, 2)], printer=left, by=user, at=EVENING)
    (bad,) = runs.plan_run(outputs=[Pieces(dragon, 1)], printer=left, by=user, at=EVENING)
    report = RunReport(pieces=(PieceCount(good.outputs.get().pk, good=1, scrapped=1),), time_s=10_800, stars=4)
    runs.complete_run(good, report=report, key=uuid4(), by=user, at=MORNING)
    reason = FailureReason.objects.get(name="Warped")
    failed = runs.fail_run(bad, report=FailureReport(Decimal(50), reason), key=uuid4(), by=user, at=MORNING)

    found = variance.totals(LONG_AGO, MORNING + timedelta(hours=1))

    assert (found.runs, found.failed_pct, found.yield_pct.quantize(Decimal("0.1"))) == (2, 50, Decimal("33.3"))
    assert (found.grams.off_pct, found.time_s.off_pct, found.loss_cost) == (0, 50, failed.loss_cost)
    assert variance.by_reason(LONG_AGO, MORNING + timedelta(hours=1)) == [
        {"name": "Warped", "runs": 1, "loss": failed.loss_cost, "up_to_here_pct": 100}
    ]
    (month,) = variance.by_month(LONG_AGO, MORNING + timedelta(hours=1))
    assert (month["good_pieces"], month["lost_pieces"]) == (1, 2)
    (product,) = variance.by_product(LONG_AGO, MORNING + timedelta(hours=1))
    assert (product["runs"], product["failed"], product["lost_pieces"], product["stars"]) == (2, 1, 2, 4)
    (printer,) = variance.by_printer(LONG_AGO, MORNING + timedelta(hours=1))
    assert (printer["runs"], printer["failed_pct"], printer["busy_s"]) == (2, 50, 10_800 + 1800)


def test_a_mixed_bed_is_shared_by_grams_and_pieces(user, black, left):
    SpoolFactory(filament=black)
    dragon = shop.variant(slots={"body": (black, 40, 2)}, minutes="3")
    owl = shop.variant("Owl", {"body": (black, 10, 0)}, minutes="3")
    (run,) = runs.plan_run(outputs=[Pieces(dragon, 1), Pieces(owl, 4)], printer=left, by=user, at=EVENING)
    line = run.materials.get()
    use = SpoolUse(line.pk, method=Method.TYPED, grams=line.estimated_g * 2, purge_g=line.estimated_purge_g / 2)
    runs.complete_run(run, report=RunReport(spools=(use,), minutes=Decimal(30)), key=uuid4(), by=user, at=MORNING)

    found = product_use.by_product(LONG_AGO, MORNING + timedelta(hours=1))

    each = [found[made.product_id] for made in (dragon, owl)]
    assert [(of.grams.estimated, of.grams.actual) for of in each] == [(41, Decimal("80.5"))] * 2
    assert [(of.purge_g.estimated, of.purge_g.actual) for of in each] == [(1, Decimal("0.5"))] * 2
    assert [(of.minutes.estimated, of.minutes.actual) for of in each] == [(3, 6), (12, 24)]
    (printer,) = variance.by_printer(LONG_AGO, MORNING + timedelta(hours=1))
    assert [printer[name].off_pct for name in ("purge_g", "minutes")] == [-50, 100]
    assert printer["cost"].actual == Run.objects.get().actual_cost


def test_totals_of_nothing_say_nothing():
    found = variance.totals(LONG_AGO, MORNING)

    assert (found.runs, found.failed_pct, found.yield_pct, found.grams.off_pct) == (0, None, None, None)


def test_by_batch_names_filament_that_fails(user, black):
    SpoolFactory(filament=black, lot__batch="L-77")
    dragon = shop.variant(slots={"body": (black, 40, 2)})
    (run,) = runs.plan_run(outputs=[Pieces(dragon, 1)], by=user, at=EVENING)
    runs.fail_run(run, report=FailureReport(Decimal(50)), key=uuid4(), by=user, at=MORNING)

    (row,) = variance.by_batch(LONG_AGO, MORNING + timedelta(hours=1))

    assert (row["lot__batch"], row["failed"], row["runs"]) == ("L-77", 1, 1)


def test_alarm_over_the_threshold(user, dragon):
    printed(user, dragon, 60)
    run = dragon.run_outputs.get().run

    found = variance.alarm(run, run.materials.all(), threshold_pct=Decimal(10))

    assert [(what, each.off_pct.quantize(Decimal("0.1"))) for what, each in found] == [("filament", Decimal("42.9"))]
    assert variance.alarm(run, run.materials.all(), threshold_pct=Decimal(50)) == []


def test_alarm_is_silent_for_a_failed_run(user, run):
    failed = runs.fail_run(run, report=FailureReport(Decimal(5)), key=uuid4(), by=user, at=run.created_at)

    assert variance.alarm(failed, failed.materials.all(), threshold_pct=Decimal(1)) == []
