"""Where the embedded servers keep data, sockets and logs. Nothing here starts a server."""

import hashlib
import os
import shutil
import stat
from dataclasses import dataclass
from pathlib import Path

from nozzly.embedded.processes import EmbeddedServerUnavailable, service_account

PROJECT_DIR = Path(__file__).resolve().parents[2]
SYSTEM_DIR = Path("/var/lib/nozzly")
# A Unix socket's path has 108 bytes on Linux, 104 on macOS, the closing zero included.
LONGEST_SOCKET_PATH_BYTES = 100
LONGEST_SOCKET_NAME = ".s.PGSQL.5432"
LOG_KEPT_BYTES = 10_000_000


@dataclass(frozen=True, kw_only=True)
class Layout:
    """One instance of the servers. `var` is what the project sees; `home` holds the data.

    The two differ only for root in a directory that other accounts cannot enter (/root, a private temporary
    directory): the servers do not run as root, and opening somebody's directory to them is not ours to do.
    """

    var: Path
    home: Path

    @classmethod
    def of(cls, var: Path | None = None) -> "Layout":
        var = Path(var or os.environ.get("NOZZLY_VAR") or PROJECT_DIR / "var").resolve()
        if os.geteuid() == 0 and not others_can_enter(var.parent):
            return cls(var=var, home=SYSTEM_DIR / digest(var))
        return cls(var=var, home=var)

    @property
    def durable(self) -> bool:
        return self.var.name != "test"

    @property
    def postgres_dir(self) -> Path:
        return self.home / "postgres"

    @property
    def redis_dir(self) -> Path:
        return self.home / "redis"

    @property
    def socket_dir(self) -> Path:
        usual = self.home / "run"
        # libpq takes a comma for the border between two hosts.
        if len(os.fsencode(usual / LONGEST_SOCKET_NAME)) <= LONGEST_SOCKET_PATH_BYTES and "," not in str(usual):
            return usual
        return Path("/tmp") / f"nozzly-{os.geteuid()}-{digest(self.var)}"  # noqa: S108 - owned and 0700, see private_dir

    @property
    def lock_file(self) -> Path:
        return self.var / "embedded.lock"

    def log_file(self, name: str) -> Path:
        return self.home / "log" / f"{name}.log"

    def create(self) -> None:
        """Make the directories that are missing; safe to repeat."""
        self.var.mkdir(parents=True, exist_ok=True)
        if self.home != self.var:
            self._create_home()
        (self.home / "log").mkdir(exist_ok=True)
        if os.geteuid() == 0:
            for directory in (self.home, self.home / "log"):
                directory.chmod(directory.stat().st_mode | stat.S_IXOTH)
        for directory in (self.postgres_dir, self.redis_dir, self.socket_dir):
            private_dir(directory)

    def _create_home(self) -> None:
        """Whoever removes `var` wants a fresh start: the data that belonged to it steps aside, once."""
        SYSTEM_DIR.mkdir(mode=0o755, parents=True, exist_ok=True)
        marker = self.var / "home"
        if self.home.exists() and not marker.exists():
            set_aside = self.home.with_name(f"{self.home.name}.old")
            shutil.rmtree(set_aside, ignore_errors=True)
            self.home.rename(set_aside)
        self.home.mkdir(mode=0o711, exist_ok=True)
        marker.write_text(f"{self.home}\n")

    def open_log(self, name: str) -> Path:
        """A log file that the service account may write; the last one is kept beside it when it has grown."""
        path = self.log_file(name)
        if path.exists() and path.stat().st_size > LOG_KEPT_BYTES:
            path.replace(path.with_suffix(".log.1"))
        path.touch(mode=0o640)
        hand_over(path)
        return path


def digest(path: Path) -> str:
    return hashlib.sha256(os.fsencode(path)).hexdigest()[:12]


def others_can_enter(directory: Path) -> bool:
    existing = [path for path in (directory, *directory.parents) if path.exists()]
    return all(path.stat().st_mode & stat.S_IXOTH for path in existing)


def others_can_run(program: Path) -> bool:
    needed = stat.S_IXOTH | stat.S_IROTH
    return others_can_enter(program.parent) and program.stat().st_mode & needed == needed


def private_dir(directory: Path) -> None:
    """Create a directory for the servers' account alone, and refuse one that somebody else has put there."""
    directory.mkdir(mode=0o700, exist_ok=True)
    account = service_account()
    owner_uid = account.pw_uid if account else os.geteuid()
    found = directory.lstat()
    if stat.S_ISLNK(found.st_mode) or found.st_uid not in {owner_uid, os.geteuid()}:
        what = "is a link" if stat.S_ISLNK(found.st_mode) else f"belongs to another account ({found.st_uid})"
        raise EmbeddedServerUnavailable(f"{directory} {what}. Move it away and try again.")
    directory.chmod(0o700)
    hand_over(directory)


def hand_over(path: Path) -> None:
    """Give a file to the account the servers run as (only root has another account to give it to)."""
    if account := service_account():
        os.chown(path, account.pw_uid, account.pw_gid)


def runnable(program: Path, *, tree: Path) -> Path:
    """The program, or its copy when it lies where the service account cannot go.

    `tree` is what has to be copied with it: a server looks for its libraries beside itself.
    """
    if os.geteuid() != 0 or others_can_run(program):
        return program
    stamp = digest(Path(f"{tree}:{program.stat().st_mtime_ns}:{program.stat().st_size}"))
    copy = SYSTEM_DIR / "programs" / f"{tree.name}-{stamp}"
    if not copy.exists():
        partial = copy.with_name(f"{copy.name}.{os.getpid()}")
        shutil.copytree(tree, partial, symlinks=True)
        for path in (partial, *partial.rglob("*")):
            if not path.is_symlink():
                path.chmod(path.stat().st_mode | (0o055 if path.is_dir() or os.access(path, os.X_OK) else 0o044))
        SYSTEM_DIR.chmod(0o755)
        copy.parent.chmod(0o755)
        if copy.exists():
            shutil.rmtree(partial)
        else:
            partial.rename(copy)
    return copy / program.relative_to(tree)
