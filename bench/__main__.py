"""Everything that is measured: ``make bench``. Each part is a process of its own and says what it holds."""

import subprocess
import sys
from pathlib import Path

PARTS = (
    "bench.pages",
    "bench.tenancy",
    "bench.engine",
    "bench.inventory",
    "bench.costing",
    "bench.production",
    "bench.pricing",
    "bench.sales",
    "bench.order_imports",
    "bench.slices",
)


def main() -> int:
    broken = []
    for part in PARTS:
        print(f"\n=== {part} ===", flush=True)
        done = subprocess.run([sys.executable, "-m", part], cwd=Path(__file__).parent.parent, check=False)
        if done.returncode:
            broken.append(part)
    print(f"\n{'Missed: ' + ', '.join(broken) if broken else 'Every target is held.'}")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
