"""What a development session needs in the database: migrations, the demo workspace, its address in the LAN."""

import argparse
import io
import sys

import django
from django.core.management import call_command, get_commands

from nozzly import embedded
from nozzly.embedded.layout import Layout
from nozzly.embedded.processes import say
from nozzly.home.seed.sizes import DEMO

SLUG = "demo"
IPV4 = r"^\d+\.\d+\.\d+\.\d+$"


def prepare(lan_host: str | None = None) -> None:
    call_command("migrate", verbosity=0, stdout=io.StringIO())
    ensure_demo()
    point_lan_host_at_demo(lan_host)


def ensure_demo() -> None:
    """Seed the demo workspace unless it is complete; a seed that was cut short starts afresh."""
    from nozzly.tenancy.models import Workspace  # noqa: PLC0415 - app ready

    unfinished = Layout.of().var / "demo-unfinished"
    if "seed" not in get_commands():
        return
    if Workspace.objects.filter(slug=SLUG).exists() and not unfinished.exists():
        return
    say("Filling the demo workspace …")
    unfinished.touch()
    call_command("seed", size=DEMO.name, verbosity=0)
    unfinished.unlink()


def point_lan_host_at_demo(host: str | None) -> None:
    """The LAN address leads to the demo workspace; one of a session before, which nobody answers any more, goes."""
    from nozzly.tenancy.models import Domain, Workspace  # noqa: PLC0415 - app ready

    workspace = Workspace.objects.filter(slug=SLUG).first()
    if workspace is None:
        return
    workspace.domains.filter(domain__regex=IPV4).exclude(domain=host or "").delete()
    if host:
        Domain.objects.update_or_create(domain=host, defaults={"tenant": workspace, "is_primary": False})


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--lan")
    options = parser.parse_args()
    embedded.ensure_running()
    django.setup()
    prepare(options.lan)
    return 0


if __name__ == "__main__":
    sys.exit(main())
