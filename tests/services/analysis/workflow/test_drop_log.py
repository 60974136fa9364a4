"""Dropped work goes to a file, whole, bounded, and never at the cost of a stream."""

import asyncio
import json
import logging
import os
import resource
import threading
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from services.analysis.segment import Intent
from services.analysis.session import AnalysisCore
from services.analysis.workflow.batch_file import LONGEST_LINE
from services.analysis.workflow.drop_log import DropLog, StreamDrops
from services.analysis.workflow.logged_work import BadLine, from_json, logged, to_json, work_item_of
from services.analysis.workflow.routing import Queue, WorkItem
from services.analysis.workflow.workflow_run import WorkflowRun
from services.runtime.config import ConfigError
from services.text.context import Line
from tests.services.analysis.streams import asked, config, segment
from tests.services.analysis.works import Heard, run, run_with, scripted, settings_of

SECOND = 1_000_000_000
CONTEXT = (Line(0, SECOND, "well", "ben"),)


def item(number: int = 1, text: str = "é “quoted”\nand\u2028more") -> WorkItem:
    return WorkItem(
        f"work/asr/1/{number}",
        Queue.DECISION,
        text,
        "anna",
        1_250_000_000,
        2_000_000_001,
        Intent.AGREEMENT,
        f"asr/1/{number}",
        context=CONTEXT,
    )


def drops(log: DropLog, **changes) -> StreamDrops:
    return StreamDrops(log, "session-1", "acme", ("ollama",), **changes)


def lines(path: Path) -> list[bytes]:
    data = path.read_bytes()
    assert data == b"" or data.endswith(b"\n")
    return data.splitlines()


def test_a_work_item_survives_its_line() -> None:
    whose = {"session": "s", "tenant": "t", "providers": ("claude", "gemini")}
    work = logged(item(), "BACKPRESSURE", **whose, clean=tuple)
    text = to_json(work)
    assert "\n" not in text
    assert text.isascii()
    assert from_json(text.encode()) == work
    assert work_item_of(work) == item()
    assert (work.session_id, work.tenant, work.providers) == ("s", "t", ("claude", "gemini"))
    assert work.reason == "BACKPRESSURE"


def test_the_longest_work_is_a_line_that_can_be_read_again(tmp_path: Path) -> None:
    long = "\U0001f600" * 100_000
    context = tuple(Line(number, number + 1, f"{number} " + "é" * 5_000) for number in range(10))
    dropped = replace(item(text=f"begin {long} end"), context=context)
    work = logged(dropped, "R", session="s" * 300, tenant="", providers=(), clean=tuple)
    line = to_json(work).encode()
    assert len(line) < LONGEST_LINE
    assert from_json(line) == work
    assert work.said.text.endswith(" end")
    assert not work.said.text.startswith("begin")
    assert [each.text[:1] for each in work.context] == ["8", "9"]


@pytest.mark.parametrize(
    "change",
    [
        {"queue": "ELSEWHERE"},
        {"id": "no id / at all"},
        {"id": ""},
        {"version": 2},
        {"said": {"text": "only"}},
        {"context": [{}] * 11},
        {"providers": "gemini"},
    ],
)
def test_a_line_that_is_no_work_says_what_is_wrong_and_quotes_nothing(change: dict[str, object]) -> None:
    work = logged(item(text="secret"), "R", session="s", tenant="", providers=(), clean=tuple)
    broken = {**json.loads(to_json(work)), **change}
    with pytest.raises(BadLine) as caught:
        from_json(json.dumps(broken).encode())
    assert next(iter(change)) in str(caught.value)
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize("line", [b"", b"{", b"\xff\xfe", b"[]", b"null", b"{}", b'{"version": 1}'])
def test_what_is_no_json_is_no_work(line: bytes) -> None:
    with pytest.raises(BadLine):
        from_json(line)


def test_lines_are_appended_for_the_owner_alone_and_the_file_may_be_moved_away(tmp_path: Path) -> None:
    path = tmp_path / "drops.jsonl"
    with DropLog(path, 1 << 20) as log:
        drops(log).put(item(1), "BACKPRESSURE")
    with DropLog(path, 1 << 20) as log:
        drops(log).put(item(2), "BACKPRESSURE")
    assert [from_json(line).work_id for line in lines(path)] == ["work/asr/1/1", "work/asr/1/2"]
    assert path.stat().st_mode & 0o777 == 0o600
    with DropLog(path, 1 << 20) as log:
        path.rename(tmp_path / "moved")
        drops(log).put(item(3), "BACKPRESSURE")
    assert [from_json(line).work_id for line in lines(path)] == ["work/asr/1/3"]


def test_a_line_that_a_crash_cut_spoils_no_other(tmp_path: Path) -> None:
    path = tmp_path / "drops.jsonl"
    path.write_bytes(b'{"version": 1, "id": "cut')
    with DropLog(path, 1 << 20) as log:
        drops(log).put(item(), "BACKPRESSURE")
    broken, whole = lines(path)
    assert from_json(whole).work_id == "work/asr/1/1"
    with pytest.raises(BadLine):
        from_json(broken)


def test_many_writers_share_a_file(tmp_path: Path) -> None:
    path = tmp_path / "drops.jsonl"
    with DropLog(path, 1 << 24) as one, DropLog(path, 1 << 24) as other:

        def write(log: DropLog, first: int) -> None:
            for number in range(first, first + 200):
                drops(log).put(item(number, "text " * 100), "BACKPRESSURE")

        threads = [threading.Thread(target=write, args=(log, n)) for log, n in ((one, 0), (other, 200))]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert sorted(from_json(line).work_id for line in lines(path)) == sorted(
        f"work/asr/1/{number}" for number in range(400)
    )
    assert one.written == other.written == 200


def test_past_its_size_what_comes_is_refused_and_said_once(tmp_path: Path, caplog) -> None:
    path = tmp_path / "drops.jsonl"
    with caplog.at_level(logging.INFO), DropLog(path, 2_000) as log:
        for number in range(50):
            drops(log).put(item(number), "BACKPRESSURE")
    assert path.stat().st_size <= 2_000
    assert len(lines(path)) == log.written > 0
    assert log.written + log.refused == 50
    assert len([record for record in caplog.records if "2000 bytes" in record.message]) == 1


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="there is no /dev/full here")
def test_a_full_disk_is_a_line_in_the_log(caplog) -> None:
    """Any write to this device fails as on a disk without room."""
    with DropLog(Path("/dev/full"), 1 << 20) as log:
        drops(log).put(item(), "BACKPRESSURE")
    assert (log.written, log.refused) == (0, 1)
    (record,) = [each for each in caplog.records if "not written" in each.message]
    assert "No space left" in record.message
    assert "quoted" not in caplog.text


def test_a_line_for_which_the_room_ends_midway_is_not_there_at_all(tmp_path: Path, caplog) -> None:
    """With a limit on files of this process in place of a disk's end."""
    path = tmp_path / "drops.jsonl"
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (3_000, limits[1]))
    try:
        for number in range(12):
            with DropLog(path, 1 << 20) as log:
                drops(log).put(item(number), "BACKPRESSURE")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert (log.written, log.refused) == (0, 1)
    assert "File too large" in caplog.text
    works = [from_json(line) for line in lines(path)]
    assert [work.work_id for work in works] == [f"work/asr/1/{number}" for number in range(len(works))]
    assert 0 < len(works) < 12


def test_when_there_is_room_again_it_goes_on(tmp_path: Path, caplog) -> None:
    path = tmp_path / "folder" / "drops.jsonl"
    path.parent.mkdir()
    with caplog.at_level(logging.INFO), DropLog(path, 1 << 20) as log:
        path.unlink()
        path.parent.rmdir()
        written = threading.Event()

        def then(inner, signal: threading.Event):
            signal.set()
            return inner

        drops(log).put(item(1), "BACKPRESSURE")
        log.put(partial(_after, log, written))
        assert written.wait(10)
        while log.refused < 2:  # both are refused, perhaps together
            threading.Event().wait(0.01)
        path.parent.mkdir()
        drops(log).put(item(3), "BACKPRESSURE")
    assert (log.written, log.refused) == (1, 2)
    assert "is written again" in caplog.text


def _after(log: DropLog, signal: threading.Event):
    signal.set()
    return logged(item(2), "R", session="", tenant="", providers=(), clean=tuple)


def test_an_entry_that_cannot_be_made_costs_only_itself(tmp_path: Path, caplog) -> None:
    path = tmp_path / "drops.jsonl"

    def clean(_):
        raise ValueError("secret")

    with DropLog(path, 1 << 20) as log:
        drops(log, clean=clean).put(item(1), "BACKPRESSURE")
        drops(log).put(item(2), "BACKPRESSURE")
    assert [from_json(line).work_id for line in lines(path)] == ["work/asr/1/2"]
    assert "ValueError" in caplog.text
    assert "secret" not in caplog.text


def test_putting_never_waits(tmp_path: Path, caplog) -> None:
    path = tmp_path / "drops.jsonl"
    go = threading.Event()

    def slowly(lines_):
        assert go.wait(10)
        return lines_

    with DropLog(path, 1 << 24) as log:
        for number in range(2_000):
            drops(log, clean=slowly).put(item(number), "BACKPRESSURE")
        assert log.refused > 0
        go.set()
    assert log.written + log.refused == 2_000
    assert "wait to be written" in caplog.text


WORKFLOW = asked("workflow", batch_segments=32, batch_seconds=3600)


@pytest.fixture
def busy(monkeypatch: pytest.MonkeyPatch) -> None:
    """The place for batches is taken until the input ends."""
    monkeypatch.setattr(WorkflowRun, "_has_place_for_batches", property(lambda run: run._has_ended))


@pytest.mark.usefixtures("busy")
async def test_what_a_stream_drops_is_in_the_file_with_all_that_it_takes(tmp_path: Path) -> None:
    path = tmp_path / "drops.jsonl"
    requests = [
        config(WORKFLOW, identity={"session_id": "s-7", "tenant": "acme"}, llm_providers=["scripted"])
    ]
    requests += [segment(f"well {number}", number, speaker="anna") for number in range(1, 36)]
    heard = await run_with(lambda _: [], requests, drop_log=path)
    dropped = [end for end in heard.ends if end.header.failure.reason == "BACKPRESSURE"]
    works = [from_json(line) for line in lines(path)]
    assert [work.work_id for work in works] == [end.work_id for end in dropped]
    assert len(works) == 3
    first, third = works[0], works[2]
    assert (first.session_id, first.tenant, first.providers) == ("s-7", "acme", ("scripted",))
    assert (first.said.text, first.said.speaker, first.said.start_seconds) == ("well 1", "anna", 1.0)
    assert [line.text for line in third.context] == ["well 1", "well 2"]


@pytest.mark.usefixtures("busy")
async def test_where_the_session_redacts_so_does_the_file(tmp_path: Path) -> None:
    path = tmp_path / "drops.jsonl"
    requests = [config(WORKFLOW, redaction={})]
    requests += [segment(f"mail anna{number}@example.com now", number) for number in range(1, 36)]
    await run_with(lambda _: [], requests, drop_log=path)
    works = lines(path)
    assert len(works) == 3
    assert all(b"example.com" not in line and b"mail " in line for line in works)


@pytest.mark.parametrize("keeps", [False, True])
async def test_what_no_model_did_is_there_only_where_that_is_wanted(tmp_path: Path, keeps: bool) -> None:
    path = tmp_path / "drops.jsonl"
    settings = {"drop_log": path, "drop_log_unanswered": keeps}
    requests = [config(WORKFLOW, llm_providers=["claude"]), segment("why", 1, "question"), segment("so", 2)]
    heard = await run_with(lambda _: [], requests, **settings)
    assert {end.header.failure.reason for end in heard.ends} == {"LLM_NOT_CONFIGURED"}
    works = [from_json(line) for line in lines(path)]
    assert [work.work_id for work in works] == (["work/asr/1/1", "work/asr/1/2"] if keeps else [])


@pytest.mark.usefixtures("busy")
async def test_a_stream_outlives_a_file_that_cannot_be_written(tmp_path: Path, caplog) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    settings = settings_of(drop_log=folder / "drops.jsonl")
    heard = Heard()
    async with AnalysisCore(settings, scripted(settings, lambda _: [])) as core:
        (folder / "drops.jsonl").unlink()
        folder.rmdir()
        requests = [config(WORKFLOW), *[segment("well", number) for number in range(1, 40)]]
        await run(core, requests, heard)
    assert len([work for end in heard.ends for work in end.work_ids]) == 39
    assert "No such file" in caplog.text


async def test_a_file_that_cannot_be_opened_is_a_wrong_setting(tmp_path: Path) -> None:
    settings = settings_of(drop_log=tmp_path)
    core = AnalysisCore(settings, scripted(settings, lambda _: []))
    with pytest.raises(ConfigError, match="drop log"):
        async with core:
            await asyncio.sleep(0)
