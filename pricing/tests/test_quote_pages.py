from datetime import UTC, date, datetime
from decimal import Decimal
from io import BytesIO
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from pypdf import PdfReader

from nozzly.accounts.permissions import Role
from nozzly.testing.factories.pricing import JobQuoteFactory, JobQuoteSlotFactory
from pricing.choices import QuoteState
from pricing.domain import quotes
from pricing.domain.offers import offer_of
from pricing.models import JobQuote
from pricing.tests import shop
from pricing.tests.test_quotes_domain import GCODE

D = Decimal
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
NEW = "/pricing/quotes/new/"
LATER = date(2036, 1, 1)


@pytest.fixture
def manager(client_for):
    return client_for(Role.MANAGER)


def drawn_up(**facts):
    return JobQuoteSlotFactory(quote=JobQuoteFactory(valid_until=LATER, **facts)).quote


def url(name, quote):
    return reverse(f"pricing:{name}", args=[quote.pk])


def form(**data):
    return {
        "key": str(uuid4()), "country": "GB", "quantity": "10", "break_quantities": "25, 50", "target_margin_pct": "45",
        "customer": "Ada Byte",
    } | data  # fmt: skip


def pdf_text(answer):
    return "\n".join(page.extract_text() for page in PdfReader(BytesIO(answer.content)).pages)


def test_a_dropped_file_is_a_quote_with_prices_at_once(manager):
    answer = manager.post(NEW, form(file=SimpleUploadedFile("vase.gcode", GCODE.encode())), follow=True)

    quote = JobQuote.objects.get()
    assert (quote.title, quote.quantity, quote.break_quantities) == ("Vase", 10, [25, 50])
    assert [line.quantity for line in answer.context["offer"].lines] == [10, 25, 50]
    assert answer.context["calculation"].chosen.margin_pct >= 45


def test_what_is_wrong_stands_beside_the_field(manager):
    answer = manager.post(
        NEW, form(file=SimpleUploadedFile("cat.gcode", b"\x89PNG\r\n"), break_quantities="ten", quantity="0")
    )
    unreadable = manager.post(NEW, form(file=SimpleUploadedFile("cat.3mf", b"\x89PNG\r\n")))

    assert (answer.status_code, sorted(answer.context["form"].errors)) == (422, ["break_quantities", "quantity"])
    assert (unreadable.status_code, JobQuote.objects.count()) == (422, 0)


def test_a_job_without_a_file_is_typed(manager):
    manager.post(NEW, form(title="Sign", grams="120", bed_time_s="2.5"))

    quote = JobQuote.objects.get()
    assert (quote.title, quote.slots.get().grams, quote.bed_time_s) == ("Sign", 120, 9000)


def test_the_draft_is_edited_with_its_materials(manager):
    quote = drawn_up(break_quantities=[20])
    page = manager.get(url("edit_quote", quote))
    shown = {field.html_name: field.value() for field in page.context["form"]}

    answer = manager.post(
        url("edit_quote", quote), {name: value or "" for name, value in shown.items()} | {
            "break_quantities": "20", "piece_minutes": "3", "extra_per_piece": "0.25", "for_business": "",
            "bed_time_s": "1.5",
        }
    )  # fmt: skip

    quote.refresh_from_db()
    assert answer.status_code == 302
    assert (quote.piece_minutes, quote.extra_per_piece, quote.bed_time_s) == (3, D("0.25"), 5400)


def test_from_draft_to_product_by_its_buttons(manager):
    quote = drawn_up()

    manager.post(url("set_quote_margin", quote), {"margin_pct": "60"})
    manager.post(url("send_quote", quote))
    refused = manager.get(url("edit_quote", quote))
    for _twice in range(2):
        manager.post(url("accept_quote", quote), {"quantity": "9"})
    page = manager.get(url("quote_detail", quote))

    quote.refresh_from_db()
    assert (quote.state, quote.target_margin_pct, quote.quantity) == (QuoteState.ACCEPTED, 60, 9)
    assert refused.status_code == 404
    assert quote.variant.product.get_absolute_url() in page.content.decode()


def test_answers_that_come_too_early_or_make_no_sense_change_nothing(manager):
    quote = drawn_up()

    for name, data in (
        ("accept_quote", {"quantity": "3"}),
        ("accept_quote", {"quantity": "-1"}),
        ("decline_quote", {}),
        ("reopen_quote", {}),
        ("set_quote_margin", {"margin_pct": "100"}),
    ):
        assert manager.post(url(name, quote), data).status_code == 302

    quote.refresh_from_db()
    assert (quote.state, quote.variant, quote.target_margin_pct) == (QuoteState.DRAFT, None, 50)


def test_a_draft_is_discarded_and_a_sent_quote_is_not(manager):
    draft, sent = drawn_up(), quotes.send(drawn_up(), at=NOON)

    manager.post(url("discard_quote", draft))
    answer = manager.post(url("discard_quote", sent))

    assert (answer.status_code, JobQuote.objects.get()) == (404, sent)


def test_the_paper_shows_prices_and_tax_but_no_cost(manager):
    shop.registered()
    quote = quotes.send(
        drawn_up(for_business=True, break_quantities=[30], setup_minutes=20, postage_charged=D("4.00"), note="In red."),
        at=NOON,
    )
    offer = offer_of(quote, at=NOON)

    text = pdf_text(manager.get(url("quote_pdf", quote)))

    first, more = offer.lines
    assert (first.wanted, more.wanted, offer.tax_included) == (True, False, False)
    assert first.total == first.goods + 4 + first.tax
    for shown in (quote.number, "Ada Byte", "In red.", f"{first.price_each}", f"{more.total}", "20 % is added"):
        assert shown in text
    for word in ("cost", "margin", "profit"):
        assert word not in text.lower()


def test_tax_in_a_consumer_price_is_named_not_added():
    shop.registered()
    offer = offer_of(quotes.send(drawn_up(price_each=D("12.00"), quantity=5), at=NOON), at=NOON)

    assert [(line.goods, line.tax, line.total) for line in offer.lines] == [(D("60.00"), D("10.00"), D("60.00"))]


@pytest.mark.parametrize("count", [1, 3])
def test_list_and_page_ask_a_constant_number_of_questions(manager, django_assert_max_num_queries, count):
    made = [drawn_up() for _number in range(count)]
    manager.get(reverse("pricing:quote_list"))

    with django_assert_max_num_queries(9):
        answer = manager.get(reverse("pricing:quote_list"))
    with django_assert_max_num_queries(24):
        manager.get(url("quote_detail", made[0]))

    assert len(list(answer.context["page"])) == count


def test_the_list_finds_by_number_title_and_customer(manager):
    wanted = drawn_up(title="Owl", customer="Grace")
    drawn_up(title="Fox", customer="Ada")

    for text in ("owl", "grace", wanted.number):
        answer = manager.get(reverse("pricing:quote_list"), {"search": text})
        assert list(answer.context["page"]) == [wanted]
