import numpy as np
import pytest
from numpy.typing import NDArray


@pytest.fixture(scope="session")
def speech() -> NDArray[np.float32]:
    """8 s of vowels with pauses, mono 16 kHz, full scale 1.0: Silero calls it speech."""
    rate = 16_000
    time = np.arange(8 * rate) / rate
    pitch = 120 + 20 * np.sin(2 * np.pi * 0.7 * time)
    phase = np.cumsum(pitch) / rate
    formants = np.array([[700, 1200, 2600], [300, 2300, 3000], [500, 900, 2500], [400, 1900, 2550]])
    vowel = formants[(time / 0.18).astype(int) % len(formants)]
    voice = np.zeros(time.size)
    for harmonic in range(1, 30):
        hertz = harmonic * pitch
        gain = sum(
            weight / (1 + ((hertz - vowel[:, index]) / 90) ** 2)
            for index, weight in enumerate((1.0, 0.6, 0.3))
        )
        voice += gain * np.sin(2 * np.pi * harmonic * phase) * (hertz < 7500)
    voice *= np.clip(np.sin(2 * np.pi * 2.7 * time) + 0.5, 0, 1) * (np.sin(2 * np.pi * 0.3 * time) > -0.4)
    breath = np.random.default_rng(0).standard_normal(time.size) * 0.002
    return (voice / np.abs(voice).max() * 0.5 + breath).astype(np.float32)
