"""What is left to be said of a result when its stream ends, goes wrong, or has little room."""

from __future__ import annotations

import asyncio
import logging
import threading
from dataclasses import replace
from typing import Any

import pytest

from rivermouth.result.v1.result_pb2 import OUTCOME_COMPLETE, OUTCOME_FAILED
from services.analysis.acoustics.heard import Heard
from services.analysis.analyses import argument, emotion
from services.analysis.llm.egress import Egress
from services.analysis.llm.llm_part import ModelPart
from services.analysis.segment import Segment
from services.analysis.stream_audio import StreamAudio
from services.analysis.workflow import workflow_answer
from services.llm.events import Answering, TextDelta
from tests.services.analysis.llm.test_llm_limits import HALF, WHOLE
from tests.services.analysis.models import Stream, answer, is_final, part_of, run, scripted, talk
from tests.services.analysis.streams import asked, bodies, check, config, last, segment

SECRET = "4111 1111 1111 1111"


async def test_a_question_on_the_way_gives_its_place_to_the_last_one() -> None:
    """Also where there is one place only: nothing is said after the terminal, and the model is asked."""
    held = [Answering("scripted-1"), TextDelta(HALF), asyncio.Event()]
    async with scripted(held, WHOLE, max_pending=1) as (core, provider):
        stream = Stream(core)
        stream.say(config(asked(argument.NAME, llm_every=2)), *talk(4))
        await stream.until(lambda each: part_of(each).HasField("findings"))
        responses = await stream.rest()
    check(responses)
    assert len(provider.asked) == 2
    final = last(responses, argument.NAME)
    assert (final.header.outcome, final.llm.outcome, final.llm.calls) == (*[OUTCOME_COMPLETE] * 2, 2)


class Sound:
    """The sound of a segment that was measured as soon as somebody waits for it."""

    heard: Heard | None = None

    async def wait(self) -> Heard:
        await asyncio.sleep(0)
        self.heard = Heard()
        return self.heard


async def test_who_waited_for_sound_has_its_place_for_the_model(monkeypatch: pytest.MonkeyPatch) -> None:
    def with_sound(_: StreamAudio, segment: Segment) -> Segment:
        return replace(segment, sound=Sound())

    monkeypatch.setattr(StreamAudio, "with_sound", with_sound)
    async with scripted(answer('{"emotions": []}'), max_pending=1) as (core, _):
        responses = await run(core, [config(asked(emotion.NAME)), *talk(1)])
    check(responses)
    assert last(responses, emotion.NAME).llm.outcome == OUTCOME_COMPLETE


async def test_many_segments_without_text_are_put_into_words_in_a_thread(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    compose, threads = Egress.compose, []

    def noted(self: Egress, *args: Any, **rest: Any) -> Any:
        threads.append(threading.current_thread())
        return compose(self, *args, **rest)

    monkeypatch.setattr(Egress, "compose", noted)
    said = [segment("", number, start=number) for number in range(1, 1000)]
    async with scripted(WHOLE) as (core, _):
        await run(core, [config(asked(argument.NAME)), *talk(), *said])
    assert threads
    assert threading.main_thread() not in threads


async def test_what_a_model_is_told_again_of_its_answer_has_no_personal_data() -> None:
    invalid = r'{"claims": "write to anna.berg\u0040example.org, 4111\u00201111\u00201111\u00201111"}'
    async with scripted(answer(invalid), WHOLE) as (core, provider):
        await run(core, [config(asked(argument.NAME), redaction={}), *talk()])
    _, again = provider.asked
    assert "Earlier answer" in again.context
    for part in ("example", "berg", "1111"):
        assert part not in again.context


QUESTION = segment("What does it cost?", 9, "question", start=60.0)


async def test_an_answer_that_crashes_ends_its_own_result_only(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def crash(*_: Any) -> None:
        raise ValueError(SECRET)

    monkeypatch.setattr(workflow_answer, "fill_parts", crash)
    found = '{"answer": "Ten.", "answered": true, "lines": [1]}'
    async with scripted(answer(found), WHOLE) as (core, _):
        responses = await run(core, [config(asked("workflow")), QUESTION])
    check(responses)
    (final,) = [each.workflow_result for each in responses if is_final(each)]
    assert (final.header.outcome, final.header.failure.reason) == (OUTCOME_FAILED, "ANALYSIS_CRASHED")
    assert (final.llm.outcome, final.llm.calls, final.text) == (OUTCOME_FAILED, 1, "")
    assert "ValueError" in caplog.text
    assert SECRET not in caplog.text


@pytest.mark.parametrize("where", ["local", "question", "findings"])
async def test_a_crash_is_logged_without_its_words(
    where: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def crash(*_: Any, **__: Any) -> None:
        try:
            {}[SECRET]
        except KeyError as error:
            raise ValueError(SECRET) from error

    place: tuple[Any, str] = {
        "local": (argument.ANALYSIS.start, "accept"),
        "question": (Egress, "compose"),
        "findings": (ModelPart, "_take"),
    }[where]
    monkeypatch.setattr(*place, crash)
    with caplog.at_level(logging.DEBUG, logger="services.analysis"):
        async with scripted(WHOLE) as (core, _):
            responses = await run(core, [config(asked(argument.NAME)), *talk()])
    check(responses)
    assert bodies(responses, "analysis")[-1].header.failure.reason == "ANALYSIS_CRASHED"
    told = next(each.getMessage() for each in caplog.records if "crashed" in each.getMessage())
    assert "builtins.ValueError at" in told
    assert "builtins.KeyError at" in told
    assert "test_llm_endings.py" in told  # where it was
    assert SECRET not in caplog.text
