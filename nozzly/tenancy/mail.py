"""Mail of a machine without a mail server: one folder for each workspace, so that nobody reads another's."""

from pathlib import Path

from django.conf import settings
from django.core.mail.backends.filebased import EmailBackend

from nozzly.tenancy.current import schema_name


class WorkspaceFileBackend(EmailBackend):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, file_path=str(Path(settings.EMAIL_FILE_PATH) / schema_name()), **kwargs)
