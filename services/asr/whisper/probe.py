"""Whether a model bears windows shorter than the 30 s that Whisper was trained on: it is asked at load.

Encoding costs by the window's length: 30 s cost more than ten times as much as 3 s. A model may hear the same
either way, or write nonsense. The sample, probe.wav, is speech made by flite (make_probe.py).
"""

from __future__ import annotations

import wave
from dataclasses import replace
from difflib import SequenceMatcher
from importlib.resources import as_file, files

import numpy as np
from numpy.typing import NDArray

from services.asr.whisper.features import HOP
from services.asr.whisper.marks import plain
from services.asr.whisper.model import WhisperModel
from services.asr.whisper.passes import Decoded, PassRequest, Window

_ALIKE = 0.85  # share of words that both windows have; at the sample's ten words one may differ


def bears_short_windows(model: WhisperModel, language: str) -> bool:
    """Decode the sample with both windows, which is the model's warm-up too."""
    samples = sample()
    window = Window(0, samples[: len(samples) // HOP * HOP], 0, np.zeros((0, 0), np.float32))
    request = PassRequest(window, language=language)
    (short,) = model.decode([request])
    (full,) = model.decode([replace(request, full_window=True)])
    return alike(short, full)


def sample() -> NDArray[np.int16]:
    """A sentence, at 16 kHz."""
    with as_file(files("services.asr.whisper") / "probe.wav") as path, wave.open(str(path)) as file:
        return np.frombuffer(file.readframes(file.getnframes()), "<i2")


def alike(short: Decoded, full: Decoded) -> bool:
    """Whether both hold words, and nearly the same."""
    one, other = ([plain(word.text) for word in decoded.words] for decoded in (short, full))
    return bool(one and other) and SequenceMatcher(None, one, other, autojunk=False).ratio() >= _ALIKE
