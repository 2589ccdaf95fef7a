from io import BytesIO

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import ImproperlyConfigured
from django.template import Context, Template
from redis import RedisError

from nozzly.accounts.permissions import Permission, Role
from nozzly.testing.fixtures import make_user
from nozzly.web import navigation, notifying, qr, searching, swatches
from nozzly.web.context import Can, Shell
from nozzly.web.searching import Hit


def draw(source, **context):
    return Template("{% load nozzly %}" + source).render(Context(context))


@pytest.mark.parametrize(
    "source",
    ['{% icon "no-such-icon" %}', '{% icon "../secret" %}', '{% badge "x" tone="pink" %}', "{% field form.nothing %}"],
)
def test_mistakes_in_templates_are_loud(source):
    with pytest.raises(ImproperlyConfigured):
        draw(source)


def test_icon_is_decoration_unless_it_has_a_label():
    assert 'aria-hidden="true"' in draw('{% icon "printer" %}')
    assert 'role="img" aria-label="A &lt;b&gt;"' in draw('{% icon "printer" label=text %}', text="A <b>")


def test_swatch_draws_every_colour_and_trusts_none():
    drawn = swatches.svg(["ff0000", "#0f0", 'x"/><script>'], label="<b>")

    assert [part.split('"')[0] for part in drawn.split('fill="')[1:]] == ["#ff0000", "#0f0", swatches.UNKNOWN]
    assert "&lt;b&gt;" in drawn
    assert "script" not in drawn


def test_bar_stays_within_its_track():
    assert ('width="100.0"' in draw("{% bar 7 of=5 %}"), 'width="0.0"' in draw("{% bar 7 of=0 %}")) == (True, True)


def test_assumed_shows_its_origin():
    assert "list price" in draw('{% assumed "list price" %}')


def test_qr_code_is_read_by_a_decoder():
    import zxingcpp  # noqa: PLC0415 - leaf
    from PIL import Image  # noqa: PLC0415 - leaf

    read = zxingcpp.read_barcode(Image.open(BytesIO(qr.png("http://shop.example/s/7K4Q"))))

    assert read.text == "http://shop.example/s/7K4Q"


def test_qr_svg_is_dark_on_white_and_says_where_it_leads():
    drawn = qr.svg("x", label='Spool "7"')

    assert 'fill="#ffffff"' in drawn
    assert "Spool &quot;7&quot;" in drawn


def test_can_knows_the_permissions_of_the_user():
    assert (Can(make_user(Role.OPERATOR))["COST_VIEW"], Can(make_user(Role.OWNER))["COST_VIEW"]) == (False, True)
    assert Can(AnonymousUser())["STOCK_VIEW"] is False
    with pytest.raises(ImproperlyConfigured):
        Can(AnonymousUser())["EVERYTHING"]


def test_sidebar_holds_what_exists_and_may_be_opened(rf):
    def labels(role):
        request = rf.get("/settings/activity/")
        request.user = make_user(role)
        return [link.label for _label, links in navigation.sidebar(request) for link in links]

    assert ("Settings" in labels(Role.OWNER), "Settings" in labels(Role.OPERATOR)) == (True, False)


def test_sidebar_marks_the_longest_matching_entry(rf):
    request = rf.get("/settings/activity/")
    request.user = make_user(Role.OWNER)

    current = [link.label for _label, links in navigation.sidebar(request) for link in links if link.current]

    assert current == ["Settings"]


def test_search_asks_only_what_the_role_may_see(monkeypatch):
    monkeypatch.setattr(searching, "_searchers", {})

    @searching.searcher("Costs", permission=Permission.COST_VIEW)
    def costs(text):
        return [Hit("7.50", "/")]

    @searching.searcher("Spools", permission=Permission.STOCK_VIEW)
    def spools(text):
        return [Hit(f"{text}{number}", "/") for number in range(20)]

    found = searching.search(make_user(Role.OPERATOR), "7K")

    assert [(label, len(hits)) for label, hits in found] == [("Spools", 8)]
    assert searching.search(make_user(Role.OWNER), "") == []


def test_news_are_cut_to_what_fits(owner):
    from django.utils import timezone  # noqa: PLC0415 - leaf

    assert len(notifying.notify(owner, "x" * 500, at=timezone.now()).text) == 300


def test_pages_go_on_without_the_cache_of_flags(owner, rf, monkeypatch):
    def refuse(_keys):
        raise RedisError

    monkeypatch.setattr("nozzly.web.context.cache.get_many", refuse)
    request = rf.get("/")
    request.user = owner

    assert (Shell(request).has_news, Shell(request).jobs_running) == (False, 0)
