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


CONTAINERS = {
    "wav": Kind(Encoding.WAV, "pcm_s16le", "wav"),
    "flac": Kind(Encoding.FLAC, "flac", "flac"),
    "ogg_opus": Kind(Encoding.OGG_OPUS, "libopus", "ogg"),
    "webm_opus": Kind(Encoding.WEBM_OPUS, "libopus", "webm", {"live": "1"}),
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
