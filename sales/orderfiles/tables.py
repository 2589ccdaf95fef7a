"""Any other table of orders, a row for each line, under columns that a person matched or that name themselves."""

from collections.abc import Sequence
from decimal import Decimal

from sales.orderfiles.countries import country_code
from sales.orderfiles.dates import DateOrder
from sales.orderfiles.facts import ZERO, Buyer, FileLine, FileOrder, OrderFile
from sales.orderfiles.headers import word
from sales.orderfiles.options import plain, split_options
from sales.orderfiles.parsing import BadCell, Desk, filled, once, order_key, per_piece
from sales.orderfiles.sheets import Row, Sheet

_MONEY = ("price", "line_total", "discount", "postage", "tax", "total", "refunded")
_DATES = ("date", "shipped", "cancelled", "due")
_CANCELLED = ("cancel", "storniert", "annul")
_FEWEST_NUMBERS = 2  # filled cells that should hold numbers
NEEDED = ("order", "date", "title")
# What can be matched -> the headers under which it is found by itself.
FIELDS: dict[str, tuple[str, ...]] = {
    "order": ("order", "order id", "order number", "order no", "amazon order id", "bestellnummer", "bestellung",
              "auftragsnummer", "commande", "numero de commande", "pedido", "ordine", "reference", "invoice"),
    "date": ("date", "order date", "placed on", "purchase date", "created at", "created time", "datum", "bestelldatum",
             "date de commande", "fecha", "data", "sale date"),
    "title": ("title", "product", "product name", "item", "item name", "item title", "description", "artikel",
              "produkt", "produit", "titel", "article", "name"),
    "sku": ("sku", "seller sku", "artikelnummer", "item sku", "custom label", "reference article"),
    "options": ("options", "variation", "variations", "variant", "variante", "personalization"),
    "quantity": ("quantity", "qty", "quantity purchased", "pieces", "menge", "anzahl", "quantite", "cantidad"),
    "price": ("price", "unit price", "price each", "item price", "preis", "einzelpreis", "prix", "prix unitaire",
              "sku unit original price"),
    "line_total": ("line total", "item total", "amount", "betrag", "montant", "summe"),
    "discount": ("discount", "rabatt", "remise", "item discount", "sku seller discount", "item promotion discount"),
    "postage": ("ship", "ship charged", "ship price", "ship fee", "ship fee after discount", "versand", "versandkosten",
                "livraison"),
    "tax": ("tax", "sales tax", "taxes", "item tax", "steuer", "mwst", "tva"),
    "total": ("total", "order total", "grand total", "gesamtbetrag", "order amount"),
    "currency": ("currency", "wahrung", "devise", "moneda", "valuta"),
    "buyer": ("buyer", "buyer user", "user", "kunde", "client"),
    "name": ("customer", "customer name", "buyer name", "recipient", "recipient name", "ship name", "kundenname"),
    "email": ("email", "buyer email", "e mail"), "phone": ("phone", "phone number", "telefon"),
    "address1": ("address", "address 1", "ship address 1", "ship address1", "street", "strasse", "adresse"),
    "address2": ("address 2", "ship address 2", "ship address2"), "city": ("city", "ship city", "town", "ort", "ville"),
    "region": ("state", "ship state"), "zip": ("zip", "ship zip", "plz", "code state", "ship state code"),
    "country": ("country", "ship country", "land", "pays", "ship to country"),
    "shipped": ("shipped", "shipped on", "date shipped", "ship date", "versendet am", "shipped time"),
    "cancelled": ("cancelled", "cancelled at", "cancelled on", "cancelled time", "canceled time"),
    "refunded": ("refunded", "refunded amount", "order refund amount", "refund amount", "erstattet"),
    "due": ("promise date", "ship by", "ship by date", "due", "due date", "due on", "liefern bis"),
    "status": ("status", "order status", "bestellstatus"),
    "line_id": ("line id", "order item id", "transaction id"), "listing": ("listing", "listing id", "asin", "product id"),
}  # fmt: skip


def guess(headers: Sequence[str]) -> dict[str, int]:
    """Which column of the table holds which field."""
    at: dict[str, int] = {}
    for index, header in enumerate(headers):
        at.setdefault(word(header), index)
    found: dict[str, int] = {}
    for name, accepted in FIELDS.items():
        index = next((at[each] for each in accepted if each in at and at[each] not in found.values()), None)
        if index is not None:
            found[name] = index
    if "price" in found and "line_total" not in found and _is_amazon(headers):
        found["line_total"] = found.pop("price")  # Amazon's item price is for all pieces of the row
    return found


def missing(columns: dict[str, int]) -> list[str]:
    """Fields without which nothing can be read: title or SKU, price of one or of the line."""
    gone = [name for name in ("order", "date") if name not in columns]
    if not {"title", "sku"} & set(columns):
        gone.append("title")
    if not {"price", "line_total"} & set(columns):
        gone.append("price")
    return gone


def read_table_of_orders(sheet: Sheet, *, said: DateOrder | None = None) -> OrderFile:
    """``sheet.columns`` says where what is; empty, the headers are asked."""
    if not sheet.columns:
        sheet.columns.update(guess(sheet.headers))
    if gone := missing(sheet.columns):
        return _asking_for(gone, sheet)
    explained = _take_explanation(sheet)
    desk = Desk(sheet, money=_MONEY, dates=_DATES, said=said)
    if explained:
        desk.problem(explained, "This row explains the columns; it is no order.", refuses=False)
    for key, rows in _groups(desk).items():
        _order_of(desk, key, rows)
    if desk.file.orders and not desk.file.currencies:
        desk.problem(0, "The table names no currency; that of the channel counts.", refuses=False)
    return desk.file


def _asking_for(gone: Sequence[str], sheet: Sheet) -> OrderFile:
    desk = Desk(sheet, money=(), dates=())
    desk.file.questions.append("columns")
    desk.problem(0, f"This is no export that is known here; say which columns hold {', '.join(gone)}.")
    if gone == ["price"] and _is_amazon(sheet.headers):
        desk.problem(0, "Amazon's report of unshipped orders names no prices; its report “All Orders” does.")
    return desk.file


def _groups(desk: Desk) -> dict[str, list[Row]]:
    groups: dict[str, list[Row]] = {}
    for row in desk.sheet.rows:
        if row.is_empty:
            continue
        if key := order_key(row["order"]):
            groups.setdefault(key, []).append(row)
        else:
            desk.problem(row.number, "This row names no order.")
    return groups


def _is_amazon(headers: Sequence[str]) -> bool:
    words = {word(header) for header in headers}
    return "amazon order id" in words or words >= {"order item id", "purchase date"}


def _take_explanation(sheet: Sheet) -> int:
    """TikTok Shop writes a row of sentences under its header; answers its line, 0 where there is none."""
    first = next((row for row in sheet.rows if not row.is_empty), None)
    numeric = [text for name in ("date", "quantity", "price", "line_total", "total") if first and (text := first[name])]
    if first is None or len(numeric) < _FEWEST_NUMBERS or any(sign.isdigit() for text in numeric for sign in text):
        return 0
    sheet.rows.remove(first)
    return first.number


def _order_of(desk: Desk, key: str, rows: Sequence[Row]) -> None:
    order = FileOrder(key, rows[0].number, buyer=_buyer(rows[0]))
    good = desk.each(rows, lambda row: order.lines.append(_line(desk, row)))
    good = good and desk.each(rows[:1], lambda row: _head(desk, order, row, rows))
    desk.close(order, good=good)


def _head(desk: Desk, order: FileOrder, row: Row, rows: Sequence[Row]) -> None:
    order.placed_on, order.cancelled_on = desk.day(row, "date"), desk.day(row, "cancelled")
    if all(any(sign in each["status"].casefold() for sign in _CANCELLED) for each in rows):
        order.cancelled_on = order.cancelled_on or order.placed_on
    order.due_on = desk.day(row, "due")
    signs = {sign for each in rows if (sign := _currency(desk, each))}
    if len(signs) > 1:
        raise BadCell(f"Order {order.external_id} is in two currencies; they are never added.")
    order.currency = signs.pop() if signs else ""
    order.postage, order.tax = (_of_all(desk, rows, name) for name in ("postage", "tax"))
    order.total, _ = once(desk.amount(each, "total") for each in rows)
    order.total = order.total or None
    order.refunded = abs(once(desk.amount(each, "refunded") for each in rows)[0])
    beyond = (order.total or ZERO) - order.goods_total - order.postage
    if order.total is not None and beyond != order.tax:
        if beyond == 0:
            order.tax_inside, order.tax = order.tax, ZERO
        else:
            desk.problem(
                order.number, f"Order {order.external_id}: the amounts do not add up to its total.", refuses=False
            )
            order.total = None
    days = [desk.day(each, "shipped") for each in rows]
    order.shipped_on = max(days) if all(days) else None


def _of_all(desk: Desk, rows: Sequence[Row], name: str) -> Decimal:
    """An amount of the whole order; Amazon writes the share of each row."""
    amounts = [desk.amount(each, name) for each in rows]
    return sum((each or ZERO for each in amounts), ZERO) if _is_amazon(desk.sheet.headers) else once(amounts)[0]


def _currency(desk: Desk, row: Row) -> str:
    named = row["currency"].upper()
    if named and (len(named) != 3 or not named.isalpha()):
        raise BadCell(f"“{row['currency'][:20]}” is no currency.")
    return named or next((sign for name in ("price", "line_total", "total") if (sign := desk.money(row, name)[1])), "")


def _line(desk: Desk, row: Row) -> FileLine:
    options, personal = split_options(row["options"])
    line = FileLine(
        row.number, title=plain(row["title"] or row["sku"])[:300], external_id=filled(row["line_id"])[:80],
        listing=filled(row["listing"])[:80], sku=filled(row["sku"])[:120], options=options, personalisation=personal,
        quantity=desk.pieces(row, "quantity") or 1, discount=abs(desk.amount(row, "discount") or ZERO),
        shipped_on=desk.day(row, "shipped"),
    )  # fmt: skip
    price, total = desk.amount(row, "price"), desk.amount(row, "line_total")
    if (price if price is not None else total) is None or (price or total or ZERO) < 0:
        raise BadCell("This line has no price.")
    if price is not None:
        line.unit_price = price
    else:
        kept = line.discount
        per_piece(line, total)
        line.discount += kept
    return line


def _buyer(row: Row) -> Buyer:
    address = "\n".join(part for name in ("address1", "address2") if (part := filled(row[name])))
    return Buyer(
        handle=filled(row["buyer"])[:120], name=plain(filled(row["name"]))[:120], email=filled(row["email"])[:254],
        phone=filled(row["phone"])[:40], address=address, city=filled(row["city"])[:80],
        region=filled(row["region"])[:80], postcode=filled(row["zip"])[:20], country=country_code(row["country"]),
    )  # fmt: skip
