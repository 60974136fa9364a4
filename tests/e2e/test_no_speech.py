"""Silence, noise and a tone through the gateway and the real recogniser: no final text."""

from __future__ import annotations

from typing import Any

import numpy as np

from tests.e2e.cores import cores
from tests.gateway import rules
from tests.gateway.calls import gateway


def sounds() -> dict[str, np.ndarray[Any, Any]]:
    """Five seconds of what is no speech."""
    time = np.arange(5 * 16_000) / 16_000
    white = np.random.default_rng(3).normal(0, 3000, len(time))
    return {"silence": time * 0, "white noise": white, "1 kHz tone": 9000 * np.sin(2000 * np.pi * time)}


async def test_silence_noise_and_a_tone_give_no_final_text() -> None:
    async with cores("sphinx") as real, gateway(real.by_stage) as serve:
        for name, samples in sounds().items():
            call = await serve.session()
            content = samples.astype(np.int16).tobytes()
            for at in range(0, len(content), 3200):
                await call.audio(content[at : at + 3200])
            await call.finish()
            await call.drain()
            rules.check(call.events, whole=False)
            assert [each.text for each in call.bodies("transcript") if each.is_final] == [], name
            assert call.bodies("transcript_complete")[0].text == ""
