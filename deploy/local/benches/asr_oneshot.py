"""The same audio in direct calls of `faster_whisper.transcribe`, as one would transcribe files.

Beam of 5 as is its default, language given, no text before as prompt, no word times: the least that a call
can cost. What is heard is the same audio that is streamed, silence included.
"""

from __future__ import annotations

import os
import statistics
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from deploy.local.benches.asr_audio import Clip
from deploy.local.score import word_errors, words

_DECODED = 8  # sentences


@dataclass(frozen=True, slots=True)
class OneShot:
    """What direct calls cost and found.

    Attributes:
        word_error_rate, sentences_word_error_rate: of clips, each in one call, and of sentences alone.
        clips_cpu: seconds of processor time for a second of the clips. One thread: more would cost more.
        sentences_cpu: seconds of processor time for each of the sentences, so too.
        decode: seconds that the call for one sentence takes with a thread on each core, the median.
    """

    word_error_rate: float
    sentences_word_error_rate: float
    clips_cpu: float
    sentences_cpu: tuple[float, ...]
    decode: float


def transcribe(model: Path, clips: Sequence[Clip], sentences: Sequence[Clip]) -> OneShot:
    """Call after call; nothing else should run in this process meanwhile."""
    from faster_whisper import WhisperModel

    single = WhisperModel(str(model), device="cpu", cpu_threads=1)
    _text(single, sentences[0])
    whole, clips_cpu = _cost(single, clips)
    parts, sentences_cpu = _cost(single, sentences)
    return OneShot(
        whole,
        parts,
        sum(clips_cpu) / sum(clip.seconds for clip in clips),
        sentences_cpu,
        _decode(WhisperModel(str(model), device="cpu", cpu_threads=os.cpu_count() or 1), sentences),
    )


def _cost(model: Any, clips: Sequence[Clip]) -> tuple[float, tuple[float, ...]]:
    """Word error rate, and the seconds of processor time for each clip."""
    errors, seconds = 0, []
    for clip in clips:
        began = time.process_time()
        text = _text(model, clip)
        seconds.append(time.process_time() - began)
        errors += word_errors([word.text for word in clip.said(0)], words(text))
    return errors / sum(len(clip.said(0)) for clip in clips), tuple(seconds)


def _decode(model: Any, sentences: Sequence[Clip]) -> float:
    _text(model, sentences[0])
    seconds = []
    for sentence in sentences[:_DECODED]:
        began = time.perf_counter()
        _text(model, sentence)
        seconds.append(time.perf_counter() - began)
    return statistics.median(seconds)


def _text(model: Any, clip: Clip) -> str:
    samples = clip.samples[:, 0].astype(np.float32) / 32768
    segments, _ = model.transcribe(samples, language="en", condition_on_previous_text=False)
    return " ".join(segment.text for segment in segments)
