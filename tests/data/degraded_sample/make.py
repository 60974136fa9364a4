"""Make the degraded sample: one clean recording, each fault of a line put on it alone, and truth.json.

    python tests/data/degraded_sample/make.py [--out DIRECTORY]

The speech is Debian's flite; the noise comes from numpy's frozen legacy generator, so that the same flite
binary gives the same files.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
import wave
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import soxr
from numpy.typing import NDArray

RATE_HERTZ = 16_000
VOICE = "slt"
SENTENCES = ("The birch canoe slid on the smooth planks.", "Glue the sheet to the dark blue background.")
PAUSE_S = 0.5
SPEECH_DBFS = -20.0
FLOOR_DBFS = -78.0
DROPOUTS_S = ((1.10, 0.020), (1.70, 0.060), (4.03, 0.150))
HUM_HERTZ, HUM_DBFS = 49.9, (-32.0, -40.0, -44.0)

Samples = NDArray[np.float64]
"""(frames,) or (frames, channels), full scale is 1."""


@dataclass(frozen=True)
class Fault:
    """One file: what is wrong with it, how it was made and what a meter should find."""

    name: str
    about: str
    make: Callable[[Samples, np.random.RandomState], Samples]
    truth: dict[str, Any]
    rate: int = RATE_HERTZ


def level(samples: Samples, dbfs: float) -> Samples:
    """Scaled to an RMS of `dbfs`."""
    return np.asarray(samples * 10 ** (dbfs / 20) / np.sqrt(np.mean(samples**2)))


def pink(frames: int, random: np.random.RandomState) -> Samples:
    """Noise whose power falls by 3 dB an octave."""
    spectrum = np.fft.rfft(random.standard_normal(frames))
    spectrum[1:] /= np.sqrt(np.arange(1, len(spectrum)))
    spectrum[0] = 0
    return np.asarray(np.fft.irfft(spectrum, frames))


def noisy(snr_db: float, colour: str) -> Callable[[Samples, np.random.RandomState], Samples]:
    """Adds noise so far below the speech, whose RMS while it lasts is SPEECH_DBFS."""

    def make(clean: Samples, random: np.random.RandomState) -> Samples:
        noise = random.standard_normal(len(clean)) if colour == "white" else pink(len(clean), random)
        return clean + level(noise, SPEECH_DBFS - snr_db)

    return make


def clipped(clean: Samples, _: np.random.RandomState) -> Samples:
    """Cut off 12 dB below the peak, then made quieter by 3 dB, as after a recorder with too much gain."""
    limit = np.abs(clean).max() * 10 ** (-12 / 20)
    return np.asarray(np.clip(clean, -limit, limit) * 10 ** (-3 / 20))


def cut_out(clean: Samples, _: np.random.RandomState) -> Samples:
    """Digital zero for some of the time, as where packets were lost."""
    result = clean.copy()
    for start, length in DROPOUTS_S:
        result[round(start * RATE_HERTZ) : round((start + length) * RATE_HERTZ)] = 0.0
    return result


def humming(clean: Samples, _: np.random.RandomState) -> Samples:
    """Mains hum with two harmonics."""
    times = np.arange(len(clean)) / RATE_HERTZ
    hum = sum(
        np.sqrt(2) * 10 ** (dbfs / 20) * np.sin(2 * np.pi * HUM_HERTZ * harmonic * times)
        for harmonic, dbfs in enumerate(HUM_DBFS, 1)
    )
    return np.asarray(clean + hum)


def telephone(clean: Samples, _: np.random.RandomState) -> Samples:
    """Through 8 kHz and up to 48 kHz."""
    return np.asarray(soxr.resample(soxr.resample(clean, RATE_HERTZ, 8_000), 8_000, 48_000))


def inverted(clean: Samples, _: np.random.RandomState) -> Samples:
    """A second channel with its sign changed."""
    return np.stack([clean, -clean], axis=1)


FAULTS = (
    Fault("clean", "the recording itself", lambda clean, _: clean, {"snr_db": SPEECH_DBFS - FLOOR_DBFS}),
    Fault("noise_20db", "pink noise", noisy(20, "pink"), {"snr_db": 20}),
    Fault("noise_05db", "white noise", noisy(5, "white"), {"snr_db": 5}),
    Fault("clipped", "cut off 12 dB below the peak, then 3 dB quieter", clipped, {}),
    Fault(
        "dropouts",
        "digital zero in running speech",
        cut_out,
        {"dropouts": [{"start_s": start, "duration_s": length} for start, length in DROPOUTS_S]},
    ),
    Fault(
        "hum",
        "mains hum with two harmonics",
        humming,
        {
            "hum_hertz": HUM_HERTZ,
            "hum_dbfs": round(10 * float(np.log10(sum(10 ** (each / 10) for each in HUM_DBFS))), 2),
        },
    ),
    Fault(
        "telephone_48k",
        "from 8 kHz up to 48 kHz",
        telephone,
        {"content_rate_hertz": 8_000, "bandwidth_hertz": [3_500, 4_000]},
        48_000,
    ),
    Fault("inverted", "a second channel, the first with its sign changed", inverted, {"inverted": [1, 2]}),
)


def speak(sentence: str) -> Samples:
    """What flite says, without its pauses."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "sentence.wav")
        subprocess.run(
            ["flite", "-voice", VOICE, "-t", sentence, "-o", str(path)], check=True, capture_output=True
        )
        with wave.open(str(path)) as file:
            if (file.getframerate(), file.getnchannels(), file.getsampwidth()) != (RATE_HERTZ, 1, 2):
                raise SystemExit(f"flite's voice {VOICE} does not speak 16 kHz mono, 16 bit")
            samples = np.frombuffer(file.readframes(file.getnframes()), "<i2") / 32768
    loud = np.flatnonzero(np.abs(samples) > 0.005)
    return np.asarray(samples[loud[0] : loud[-1] + 1])


def record() -> Samples:
    """The clean recording: speech at SPEECH_DBFS while it lasts, over a floor of white noise."""
    spoken = [speak(sentence) for sentence in SENTENCES]
    gain = 10 ** (SPEECH_DBFS / 20) / np.sqrt(np.mean(np.concatenate(spoken) ** 2))
    pause = np.zeros(round(PAUSE_S * RATE_HERTZ))
    speech = np.concatenate([part for each in spoken for part in (pause, each * gain)] + [pause])
    return speech + level(np.random.RandomState(1).standard_normal(len(speech)), FLOOR_DBFS)


def write(path: Path, samples: Samples, rate: int) -> int:
    """A 16-bit WAV file; returns how many samples had to be cut off at full scale."""
    channels = 1 if samples.ndim == 1 else samples.shape[1]
    whole = np.rint(samples * 32768)
    with wave.open(str(path), "wb") as file:
        file.setnchannels(channels)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(np.clip(whole, -32768, 32767).astype("<i2").tobytes())
    return int(np.count_nonzero(np.abs(whole) > 32767))


def make(out: Path) -> None:
    clean = record()
    files = []
    for fault in FAULTS:
        samples = fault.make(clean, np.random.RandomState(2))
        truth = dict(fault.truth)
        if write(out / f"{fault.name}.wav", samples, fault.rate):
            raise SystemExit(f"{fault.name} does not fit into 16 bit; lower SPEECH_DBFS")
        if fault.name == "clipped":
            limit = np.abs(samples).max()
            truth["clipping_ratio"] = round(float(np.mean(np.abs(samples) >= limit * 0.9999)), 4)
        files.append({"file": f"{fault.name}.wav", "about": fault.about, **truth})
    speech_dbfs = {"speech_dbfs": SPEECH_DBFS, "floor_dbfs": FLOOR_DBFS}
    truth_file = {"made_by": "make.py", "sentences": list(SENTENCES), **speech_dbfs, "files": files}
    (out / "truth.json").write_text(json.dumps(truth_file, indent=1) + "\n", encoding="utf-8")


def main() -> int:
    parser = argparse.ArgumentParser(description="Make the degraded sample and its truth.")
    parser.add_argument("--out", type=Path, default=Path(__file__).parent, help="directory to write into")
    out: Path = parser.parse_args().out
    if shutil.which("flite") is None:
        print("flite is not installed (Debian: apt-get install flite)", file=sys.stderr)
        return 1
    make(out)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
