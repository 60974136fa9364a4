"""Real recognition over the wire: the sample call, what is no speech, and the last word before the end."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import pytest_asyncio

from rivermouth.asr.v1 import asr_pb2
from rivermouth.audio.v1 import audio_pb2
from services.runtime.offsets import SECOND, duration, nanoseconds
from tests.services.asr.conversation import Service, chunks, configure, serving
from tests.services.asr.sounds import SOUNDS, sound

pytestmark = pytest.mark.asyncio(loop_scope="module")

REFERENCE = Path(__file__).parents[2] / "data" / "sample_call" / "reference.json"
RATE = 16_000


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def service() -> AsyncIterator[Service]:
    async with serving(engine="sphinx", sphinx={"workers": 2}) as running:
        yield running


@pytest.fixture(scope="module")
def utterances() -> list[dict[str, Any]]:
    return json.loads(REFERENCE.read_text())["utterances"]


def errors(reference: str, text: str) -> int:
    """Edit distance in words."""
    said = text.split()
    row = list(range(len(said) + 1))
    for number, word in enumerate(reference.split(), start=1):
        above, row = row, [number]
        for column, other in enumerate(said, start=1):
            row.append(min(above[column] + 1, row[-1] + 1, above[column - 1] + (word != other)))
    return row[-1]


async def test_the_sample_call(service, sample_call, utterances) -> None:
    answers = (await service.converse([configure(channels=2), *chunks(sample_call, 6_400)])).check()
    wrong = words = 0
    for tag in (1, 2):
        reference = " ".join(each["text"] for each in utterances if each["channel"] == tag)
        wrong += errors(reference, answers.text(tag))
        words += len(reference.split())
    assert wrong / words <= 0.08
    assert answers.interims
    for final in answers.finals:
        spoken = [
            each
            for each in utterances
            if each["channel"] == final.channel_tag
            and each["start_s"] - 0.3 < nanoseconds(final.start_offset) / 1e9
            and nanoseconds(final.end_offset) / 1e9 < each["end_s"] + 0.3
        ]
        assert len(spoken) == 1
        assert 0.3 < final.confidence <= 1


async def test_telephone_audio_in_mu_law(service, sample_call, utterances) -> None:
    """8 kHz has nothing above 4 kHz, which the model expects: it is recognised, if not as well."""
    spoken = utterances[0]
    frames = np.frombuffer(sample_call, "<i2").reshape(-1, 2)[: int((spoken["end_s"] + 0.6) * RATE), 0]
    narrow = frames[: len(frames) // 2 * 2].reshape(-1, 2).mean(axis=1)
    magnitude = np.log1p(255 * np.abs(narrow) / 32_768) / np.log1p(255)
    code = np.minimum((magnitude * 128).astype(np.uint8), 127)
    mulaw = (~(np.where(narrow < 0, 0x80, 0).astype(np.uint8) | code)).tobytes()
    requests = [configure(rate=8_000, encoding=audio_pb2.AUDIO_ENCODING_MULAW), *chunks(mulaw, 800)]
    answers = (await service.converse(requests)).check()
    assert errors(spoken["text"], answers.text()) <= len(spoken["text"].split()) / 2


async def test_a_quiet_voice(service, sample_call, utterances) -> None:
    spoken = utterances[0]
    frames = np.frombuffer(sample_call, "<i2").reshape(-1, 2)[: int((spoken["end_s"] + 0.6) * RATE), 0]
    quiet = (frames * 0.03).astype("<i2").tobytes()
    answers = (await service.converse([configure(), *chunks(quiet)])).check()
    assert errors(spoken["text"], answers.text()) <= 1


@pytest.mark.parametrize("kind", SOUNDS)
async def test_what_is_no_speech_gives_no_text(service, kind) -> None:
    answers = (await service.converse([configure(), *chunks(sound(kind, 8))])).check()
    assert answers.of("transcript_complete")[0].text == ""
    assert answers.finals == []


@pytest.mark.parametrize(("index", "size"), [(0, 3_200), (3, 640), (8, 32_000)])
async def test_speech_right_before_the_end_is_in_the_final(
    service, sample_call, utterances, index, size
) -> None:
    spoken = utterances[index]
    begin, end = int((spoken["start_s"] - 0.3) * RATE), int(spoken["end_s"] * RATE)
    frames = np.frombuffer(sample_call, "<i2").reshape(-1, 2)[begin:end, spoken["channel"] - 1]
    answers = (await service.converse([configure(), *chunks(frames.tobytes(), size)])).check()
    last = spoken["text"].split()[-1]
    assert answers.text().split()[-1] == last


async def test_two_channels_at_once_share_the_decoders(service, sample_call) -> None:
    frames = np.frombuffer(sample_call, "<i2").reshape(-1, 2)[: 5 * RATE, 0]
    doubled = np.repeat(frames, 4).tobytes()
    answers = (await service.converse([configure(channels=4), *chunks(doubled, 12_800)])).check()
    assert {answers.text(tag) for tag in (1, 2, 3, 4)} == {answers.text(1)}
    assert "customer support" in answers.text(1)


async def test_more_speakers_than_decoders_do_not_wait_for_each_other_for_ever(service, sample_call) -> None:
    """Long speech on all channels: those that wait fill their bound, those that decode need more audio."""
    shortest = asr_pb2.RecognitionConfig(endpointing=asr_pb2.Endpointing(max_utterance=duration(2 * SECOND)))
    frames = np.frombuffer(sample_call, "<i2").reshape(-1, 2)[: 12 * RATE].sum(axis=1, dtype="<i2")
    requests = [configure(channels=3, recognition=shortest), *chunks(np.repeat(frames, 3).tobytes(), 9_600)]
    answers = (await service.converse(requests)).check()
    for tag in (1, 2, 3):
        assert len([final for final in answers.finals if final.channel_tag == tag]) >= 5
