"""Whisper as a recogniser: one loaded model, whose passes all sessions share."""

from __future__ import annotations

import asyncio
import logging
import os
import time
from collections.abc import Sequence
from contextlib import AsyncExitStack
from functools import lru_cache
from pathlib import Path
from types import TracebackType
from typing import Self

from services.asr.engine import SAMPLE_RATE_HERTZ, Opening, Phrase
from services.asr.language import AUTO, primary
from services.asr.models import find_model, uses_gpu
from services.asr.recogniser import Listener
from services.asr.scheduler import Scheduler
from services.asr.settings import WhisperSettings
from services.asr.whisper.commit import CommitPolicy
from services.asr.whisper.decoder import Decoder
from services.asr.whisper.decoding import Effort, PassScheduler, WhisperDecoding
from services.asr.whisper.guards import Guards
from services.asr.whisper.hotwords import Prompt, make_prompt
from services.asr.whisper.language import UtteranceLanguage
from services.asr.whisper.model import WhisperModel
from services.asr.whisper.passes import PassRequest
from services.asr.whisper.probe import bears_short_windows
from services.asr.whisper.utterance import GrowingUtterance, WindowPolicy

_GPU_BATCH = 8
_MOST_WORKERS = 4  # on a CPU, where nothing else is said
_PATIENCE = 10.0  # of a pass, in lengths of its audio
_PROMPTS = 256  # of different sessions, kept
_log = logging.getLogger(__name__)


def _patience(requests: Sequence[PassRequest], floor: float) -> float:
    """Seconds that a pass may take: who is slower than this is no recogniser of live speech."""
    audio = sum(request.window.length for request in requests) / SAMPLE_RATE_HERTZ
    return floor + _PATIENCE * audio


class WhisperRecogniser:
    """Entered, its model is loaded and has decoded a sample.

    Attributes:
        short_windows: whether windows are as short as their audio.
    """

    name = "whisper"
    options = frozenset({"speech_contexts", "language_code"})

    def __init__(self, settings: WhisperSettings) -> None:
        self.model = ""
        self.languages: tuple[str, ...] = ()
        self.short_windows = True
        self._settings = settings
        self._resources = AsyncExitStack()
        self._loaded: WhisperModel | None = None
        self._scheduler: PassScheduler | None = None
        self._guards = Guards(
            settings.no_speech_threshold,
            settings.log_probability_threshold,
            settings.compression_ratio_threshold,
        )
        self._commits = CommitPolicy()
        interval = round(settings.interim_interval * SAMPLE_RATE_HERTZ)
        self._windows = WindowPolicy(interval=interval)
        self._effort = Effort(settings.beam_size, settings.final_beam_size, interval, settings.interim_share)
        self._prompt = lru_cache(_PROMPTS)(self._make_prompt)

    @property
    def language(self) -> str:
        """The configured one, else the only one; empty where it is detected."""
        if self._settings.language not in ("", AUTO):
            return self._settings.language
        return self.languages[0] if len(self.languages) == 1 else ""

    @property
    def is_full(self) -> bool:
        return self.scheduler.is_full

    @property
    def retry_after(self) -> float | None:
        return self.scheduler.retry_after

    @property
    def interim_lag(self) -> float:
        return self.scheduler.lag

    @property
    def load(self) -> float:
        return self.scheduler.load

    @property
    def scheduler(self) -> PassScheduler:
        """What shares the model; for measuring."""
        assert self._scheduler is not None, "the recogniser has not been entered"
        return self._scheduler

    def left_out(self, phrases: Sequence[Phrase]) -> tuple[Phrase, ...]:
        """Phrases that there is no room for beside those before them."""
        return self._prompt(tuple(phrases)).left_out

    def open(self, listener: Listener, opening: Opening) -> WhisperDecoding:
        """Open a decoding."""
        language = UtteranceLanguage(opening.options, self._settings.language, opening.adaptation)
        return WhisperDecoding(
            GrowingUtterance(self._windows, self._commits, self._guards, opening.lead),
            language,
            self._prompt(opening.options.phrases).tokens,
            self._effort,
            self.scheduler,
            listener,
            opening,
            time.monotonic,
        )

    async def __aenter__(self) -> Self:
        """Raises EngineUnavailable."""
        settings = self._settings
        model, decoder = await asyncio.to_thread(self._load)
        self._loaded = model
        self.model = f"whisper-{model.name}"
        self.languages = model.languages
        self.short_windows = decoder.short_windows
        batch = settings.batch or (_GPU_BATCH if model.device == "cuda" else 1)
        scheduler = Scheduler(
            decoder.decode,
            workers=self._workers,
            batch=batch,
            batch_key=decoder.batch_key,
            max_waiting=settings.max_waiting,
            patience=lambda requests: _patience(requests, settings.stall_seconds),
        )
        self._scheduler = await self._resources.enter_async_context(scheduler)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._resources.aclose()

    @property
    def _workers(self) -> int:
        """Passes at once: one on a GPU, which each of them fills; measurements are in scheduler.py."""
        if self._settings.workers:
            return self._settings.workers
        return 1 if uses_gpu(self._settings) else min(os.cpu_count() or 1, _MOST_WORKERS)

    def _load(self) -> tuple[WhisperModel, Decoder]:
        settings = self._settings
        found = find_model(settings, uses_gpu(settings))
        model = WhisperModel(
            Path(found.directory),
            device=settings.device,
            compute_type=settings.compute_type,
            workers=self._workers,
            threads=settings.threads,
            min_window=settings.min_window,
        )
        model.name = found.label
        language = settings.language if settings.language not in ("", AUTO) else model.languages[0]
        short = settings.short_windows == "on"
        agrees = bears_short_windows(model, primary(language))
        if settings.short_windows == "auto":
            short = agrees
        _log.info(
            "windows are %s",
            "as short as their audio" if short else "of 30 s",
            extra={"model": model.name, "short_windows": settings.short_windows, "agrees": agrees},
        )
        return model, Decoder(model, self._guards, short_windows=short)

    def _make_prompt(self, phrases: tuple[Phrase, ...]) -> Prompt:
        assert self._loaded is not None, "the recogniser has not been entered"
        return make_prompt(phrases, self._loaded.encode_prompt) if phrases else Prompt()
