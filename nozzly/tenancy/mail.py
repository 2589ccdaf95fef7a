"""Mail on a machine that has nobody to send it: one folder of files per workspace."""

from pathlib import Path

from django.conf import settings
from django.core.mail.backends import filebased
from django.db import connection


class EmailBackend(filebased.EmailBackend):
    def __init__(self, *args, file_path=None, **kwargs):
        folder = file_path or Path(settings.EMAIL_FILE_PATH) / connection.schema_name
        super().__init__(*args, file_path=folder, **kwargs)
