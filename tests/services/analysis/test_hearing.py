"""What a stream hears: places in time, channels, gaps, limits."""

from __future__ import annotations

import asyncio
import io
import wave
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import pytest

from services.analysis import reasons
from services.analysis.acoustics.ears import NotMeasured
from services.analysis.acoustics.heard import Heard
from services.analysis.acoustics.voice import VoiceMeasures
from services.analysis.hearing import KEPT_SECONDS, Hearing
from services.audio.format import AudioFormat, Encoding
from tests.services.analysis.measured import said

RATE = 16_000


@dataclass
class ScriptedEars:
    """Measures at once, or when the test lets go; the pitch is the first sample."""

    gates: list[asyncio.Event] = field(default_factory=list)
    failing: bool = False
    is_warm: bool = False

    def warm(self) -> None:
        self.is_warm = True

    async def measure(self, take: Callable[[], bytes | None]) -> VoiceMeasures | None:
        pcm = take()
        if self.gates:
            await self.gates.pop(0).wait()
        if self.failing or pcm is None:
            raise NotMeasured(reasons.ACOUSTICS_FAILED, "as told")
        samples = np.frombuffer(pcm, "<i2")
        seconds = len(samples) / RATE
        return VoiceMeasures(seconds, seconds, seconds, pitch_mean=float(samples[0]), intensity=-20.0)


def hearing(
    tasks: asyncio.TaskGroup, ears: ScriptedEars, rate: int = RATE, channels: int = 1, **options
) -> Hearing:
    return Hearing(AudioFormat(Encoding.LINEAR16, rate, channels), ears, tasks, **options)  # type: ignore[arg-type]


def ramp(begin: float, end: float, channels: int = 1) -> bytes:
    """Frames whose samples are the tenth of a second that they are in, plus 1000 a channel."""
    at = np.arange(round(begin * RATE), round(end * RATE)) * 10 // RATE
    return np.stack([at + 1000 * channel for channel in range(channels)], axis=1).astype("<i2").tobytes()


async def test_a_segment_has_its_own_sound_of_its_own_channel() -> None:
    async with asyncio.TaskGroup() as tasks:
        ear = hearing(tasks, ScriptedEars(), channels=2)
        for second in range(5):
            ear.accept(ramp(second, second + 1, 2), None)
        for channel in (1, 2):
            samples = ear.samples(said("x", 1.25, 2.5, channel=channel))
            assert samples is not None
            assert len(samples) == 40_000
            assert samples[[0, -1]].tolist() == [12 + 1000 * (channel - 1), 37 + 1000 * (channel - 1)]
        together = ear.samples(said("x", 1.25, 2.5, channel=0))
        assert together is not None
        assert together[0] == 512
        assert ear.samples(said("x", 1.0, 1.0, channel=3)) is None


async def test_what_was_lost_on_the_way_is_missing_and_the_rest_stands_where_it_was() -> None:
    async with asyncio.TaskGroup() as tasks:
        ear = hearing(tasks, ScriptedEars())
        ear.accept(ramp(0, 2), 0)
        ear.accept(ramp(4, 6), 4 * RATE)
        assert ear.samples(said("x", 2.0, 2.0)) is None
        late = ear.samples(said("x", 3.5, 2.0))  # three quarters of it
        assert late is not None
        assert (len(late), late[0]) == (24_000, 40)
        assert ear.samples(said("x", 1.5, 3.0)) is None  # no stretch of it is half of it
        sound = ear.listen(said("x", 2.0, 2.0))
        assert (await sound.wait()).reason == reasons.AUDIO_MISSING


async def test_the_oldest_sound_is_forgotten() -> None:
    async with asyncio.TaskGroup() as tasks:
        ear = hearing(tasks, ScriptedEars())
        for second in range(KEPT_SECONDS + 10):
            ear.accept(ramp(second, second + 1), None)
        assert ear.samples(said("x", 5.0, 2.0)) is None
        kept = ear.samples(said("x", 10.0, 2.0))
        assert kept is not None
        assert kept[0] == 100


@pytest.mark.parametrize("rate", [8_000, 44_100, 48_000])
async def test_other_rates_are_resampled_to_the_same_times(rate: int) -> None:
    tone = (8000 * np.sin(2 * np.pi * 200 * np.arange(3 * rate) / rate)).astype("<i2")
    tone[: 2 * rate] = 0
    async with asyncio.TaskGroup() as tasks:
        ear = hearing(tasks, ScriptedEars(), rate=rate)
        for begin in range(0, len(tone), rate // 10):
            ear.accept(tone[begin : begin + rate // 10].tobytes(), begin)
        samples = ear.samples(said("x", 1.5, 1.0))
    assert samples is not None
    assert len(samples) == RATE
    first = int(np.flatnonzero(np.abs(samples) > 200)[0])
    assert first / RATE == pytest.approx(0.5, abs=0.002)


async def test_measures_are_learnt_from_in_the_order_of_segments() -> None:
    """The second is measured first; what is usual is so of those before."""
    ears = ScriptedEars(gates=[asyncio.Event(), asyncio.Event(), asyncio.Event()])
    first, second, third = ears.gates
    async with asyncio.timeout(10), asyncio.TaskGroup() as tasks:
        ear = hearing(tasks, ears)
        assert ears.is_warm
        ear.accept(np.full(6 * RATE, 100, "<i2").tobytes(), None)
        sounds = [ear.listen(said("x", 2.0 * at, 2.0, "anna")) for at in range(3)]
        third.set()
        second.set()
        await asyncio.sleep(0)
        assert [each.heard for each in sounds] == [None, None, None]
        first.set()
        heard = [await each.wait() for each in sounds]
    assert [each.arousal for each in heard] == [None, None, 0.5]


async def test_a_failure_is_told_with_its_reason_and_the_next_is_measured() -> None:
    ears = ScriptedEars(failing=True)
    async with asyncio.timeout(10), asyncio.TaskGroup() as tasks:
        ear = hearing(tasks, ears)
        ear.accept(ramp(0, 4), None)
        assert await ear.listen(said("x", 0.0, 2.0)).wait() == Heard(
            reason=reasons.ACOUSTICS_FAILED, message="as told"
        )
        ears.failing = False
        assert (await ear.listen(said("x", 2.0, 2.0)).wait()).voice is not None


async def test_what_is_too_short_to_be_measured_is_no_fault() -> None:
    async with asyncio.TaskGroup() as tasks:
        ear = hearing(tasks, ScriptedEars())
        assert await ear.listen(said("x", 0.0, 0.3)).wait() == Heard()


async def test_for_models_alone_nothing_is_measured() -> None:
    ears = ScriptedEars()
    async with asyncio.TaskGroup() as tasks:
        ear = hearing(tasks, ears, measures=False)
        ear.accept(ramp(0, 4), None)
        assert await ear.listen(said("x", 0.0, 2.0)).wait() == Heard()
    assert not ears.is_warm


async def test_a_model_gets_the_newest_minute_as_a_wav_file() -> None:
    async with asyncio.TaskGroup() as tasks:
        ear = hearing(tasks, ScriptedEars(), measures=False)
        for second in range(100):
            ear.accept(ramp(second, second + 1), None)
        segments = [said("x", 25.0 * at, 25.0) for at in range(4)]
        audio = ear.audio(segments)
        assert ear.audio([said("x", 200.0, 5.0)]) is None
    assert audio is not None
    assert audio.mime_type == "audio/wav"
    with wave.open(io.BytesIO(audio.data)) as file:
        assert (file.getframerate(), file.getnchannels(), file.getnframes()) == (RATE, 1, 50 * RATE)
        assert np.frombuffer(file.readframes(1), "<i2").tolist() == [500]


async def test_small_pieces_are_one_sound() -> None:
    async with asyncio.TaskGroup() as tasks:
        ear = hearing(tasks, ScriptedEars())
        whole = ramp(0, 3)
        for begin in range(0, len(whole), 640):  # 20 ms
            ear.accept(whole[begin : begin + 640], begin // 2)
        samples = ear.samples(said("x", 0.0, 3.0))
    assert samples is not None
    assert samples.tobytes() == whole


async def test_crumbs_with_gaps_between_take_no_more_room_than_speech() -> None:
    async with asyncio.TaskGroup() as tasks:
        ear = hearing(tasks, ScriptedEars())
        ear.accept(ramp(0, 1), 0)
        assert ear.samples(said("x", 0.0, 1.0)) is not None
        for number in range(5_000):
            ear.accept(bytes(2), RATE + 2 * number + 1)
        assert ear.samples(said("x", 0.0, 1.0)) is None
