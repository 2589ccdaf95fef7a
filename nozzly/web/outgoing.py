"""Requests to addresses that people type in: to public hosts alone, whatever their name resolves to at that moment."""

import socket
import ssl
from contextlib import suppress
from http.client import HTTPConnection, HTTPException
from ipaddress import IPv6Address, IPv6Network, ip_address
from threading import Timer
from urllib.parse import SplitResult, urlsplit

from django.utils.translation import gettext as _

from nozzly.core.errors import DomainError

DEADLINE_S = 8
_ALLOWED_SCHEMES = {"http": 80, "https": 443}
_LOWEST_OTHER_PORT = 1024
_READ_BYTES = 1024
# Addresses inside of which an IPv4 address travels: what they reach is not what they look like.
_TUNNELS = [IPv6Network(net) for net in ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32", "::ffff:0:0/96")]


class AddressNotPublic(DomainError):
    """It leads into a private network, or is no web address."""


class NotDelivered(DomainError):
    pass


def check(url: str) -> None:
    """Raises AddressNotPublic, NotDelivered when its host is unknown."""
    _resolve(_parts(url))


def post(url: str, body: bytes, *, headers: dict[str, str]) -> None:
    """One POST, no redirect followed, to the very address that was checked. Raises AddressNotPublic, NotDelivered."""
    parts = _parts(url)
    address = _resolve(parts)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    connection = _Pinned(parts, address)
    watch = Timer(DEADLINE_S, connection.cut)
    watch.start()
    try:
        connection.request("POST", path, body=body, headers=headers)
        answer = connection.getresponse()
        answer.read(_READ_BYTES)
    except (OSError, HTTPException, ValueError) as trouble:
        raise NotDelivered(_("%(host)s did not answer.") % {"host": parts.hostname}) from trouble
    finally:
        watch.cancel()
        connection.close()
    if not 200 <= answer.status < 300:
        raise NotDelivered(_("%(host)s answered with %(status)s.") % {"host": parts.hostname, "status": answer.status})


class _Pinned(HTTPConnection):
    """Connects to the address that was checked; the name is only shown to the server and its certificate."""

    def __init__(self, parts: SplitResult, address: str):
        super().__init__(parts.hostname, _port(parts), timeout=DEADLINE_S)
        self.address = address
        self.default_port = _ALLOWED_SCHEMES[parts.scheme]
        self.tls = ssl.create_default_context() if parts.scheme == "https" else None

    def connect(self):
        self.sock = socket.create_connection((self.address, self.port), self.timeout)
        if self.tls:
            self.sock = self.tls.wrap_socket(self.sock, server_hostname=self.host)

    def cut(self):
        """Time is up, however slowly it trickles."""
        with suppress(OSError, AttributeError):
            self.sock.shutdown(socket.SHUT_RDWR)


def _parts(url: str) -> SplitResult:
    try:
        parts = urlsplit(url.strip())
        port = _port(parts)
    except (ValueError, KeyError):
        raise AddressNotPublic(_("That is no web address.")) from None
    if not parts.hostname or parts.username or parts.password or any(letter.isspace() for letter in url.strip()):
        raise AddressNotPublic(_("That is no web address."))
    if port != _ALLOWED_SCHEMES[parts.scheme] and port < _LOWEST_OTHER_PORT:
        raise AddressNotPublic(_("Port %(port)s is not for web addresses.") % {"port": port})
    return parts


def _port(parts: SplitResult) -> int:
    return parts.port or _ALLOWED_SCHEMES[parts.scheme]


def _resolve(parts: SplitResult) -> str:
    """An address of the host; every one it has must be public, so that none of them can be picked by chance."""
    try:
        rows = socket.getaddrinfo(parts.hostname, _port(parts), type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise NotDelivered(_("There is no host called %(host)s.") % {"host": parts.hostname}) from None
    found = [row[4][0] for row in rows]
    if not found or not all(is_public(address) for address in found):
        raise AddressNotPublic(_("%(host)s is not a public address.") % {"host": parts.hostname})
    return found[0]


def is_public(address: str) -> bool:
    number = ip_address(address.partition("%")[0])
    if isinstance(number, IPv6Address) and any(number in tunnel for tunnel in _TUNNELS):
        return False
    return number.is_global and not number.is_multicast and not number.is_reserved
