"""PocketSphinx as an engine. It holds the GIL while it decodes, so it belongs in a process of its own."""

from __future__ import annotations

from importlib.metadata import version
from typing import Any

from services.asr.engine import Hypothesis, Word

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


class SphinxEngine:
    """One decoder, about 100 MB; one utterance at a time. It loads in 0.3 s."""

    name = "sphinx"

    def __init__(self) -> None:
        from pocketsphinx import Decoder

        self.model = model_name()
        self._decoder: Any = Decoder(samprate=16_000.0, loglevel="FATAL")

    def open(self, start: int, adaptation: str) -> SphinxUtterance:
        """Begin an utterance; the adaptation is the cepstral mean."""
        return SphinxUtterance(self._decoder, adaptation or INITIAL_MEAN)


class SphinxUtterance:
    """One utterance."""

    def __init__(self, decoder: Any, mean: str) -> None:
        self._decoder = decoder
        self._samples = 0
        self._pending = bytearray()
        decoder.start_utt()
        decoder.set_cmn(mean)

    def accept(self, pcm: bytes) -> None:
        self._pending += pcm

    def process(self) -> Hypothesis:
        self._decode()
        return Hypothesis(self._words(), self._samples)

    def finish(self) -> Hypothesis:
        self._decode()
        self._decoder.end_utt()
        return Hypothesis(self._words(final=True), self._samples, self._decoder.get_cmn())

    def _decode(self) -> None:
        if self._pending:
            self._decoder.process_raw(bytes(self._pending))
            self._samples += len(self._pending) // _SAMPLE_BYTES
            self._pending.clear()

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
