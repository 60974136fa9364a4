"""What a Whisper model does on this machine: loads it, decodes with each kind of window, and measures."""

from __future__ import annotations

import os
import time
import wave
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from services.asr.engine import SAMPLE_RATE_HERTZ
from services.asr.language import AUTO, primary
from services.asr.models import FoundModel
from services.asr.settings import WhisperSettings
from services.asr.whisper.features import HOP
from services.asr.whisper.model import WhisperModel
from services.asr.whisper.passes import Decoded, PassRequest, Window
from services.asr.whisper.probe import alike, sample

_LONGEST = 29 * SAMPLE_RATE_HERTZ


class AudioUnusable(ValueError):
    """The recording cannot be used; the message says why."""


@dataclass(frozen=True, slots=True)
class Pass:
    """One decoding: seconds of window that the encoder had, seconds it took, and the text."""

    window: float
    took: float
    text: str


@dataclass(frozen=True, slots=True)
class Check:
    """What was seen.

    Attributes:
        load: seconds to load.
        memory: bytes by which the process grew, loading and decoding.
        full, short: a pass with the whole 30 s, and with a window as long as its audio.
        agree: whether both heard nearly the same words, so that short windows are good enough.
    """

    device: str
    compute_type: str
    languages: tuple[str, ...]
    load: float
    memory: int
    full: Pass
    short: Pass
    agree: bool


def check(found: FoundModel, settings: WhisperSettings, audio: NDArray[np.int16] | None = None) -> Check:
    """Load the model and decode audio (16 kHz), by default a sentence. Raises EngineUnavailable."""
    before, begun = _resident(), time.perf_counter()
    model = WhisperModel(
        found.directory,
        device=settings.device,
        compute_type=settings.compute_type,
        threads=settings.threads,
        min_window=settings.min_window,
    )
    load = time.perf_counter() - begun
    samples = (sample() if audio is None else audio)[:_LONGEST]
    full, decoded = _pass(model, samples, settings, full_window=True)
    short, shorter = _pass(model, samples, settings, full_window=False)
    return Check(
        device=model.device,
        compute_type=model.compute_type,
        languages=model.languages,
        load=load,
        memory=max(_resident() - before, 0),
        full=full,
        short=short,
        agree=alike(shorter, decoded),
    )


def read_audio(path: Path) -> NDArray[np.int16]:
    """The first channel of a WAV file of 16-bit samples, at 16 kHz. Raises AudioUnusable."""
    from services.audio.resample import ResampleStream

    try:
        with wave.open(str(path)) as file:
            if file.getsampwidth() != 2:
                raise AudioUnusable(f"{path} has samples of {8 * file.getsampwidth()} bits: 16 are needed")
            rate, channels = file.getframerate(), file.getnchannels()
            frames = np.frombuffer(file.readframes(30 * rate), "<i2").reshape(-1, channels)
    except OSError as error:
        raise AudioUnusable(f"{path} cannot be read: {(error.strerror or str(error)).lower()}") from None
    except (wave.Error, EOFError, ValueError) as error:
        raise AudioUnusable(f"{path} is no WAV file of PCM samples: {error}") from None
    stream = ResampleStream(rate, SAMPLE_RATE_HERTZ, 1)
    mono = np.ascontiguousarray(frames[:, :1])
    samples: NDArray[np.int16] = np.concatenate([stream.accept(mono), stream.finish()])[:, 0]
    return samples


def _pass(
    model: WhisperModel, samples: NDArray[np.int16], settings: WhisperSettings, *, full_window: bool
) -> tuple[Pass, Decoded]:
    whole = samples[: len(samples) // HOP * HOP]
    window = Window(0, whole, 0, np.zeros((0, 0), np.float32))
    request = PassRequest(
        window,
        language=primary(settings.language) if settings.language != AUTO else "",
        beam_size=settings.beam_size,
        full_window=full_window,
    )
    _decode(model, request)  # the first of its shape also allocates
    begun = time.perf_counter()
    decoded = _decode(model, request)
    return Pass(decoded.encoded, time.perf_counter() - begun, decoded.text), decoded


def _decode(model: WhisperModel, request: PassRequest) -> Decoded:
    return model.decode([request])[0]


def _resident() -> int:
    """Resident memory of this process in bytes; 0 where the system does not tell."""
    try:
        return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, IndexError, ValueError):
        return 0
