"""Speech in every container, made on the spot by libav's encoders; and what is left of it after decoding."""

from __future__ import annotations

import io
import tempfile
import wave
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import av
import numpy as np
from numpy.typing import NDArray

from services.audio.decoder_pool import DecoderPool
from services.audio.errors import AudioError
from services.audio.format import AudioFormat, Encoding
from services.audio.resample import ResampleStream

Frames = NDArray[np.int16]
CALL = Path(__file__).parents[2] / "data" / "sample_call" / "call.wav"
SECONDS = 4


@dataclass(frozen=True)
class Kind:
    """How to make a container; `encoding` is what it is declared as."""

    encoding: Encoding
    codec: str
    muxer: str
    options: Mapping[str, str] = field(default_factory=dict)
    bit_rate: int = 64_000


KINDS = {
    "flac": Kind(Encoding.FLAC, "flac", "flac"),
    "ogg_opus": Kind(Encoding.OGG_OPUS, "libopus", "ogg", {"page_duration": "20000"}),
    "webm_opus": Kind(Encoding.WEBM_OPUS, "libopus", "webm", {"live": "1"}),
    "mp3": Kind(Encoding.MP3, "libmp3lame", "mp3"),
    "ogg_flac": Kind(Encoding.CONTAINER, "flac", "ogg"),
    "matroska_flac": Kind(Encoding.CONTAINER, "flac", "matroska"),
    "aac": Kind(Encoding.CONTAINER, "aac", "adts"),
    "mp4_fragmented": Kind(
        Encoding.CONTAINER, "aac", "mp4", {"movflags": "frag_keyframe+empty_moov", "frag_duration": "200000"}
    ),
    "mp4_index_first": Kind(Encoding.CONTAINER, "aac", "mp4", {"movflags": "faststart"}),
    "mp4_index_last": Kind(Encoding.CONTAINER, "aac", "mp4"),
    "wav": Kind(Encoding.WAV, "pcm_s16le", "wav"),
}


@cache
def speech(rate: int = 16_000, channel_count: int = 1, seconds: float = SECONDS) -> Frames:
    """The beginning of the sample call, (frames, channels), each channel quieter and later than the last."""
    with wave.open(str(CALL)) as call:
        count = round((seconds + 1) * call.getframerate())
        read = np.frombuffer(call.readframes(count), "<i2").reshape(-1, call.getnchannels())
        resampler = ResampleStream(call.getframerate(), rate, 1)
    mono = read[:, :1]
    if rate != 16_000:
        mono = np.concatenate([resampler.accept(mono), resampler.finish()])
    size = round(seconds * rate)
    shifts = [mono[400 * index : 400 * index + size, 0] // (index + 1) for index in range(channel_count)]
    return np.stack(shifts, axis=1).astype(np.int16)


def encode(name: str, frames: Frames, rate: int, **changed: Any) -> bytes:
    """Frames in the container of that name; `changed` are fields of its Kind."""
    kind = Kind(**{**vars(KINDS[name]), **changed})
    channel_count = frames.shape[1]
    layout = {1: "mono", 2: "stereo", 3: "3.0", 6: "5.1", 8: "7.1"}[channel_count]
    with tempfile.NamedTemporaryFile() as file:  # by name, for faststart opens it again
        with av.open(file.name, "w", format=kind.muxer, options=dict(kind.options)) as out:
            stream = out.add_stream(kind.codec, rate=rate, layout=layout)
            if kind.codec not in ("flac", "pcm_s16le"):
                stream.bit_rate = kind.bit_rate * channel_count
            given = av.AudioFrame.from_ndarray(np.ascontiguousarray(frames.reshape(1, -1)), "s16", layout)
            given.sample_rate, given.pts = rate, 0
            fitting = av.AudioResampler(stream.format, layout, rate, stream.codec_context.frame_size or 4096)
            for frame in [*fitting.resample(given), *fitting.resample(None)]:
                out.mux(stream.encode(frame))
            out.mux(stream.encode(None))
        return Path(file.name).read_bytes()


def encode_with_video(frames: Frames | None, rate: int) -> bytes:
    """WebM with 2 s of VP8, and the frames as Opus unless there are none."""
    file = io.BytesIO()
    with av.open(file, "w", format="webm") as out:
        video = out.add_stream("libvpx", rate=10, width=64, height=48, pix_fmt="yuv420p")
        audio = out.add_stream("libopus", rate=rate, layout="mono") if frames is not None else None
        for index in range(20):
            picture = np.full((48, 64, 3), index * 12, np.uint8)
            out.mux(video.encode(av.VideoFrame.from_ndarray(picture, "rgb24")))
        out.mux(video.encode(None))
        if frames is not None and audio is not None:
            given = av.AudioFrame.from_ndarray(np.ascontiguousarray(frames.reshape(1, -1)), "s16", "mono")
            given.sample_rate, given.pts = rate, 0
            fitting = av.AudioResampler(audio.format, "mono", rate, audio.codec_context.frame_size)
            for frame in [*fitting.resample(given), *fitting.resample(None)]:
                out.mux(audio.encode(frame))
            out.mux(audio.encode(None))
    return file.getvalue()


@dataclass(frozen=True)
class Outcome:
    """What came of a stream: all its frames, its rate in Hz, and the errors, in order."""

    frames: Frames
    rate: int | None
    errors: tuple[AudioError, ...]


async def decode(
    pool: DecoderPool, data: bytes, declared: AudioFormat, sizes: tuple[int, ...] = (1600,)
) -> Outcome:
    """Decode a whole stream given in pieces of `sizes` bytes, over and over."""
    decoder = pool.open(declared)
    pcm = bytearray()
    errors: list[AudioError] = []
    try:
        at = index = 0
        try:
            while at < len(data):
                size = sizes[index % len(sizes)]
                async for piece in decoder.accept(data[at : at + size]):
                    pcm += piece
                at, index = at + size, index + 1
            async for piece in decoder.finish():
                pcm += piece
        except AudioError as error:
            errors.append(error)
        return Outcome(
            np.frombuffer(bytes(pcm), "<i2").reshape(-1, decoder.channel_count or 1),
            decoder.sample_rate_hertz,
            tuple(errors),
        )
    finally:
        decoder.close()


def likeness(wanted: Frames, got: Frames) -> float:
    """The correlation of two recordings, sample by sample, of all channels; 1.0 where they are the same."""
    size = min(len(wanted), len(got))
    left, right = wanted[:size].astype(np.float64).ravel(), got[:size].astype(np.float64).ravel()
    return float(left @ right / np.sqrt((left @ left) * (right @ right)))
