"""What measuring and decoding audio costs, and how exact they are. All on the sample call.

meter_x_realtime            seconds of audio that the whole meter measures in a second of one core: 16 kHz
                            mono in pieces of 100 ms, worked off with a result for every second, as the
                            service does it
meter_x_realtime_48k_stereo the same for 48 kHz stereo
loudness_error_lu           largest error of integrated loudness: of tones of EBU Tech 3341 against the
                            closed form, by the response of the weighting, and of noise in steps, 8 to 48
                            kHz, 1, 2 and 5 channels, against pyloudnorm where it is installed
loudness_ebu_3341_error_lu  of the same tones against what EBU Tech 3341 states, which allows 0.1
vad_cpu_ratio               CPU time of voice activity as a stream, 100 ms a call, over that of
                            faster-whisper's batch model on the same audio
vad_max_difference          largest difference of their probabilities
decode_x_realtime_…         seconds of audio that the decoder of a container gives in a second, 16 kHz
                            mono, bytes in pieces of 4 KiB, in a process of its own
live_delay_ms_…             how much of what was spoken is not decoded yet, while a sender records and sends
                            20 ms at a time: held by the encoder, by the container, and by the decoder; the
                            time of decoding itself is not in it
"""

from __future__ import annotations

import asyncio
import importlib
import importlib.util
import math
import sys
import time
import wave
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import soxr
from numpy.typing import NDArray

from deploy.local.bench import BenchError, Figure
from deploy.local.benches.call import SAMPLE
from deploy.local.benches.containers import CONTAINERS, encode, encode_live
from deploy.local.benches.measure import figure
from services.audio.decoder_pool import DecoderPool
from services.audio.errors import AudioError
from services.audio.format import AudioFormat
from services.audio.pcm import to_float32
from services.audio.vad import WINDOW_SAMPLES, VadStream, VadUnavailableError
from services.quality.kweighting import high_pass, high_shelf
from services.quality.loudness import channel_weights
from services.quality.meter import Meter

RATE = 16_000
Samples = NDArray[np.float64]
Int16 = NDArray[np.int16]
_ROUNDS, _CALLS = 7, 3
_TONES: tuple[tuple[int, tuple[float, ...], tuple[tuple[float, float], ...]], ...] = (
    # Channels; their levels in dB over the part's; parts in dBFS of the peak and seconds. All are -23 LUFS.
    (2, (0, 0), ((-23, 20),)),
    (2, (0, 0), ((-36, 10), (-23, 60), (-36, 10))),
    (2, (0, 0), ((-72, 10), (-36, 10), (-23, 60), (-36, 10), (-72, 10))),
    (2, (0, 0), ((-26, 20), (-20, 20.1), (-26, 20))),
    (5, (-28, -28, -24, -30, -30), ((0, 20),)),
)
_STATED = -23.0


def run(quick: bool) -> Sequence[Figure]:
    """Each in turn: about a minute."""
    call = _call()[: RATE * 5] if quick else _call()
    rounds = 1 if quick else _ROUNDS
    mono = call[:, 0]
    wide = soxr.resample(call, RATE, 48_000)
    _tell("the meter")
    figures = [
        figure("meter_x_realtime", [_meter(mono[:, None], RATE) for _ in range(rounds)], "at least 400"),
        figure("meter_x_realtime_48k_stereo", [_meter(wide, 48_000) for _ in range(rounds)]),
    ]
    _tell("loudness")
    figures += _loudness(quick)
    _tell("voice activity")
    figures += _voice_activity(mono, rounds)
    for name in CONTAINERS:
        _tell(f"decoding {name}")
        figures.append(asyncio.run(_decoding(name, mono, 1 if quick else 3)))
        figures.append(asyncio.run(_delay(name, mono[: 6 * RATE])))
    return figures


def _tell(what: str) -> None:
    print(f"measuring {what} …", file=sys.stderr, flush=True)


def _call() -> Int16:
    try:
        with wave.open(str(SAMPLE / "call.wav")) as file:
            return np.frombuffer(file.readframes(file.getnframes()), "<i2").reshape(-1, file.getnchannels())
    except OSError as error:
        raise BenchError(f"the sample call cannot be read: {error}") from error


def _meter(frames: Int16, rate: int) -> float:
    channels = frames.shape[1]
    data = np.ascontiguousarray(frames).tobytes()
    size = rate // 10 * 2 * channels
    started = time.process_time()
    for _ in range(_CALLS):
        meter = Meter(rate, channels)
        for number, at in enumerate(range(0, len(data), size), 1):
            meter.accept(data[at : at + size])
            if number % 10 == 0:
                meter.process()
                meter.measure(recent=True)
        meter.finish()
        meter.measure()
    return _CALLS * len(frames) / rate / (time.process_time() - started)


def _integrated(samples: Samples, rate: int) -> tuple[float, Samples]:
    """Of (frames, channels); and the samples as 16 bit hold them."""
    rounded = np.clip(np.rint(samples * 32768), -32768, 32767).astype("<i2")
    meter = Meter(rate, samples.shape[1])
    meter.accept(rounded.tobytes())
    meter.finish()
    found = meter.measure().figures
    loudness = found.loudness.integrated_lufs if found else None
    if loudness is None:
        raise BenchError("a tone has no loudness")
    return loudness, rounded / 32768


def _loudness(quick: bool) -> list[Figure]:
    errors, stated = [], []
    for rate in (48_000,) if quick else (44_100, 48_000):
        for channels, levels, parts in _TONES[:1] if quick else _TONES:
            found, _ = _integrated(_tones(rate, levels, parts), rate)
            errors.append(abs(found - _closed_form(rate, channels, levels, parts)))
            stated.append(abs(found - _STATED))
    if importlib.util.find_spec("pyloudnorm") is not None:
        errors += _against_pyloudnorm()
    else:
        _tell("loudness without pyloudnorm, which is not installed")
    return [
        Figure("loudness_error_lu", max(errors), min(errors), max(errors), "at most 0.01"),
        Figure("loudness_ebu_3341_error_lu", max(stated), min(stated), max(stated), "at most 0.1"),
    ]


def _tones(rate: int, levels: Sequence[float], parts: Sequence[tuple[float, float]]) -> Samples:
    """1 kHz in all channels, parts one after the other, (frames, channels)."""
    gains = np.concatenate([np.full(round(seconds * rate), 10 ** (level / 20)) for level, seconds in parts])
    tone = gains * np.sin(2 * math.pi * 1000 * np.arange(len(gains)) / rate)
    return np.asarray(tone[:, None] * 10 ** (np.array(levels) / 20))


def _closed_form(
    rate: int, channels: int, levels: Sequence[float], parts: Sequence[tuple[float, float]]
) -> float:
    """BS.1770 of tones by the weighting's response at 1 kHz; blocks over two parts count by their shares."""
    z = np.exp(-2j * math.pi * 1000 / rate * np.arange(3))
    response = math.prod(abs((b @ z) / (a @ z)) ** 2 for b, a in (high_shelf(rate), high_pass(rate)))
    power = response / 2 * float(channel_weights(channels) @ 10 ** (np.array(levels) / 10))
    line = np.concatenate(
        [np.full(round(50 * seconds), power * 10 ** (level / 10)) for level, seconds in parts]
    )
    blocks = np.lib.stride_tricks.sliding_window_view(line, 20)[::5].mean(axis=1)
    blocks = blocks[blocks >= 10 ** ((-70 + 0.691) / 10)]
    return -0.691 + 10 * math.log10(blocks[blocks > blocks.mean() / 10].mean())


def _against_pyloudnorm() -> list[float]:
    pyloudnorm: Any = importlib.import_module("pyloudnorm")
    errors = []
    for rate in (8_000, 16_000, 44_100, 48_000):
        for channels in (1, 2, 5):
            random = np.random.default_rng(rate + channels)
            steps = np.repeat(10 ** (random.uniform(-35, 0, 20) / 20), rate // 2)[:, None]
            noise = 0.1 * steps * random.standard_normal((10 * rate, channels))
            found, rounded = _integrated(np.clip(noise, -0.99, 0.99), rate)
            errors.append(abs(found - float(pyloudnorm.Meter(rate).integrated_loudness(rounded))))
    return errors


def _voice_activity(mono: Int16, rounds: int) -> list[Figure]:
    try:
        from faster_whisper.vad import get_vad_model

        stream = VadStream()
    except (ImportError, VadUnavailableError) as error:
        raise BenchError(str(error)) from error
    batch = get_vad_model()
    # faster-whisper ends all audio with silence, for its model clears the last 64 samples that it is given.
    whole = WINDOW_SAMPLES * (len(mono) // WINDOW_SAMPLES)
    audio = to_float32(np.pad(mono[:whole], (0, WINDOW_SAMPLES)))

    def streamed() -> NDArray[np.float32]:
        stream.reset()
        return np.concatenate([stream.accept(audio[at : at + 1600]) for at in range(0, len(audio), 1600)])

    def at_once() -> NDArray[np.float32]:
        return np.asarray(batch(audio.copy()), np.float32).ravel()

    difference = float(np.abs(streamed() - at_once()).max())
    ratios = [_cpu(streamed) / _cpu(at_once) for _ in range(rounds)]
    return [
        figure("vad_cpu_ratio", ratios, "at most 1.5"),
        Figure("vad_max_difference", difference, difference, difference, "0"),
    ]


def _cpu(work: Callable[[], object]) -> float:
    started = time.process_time()
    work()
    return time.process_time() - started


async def _decoding(name: str, mono: Int16, rounds: int) -> Figure:
    audio_format, data = encode(name, mono, RATE)
    async with DecoderPool() as pool:
        rates = [await _decode(pool, audio_format, data) for _ in range(rounds + 1)]
    # The first waits for a process to load, the others find one ready.
    return figure(f"decode_x_realtime_{name}", rates[1:])


async def _delay(name: str, mono: Int16) -> Figure:
    """Of the second half, once all is under way."""
    audio_format, pieces = encode_live(name, mono, RATE)
    delays, frames = [], 0
    async with DecoderPool() as pool:
        decoder = pool.open(audio_format)
        try:
            for spoken, data in pieces:
                if data:
                    async for pcm in decoder.accept(data):
                        frames += len(pcm) // 2
                delays.append(1e3 * (spoken - frames / (decoder.sample_rate_hertz or RATE)))
        except AudioError as error:
            raise BenchError(f"decoding: {error}") from error
        finally:
            decoder.close()
    return figure(f"live_delay_ms_{name}", delays[len(delays) // 2 :])


async def _decode(pool: DecoderPool, audio_format: AudioFormat, data: bytes) -> float:
    decoder = pool.open(audio_format)
    frames, started = 0, time.perf_counter()
    try:
        for at in range(0, len(data), 4096):
            async for pcm in decoder.accept(data[at : at + 4096]):
                frames += len(pcm) // 2
        async for pcm in decoder.finish():
            frames += len(pcm) // 2
    except AudioError as error:
        raise BenchError(f"decoding: {error}") from error
    finally:
        decoder.close()
    return frames / (decoder.sample_rate_hertz or RATE) / (time.perf_counter() - started)
