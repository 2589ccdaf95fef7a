"""QR codes, dark on white whatever the theme: scanners of the cheap kind read nothing else."""

from base64 import b64encode
from io import BytesIO


def svg(text: str, *, border: int = 2) -> str:
    """An SVG document of one path; ``border`` is the quiet zone in modules (four by the norm, two suffice on paper)."""
    import qrcode  # noqa: PLC0415 - slow import
    from qrcode.image.svg import SvgPathImage  # noqa: PLC0415 - slow import

    code = qrcode.QRCode(border=border, error_correction=qrcode.constants.ERROR_CORRECT_M, image_factory=SvgPathImage)
    code.add_data(text)
    code.make(fit=True)
    out = BytesIO()
    code.make_image().save(out)
    return out.getvalue().decode()


def png(text: str, *, module_px: int = 8, border: int = 2) -> bytes:
    """A PNG with so many pixels a module."""
    import qrcode  # noqa: PLC0415 - slow import

    code = qrcode.QRCode(border=border, box_size=module_px, error_correction=qrcode.constants.ERROR_CORRECT_M)
    code.add_data(text)
    code.make(fit=True)
    out = BytesIO()
    code.make_image().save(out)
    return out.getvalue()


def data_url(text: str, *, module_px: int = 8) -> str:
    """For an <img> in a page."""
    return f"data:image/png;base64,{b64encode(png(text, module_px=module_px)).decode()}"
