"""The sidebar: one list. Whether an entry shows follows from the permission its own view states."""

from dataclasses import dataclass
from functools import lru_cache

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import NoReverseMatch, Resolver404, get_urlconf, resolve, reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from nozzly.web.guard import access_of, allows


@dataclass(frozen=True)
class Entry:
    label: str
    url_name: str
    icon: str
    on_phone_bar: bool = False


@dataclass(frozen=True)
class Section:
    label: str
    entries: tuple[Entry, ...]


SECTIONS = (
    Section(
        "",
        (
            Entry(_("Today"), "home:today", "sun-high", on_phone_bar=True),
            Entry(_("Floor"), "production:floor", "hand-finger", on_phone_bar=True),
            Entry(_("Tonight"), "production:tonight", "moon-stars"),
        ),
    ),
    Section(
        _("Stock"),
        (
            Entry(_("Stock room"), "inventory:stock_room", "building-warehouse", on_phone_bar=True),
            Entry(_("Spools"), "inventory:spool_list", "disc"),
            Entry(_("Filaments"), "inventory:filament_list", "palette"),
            Entry(_("Parts and packaging"), "inventory:item_list", "package"),
            Entry(_("Deliveries"), "inventory:delivery_list", "truck-delivery"),
            Entry(_("Locations"), "inventory:location_list", "map-pin"),
        ),
    ),
    Section(
        _("Make"),
        (
            Entry(_("Products"), "catalog:product_list", "cube"),
            Entry(_("Plates"), "catalog:plate_list", "stack-2"),
            Entry(_("Runs"), "production:run_list", "list-check"),
            Entry(_("Printers"), "production:printer_list", "cube-3d-sphere"),
        ),
    ),
    Section(
        _("Price"),
        (
            Entry(_("Compare"), "pricing:compare", "scale"),
            Entry(_("Channels"), "pricing:channel_list", "building-store"),
            Entry(_("Price sheets"), "pricing:price_sheet_list", "file-dollar"),
            Entry(_("Quotes"), "pricing:quote_list", "file-text"),
        ),
    ),
    Section(
        _("Sell"),
        (
            Entry(_("Orders"), "sales:order_list", "shopping-bag", on_phone_bar=True),
            Entry(_("Order imports"), "sales:import_list", "file-upload"),
            Entry(_("Stalls"), "sales:fair_list", "building-store"),
            Entry(_("Invoices"), "sales:invoice_list", "file-invoice"),
            Entry(_("Customers"), "sales:customer_list", "users"),
            Entry(_("Reports"), "sales:reports", "chart-bar"),
        ),
    ),
    Section(
        "",
        (Entry(_("Settings"), "web:settings", "settings"),),
    ),
)


@dataclass(frozen=True)
class Link:
    label: str
    url: str
    icon: str
    current: bool
    on_phone_bar: bool


# Addresses and permissions of views never change while a process runs, so menus are made once.
_MOST_DRAWN = 2000
_shown_to: dict[tuple, list] = {}
_drawn: dict[tuple, SafeString] = {}


@lru_cache(maxsize=256)
def _target(url_name: str, urlconf: str | None) -> tuple[str, object] | None:
    try:
        url = reverse(url_name, urlconf)
    except NoReverseMatch:
        return None
    return url, access_of(resolve(url, urlconf).func)


def visible_target(user: object, url_name: str) -> str | None:
    """The URL behind the name, if it exists and this user may open it."""
    found = _target(url_name, get_urlconf())
    return found[0] if found and allows(user, found[1]) else None


def may_open(user: object, url: str) -> bool:
    """Whether a page of ours at this address is one for this user."""
    try:
        return allows(user, access_of(resolve(url).func))
    except Resolver404:
        return False


def sidebar(request: HttpRequest) -> list[tuple[str, list[Link]]]:
    """Sections with the links this user may open; empty sections are left out."""
    shown = _shown(request.user)
    current = _current_url(request.path, [url for _label, pairs in shown for _entry, url in pairs])
    return [
        (label, [Link(entry.label, url, entry.icon, url == current, entry.on_phone_bar) for entry, url in pairs])
        for label, pairs in shown
    ]


def menu(request: HttpRequest, template: str) -> SafeString:
    """The sidebar or the phone's bar, drawn once for each role, language and place in it."""
    current = _current_url(request.path, [url for _label, pairs in _shown(request.user) for _entry, url in pairs])
    key = (template, *_kind_of(request.user), current, get_language())
    if key not in _drawn:
        if len(_drawn) > _MOST_DRAWN:
            _drawn.clear()
        _drawn[key] = mark_safe(render_to_string(template, {"sections": sidebar(request)}))  # noqa: S308 - our own template
    return _drawn[key]


def _kind_of(user: object) -> tuple:
    return getattr(user, "role", ""), user.is_authenticated, getattr(user, "is_active", False), get_urlconf()


def _shown(user: object) -> list[tuple[str, list[tuple[Entry, str]]]]:
    key = _kind_of(user)
    if key not in _shown_to:
        sections = [
            (
                section.label,
                [(entry, url) for entry in section.entries if (url := visible_target(user, entry.url_name))],
            )
            for section in SECTIONS
        ]
        _shown_to[key] = [(label, pairs) for label, pairs in sections if pairs]
    return _shown_to[key]


def _current_url(path: str, urls: list[str]) -> str | None:
    matching = [url for url in urls if path == url or (url != "/" and path.startswith(url))]
    return max(matching, key=len, default=None)
