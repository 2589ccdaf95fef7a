"""Uploads on their way in: kept between dry run and import, carried out once, and taken back as a whole."""

import re
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from django.core.cache import cache
from django.db import IntegrityError, connection, transaction
from django.utils.translation import gettext as _

from nozzly.core.errors import DomainError
from nozzly.web import auditing
from nozzly.web.importing import DryRun, Importer, Outcome, Verdict, importers
from nozzly.web.models import ListImport
from nozzly.web.reading import MAX_BYTES, Table, UnreadableTable, read_table

_KEPT_S = 60 * 60


class ImportGone(DomainError):
    """The upload was made too long ago, or by somebody else."""


class NotAllGood(DomainError):
    """Rows are wrong, and nobody said that the others may come in without them."""


class ChangedMeanwhile(DomainError):
    pass


class CannotBeUndone(DomainError):
    pass


@dataclass(frozen=True)
class Upload:
    """A file that was read: its table in the list's own columns, and whose export it was."""

    name: str
    table: Table
    program: str = ""


def keep_upload(user, importer: Importer, *, file) -> str:
    """Read the file and remember its table for an hour; answers its token. Raises UnreadableTable."""
    if file.size > MAX_BYTES:  # before it is read
        raise UnreadableTable(_("The file is larger than 8 MB; split it."))
    table, program = importer.translate(read_table(file.name, file.read()))
    token = uuid4().hex
    kept = {"name": file.name, "headers": table.headers, "rows": table.rows, "program": program}
    cache.set(_key(user, token), kept, _KEPT_S)
    return token


def kept_upload(user, token: str) -> Upload:
    """Raises ImportGone."""
    kept = cache.get(_key(user, token)) if re.fullmatch(r"[0-9a-f]{32}", token) else None
    if kept is None:
        raise ImportGone(_("The upload is gone; choose the file once more."))
    return Upload(kept["name"], Table(kept["headers"], kept["rows"]), kept["program"])


def drop_upload(user, token: str) -> None:
    cache.delete(_key(user, token))


def _key(user, token: str) -> str:
    return f"import:{user.pk}:{token}"


def carry_out(  # noqa: PLR0913 - what an import has to say
    importer: Importer, upload: Upload, mapping: dict[str, int], *, good_only: bool, key: UUID, by, at: datetime
) -> ListImport:
    """Take in all rows, or with ``good_only`` those that are good. The same ``key`` again takes in nothing.

    Raises NotAllGood, and whatever the importer's own domain refuses.
    """
    with transaction.atomic():
        _hold(key)
        done = ListImport.objects.filter(key=key).first()
        if done:
            return done
        run = importer.dry_run(upload.table, mapping)
        if not (run.may_apply or (good_only and run.may_apply_good)):
            raise NotAllGood(refusal_of(run))
        outcome = _apply(importer, run, key=key, by=by, at=at)
        counts = run.counts
        made = ListImport.objects.create(
            importer=importer.name, title=str(importer.title)[:120], file_name=upload.name[:200], key=key,
            new=counts[Verdict.NEW], changed=counts[Verdict.CHANGED], unchanged=counts[Verdict.UNCHANGED],
            left_out=counts[Verdict.WRONG], message=outcome.message[:300], record=outcome.record, by=by, at=at,
        )  # fmt: skip
        auditing.record(f"imported {importer.name}", details={"rows": len(run.good)}, subject=made, by=by, at=at)
    return made


def _hold(key: UUID) -> None:
    """Of two equal requests at once the second waits here, and then finds the import of the first."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [key.int >> 65])


def _apply(importer: Importer, run: DryRun, *, key: UUID, by, at: datetime) -> Outcome:
    """Raises ChangedMeanwhile where somebody has just made what a row was to make."""
    try:
        with transaction.atomic():
            outcome = importer.apply(run.good, key=key, by=by, at=at)
    except IntegrityError as error:
        raise ChangedMeanwhile(
            _("Somebody has just changed what this file is about; nothing was imported. Check it again.")
        ) from error
    return outcome if isinstance(outcome, Outcome) else Outcome(outcome)


def refusal_of(run: DryRun) -> str:
    return " ".join(run.problems) or _("{count} rows are wrong; nothing was imported.").format(count=len(run.wrong))


def take_back(made: ListImport, *, by, at: datetime) -> str:
    """Undo a whole import, once; answers what was done in a sentence.

    Raises CannotBeUndone, and whatever the importer's own domain refuses.
    """
    with transaction.atomic():
        made = ListImport.objects.select_for_update(of=("self",)).get(pk=made.pk)
        if made.undone_at:
            raise CannotBeUndone(_("This import has been undone already."))
        importer = importer_of(made)
        if importer is None:
            raise CannotBeUndone(_("What this import changed cannot be taken back as a whole."))
        message = importer.undo(made.record, key=made.key, by=by, at=at)
        made.undone_by, made.undone_at = by, at
        made.save(update_fields=["undone_by", "undone_at"])
        auditing.record(f"undid the import of {made.importer}", subject=made, by=by, at=at)
    return message


def importer_of(made: ListImport) -> Importer | None:
    """What can undo this import, if anything can."""
    known = importers.get(made.importer)
    return known() if known and known().may_be_undone else None
