"""pip-audit, which says plainly what it could not look at: only what was checked can be green.

python .ci/audit.py requirements/base.txt …
"""

import json
import subprocess
import sys

# The index's own data first; where it has none (a mirror), the other database.
SOURCES = ("pypi", "osv")
TIMEOUT_S = 120


def main(lock_files: list[str]) -> int:
    return max(audit(lock_file) for lock_file in lock_files)


def audit(lock_file: str) -> int:
    for source in SOURCES:
        packages = ask(source, lock_file)
        if any("vulns" in package for package in packages):
            return report(lock_file, packages)
    print(f"pip-audit: {lock_file}: NOT CHECKED. The vulnerability data cannot be reached from here.")
    return 0


def ask(source: str, lock_file: str) -> list[dict]:
    command = [sys.executable, "-m", "pip_audit", "-r", lock_file, "--disable-pip", "-s", source, "-f", "json"]
    try:
        done = subprocess.run(  # noqa: S603 - fixed words and our own file
            [*command, "--progress-spinner=off", "--timeout=10"],
            capture_output=True,
            text=True,
            check=False,
            timeout=TIMEOUT_S,
        )
        return json.loads(done.stdout)["dependencies"]
    except (subprocess.TimeoutExpired, ValueError, KeyError):
        return []


def report(lock_file: str, packages: list[dict]) -> int:
    skipped = [package for package in packages if "vulns" not in package]
    holes = [(package, hole) for package in packages for hole in package.get("vulns", [])]
    for package, hole in holes:
        fixed = ", ".join(hole["fix_versions"]) or "no release yet"
        print(f"pip-audit: {package['name']} {package['version']}: {hole['id']}, fixed in {fixed}")
    print(f"pip-audit: {lock_file}: {len(packages) - len(skipped)} packages checked, {len(holes)} known holes.")
    if skipped:
        print(f"pip-audit: {lock_file}: NOT CHECKED: {', '.join(package['name'] for package in skipped)}")
    return 1 if holes else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
