"""Lint Dockerfile and compose.yaml; say so when there is no Docker engine to try them with."""

import importlib.util
import shutil
import subprocess
import sys
from pathlib import Path

BIN = Path(sys.executable).parent


def main() -> int:
    hadolint = shutil.which("hadolint", path=BIN) or shutil.which("hadolint")
    failed = 0
    if hadolint:
        failed |= run("Dockerfile", [hadolint, "Dockerfile"])
    else:
        print("Dockerfile: NOT CHECKED (there is no hadolint for this machine).")
    if importlib.util.find_spec("check_jsonschema"):
        command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.compose-spec", "compose.yaml"]
        failed |= run("compose.yaml", command)
    docker = shutil.which("docker")
    if not docker or subprocess.run([docker, "info"], capture_output=True, check=False).returncode:  # noqa: S603 - fixed words
        print("Dockerfile and compose.yaml were linted only: there is no Docker engine here to run them.")
    return failed


def run(name: str, command: list[str]) -> int:
    done = subprocess.run(command, check=False, capture_output=True, text=True)  # noqa: S603 - tools of our own environment
    print(f"{name}: {'ok' if done.returncode == 0 else done.stdout + done.stderr}")
    return int(done.returncode != 0)


if __name__ == "__main__":
    sys.exit(main())
