"""Two recognisers as one, over the wire: the first's words while somebody speaks, the second's in the end."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import pytest

from rivermouth.asr.v1 import asr_pb2
from rivermouth.result.v1.result_pb2 import (
    OUTCOME_COMPLETE,
    OUTCOME_FAILED,
    PHASE_COARSE,
    PHASE_FINAL,
    PHASE_REFINE,
)
from services.asr import session
from services.asr.engine import EngineUnavailable, Hypothesis, Opening, Options
from services.asr.recogniser import Decoding, Listener, RecognitionFailure, Timing
from services.asr.scripted import ScriptedRecogniser
from services.asr.settings import AsrSettings, ScriptedSettings
from services.asr.two_pass import TwoPass
from tests.services.asr.conversation import Service, configure, finalize, serving, zeros

DRAFT = ("uh", "hm", "er")
FAIR = ("one", "two", "three", "four")


class Pass(ScriptedRecogniser):
    """Scripted; notes what it was given, and fails once it has `fails_after` seconds of an utterance."""

    def __init__(
        self, words: tuple[str, ...], *, delay: float = 0.0, fails_after: float | None = None
    ) -> None:
        super().__init__(ScriptedSettings(words=words, delay=delay))
        self.openings: list[Opening] = []
        self.heard = 0
        self.finished = 0
        self.cancelled = 0
        self._fails_after = None if fails_after is None else round(fails_after * 32_000)

    def open(self, listener: Listener, opening: Opening) -> Any:
        self.openings.append(opening)
        return _Noted(self, super().open(_Adapting(listener, opening), opening), listener, self._fails_after)


class _Adapting:
    """Counts the utterances of its channel in the adaptation."""

    def __init__(self, listener: Listener, opening: Opening) -> None:
        self._listener = listener
        self._count = int(opening.adaptation or 0) + 1
        self.interim = listener.interim

    def final(self, hypothesis: Hypothesis, timing: Timing) -> None:
        words, samples = hypothesis.words, hypothesis.samples
        self._listener.final(Hypothesis(words, samples, f"{self._count}"), timing)

    def failed(self, failure: RecognitionFailure) -> None:
        self._listener.failed(failure)


class _Noted:
    started = True

    def __init__(self, owner: Pass, decoding: Decoding, listener: Listener, fails_after: int | None) -> None:
        self._owner, self._decoding, self._listener = owner, decoding, listener
        self._left = fails_after

    def accept(self, pcm: bytes) -> None:
        self._owner.heard += len(pcm)
        if self._left is not None:
            self._left -= len(pcm)
            if self._left <= 0:
                self._left = None
                self._decoding.cancel()
                self._listener.failed(RecognitionFailure("RECOGNISER_DIED", "it was told to"))
                self._decoding = _Dead()
                return
        self._decoding.accept(pcm)

    def pause(self) -> None:
        self._decoding.pause()

    def finish(self) -> None:
        self._owner.finished += 1
        self._decoding.finish()

    def cancel(self) -> None:
        self._owner.cancelled += 1
        self._decoding.cancel()


class _Dead:
    started = True

    def accept(self, pcm: bytes) -> None:
        raise AssertionError("audio after the failure")

    pause = finish = cancel = lambda self: None


@asynccontextmanager
async def two(
    monkeypatch: pytest.MonkeyPatch, first: Pass, second: Pass, **settings: object
) -> AsyncIterator[Service]:
    async def open_both(settings: AsrSettings, resources: AsyncExitStack) -> TwoPass:
        return await resources.enter_async_context(TwoPass(first, second))

    monkeypatch.setattr(session, "open_recogniser", open_both)
    async with asyncio.timeout(20), serving(**settings) as service:
        yield service


async def test_both_passes_share_one_result(monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = Pass(DRAFT), Pass(FAIR)
    async with two(monkeypatch, first, second) as service:
        answers = (await service.converse([configure(), *zeros(4.5)])).check()
    started = answers.of("started")[0]
    assert (started.engine, started.model) == ("scripted", "scripted-1, interims by scripted-1")
    assert len(answers.finals) == 2
    for final in answers.finals:
        result = final.header.result_id
        interims = [each for each in answers.interims if each.header.result_id == result]
        phases = [each.header.phase for each in interims]
        assert phases == [PHASE_COARSE] + [PHASE_REFINE] * (len(interims) - 1)
        assert len(interims) >= 3
        assert {word.text for each in interims for word in each.words} <= set(DRAFT)
        assert not any(word.is_final for each in interims for word in each.words)
        assert all(0 < each.stability < 1 for each in interims)
        assert (final.header.phase, final.header.outcome) == (PHASE_FINAL, OUTCOME_COMPLETE)
        assert {word.text for word in final.words} <= set(FAIR)
    assert first.heard == second.heard > 0
    assert [opening.finals_only for opening in first.openings + second.openings] == [False] * 2 + [True] * 2


async def test_each_pass_keeps_what_it_learnt_about_the_channel(monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = Pass(DRAFT), Pass(FAIR)
    async with two(monkeypatch, first, second) as service:
        (await service.converse([configure(), *zeros(7.5)])).check()
    assert [opening.adaptation for opening in first.openings] == ["", "1", "2"]
    assert [opening.adaptation for opening in second.openings] == ["", "1", "2"]


async def test_a_first_pass_that_is_late_is_dropped(monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = Pass(DRAFT, delay=60.0), Pass(FAIR)
    async with two(monkeypatch, first, second, max_backlog_seconds=60) as service:
        answers = (await service.converse([configure(), *zeros(2.5), finalize(1)])).check()
    assert [final.text for final in answers.finals] == ["one two three four"]
    assert answers.interims == []
    assert first.cancelled == first.finished == 1


@pytest.mark.parametrize("fails_after", [0.1, 3.0])
async def test_without_the_first_the_second_still_answers(
    monkeypatch: pytest.MonkeyPatch, fails_after: float
) -> None:
    first, second = Pass(DRAFT, fails_after=fails_after), Pass(FAIR)
    long = {"speech_seconds": 15.0, "silence_seconds": 1.0}
    async with two(monkeypatch, first, second, scripted=long, max_backlog_seconds=2) as service:
        # More than may wait unrecognised: without a word of progress the sender would be held back for ever.
        answers = (await service.converse([configure(), *zeros(16)])).check()
    assert len(answers.finals) == 1
    assert set(answers.finals[0].text.split()) == set(FAIR)
    assert len(answers.interims) == (5 if fails_after > 1 else 0)


async def test_without_the_second_the_utterance_fails_once_with_the_words_that_were_shown(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    first, second = Pass(DRAFT), Pass(FAIR, fails_after=1.6)
    async with two(monkeypatch, first, second) as service:
        answers = await service.converse([configure(), *zeros(2.5)])
    assert [final.header.outcome for final in answers.finals] == [OUTCOME_FAILED]
    assert answers.finals[0].header.failure.reason == "RECOGNISER_DIED"
    assert answers.finals[0].text == answers.interims[-1].text != ""
    assert answers.of("transcript_complete")[0].header.outcome == OUTCOME_FAILED
    assert first.cancelled == 1
    assert len(answers.of("utterance_end")) == 1


class _Languages(Pass):
    def __init__(self, words: tuple[str, ...], *languages: str) -> None:
        super().__init__(words)
        self.languages = languages  # type: ignore[assignment]


@pytest.mark.parametrize(("language", "firsts"), [("", 1), ("en-GB", 1), ("de", 0), ("auto", 0)])
async def test_a_language_that_the_first_does_not_know_is_left_to_the_second(
    monkeypatch: pytest.MonkeyPatch, language: str, firsts: int
) -> None:
    first, second = _Languages(DRAFT, "en"), _Languages(FAIR, "en", "de")
    recognition = asr_pb2.RecognitionConfig(language_code=language)
    async with two(monkeypatch, first, second) as service:
        answers = (await service.converse([configure(recognition=recognition), *zeros(2.5)])).check()
    assert len(first.openings) == firsts
    assert second.openings[0].finals_only == bool(firsts)
    assert second.openings[0].options == Options(language=language)
    assert [final.text for final in answers.finals] == ["one two three four"]
    assert answers.interims


class _Unavailable(Pass):
    async def __aenter__(self) -> Any:
        raise EngineUnavailable("no model")


async def test_one_that_cannot_be_loaded_leaves_none_open() -> None:
    closed = []

    class Closing(Pass):
        async def __aexit__(self, *error: object) -> None:
            closed.append(self)

    first = Closing(DRAFT)
    with pytest.raises(EngineUnavailable, match="no model"):
        async with TwoPass(first, _Unavailable(FAIR)):
            pass
    assert closed == [first]


def test_it_is_as_full_and_as_late_as_the_worse_of_both() -> None:
    first, second = Pass(DRAFT), Pass(FAIR)
    both = TwoPass(first, second)
    assert (both.is_full, both.retry_after, both.interim_lag, both.load) == (False, None, 0.0, 0.0)
    second.is_full, second.retry_after, second.interim_lag, first.load = True, 3.0, 1.5, 0.5  # type: ignore[misc, assignment]
    assert (both.is_full, both.retry_after, both.interim_lag, both.load) == (True, 3.0, 1.5, 0.5)
