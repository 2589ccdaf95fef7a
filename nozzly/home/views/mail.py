"""Mail of a machine without a mail server: kept in files and shown to the owner instead of sent."""

from email import message_from_bytes, policy
from pathlib import Path

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from nozzly.accounts.permissions import Permission
from nozzly.tenancy.current import schema_name
from nozzly.web.guard import requires
from nozzly.web.render import render

SHOWN = 20
KEPT_IN_FILES = "nozzly.tenancy.mail.EmailBackend"


@requires(Permission.TEAM_EDIT)
@require_GET
def sent_mail(request: HttpRequest) -> HttpResponse:
    if settings.EMAIL_BACKEND != KEPT_IN_FILES:
        raise Http404
    folder = Path(settings.EMAIL_FILE_PATH) / schema_name()
    newest = sorted(folder.glob("*.log"), key=lambda path: path.stat().st_mtime, reverse=True)[:SHOWN]
    mails = [message_from_bytes(path.read_bytes(), policy=policy.default) for path in newest]
    return render(request, "home/account/sent_mail.html", {"mails": [_readable(mail) for mail in mails]})


def _readable(mail) -> dict:
    body = mail.get_body(preferencelist=("plain",))
    return {
        "to": mail["To"],
        "subject": mail["Subject"],
        "date": mail["Date"],
        "text": body.get_content() if body else "",
    }
