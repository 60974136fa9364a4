"""Processes that measure: their measures come back whole, and what happens to one happens to one stretch."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator, Callable

import pytest

from services.analysis import reasons
from services.analysis.acoustics import ears as ears_module
from services.analysis.acoustics.ears import EarLimits, Ears, NotMeasured
from services.analysis.acoustics.pipe import pack_json, pack_measures, unpack_measures
from services.analysis.acoustics.praat import measure
from services.analysis.acoustics.process import EarProcess
from services.analysis.acoustics.voice import VoiceMeasures
from tests.services.analysis.acoustics.sounds import pcm, vowel

LIMIT = 30.0
VOWEL = pcm(vowel(seconds=1.0))


def stretch(samples: bytes = VOWEL.tobytes()) -> Callable[[], bytes | None]:
    return lambda: samples


@pytest.fixture
async def ears() -> AsyncIterator[Ears]:
    pool = Ears(EarLimits(waiting=4, niceness=0))
    async with asyncio.timeout(LIMIT):
        yield pool
        await pool.close()
    assert not pool.processes


async def test_a_process_measures_as_the_function_does(ears: Ears) -> None:
    assert not ears.processes  # nothing runs before somebody asks
    assert await ears.measure(stretch()) == measure(VOWEL)
    assert await ears.measure(stretch(VOWEL[:4000].tobytes())) is None
    assert len(ears.processes) == 1


async def test_what_is_measured_comes_in_order(ears: Ears) -> None:
    lengths = (1.0, 0.6, 0.8)
    found = await asyncio.gather(
        *(ears.measure(stretch(VOWEL[: round(16_000 * length)].tobytes())) for length in lengths)
    )
    assert [each.duration for each in found if each is not None] == list(lengths)


async def test_a_killed_process_fails_its_stretch_only(ears: Ears) -> None:
    await ears.measure(stretch())
    (process,) = ears.processes

    def kill() -> bytes:
        os.kill(process.pid, signal.SIGKILL)
        return VOWEL.tobytes()

    lost, next_ = asyncio.create_task(ears.measure(kill)), asyncio.create_task(ears.measure(stretch()))
    with pytest.raises(NotMeasured) as raised:
        await lost
    assert raised.value.reason == reasons.ACOUSTICS_FAILED
    assert "-9" in raised.value.message
    assert await next_ == measure(VOWEL)
    assert {each.pid for each in ears.processes} != {process.pid}


async def test_a_process_that_died_while_idle_fails_nothing(ears: Ears) -> None:
    await ears.measure(stretch())
    (process,) = ears.processes
    os.kill(process.pid, signal.SIGKILL)
    while process.lives:  # noqa: ASYNC110
        await asyncio.sleep(0.002)
    assert await ears.measure(stretch()) is not None


async def test_a_process_that_stands_still_is_replaced() -> None:
    pool = Ears(EarLimits(stall_timeout=0.2, niceness=0))
    async with asyncio.timeout(LIMIT):
        await pool.measure(stretch(VOWEL[:8000].tobytes()))
        (process,) = pool.processes
        os.kill(process.pid, signal.SIGSTOP)
        with pytest.raises(NotMeasured, match="stood still"):
            await pool.measure(stretch(VOWEL[:8000].tobytes()))
        assert not pool.processes
        await pool.close()


async def test_more_than_may_wait_are_refused_and_the_others_are_measured(ears: Ears) -> None:
    waiting = [asyncio.create_task(ears.measure(stretch())) for _ in range(4)]
    await asyncio.sleep(0)  # they are in the queue, before any was taken out of it
    with pytest.raises(NotMeasured) as raised:
        await ears.measure(stretch())
    assert raised.value.reason == reasons.BACKPRESSURE
    assert all(each is not None for each in await asyncio.gather(*waiting))


async def test_sound_that_was_forgotten_meanwhile_is_missing(ears: Ears) -> None:
    with pytest.raises(NotMeasured) as raised:
        await ears.measure(lambda: None)
    assert raised.value.reason == reasons.AUDIO_MISSING


async def test_whoever_stops_waiting_costs_nothing(ears: Ears) -> None:
    await ears.measure(stretch())
    taken: list[int] = []

    def take() -> bytes:
        taken.append(1)
        return VOWEL.tobytes()

    tasks = [asyncio.create_task(ears.measure(stretch())), asyncio.create_task(ears.measure(take))]
    await asyncio.sleep(0)
    tasks[1].cancel()
    assert await tasks[0] is not None
    assert await ears.measure(stretch()) is not None
    assert not taken


async def test_closing_ends_what_waits() -> None:
    pool = Ears()
    waiting = [asyncio.create_task(pool.measure(stretch())) for _ in range(3)]
    await asyncio.sleep(0)
    await pool.close()
    for each in waiting:
        with pytest.raises(NotMeasured) as raised:
            await each
        assert raised.value.reason == reasons.ACOUSTICS_UNAVAILABLE
    assert not pool.processes


async def test_closing_ends_a_process_that_was_started_a_moment_ago(ears: Ears) -> None:
    await ears.measure(stretch())
    (first,) = ears.processes
    taken = asyncio.Event()

    def take() -> bytes:
        taken.set()
        return VOWEL.tobytes()

    os.kill(first.pid, signal.SIGKILL)
    while first.lives:  # noqa: ASYNC110
        await asyncio.sleep(0.002)
    measuring = asyncio.create_task(ears.measure(take))  # by another process
    await taken.wait()
    (second,) = ears.processes
    await ears.close()
    with pytest.raises(NotMeasured, match="closing"):
        await measuring
    assert not second.lives


async def test_without_praat_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ears_module, "find_spec", lambda _: None)
    pool = Ears()
    with pytest.raises(NotMeasured, match=r"rivermouth\[analysis\]"):
        await pool.measure(stretch())
    assert not pool.processes
    await pool.close()


async def test_a_process_that_cannot_start_is_not_tried_for_each(monkeypatch: pytest.MonkeyPatch) -> None:
    tried: list[str] = []
    start = EarProcess.start

    async def failing(timeout: float, niceness: int) -> EarProcess:  # noqa: ASYNC109
        tried.append(sys.executable)
        monkeypatch.setattr(sys, "executable", "/bin/false")
        try:
            return await start(timeout, niceness)
        finally:
            monkeypatch.setattr(sys, "executable", tried[0])

    monkeypatch.setattr(EarProcess, "start", failing)
    pool = Ears()
    for _ in range(3):
        with pytest.raises(NotMeasured) as raised:
            await pool.measure(stretch())
        assert raised.value.reason == reasons.ACOUSTICS_UNAVAILABLE
    assert len(tried) == 1
    await pool.close()


def test_the_pipe_gives_back_what_went_in() -> None:
    measures = VoiceMeasures(1.5, pitch_mean=123.25, pauses=2)
    assert unpack_measures(pack_measures(measures)[4:]) == measures
    assert unpack_measures(pack_measures(None)[4:]) is None
    with pytest.raises(ValueError, match="no such thing"):
        unpack_measures(pack_json({"error": "no such thing"})[4:])


def test_the_service_does_not_load_praat() -> None:
    """Nor numpy, where no stream has audio."""
    program = "import sys, services.analysis.session; print({'parselmouth', 'numpy'} & set(sys.modules))"
    import subprocess

    told = subprocess.run(
        [sys.executable, "-c", program],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        capture_output=True,
        text=True,
        check=True,
    )
    assert told.stdout.strip() == "set()"


async def test_a_bug_costs_one_stretch_and_not_the_slot(ears: Ears) -> None:
    def broken() -> bytes:
        raise ZeroDivisionError

    with pytest.raises(NotMeasured, match="ZeroDivisionError"):
        await ears.measure(broken)
    assert await ears.measure(stretch()) is not None
