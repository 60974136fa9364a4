"""Follows the page on adding an analysis, step by step, in a copy of the tree, and asks for what it adds."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
PAGE = ROOT / "services" / "analysis" / "README.md"
STEP = re.compile(
    r"<!-- file: (?P<file>\S+); (?P<how>new|before: .+?|after: .+?) -->\n```\w+\n(?P<code>.*?)```", re.DOTALL
)
ASK = """
import asyncio, json
from services.analysis.session import AnalysisCore
from services.analysis.settings import AnalysisSettings
from tests.services.analysis.streams import asked, bodies, check, config, segment
from rivermouth.result.v1.result_pb2 import Outcome, Phase

async def main():
    responses = []
    async def requests():
        yield config(asked("pauses"), asked("outline"))
        yield segment("we begin here at last", 1, start=1.0)
        yield segment("and go on", 2, start=4.5)
    async def send(response):
        responses.append(response)
    settings = AnalysisSettings.model_validate({"llm": {"providers": ["scripted"]}})
    async with AnalysisCore(settings) as core:
        await core.run(requests(), send)
    found = bodies(responses, "analysis")
    print(json.dumps([
        [each.name, Phase.Name(each.header.phase)[6:], each.local.waiting_for, each.local.pauses.count,
         each.local.pauses.longest.ToNanoseconds(), each.local.outline.segments,
         [list(point.segment_ids) for point in each.llm.findings.outline.points if point.title]]
        for each in found
    ]))

asyncio.run(main())
"""


@pytest.fixture(scope="module")
def followed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the tree in which the page was followed."""
    tree = tmp_path_factory.mktemp("tree")
    ignored = shutil.ignore_patterns("__pycache__", "*.pyc")
    for part in ("protos", "services", "gateway", "tests/services/analysis"):
        shutil.copytree(ROOT / part, tree / part, ignore=ignored)
    shutil.copy(ROOT / "pyproject.toml", tree)
    steps = list(STEP.finditer(PAGE.read_text()))
    assert len(steps) == PAGE.read_text().count("<!-- file:")
    for step in steps:
        apply(tree / step["file"], step["how"], step["code"])
    run(tree, "protos/generate.py")
    return tree


def apply(file: Path, how: str, code: str) -> None:
    if how == "new":
        assert not file.exists()
        file.write_text(code)
        return
    place, _, anchor = how.partition(": ")
    lines = file.read_text().splitlines(keepends=True)
    (found,) = [number for number, line in enumerate(lines) if line.strip() == anchor]
    lines.insert(found + (place == "after"), code)
    file.write_text("".join(lines))


def run(tree: Path, *arguments: str) -> str:
    paths = os.pathsep.join(str(tree / each) for each in (".", "protos/gen", "clients/python"))
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=tree,
        env={**os.environ, "PYTHONPATH": paths, "PYTHONWARNINGS": "error"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_both_patterns_give_what_the_page_says(followed: Path) -> None:
    (followed / "ask.py").write_text(ASK)
    told = json.loads(run(followed, "ask.py"))
    assert [each[1:5] for each in told if each[0] == "pauses"] == [
        ["COARSE", "waiting for data: 1 of 2 segments", 0, 0],
        ["REFINE", "", 1, 2_500_000_000],
        ["FINAL", "", 1, 2_500_000_000],
    ]
    point = [f"asr/1/{number}" for number in (1, 2)]
    assert [[each[1], *each[5:]] for each in told if each[0] == "outline"] == [
        ["COARSE", 1, []],
        ["REFINE", 2, []],
        ["REFINE", 2, []],
        ["REFINE", 2, [point]],
        ["REFINE", 2, [point] * 2],
        ["REFINE", 2, [point] * 3],
        ["FINAL", 2, [point] * 3],
    ]


def test_what_is_added_passes_the_tests_of_every_analysis(followed: Path) -> None:
    told = run(
        followed, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests/services/analysis/test_registry.py"
    )
    assert "passed" in told


def test_what_is_added_is_linted_like_the_rest(followed: Path) -> None:
    ruff = shutil.which("ruff", path=os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]))
    if ruff is None:
        pytest.skip("ruff is not installed")
    files = [
        "services/analysis/analyses/pauses.py",
        "services/analysis/analyses/outline.py",
        "services/analysis/llm/findings/outline.py",
    ]
    done = subprocess.run([ruff, "check", "--no-cache", *files], cwd=followed, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout
