"""Whisper over the wire on recordings: what is said is heard, however it is cut, on each channel apart."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator

import numpy as np
import pytest
import pytest_asyncio

from rivermouth.asr.v1 import asr_pb2
from services.asr.whisper.marks import plain
from services.runtime.offsets import SECOND, duration, nanoseconds
from tests.services.asr.clips import errors, load
from tests.services.asr.conftest import MICRO_WHISPER, SAMPLE_CALL
from tests.services.asr.conversation import Answers, Request, Service, audio, chunks, configure, serving
from tests.services.asr.sounds import SOUNDS, sound

pytestmark = pytest.mark.asyncio(loop_scope="module")

RATE = 16_000
_FRAME = 20_000_000  # of the encoder, in nanoseconds
LONGEST = asr_pb2.RecognitionConfig(endpointing=asr_pb2.Endpointing(max_utterance=duration(60 * SECOND)))


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def service() -> AsyncIterator[Service]:
    whisper = {"model": str(MICRO_WHISPER), "device": "cpu", "workers": 2, "threads": 1, "language": "en"}
    async with serving(engine="whisper", whisper=whisper) as running:
        yield running


def heard(answers: Answers, channel: int = 1) -> list[str]:
    return [plain(word) for word in answers.text(channel).split()]


def pieces(content: bytes, sizes: list[int]) -> list[Request]:
    """Chunks of so many samples, by turns."""
    requests, position = [], 0
    while position < len(content):
        size = 2 * sizes[len(requests) % len(sizes)]
        requests.append(audio(content[position : position + size]))
        position += size
    return requests


async def words_of(service: Service, content: bytes, sizes: list[int]) -> list[tuple[str, int, int]]:
    """The words of the finals, with their times."""
    answers = (await service.converse([configure(), *pieces(content, sizes)])).check()
    return [
        (word.text, nanoseconds(word.start_offset), nanoseconds(word.end_offset))
        for final in answers.finals
        for word in final.words
    ]


@pytest.mark.parametrize("chunk", [1_600, 160_000])
@pytest.mark.parametrize("name", ["who", "digits", "stops_short", "pauses_29s"])
async def test_what_is_said_is_heard_to_the_last_word(service, name, chunk) -> None:
    clip = load(name)
    answers = await service.converse([configure(), *pieces(clip.samples.tobytes(), [chunk])])
    words = heard(answers.check())
    assert errors(clip.said, words) <= round(0.1 * len(clip.words))
    assert words[0] == clip.said[0], "a first word half heard"
    assert words[-1] == clip.said[-1], "the last word is lost"


async def test_digits_that_repeat_stay(service) -> None:
    answers = await service.converse([configure(), *chunks(load("digits").samples.tobytes())])
    assert "eight six eight" in " ".join(heard(answers.check()))


async def test_sentences_that_stop_a_tenth_of_a_second_after_their_last_word_are_whole(service) -> None:
    wrong = words = missed = sentences = 0
    for voice in ("rms", "awb", "slt", "kal16"):
        clip = load(f"sentences_{voice}")
        for begin, end in clip.utterances:
            said = [word for word, start, _ in clip.words if begin <= start < end]
            content = clip.samples[int((begin - 0.3) * RATE) : int((end + 0.1) * RATE)].tobytes()
            answer = heard((await service.converse([configure(), *chunks(content)])).check())
            wrong += errors(said, answer)
            words += len(said)
            missed += answer[-1:] != said[-1:]
            sentences += 1
    print(f"{wrong} of {words} words wrong, {missed} of {sentences} last words")
    # One-shot transcription of the same has as many errors.
    assert wrong <= 0.03 * words
    assert missed <= 0.06 * sentences


@pytest.mark.parametrize("chunk", [160, 1_600, 32_000, 1_000_000])
async def test_a_minute_without_a_pause_is_one_final(service, chunk) -> None:
    clip = load("continuous_60s")
    requests = [configure(recognition=LONGEST), *pieces(clip.samples.tobytes(), [chunk])]
    answers = (await service.converse(requests)).check()
    assert len(answers.finals) == 1
    assert errors(clip.said, heard(answers)) <= 0.06 * len(clip.words)


def assert_same(words: list[tuple[str, int, int]], expected: list[tuple[str, int, int]]) -> None:
    """The same words. Their times come from the pass that settled each, and which passes there were time for
    differs: most are the same to the encoder's frame, and a word's start may lie in the pause before it.
    """
    assert [word for word, _, _ in words] == [word for word, _, _ in expected]
    apart = [
        abs(one - other)
        for word, same in zip(words, expected, strict=True)
        for one, other in zip(word[1:], same[1:], strict=True)
    ]
    assert max(apart) <= 300_000_000
    assert sum(apart) / len(apart) <= _FRAME


@pytest.mark.parametrize("name", ["pauses_12s", "digits"])
async def test_finals_do_not_depend_on_the_cuts(service, name) -> None:
    content = load(name).samples.tobytes()
    expected = await words_of(service, content, [1_600])
    assert len(expected) > 10
    generator = np.random.default_rng(11)
    random = [[int(size) for size in generator.integers(160, 32_000, 12)] for _ in range(8)]
    for sizes in ([160], [7_777], [16_000], [32_000], [len(content)], *random):
        assert_same(await words_of(service, content, sizes), expected)


async def test_both_channels_of_a_call_are_heard_apart(service, sample_call) -> None:
    utterances = json.loads((SAMPLE_CALL / "reference.json").read_text())["utterances"]
    answers = (await service.converse([configure(channels=2), *chunks(sample_call, 6_400)])).check()
    for tag in (1, 2):
        said = [word for each in utterances if each["channel"] == tag for word in each["text"].split()]
        assert errors(said, heard(answers, tag)) <= 0.05 * len(said)
        finals = [each for each in answers.finals if each.channel_tag == tag]
        ends = 0
        for final in finals:
            assert nanoseconds(final.start_offset) >= ends, "finals of a channel overlap"
            ends = nanoseconds(final.end_offset)
            (spoken,) = [
                each
                for each in utterances
                if each["channel"] == tag
                and each["start_s"] - 0.4 < nanoseconds(final.start_offset) / 1e9 < each["end_s"]
            ]
            assert nanoseconds(final.end_offset) / 1e9 < spoken["end_s"] + 0.4


@pytest.mark.parametrize("kind", SOUNDS)
async def test_what_is_no_speech_gives_no_text(service, kind) -> None:
    answers = (await service.converse([configure(), *chunks(sound(kind, 20))])).check()
    assert answers.of("transcript_complete")[0].text == ""
    assert answers.finals == []
