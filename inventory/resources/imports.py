"""Reading spools and deliveries from a table: what each row means, and why one cannot be taken."""

from collections import Counter
from decimal import Decimal

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from inventory.choices import Finish, SpoolState
from inventory.domain import delivery_files, import_undo, items, other_programs, spool_files
from inventory.forms.fields import ColoursField, GramsField, NumberField
from inventory.resources.cells import MillimetresField, MoneyField, PlaceField
from nozzly.accounts.permissions import Permission
from nozzly.core.errors import DomainError
from nozzly.web.importing import CheckedRow, Importer, Outcome, Verdict
from nozzly.web.reading import Table

_USED_UP = {SpoolState.EMPTY, SpoolState.ARCHIVED}
_DATES = ["%Y-%m-%d", "%d.%m.%Y", "%d/%m/%Y", "%Y-%m-%d %H:%M:%S"]


class SpoolRow(forms.Form):
    code = forms.RegexField(
        r"^[0-9A-HJKMNP-TV-Z]{4,12}$", label=gettext_lazy("Code"), required=False,
        error_messages={"invalid": gettext_lazy("a code has four to twelve digits and capitals, without I, L, O, U.")},
    )  # fmt: skip
    brand = forms.CharField(label=gettext_lazy("Brand"), max_length=80)
    material = forms.CharField(label=gettext_lazy("Material"), max_length=40)
    colour_name = forms.CharField(label=gettext_lazy("Colour"), max_length=80)
    colour_hexes = ColoursField(label=gettext_lazy("How it looks"), max_length=80, required=False)
    finish = forms.ChoiceField(label=gettext_lazy("Finish"), choices=Finish.choices, required=False)
    diameter_mm = MillimetresField(
        label=gettext_lazy("Diameter (mm)"), places=3, at_least=Decimal(1), at_most=Decimal(4), required=False
    )
    net_weight_g = GramsField(label=gettext_lazy("Full reel (g)"), at_least=Decimal(1), required=False)
    left_g = GramsField(label=gettext_lazy("Left (g)"), required=False)
    tare_g = GramsField(label=gettext_lazy("Own empty reel (g)"), required=False)
    state = forms.ChoiceField(label=gettext_lazy("State"), choices=[("", ""), *SpoolState.choices], required=False)
    place = PlaceField(label=gettext_lazy("Place"), max_length=400, required=False)
    supplier = forms.CharField(label=gettext_lazy("Supplier"), max_length=120, required=False)
    batch = forms.CharField(label=gettext_lazy("Batch"), max_length=80, required=False)
    received_on = forms.DateField(label=gettext_lazy("Received on"), input_formats=_DATES, required=False)
    note = forms.CharField(label=gettext_lazy("Note"), max_length=200, required=False)
    value = MoneyField(label=gettext_lazy("Value"), required=False)


class SpoolImporter(Importer):
    name = "spools"
    title = gettext_lazy("Import spools")
    intro = gettext_lazy(
        "Rows with a code you have are corrected, all others are added as opening stock. "
        "Weights may be in g, kg, lb or oz. Exports of Spoolman (CSV or JSON) and SpoolManager are understood as they are."
    )
    permission = Permission.IMPORT
    row_form = SpoolRow
    aliases = {
        "brand": ("manufacturer", "vendor", "maker", "hersteller", "marke"),
        "material": ("material type", "type"),
        "colour_name": ("color", "colour name", "color name", "farbe", "filament", "name"),
        "colour_hexes": ("hex", "color hex", "colour hex", "rgb"),
        "diameter_mm": ("diameter",),
        "net_weight_g": ("weight", "net weight", "initial weight", "total weight", "gewicht"),
        "left_g": ("remaining", "remaining weight", "left", "rest"),
        "tare_g": ("spool weight", "empty weight", "tare"),
        "place": ("location", "storage", "ort"),
        "batch": ("lot", "lot nr", "lot number"),
        "received_on": ("purchased on", "bought on", "date", "datum"),
        "note": ("comment", "notes"),
        "value": ("price", "cost", "preis"),
    }
    list_url = "inventory:spool_list"
    sample = [
        ["", "Prusament", "PLA", "Galaxy Black", "#3d3e3d", "", "1.75", "1 kg", "640", "", "", "Shelf A", "", "", "", "", "14.90"]
    ]  # fmt: skip

    def translate(self, table):
        program = other_programs.program_of(table.headers)
        if program is None:
            return table, ""
        rows = program.rows(table.headers, table.rows)
        return Table(self.headers(), [[row.get(name, "") for name in self.columns()] for row in rows]), program.name

    def classify(self, rows: list[CheckedRow]) -> None:
        known = spool_files.known_rolls([row.data["code"] for row in rows if row.data["code"]])
        repeated = {code for code, times in Counter(row.data["code"] for row in rows).items() if code and times > 1}
        for row in rows:
            code = row.data["code"]
            if code in repeated:
                row.refuse(_("Code {code} stands in this file twice.").format(code=code))
            elif code in known:
                changed = spool_files.differs(known[code], row.data)
                row.verdict = Verdict.CHANGED if changed else Verdict.UNCHANGED
            elif row.data["left_g"] == 0 and row.data["state"] not in _USED_UP:
                row.refuse(_("A new roll has something left on it, or its state is empty."))

    def apply(self, rows, *, key, by, at) -> Outcome:
        done = spool_files.apply(rows, key=key, by=by, at=at)
        message = _("Rolls added: {added}, corrected: {changed}.").format(added=done.added, changed=done.changed)
        return Outcome(message, done.record)

    def undo(self, record, *, key, by, at) -> str:
        done = import_undo.undo_spools(record, key=key, by=by, at=at)
        message = _("Out of sight: {gone}. As they were before: {restored}.")
        if done.kept:
            message += " " + _("Changed since, and kept so: {kept}.")
        return message.format(gone=done.gone, restored=done.restored, kept=done.kept)


class DeliveryRow(forms.Form):
    supplier = forms.CharField(label=gettext_lazy("Supplier"), max_length=120)
    invoice_number = forms.CharField(label=gettext_lazy("Invoice number"), max_length=80, required=False)
    received_on = forms.DateField(label=gettext_lazy("Received on"), input_formats=_DATES)
    item = forms.CharField(label=gettext_lazy("Colour or part"), max_length=250)
    count = forms.IntegerField(label=gettext_lazy("Count"), min_value=1, max_value=10_000, required=False)
    quantity_each = NumberField(label=gettext_lazy("Each holds"), places=3, at_least=Decimal("0.001"), required=False)
    total = MoneyField(label=gettext_lazy("Row total"))
    postage = MoneyField(label=gettext_lazy("Postage and duty"), required=False)
    batch = forms.CharField(label=gettext_lazy("Batch"), max_length=80, required=False)


class DeliveryImporter(Importer):
    name = "deliveries"
    title = gettext_lazy("Import deliveries")
    intro = gettext_lazy("One row for each line of an invoice. Rows of one invoice become one delivery.")
    permission = Permission.STOCK_RECEIVE
    row_form = DeliveryRow
    aliases = {
        "invoice_number": ("invoice", "invoice no"),
        "received_on": ("date",),
        "item": ("item", "filament", "name", "sku"),
        "count": ("quantity", "qty", "pieces"),
        "quantity_each": ("weight", "each"),
        "total": ("total", "price", "line total", "amount"),
        "postage": ("shipping", "postage"),
    }
    list_url = "inventory:delivery_list"
    sample = [
        ["Filament Shop", "2026-1042", "2026-11-02", "Prusament PLA Galaxy Black", "4", "1000", "99.60", "5.90", ""]
    ]

    def classify(self, rows: list[CheckedRow]) -> None:
        find = items.finder()
        for row in rows:
            try:
                row.data["item"] = find(row.data["item"])
            except DomainError as error:
                row.refuse(str(error))
        good = [row for row in rows if row.verdict != Verdict.WRONG]
        booked = delivery_files.booked([row.data for row in good])
        for row in good:
            invoice = booked.get(delivery_files.invoice_of(row.data))
            if invoice is None:
                continue
            if delivery_files.has_line(invoice, row.data):
                row.verdict = Verdict.UNCHANGED
            else:
                row.refuse(
                    _("Invoice {number} is booked already, without this row.").format(number=invoice.invoice_number)
                )

    def apply(self, rows, *, key, by, at) -> Outcome:
        made = delivery_files.apply(rows, key=key, by=by, at=at)
        text = ngettext("%(count)s delivery is booked.", "%(count)s deliveries are booked.", len(made))
        return Outcome(text % {"count": len(made)}, {"deliveries": [delivery.pk for delivery in made]})

    def undo(self, record, *, key, by, at) -> str:
        gone = delivery_files.take_back(record["deliveries"], by=by, at=at)
        return ngettext("%(count)s delivery is undone.", "%(count)s deliveries are undone.", gone) % {"count": gone}
