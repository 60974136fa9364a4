"""A loaded Whisper model: windows of audio in, words with times and probabilities out.

It drives CTranslate2 itself, where faster-whisper encodes 30 s at every call. Safe for use from several
threads. Nothing here reaches for a network: what is missing is an error at once.
"""

from __future__ import annotations

import os
from collections.abc import Hashable, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np

from services.asr.engine import SAMPLE_RATE_HERTZ, EngineUnavailable
from services.asr.model_files import ModelFault, read_model
from services.asr.whisper.features import HOP, Frames, LogMel, normalised, whole_frames
from services.asr.whisper.passes import WINDOW_SECONDS, Decoded, PassRequest
from services.asr.whisper.vocabulary import Vocabulary

FRAMES_PER_SECOND = SAMPLE_RATE_HERTZ // HOP
_FULL = WINDOW_SECONDS * FRAMES_PER_SECOND
# A text longer than this for its audio repeats itself: fast English speech has 7 tokens a second, languages
# whose characters take several tokens twice that. Bounding it bounds what a hallucination costs.
_TOKENS_PER_SECOND = 16
_SPARE_TOKENS = 12
_POSITIONS = 448  # of the decoder: for what it is given and what it writes
_MOST_TOKENS = _POSITIONS // 2
_LEAST_PROBABILITY = 1e-10
# Bytes: up to the smallest of OpenAI's models, as int8. With two threads the micro model of the tests took
# twice the time of the processor, and was not quicker.
_LARGEST_FOR_ONE_THREAD = 50_000_000


class WhisperModel:
    """One copy of the weights.

    Attributes:
        name: of its directory.
        languages: primary tags that it knows.
        device, compute_type: where and in what format it computes.
        margin: empty seconds that a short window has after its audio.
        min_window: shortest window in seconds.
    """

    def __init__(
        self,
        directory: Path,
        *,
        device: str = "auto",
        compute_type: str = "default",
        workers: int = 1,
        threads: int = 0,
        min_window: float = 2.0,
        margin: float = 1.0,
    ) -> None:
        """Raises EngineUnavailable: the message says what is wrong with the directory, and what to do."""
        for package in ("ctranslate2", "faster_whisper"):
            if find_spec(package) is None:
                raise EngineUnavailable(
                    "the engine whisper needs faster-whisper: pip install 'rivermouth[asr]'"
                )
        import ctranslate2

        try:
            files = read_model(directory)
        except ModelFault as fault:
            raise EngineUnavailable(f"the Whisper model {directory}: {fault}") from None
        try:
            self._model: Any = ctranslate2.models.Whisper(
                str(directory),
                device=device,
                compute_type=compute_type,
                inter_threads=workers,
                intra_threads=threads or _threads(files.size, workers),
            )
            self._vocabulary = Vocabulary(directory, multilingual=self._model.is_multilingual)
        except Exception as error:  # tokenizers raises nothing narrower
            raise EngineUnavailable(f"the Whisper model {directory} cannot be loaded: {error}") from error
        self._storage = ctranslate2.StorageView.from_array
        self._mel = LogMel(files.mels)
        self.name = directory.name
        self.languages = self._vocabulary.languages
        self.device: str = self._model.device
        self.compute_type: str = self._model.compute_type
        self.min_window = min_window
        self.margin = margin
        self._can_align = True

    def encode_prompt(self, text: str) -> list[int]:
        """Tokens of a text that stands before what is said."""
        return self._vocabulary.encode(text)

    def window_frames(self, request: PassRequest) -> int:
        """Frames that the encoder gets; even."""
        if request.full_window:
            return _FULL
        seconds = max(request.window.length / SAMPLE_RATE_HERTZ + self.margin, self.min_window)
        tenths = -(-round(seconds * FRAMES_PER_SECOND) // 10)
        return min(tenths * 10, _FULL)

    def batch_key(self, request: PassRequest) -> Hashable:
        """Requests of equal keys can be decoded in one batch."""
        alone = object() if not request.language else None
        lengths = (len(request.prompt), len(request.prefix))
        return self.window_frames(request), request.beam_size, request.language, lengths, alone

    def decode(self, requests: Sequence[PassRequest]) -> list[Decoded]:
        """Run passes of equal batch keys, in one batch."""
        length = self.window_frames(requests[0])
        mels = [self._frames(request) for request in requests]
        features = np.stack([normalised(frames, length) for frames in mels])
        encoded = self._model.encode(self._storage(features), to_cpu=False)
        language, confidence = requests[0].language, None
        if not language:
            language, confidence = self._detect(encoded)
        vocabulary = self._vocabulary
        prompts = [vocabulary.prompt(request.prompt, language, request.prefix) for request in requests]
        room = _POSITIONS - len(prompts[0])  # many phrases and a long context leave less than a text may take
        bound = max(min(_token_bound(max(len(frames) for frames in mels)), room), 1)
        results = self._model.generate(
            encoded,
            prompts,
            beam_size=requests[0].beam_size,
            max_length=len(prompts[0]) + bound,
            return_no_speech_prob=True,
            suppress_tokens=vocabulary.suppressed,
        )
        texts = [
            _without(result.sequences_ids[0], request.prefix)
            for result, request in zip(results, requests, strict=True)
        ]
        tokens = [[token for token in text if token < vocabulary.end_of_text] for text in texts]
        alignments = self._align(encoded, language, requests, tokens, mels)
        decoded = []
        for row, request in enumerate(requests):
            window, alignment, prefix = request.window, alignments[row], request.prefix
            probabilities = np.asarray(alignment.text_token_probs, np.float64) if alignment else np.ones(0)
            heard = np.maximum(
                probabilities[len(prefix) : len(prefix) + len(tokens[row])], _LEAST_PROBABILITY
            )
            decoded.append(
                Decoded(
                    words=vocabulary.words(prefix, tokens[row], alignment, language, window.start),
                    frames=mels[row][: whole_frames(len(window.samples)) - window.lead // HOP],
                    log_probability=float(np.log(heard).mean()) if len(heard) else 0.0,
                    no_speech=results[row].no_speech_prob,
                    ended=len(texts[row]) < bound,
                    language=language,
                    language_confidence=confidence,
                    encoded=length / FRAMES_PER_SECOND,
                )
            )
        return decoded

    def _frames(self, request: PassRequest) -> Frames:
        window = request.window
        skipped = window.lead // HOP  # the samples begin a whole number of frames before the window
        count = window.length // HOP
        known = len(window.frames)
        if known >= count:
            return window.frames[:count]
        new = self._mel.frames(window.samples, skipped + known, count - known)
        return np.concatenate([window.frames, new]) if known else new

    def _detect(self, encoded: Any) -> tuple[str, float | None]:
        if not self._model.is_multilingual:
            return self.languages[0], None
        token, probability = self._model.detect_language(encoded)[0][0]
        return token[2:-2], float(probability)

    def _align(
        self,
        encoded: Any,
        language: str,
        requests: Sequence[PassRequest],
        tokens: Sequence[list[int]],
        mels: Sequence[Frames],
    ) -> Sequence[Any]:
        if not any(tokens):
            return [None] * len(requests)
        texts = [[*request.prefix, *text] for request, text in zip(requests, tokens, strict=True)]
        start = self._vocabulary.start(language)
        alignments: Sequence[Any] = self._model.align(encoded, start, texts, [len(each) for each in mels])
        return alignments


def _threads(size: int, workers: int) -> int:
    """Processor threads of a pass: one for a model whose passes are shorter than it takes to wake others."""
    return 1 if size <= _LARGEST_FOR_ONE_THREAD else max((os.cpu_count() or 1) // workers, 1)


def _token_bound(frames: int) -> int:
    return min(round(_TOKENS_PER_SECOND * frames / FRAMES_PER_SECOND) + _SPARE_TOKENS, _MOST_TOKENS)


def _without(tokens: list[int], prefix: tuple[int, ...]) -> list[int]:
    """CTranslate2 gives the prefix back before what it wrote."""
    return tokens[len(prefix) :] if tuple(tokens[: len(prefix)]) == prefix else tokens
