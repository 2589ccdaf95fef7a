"""What is written about Nozzly agrees with what it is."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from nozzly.home.management.commands import describe_database

ROOT = Path(settings.BASE_DIR)
PAGES = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
LINK = re.compile(r"\]\((?!https?:|mailto:|#)([^)#]+)")


def test_the_description_of_the_database_is_up_to_date():
    call_command("describe_database", check=True)


def test_describe_database_writes_what_check_wants(monkeypatch, tmp_path):
    monkeypatch.setattr(describe_database, "FILE", tmp_path / "database.md")
    with pytest.raises(CommandError):
        call_command("describe_database", check=True)

    call_command("describe_database", verbosity=0)

    call_command("describe_database", check=True)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_to_files_that_are_there(page):
    broken = [
        target for target in LINK.findall(page.read_text(encoding="utf-8")) if not (page.parent / target).exists()
    ]

    assert broken == []


def test_every_make_target_of_the_readme_exists():
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    named = set(re.findall(r"`make ([a-z-]+)", (ROOT / "README.md").read_text(encoding="utf-8")))

    assert named - targets == set()


def test_every_dependency_is_explained_in_the_readme():
    readme = (ROOT / "README.md").read_text(encoding="utf-8").lower()
    wanted = [
        re.split(r"[\[<>=;~ ]", line)[0].lower()
        for name in ("base", "embedded", "dev")
        for line in (ROOT / "requirements" / f"{name}.in").read_text(encoding="utf-8").splitlines()
        if line and not line.startswith(("-", "#"))
    ]

    assert [name for name in wanted if name not in readme] == []
