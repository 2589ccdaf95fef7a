"""One whole day in a new shop, through the pages, in a real browser: files, prices, spools, prints, a sale."""

import re
from decimal import Decimal

import pytest
import zxingcpp
from django.test import override_settings
from PIL import Image

from inventory.domain import ledger
from inventory.models import Lot
from nozzly.testing.shop import Shop, first_suggestion, option_with, text_of
from nozzly.tests.sliced import ten_files
from production.models import Run
from sales.models import Order

pytestmark = pytest.mark.browser
SLUG = "copper-fox"
EMAIL, PASSWORD = "ada@example.com", "a short sentence"


@pytest.fixture
def shop(live, settings):
    """Somebody signs up on the bare host and stands in the new workspace."""
    settings.PORT = live.port
    page = live.page_for(slug="")
    page.goto(live.url("/sign-up/", slug=""))
    page.get_by_label("Business name").fill("Copper Fox")
    page.get_by_label("Country").select_option("GB")
    page.get_by_label("Yes, registered").check()
    page.get_by_label("Email").fill(EMAIL)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Open the workspace").click()
    page.wait_for_url(live.url("/", slug=SLUG))
    return Shop(live, page, slug=SLUG)


def test_a_whole_day_from_sign_up_to_the_first_sale(shop):
    drop_the_files(shop)
    see_the_truth(shop)
    receive_spools(shop)
    print_tonight(shop)
    sell_the_first(shop)
    look_at_today(shop)


def drop_the_files(shop):
    assert "Your first evening" in shop.open("/").inner_text("main")
    shop.picture("first-evening")
    page = shop.open("/products/drop/")
    page.set_input_files("[name=files]", ten_files())
    shop.press("Make products")
    page.get_by_text("10 new products").wait_for()
    assert page.get_by_text("assumed").count() >= 10
    shop.picture("dropped-files")

    shop.open("/products/")
    shop.follow("Dragon 01")
    assert "Filament" in shop.text
    assert "assumed" in shop.text

    shop.follow("Edit recipe")
    page.fill("[name=components-0-new_name]", "Magnet 6 × 2 mm")
    page.fill("[name=components-0-new_price]", "0.08")
    page.fill("[name=components-0-quantity]", "2")
    page.fill("[name=components-1-new_name]", "Small box")
    page.fill("[name=components-1-new_price]", "0.35")
    page.fill("[name=components-1-quantity]", "1")
    page.select_option("[name=components-1-stage]", "pack")
    page.fill("[name=steps-0-minutes]", "6")
    shop.press("Save recipe")
    for line in ("Magnet 6 × 2 mm", "Small box", "Hands-on work"):
        assert line in shop.text, f"{line} is missing in the cost"

    shop.picture("product")
    shop.follow("Add variant")
    page.select_option("[name=slot_0]", label=option_with(page, "slot_0", "Bambu Lab PLA Basic Red"))
    shop.press("Add variant")
    assert "Red" in shop.text


def see_the_truth(shop):
    page = shop.open("/pricing/compare/")
    page.locator("main [name=search]").fill("Dragon 01")
    shop.press("Find")
    shop.follow("Dragon 01")
    page.fill("[name=price]", "24.00")
    shop.press("Compare", exact=True)
    shop.sees(
        "£4.00", "Etsy", "eBay", "Shopify", "Craft fair", "Break-even", "For 40", "With an offsite ad", "per print hour"
    )
    shop.picture("truth")
    hand_out_a_price_sheet(shop)


def hand_out_a_price_sheet(shop):
    shop.follow("Set prices")
    shop.page.get_by_label(re.compile(r"Price\s+Etsy")).fill("24.00")
    shop.press("Set prices")
    page = shop.open("/pricing/sheets/new/")
    page.fill("[name=name]", "Autumn market")
    page.select_option("[name=channel]", label="Etsy")
    shop.press("Save")
    sheet = page.url.rstrip("/").removesuffix("/edit")
    printed = text_of(shop.pdf(f"{sheet}/pdf/"))
    table = shop.file("text/csv", f"{sheet}/table.csv").decode("utf-8-sig")
    for paper in (printed, table):
        assert "Dragon 01" in paper
        assert "24.00" in paper
        assert not re.search("cost|margin|profit", paper, re.IGNORECASE)


def receive_spools(shop):
    page = shop.open("/stock/filaments/library/?search=pla+basic+black")
    shop.press("Add")
    page = shop.open("/stock/deliveries/receive/")
    page.get_by_label("Supplier").fill("Filament Works")
    page.get_by_label("Invoice number").fill("FW-2211")
    page.fill("[name=row-0-item]", first_suggestion(page, "PLA Black"))
    page.fill("[name=row-0-count]", "2")
    page.fill("[name=row-0-total]", "36.00")
    page.fill("[name=row-1-item]", first_suggestion(page, "PLA Red"))
    page.fill("[name=row-1-count]", "1")
    page.fill("[name=row-1-total]", "18.00")
    page.get_by_label("Postage and duty").fill("5.40")
    shop.picture("delivery")
    shop.press("Book the delivery")
    shop.sees("£59.40")

    page = shop.open("/stock/spools/opening/")
    page.select_option("[name=filament]", label=option_with(page, "filament", "PLA Red"))
    page.fill("[name=left_g]", "40")
    page.fill("[name=total_price]", "0.70")
    shop.press("Add", exact=True)
    with shop.inside():
        codes = list(Lot.objects.spools().order_by("code").values_list("code", flat=True))
        assert sorted(Lot.objects.spools().values_list("on_hand", "bought_value")) == [
            (Decimal(40), Decimal("0.70")), (Decimal(1000), Decimal("19.80")), (Decimal(1000), Decimal("19.80")),
            (Decimal(1000), Decimal("19.80")),
        ]  # fmt: skip
    read_a_file_of_spools(shop)
    print_labels(shop, codes)


def read_a_file_of_spools(shop):
    """What the list exports changes nothing when it comes back; a row with a wrong weight says so and nothing is written."""
    exported = shop.file("text/csv", "/stock/spools/?format=csv").decode("utf-8-sig")
    for content, seen in ((exported, "4 unchanged"), (exported.replace("1000", "a kilo"), "a kilo")):
        page = shop.open("/stock/spools/import/")
        page.set_input_files("[name=file]", {"name": "spools.csv", "mimeType": "text/csv", "buffer": content.encode()})
        shop.press("Check the file")
        shop.sees(seen)
    with shop.inside():
        assert Lot.objects.spools().count() == 4


def print_labels(shop, codes):
    """Labels refuse an address no phone can open; with one, label n opens spool n."""
    shop.open("/stock/spools/labels/?filtered=1")
    shop.press("Make the PDF")
    shop.sees("localhost")
    with override_settings(PUBLIC_URL="http://shop.example"):
        for layout in ("a4-24", "50x30"):
            found = [match[1] for text in codes_on_labels(shop, layout) if (match := re.search(r"/s/(\w+)$", text))]
            assert sorted(found) == codes
    page = shop.open(f"/s/{codes[0]}")
    assert codes[0] in page.url
    shop.picture("spool")


def codes_on_labels(shop, layout):
    import pypdfium2  # noqa: PLC0415 - slow import

    page = shop.open("/stock/spools/labels/?filtered=1")
    page.select_option("[name=layout]", layout)
    document = pypdfium2.PdfDocument(shop.pdf(by_form=True))
    images: list[Image.Image] = [sheet.render(scale=4).to_pil() for sheet in document]
    return [code.text for image in images for code in zxingcpp.read_barcodes(image)]


def print_tonight(shop):
    page = shop.open("/production/printers/add/")
    page.fill("[name=name]", "Mk4 left")
    page.select_option("[name=model]", label=option_with(page, "model", "MK4"))
    shop.press("Save")
    three_of_a_plate(shop)
    two_products_on_one_bed(shop)
    a_failed_run_and_its_reprint(shop)
    the_morning_round(shop)


def three_of_a_plate(shop):
    page = shop.open("/products/plates/")
    shop.follow("Dragon 02")
    shop.follow("Print tonight")
    page.fill("[name=copies]", "3")
    shop.press("Plan the runs")
    with shop.inside():
        numbers = list(Run.objects.in_number_order().values_list("number", flat=True))
    assert [number.rsplit("-", 1)[1] for number in numbers] == ["001", "002", "003"]
    shop.open("/production/runs/")
    shop.follow(numbers[0])
    shop.press("All good, as sliced")
    with shop.inside():
        run = Run.objects.get(number=numbers[0])
        assert (run.state, run.outputs.get().good) == ("done", 1)


def two_products_on_one_bed(shop):
    """Scale for one spool, typed grams for the other, purge apart, one piece scrapped, four stars and a note."""
    page = shop.open("/production/runs/plan/")
    page.get_by_label("Dragon 01 · Black").fill("1")
    page.get_by_label("Dragon 03").fill("2")
    if page.locator("[name=even_if_short]").count():
        page.locator("[name=even_if_short]").check()
    shop.press("Plan it")
    with shop.inside():
        run = Run.objects.order_by("-pk").first()
    shop.open(f"/production/runs/{run.pk}/complete/")
    fill_in_the_report(shop, run)
    shop.picture("complete")
    shop.press("Complete the run")
    with shop.inside():
        run.refresh_from_db()
        assert (run.state, run.stars, run.note) == ("done", 4, "A little stringing")
        assert sum(output.scrapped for output in run.outputs.all()) == 1
        kinds = {row.kind for row in ledger.movements_from("run", run.pk)}
        assert {"consumption", "purge", "output", "found"} <= kinds
        assert Lot.objects.filter(needs_count=True).exists()


def fill_in_the_report(shop, run):
    page = shop.page
    with shop.inside():
        lines = list(run.materials.order_by("position"))
        outputs = list(run.outputs.order_by("position"))
        forty = Lot.objects.spools().get(on_hand=40)
    first, second = lines[0], lines[-1]
    page.select_option(f"[name=m{first.pk}_method]", "scale")
    page.fill(f"[name=m{first.pk}_before]", "1250")
    page.fill(f"[name=m{first.pk}_after]", "1120")
    page.select_option(f"[name=m{second.pk}_lot]", str(forty.pk))
    page.select_option(f"[name=m{second.pk}_method]", "typed")
    page.fill(f"[name=m{second.pk}_grams]", "52")
    page.fill(f"[name=m{second.pk}_purge]", "8")
    page.fill(f"[name=o{outputs[-1].pk}_good]", "1")
    page.fill(f"[name=o{outputs[-1].pk}_scrapped]", "1")
    page.select_option("[name=stars]", "4") if page.locator("select[name=stars]").count() else page.check(
        "[name=stars][value='4']"
    )
    page.fill("[name=note]", "A little stringing")


def a_failed_run_and_its_reprint(shop):
    with shop.inside():
        run = Run.objects.planned().in_number_order().first()
    page = shop.open(f"/production/runs/{run.pk}/fail/")
    page.locator("[name=reason]").first.check() if page.locator("input[name=reason]").count() else page.select_option(
        "[name=reason]", index=1
    )
    page.fill("[name=failed_pct]", "50")
    page.locator("[name=reprint]").check()
    shop.press("Book it as failed")
    with shop.inside():
        run.refresh_from_db()
        assert run.state == "failed"
        assert Run.objects.filter(reprint_of=run).count() == 1


def the_morning_round(shop):
    with shop.inside():
        waiting = list(Run.objects.planned())
    for run in waiting:
        page = shop.open(f"/production/runs/{run.pk}/start/")
        page.select_option("[name=printer]", index=1) if page.locator("select[name=printer]").count() else None
        shop.press("It is printing")
        shop.open("/production/morning/")
        for box in shop.page.locator("input[type=checkbox]").all():
            box.check()
        shop.press("All of these are good")
    with shop.inside():
        assert not Run.objects.open().exists()


def sell_the_first(shop):
    page = shop.open("/sales/orders/new/")
    page.get_by_label("Channel").first.select_option(label="Etsy")
    page.get_by_label("Name of a new customer").fill("Grace Buyer")
    page.fill("[name=lines-0-variant]", "Dragon 02")
    page.fill("[name=lines-0-quantity]", "1")
    page.fill("[name=lines-0-unit_price]", "24.00")
    shop.press("Take the order in")
    shop.press("Confirm")
    shop.follow("Ship")
    page.get_by_label("Postage paid").fill("3.50")
    shop.press("Ship it")
    for word in ("What it earned", "Transaction fee", "actual cost of the pieces sent"):
        assert word in shop.text
    shop.picture("order")
    with shop.inside():
        order = Order.objects.get()
        assert (order.net_home, order.tax_home, order.post_home) == (20, 4, Decimal("3.50"))
        assert order.profit_home == order.net_home - order.fees_home - order.cost_home - order.post_home
    slip = text_of(shop.pdf(f"/sales/orders/{order.pk}/packing-slip.pdf"))
    assert "Grace Buyer" in slip
    assert "24.00" not in slip


def look_at_today(shop):
    """What the order earned, less the lost run and with the stock that was found, is the profit of Today and of the report."""
    assert "Orders sent" in shop.open("/").inner_text("main")
    with shop.inside():
        profit = Order.objects.get().profit_home
    month = re.search(r"£[\d.]+(?=\s+after refunds, lost runs)", shop.text)[0]
    shop.picture("today")
    shop.open("/sales/reports/?by=channel")
    for word in (f"£{profit}", month, "Run losses", "Stock lost or found"):
        assert word in shop.text
    shop.open("/sales/reports/?by=product")
    assert "Dragon 02" in shop.text
