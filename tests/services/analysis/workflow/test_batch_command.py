"""`rivermouth batch`, as it is typed."""

import argparse
import asyncio
import json
import os
import signal
import sys
from pathlib import Path
from typing import Any

import pytest

from services.analysis.workflow.batch_command import add_parser
from services.analysis.workflow.batch_file import Marks
from services.analysis.workflow.routing import Queue
from services.llm.emulator.answering import Answering, always
from services.llm.emulator.server import Emulator
from tests.services.analysis.workflow.test_batch import work, write

PREFIX = "RIVERMOUTH_ANALYSIS__LLM__"


def batch(*arguments: object) -> int:
    parser = argparse.ArgumentParser()
    add_parser(parser.add_subparsers(required=True))
    options = parser.parse_args(["batch", *map(str, arguments)])
    code: int = options.run(options)
    return code


@pytest.fixture
def made_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """Answers are made up in this process."""
    monkeypatch.setenv(f"{PREFIX}PROVIDERS", "scripted")


def results(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text().splitlines()]


@pytest.mark.usefixtures("made_up")
def test_a_second_run_asks_nothing_again(tmp_path: Path, capsys) -> None:
    path = tmp_path / "drops"
    works = [work(number) for number in range(1, 4)] + [work(4, Queue.QUESTION)]
    write(path, *works)
    assert batch(path) == 0
    found = results(tmp_path / "drops.results")
    assert [each["id"] for each in found] == [each.id for each in works]
    assert all(each["text"] and each["model"] == "scripted-1" for each in found)
    assert "4 done" in capsys.readouterr().err
    assert batch(path) == 0
    assert results(tmp_path / "drops.results") == found
    assert "0 done" in capsys.readouterr().err


@pytest.mark.usefixtures("made_up")
def test_a_limit_leaves_the_rest_for_the_next_run(tmp_path: Path) -> None:
    path, output = tmp_path / "drops", tmp_path / "out.jsonl"
    works = [work(number) for number in range(1, 6)]
    write(path, *works)
    assert batch(path, "--limit", 2, "--output", output) == 0
    assert [each["id"] for each in results(output)] == [each.id for each in works[:2]]
    assert batch(path, "--output", output) == 0
    assert [each["id"] for each in results(output)] == [each.id for each in works]


@pytest.mark.usefixtures("made_up")
def test_bad_lines_are_named_and_the_others_done(tmp_path: Path, capfd) -> None:
    path = tmp_path / "drops"
    write(path, b"nonsense", work(1), b'{"version": 9}')
    assert batch(path, "--output", "-") == 1
    said = capfd.readouterr()
    assert [json.loads(line)["work_id"] for line in said.out.splitlines()] == ["work/1"]
    assert f"{path}:1: no work item" in said.err
    assert f"{path}:3: no work item" in said.err
    assert "1 done, 2 bad lines" in said.err


@pytest.mark.usefixtures("made_up")
def test_a_file_that_is_being_finished_is_left_alone(tmp_path: Path, capsys) -> None:
    path = tmp_path / "drops"
    write(path, work(1))
    with Marks(path):
        assert batch(path) == 2
    assert "another run" in capsys.readouterr().err


@pytest.mark.parametrize("limit", ["0", "-1", "many"])
def test_a_limit_is_a_number_from_one_on(limit: str) -> None:
    with pytest.raises(SystemExit) as caught:
        batch("drops", "--limit", limit)
    assert caught.value.code == 2


def test_without_a_model_it_does_not_begin(tmp_path: Path, capsys, monkeypatch) -> None:
    for name in list(os.environ):
        if name.startswith("RIVERMOUTH_"):
            monkeypatch.delenv(name)
    path = tmp_path / "drops"
    write(path, work(1))
    assert batch(path) == 2
    assert "no model is configured" in capsys.readouterr().err
    assert not (tmp_path / "drops.done").exists()


@pytest.mark.usefixtures("made_up")
def test_what_is_no_file_is_refused(tmp_path: Path, capsys) -> None:
    assert batch(tmp_path / "absent") == 2
    assert batch(tmp_path) == 2
    write(tmp_path / "drops", work(1))
    assert batch(tmp_path / "drops", "--output", tmp_path / "no" / "folder") == 2
    assert "No such file" in capsys.readouterr().err


def test_settings_that_cannot_be_used_are_named(tmp_path: Path, capsys, monkeypatch) -> None:
    monkeypatch.setenv(f"{PREFIX}PROVIDERS", "abacus")
    assert batch(tmp_path / "drops") == 2
    assert f"{PREFIX}PROVIDERS" in capsys.readouterr().err


@pytest.fixture
def vendor(monkeypatch: pytest.MonkeyPatch) -> Any:
    def point_to(emulator: Emulator) -> None:
        monkeypatch.setenv(f"{PREFIX}PROVIDERS", "ollama")
        monkeypatch.setenv(f"{PREFIX}OLLAMA__BASE_URL", emulator.base_url("ollama"))
        monkeypatch.setenv(f"{PREFIX}ATTEMPTS", "1")

    return point_to


async def test_with_a_vendor_s_wire_each_item_is_asked_about_once(tmp_path: Path, vendor) -> None:
    path = tmp_path / "drops"
    write(path, *[work(number, Queue.QUESTION) for number in range(1, 4)])
    async with Emulator() as emulator:
        vendor(emulator)
        assert await asyncio.to_thread(batch, path) == 0
        assert await asyncio.to_thread(batch, path) == 0
        assert len(emulator.record.requests) == 3
    assert {each["provider"] for each in results(tmp_path / "drops.results")} == {"ollama"}
    assert all(each["model"].startswith("emulator-") for each in results(tmp_path / "drops.results"))


async def test_a_vendor_that_fails_is_asked_a_few_times_and_nothing_is_marked(
    tmp_path: Path, vendor, capfd
) -> None:
    path = tmp_path / "drops"
    write(path, *[work(number, Queue.QUESTION) for number in range(1, 20)])
    async with Emulator(answer=always(Answering(status=500))) as emulator:
        vendor(emulator)
        assert await asyncio.to_thread(batch, path) == 1
        assert len(emulator.record.requests) == 5
        said = capfd.readouterr().err
        assert "5 left by LLM_VENDOR_FAILED" in said
        assert "the rest is left" in said
        emulator.models.behave = always(Answering())
        assert await asyncio.to_thread(batch, path) == 0
    assert len(results(tmp_path / "drops.results")) == 19


async def test_an_interrupted_run_is_gone_on_with(tmp_path: Path, vendor) -> None:
    """Interrupted as by a terminal while the third of five is being asked."""
    path = tmp_path / "drops"
    works = [work(number, Queue.QUESTION) for number in range(1, 6)]
    write(path, *works)
    asked: list[object] = []
    third = asyncio.Event()

    def answer(request: object) -> Answering:
        asked.append(request)
        if len(asked) == 3:
            third.set()
            return Answering(hangs=True)
        return Answering()

    async with Emulator(answer=answer) as emulator:
        vendor(emulator)
        module = "tests.services.analysis.workflow.test_batch_command"
        code = f"import sys; from {module} import batch; sys.exit(batch(sys.argv[1]))"
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-c", code, str(path), env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
        )
        async with asyncio.timeout(60):
            await third.wait()
            process.send_signal(signal.SIGINT)
            assert await process.wait() == 130
        assert [each["id"] for each in results(tmp_path / "drops.results")] == [each.id for each in works[:2]]
        assert await asyncio.to_thread(batch, path) == 0
    assert [each["id"] for each in results(tmp_path / "drops.results")] == [each.id for each in works]
    assert len(asked) == 6
