"""Record the clips: held-out sentences with the true times of their words, for tests that have no flite.

python -m make.clips --out clips
"""

from __future__ import annotations

import argparse
import hashlib
import json
import random
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import soundfile

from .evaluate import held_out_sentence
from .flite import RATE_HERTZ, Flite, Utterance
from .grammar import SLOTS, held_out
from .sound import Samples

LEAD_S, TAIL_S = 0.4, 0.6
SPEECH_DBFS = -20.0
FLOOR_DBFS = -75.0
STEP = 16  # in 16-bit units: 12 bits are enough for this speech, and FLAC packs them in half the room
VOICES = ("rms", "awb", "slt", "kal16")
DIGITS = "five eight six eight nine"


@dataclass(frozen=True)
class Clip:
    """Sentences with the pause after each, from the end of its last word to the start of the next."""

    name: str
    what: str
    sentences: tuple[tuple[str, str], ...]  # voice, text
    pauses_s: tuple[float, ...]
    tail_s: float = TAIL_S


def first_held_out(texts: Iterable[str]) -> str:
    return next(text for text in texts if held_out(text))


def sentences(rng: random.Random, accept: Callable[[str], bool] = lambda text: True) -> Iterator[str]:
    """Held-out sentences, none twice."""
    seen = set[str]()
    while True:
        text = held_out_sentence(rng)
        if text not in seen and accept(text):
            seen.add(text)
            yield text


def fill(
    flite: Flite, name: str, what: str, voice: str, seconds: float, pauses_s: tuple[float, float]
) -> Clip:
    """As many sentences as `seconds` have room for."""
    rng = random.Random(name)
    texts, pauses = list[tuple[str, str]](), list[float]()
    clock = LEAD_S
    plain = sentences(rng, lambda text: "," not in text and len(text.split()) > 4)
    for text in islice(plain, 200):
        spoken = flite.say(text, voice)
        length_s = spoken.words[-1].end_s - spoken.words[0].start_s
        if clock + length_s <= seconds - TAIL_S:
            texts.append((voice, text))
            pauses.append(rng.uniform(*pauses_s))
            clock += length_s + pauses[-1]
    return Clip(name, what, tuple(texts), tuple(pauses))


def clips(flite: Flite) -> Iterator[Clip]:
    for voice in VOICES:
        rng = random.Random(f"sentences {voice}")
        texts = list(islice(sentences(rng), 11))
        pauses = tuple(rng.uniform(0.9, 1.2) for _ in texts)
        what = "eleven sentences, about a second between them"
        yield Clip(f"sentences_{voice}", what, tuple((voice, text) for text in texts), pauses)
    yield fill(flite, "pauses_12s", "some sentences with pauses", "awb", 12.0, (0.3, 1.2))
    yield fill(flite, "pauses_29s", "many sentences with pauses", "rms", 29.0, (0.3, 1.8))
    yield fill(flite, "continuous_60s", "a minute without a pause of 150 ms", "awb", 60.0, (0.04, 0.12))
    digits = first_held_out(
        f"The number of {the} {thing} is {DIGITS}." for thing in SLOTS["thing"] for the in ("the", "my")
    )
    repeats = next(sentences(random.Random(4), lambda text: "number is" in text and len(_pairs(text)) == 2))
    yield Clip("digits", "digits that repeat", (("rms", digits), ("rms", repeats)), (0.8, 0.0))
    who = next(sentences(random.Random(5), lambda text: text.startswith("Who will")))
    yield Clip("who", "begins with a word whose beginning sounds like another", (("awb", who),), (0.0,))
    last = next(sentences(random.Random(6), lambda text: len(text.split()) > 7))
    yield Clip("stops_short", "ends 0.1 s after its last word", (("rms", last),), (0.0,), 0.1)


def _pairs(text: str) -> list[str]:
    """Digits said exactly twice in a row."""
    runs = re.findall(r"\b(\w+)((?: \1\b)*)", text.rstrip("."))
    return [word for word, again in runs if again.count(word) == 1]


def record(flite: Flite, clip: Clip) -> tuple[Samples, list[dict[str, Any]]]:
    """The clip's samples in [-1, 1], and what is said in it when."""
    spoken = [flite.say(text, voice) for voice, text in clip.sentences]
    speech = np.concatenate([one.samples for one in spoken]).astype(np.float64) / 32768
    gain = 10 ** (SPEECH_DBFS / 20) / np.sqrt((speech**2).mean())
    starts, clock = list[float](), LEAD_S
    for one, pause_s in zip(spoken, clip.pauses_s, strict=True):
        starts.append(clock - one.words[0].start_s)
        end_s = starts[-1] + one.words[-1].end_s
        clock = end_s + pause_s
    count = round((end_s + clip.tail_s) * RATE_HERTZ)
    samples = np.random.RandomState(1).standard_normal(count + RATE_HERTZ) * 10 ** (FLOOR_DBFS / 20)
    for at_s, one in zip(starts, spoken, strict=True):
        first = round(at_s * RATE_HERTZ)
        samples[first : first + len(one.samples)] += one.samples / 32768 * gain
    truth = [_truth(one, at_s) for at_s, one in zip(starts, spoken, strict=True)]
    return samples[:count].astype(np.float32), truth


def _truth(spoken: Utterance, at_s: float) -> dict[str, Any]:
    words = [word.moved(at_s) for word in spoken.words]
    return {
        "voice": spoken.voice,
        "text": spoken.text,
        "start_s": round(words[0].start_s, 3),
        "end_s": round(words[-1].end_s, 3),
        "words": [
            {"word": word.text, "start_s": round(word.start_s, 3), "end_s": round(word.end_s, 3)}
            for word in words
        ],
    }


def write(out: Path) -> None:
    out.mkdir(parents=True, exist_ok=True)
    flite = Flite()
    entries = []
    for clip in clips(flite):
        samples, truth = record(flite, clip)
        path = out / f"{clip.name}.flac"
        quantized = np.rint(samples * 32768 / STEP) * STEP
        soundfile.write(
            path, quantized.clip(-32768, 32767).astype(np.int16), RATE_HERTZ, compression_level=1.0
        )
        entries.append(
            {
                "file": path.name,
                "what": clip.what,
                "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
                "duration_s": round(len(samples) / RATE_HERTZ, 3),
                "utterances": truth,
            }
        )
    content = {"made_by": "make/clips.py", "sample_rate_hertz": RATE_HERTZ, "clips": entries}
    (out / "truth.json").write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")


def main() -> int:
    parser = argparse.ArgumentParser(description="Record the clips of held-out sentences.")
    parser.add_argument("--out", type=Path, required=True)
    write(parser.parse_args().out)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
