"""The quality of a local file, without a server: measured as the service does, as a table or as JSON."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from google.protobuf.json_format import MessageToDict

from rivermouth.result.v1.result_pb2 import ResultHeader
from services.audio.decoder_pool import DecoderPool
from services.audio.errors import AudioError
from services.audio.format import AudioFormat, Encoding
from services.quality.intake import Intake
from services.quality.measures import Figures, InterruptionKind, Measurement
from services.quality.meter import Meter
from services.quality.results import Stream, audio_quality

_PIECE = 64 * 1024
_LISTED = 10
T = TypeVar("T")


class ReportError(Exception):
    """A file cannot be measured; the message says why, without its name."""


@dataclass(frozen=True, slots=True)
class FileQuality:
    """What was found in one file."""

    path: Path
    sample_rate_hertz: int
    channel_count: int
    measurement: Measurement
    figures: Figures


def measure_file(path: Path) -> FileQuality:
    """Decode and measure a WAV file or another container. Raises ReportError."""
    return asyncio.run(_measure(path))


def as_json(quality: FileQuality) -> dict[str, Any]:
    """As the contract's AudioQuality in protobuf JSON, with the file's name first."""
    stream = Stream(0, quality.sample_rate_hertz, quality.channel_count)
    message = audio_quality(ResultHeader(), quality.measurement, stream)
    document = MessageToDict(message, preserving_proto_field_name=True)
    return {"file": str(quality.path), **{name: document[name] for name in document if name != "header"}}


def as_table(quality: FileQuality) -> str:
    """As lines of text for a person."""
    rate = quality.sample_rate_hertz
    seconds = quality.measurement.position / rate
    head = f"{quality.path}: {seconds:.1f} s, {rate} Hz, channels: {quality.channel_count}"
    rows = [*_rows(quality.figures, rate)]
    width = max(len(name) for name, _ in rows)
    lines = [head, *(f"  {name:{width}}  {value}" for name, value in rows)]
    return "\n".join([*lines, *(f"  ! {warning}" for warning in quality.figures.warnings)])


async def _measure(path: Path) -> FileQuality:
    async with DecoderPool() as decoders:
        intake = Intake(AudioFormat(Encoding.CONTAINER), decoders, Meter, _in_place)
        try:
            with path.open("rb") as file:
                while content := file.read(_PIECE):
                    await intake.accept(content, None)
            await intake.finish()
            measurement = await intake.measure(recent=False)
        except AudioError as error:
            raise ReportError(str(error)) from error
        except OSError as error:
            raise ReportError(error.strerror or str(error)) from error
        finally:
            intake.close()
    if measurement is None or measurement.figures is None:
        raise ReportError("there is no audio in it")
    return FileQuality(path, intake.sample_rate_hertz, intake.channel_count, measurement, measurement.figures)


async def _in_place(function: Callable[[], T], /) -> T:
    return function()


def _rows(figures: Figures, rate: int) -> Iterator[tuple[str, str]]:
    overall, loudness, speech = figures.overall, figures.loudness, figures.speech
    if figures.score is not None:
        lost = sorted((part for part in figures.score.parts if part.lost >= 0.5), key=lambda part: -part.lost)
        costs = ", ".join(f"{part.name} -{part.lost:.0f}" for part in lost)
        yield (
            "score",
            f"{figures.score.points:.0f} of 100, {figures.score.rating.value}"
            + (f" ({costs})" if costs else ""),
        )
    yield "level", f"{overall.rms_dbfs:.1f} dBFS RMS, peak {overall.peak_dbfs:.1f} dBFS"
    yield "true peak", f"{overall.true_peak_dbtp:.1f} dBTP"
    if loudness.integrated_lufs is not None:
        spread = "" if loudness.range_lu is None else f", range {loudness.range_lu:.1f} LU"
        yield "loudness", f"{loudness.integrated_lufs:.1f} LUFS{spread}"
    if speech is not None:
        if speech.snr_db is not None:
            yield "SNR", f"{speech.snr_db:.1f} dB"
        yield "noise", f"{speech.noise_dbfs:.1f} dBFS"
        if speech.clarity is not None:
            yield "clarity", f"{speech.clarity:.0f} of 100"
    if figures.bandwidth is not None:
        source = figures.bandwidth.content_rate_hertz
        yield "bandwidth", f"{figures.bandwidth.hertz:.0f} Hz" + (f", as of {source} Hz" if source else "")
    yield "clipping", f"{overall.clipping_ratio:.2%}"
    yield "DC offset", f"{overall.dc_offset:+.2%}"
    if figures.hum is not None:
        yield "hum", f"{figures.hum.hertz:.1f} Hz, {figures.hum.dbfs:.1f} dBFS"
    if figures.consistency is not None:
        yield "volume", f"{figures.consistency:.0f} of 100 even"
    if figures.silence_ratio is not None:
        yield "silence", f"{figures.silence_ratio:.0%}"
    yield "dropouts", _interruptions(figures, rate)
    for number, channel in enumerate(figures.channels if len(figures.channels) > 1 else (), 1):
        snr = channel.speech.snr_db if channel.speech else None
        words = f"{channel.levels.rms_dbfs:.1f} dBFS RMS" + ("" if snr is None else f", SNR {snr:.1f} dB")
        yield f"channel {number}", words


def _interruptions(figures: Figures, rate: int) -> str:
    dropouts = [each for each in figures.interruptions if each.kind is InterruptionKind.DROPOUT]
    if not dropouts:
        return "none"
    places = [f"{each.position / rate:.2f} s ({1000 * each.frames / rate:.0f} ms)" for each in dropouts]
    more = ", …" if figures.dropouts > _LISTED else ""
    return f"{figures.dropouts}: at {', '.join(places[:_LISTED])}{more}"
