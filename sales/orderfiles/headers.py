"""Columns by what they mean: marketplaces rename, reorder and translate their headers from year to year."""

import re
import unicodedata

from sales.choices import OrderFileKind

_WORDS = re.compile(r"[^a-z0-9]+")
# One word for what the English-speaking marketplaces call differently.
_SAME = {
    "delivery": "ship", "postage": "ship", "shipping": "ship", "post": "ship", "dispatch": "ship", "posted": "shipped",
    "dispatched": "shipped", "delivered": "shipped", "county": "state", "province": "state", "region": "state", "zipcode": "zip", "postcode": "zip",
    "postal": "zip", "colour": "color", "personalisation": "personalization", "ordertotal": "order total", "username": "user",
}  # fmt: skip

# What a column is called here -> the headers it comes under, in ``word()`` form.
COLUMNS: dict[str, dict[str, tuple[str, ...]]] = {
    OrderFileKind.ETSY_ITEMS: {
        "date": ("sale date", "order date", "date"), "title": ("item name", "title"), "buyer": ("buyer",),
        "quantity": ("quantity",), "price": ("price",), "discount": ("discount amount",),
        "ship_discount": ("ship discount",), "postage": ("order ship",), "tax": ("order sales tax", "order tax"),
        "vat": ("vat paid by buyer",), "currency": ("currency",), "line_id": ("transaction id",),
        "listing": ("listing id",), "paid": ("date paid",), "shipped": ("date shipped",), "name": ("ship name",),
        "address1": ("ship address1", "ship address 1"), "address2": ("ship address2", "ship address 2"),
        "city": ("ship city",), "region": ("ship state",), "zip": ("ship zip",), "country": ("ship country",),
        "order": ("order id",), "options": ("variations",), "sku": ("sku",), "line_total": ("item total",),
    },
    OrderFileKind.ETSY_ORDERS: {
        "date": ("sale date", "order date"), "order": ("order id",), "buyer": ("buyer",), "user_id": ("buyer user id",),
        "name": ("full name",), "pieces": ("number of items",), "shipped": ("date shipped",), "paid": ("date paid",),
        "address1": ("street 1",), "address2": ("street 2",), "city": ("ship city",), "region": ("ship state",),
        "zip": ("ship zip",), "country": ("ship country",), "currency": ("currency",), "goods": ("order value",),
        "discount": ("discount amount",), "ship_discount": ("ship discount",), "postage": ("ship",),
        "tax": ("sales tax",), "vat": ("vat paid by buyer",), "total": ("order total",), "status": ("status",),
        "fees": ("card processing fees",), "net": ("order net",), "adjusted": ("adjusted order total",),
        "message": ("buyer receipt message",), "sku": ("sku",), "in_person": ("inperson discount",),
    },
    OrderFileKind.ETSY_PAYMENTS: {
        "payment": ("payment id",), "buyer": ("buyer user", "buyer username"), "name": ("buyer name", "buyer"), "order": ("order id",),
        "gross": ("gross amount",), "fees": ("fees",), "net": ("net amount",), "adjusted": ("adjusted gross",),
        "currency": ("currency",), "vat": ("vat amount",), "status": ("status",), "date": ("order date",),
        "refunded": ("refund amount",), "listing_currency": ("listing currency",), "exchange": ("exchange rate",),
    },
    OrderFileKind.ETSY_STATEMENT: {
        "date": ("date", "datum", "fecha", "data", "datums"), "type": ("type", "art", "typ", "tipo"),
        "title": ("title", "titel", "titre", "titulo", "titolo"), "info": ("info", "infos", "informacion", "informazioni", "informatie"),
        "currency": ("currency", "wahrung", "devise", "moneda", "valuta"),
        "amount": ("amount", "betrag", "montant", "importe", "importo", "bedrag"),
        "fees": ("fees taxes", "fees and taxes", "gebuhren steuern", "gebuhren und steuern", "frais et taxes", "frais taxes", "tarifas e impuestos", "commissioni e tasse", "kosten en belastingen"),
        "net": ("net", "netto", "neto"),
        "tax_details": ("tax details", "steuerliche angaben", "details fiscaux"),
    },
    OrderFileKind.EBAY_ORDERS: {
        "record": ("sales record number", "verkaufsprotokollnummer", "numero de vente", "numero de registro de ventas", "numero record di vendita", "numero di registrazione vendita"),
        "order": ("order number", "bestellnummer", "numero de commande", "numero de pedido", "numero ordine", "numero dell ordine"),
        "buyer": ("buyer user", "nutzername des kaufers", "pseudo de l acheteur", "nombre de usuario del comprador", "nome utente acquirente"),
        "name": ("ship to name", "name des empfangers", "versand an name", "nom du destinataire"),
        "buyer_name": ("buyer name", "name des kaufers", "nom de l acheteur"), "email": ("buyer email", "e mail des kaufers", "email de l acheteur"),
        "note": ("buyer note", "kaufernotiz", "note de l acheteur"), "phone": ("ship to phone",),
        "address1": ("ship to address 1", "versandadresse 1"), "address2": ("ship to address 2", "versandadresse 2"),
        "city": ("ship to city", "versandort"), "region": ("ship to state",), "zip": ("ship to zip", "versand plz"), "country": ("ship to country", "versandland", "versand nach land"),
        "listing": ("item number", "artikelnummer", "numero de l objet", "numero de articulo", "numero oggetto"),
        "title": ("item title", "artikelbezeichnung", "angebotstitel", "intitule de l objet", "titre de l objet", "titulo del articulo", "titolo oggetto"),
        "sku": ("custom label", "custom label sku", "bestandseinheit", "bestandseinheit sku", "label personnalise", "etiquette personnalisee"),
        "quantity": ("quantity", "anzahl", "stuckzahl", "menge", "quantite", "cantidad", "quantita"),
        "price": ("sold for", "verkauft fur", "verkaufspreis", "vendu pour", "prix de vente", "vendido por", "venduto per"),
        "postage": ("ship and handling", "ship handling", "ship", "versand und bearbeitung", "verpackung und versand", "versandkosten", "livraison et manutention", "livraison", "gastos de envio", "spedizione"),
        "tax": ("ebay collected tax",), "seller_tax": ("seller collected tax",), "charges": ("ebay collected charges",),
        "total": ("total price", "gesamtbetrag", "gesamtpreis", "prix total", "montant total", "precio total", "prezzo totale"),
        "date": ("sale date", "verkauft am", "verkaufsdatum", "date de vente", "fecha de venta", "data vendita"),
        "paid": ("paid on date", "zahlungsdatum", "bezahlt am", "date de paiement"), "due": ("ship by date", "versand bis", "versenden bis"),
        "shipped": ("shipped on date", "ship on date", "versanddatum", "verschickt am", "versendet am", "date d expedition", "date d envoi"),
        "tracking": ("tracking number", "sendungsnummer", "numero de suivi"), "line_id": ("transaction id", "transaktionsnummer"),
        "options": ("variation details", "variantendetails", "details de la variation"), "promoted": ("sold via promoted listings",),
    },
    OrderFileKind.EBAY_TRANSACTIONS: {
        "date": ("transaction creation date", "datum der transaktionserstellung", "date de creation de la transaction"),
        "type": ("type", "typ"), "order": ("order number", "bestellnummer", "numero de commande"),
        "buyer": ("buyer user", "nutzername des kaufers"), "name": ("buyer name", "name des kaufers"),
        "city": ("ship to city", "versand nach ort"), "region": ("ship to state state state", "ship to state", "ship to state state"), "zip": ("ship to zip", "versand nach plz"),
        "country": ("ship to country", "versand nach land"), "net": ("net amount", "betrag abzugl kosten", "montant net"),
        "payout_currency": ("payout currency", "auszahlungswahrung"), "payout": ("payout id", "auszahlung nr"),
        "payout_date": ("payout date", "auszahlungsdatum"),
        "listing": ("item id", "artikelnummer"), "line_id": ("transaction id", "transaktionsnummer"),
        "title": ("item title", "artikelbezeichnung", "angebotstitel"), "sku": ("custom label", "bestandseinheit"), "quantity": ("quantity", "stuckzahl", "anzahl", "menge"),
        "goods": ("item subtotal", "zwischensumme artikel"), "postage": ("ship and handling", "verpackung und versand"),
        "gross": ("gross transaction amount", "transaktionsbetrag inkl kosten", "montant brut de la transaction"),
        "currency": ("transaction currency", "transaktionswahrung"), "reference": ("reference id", "referenznummer"),
        "text": ("description", "beschreibung"), "seller_tax": ("seller collected tax",), "tax": ("ebay collected tax",),
        "fee:per_order": ("final value fee fixed", "fixer anteil der verkaufsprovision"),
        "fee:final_value": ("final value fee variable", "variabler anteil der verkaufsprovision"),
        "fee:regulatory": ("regulatory operating fee", "gebuhr fur regulatorische betriebskosten"),
        "fee:seller_level": ("very high item not as described fee", "below standard performance fee"),
        "fee:seller_level:2": ("below standard performance fee",),
        "fee:international": ("international fee", "internationale gebuhr", "gebuhr fur internationalen verkauf"),
        "fee:other": ("deposit processing fee",), "fee:other:2": ("charity donation", "spende an wohltatige organisation"),
        "fee:promoted": ("promoted listings fee", "ad fee standard", "promoted listing standard fee"),
    },
    OrderFileKind.SHOPIFY_ORDERS: {
        name: (header,) for name, header in {
            "order": "name", "email": "email", "status": "financial status", "paid": "paid at",
            "fulfillment": "fulfillment status", "shipped": "fulfilled at", "currency": "currency", "goods": "subtotal",
            "postage": "ship", "tax": "taxes", "total": "total", "discount": "discount amount", "date": "created at",
            "quantity": "lineitem quantity", "title": "lineitem name", "price": "lineitem price", "sku": "lineitem sku",
            "line_discount": "lineitem discount", "billing_name": "billing name", "name": "ship name",
            "address1": "ship address1", "address2": "ship address2", "street": "ship street", "company": "ship company",
            "city": "ship city", "zip": "ship zip", "region": "ship state", "country": "ship country",
            "billing_country": "billing country", "phone": "ship phone", "note": "notes", "attributes": "note attributes",
            "cancelled": "cancelled at", "refunded": "refunded amount", "id": "id", "line_shipped": "lineitem fulfillment status",
        }.items()
    },
}  # fmt: skip

# All of one tuple must be there; the first kind that fits is taken.
_SIGNATURES = (
    (OrderFileKind.ETSY_ITEMS, ("line_id", "title", "order")),
    (OrderFileKind.ETSY_PAYMENTS, ("payment", "gross")),
    (OrderFileKind.ETSY_ORDERS, ("order", "net")),
    (OrderFileKind.ETSY_ORDERS, ("order", "goods", "total")),
    (OrderFileKind.ETSY_STATEMENT, ("date", "type", "title", "info", "amount", "fees")),
    (OrderFileKind.ETSY_STATEMENT, ("date", "type", "title", "fees", "net")),
    (OrderFileKind.EBAY_TRANSACTIONS, ("date", "type", "order")),
    (OrderFileKind.EBAY_ORDERS, ("record", "order")),
    (OrderFileKind.EBAY_ORDERS, ("order", "listing", "price")),
    (OrderFileKind.EBAY_ORDERS, ("record", "title", "price")),
    (OrderFileKind.SHOPIFY_ORDERS, ("order", "title", "price")),
    (OrderFileKind.SHOPIFY_ORDERS, ("order", "status", "goods")),
)

# Files of the same marketplaces that hold no orders: what they are, and what to fetch instead.
_OTHERS = (
    ({"title", "description", "currency code", "quantity"},
     "This is Etsy's list of listings; it holds no orders. Download “Sold Order Items” instead."),
    ({"handle", "title", "variant price"},
     "This is Shopify's products export; it holds no orders. Export the orders instead."),
    ({"handle", "title", "option1 name"},
     "This is Shopify's products export; it holds no orders. Export the orders instead."),
    ({"first name", "last name", "accepts email marketing"},
     "This is Shopify's customers export; it holds no orders. Export the orders instead."),
    ({"first name", "last name", "total spent"},
     "This is Shopify's customers export; it holds no orders. Export the orders instead."),
)  # fmt: skip


def word(header: str) -> str:
    """A header without case, accents, signs and dialect: "Post to county" and "Ship To State" are one."""
    text = unicodedata.normalize("NFKD", mended(header).casefold().replace("ß", "ss"))
    plain = "".join(letter for letter in text if not unicodedata.combining(letter))
    return " ".join(_SAME.get(part, part) for part in _WORDS.sub(" ", plain).split())


def mended(text: str) -> str:
    """Text that was read as Windows-1252 although it was UTF-8, put right: "abzÃ¼gl." is "abzügl."."""
    if "Ã" not in text and "â€" not in text and "Â" not in text:
        return text
    try:
        return text.encode("cp1252").decode("utf-8")
    except UnicodeError:
        return text


def columns_of(kind: str, headers: list[str]) -> dict[str, int]:
    """Which column holds what; a name that a file has twice counts where it stands first."""
    at: dict[str, int] = {}
    for index, header in enumerate(headers):
        at.setdefault(word(header), index)
    found = {}
    for name, accepted in COLUMNS[kind].items():
        index = next((at[each] for each in accepted if each in at), None)
        if index is not None:
            found[name] = index
    return found


def kind_of(headers: list[str]) -> str:
    """What a file with these headers is; "" where they say nothing."""
    words = {word(header) for header in headers if header.strip()}
    if len(words) < 2:
        return ""
    for kind, needed in _SIGNATURES:
        if all(words.intersection(COLUMNS[kind][name]) for name in needed):
            return kind
    return ""


def other_file(headers: list[str]) -> str:
    """The sentence for a well-known file that is not one of orders; "" for any other."""
    words = {word(header) for header in headers}
    return next((sentence for needed, sentence in _OTHERS if needed <= words), "")
