"""`@pytest.mark.needs`: seen to run, to skip with advice, and to fail in CI, in a pytest of its own."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]

TESTS = """
import pytest

@pytest.mark.needs("sh")
def test_present(): pass

@pytest.mark.needs("sh", "no-such-program")
def test_missing(): pass
"""


def run_tests(folder: Path, *more: str, **environment: str) -> subprocess.CompletedProcess[str]:
    shutil.copy(ROOT / "tests" / "conftest.py", folder)
    (folder / "test_needs.py").write_text(TESTS)
    options = ["-c", os.devnull, "--rootdir", str(folder), *(more or ("-p", "no:cacheprovider"))]
    own = ("CI", "PYTHONPYCACHEPREFIX", "PYTHONDONTWRITEBYTECODE")
    kept = {name: value for name, value in os.environ.items() if name not in own}
    return subprocess.run(
        [sys.executable, "-m", "pytest", *options, str(folder)],
        cwd=ROOT,
        env={**kept, "PYTHONPATH": str(ROOT), **environment},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize("spread", [(), ("-n", "2")], ids=["one_process", "two_processes"])
def test_a_missing_program_skips_and_is_listed_at_the_end(spread: tuple[str, ...], tmp_path: Path) -> None:
    done = run_tests(tmp_path, "-p", "no:cacheprovider", *spread)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "1 passed, 1 skipped" in done.stdout
    assert "no-such-program: 1 skipped; to run them: apt-get install no-such-program" in done.stdout


def test_a_missing_program_fails_in_ci(tmp_path: Path) -> None:
    done = run_tests(tmp_path, CI="true")
    assert done.returncode == 1
    assert "needs no-such-program; CI has to have it" in done.stdout


def test_bytecode_that_may_not_stand_beside_the_sources_is_kept_in_the_cache(tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    for _ in range(2):
        done = run_tests(tmp_path, "-o", f"cache_dir={cache}", PYTHONDONTWRITEBYTECODE="1")
        assert done.returncode == 0, done.stdout + done.stderr
        assert [each.name.split(".")[0] for each in cache.rglob("test_needs*.pyc")] == ["test_needs"]
    assert not [*tmp_path.glob("__pycache__")]
