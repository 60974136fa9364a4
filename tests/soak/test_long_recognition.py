"""An hour of speech through Whisper, as fast as it is taken: word times do not drift, memory stays flat."""

from __future__ import annotations

import difflib
import time
from collections.abc import Iterator

import numpy as np
import pytest

from deploy.local.benches.asr_service import serve
from rivermouth.transcript.v1.transcript_pb2 import Transcript
from services.asr.whisper.marks import plain
from services.runtime.offsets import nanoseconds
from tests.services.asr.clips import MICRO, load
from tests.services.asr.conversation import Request, audio, configure

pytestmark = pytest.mark.soak

RATE = 16_000
HOUR = 3600
PERIOD = 150
"""Seconds: the same speech again and again, so that the first and the last minutes have the same words."""
CLIPS = ("sentences_rms", "sentences_awb", "sentences_slt", "sentences_kal16", "pauses_12s", "digits")
CHUNK = 6_400
_MOST_GROWTH_MIB = 16


def period() -> tuple[bytes, list[tuple[str, float, float]]]:
    """The clips one after the other, then silence; and the words with their times."""
    samples = np.zeros(PERIOD * RATE, np.int16)
    words: list[tuple[str, float, float]] = []
    position = 0
    for name in CLIPS:
        clip = load(name)
        samples[position : position + len(clip.samples)] = clip.samples
        words += [(word, start + position / RATE, end + position / RATE) for word, start, end in clip.words]
        position += len(clip.samples)
    return samples.tobytes(), words


def requests(content: bytes) -> Iterator[Request]:
    yield configure()
    for _ in range(HOUR // PERIOD):
        for at in range(0, len(content), CHUNK):
            yield audio(content[at : at + CHUNK])


def time_errors(
    truth: list[tuple[str, float, float]], heard: list[tuple[str, float, float]], begin: float
) -> tuple[list[float], int]:
    """How far both ends of each word that was heard are off, in seconds; and how many words are missing."""
    matcher = difflib.SequenceMatcher(
        None, [word for word, _, _ in truth], [word for word, _, _ in heard], autojunk=False
    )
    off = [
        heard[match.b + number][end] - begin - truth[match.a + number][end]
        for match in matcher.get_matching_blocks()
        for number in range(match.size)
        for end in (1, 2)
    ]
    return off, len(truth) - len(off) // 2


async def test_an_hour_of_speech() -> None:
    content, truth = period()
    settings = {"engine": "whisper", "whisper__model": str(MICRO / "ct2-int8"), "whisper__device": "cpu"}
    finals: list[Transcript] = []
    memory: list[tuple[int, float]] = []
    began = time.monotonic()
    async with serve(settings) as service:
        call = service.stub.StreamingRecognize(requests(content))
        async for response in call:
            if response.transcript.is_final:
                finals.append(response.transcript)
            minutes = response.cursors.accepted.seconds // 60
            if minutes >= 10 * (len(memory) + 1):  # after ten minutes everything has its size
                memory.append((minutes, service.reading().rss))
    took = time.monotonic() - began

    words = [
        (plain(word.text), nanoseconds(word.start_offset) / 1e9, nanoseconds(word.end_offset) / 1e9)
        for final in finals
        for word in final.words
    ]
    periods: list[list[float]] = []
    missing = 0
    for number in range(HOUR // PERIOD):
        begin = number * PERIOD
        heard = [word for word in words if begin <= word[1] < begin + PERIOD]
        off, lost = time_errors(truth, heard, begin)
        periods.append(off)
        missing += lost
    first, last = (np.concatenate(each) for each in (periods[:2], periods[-2:]))
    mean = np.abs(last).mean() - np.abs(first).mean()
    drift = last.mean() - first.mean()
    print(
        f"{HOUR} s in {took:.0f} s; mean word-time error {1e3 * np.abs(first).mean():.1f} ms in the first, "
        f"{1e3 * np.abs(last).mean():.1f} ms in the last five minutes, drift {1e3 * drift:.2f} ms; "
        f"{missing} of {len(truth) * len(periods)} words missing; MiB by minutes: {memory}"
    )
    assert nanoseconds(finals[-1].end_offset) / 1e9 > HOUR - PERIOD
    assert missing <= 0.05 * len(truth) * len(periods)
    assert abs(mean) < 0.02
    assert abs(drift) < 0.02
    assert memory[-1][1] - memory[0][1] < _MOST_GROWTH_MIB
