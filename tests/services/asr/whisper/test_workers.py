"""How many passes run at once where nothing is said."""

from __future__ import annotations

import os

import pytest

from services.asr.engine import EngineUnavailable
from services.asr.settings import WhisperSettings
from services.asr.whisper import recogniser
from services.asr.whisper.recogniser import WhisperRecogniser


@pytest.mark.parametrize(
    ("asked", "cores", "gpu", "workers"),
    [(0, 2, False, 2), (0, 16, False, 4), (0, None, False, 1), (0, 16, True, 1), (3, 16, True, 3)],
)
async def test_passes_at_once(monkeypatch, directory, asked, cores, gpu, workers) -> None:
    loaded: list[int] = []

    def model(found, *, workers: int, **options) -> None:
        loaded.append(workers)
        raise EngineUnavailable("that will do")

    monkeypatch.setattr(os, "cpu_count", lambda: cores)
    monkeypatch.setattr(recogniser, "uses_gpu", lambda settings: gpu)
    monkeypatch.setattr(recogniser, "WhisperModel", model)
    with pytest.raises(EngineUnavailable):
        async with WhisperRecogniser(WhisperSettings(model=str(directory), workers=asked)):
            pass
    assert loaded == [workers]
