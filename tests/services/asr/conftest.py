"""Fixtures of the recognition service."""

from __future__ import annotations

import wave
from pathlib import Path

import pytest

SAMPLE_CALL = Path(__file__).parents[2] / "data" / "sample_call"
MICRO_WHISPER = Path(__file__).parents[2] / "data" / "micro_whisper" / "ct2-int8"


@pytest.fixture(scope="session")
def micro_whisper() -> Path:
    """The project's own small Whisper model, which knows the words of the sample call."""
    return MICRO_WHISPER


@pytest.fixture(scope="session")
def sample_call() -> bytes:
    """The frames of the sample call: LINEAR16, 16 kHz, two channels."""
    with wave.open(str(SAMPLE_CALL / "call.wav")) as file:
        assert (file.getframerate(), file.getnchannels(), file.getsampwidth()) == (16_000, 2, 2)
        return file.readframes(file.getnframes())
