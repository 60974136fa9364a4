"""The project's micro Whisper, its recordings, and a decoder of which the answers are known."""

from __future__ import annotations

import json
from pathlib import Path

import av
import numpy as np
import pytest

from services.asr.whisper.model import WhisperModel

MICRO = Path(__file__).parents[3] / "data" / "micro_whisper"


@pytest.fixture(scope="session")
def directory() -> Path:
    return MICRO / "ct2-int8"


@pytest.fixture(scope="session")
def model(directory) -> WhisperModel:
    return WhisperModel(directory, device="cpu", threads=1)


class Clip:
    """A recording, and what is said in it."""

    def __init__(self, name: str) -> None:
        clips = json.loads((MICRO / "clips" / "truth.json").read_text())["clips"]
        (truth,) = [clip for clip in clips if clip["file"] == f"{name}.flac"]
        self.words = [
            (word["word"].lower(), word["start_s"], word["end_s"])
            for utterance in truth["utterances"]
            for word in utterance["words"]
        ]
        with av.open(str(MICRO / "clips" / f"{name}.flac")) as container:
            frames = [frame.to_ndarray() for frame in container.decode(audio=0)]
        self.samples = np.concatenate(frames, axis=1).reshape(-1).astype(np.int16)


@pytest.fixture(scope="session")
def clip():
    clips: dict[str, Clip] = {}

    def load(name: str) -> Clip:
        if name not in clips:
            clips[name] = Clip(name)
        return clips[name]

    return load
