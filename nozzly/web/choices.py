from django.db import models
from django.utils.translation import gettext_lazy as _


class JobState(models.TextChoices):
    WAITING = "waiting", _("waiting")
    RUNNING = "running", _("running")
    DONE = "done", _("done")
    FAILED = "failed", _("failed")

    @classmethod
    def open(cls) -> tuple[str, ...]:
        return (cls.WAITING, cls.RUNNING)

    @classmethod
    def closed(cls) -> tuple[str, ...]:
        return (cls.DONE, cls.FAILED)
