"""Tests that need a system program say so: `@pytest.mark.needs("flite")`.

Where it is missing the test is skipped, and the end of the run says how to enable it; with CI=true it fails,
so that nothing is left untested unseen.
"""

from __future__ import annotations

import os
import shutil
import sys
from collections import Counter

import pytest

from deploy.local.bootstrap import SYSTEM_PACKAGES

_MISSING = "missing program"


def pytest_configure(config: pytest.Config) -> None:
    cache = getattr(config, "cache", None)  # it may be switched off
    if sys.dont_write_bytecode and cache is not None:
        _keep_bytecode(str(cache.mkdir("bytecode")))


def _keep_bytecode(folder: str) -> None:
    """Where none is to be written beside the sources, it is kept in pytest's cache: else every test module is
    compiled at every run, and everything in each of the hundreds of processes that tests start.
    """
    sys.dont_write_bytecode, sys.pycache_prefix = False, folder
    os.environ["PYTHONPYCACHEPREFIX"] = folder
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)


def pytest_runtest_setup(item: pytest.Item) -> None:
    programs = [program for marker in item.iter_markers("needs") for program in marker.args]
    missing = [program for program in programs if shutil.which(program) is None]
    if not missing:
        return
    reason = f"needs {', '.join(missing)}"
    if os.environ.get("CI") == "true":
        pytest.fail(f"{reason}; CI has to have it", pytrace=False)
    # As a property: the report is all that another process sees of a test that ran in this one.
    item.user_properties += [(_MISSING, program) for program in missing]
    pytest.skip(reason)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    skipped = Counter(
        program
        for report in terminalreporter.stats.get("skipped", [])
        for name, program in getattr(report, "user_properties", ())
        if name == _MISSING
    )
    if not skipped:
        return
    terminalreporter.section("missing system programs")
    for program, count in sorted(skipped.items()):
        package = SYSTEM_PACKAGES.get(program, program)
        terminalreporter.line(f"{program}: {count} skipped; to run them: apt-get install {package}")
