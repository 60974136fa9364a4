"""Measure a converted model through faster-whisper and, for short windows, CTranslate2 itself.

    python -m make.evaluate --model ct2-int8 [--sentences 150] [--only NAME ...]

All sentences are held out, and freshly spoken.
"""

from __future__ import annotations

import argparse
import json
import random
import wave
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from ctranslate2 import StorageView
from faster_whisper import WhisperModel
from faster_whisper.tokenizer import Tokenizer
from numpy.typing import NDArray

from .flite import RATE_HERTZ, VOICES, Flite, Span
from .grammar import SAMPLE_CALL, held_out, plain_words, sentence
from .scoring import Score
from .sound import SOUNDS, background

SPELLED = {"$40": "forty dollars", "$30": "thirty dollars", "21st": "twenty first"}

Audio = NDArray[np.float32]


@dataclass(frozen=True)
class Recording:
    text: str
    samples: Audio
    words: tuple[Span, ...]


def held_out_sentence(rng: random.Random) -> str:
    while True:
        text = sentence(rng)
        if held_out(text):
            return text


def recording(
    flite: Flite,
    rng: random.Random,
    voice: str,
    seconds: float | None = None,
    pauses_s: tuple[float, float] = (0.3, 1.5),
) -> Recording:
    """One sentence with 0.3 s before and 0.4 s after, or as many as there is room for in `seconds`."""
    texts, words, parts = list[str](), list[Span](), [np.zeros(round(0.3 * RATE_HERTZ), np.float32)]
    while True:
        spoken = flite.say(held_out_sentence(rng), voice)
        at_s = sum(map(len, parts)) / RATE_HERTZ
        if seconds and texts and at_s + len(spoken.samples) / RATE_HERTZ > seconds - 0.3:
            break
        texts.append(spoken.text)
        words += [word.moved(at_s) for word in spoken.words]
        pause_s = rng.uniform(*pauses_s) if seconds else 0.4
        parts += [
            np.asarray(spoken.samples / 32768, np.float32),
            np.zeros(round(pause_s * RATE_HERTZ), np.float32),
        ]
        if seconds is None:
            break
    samples = np.concatenate(parts)
    if seconds:
        samples = np.pad(samples, (0, RATE_HERTZ * 30))[: round(seconds * RATE_HERTZ)]
    return Recording(" ".join(texts), samples, tuple(words))


class Evaluation:
    def __init__(self, folder: Path, sentences: int, show: bool) -> None:
        self.model = WhisperModel(str(folder), device="cpu", cpu_threads=1)
        self.flite = Flite()
        self.sentences = sentences
        self._show = show

    def transcribe(self, samples: Audio, **settings: Any) -> tuple[str, list[Span]]:
        settings = {"language": "en", "word_timestamps": True, "condition_on_previous_text": False} | settings
        segments = list(self.model.transcribe(samples, **settings)[0])
        text = " ".join(segment.text.strip() for segment in segments)
        words = [word for segment in segments for word in segment.words or ()]
        return text, [Span("".join(plain_words(word.word)), word.start, word.end) for word in words]

    def over(self, name: str, recordings: Iterator[Recording], **settings: Any) -> None:
        score = Score()
        for one in recordings:
            heard, words = self.transcribe(one.samples, **settings)
            if not score.add(one.text, heard, one.words, words) and self._show:
                print(f"    said  {one.text}\n    heard {heard}")
        print(f"{name:34} {score}", flush=True)

    def singles(self, seed: str, voices: list[str], count: int | None = None) -> Iterator[Recording]:
        rng = random.Random(seed)
        for _ in range(count or self.sentences):
            yield recording(self.flite, rng, rng.choice(voices))

    def several(
        self, seed: str, count: int, seconds: float, pauses_s: tuple[float, float]
    ) -> Iterator[Recording]:
        rng = random.Random(seed)
        for _ in range(count):
            yield recording(self.flite, rng, rng.choice(list(VOICES)), seconds, pauses_s)

    def voices(self) -> None:
        for voice in VOICES:
            self.over(f"sentences, {voice}", self.singles(f"fresh {voice}", [voice], self.sentences // 3))

    def all_voices(self) -> None:
        for beam in (5, 1):
            self.over(
                f"sentences, all voices, beam {beam}", self.singles("fresh", list(VOICES)), beam_size=beam
            )

    def settings(self) -> None:
        prompt = "Thank you for the plan. Is our ticket ready? The price went up in May."
        settings: dict[str, dict[str, Any]] = {
            "voice filter": {"vad_filter": True},
            "without times": {"without_timestamps": True, "word_timestamps": False},
            "initial prompt": {"initial_prompt": prompt},
            "hotwords": {"hotwords": "invoice Sarah budget"},
        }
        for name, given in settings.items():
            some = self.singles("fresh", list(VOICES), self.sentences // 2)
            self.over(f"sentences, {name}", some, beam_size=1, **given)

    def long_recordings(self) -> None:
        pauses = (0.3, 1.5)
        self.over("12 s", self.several("fresh 12", 10, 12.0, pauses))
        self.over("29 s", self.several("fresh 29", 8, 29.0, pauses))
        self.over("29 s, no pauses", self.several("fresh 29 tight", 6, 29.0, (0.0, 0.1)))
        self.over("60 s", self.several("fresh 60", 4, 60.0, pauses))
        self.over("60 s, no pauses", self.several("fresh 60 tight", 4, 60.0, (0.0, 0.1)))

    def sample_call(self) -> None:
        reference = json.loads(SAMPLE_CALL.read_text(encoding="utf-8"))
        with wave.open(str(SAMPLE_CALL.with_name("call.wav"))) as file:
            frames = np.frombuffer(file.readframes(file.getnframes()), "<i2").reshape(-1, 2)
        call = np.asarray(frames / 32768, np.float32)
        for beam in (1, 5):
            self.over(f"sample call, utterances, beam {beam}", _utterances(reference, call), beam_size=beam)
            for channel in (1, 2):
                whole = _channel(reference, call, channel)
                name = f"sample call, channel {channel}, beam {beam}"
                self.over(name, iter([whole]), beam_size=beam, vad_filter=True)

    def decode(self, samples: Audio, frames: int) -> str:
        """Greedily and without times, the features lengthened to `frames` (at most 3000)."""
        tokens = Tokenizer(self.model.hf_tokenizer, True, task="transcribe", language="en")
        features = self.model.feature_extractor(samples)[:, :-1]
        missing = min(frames, 3000) - features.shape[1]
        features = np.pad(features, ((0, 0), (0, max(missing, 0))))
        source = StorageView.from_array(np.ascontiguousarray(features[None], np.float32))
        prompt = [*tokens.sot_sequence, tokens.no_timestamps]
        result = self.model.model.generate(source, [prompt], beam_size=1)[0]
        return str(tokens.decode(result.sequences_ids[0]))

    def short_windows(self) -> None:
        """The same recordings as they are and padded to 30 s."""
        for seconds in (None, 6.0, 10.0):
            rng = random.Random(f"windows {seconds}")
            recordings = [
                recording(self.flite, rng, rng.choice(list(VOICES)), seconds)
                for _ in range(60 if seconds else 100)
            ]
            self._windows(f"window {seconds or 'of a sentence'}", recordings)

    def cut_windows(self) -> None:
        """Windows that begin at a word and end anywhere; words that are cut off shall be left out."""
        rng = random.Random("cut")
        recordings = []
        for _ in range(100):
            whole = recording(self.flite, rng, rng.choice(list(VOICES)), 10.0)
            first = whole.words[rng.randrange(len(whole.words) // 2)].start_s
            last = first + rng.uniform(1.5, 10.0 - first)
            words = tuple(one for one in whole.words if first <= one.start_s and one.end_s <= last + 0.03)
            samples = whole.samples[round(first * RATE_HERTZ) : round(last * RATE_HERTZ)]
            recordings.append(Recording(" ".join(word.text for word in words), samples, words))
        self._windows("cut window", [one for one in recordings if one.words])

    def _windows(self, name: str, recordings: list[Recording]) -> None:
        for kind, extra in (("as it is", 0), ("0.5 s longer", 50), ("padded", 3000)):
            score = Score()
            for one in recordings:
                score.add(one.text, self.decode(one.samples, len(one.samples) // 160 + extra))
            print(f"{name}, {kind:18} {score}", flush=True)

    def nothing_said(self) -> None:
        rng = np.random.default_rng(5)
        makers: dict[str, Callable[[], Audio]] = {
            f"{maker.__name__} {number}": lambda maker=maker: maker(rng, 20 * RATE_HERTZ)  # type: ignore[misc]
            for number, maker in enumerate(SOUNDS)
        }
        for name, make in makers.items():
            sound = make()
            for level_db in (-50, -20, -6):
                level = 10 ** (level_db / 20) / (np.abs(sound).max() + 1e-9)
                text, _ = self.transcribe((sound * level).astype(np.float32))
                if text:
                    print(f"nothing said, {name} at {level_db} dB: {text!r}")
        for name, quiet in (
            ("silence", np.zeros(640_000, np.float32)),
            ("floor", background(rng, 640_000) * 1e-4),
        ):
            print(f"nothing said, {name}: {self.transcribe(quiet.astype(np.float32))[0]!r}", flush=True)


def _utterances(reference: dict[str, Any], call: Audio) -> Iterator[Recording]:
    for one in reference["utterances"]:
        first_s = one["start_s"] - 0.2
        first, last = round(first_s * RATE_HERTZ), round((one["end_s"] + 0.3) * RATE_HERTZ)
        words = tuple(
            Span(word["word"], word["start_s"], word["end_s"]).moved(-first_s) for word in one["words"]
        )
        yield Recording(_spelled(one["display_text"]), call[first:last, one["channel"] - 1].copy(), words)


def _spelled(text: str) -> str:
    for written, spoken in SPELLED.items():
        text = text.replace(written, spoken)
    return text


def _channel(reference: dict[str, Any], call: Audio, channel: int) -> Recording:
    own = [one for one in reference["utterances"] if one["channel"] == channel]
    words = (Span(word["word"], word["start_s"], word["end_s"]) for one in own for word in one["words"])
    return Recording(
        " ".join(_spelled(one["display_text"]) for one in own), call[:, channel - 1].copy(), tuple(words)
    )


SETS = (
    "voices",
    "all_voices",
    "settings",
    "long_recordings",
    "sample_call",
    "short_windows",
    "cut_windows",
    "nothing_said",
)


def main() -> int:
    parser = argparse.ArgumentParser(description="Measure the micro Whisper.")
    parser.add_argument("--model", type=Path, required=True)
    parser.add_argument("--sentences", type=int, default=150)
    parser.add_argument("--only", nargs="+", choices=SETS, default=SETS)
    parser.add_argument("--show", action="store_true", help="print what was misheard")
    options = parser.parse_args()
    evaluation = Evaluation(options.model, options.sentences, options.show)
    for name in options.only:
        getattr(evaluation, name)()
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
