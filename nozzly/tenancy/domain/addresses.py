"""Which addresses a workspace may have."""

import re

from django.conf import settings
from django.utils.text import slugify
from django.utils.translation import gettext as _

from nozzly.core.errors import DomainError
from nozzly.tenancy.models import Domain, Workspace

SHORTEST, LONGEST = 2, 40
_LABEL = re.compile(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?")
RESERVED = frozenset(
    [
        "about",
        "abuse",
        "account",
        "accounts",
        "admin",
        "administrator",
        "api",
        "app",
        "apps",
        "assets",
        "auth",
        "autoconfig",
        "autodiscover",
        "beta",
        "billing",
        "blog",
        "careers",
        "cdn",
        "cms",
        "community",
        "console",
        "contact",
        "dashboard",
        "dev",
        "developer",
        "developers",
        "dns",
        "docs",
        "download",
        "email",
        "example",
        "faq",
        "files",
        "ftp",
        "git",
        "grafana",
        "guest",
        "health",
        "help",
        "home",
        "host",
        "hostmaster",
        "id",
        "imap",
        "info",
        "internal",
        "invite",
        "invoice",
        "jobs",
        "legal",
        "live",
        "localhost",
        "login",
        "logout",
        "mail",
        "marketing",
        "media",
        "metrics",
        "mobile",
        "monitor",
        "mx",
        "news",
        "newsletter",
        "noc",
        "nozzly",
        "ns",
        "ns1",
        "ns2",
        "office",
        "operations",
        "password",
        "pay",
        "payment",
        "ping",
        "platform",
        "pop",
        "pop3",
        "postmaster",
        "press",
        "pricing",
        "privacy",
        "public",
        "redis",
        "register",
        "root",
        "sales",
        "security",
        "server",
        "shop",
        "sign-up",
        "signin",
        "signup",
        "smtp",
        "sso",
        "staging",
        "static",
        "stats",
        "status",
        "store",
        "support",
        "system",
        "team",
        "terms",
        "test",
        "tests",
        "token",
        "tools",
        "update",
        "upload",
        "user",
        "users",
        "webmail",
        "webmaster",
        "welcome",
        "wiki",
        "workspace",
        "www",
    ]
)


class AddressNotPossible(DomainError):
    """The address has letters a host name cannot have, or is too short or too long."""


class AddressTaken(DomainError):
    """Somebody else has the address, or the platform keeps it for itself."""


def check(slug: str) -> None:
    """Raises AddressNotPossible or AddressTaken."""
    if not SHORTEST <= len(slug) <= LONGEST:
        raise AddressNotPossible(
            _("An address has %(shortest)d to %(longest)d characters.") % {"shortest": SHORTEST, "longest": LONGEST}
        )
    if not _LABEL.fullmatch(slug) or slug.startswith("xn--"):
        raise AddressNotPossible(_("An address has small letters a–z, digits and hyphens between them."))
    if slug in RESERVED or not is_free(slug):
        raise AddressTaken(_("The address “%(slug)s” is taken. Try another one.") % {"slug": slug})


def is_free(slug: str) -> bool:
    return not (Workspace.objects.filter(slug=slug).exists() or Domain.objects.filter(domain=host_of(slug)).exists())


def host_of(slug: str) -> str:
    return f"{slug}.{settings.BASE_DOMAIN}"


def was_left(workspace: Workspace, hostname: str) -> bool:
    """Whether this host is an address that the workspace had before; a domain of its own never is."""
    return hostname.endswith(f".{settings.BASE_DOMAIN}") and hostname != host_of(workspace.slug)


def url_of(workspace: Workspace, path: str = "/") -> str:
    """The address for people, with scheme and port."""
    scheme = "https" if settings.HTTPS else "http"
    port = f":{settings.PORT}" if settings.PORT else ""
    return f"{scheme}://{host_of(workspace.slug)}{port}{path}"


def any_workspace() -> str:
    """The origin of all workspaces, as a Content-Security-Policy writes it."""
    scheme = "https" if settings.HTTPS else "http"
    port = f":{settings.PORT}" if settings.PORT else ""
    return f"{scheme}://*.{settings.BASE_DOMAIN}{port}"


def suggest(name: str) -> str:
    """A free address for a business name: “Ada & Söhne” gives ada-sohne, else ada-sohne-2."""
    base = slugify(name)[: LONGEST - 4].strip("-") or "workshop"
    if len(base) < SHORTEST:
        base = f"{base}-prints"
    slug, n = base, 1
    while slug in RESERVED or not is_free(slug):
        n += 1
        slug = f"{base}-{n}"
    return slug


def suggest_code(name: str) -> str:
    """Letters for run numbers: the initials of “Blue Otter Prints” give BOP, one word gives its first three letters."""
    words = re.findall(r"[a-z]+", slugify(name))
    initials = "".join(word[0] for word in words)
    letters = initials if len(initials) > 1 else "".join(words)[:3]
    return (letters.upper() + "XX")[: max(2, min(len(letters), 4))]
