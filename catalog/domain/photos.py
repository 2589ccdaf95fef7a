"""Pictures of products: made small, turned upright and freed of what the camera wrote into them."""

import io
from typing import BinaryIO
from uuid import uuid4

from django.core.files.base import ContentFile
from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _
from PIL import Image, ImageOps, UnidentifiedImageError

from catalog.models import Product, ProductPhoto
from nozzly.core.errors import DomainError

LONGEST_SIDE_PX = 1600
MAX_BYTES = 25 * 1024 * 1024
MAX_PIXELS = 80_000_000
MAX_PHOTOS = 12
FORMATS = ("JPEG", "PNG", "WEBP")


class NotAPicture(DomainError):
    pass


class TooManyPhotos(DomainError):
    pass


def add_photo(product: Product, file: BinaryIO, *, alt_text: str = "") -> ProductPhoto:
    """Keep a picture of at most 1600 px, without EXIF. Raises NotAPicture, TooManyPhotos."""
    content, extension, size = _cleaned(file)
    with transaction.atomic():
        Product.objects.select_for_update(no_key=True).get(pk=product.pk)
        if product.photos.count() >= MAX_PHOTOS:
            raise TooManyPhotos(_("A product has at most %(count)s pictures.") % {"count": MAX_PHOTOS})
        last = product.photos.aggregate(last=Max("position"))["last"]
        photo = ProductPhoto(product=product, alt_text=alt_text, position=0 if last is None else last + 1)
        photo.image.save(f"{uuid4().hex}.{extension}", ContentFile(content), save=False)
        photo.width, photo.height = size
        photo.save()
    return photo


def make_first(photo: ProductPhoto) -> None:
    """The first picture stands for the product in lists."""
    with transaction.atomic():
        others = ProductPhoto.objects.filter(product=photo.product_id).exclude(pk=photo.pk).order_by("position", "pk")
        for position, other in enumerate([photo, *others]):
            ProductPhoto.objects.filter(pk=other.pk).update(position=position)


def remove_photo(photo: ProductPhoto) -> None:
    """A picture drawn by the slicer also stays with its sliced file, so its own file is kept."""
    storage, name, shared = photo.image.storage, photo.image.name, photo.from_slicer
    photo.delete()
    if not shared:
        transaction.on_commit(lambda: storage.delete(name))


def _cleaned(file: BinaryIO) -> tuple[bytes, str, tuple[int, int]]:
    raw = file.read(MAX_BYTES + 1)
    if len(raw) > MAX_BYTES:
        raise NotAPicture(_("The picture is larger than 25 MB."))
    try:
        picture = Image.open(io.BytesIO(raw), formats=FORMATS)
        if picture.width * picture.height > MAX_PIXELS:
            raise NotAPicture(_("The picture has too many pixels."))
        upright = ImageOps.exif_transpose(picture)
        upright.thumbnail((LONGEST_SIDE_PX, LONGEST_SIDE_PX))
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        raise NotAPicture(_("This is no picture that can be read; use JPEG, PNG or WebP.")) from None
    see_through = upright.mode in {"RGBA", "LA", "PA", "P"}
    kept = upright.convert("RGBA" if see_through else "RGB")
    kept.info.clear()
    out = io.BytesIO()
    if see_through:
        kept.save(out, "PNG", optimize=True)
    else:
        kept.save(out, "JPEG", quality=86, optimize=True)
    return out.getvalue(), "png" if see_through else "jpg", kept.size
