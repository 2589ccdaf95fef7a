"""Bases that every app's models may stand on."""

from django.db import models

from nozzly.core.errors import DomainError


class WrittenOnce(DomainError):
    """Somebody tried to change or delete a row that is a record of the past."""


class Timestamped(models.Model):
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        abstract = True


class AppendOnlyQuerySet(models.QuerySet):
    """Refuses what the database's own trigger would refuse, one step earlier and in words."""

    def update(self, **_):
        raise WrittenOnce(f"{self.model._meta.verbose_name_plural} are written once; add a correcting row.")

    def delete(self):
        raise WrittenOnce(f"{self.model._meta.verbose_name_plural} are written once; add a correcting row.")


class AppendOnlyModel(models.Model):
    """A row that is written once; a correction is a new row.

    The table also needs the trigger of ``append_only_sql`` in a migration: the database has the last word.
    """

    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        abstract = True

    def save(self, *args, **kwargs):
        if not self._state.adding:
            raise WrittenOnce(f"A {self._meta.verbose_name} is written once; add a correcting row.")
        super().save(*args, **kwargs)

    def delete(self, *args, **kwargs):
        raise WrittenOnce(f"A {self._meta.verbose_name} is written once; add a correcting row.")


_WRITTEN_ONCE = """
CREATE OR REPLACE FUNCTION written_once() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% rows are written once', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
"""


def append_only_sql(table: str) -> tuple[str, str]:
    """Forward and reverse SQL of the trigger that refuses UPDATE and DELETE on ``table``, whoever asks."""
    forward = f"""{_WRITTEN_ONCE}
CREATE TRIGGER {table}_written_once BEFORE UPDATE OR DELETE ON {table}
FOR EACH ROW EXECUTE FUNCTION written_once();
"""
    return forward, f"DROP TRIGGER {table}_written_once ON {table};"
