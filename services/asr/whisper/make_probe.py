"""Make probe.wav: the first utterance of the sample call, which flite speaks (voice rms, 16 kHz, 16 bit).

python -m services.asr.whisper.make_probe tests/data/sample_call/call.wav
"""

from __future__ import annotations

import sys
import wave
from pathlib import Path

import numpy as np

# "Good morning, customer support. How can I help you today?", with 0.3 s of the silence before it.
_BEGIN, _END = 0.2, 4.6


def main() -> int:
    """Cut the agent's channel; returns the exit code."""
    (source,) = sys.argv[1:]
    with wave.open(source) as call:
        rate, channels = call.getframerate(), call.getnchannels()
        frames = np.frombuffer(call.readframes(call.getnframes()), "<i2").reshape(-1, channels)
    with wave.open(str(Path(__file__).with_name("probe.wav")), "wb") as probe:
        probe.setparams((1, 2, rate, 0, "NONE", ""))
        probe.writeframes(frames[round(_BEGIN * rate) : round(_END * rate), 0].tobytes())
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
