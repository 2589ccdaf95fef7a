"""Receipts out of a table: rows with a number correct those that are here, all others are entered."""

import re
from collections import Counter
from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from django import forms
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from nozzly.accounts.permissions import Permission
from nozzly.core.errors import DomainError
from nozzly.core.units import parse_decimal
from nozzly.tax.domain import periods
from nozzly.web.exporting import restore
from nozzly.web.importing import CheckedRow, Importer, Outcome, Verdict, undone
from nozzly.web.models import Attachment
from sales.domain import expense_files
from sales.domain.expenses import Spending
from sales.models import Expense
from sales.orderfiles import dates
from sales.report_choices import ExpenseCategory
from sales.report_forms import OLDEST
from sales.resources import ExpenseResource

_CURRENCY = re.compile(r"^[^\d.,'+-]{1,4}(?=[\d.,+-])|(?<=[\d.,])[^\d.,']{1,5}$")
_MOST = Decimal("999999999.99")
_NEEDED = ("spent_on", "text", "net")
_WORKED_OUT = ("booked_on", "cost")
_NEW = gettext_lazy("A new receipt needs it.")
_NOT_READ = gettext_lazy("Stands in the export; worked out here.")
_LABELS = {name: field.column_name for name, field in ExpenseResource.fields.items()}


class AmountField(forms.CharField):
    """Money with or without a currency; cleans to Decimal, None where it is empty."""

    is_number = True  # in a file: see nozzly.web.cells

    def clean(self, value):
        text = _CURRENCY.sub("", super().clean(value))
        if not text:
            return None
        try:
            amount = parse_decimal(text)
        except DomainError as error:
            raise ValidationError(str(error)) from error
        if abs(amount) > _MOST or amount != round(amount, 2):
            raise ValidationError(_("an amount with at most two decimals."))
        return round(amount, 2)


class CategoryField(forms.CharField):
    """By its name here, in English, or as addresses write it."""

    def clean(self, value):
        text = super().clean(value).casefold()
        names = {str(name).casefold(): key for key, label in ExpenseCategory.choices for name in (key, label)}
        if text and text not in names:
            known = ", ".join(str(label) for label in ExpenseCategory.labels)
            raise ValidationError(_("there is no such category; choose one of: {known}.").format(known=known))
        return names.get(text, "")


class YesNoField(forms.CharField):
    """None where it is empty."""

    def clean(self, value):
        text = super().clean(value).casefold()
        words = {"yes": True, "no": False, "true": True, "false": False, "1": True, "0": False}
        words |= {str(_("yes")).casefold(): True, str(_("no")).casefold(): False}
        if text and text not in words:
            raise ValidationError(_("say yes or no."))
        return words.get(text)


def _text(name: str, **options) -> forms.CharField:
    return forms.CharField(label=_LABELS[name], required=False, **options)


class ExpenseRow(forms.Form):
    number = _text("number", max_length=20, help_text=gettext_lazy("Empty for a new receipt."))
    spent_on = _text("spent_on", max_length=40, help_text=_NEW)
    booked_on = _text("booked_on", max_length=40, help_text=_NOT_READ)
    category = CategoryField(
        label=_LABELS["category"], required=False, help_text=gettext_lazy("“Other” where it is empty.")
    )
    text = _text("text", max_length=200, help_text=_NEW)
    supplier = _text("supplier", max_length=120)
    net = AmountField(label=_LABELS["net"], required=False, help_text=_NEW)
    tax = AmountField(label=_LABELS["tax"], required=False)
    cost = _text("cost", max_length=40, help_text=_NOT_READ)
    in_costs = YesNoField(
        label=_LABELS["in_costs"], required=False,
        help_text=gettext_lazy("yes: filament, power, printers that runs charge to the pieces; no where it is empty."),
    )  # fmt: skip


class ExpenseImporter(Importer):
    name = "expenses"
    title = gettext_lazy("Import expenses")
    intro = gettext_lazy(
        "Receipts without a number are entered, those with one correct the expense that has it. A receipt that is here already, "
        "same day, words and amounts, is not entered again."
    )
    permission = Permission.EXPENSE_EDIT
    row_form = ExpenseRow
    aliases = {
        "number": ("expense",),
        "spent_on": ("date", "day", "receipt", "spent on", "datum"),
        "text": ("description", "what", "text", "beschreibung"),
        "supplier": ("supplier", "vendor", "payee", "merchant", "lieferant"),
        "net": ("net", "netto"),
        "tax": ("tax", "vat", "sales tax", "mwst"),
        "category": ("kategorie",),
        "in_costs": ("in the cost of the pieces",),
    }
    list_url = "sales:expense_list"
    sample = [["", "2026-11-02", "", "Software and models", "Slicer licence", "Slice Ltd", "40.00", "8.00", "", "no"]]

    def claims(self, words):
        return len(words) * 2 > len(self.columns()) and super().claims(words)

    def classify(self, rows: list[CheckedRow]) -> None:
        _read_days(rows)
        good = [row for row in rows if row.verdict != Verdict.WRONG]
        named, new = ([row for row in good if bool(row.data["number"]) is wanted] for wanted in (True, False))
        known = _known(row.data["number"] for row in named)
        _look_at_known(named, known)
        for row in new:
            _make_new(row)
        new = [row for row in new if row.verdict != Verdict.WRONG]
        wanted = [row.data["new"] for row in new]
        for row, here in zip(new, expense_files.already_here(wanted, beside=known.keys()), strict=True):
            row.verdict = Verdict.UNCHANGED if here else Verdict.NEW

    def apply(self, rows, *, key, by, at) -> Outcome:
        new = [row["new"] for row in rows if "new" in row]
        changed = [row["changed"] for row in rows if "changed" in row]
        record = expense_files.apply(new, changed, key=key, by=by, at=at)
        message = _("Expenses entered: {new}, corrected: {changed}.").format(new=len(new), changed=len(changed))
        return Outcome(message, record)

    def undo(self, record, *, key, by, at) -> str:
        done = expense_files.undo(record, keep=_with_receipt(record.get("added", ())), by=by, at=at)
        return undone(done.gone, done.restored, done.kept)


def _with_receipt(keys) -> set[int]:
    """Those that somebody has put a photo or a PDF to."""
    kind = ContentType.objects.get_for_model(Expense)
    files = Attachment.objects.filter(content_type=kind, object_id__in=[int(key) for key in keys])
    return set(files.values_list("object_id", flat=True))


def _read_days(rows: Sequence[CheckedRow]) -> None:
    """Whether the day or the month comes first is seen from the whole column; what stays unclear is refused, not guessed."""
    order = dates.order_of(row.data["spent_on"] for row in rows)
    today = timezone.localdate()
    for row in rows:
        text = row.data["spent_on"]
        try:
            day = row.data["spent_on"] = dates.read_date(text, order)
        except dates.UnclearDate:
            row.refuse(_("“{text}” can be two days: write it like 2026-07-03.").format(text=text[:30]))
        except DomainError as error:
            row.refuse(str(error))
        else:
            if day and not OLDEST <= day <= today:
                row.refuse(_("A day of this century.") if day < OLDEST else _("This day is still to come."))


def _known(numbers) -> dict[int, Expense]:
    keys = [int(text) for text in numbers if text.isascii() and text.isdecimal() and len(text) < 18]
    return {row.pk: row for row in Expense.objects.for_table().select_related("delivery").filter(pk__in=keys)}


def _look_at_known(rows: Sequence[CheckedRow], known: dict[int, Expense]) -> None:
    times, closed = Counter(row.data["number"] for row in rows), periods.closed_through()
    readers = ExpenseResource().readers()
    for row in rows:
        number = row.data["number"]
        expense = known.get(int(number)) if number.isascii() and number.isdecimal() else None
        if times[number] > 1:
            row.refuse(_("{name} stands in this file twice.").format(name=number))
        elif expense is None:
            row.refuse(_("There is no expense with this number; leave it empty to enter a new one."))
        else:
            _compare(row, expense, closed=closed, readers=readers)


def _compare(row: CheckedRow, expense: Expense, *, closed: date | None, readers: dict) -> None:
    for name in _WORKED_OUT:
        own = str(readers[name](expense))
        if row.data[name] and not _same(row.data[name], own):
            row.refuse(
                _("“{label}” is “{own}” and is not changed by a file.").format(label=str(_LABELS[name]), own=own)
            )
            return
    said = {name: row.data[name] for name in expense_files.TOLD if row.data[name] not in {None, ""}}
    values = {name: value for name, value in said.items() if value != getattr(expense, name)}
    if not values:
        row.verdict = Verdict.UNCHANGED
    elif expense.reverses_id or hasattr(expense, "reversed_by"):
        row.refuse(_("It was taken back and is not changed any more."))
    elif closed and expense.booked_on <= closed:
        row.refuse(_("Its month is closed: take the expense back and enter it anew."))
    elif expense.delivery_id and values.get("in_costs") is False:
        row.refuse(_("It is the invoice of a delivery, which is in the cost of the pieces."))
    elif min(values.get("net", 0), values.get("tax", 0)) < 0:
        row.refuse(_("Amounts are not negative; an expense is taken back on its page."))
    else:
        row.data, row.verdict = {"changed": (expense, values)}, Verdict.CHANGED


def _make_new(row: CheckedRow) -> None:
    data = row.data
    for name in _NEEDED:
        if data[name] in {None, ""}:
            row.refuse(_("“{label}” is missing.").format(label=str(_LABELS[name])))
    net, tax = data["net"] or Decimal(0), data["tax"] or Decimal(0)
    if min(net, tax) < 0:
        row.refuse(_("Amounts are not negative; an expense is taken back on its page."))
    if row.verdict == Verdict.WRONG:
        return
    row.data = {
        "new": Spending(
            spent_on=data["spent_on"], category=data["category"] or ExpenseCategory.OTHER, text=data["text"],
            supplier=data["supplier"], net=net, tax=tax, in_costs=bool(data["in_costs"]),
        )
    }  # fmt: skip


def _same(said: str, own: str) -> bool:
    """12.5 is 12.50, and the third of July the same day however it is written."""
    if said in {own, restore(own)}:
        return True
    for read in (parse_decimal, dates.read_date):
        try:
            return read(said) == read(own)
        except DomainError:
            continue
    return False
