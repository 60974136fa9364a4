"""Logs carry ids, and nothing that people said."""

import asyncio
import io
import json
import logging
from collections.abc import Callable, Iterator

import pytest

from services.runtime import telemetry
from services.runtime.logs import Private, bind, configure
from services.runtime.settings import TelemetrySettings

log = logging.getLogger("test.logs")
Lines = Callable[..., Callable[[], list[str]]]


@pytest.fixture
def lines() -> Iterator[Lines]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level

    def begin(**settings: object) -> Callable[[], list[str]]:
        stream = io.StringIO()
        configure(TelemetrySettings(service_name="asr", **settings), stream)
        return lambda: stream.getvalue().splitlines()

    yield begin
    root.handlers[:] = handlers
    root.setLevel(level)


def test_json_has_ids_and_fields(lines, spans) -> None:
    read = lines()
    with telemetry.tracer().start_as_current_span("session"), bind(session_id="s1"):
        trace_id, span_id = telemetry.current_ids()
        log.info("took %d ms", 12, extra={"stage": "asr", "audio": b"1234"})
    log.info("after")
    first, second = map(json.loads, read())
    assert first["message"] == "took 12 ms"
    assert (first["level"], first["logger"], first["service"]) == ("INFO", "test.logs", "asr")
    assert (first["session_id"], first["trace_id"], first["span_id"]) == ("s1", trace_id, span_id)
    assert (first["stage"], first["audio"]) == ("asr", "<4 bytes>")
    assert first["time"].endswith("Z")
    assert not {"session_id", "trace_id"} & set(second)


async def test_tasks_keep_the_ids_of_their_session(lines) -> None:
    read = lines()

    async def work() -> None:
        log.info("work")

    with bind(session_id="a"):
        task = asyncio.create_task(work())
    with bind(session_id="b", stage="x"):
        await asyncio.create_task(work())
    await task
    assert {(line["session_id"], line.get("stage")) for line in map(json.loads, read())} == {
        ("a", None),
        ("b", "x"),
    }


@pytest.mark.parametrize("log_format", ["json", "text"])
def test_what_people_said_shows_at_debug_only(lines, log_format: str) -> None:
    read = lines(log_format=log_format, log_level="DEBUG")
    said = Private("my card number is")
    log.info("final %s", said, extra={"text": said})
    log.debug("final %s", said, extra={"text": said})
    info, debug = read()
    assert "card" not in info
    assert info.count("<17 characters>") == 2
    assert debug.count("my card number is") == 2


def test_an_exception_is_one_line_of_json(lines) -> None:
    read = lines()
    try:
        raise ZeroDivisionError("x")
    except ZeroDivisionError:
        log.exception("failed")
    (line,) = read()
    assert "ZeroDivisionError: x" in json.loads(line)["exception"]


def test_text_is_for_people(lines) -> None:
    read = lines(log_format="text", log_level="WARNING")
    log.info("not shown")
    with bind(session_id="s1"):
        log.warning("slow")
    (line,) = read()
    assert line.endswith("WARNING test.logs: slow session_id=s1")
