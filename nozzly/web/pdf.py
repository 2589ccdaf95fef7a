"""PDF documents by WeasyPrint, which may open this workspace's own files and our static files, and nothing else."""

import mimetypes
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from urllib.parse import quote, unquote, urlsplit

from django.conf import settings
from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.exceptions import SuspiciousFileOperation
from django.core.files.storage import default_storage
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from nozzly.core.errors import DomainError

# A host that cannot exist, so that relative addresses resolve to something only the fetcher understands.
_BASE_URL = "https://nozzly.invalid/"
_STORED = "/stored/"
_PLAIN_DATA = ("data:image/png;base64,", "data:image/jpeg;base64,", "data:image/webp;base64,", "data:image/svg+xml")
_LONGEST_DATA = 8_000_000  # our own pictures stay below a tenth of it


class PdfUnavailable(DomainError):
    """WeasyPrint's system libraries are missing on this machine."""


class AddressRefused(ValueError):
    """A document pointed outside of what its workspace may read."""


def stored_url(name: str) -> str:
    """What a document writes to show a file of this workspace's storage: ``<img src="{% stored photo.file %}">``."""
    return _STORED + quote(str(name))


def render_pdf(template: str, context: Mapping | None = None) -> bytes:
    """Raises PdfUnavailable."""
    return html_to_pdf(render_to_string(template, dict(context or {})))


def html_to_pdf(html: str) -> bytes:
    """Raises PdfUnavailable."""
    weasyprint = _weasyprint()
    return weasyprint.HTML(string=html, base_url=_BASE_URL, url_fetcher=_fetcher(weasyprint)).write_pdf()


def render_portions(
    template: str, contexts: Iterable[Mapping], *, after_each: Callable[[int], None] = lambda _done: None
) -> bytes:
    """One PDF of the template drawn once for each context; ``after_each`` hears how many are done.

    Raises PdfUnavailable.
    """
    weasyprint = _weasyprint()
    fonts, fetcher, drawn = weasyprint.text.fonts.FontConfiguration(), _fetcher(weasyprint), []
    for done, context in enumerate(contexts, start=1):
        html = render_to_string(template, dict(context))
        page = weasyprint.HTML(string=html, base_url=_BASE_URL, url_fetcher=fetcher)
        drawn.append(page.render(font_config=fonts))
        after_each(done)
    return drawn[0].copy([page for document in drawn for page in document.pages]).write_pdf()


def _weasyprint():
    try:
        import weasyprint
    except OSError as missing:
        raise PdfUnavailable(
            _("PDFs cannot be made on this machine: install Pango (libpango-1.0-0, libpangoft2-1.0-0) and start again.")
        ) from missing
    return weasyprint


def _fetcher(weasyprint):
    class OwnFilesOnly(weasyprint.urls.URLFetcher):
        def fetch(self, url, headers=None):
            if url.startswith(_PLAIN_DATA) and len(url) <= _LONGEST_DATA:
                return super().fetch(url)
            content = own_file(url)
            kind = mimetypes.guess_type(urlsplit(url).path)[0] or "application/octet-stream"
            return weasyprint.urls.URLFetcherResponse(url, content, {"Content-Type": kind})

    return OwnFilesOnly(allowed_protocols=("data", "https"), allow_redirects=False)


def own_file(url: str) -> bytes:
    """The bytes behind an address inside a document. Raises AddressRefused, FileNotFoundError."""
    parts = urlsplit(url)
    if f"{parts.scheme}://{parts.netloc}/" != _BASE_URL:
        raise AddressRefused(f"A document may not open {parts.scheme}://{parts.netloc}.")
    path = unquote(parts.path)
    try:
        if path.startswith(_STORED):
            with default_storage.open(path.removeprefix(_STORED)) as file:
                return file.read()
        if path.startswith(settings.STATIC_URL):
            return _static_file(path.removeprefix(settings.STATIC_URL))
    except SuspiciousFileOperation as outside:
        raise AddressRefused(f"A document may not open {path}.") from outside
    raise AddressRefused(f"A document may not open {path}.")


def _static_file(name: str) -> bytes:
    # Collected files carry a hash in their name; on a desk they lie where the finders find them.
    if found := finders.find(name):
        return Path(found).read_bytes()
    with staticfiles_storage.open(name) as file:
        return file.read()
