"""PocketSphinx as an engine. It holds the GIL while it decodes, so it belongs in a process of its own."""

from __future__ import annotations

import json
from importlib.metadata import version
from typing import Any

import numpy as np
from numpy.typing import NDArray

from services.asr.engine import Hypothesis, Opening, Word

MODEL = "en-us"
LANGUAGE = "en-US"

_FRAME = 10_000_000  # nanoseconds
_SAMPLE_BYTES = 2
# A decoder that knows nothing of its channel mishears the first words. It begins with this cepstral mean,
# taken over speech of the two flite voices at -20 dBFS, instead of the model's "40,3,-1": word error rate of
# first utterances 2.7 instead of 6.7 %.
INITIAL_MEAN = "47,2.5,4,16,0,0.6,4,-5.5,-3.3,-5,5.2,0,0.2"


def model_name() -> str:
    """The model with the version of its package."""
    return f"pocketsphinx-{version('pocketsphinx')}/{MODEL}"


# Quiet speech is raised so that its loudest 100 ms have this RMS (-18 dBFS); louder speech stays as it is.
# The model is not indifferent to level: the word error rate of the sample call at -30 dB was 29 % without and
# 1 % with it, at -40 dB 79 and 1 %.
_TARGET_RMS = 4_000.0
_MAX_GAIN = 64.0
_BLOCK = 1_600
_HEAD = 3_200  # samples of speech after which the level of a channel's first utterance is judged


class SphinxEngine:
    """One decoder, about 100 MB; one utterance at a time. It loads in 0.3 s.

    Its adaptation is what the next utterance of a channel begins with: cepstral mean and gain, as JSON.
    """

    name = "sphinx"

    def __init__(self) -> None:
        from pocketsphinx import Decoder

        self.model = model_name()
        self._decoder: Any = Decoder(samprate=16_000.0, loglevel="FATAL")

    def open(self, opening: Opening) -> SphinxUtterance:
        """Begin an utterance."""
        mean, gain = json.loads(opening.adaptation) if opening.adaptation else (INITIAL_MEAN, None)
        return SphinxUtterance(self._decoder, mean, gain, opening.lead + _HEAD)


class SphinxUtterance:
    """One utterance."""

    def __init__(self, decoder: Any, mean: str, gain: float | None, head: int) -> None:
        """Without a `gain` the first `head` samples are kept back to choose one."""
        self._decoder = decoder
        self._samples = 0
        self._pending = bytearray()
        self._gain = gain
        self._head = head
        self._loudest = 0.0
        decoder.start_utt()
        decoder.set_cmn(mean)

    def accept(self, pcm: bytes) -> None:
        self._pending += pcm

    def process(self) -> Hypothesis:
        if self._gain is not None or len(self._pending) >= _SAMPLE_BYTES * self._head:
            self._decode()
        return Hypothesis(self._words(), self._samples)

    def finish(self) -> Hypothesis:
        self._decode()
        self._decoder.end_utt()
        adaptation = json.dumps((self._decoder.get_cmn(), _gain_for(self._loudest)))
        return Hypothesis(self._words(final=True), self._samples, adaptation)

    def _decode(self) -> None:
        if not self._pending:
            return
        samples = np.frombuffer(bytes(self._pending), "<i2").astype(np.float32)
        self._pending.clear()
        self._samples += len(samples)
        self._loudest = max(self._loudest, _loudest_block(samples))
        fitting = _gain_for(self._loudest)
        # Chosen by its first syllable, or before the speaker came closer: not far above what fits.
        self._gain = fitting if self._gain is None else min(self._gain, 2 * fitting)
        scaled = np.clip(np.rint(samples * np.float32(self._gain)), -32_768, 32_767)
        self._decoder.process_raw(scaled.astype("<i2").tobytes())

    def _words(self, *, final: bool = False) -> tuple[Word, ...]:
        if self._decoder.hyp() is None:
            return ()
        return tuple(
            Word(
                _spelling(segment.word),
                segment.start_frame * _FRAME,
                (segment.end_frame + 1) * _FRAME,
                # Posteriors come from the word lattice, which is made at the end.
                min(max(segment.prob, 0.0), 1.0) if final else None,
            )
            for segment in self._decoder.seg()
            if segment.word[0] not in "<[+"  # <s>, <sil>, [NOISE], ++COUGH++
        )


def _spelling(word: str) -> str:
    """The word without the number of its pronunciation: "the(2)" is "the"."""
    return word.partition("(")[0]


def _loudest_block(samples: NDArray[np.float32]) -> float:
    """RMS of the loudest 100 ms; of all, if there are fewer."""
    size = min(_BLOCK, len(samples))
    blocks = samples[: len(samples) // size * size].reshape(-1, size)
    return float(np.sqrt(np.mean(blocks * blocks, axis=1).max()))


def _gain_for(loudest: float) -> float:
    return min(max(_TARGET_RMS / max(loudest, 1.0), 1.0), _MAX_GAIN)
