"""Files that belong to things."""

import mimetypes
from datetime import datetime

from django.db import transaction
from django.db.models import Model
from django.utils.translation import gettext as _
from PIL import Image

from nozzly.accounts.permissions import Permission
from nozzly.core.errors import DomainError
from nozzly.web.models import Attachment
from nozzly.web.pictures import NotAPicture, clean_picture

MAX_BYTES = 30 * 1024 * 1024
_PICTURES = {"image/jpeg", "image/png", "image/webp", "image/gif", "image/bmp", "image/tiff"}


class FileTooLarge(DomainError):
    pass


def attach(subject: Model, file, *, permission: Permission, by, at: datetime) -> Attachment:
    """Keep an uploaded file with something; a picture is cleaned first. Raises FileTooLarge, NotAPicture."""
    if file.size > MAX_BYTES:
        raise FileTooLarge(_("The file is larger than 30 MB."))
    name = file.name[-120:]
    kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
    width_px = height_px = None
    if kind in _PICTURES:
        file = clean_picture(file, name=name.rpartition(".")[0])
        kind = mimetypes.guess_type(file.name)[0]
        with Image.open(file) as picture:
            width_px, height_px = picture.size
        file.seek(0)
    with transaction.atomic():
        attachment = Attachment(
            subject=subject,
            name=file.name,
            media_type=kind,
            size_bytes=file.size,
            width_px=width_px,
            height_px=height_px,
            permission=permission,
            uploaded_by=by,
            uploaded_at=at,
        )
        attachment.file.save(file.name, file, save=False)
        attachment.save()
    return attachment


def detach(attachment: Attachment) -> None:
    """Forget a file; its bytes go when the transaction has committed."""
    storage, name = attachment.file.storage, attachment.file.name
    attachment.delete()
    transaction.on_commit(lambda: storage.delete(name))


__all__ = ["FileTooLarge", "NotAPicture", "attach", "detach"]
