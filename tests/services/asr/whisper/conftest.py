"""The project's micro Whisper, its recordings, and a decoder of which the answers are known."""

from __future__ import annotations

from pathlib import Path

import pytest

from services.asr.whisper.model import WhisperModel
from tests.services.asr.clips import MICRO, load


@pytest.fixture(scope="session")
def directory() -> Path:
    return MICRO / "ct2-int8"


@pytest.fixture(scope="session")
def model(directory) -> WhisperModel:
    return WhisperModel(directory, device="cpu", threads=1)


@pytest.fixture(scope="session")
def clip():
    return load
