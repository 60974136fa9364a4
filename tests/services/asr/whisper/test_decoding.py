"""One utterance on the loop: which passes it asks for, and what it tells."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.asr.fair_queue import Urgency
from services.asr.whisper.passes import Decoded, PassRequest
from services.asr.work import DecodeStalled
from tests.services.asr.whisper.ideal import IdealDecoder, Said, say
from tests.services.asr.whisper.passes import Heard, Passes

SECOND = 16_000
CHUNK = 1_600


def sentence(count: int = 9) -> list[Said]:
    return say([f"word{n}" for n in range(count)], [0.3] * count, [0.0] * count)


@asynccontextmanager
async def passes(said: list[Said], **options: float) -> AsyncIterator[Passes]:
    at_work = Passes(IdealDecoder(said).decode, **options)
    async with at_work.scheduler:
        yield at_work


def audio(until: int, since: int = 0) -> bytes:
    return bytes(2 * (until - since))


async def test_while_somebody_speaks_there_is_a_pass_at_each_interval() -> None:
    said, heard = sentence(), Heard()
    async with passes(said) as at_work:
        decoding = at_work.open(heard)
        for end in range(CHUNK, 2 * SECOND + 1, CHUNK):
            decoding.accept(audio(CHUNK))
            await at_work.run()
            assert heard.interims[-1].samples == end if end >= 4_800 else not heard.interims
    assert len(at_work.requests) == 18
    assert {request.beam_size for request in at_work.requests} == {1}
    assert heard.settled == ["word0", "word1", "word2", "word3", "word4"]
    assert [word.text for word in heard.interims[13].words] == ["word0", "word1", "word2", "word3"]
    assert heard.interims[13].settled == 3
    assert 0.9 < heard.interims[-1].stability <= 1.0


async def test_what_came_while_a_pass_ran_is_decoded_in_one_pass() -> None:
    heard = Heard()
    async with passes(sentence()) as at_work:
        decoding = at_work.open(heard)
        decoding.accept(audio(SECOND))
        await at_work.turn()
        for _ in range(10):
            decoding.accept(audio(CHUNK))
            await at_work.turn()
        await at_work.run()
    assert [request.window.end for request in at_work.requests] == [SECOND, 2 * SECOND]


async def test_a_final_is_ready_when_the_pause_becomes_the_end() -> None:
    said, heard = sentence(), Heard()
    async with passes(said) as at_work:
        decoding = at_work.open(heard)
        decoding.accept(audio(said[-1].end + 3_200))
        decoding.pause()
        await at_work.run()
        decoded = len(at_work.requests)
        assert at_work.scheduler.works[Urgency.SPECULATIVE] == 1
        assert at_work.requests[-1].beam_size == 5
        assert len(heard.settled) == len(said) - 1, "the last word may still get a mark"
        decoding.finish()
        assert heard.text == " ".join(word.text for word in said), "at once, without the loop"
        await at_work.run()
    assert len(at_work.requests) == decoded


async def test_an_end_while_the_speculative_pass_runs_waits_for_that() -> None:
    said, heard = sentence(), Heard()
    async with passes(said) as at_work:
        decoding = at_work.open(heard)
        decoding.accept(audio(said[-1].end + 3_200))
        decoding.pause()
        await at_work.turn()
        decoding.finish()
        await at_work.run()
    assert len(at_work.requests) == 1
    assert heard.text.endswith("word8")


async def test_speech_that_goes_on_after_a_pause_is_heard() -> None:
    said, heard = say(list("abcdef"), [0.3] * 6, [0, 0, 0, 0.5, 0, 0]), Heard()
    async with passes(said) as at_work:
        decoding = at_work.open(heard)
        paused = said[2].end + 3_200
        decoding.accept(audio(paused))
        decoding.pause()
        await at_work.turn()
        decoding.accept(audio(said[-1].end + 3_200, paused))
        await at_work.run()
        assert "".join(heard.settled).startswith("ab")
        decoding.pause()
        decoding.finish()
        await at_work.run()
    assert heard.text == "a b c d e f"


async def test_an_end_without_a_pause_is_decoded_as_a_final() -> None:
    said, heard = sentence(), Heard()
    async with passes(said) as at_work:
        decoding = at_work.open(heard)
        decoding.accept(audio(said[-1].end + CHUNK))
        await at_work.turn()  # an interim runs
        decoding.finish()
        await at_work.run()
        assert at_work.scheduler.works == {Urgency.INTERIM: 1, Urgency.FINAL: 1}
    assert heard.text == " ".join(word.text for word in said)
    assert not heard.interims, "what is over has no interims"


async def test_a_minute_in_one_piece_costs_hardly_more_than_its_length() -> None:
    said, heard = sentence(200), Heard()
    decoder = IdealDecoder(said)
    at_work = Passes(decoder.decode)
    async with at_work.scheduler:
        decoding = at_work.open(heard)
        decoding.accept(audio(said[-1].end + 3_200))
        decoding.finish()
        await at_work.run()
    assert heard.text == " ".join(word.text for word in said)
    assert decoder.decoded < 1.5 * said[-1].end


async def test_no_audio_and_hardly_any_are_nothing() -> None:
    for samples in (0, 100):
        heard = Heard()
        async with passes([]) as at_work:
            decoding = at_work.open(heard)
            decoding.accept(bytes(2 * samples))
            decoding.finish()
            await at_work.run()
        assert heard.text == ""


@pytest.mark.parametrize("runs", [False, True])
async def test_what_is_cancelled_says_nothing_more_and_leaves_its_place(runs) -> None:
    heard, other = Heard(), Heard()
    async with passes(sentence()) as at_work:
        decoding, second = at_work.open(heard), at_work.open(other)
        decoding.accept(audio(SECOND))
        if runs:
            await at_work.turn()
        decoding.cancel()
        assert at_work.scheduler.waiting == 0
        second.accept(audio(SECOND))
        await at_work.run()
    assert [*heard.interims, *heard.finals, *heard.failures] == []
    assert other.interims


async def test_a_pass_that_fails_is_the_end_of_its_utterance_alone() -> None:
    def decode(request: PassRequest) -> Decoded:
        if request.window.end == SECOND:
            raise RuntimeError("out of memory")
        return Decoded()

    heard, other = Heard(), Heard()
    at_work = Passes(decode)
    async with at_work.scheduler:
        decoding, second = at_work.open(heard), at_work.open(other)
        decoding.accept(audio(SECOND))
        await at_work.run()
        decoding.accept(audio(SECOND))
        decoding.finish()
        second.accept(audio(2 * SECOND))
        second.finish()
        await at_work.run()
    (failure,) = heard.failures
    assert failure.reason == "RECOGNISER_DIED"
    assert "out of memory" in failure.message
    assert not heard.finals
    assert other.finals


async def test_without_interims_there_are_only_the_passes_that_the_window_needs() -> None:
    said, heard = sentence(80), Heard()
    async with passes(said) as at_work:
        decoding = at_work.open(heard, finals_only=True)
        for _ in range(0, said[-1].end + 3_200, CHUNK):
            decoding.accept(audio(CHUNK))
            await at_work.run()
        decoding.finish()
        await at_work.run()
    assert len(at_work.requests) <= 4
    assert heard.text == " ".join(word.text for word in said)


async def test_where_a_pass_is_dear_there_are_fewer() -> None:
    counts = []
    for cost in (0.0, 0.2):
        heard = Heard()
        async with passes(sentence(20), cost=cost) as at_work:
            decoding = at_work.open(heard)
            for _ in range(60):
                decoding.accept(audio(CHUNK))
                at_work.clock.now += 0.1
                await at_work.run()
        counts.append(len(at_work.requests))
    assert counts[0] > 50
    assert counts[1] <= 6 / (0.2 / 0.5) + 6, "interims take no more than their share"


@given(
    cuts=st.lists(st.integers(160, 2 * SECOND), min_size=1, max_size=6),
    runs=st.lists(st.booleans(), min_size=1, max_size=6),
    pauses=st.lists(st.booleans(), min_size=1, max_size=6),
)
@settings(max_examples=60, deadline=None)
async def test_whenever_passes_run_and_however_audio_is_cut_the_final_is_the_same(cuts, runs, pauses) -> None:
    said, heard = sentence(40), Heard()
    end, fed, index = said[-1].end + 3_200, 0, 0
    async with passes(said) as at_work:
        decoding = at_work.open(heard)
        while fed < end:
            step = min(cuts[index % len(cuts)], end - fed)
            decoding.accept(audio(step))
            fed += step
            if runs[index % len(runs)]:
                await at_work.run()
            index += 1
        if pauses[0]:
            decoding.pause()
            await at_work.turn()
        decoding.finish()
        await at_work.run()
    assert heard.text == " ".join(word.text for word in said)


async def test_a_pass_that_was_given_up_has_a_reason_of_its_own() -> None:
    def decode(requests):
        raise DecodeStalled("it took too long")

    heard = Heard()
    at_work = Passes(decode)
    async with at_work.scheduler:
        decoding = at_work.open(heard)
        decoding.accept(audio(SECOND))
        await at_work.run()
        decoding.finish()
        await at_work.run()
    (failure,) = heard.failures
    assert failure.reason == "RECOGNISER_STALLED"
