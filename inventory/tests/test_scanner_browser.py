"""The scan page with a camera that films a label, in a Chromium that has no BarcodeDetector."""

import shutil
from io import BytesIO

import pytest
from django.urls import reverse
from PIL import Image, ImageOps
from playwright.sync_api import expect

from inventory.choices import LocationKind
from inventory.models import Lot
from nozzly.accounts.permissions import Role
from nozzly.testing.browser import PHONE, LiveSite, look_from_all_sides
from nozzly.testing.factories.inventory import LocationFactory, SpoolFactory
from nozzly.testing.fixtures import make_user
from nozzly.web import qr

pytestmark = pytest.mark.browser
FRAMES, SIDE = 6, 480


def film(path, texts):
    """Pictures of codes as a camera would give them: a quarter of the frame, on grey; the second one inverted."""
    frames = []
    for number, text in enumerate(texts):
        frame = Image.new("L", (SIDE, SIDE), 150)
        code = Image.open(BytesIO(qr.png(text))).convert("L").resize((260, 260)) if text else frame.resize((260, 260))
        frame.paste(ImageOps.invert(code) if number % 2 else code, (110, 110))
        frames.append(frame)
    with path.open("wb") as file:
        file.write(b"YUV4MPEG2 W%d H%d F10:1 Ip A1:1 C420jpeg\n" % (SIDE, SIDE))
        for frame in frames:
            for _again in range(FRAMES):
                file.write(b"FRAME\n" + frame.tobytes() + bytes([128]) * (SIDE * SIDE // 2))


@pytest.fixture
def camera(live, chromium, tmp_path):
    """Call it with texts: answers a page of a browser whose camera films their codes."""
    opened = []

    def before(*texts):
        path = tmp_path / "film.y4m"
        film(path, texts)
        arguments = [
            "--no-sandbox", "--disable-gpu", "--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream",
            f"--use-file-for-fake-video-capture={path}",
        ]  # fmt: skip
        browser = chromium.browser_type.launch(executable_path=shutil.which("chromium"), args=arguments)
        site = LiveSite(live.port, browser)
        opened.append((site, browser))
        page = site.page_for(make_user(Role.OPERATOR), size=PHONE)
        page.add_init_script("delete window.BarcodeDetector")
        return page

    yield before
    for site, browser in opened:
        site.close()
        browser.close()


def test_the_camera_reads_a_label_and_opens_its_roll(live, camera):
    spool = SpoolFactory()
    page = camera(f"https://an-old-host.example/s/{spool.lot.code}")
    troubles = []
    page.on("console", lambda message: troubles.append(message.text) if message.type == "error" else None)

    page.goto(live.url(reverse("inventory:scanner")))
    page.wait_for_url(live.url(spool.get_absolute_url()))

    assert page.evaluate("'BarcodeDetector' in window") is False
    assert page.locator("#left").inner_text() == "1,000\u00a0g"
    assert troubles == []


def test_the_camera_moves_a_roll_by_two_scans_dark_on_light_and_light_on_dark(live, camera):
    spool, slot = SpoolFactory(), LocationFactory(kind=LocationKind.SLOT)
    page = camera(f"http://x.example/s/{spool.lot.code}", f"http://x.example/s/{slot.code}")

    with page.expect_response(
        lambda answer: answer.headers.get("location", "").endswith("/scan/move/"), timeout=20_000
    ):
        page.goto(live.url(reverse("inventory:move_by_scan")))

    assert Lot.objects.get(pk=spool.pk).location == slot


def test_the_light_is_offered_where_the_camera_has_one(live, camera):
    page = camera("")
    page.add_init_script(
        """MediaStreamTrack.prototype.getCapabilities = () => ({torch: true});
        MediaStreamTrack.prototype.applyConstraints = async (wish) => { window.wished = wish; };"""
    )
    light = page.locator("[data-scan-torch]")

    page.goto(live.url(reverse("inventory:scanner")))
    light.click()

    expect(light).to_have_attribute("aria-pressed", "true")
    assert page.evaluate("window.wished") == {"advanced": [{"torch": True}]}


def test_the_scan_page_without_a_camera_is_fine_to_type_into(live):
    spool = SpoolFactory()
    page = live.page_for(make_user(Role.OPERATOR), size=PHONE)

    page.goto(live.url(reverse("inventory:move_by_scan") + f"?lot={spool.pk}"))
    page.wait_for_selector("[data-scan-refused]:visible, [data-scan-insecure]:visible")
    expect(page.locator("[data-scan-torch]")).to_be_hidden()
    found = look_from_all_sides(page, "scanner")
    page.goto(live.url(reverse("inventory:scanner")))
    page.keyboard.type(spool.lot.code)
    page.keyboard.press("Enter")
    page.wait_for_url(live.url(spool.get_absolute_url()))

    assert found == []


def test_a_scanner_that_types_works_on_any_page_and_presses_none_of_its_keys(live):
    spool = SpoolFactory()
    page = live.page_for(make_user(Role.OWNER))

    page.goto(live.url(reverse("inventory:item_list")))
    page.evaluate(
        """(text) => [...text, "Enter"].forEach((key) =>
        document.body.dispatchEvent(new KeyboardEvent("keydown", {key, bubbles: true, cancelable: true})))""",
        f"http://x.example/s/{spool.lot.code}",
    )
    page.wait_for_url(live.url(spool.get_absolute_url()))
    page.goto(live.url(reverse("inventory:item_list")))
    page.keyboard.press("/")

    expect(page.locator("#global-search")).to_be_focused()
