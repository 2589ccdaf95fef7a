"""Receipts: what the business spends beside what pieces cost."""

from uuid import uuid4

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from inventory.models import Delivery
from nozzly.accounts.permissions import Permission
from nozzly.core.errors import DomainError
from nozzly.web import auditing, formatting
from nozzly.web.attaching import attach, detach
from nozzly.web.guard import requires
from nozzly.web.models import Attachment
from nozzly.web.render import go_to
from nozzly.web.views import ConfirmPage, DetailPage, FormPage, ListPage
from sales.domain import expenses, recurring
from sales.models import Expense
from sales.report_choices import ExpenseCategory
from sales.report_forms import ExpenseFilter, ExpenseForm, RhythmForm
from sales.resources import ExpenseResource


class ExpenseList(ListPage):
    permission = Permission.REPORT_VIEW
    template = "sales/expense_list.html"
    fragments = ("expense-table",)
    title = gettext_lazy("Expenses")
    columns = {
        "on": gettext_lazy("Receipt"),
        "category": gettext_lazy("Category"),
        "net": gettext_lazy("Net"),
        "tax": gettext_lazy("Tax"),
        "lowers_profit_by": gettext_lazy("Lowers profit by"),
    }
    filter_form = ExpenseFilter
    sorts = {"on": "spent_on", "net": "net", "category": "category"}
    default_sort = "-on"
    resource = ExpenseResource
    import_url = "sales:import_expenses"
    create_url = "sales:create_expense"
    create_label = gettext_lazy("Add expense")

    def get_queryset(self):
        return Expense.objects.for_table()


class ExpenseDetail(DetailPage):
    permission = Permission.REPORT_VIEW
    template = "sales/expense_detail.html"
    context_name = "expense"

    def get_queryset(self):
        return Expense.objects.for_table().select_related("by", "rhythm", "delivery__supplier")

    def get_context(self):
        return {
            "receipts": Attachment.objects.about(self.object).order_by("pk"),
            "may_be_changed": expenses.may_be_changed(self.object),
            "rhythm": getattr(self.object, "rhythm", None),
            "rhythm_form": RhythmForm(initial={"every": getattr(getattr(self.object, "rhythm", None), "every", "")}),
            "may_come_again": recurring.may_come_again(self.object),
        }


class ExpenseFormPage(FormPage):
    permission = Permission.EXPENSE_EDIT
    template = "sales/expense_form.html"
    title = gettext_lazy("Expense")
    form_class = ExpenseForm

    def get_queryset(self):
        return Expense.objects.filter(reverses=None)

    def get_initial(self):
        if self.object:
            names = ("spent_on", "category", "text", "supplier", "net", "tax", "in_costs", "delivery", "key")
            return {name: getattr(self.object, name) for name in names}
        return {"spent_on": timezone.localdate(), "key": uuid4()} | self._of_delivery()

    def _of_delivery(self) -> dict:
        wanted = self.request.GET.get("delivery", "")
        delivery = Delivery.objects.for_table().filter(pk=wanted).first() if wanted.isdecimal() and len(wanted) < 18 else None  # fmt: skip
        if delivery is None:
            return {}
        return {
            "delivery": delivery, "in_costs": True, "category": ExpenseCategory.MATERIAL, "spent_on": delivery.received_on,
            "supplier": str(delivery.supplier), "text": _("Delivery {number}").format(number=delivery.invoice_number or delivery.pk),
            "net": delivery.lines_total + delivery.postage,
        }  # fmt: skip

    @transaction.atomic  # with its receipt or not at all
    def save(self, form, *, by, at):
        if self.object:
            expense = expenses.change_expense(self.object, form.spending(), at=at)
            auditing.record("changed an expense", subject=expense, by=by, at=at)
        else:
            key = form.cleaned_data["key"] or uuid4()
            expense = expenses.add_expense(form.spending(), key=key, by=by, at=at)
        if receipt := form.cleaned_data["receipt"]:
            _keep(expense, receipt, by=by, at=at)
        return expense


def _keep(expense: Expense, receipt, *, by, at) -> None:
    """A form sent twice leaves one receipt."""
    same = Attachment.objects.about(expense).filter(size_bytes=receipt.size, name=receipt.name[-120:])
    if not same.exists():
        attach(expense, receipt, permission=Permission.REPORT_VIEW, by=by, at=at)


@requires(Permission.EXPENSE_EDIT)
@require_POST
def set_rhythm(request: HttpRequest, pk: int) -> HttpResponse:
    """How often an expense comes again by itself."""
    expense = get_object_or_404(Expense.objects.all(), pk=pk)
    form = RhythmForm(request.POST)
    if not form.is_valid():
        messages.error(request, " ".join(form.errors["every"]))
        return go_to(request, expense)
    at = timezone.now()
    try:
        rhythm = recurring.set_rhythm(expense, form.cleaned_data["every"], by=request.user, at=at)
    except DomainError as error:
        messages.error(request, str(error))
    else:
        auditing.record("changed how often an expense comes", subject=expense, by=request.user, at=at)
        said = _("Entered again on {day}.") if rhythm else _("It does not come again.")
        messages.success(request, said.format(day=formatting.day(rhythm.next_on) if rhythm else ""))
    return go_to(request, expense)


class DeleteExpense(ConfirmPage):
    permission = Permission.EXPENSE_EDIT
    title = gettext_lazy("Delete expense")
    confirm_label = gettext_lazy("Delete")
    success_message = gettext_lazy("{object} is deleted.")

    def get_queryset(self):
        return Expense.objects.all()

    def question(self):
        return _("Delete {object}? This cannot be undone.").format(object=self.object)

    def perform(self, expense, *, by, at):
        receipts = list(Attachment.objects.about(expense))
        auditing.record("deleted an expense", details={"text": expense.text, "net": expense.net}, by=by, at=at)
        expenses.delete_expense(expense)
        for receipt in receipts:
            detach(receipt)

    def success_url(self):
        return "sales:expense_list"


@requires(Permission.EXPENSE_EDIT)
@require_POST
def take_back_expense(request: HttpRequest, pk: int) -> HttpResponse:
    expense = get_object_or_404(Expense, pk=pk)
    at = timezone.now()
    try:
        back = expenses.take_back(expense, by=request.user, at=at)
    except DomainError as error:
        messages.error(request, str(error))
        return go_to(request, expense)
    auditing.record("took an expense back", subject=expense, by=request.user, at=at)
    messages.success(request, _("{object} is taken back.").format(object=expense))
    return go_to(request, back)
