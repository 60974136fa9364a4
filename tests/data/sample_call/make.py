"""Make the sample call: call.wav and reference.json, from the dialogue below and Debian's flite.

    python tests/data/sample_call/make.py [--out DIRECTORY]

Two speakers, one channel each (agent 1 = left, customer 2 = right), 16 kHz, 16 bit. The same flite
binary gives the same bytes: the noise floor comes from numpy's frozen legacy generator.
"""

from __future__ import annotations

import argparse
import json
import re
import shutil
import subprocess
import sys
import tempfile
import wave
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

RATE_HERTZ = 16_000
LEAD_IN_S = 0.5
LEAD_OUT_S = 0.8
SENTENCE_PAUSE_S = 0.25
SPEECH_DBFS = -20.0  # RMS over one voice's speech
FLOOR_DBFS = -75.0  # RMS of the noise on both channels: a live line is never digital zero
CONTENT_DB = -40.0  # speech begins and ends where a frame comes within this of the clip's loudest
FADE_S = 0.04
FRAME = RATE_HERTZ // 200  # 5 ms

SPEAKERS = {1: "agent", 2: "customer"}
VOICES = {1: "rms", 2: "awb"}

Samples = NDArray[np.float64]


@dataclass(frozen=True)
class Turn:
    """One utterance: what is said, how it is written, what it is for, and the silence before it."""

    channel: int
    spoken: tuple[str, ...]
    acts: tuple[str, ...] = ()
    pause_s: float = 0.6
    written: str | None = None  # where the written form differs from the spoken one (amounts, dates)

    @property
    def text(self) -> str:
        return " ".join(plain_words(" ".join(self.spoken)))

    @property
    def display_text(self) -> str:
        return self.written or " ".join(self.spoken)


DIALOGUE = (
    Turn(1, ("Good morning, customer support.", "How can I help you today?"), ("greeting", "question"), 0.0),
    Turn(
        2,
        ("Good morning.", "I want to make a complaint about the price of my contract."),
        ("greeting", "complaint"),
        0.6,
    ),
    Turn(1, ("Of course.", "What would you like to know?"), ("question",), 0.5),
    Turn(
        2,
        ("The price went up by forty dollars.", "That is far too expensive."),
        ("price_complaint", "amount"),
        0.7,
        "The price went up by $40. That is far too expensive.",
    ),
    Turn(1, ("I am sorry about that.", "The price changed in January."), ("apology",), 0.5),
    Turn(
        2,
        ("Nobody told me about the change.", "If the price does not come down, I will cancel my contract."),
        ("cancellation",),
        0.4,
    ),
    Turn(
        1,
        ("I can offer you a discount of thirty dollars a month.",),
        ("offer", "amount"),
        0.9,
        "I can offer you a discount of $30 a month.",
    ),
    Turn(2, ("And how long will that last?",), ("question",), 0.5),
    Turn(
        1,
        ("It would last until the twenty first of May.",),
        ("date",),
        0.6,
        "It would last until the 21st of May.",
    ),
    Turn(2, ("All right.", "Let us go with the new price."), ("decision",), 0.8),
    Turn(
        1,
        ("Very good.", "I will send you the new contract on Monday.", "Is there anything else?"),
        ("commitment", "question"),
        0.5,
    ),
    Turn(2, ("No, that is everything.", "Thank you for your help."), ("thanks",), 0.6),
    Turn(1, ("Have a good day.", "Goodbye."), ("goodbye",), 0.4),
)


@dataclass(frozen=True)
class Word:
    text: str
    start_s: float
    end_s: float

    def shifted(self, by_s: float) -> Word:
        return Word(self.text, self.start_s + by_s, self.end_s + by_s)


@dataclass(frozen=True)
class Clip:
    """One synthesised sentence, faded in and out around its speech. Times are seconds in `samples`."""

    samples: Samples
    start_s: float
    end_s: float
    words: tuple[Word, ...]


def plain_words(text: str) -> list[str]:
    return re.findall(r"[a-z']+", text.lower())


def run_flite(*arguments: str) -> str:
    return subprocess.run(["flite", *arguments], check=True, capture_output=True, text=True).stdout


def flite_version() -> str:
    # flite leaves with status 1 after printing its version
    printed = subprocess.run(["flite", "--version"], check=False, capture_output=True, text=True).stdout
    found = re.search(r"version: (\S+)", printed)
    return found[1] if found else "flite"


def synthesise(voice: str, sentence: str) -> Clip:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "sentence.wav")
        printed = run_flite("-voice", voice, "-psdur", "-t", sentence, "-o", str(path))
        with wave.open(str(path)) as file:
            if (file.getframerate(), file.getnchannels(), file.getsampwidth()) != (RATE_HERTZ, 1, 2):
                raise SystemExit(f"flite's voice {voice} does not speak 16 kHz mono, 16 bit")
            samples = np.frombuffer(file.readframes(file.getnframes()), "<i2").astype(np.float64)
    start_s, end_s = content(samples)
    words = word_times(voice, sentence, printed)
    # the outer words also own the attack and the ringing that flite counts as its pauses
    words[0] = replace(words[0], start_s=start_s)
    words[-1] = replace(words[-1], end_s=end_s)
    return Clip(faded(samples, start_s, end_s), start_s, end_s, tuple(words))


def content(samples: Samples) -> tuple[float, float]:
    """Where speech begins and ends in a clip, in seconds, to one 5 ms frame."""
    frames = samples[: len(samples) // FRAME * FRAME].reshape(-1, FRAME)
    level = np.sqrt((frames**2).mean(axis=1))
    loud = np.flatnonzero(level >= level.max() * 10 ** (CONTENT_DB / 20))
    return float(loud[0] * FRAME / RATE_HERTZ), float((loud[-1] + 1) * FRAME / RATE_HERTZ)


def faded(samples: Samples, start_s: float, end_s: float) -> Samples:
    """The clip with its pauses, which flite fills with a faint buzz, faded to zero within FADE_S."""
    times = np.arange(len(samples)) / RATE_HERTZ
    gain = np.interp(times, [start_s - FADE_S, start_s, end_s, end_s + FADE_S], [0.0, 1.0, 1.0, 0.0])
    return np.asarray(samples * gain, np.float64)


def word_times(voice: str, sentence: str, printed: str) -> list[Word]:
    """Words with their times, from flite's phones ("name:end", seconds).

    flite does not print which phone belongs to which word, so each word's phones are counted by
    letting it say the words one by one; the counts must add up to the sentence's phones.
    """
    words = plain_words(sentence)
    alone = run_flite("-voice", voice, "-ps", "-t", " ".join(f"{word}." for word in words), "none")
    counts = [len(group.split()) for group in re.split(r"\bpau\b", alone) if group.strip()]
    spans: list[tuple[float, float]] = []
    begin = 0.0
    for phone in printed.split():
        name, end = phone.split(":")
        if name != "pau":
            spans.append((begin, float(end)))
        begin = float(end)
    if len(counts) != len(words) or sum(counts) != len(spans):
        raise SystemExit(f"cannot tell the words' phones apart: {sentence!r}")
    ends = np.cumsum(counts)
    return [
        Word(word, spans[last - count][0], spans[last - 1][1])
        for word, count, last in zip(words, counts, ends, strict=True)
    ]


@dataclass(frozen=True)
class Utterance:
    """One turn on the call's clock (seconds from the first sample)."""

    turn: Turn
    start_s: float
    end_s: float
    words: tuple[Word, ...]

    def as_json(self) -> dict[str, Any]:
        return {
            "channel": self.turn.channel,
            "speaker": SPEAKERS[self.turn.channel],
            "text": self.turn.text,
            "display_text": self.turn.display_text,
            "acts": list(self.turn.acts),
            "start_s": round(self.start_s, 3),
            "end_s": round(self.end_s, 3),
            "words": [
                {"word": word.text, "start_s": round(word.start_s, 3), "end_s": round(word.end_s, 3)}
                for word in self.words
            ],
        }


def lay_out() -> tuple[list[Utterance], list[tuple[int, float, Clip]]]:
    """Put the turns one after the other: utterances, and (channel, time of the clip's start, clip)."""
    utterances: list[Utterance] = []
    placed: list[tuple[int, float, Clip]] = []
    clock = LEAD_IN_S
    for turn in DIALOGUE:
        clock += turn.pause_s
        start, words = clock, list[Word]()
        for index, sentence in enumerate(turn.spoken):
            clock += SENTENCE_PAUSE_S if index else 0.0
            clip = synthesise(VOICES[turn.channel], sentence)
            placed.append((turn.channel, clock - clip.start_s, clip))
            words += [word.shifted(clock - clip.start_s) for word in clip.words]
            clock += clip.end_s - clip.start_s
        utterances.append(Utterance(turn, start, clock, tuple(words)))
    return utterances, placed


def mix(placed: list[tuple[int, float, Clip]], duration_s: float) -> NDArray[np.int16]:
    """Both channels, interleaved, shape (frames, 2)."""
    full_scale = 32768.0
    frames = round(duration_s * RATE_HERTZ)
    call = np.random.RandomState(1).standard_normal((frames, 2)) * full_scale * 10 ** (FLOOR_DBFS / 20)
    for channel in SPEAKERS:
        clips = [(at, clip) for owner, at, clip in placed if owner == channel]
        speech = np.concatenate(
            [c.samples[round(c.start_s * RATE_HERTZ) : round(c.end_s * RATE_HERTZ)] for _, c in clips]
        )
        gain = full_scale * 10 ** (SPEECH_DBFS / 20) / np.sqrt((speech**2).mean())
        for at, clip in clips:
            first = round(at * RATE_HERTZ)
            call[first : first + len(clip.samples), channel - 1] += clip.samples * gain
    if np.abs(call).max() >= full_scale - 1:
        raise SystemExit("the call clips; lower SPEECH_DBFS")
    return np.rint(call).astype("<i2")


def make(out: Path) -> None:
    utterances, placed = lay_out()
    samples = mix(placed, utterances[-1].end_s + LEAD_OUT_S)
    with wave.open(str(out / "call.wav"), "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(2)
        file.setframerate(RATE_HERTZ)
        file.writeframes(samples.tobytes())
    reference = {
        "made_by": "make.py",
        "synthesiser": flite_version(),
        "sample_rate_hertz": RATE_HERTZ,
        "duration_s": round(len(samples) / RATE_HERTZ, 3),
        "channels": [
            {"channel": channel, "speaker": speaker, "voice": VOICES[channel]}
            for channel, speaker in SPEAKERS.items()
        ],
        "utterances": [utterance.as_json() for utterance in utterances],
    }
    (out / "reference.json").write_text(json.dumps(reference, indent=1) + "\n", encoding="utf-8")


def main() -> int:
    parser = argparse.ArgumentParser(description="Make the sample call and its reference.")
    parser.add_argument("--out", type=Path, default=Path(__file__).parent, help="directory to write into")
    out: Path = parser.parse_args().out
    if shutil.which("flite") is None:
        print("flite is not installed (Debian: apt-get install flite)", file=sys.stderr)
        return 1
    make(out)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
