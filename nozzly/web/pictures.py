"""Photos from phones and the web: checked, turned upright, made smaller, freed of where and when they were taken."""

from io import BytesIO

from django.core.files.base import ContentFile
from django.utils.translation import gettext as _
from PIL import Image, ImageOps, UnidentifiedImageError

from nozzly.core.errors import DomainError

MAX_BYTES = 25 * 1024 * 1024
MAX_PIXELS = 60_000_000
FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF")
_QUALITY = 86


class NotAPicture(DomainError):
    pass


def clean_picture(file, *, longest_px: int = 2000, name: str = "picture") -> ContentFile:
    """A fresh JPEG, or PNG where there is transparency, that holds nothing but the picture. Raises NotAPicture."""
    if file.size > MAX_BYTES:
        raise NotAPicture(_("The picture is larger than 25 MB."))
    try:
        picture = Image.open(file, formats=FORMATS)
        if picture.width * picture.height > MAX_PIXELS:
            raise NotAPicture(_("The picture has more than 60 million pixels; make it smaller first."))
        upright = ImageOps.exif_transpose(picture)
        upright.thumbnail((longest_px, longest_px))
        return _saved(upright, name)
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError) as broken:
        raise NotAPicture(_("This file is not a picture that can be read; use JPEG, PNG or WebP.")) from broken


def _saved(picture: Image.Image, name: str) -> ContentFile:
    buffer = BytesIO()
    see_through = picture.mode in {"RGBA", "LA", "PA"} or "transparency" in picture.info
    # A new image takes the pixels and leaves EXIF, GPS, comments and colour profiles behind.
    plain = picture.convert("RGBA" if see_through else "RGB")
    plain.info = {}
    if see_through:
        plain.save(buffer, "PNG", optimize=True)
    else:
        plain.save(buffer, "JPEG", quality=_QUALITY, optimize=True, progressive=True)
    return ContentFile(buffer.getvalue(), name=f"{name}.{'png' if see_through else 'jpg'}")
