"""The recordings beside the micro Whisper, and what is said in them."""

from __future__ import annotations

import difflib
import json
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import av
import numpy as np

MICRO = Path(__file__).parents[2] / "data" / "micro_whisper"


class Clip:
    """A recording: 16-bit mono at 16 kHz. `words` have the times in seconds when they are said;
    `utterances` are the begin of the first and the end of the last word of each.
    """

    def __init__(self, name: str) -> None:
        clips = json.loads((MICRO / "clips" / "truth.json").read_text())["clips"]
        (truth,) = [clip for clip in clips if clip["file"] == f"{name}.flac"]
        self.words: list[tuple[str, float, float]] = [
            (word["word"].lower(), word["start_s"], word["end_s"])
            for utterance in truth["utterances"]
            for word in utterance["words"]
        ]
        self.utterances: list[tuple[float, float]] = [
            (utterance["words"][0]["start_s"], utterance["words"][-1]["end_s"])
            for utterance in truth["utterances"]
        ]
        with av.open(str(MICRO / "clips" / f"{name}.flac")) as container:
            frames = [frame.to_ndarray() for frame in container.decode(audio=0)]
        self.samples = np.concatenate(frames, axis=1).reshape(-1).astype(np.int16)

    @property
    def said(self) -> list[str]:
        return [word for word, _, _ in self.words]


@cache
def load(name: str) -> Clip:
    """The recording of that name, read once."""
    return Clip(name)


def errors(said: Sequence[str], heard: Sequence[str]) -> int:
    """Words that are wrong, missing or too many."""
    matcher = difflib.SequenceMatcher(None, said, heard, autojunk=False)
    return sum(max(b - a, d - c) for kind, a, b, c, d in matcher.get_opcodes() if kind != "equal")
