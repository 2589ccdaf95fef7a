"""Labels are read back by a real decoder from the pages a printer would get."""

from datetime import UTC, datetime
from io import BytesIO
from uuid import uuid4

import pypdfium2
import pytest
import zxingcpp
from django.urls import reverse
from pypdf import PdfReader

from inventory.documents import LAYOUTS, labels_pdf
from inventory.domain.spools import add_spools
from inventory.models import Lot
from nozzly.tenancy.current import in_public
from nozzly.tenancy.models import Domain
from nozzly.testing.factories.inventory import FilamentFactory, LocationFactory, LotFactory, SpoolFactory
from nozzly.web.models import Job

LABELS = "inventory:labels"
BASE = "https://shop.example"
# What a phone reads; `QRCode` would take three fragments of neighbouring codes for a Micro QR Code.
FULL_QR = zxingcpp.BarcodeFormat.QRCodeModel2


def addresses(pdf, *, dpi=200):
    """What the codes of a PDF say, in the order of the labels: page by page, row by row."""
    found = []
    for page in pypdfium2.PdfDocument(pdf):
        picture = page.render(scale=dpi / 72, grayscale=True).to_pil()
        read = zxingcpp.read_barcodes(picture, formats=FULL_QR, try_rotate=False)
        codes = [(code.position.top_left, code.text) for code in read if code.text]
        row_px = 0.4 * dpi
        found += [text for _row, _x, text in sorted((round(at.y / row_px), at.x, text) for at, text in codes)]
    return found


@pytest.fixture
def reachable(settings):
    settings.PUBLIC_URL = BASE


@pytest.mark.parametrize("layout", ["a4-24", "5160", "dymo-30334", "brother-62"])
def test_label_n_carries_the_address_of_lot_n(layout):
    lots = [SpoolFactory().lot for _label in range(26)]

    pdf = labels_pdf(lots, layout=layout, base=BASE)

    assert addresses(pdf) == [f"{BASE}/s/{lot.code}" for lot in lots]
    assert len(PdfReader(BytesIO(pdf)).pages) == -(-26 // LAYOUTS[layout].per_sheet)


@pytest.mark.parametrize("layout", ["l7160", "50x30"])
def test_of_300_labels_the_code_on_each_opens_its_roll_and_none_is_lost(client, operator, layout):
    add_spools(FilamentFactory(), count=300, key=uuid4(), by=operator, at=datetime(2026, 3, 1, tzinfo=UTC))
    lots = list(Lot.objects.for_label().order_by("pk"))

    read = addresses(labels_pdf(lots, layout=layout, base=BASE), dpi=110)

    assert read == [f"{BASE}/s/{lot.code}" for lot in lots]
    assert len(set(read)) == 300
    opened = [client.get(url.removeprefix(BASE)).url for url in read[::30]]
    assert opened == [lot.get_absolute_url() for lot in lots[::30]]


def test_places_and_finished_goods_get_labels_too(client, operator, reachable):
    room = LocationFactory(name="Workshop")
    shelf = LocationFactory(name="Shelf A", parent=room)
    goods = LotFactory(item__kind="product", item__name="Red whistle", item__sku="WH-R", held=3)

    page = client.get(reverse(LABELS), {"places": "all"})
    response = client.post(
        reverse(LABELS), {"lot": [goods.pk], "place": [shelf.pk, room.pk], "layout": "a4-24", "parts": ["code"]}
    )

    assert page.context["form"].initial["place"] == [room, shelf]
    assert addresses(response.content) == [f"{BASE}/s/{code}" for code in (goods.code, room.code, shelf.code)]
    text = PdfReader(BytesIO(response.content)).pages[0].extract_text()
    assert all(words in text for words in ("Red whistle", "WH-R", "Shelf A", "Workshop", shelf.code))
    assert client.get(f"/s/{shelf.code}").url == shelf.get_absolute_url()


def test_labels_start_on_a_used_sheet_and_show_only_what_is_ticked():
    lot = SpoolFactory(filament=FilamentFactory(colour_name="Galaxy"), lot__batch="B-77").lot

    pdf = PdfReader(BytesIO(labels_pdf([lot] * 3, layout="a4-24", base=BASE, start=23, parts=["code", "colour"])))

    texts = [page.extract_text() for page in pdf.pages]
    assert [text.count(lot.code) for text in texts] == [2, 1]
    assert "Galaxy" in texts[0]
    assert "B-77" not in texts[0]


def test_tiny_labels_and_labels_of_parts_fit_one_page():
    lots = [LotFactory(item__name="Magnet", received_on=None)]

    pdf = PdfReader(BytesIO(labels_pdf(lots, layout="l4731", base=BASE)))

    assert len(pdf.pages) == 1
    assert "Magnet" in pdf.pages[0].extract_text()


def test_labels_page_answers_a_pdf_of_the_chosen_rolls(client, operator, reachable):
    spools = SpoolFactory.create_batch(2)
    SpoolFactory()

    page = client.get(reverse(LABELS), {"lot": [spool.pk for spool in spools] + ["x"]})
    response = client.post(
        reverse(LABELS), {"lot": [spool.pk for spool in spools], "layout": "50x30", "parts": ["colour"]}
    )

    assert f"opens {BASE}/s/{spools[0].lot.code}" in page.content.decode()
    assert response.headers["Content-Type"] == "application/pdf"
    assert set(addresses(response.content)) == {f"{BASE}/s/{spool.lot.code}" for spool in spools}


def test_labels_of_all_rolls_a_filter_shows(client, operator, reachable):
    wanted = SpoolFactory(filament__colour_name="Galaxy")
    SpoolFactory()

    page = client.get(reverse(LABELS), {"filtered": "1", "search": "galaxy"})
    none = client.get(reverse(LABELS), {"filtered": "1", "material": "x"})

    assert page.context["count"] == 1
    assert page.context["form"].initial["lot"] == [wanted.lot]
    assert none.context["count"] == 0


def test_many_labels_are_made_in_the_background(client, operator, reachable, django_capture_on_commit_callbacks):
    spools = SpoolFactory.create_batch(61)

    with django_capture_on_commit_callbacks(execute=True):
        response = client.post(reverse(LABELS), {"lot": [spool.pk for spool in spools], "layout": "a4-24"})

    job = Job.objects.get()
    assert response.url == job.get_absolute_url()
    assert (job.state, job.progress, job.total) == ("done", 61, 61)
    with job.result.open() as file:
        assert len(PdfReader(file).pages) == 3


def test_labels_with_localhost_are_refused_with_a_way_out(client, operator):
    spool = SpoolFactory()

    page = client.get(reverse(LABELS), {"lot": spool.pk})
    response = client.post(reverse(LABELS), {"lot": spool.pk, "layout": "a4-24"})

    assert "LAN=1" in page.content.decode()
    assert response.status_code == 422
    assert "PUBLIC_URL" in response.content.decode()


@pytest.mark.parametrize(
    ("host", "base"),
    [
        ("192.168.1.20", "http://192.168.1.20:8000"),
        ("shop.example", "http://shop.example:8000"),
        ("127.0.0.1", None),
        ("0.0.0.0", None),
        ("nas", None),
    ],
)
def test_labels_take_another_address_of_the_workspace_when_this_one_is_local(client, operator, workspace, host, base):
    spool = SpoolFactory()
    with in_public():
        Domain.objects.create(tenant=workspace, domain=host)

    page = client.get(reverse(LABELS), {"lot": spool.pk}, SERVER_PORT="8000", HTTP_HOST="ta.localhost:8000")

    assert page.context["example"] == (f"{base}/s/{spool.lot.code}" if base else "")


def test_labels_use_the_configured_address_of_each_workspace(client, operator, settings):
    settings.PUBLIC_URL = "https://{slug}.nozzly.example/"
    spool = SpoolFactory()

    page = client.get(reverse(LABELS), {"lot": spool.pk})

    assert page.context["example"] == f"https://ta.nozzly.example/s/{spool.lot.code}"


@pytest.mark.parametrize("data", [{"layout": "papyrus"}, {"lot": ""}, {"start": "0"}, {"start": "25"}])
def test_labels_with_something_wrong_say_so(client, operator, reachable, data):
    good = {"lot": SpoolFactory().pk, "layout": "a4-24"}

    response = client.post(reverse(LABELS), good | data)

    assert response.status_code == 422
    assert set(response.context["form"].errors) == set(data)


def test_labels_ask_a_stranger_to_sign_in(client):
    assert client.get(reverse(LABELS)).status_code == 302
    assert not Lot.objects.exists()
