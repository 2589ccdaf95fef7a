"""Everything beside the tables that must not be shared: cache, sessions, files, signatures, content types, log lines."""

import logging
from datetime import timedelta
from threading import Barrier, Thread

import pytest
from django.conf import settings
from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.core import mail, signing
from django.core.cache import cache
from django.core.exceptions import SuspiciousFileOperation
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection, transaction
from django.db.models import F

from nozzly.accounts.models import User
from nozzly.accounts.permissions import Role
from nozzly.tenancy import signing as workspace_signing
from nozzly.tenancy.current import in_public, in_workspace
from nozzly.tenancy.log import WorkspaceFilter
from nozzly.tenancy.mail import EmailBackend
from nozzly.testing.clients import WorkspaceClient
from nozzly.testing.fixtures import make_user


def test_the_cache_of_one_is_never_read_by_another(other_workspace):
    cache.set("stock", "ours")
    with in_workspace(other_workspace):
        there = cache.get("stock")
    with in_public():
        outside = cache.get("stock")

    assert (cache.get("stock"), there, outside) == ("ours", None, None)


def test_files_lie_in_a_folder_of_the_workspace(other_workspace):
    default_storage.save("logo.png", ContentFile(b"thistle"))
    with in_workspace(other_workspace):
        there = default_storage.exists("logo.png")

    with default_storage.open("logo.png") as file:
        assert (file.read(), there) == (b"thistle", False)
    assert default_storage.path("logo.png") == f"{settings.MEDIA_ROOT}/t_ta/logo.png"


@pytest.mark.parametrize("name", ["../t_tb/logo.png", "/etc/hostname", "a/../../t_tb/logo.png"])
def test_no_file_name_leads_out_of_the_folder(name):
    with pytest.raises(SuspiciousFileOperation):
        default_storage.open(name)


def test_a_cookie_of_one_workspace_is_a_stranger_in_the_next(other_workspace):
    ours = make_user(Role.OWNER, email="same@example.com", password="secret")
    with in_workspace(other_workspace):
        theirs = make_user(Role.OWNER, email="same@example.com", password="secret")
        User.objects.filter(pk=theirs.pk).update(id=ours.pk, password=ours.password)
    browser = WorkspaceClient("ta.localhost").sign_in(ours)

    at_home = browser.get("/account/")
    away = browser.get("/account/", HTTP_HOST="tb.localhost")

    assert (at_home.status_code, away.status_code) == (200, 302)
    assert away.headers["Location"].startswith("/account/sign-in/")


def test_a_signature_is_worth_nothing_elsewhere(other_workspace):
    token = workspace_signing.dumps({"spool": 7}, purpose="label")
    with in_workspace(other_workspace), pytest.raises(signing.BadSignature):
        workspace_signing.loads(token, purpose="label")
    with pytest.raises(signing.BadSignature):
        workspace_signing.loads(token, purpose="invitation")

    assert workspace_signing.loads(token, purpose="label", max_age=timedelta(minutes=1)) == {"spool": 7}


def test_an_old_signature_is_refused():
    token = workspace_signing.dumps(1, purpose="label")

    with pytest.raises(signing.SignatureExpired):
        workspace_signing.loads(token, purpose="label", max_age=timedelta(seconds=-1))


def test_content_types_are_remembered_per_workspace(other_workspace, django_assert_num_queries):
    ours = ContentType.objects.get_for_model(User)
    with in_workspace(other_workspace):
        ContentType.objects.get_for_model(User)
        with django_assert_num_queries(0):
            theirs = ContentType.objects.get_for_model(User)
    with django_assert_num_queries(0):
        again = ContentType.objects.get_for_model(User)

    assert (again is ours, theirs is ours) == (True, False)


@pytest.mark.threads
def test_threads_of_two_workspaces_get_their_own_content_types(committed, workspace, other_workspace):
    with in_workspace(other_workspace), transaction.atomic():
        ContentType.objects.filter(model="invitation").update(id=F("id") + 1000)
        Permission.objects.filter(codename__endswith="_invitation").update(content_type_id=F("content_type_id") + 1000)
    wrong = []
    start = Barrier(4)

    def look(here, expected_high):
        start.wait()
        for _ in range(60):
            with in_workspace(here):
                found = ContentType.objects.get_by_natural_key("accounts", "invitation")
                if (found.pk > 1000) != expected_high:
                    wrong.append(found.pk)
                ContentType.objects.clear_cache()
        connection.close()

    threads = [Thread(target=look, args=pair) for pair in [(workspace, False), (other_workspace, True)] * 2]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert wrong == []


def test_a_log_line_says_for_whom_it_was_written():
    def line():
        record = logging.makeLogRecord({"msg": "x"})
        WorkspaceFilter().filter(record)
        return record.workspace

    with in_public():
        outside = line()

    assert (line(), outside) == ("ta", "public")


def test_mail_of_a_desk_lies_in_a_folder_of_the_workspace(tmp_path, settings):
    settings.EMAIL_FILE_PATH = str(tmp_path)

    EmailBackend().send_messages([mail.EmailMessage("Hello", "…", to=["ada@example.com"])])

    assert [path.parent.name for path in tmp_path.rglob("*.log")] == ["t_ta"]
