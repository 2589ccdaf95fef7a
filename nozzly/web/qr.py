"""QR codes, dark on white whatever the theme: a scanner wants contrast and a quiet zone."""

from io import BytesIO

from django.utils.safestring import SafeString, mark_safe

_QUIET_MODULES = 4
_MODULE_PX = 8


def _code(text: str):
    import qrcode

    code = qrcode.QRCode(border=_QUIET_MODULES, box_size=_MODULE_PX, error_correction=qrcode.ERROR_CORRECT_M)
    code.add_data(text)
    code.make(fit=True)
    return code


def svg(text: str, *, label: str = "") -> SafeString:
    """The code as inline SVG that scales to its box; ``label`` says to screen readers where it leads."""
    code = _code(text)
    rows = code.get_matrix()
    side = len(rows)
    path = "".join(f"M{x} {y}h1v1h-1z" for y, row in enumerate(rows) for x, dark in enumerate(row) if dark)
    meaning = f'role="img" aria-label="{_escape(label)}"' if label else 'aria-hidden="true"'
    return mark_safe(  # noqa: S308 - numbers of our own; the label is escaped
        f'<svg class="qr" xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {side} {side}" {meaning} '
        f'shape-rendering="crispEdges"><path fill="#ffffff" d="M0 0h{side}v{side}H0z"/>'
        f'<path fill="#000000" d="{path}"/></svg>'
    )


def _escape(text: str) -> str:
    return text.replace("&", "&amp;").replace('"', "&quot;").replace("<", "&lt;")


def png(text: str) -> bytes:
    """The code as a PNG picture, 8 pixels a module."""
    buffer = BytesIO()
    _code(text).make_image().save(buffer, "PNG")
    return buffer.getvalue()
