"""flite's voices through libflite: samples with the true times of every word and phone.

flite keeps the utterance it has spoken as linked relations (words over syllables over segments), so
times are read from it and need no recogniser. Needs Debian's `flite` (2.2); the same library gives
the same samples.
"""

from __future__ import annotations

import ctypes
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import soxr
from numpy.typing import NDArray

from .grammar import plain_words

RATE_HERTZ = 16_000
FRAME = RATE_HERTZ // 200  # 5 ms
CONTENT_DB = -40.0  # speech begins and ends where a frame comes within this of the loudest
FADE_S = 0.04

VOICES = {
    "rms": "cmu_us_rms",
    "awb": "cmu_us_awb",
    "slt": "cmu_us_slt",
    "kal16": "cmu_us_kal16",
    "kal": "cmu_us_kal",
}

DIPHONE_PITCH_HERTZ = {"kal16": 95.0, "kal": 95.0}  # the other voices shift the pitch that they predict

Samples = NDArray[np.int16]


@dataclass(frozen=True)
class Span:
    """A word or a phone and when it is spoken, in seconds."""

    text: str
    start_s: float
    end_s: float

    def moved(self, by_s: float, stretch: float = 1.0) -> Span:
        return Span(self.text, self.start_s * stretch + by_s, self.end_s * stretch + by_s)


@dataclass(frozen=True)
class Utterance:
    """One spoken sentence: 16 kHz samples from FADE_S before the first word to FADE_S after the last.

    The pauses around the speech, which flite fills with a faint buzz, are faded to zero.
    """

    text: str
    voice: str
    samples: Samples
    words: tuple[Span, ...]
    phones: tuple[Span, ...]


@dataclass(frozen=True)
class Manner:
    """How a sentence is spoken: duration factor and mean pitch as a factor of the voice's own."""

    stretch: float = 1.0
    pitch: float = 1.0


class _Wave(ctypes.Structure):
    _fields_ = (
        ("type", ctypes.c_char_p),
        ("sample_rate", ctypes.c_int),
        ("num_samples", ctypes.c_int),
        ("num_channels", ctypes.c_int),
        ("samples", ctypes.POINTER(ctypes.c_short)),
    )


class _Voice(ctypes.Structure):
    _fields_ = (("name", ctypes.c_char_p), ("features", ctypes.c_void_p))


class Flite:
    """All voices, loaded once. Not thread-safe: one per process."""

    def __init__(self) -> None:
        self._lib: Any = ctypes.CDLL("libflite.so.1", mode=ctypes.RTLD_GLOBAL)
        for name in ("flite_synth_text", "utt_relation", "relation_head", "item_next"):
            getattr(self._lib, name).restype = ctypes.c_void_p
        self._lib.utt_wave.restype = ctypes.POINTER(_Wave)
        self._lib.flite_ffeature_string.restype = ctypes.c_char_p
        self._lib.flite_ffeature_float.restype = ctypes.c_float
        self._lib.flite_init()
        for name in ("usenglish", "cmulex"):
            ctypes.CDLL(f"libflite_{name}.so.1", mode=ctypes.RTLD_GLOBAL)
        self._voices = {voice: self._load(library) for voice, library in VOICES.items()}

    def _load(self, library: str) -> Any:
        register = getattr(ctypes.CDLL(f"libflite_{library}.so.1"), f"register_{library}")
        register.restype = ctypes.POINTER(_Voice)
        return register(None)

    def say(self, text: str, voice: str, manner: Manner | None = None) -> Utterance:
        """Speak one sentence. Raises ValueError where flite's words are not the text's words."""
        manner = manner or Manner()
        pointer = self._voices[voice]
        features = ctypes.c_void_p(pointer.contents.features)
        self._lib.feat_set_float(features, b"duration_stretch", ctypes.c_float(manner.stretch))
        if voice in DIPHONE_PITCH_HERTZ:
            pitch = ctypes.c_float(DIPHONE_PITCH_HERTZ[voice] * manner.pitch)
            self._lib.feat_set_float(features, b"int_f0_target_mean", pitch)
        else:
            self._lib.feat_set_float(features, b"f0_shift", ctypes.c_float(manner.pitch))
        spoken = ctypes.c_void_p(self._lib.flite_synth_text(text.encode(), pointer))
        try:
            samples = self._samples(spoken)
            words = self._items(spoken, b"Word", _WORD_START, _WORD_END)
            phones = self._items(spoken, b"Segment", b"p.end", b"end")
        finally:
            self._lib.delete_utterance(spoken)
        if [word.text for word in words] != plain_words(text):
            raise ValueError(f"flite says {[word.text for word in words]} for {text!r}")
        return _trimmed(Utterance(text, voice, samples, words, phones))

    def _samples(self, spoken: ctypes.c_void_p) -> Samples:
        wave = self._lib.utt_wave(spoken).contents
        samples: Samples = np.ctypeslib.as_array(wave.samples, (wave.num_samples,)).copy()
        return (
            samples
            if wave.sample_rate == RATE_HERTZ
            else soxr.resample(samples, wave.sample_rate, RATE_HERTZ)
        )

    def _items(self, spoken: ctypes.c_void_p, relation: bytes, start: bytes, end: bytes) -> tuple[Span, ...]:
        spans = []
        item = self._lib.relation_head(ctypes.c_void_p(self._lib.utt_relation(spoken, relation)))
        while item:
            here = ctypes.c_void_p(item)
            name = self._lib.flite_ffeature_string(here, b"name").decode()
            spans.append(
                Span(
                    name,
                    float(self._lib.flite_ffeature_float(here, start)),
                    float(self._lib.flite_ffeature_float(here, end)),
                )
            )
            item = self._lib.item_next(here)
        return tuple(spans)


_WORD_START = b"R:SylStructure.daughter1.daughter1.R:Segment.p.end"
_WORD_END = b"R:SylStructure.daughtern.daughtern.R:Segment.end"


def _trimmed(utterance: Utterance) -> Utterance:
    """The utterance without its outer pauses; the outer words also own the attack and the ringing."""
    start_s, end_s = _content(utterance.samples)
    first, last = round((start_s - FADE_S) * RATE_HERTZ), round((end_s + FADE_S) * RATE_HERTZ)
    begin = max(first, 0)
    samples = utterance.samples[begin:last]
    times = (np.arange(len(samples)) + begin) / RATE_HERTZ
    gain = np.interp(times, [start_s - FADE_S, start_s, end_s, end_s + FADE_S], [0.0, 1.0, 1.0, 0.0])
    words = [word.moved(-begin / RATE_HERTZ) for word in utterance.words]
    words[0] = replace(words[0], start_s=start_s - begin / RATE_HERTZ)
    words[-1] = replace(words[-1], end_s=end_s - begin / RATE_HERTZ)
    phones = tuple(phone.moved(-begin / RATE_HERTZ) for phone in utterance.phones)
    faded = np.rint(samples * gain).astype(np.int16)
    return replace(utterance, samples=faded, words=tuple(words), phones=phones)


def _content(samples: Samples) -> tuple[float, float]:
    """Where speech begins and ends, in seconds, to one frame."""
    frames = samples[: len(samples) // FRAME * FRAME].reshape(-1, FRAME)
    level = np.sqrt((frames.astype(np.float64) ** 2).mean(axis=1))
    loud = np.flatnonzero(level >= level.max() * 10 ** (CONTENT_DB / 20))
    return float(loud[0] * FRAME / RATE_HERTZ), float((loud[-1] + 1) * FRAME / RATE_HERTZ)
