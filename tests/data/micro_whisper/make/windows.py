"""Windows as a streaming recogniser sees them, put together from spoken sentences.

A window begins before a sentence or, as after a committed beginning was trimmed, at a word inside of
one; it ends after a sentence or anywhere, often in the middle of a word. It is decoded as it is
(`padded=False`: features a little longer than the audio) or padded to 30 s.
"""

from __future__ import annotations

import random
from collections import defaultdict
from dataclasses import dataclass

import numpy as np

from .flite import Span, Utterance
from .sound import RATE_HERTZ, Samples, background, without_speech

FULL_S = 30.0
SPOKEN_WHOLE_S = 0.03  # a word counts as spoken when no more than this of its end is missing
NO_SPEECH = 0.08
MID_SENTENCE = {False: 0.35, True: 0.2}  # by `padded`


@dataclass(frozen=True)
class Sentence:
    """The words of one sentence heard in a window. `whole`: it is heard to its end."""

    pieces: tuple[str, ...]  # the written words with their marks, without spaces
    words: tuple[Span, ...]
    whole: bool


@dataclass(frozen=True)
class Window:
    """`samples` are what is heard; `seconds` is the length that the features are padded to."""

    seconds: float
    samples: Samples
    sentences: tuple[Sentence, ...]
    phones: tuple[Span, ...]
    words: tuple[Span, ...]
    before: str | None = None  # what was said before the window, where it begins inside of a sentence

    @property
    def heard_s(self) -> float:
        return len(self.samples) / RATE_HERTZ

    @property
    def full(self) -> bool:
        """Whether speech goes on beyond a whole 30 s window, as in a long recording."""
        return self.heard_s >= FULL_S and bool(self.sentences) and not self.sentences[-1].whole


@dataclass(frozen=True)
class _Placed:
    """An utterance on the window's clock, from its word number `first` on."""

    utterance: Utterance
    first: int
    begin_s: float  # its audio begins here, in its own time
    at_s: float  # where its sample 0 would be
    stretch: float

    @property
    def words(self) -> tuple[Span, ...]:
        return tuple(word.moved(self.at_s, self.stretch) for word in self.utterance.words[self.first :])

    @property
    def phones(self) -> tuple[Span, ...]:
        audible = (phone for phone in self.utterance.phones if phone.end_s > self.begin_s)
        return tuple(phone.moved(self.at_s, self.stretch) for phone in audible)


class Windows:
    """An endless supply of windows, drawn from the utterances it has been given so far."""

    def __init__(self, seed: str) -> None:
        self.rng = random.Random(seed)
        self.generator = np.random.default_rng(abs(hash_of(seed)))
        self.utterances: list[Utterance] = []
        self._by_voice: defaultdict[str, list[Utterance]] = defaultdict(list)

    def add(self, utterances: list[Utterance]) -> None:
        self.utterances += utterances
        for utterance in utterances:
            self._by_voice[utterance.voice].append(utterance)

    def draw(self, seconds: float, padded: bool) -> Window:
        rng = self.rng
        if padded:
            kind = rng.random()
            heard_s = (
                FULL_S if kind < 0.3 else rng.uniform(0.8, 10) if kind < 0.7 else rng.uniform(10, FULL_S)
            )
        else:
            heard_s = seconds - (rng.uniform(0, 1) if rng.random() < 0.8 else 0.0)
        heard_s = max(heard_s, 0.5)
        if rng.random() < NO_SPEECH:
            samples = without_speech(self.generator, round(heard_s * RATE_HERTZ))
            return Window(seconds, samples, (), (), ())
        return self._spoken(seconds, heard_s, padded)

    def _spoken(self, seconds: float, heard_s: float, padded: bool) -> Window:
        rng = self.rng
        samples = np.zeros(round(heard_s * RATE_HERTZ), np.float32)
        placed, before = self._lay_out(samples, heard_s, rng.random() < MID_SENTENCE[padded])
        ended = [one for one in placed if one.words[-1].end_s <= heard_s - 0.03]
        if ended and rng.random() < 0.5:  # stop after a sentence
            end_s = ended[-1].words[-1].end_s
            placed = ended
            samples[round((end_s + 0.04) * RATE_HERTZ) :] = 0.0
            heard_s = min(
                heard_s, end_s + rng.choice([0.1, rng.uniform(0.03, 0.7), rng.uniform(0.3, 2.0), 30.0])
            )
            samples = samples[: round(heard_s * RATE_HERTZ)]
        sentences = tuple(one for one in (heard(one, heard_s) for one in placed) if one.words)
        phones = tuple(phone for one in placed for phone in one.phones)
        words = tuple(word for one in sentences for word in one.words)
        return Window(seconds, self._levelled(samples), sentences, phones, words, before)

    def _lay_out(self, samples: Samples, heard_s: float, mid: bool) -> tuple[list[_Placed], str | None]:
        """Write utterances into `samples`, one after the other, to its end."""
        rng = self.rng
        tight = rng.random() < 0.25  # speech without pauses
        most = 99 if rng.random() < 0.7 else rng.randint(1, 3)
        pool = self._by_voice[rng.choice(self.utterances).voice] if rng.random() < 0.75 else self.utterances
        placed: list[_Placed] = []
        before = None
        clock = rng.choice([0.0, rng.uniform(0, 0.2)]) if mid else self._lead(heard_s)
        while clock < heard_s - 0.1 and len(placed) < most:
            utterance = rng.choice(pool)
            stretch = rng.uniform(0.94, 1.06) if rng.random() < 0.25 else 1.0
            inside = mid and not placed and len(utterance.words) > 1
            first = rng.randrange(1, len(utterance.words)) if inside else 0
            if first:
                before = " ".join(utterance.text.split()[:first])
            # the trimmer's idea of where a word begins is not exact
            begin_s = max(utterance.words[first].start_s - rng.uniform(-0.03, 0.08), 0.0) if first else 0.0
            clip = utterance.samples[round(begin_s * RATE_HERTZ) :].astype(np.float32) / 32768
            if stretch != 1.0:
                times = np.arange(int(len(clip) * stretch)) / stretch
                clip = np.interp(times, np.arange(len(clip)), clip).astype(np.float32)
            at = round(clock * RATE_HERTZ)
            clip = clip[: len(samples) - at] * np.float32(10 ** (rng.uniform(-4, 4) / 20))
            samples[at : at + len(clip)] += clip
            placed.append(_Placed(utterance, first, begin_s, clock - begin_s * stretch, stretch))
            clock = placed[-1].words[-1].end_s + (rng.uniform(-0.02, 0.15) if tight else self._pause())
        return placed, before

    def _lead(self, heard_s: float) -> float:
        kind = self.rng.random()
        lead = self.rng.uniform(0, 0.1 if kind < 0.3 else 1.0 if kind < 0.85 else 4.0)
        return min(lead, heard_s / 2)

    def _pause(self) -> float:
        kind = self.rng.random()
        if kind < 0.25:
            return self.rng.uniform(0, 0.2)
        return self.rng.uniform(0.2, 0.8) if kind < 0.75 else self.rng.uniform(0.8, 2.5)

    def _levelled(self, samples: Samples) -> Samples:
        rng = self.rng
        level = np.sqrt((samples**2).mean()) + 1e-6
        if rng.random() < 0.55:
            ratio_db = rng.uniform(8, 30) if rng.random() < 0.5 else rng.uniform(30, 60)
            samples = samples + background(self.generator, len(samples)) * level * 10 ** (-ratio_db / 20)
        peak = 10 ** (rng.uniform(-20, -0.5) / 20)
        return np.asarray(samples * (peak / (np.abs(samples).max() + 1e-6)), np.float32)


def hash_of(seed: str) -> int:
    return int.from_bytes(seed.encode(), "big") % 2**63


def heard(placed: _Placed, heard_s: float) -> Sentence:
    """The words of an utterance that are spoken to their end within `heard_s`."""
    words = tuple(word for word in placed.words if word.end_s <= heard_s + SPOKEN_WHOLE_S)
    pieces = placed.utterance.text.split()[placed.first :]
    return Sentence(tuple(pieces[: len(words)]), words, len(words) == len(pieces))
