"""Recordings whose words and times are known: the sample call, and the clips beside a model."""

from __future__ import annotations

import json
import wave
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from deploy.local.bench import BenchError
from deploy.local.benches.asr_scores import Said
from deploy.local.score import words

RATE = 16_000
Samples = NDArray[np.int16]
_DATA = Path(__file__).resolve().parents[3] / "tests" / "data"
SAMPLE_CALL = _DATA / "sample_call"
MICRO_MODEL = _DATA / "micro_whisper" / "ct2-int8"
_MARGIN = 0.3
"""Seconds around a sentence that is cut out, and around what is cut after a last word."""


@dataclass(frozen=True, slots=True)
class Clip:
    """One recording.

    Attributes:
        samples: (frames, channels), 16 kHz.
        sentences: for each channel in order, its sentences, each a sequence of words.
    """

    name: str
    samples: Samples
    sentences: tuple[tuple[tuple[Said, ...], ...], ...]

    @property
    def seconds(self) -> float:
        """Its length."""
        return len(self.samples) / RATE

    @property
    def channels(self) -> int:
        """How many channels it has."""
        return int(self.samples.shape[1])

    def said(self, channel: int) -> tuple[Said, ...]:
        """The words of a channel, counted from 0."""
        return tuple(word for sentence in self.sentences[channel] for word in sentence)

    def until(self, seconds: float) -> Clip:
        """Its begin; of sentences that are not over by then nothing is kept, the audio included."""
        whole = [[each for each in channel if each[-1].end <= seconds] for channel in self.sentences]
        begun = [each[0].start for channel in self.sentences for each in channel if each[-1].end > seconds]
        end = min([seconds, *(start - 0.05 for start in begun)])
        return replace(
            self, samples=self.samples[: round(end * RATE)], sentences=tuple(tuple(each) for each in whole)
        )

    def stopped(self, after: float) -> Clip:
        """The same, ended so many seconds after its last word."""
        last = max(word.end for channel in range(self.channels) for word in self.said(channel))
        return replace(self, samples=self.samples[: round((last + after) * RATE)])

    def each_sentence(self) -> Iterator[Clip]:
        """Its sentences as clips of their own, with the silence around them; of one channel."""
        ends = [0.0]
        for sentence in self.sentences[0]:
            start = max(sentence[0].start - _MARGIN, ends[-1])
            ends.append(sentence[-1].end)
            yield _cut(self, sentence, start, sentence[-1].end + 2 * _MARGIN)

    def without_pauses(self, seconds: float) -> Clip:
        """Speech of that length on end: its sentences joined where they begin and end, again and again."""
        pieces: list[Samples] = []
        joined: list[tuple[Said, ...]] = []
        length = 0
        while length < seconds * RATE:
            for sentence in self.sentences[0]:
                begin, end = (round(at * RATE) for at in (sentence[0].start, sentence[-1].end))
                pieces.append(self.samples[begin:end])
                joined.append(_moved(sentence, length / RATE - sentence[0].start))
                length += end - begin
                if length >= seconds * RATE:
                    break
        silence = np.zeros((RATE // 2, 1), np.int16)
        samples = np.concatenate([silence, *pieces])[: round((seconds + 0.5) * RATE)]
        spoken = tuple(_moved(each, 0.5) for each in joined)
        return Clip(f"{self.name} without pauses", samples, (spoken,))


def sample_call() -> Clip:
    """The call, a channel for each of its speakers. Raises BenchError."""
    try:
        reference = json.loads((SAMPLE_CALL / "reference.json").read_text())
        with wave.open(str(SAMPLE_CALL / "call.wav")) as file:
            data, channels = file.readframes(file.getnframes()), file.getnchannels()
    except OSError as error:
        raise BenchError(f"the sample call cannot be read: {error}") from error
    sentences = tuple(
        tuple(
            tuple(_said(word["word"], word["start_s"], word["end_s"]) for word in each["words"])
            for each in reference["utterances"]
            if each["channel"] == channel
        )
        for channel in (1, 2)
    )
    return Clip("sample call", np.frombuffer(data, "<i2").reshape(-1, channels), sentences)


def clips(directory: Path) -> list[Clip]:
    """All clips of a folder with a `truth.json`, the shortest first. Raises BenchError."""
    from faster_whisper.audio import decode_audio

    try:
        listed = json.loads((directory / "truth.json").read_text())["clips"]
        found = [
            Clip(Path(each["file"]).stem, _decoded(decode_audio, directory / each["file"]), (_truth(each),))
            for each in listed
        ]
    except (OSError, ValueError, KeyError) as error:
        raise BenchError(f"no clips with their truth.json in {directory}: {error!r}") from error
    return sorted(found, key=lambda clip: clip.seconds)


def clips_beside(model: Path) -> Path:
    """The folder of clips that belongs to a model: `clips` beside it, else the project's own."""
    own = model.parent / "clips"
    return own if (own / "truth.json").exists() else MICRO_MODEL.parent / "clips"


def _decoded(decode: Callable[[str], object], path: Path) -> Samples:
    """As (frames, 1)."""
    samples = np.asarray(decode(str(path)), np.float32)
    return np.rint(samples * 32767).astype(np.int16)[:, None]


def _truth(entry: dict[str, Any]) -> tuple[tuple[Said, ...], ...]:
    """The sentences of one channel, as in the reference of the sample call."""
    return tuple(
        tuple(_said(word["word"], word["start_s"], word["end_s"]) for word in utterance["words"])
        for utterance in entry["utterances"]
    )


def _said(text: str, start: float, end: float) -> Said:
    return Said("".join(words(text)), start, end)


def _moved(sentence: tuple[Said, ...], seconds: float) -> tuple[Said, ...]:
    return tuple(Said(word.text, word.start + seconds, word.end + seconds) for word in sentence)


def _cut(clip: Clip, sentence: tuple[Said, ...], start: float, end: float) -> Clip:
    samples = clip.samples[round(start * RATE) : round(end * RATE)]
    return Clip(clip.name, samples, ((_moved(sentence, -start),),))
