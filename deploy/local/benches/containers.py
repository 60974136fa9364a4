"""Speech in the containers that are decoded here, made by libav's encoders."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from deploy.local.bench import BenchError
from services.audio.format import AudioFormat, Encoding


@dataclass(frozen=True, slots=True)
class Kind:
    """How a container is made, and as what it is declared."""

    encoding: Encoding
    codec: str
    muxer: str
    options: Mapping[str, str] = field(default_factory=dict)
    live: Mapping[str, str] = field(default_factory=dict)
    """Further options of a sender that wants little delay."""


CONTAINERS = {
    "wav": Kind(Encoding.WAV, "pcm_s16le", "wav"),
    "flac": Kind(Encoding.FLAC, "flac", "flac"),
    "ogg_opus": Kind(Encoding.OGG_OPUS, "libopus", "ogg", live={"page_duration": "20000"}),
    "webm_opus": Kind(Encoding.WEBM_OPUS, "libopus", "webm", {"live": "1"}, {"cluster_time_limit": "20"}),
    "mp3": Kind(Encoding.MP3, "libmp3lame", "mp3"),
    "aac": Kind(Encoding.CONTAINER, "aac", "adts"),
}


def encode(name: str, mono: NDArray[np.int16], rate: int) -> tuple[AudioFormat, bytes]:
    """(samples,) in the container of that name, and its declaration. Raises BenchError without PyAV."""
    try:
        import av
    except ImportError as error:
        raise BenchError("containers need PyAV: pip install av") from error
    kind = CONTAINERS[name]
    with tempfile.NamedTemporaryFile() as file:
        with av.open(file.name, "w", format=kind.muxer, options=dict(kind.options)) as out:
            stream: Any = out.add_stream(kind.codec, rate=rate, layout="mono")
            given = av.AudioFrame.from_ndarray(np.ascontiguousarray(mono[None]), "s16", "mono")
            given.sample_rate, given.pts = rate, 0
            size = stream.codec_context.frame_size or 4096
            fitting = av.AudioResampler(stream.format, "mono", rate, size)
            for frame in [*fitting.resample(given), *fitting.resample(None)]:
                out.mux(stream.encode(frame))
            out.mux(stream.encode(None))
        return AudioFormat(kind.encoding), Path(file.name).read_bytes()


_LIVE_STEP = 50
"""Pieces a second that a live sender records: 20 ms."""


class _Sink:
    """What a muxer has written since it was asked last."""

    def __init__(self) -> None:
        self._written = bytearray()

    def write(self, data: bytes) -> int:
        self._written += data
        return len(data)

    def take(self) -> bytes:
        taken = bytes(self._written)
        self._written.clear()
        return taken


def encode_live(
    name: str, mono: NDArray[np.int16], rate: int
) -> tuple[AudioFormat, list[tuple[float, bytes]]]:
    """The same as it is made while somebody speaks: seconds spoken and new bytes, after each 20 ms."""
    import av

    kind = CONTAINERS[name]
    sink, pieces, step = _Sink(), [], rate // _LIVE_STEP
    options = {**kind.options, **kind.live, "flush_packets": "1"}
    with av.open(sink, "w", format=kind.muxer, options=options) as out:
        stream: Any = out.add_stream(kind.codec, rate=rate, layout="mono")
        stream.codec_context.open()  # only now it knows the size of its frames
        size = stream.codec_context.frame_size or step
        fitting = av.AudioResampler(stream.format, "mono", rate, size)
        for at in range(0, len(mono) - step + 1, step):
            given = av.AudioFrame.from_ndarray(
                np.ascontiguousarray(mono[None, at : at + step]), "s16", "mono"
            )
            given.sample_rate, given.pts = rate, at
            for frame in fitting.resample(given):
                out.mux(stream.encode(frame))
            pieces.append(((at + step) / rate, sink.take()))
    return AudioFormat(kind.encoding), pieces
