"""What `make check` checks. Every step runs, also after one has failed; exits 0 only if all passed."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TOOLS = Path(sys.executable).parent

STEPS: dict[str, tuple[str | Path, ...]] = {
    "lint": (sys.executable, "-m", "ruff", "check", "."),
    "format": (sys.executable, "-m", "ruff", "format", "--check", "."),
    "types": (sys.executable, "-m", "mypy"),
    "imports": (TOOLS / "lint-imports", "--no-logo", "--no-cache"),
    "contract": (TOOLS / "buf", "lint", "protos"),
    "stubs": (sys.executable, "protos/generate.py", "--check"),
    "errors page": (sys.executable, "-m", "deploy.local.errors_page", "--check"),
}
# The contract as released: from the first release on, no change may break a client of it.
RELEASED_CONTRACT = ROOT / "protos" / "image.binpb"

# Folders in which anybody may have a clone; naming them gives no machine away.
ORDINARY_FOLDERS = {Path(path) for path in ("/", "/home", "/opt", "/srv", "/tmp", "/usr/src", "/var/tmp")}


def run(*command: str | Path) -> tuple[int, str]:
    """The exit code of a tool, and all that it printed."""
    done = subprocess.run(
        command,
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout


def machine_paths() -> tuple[int, str]:
    """No file names a place of the machine on which it was written."""
    if run("git", "rev-parse", "--is-inside-work-tree")[0] != 0:
        return 0, "not a git work tree"
    places = {ROOT, ROOT.parent, Path(os.path.expanduser("~"))} - ORDINARY_FOLDERS
    patterns = [part for place in sorted(places) for part in ("-e", f"{place}/")]
    code, printed = run("git", "grep", "-nIF", "--untracked", *patterns)
    # git grep: 0 found something, 1 nothing, above that it could not look.
    return {0: 1, 1: 0}.get(code, code), printed


def main() -> int:
    steps = dict(STEPS)
    if RELEASED_CONTRACT.exists():
        steps["breaking changes"] = (TOOLS / "buf", "breaking", "protos", "--against", RELEASED_CONTRACT)
    results = {name: run(*command) for name, command in steps.items()}
    results["machine paths"] = machine_paths()
    for name, (code, printed) in results.items():
        if code != 0:
            print(f"--- {name}\n{printed.strip()}")
    for name, (code, _) in results.items():
        print(f"{'FAILED' if code else 'ok':7}{name}")
    return 1 if any(code for code, _ in results.values()) else 0


if __name__ == "__main__":
    sys.exit(main())
