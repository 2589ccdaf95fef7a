"""Receipts out of a file, and back out."""

from datetime import date
from decimal import Decimal
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from nozzly.accounts.permissions import Permission
from nozzly.tax.domain import periods
from nozzly.testing.factories.sales import ExpenseFactory
from nozzly.web import intake
from nozzly.web.attaching import attach
from nozzly.web.intake import NotAllGood, Upload
from nozzly.web.reading import Table
from sales.domain import expenses
from sales.expense_importer import ExpenseImporter
from sales.models import Expense
from sales.resources import ExpenseResource

HEADS = ["Date", "Category", "Description", "Vendor", "Net", "VAT"]


def run(heads, *rows):
    importer = ExpenseImporter()
    return importer.dry_run(Table(list(heads), [list(row) for row in rows]), importer.guess(heads))


def bring_in(by, heads, *rows, good_only=False):
    importer = ExpenseImporter()
    upload = Upload("receipts.csv", Table(list(heads), [list(row) for row in rows]))
    return intake.carry_out(
        importer, upload, importer.guess(heads), good_only=good_only, key=uuid4(), by=by, at=timezone.now()
    )


def exported(**changes):
    """The export of all expenses as rows of a file, with other texts in some columns."""
    heads, lines = ExpenseResource().table(Expense.objects.for_table().order_by("pk"))
    return heads, [["" if cell is None else str(changes.get(head, cell)) for head, cell in zip(heads, line, strict=True)] for line in lines]  # fmt: skip


def test_receipts_come_in_and_a_second_time_nothing_does(bookkeeper):
    rows = [
        ["2026-07-03", "Software and models", "Slicer", "Slice Ltd", "€ 40,00", "8,00"],
        ["2026-07-04", "", "Bus", "", "2,40", ""],
        ["2026-07-04", "", "Bus", "", "2,40", ""],
    ]
    first, second = (bring_in(bookkeeper, HEADS, *rows) for _time in range(2))

    told = [(row.text, row.category, row.net, row.tax, row.by) for row in Expense.objects.order_by("pk")]
    assert told == [
        ("Slicer", "software", Decimal("40.00"), Decimal("8.00"), bookkeeper),
        ("Bus", "other", Decimal("2.40"), 0, bookkeeper),
        ("Bus", "other", Decimal("2.40"), 0, bookkeeper),
    ]
    assert ((first.new, first.unchanged), (second.new, second.unchanged)) == ((3, 0), (0, 3))


@pytest.mark.parametrize(
    ("cells", "reason"),
    [
        (["03/07/2026", "", "Rent", "", "1", ""], "“03/07/2026” can be two days: write it like 2026-07-03."),
        (["2999-07-03", "", "Rent", "", "1", ""], "“2999-07-03” is outside the years that can be booked."),
        (["2060-07-03", "", "Rent", "", "1", ""], "This day is still to come."),
        (["2026-07-03", "Yachts", "Rent", "", "1", ""], "Category: there is no such category"),
        (["2026-07-03", "", "", "", "1", ""], "“What for” is missing."),
        (["2026-07-03", "", "Rent", "", "", ""], "“Net amount” is missing."),
        (["2026-07-03", "", "Rent", "", "-1", ""], "Amounts are not negative"),
        (["2026-07-03", "", "Rent", "", "1.005", ""], "Net amount: an amount with at most two decimals."),
        (["2026-07-03", "", "Rent", "", "=1+1", ""], "Net amount: this is a formula"),
    ],
)
def test_a_row_that_cannot_be_taken_says_why_and_keeps_the_others_out(bookkeeper, cells, reason):
    dry = run(HEADS, cells, ["2026-07-03", "rent", "Rent", "", "1", ""])

    assert [any(each.startswith(reason) for each in row.reasons) for row in dry.rows] == [True, False]
    with pytest.raises(NotAllGood):
        bring_in(bookkeeper, HEADS, cells, ["2026-07-03", "rent", "Rent", "", "1", ""])
    assert Expense.objects.count() == 0


def test_a_column_that_shows_its_order_of_days_is_read_by_it(bookkeeper):
    bring_in(bookkeeper, HEADS, ["03/07/2026", "", "A", "", "1", ""], ["21/07/2026", "", "B", "", "1", ""])

    assert list(Expense.objects.order_by("pk").values_list("spent_on", flat=True)) == [date(2026, 7, 3), date(2026, 7, 21)]  # fmt: skip


def test_the_export_comes_back_unchanged_and_corrects_what_is_open(owner):
    expense = ExpenseFactory(spent_on=date(2026, 7, 3), text="=1+1")
    closed = expenses.take_back(ExpenseFactory(spent_on=date(2026, 7, 4)), by=owner, at=timezone.now())
    heads, rows = exported()
    own = [row for row in rows if row[0] == str(expense.pk)]

    unchanged = run(heads, *rows)
    changed = bring_in(owner, heads, [cell if head != "Net amount" else "77" for head, cell in zip(heads, own[0], strict=True)])  # fmt: skip
    refused = run(heads, *exported(**{"Net amount": "-99"})[1])

    expense.refresh_from_db()
    assert ({row.verdict.value for row in unchanged.rows}, expense.net, expense.text) == ({"unchanged"}, 77, "=1+1")
    assert [len(row.reasons) for row in refused.rows] == [1, 1, 1]
    assert intake.take_back(changed, by=owner, at=timezone.now()).startswith("Out of sight: 0. As they were before: 1.")
    expense.refresh_from_db()
    assert (expense.net == 77, closed.pk) == (False, closed.pk)


def test_an_import_is_undone_but_for_what_somebody_worked_on_since(owner):
    days = ("2026-06-30", "2026-07-03", "2026-07-04", "2026-07-05")
    made = bring_in(owner, HEADS, *[[day, "", f"Receipt {day}", "", "5", "1"] for day in days])
    late, plain, edited, with_receipt = Expense.objects.order_by("spent_on")
    periods.close_period(through_on=date(2026, 6, 30), by=owner, at=timezone.now())
    expenses.change_expense(edited, expenses.Spending(date(2026, 7, 4), "rent", "Rent", Decimal(7)), at=timezone.now())
    file = SimpleUploadedFile("bus.pdf", b"%PDF-1.4")
    attach(with_receipt, file, permission=Permission.REPORT_VIEW, by=owner, at=timezone.now())

    said = intake.take_back(made, by=owner, at=timezone.now())

    assert said == "Out of sight: 2. As they were before: 0. Changed since, and kept so: 2."
    assert [row.net for row in Expense.objects.order_by("pk")] == [5, 7, 5, -5]
    assert (Expense.objects.filter(pk=plain.pk).exists(), late.reversed_by.net) == (False, -5)
