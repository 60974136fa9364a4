"""Decodes containers with libav. Imported by decoder processes only: it is C that reads what strangers send.

libav takes Ogg, WebM and the like apart itself; FLAC and MP3 are given to it frame by frame, for its own
way to cut them holds back up to a second.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Literal

import av
import av.error
from av.audio.codeccontext import AudioCodecContext
from av.audio.frame import AudioFrame
from av.audio.stream import AudioStream
from av.container.input import InputContainer
from av.filter import Graph
from av.stream import Discard

from services.audio.containers import DEMUXING, Container, check_codec
from services.audio.errors import AudioContentError, AudioFrameError, Reason
from services.audio.flac import FlacFramer
from services.audio.format import (
    MAX_CHANNEL_COUNT,
    MAX_SAMPLE_RATE_HERTZ,
    MIN_CHANNEL_COUNT,
    MIN_SAMPLE_RATE_HERTZ,
    AudioFormat,
    Encoding,
)
from services.audio.framer import Frame, Framer
from services.audio.mp3 import Mp3Framer
from services.audio.mp4 import IndexFirst
from services.audio.source import Source

OPUS_RATES = (8_000, 12_000, 16_000, 24_000, 48_000)
"""RFC 6716, 2.1.3: an Opus decoder gives any of these, whatever the encoder was given."""

_READ = 1 << 15
# The least that libav takes: what is decoded here says all in its header or its first packet.
_CODECS = {"mp3float", "libopus"}.union(*(each.codecs for each in DEMUXING.values()))
_OPTIONS = {"probesize": "32", "analyzeduration": "1", "codec_whitelist": ",".join(sorted(_CODECS))}


@dataclass(frozen=True, slots=True)
class Decoded:
    """Whole frames, interleaved signed 16-bit little-endian, and where in the stream they were coded."""

    sample_rate_hertz: int
    channel_count: int
    pcm: bytes
    position: int


@dataclass(frozen=True, slots=True)
class _Coded:
    """A packet, None at the end; `gaps` as in Framer."""

    context: AudioCodecContext
    packet: av.Packet[Any] | None
    position: int
    gaps: tuple[tuple[int, int], ...] = ()


def decode(container: Container, declared: AudioFormat, source: Source) -> Iterator[Decoded]:
    """Decode a stream to its end.

    Raises:
        AudioContentError: it cannot be decoded, from some byte on.
        AudioFrameError: AUDIO_TRUNCATED, it ended amid a frame.
        MemoryError: it takes more than this process may have.
    """
    match container:
        case Container.FLAC:
            packets = _framed(FlacFramer(), "flac", source)
        case Container.MP3:
            packets = _framed(Mp3Framer(), "mp3float", source)
        case _:
            packets = _demuxed(container, declared.encoding, source)
    converter: _Converter | None = None
    position = 0
    for coded in packets:
        position = coded.position
        for frame in _frames(container, coded, source.ended, has_begun=converter is not None):
            if converter is None:
                converter = _Converter(frame, _output_rate(coded.context, frame, declared), coded.gaps)
                _check_format(converter, declared, container, position)
            elif not converter.fits(frame):
                raise AudioContentError(
                    Reason.FORMAT_MISMATCH,
                    f"the audio changes to {frame.sample_rate} Hz and {frame.layout.nb_channels} channels",
                    position,
                )
            for pcm in converter.convert(frame):
                yield Decoded(converter.sample_rate_hertz, converter.channel_count, pcm, position)
    if converter is None:
        raise AudioContentError(
            Reason.TRUNCATED, f"the {container} stream ends before its first sample", source.position
        )
    for pcm in converter.convert(None):
        yield Decoded(converter.sample_rate_hertz, converter.channel_count, pcm, position)


def _framed(framer: Framer, codec: Literal["flac", "mp3float"], source: Source) -> Iterator[_Coded]:
    context = AudioCodecContext.create(codec, "r")
    assert isinstance(context, AudioCodecContext)
    context.thread_count = 1
    # A wrong checksum is an error: so a frame that is broken shows, or was cut wrongly.
    context.options = {"err_detect": "crccheck+explode"}

    def coded(frames: Iterator[Frame]) -> Iterator[_Coded]:
        for frame in frames:
            if framer.extradata and not context.is_open:
                context.extradata = framer.extradata
            yield _Coded(context, av.Packet(frame.data), frame.position, framer.gaps)

    while data := source.read(_READ):
        yield from coded(framer.feed(data))
    yield from coded(framer.finish())
    yield _Coded(context, None, source.position, framer.gaps)


def _demuxed(container: Container, encoding: Encoding, source: Source) -> Iterator[_Coded]:
    index = IndexFirst(source) if container is Container.MP4 else None
    try:
        opened = av.open(
            index or source,
            "r",
            format=DEMUXING[container].name,
            container_options=_OPTIONS,
            metadata_errors="replace",
        )
    except MemoryError:
        raise
    except av.error.FFmpegError as error:
        if index is not None and index.failure is not None:
            raise index.failure from None
        if source.ended:
            raise AudioContentError(
                Reason.TRUNCATED, f"the {container} stream ends in its header", source.position
            ) from None
        raise _corrupt(container, error, source.position) from None
    with opened:
        track = _audio_track(opened, container, source.position)
        check_codec(encoding, container, _codec_name(track), source.position)
        track.codec_context.thread_count = 1
        packets = opened.demux(track)
        while True:
            try:
                packet = next(packets, None)
            except MemoryError:
                raise
            except av.error.FFmpegError as error:
                raise _corrupt(container, error, source.position) from None
            if packet is None:
                break
            position = packet.pos if packet.pos is not None and packet.pos >= 0 else source.position
            yield _Coded(track.codec_context, packet, position)


def _audio_track(opened: InputContainer, container: Container, position: int) -> AudioStream:
    """The track to take: the best by libav's rules, which go by the flags, channels and bit rate."""
    track = opened.streams.best("audio")
    if not isinstance(track, AudioStream):
        others = ", ".join(sorted({each.type for each in opened.streams})) or "no track at all"
        raise AudioContentError(
            Reason.TRACK_MISSING, f"there is no audio in this {container}; there is {others}", position
        )
    for other in opened.streams:
        if other.index != track.index:
            other.discard = Discard.all
    return track


def _codec_name(track: AudioStream) -> str:
    # A codec that libav has no decoder for has no context either.
    return track.codec_context.codec.canonical_name if track.codec_context is not None else ""


def _frames(container: Container, coded: _Coded, ended: bool, *, has_begun: bool) -> list[AudioFrame]:
    packet = coded.packet
    try:
        if packet is not None and packet.is_corrupt:
            raise av.error.InvalidDataError(0, "the packet is incomplete")
        return coded.context.decode(packet)
    except MemoryError:
        raise
    except av.error.FFmpegError as error:
        if ended and has_begun:
            raise AudioFrameError(
                Reason.TRUNCATED, f"the {container} stream ends amid a frame", coded.position
            ) from None
        raise _corrupt(container, error, coded.position) from None


def _corrupt(container: Container, error: av.error.FFmpegError, position: int) -> AudioContentError:
    what = (error.strerror or type(error).__name__).rstrip(".")
    return AudioContentError(Reason.CORRUPT, f"the {container} stream cannot be decoded: {what}", position)


def _output_rate(context: AudioCodecContext, frame: AudioFrame, declared: AudioFormat) -> int:
    """The rate to decode at: Opus has no rate of its own, but tells which one its encoder was given."""
    if context.codec.canonical_name != "opus":
        return frame.sample_rate
    if declared.sample_rate_hertz:
        return declared.sample_rate_hertz if declared.sample_rate_hertz in OPUS_RATES else frame.sample_rate
    told = int.from_bytes((context.extradata or b"")[12:16], "little")  # RFC 7845, 5.1
    return told if told in OPUS_RATES else frame.sample_rate


def _check_format(found: _Converter, declared: AudioFormat, container: Container, position: int) -> None:
    for field, value, wanted, lowest, highest in (
        (
            "sample_rate_hertz",
            found.sample_rate_hertz,
            declared.sample_rate_hertz,
            MIN_SAMPLE_RATE_HERTZ,
            MAX_SAMPLE_RATE_HERTZ,
        ),
        ("channel_count", found.channel_count, declared.channel_count, MIN_CHANNEL_COUNT, MAX_CHANNEL_COUNT),
    ):
        if not lowest <= value <= highest:
            raise AudioContentError(
                Reason.CONTAINER_UNSUPPORTED,
                f"{field} of this {container} is {value}; {lowest} to {highest} are decoded",
                position,
                field,
            )
        if wanted not in (0, value):
            raise AudioContentError(
                Reason.FORMAT_MISMATCH,
                f"{field} was declared as {wanted}, and the {container} stream says {value}: "
                f"declare {value}, or 0 to take it from the header",
                position,
                field,
            )


class _Converter:
    """From frames as a codec gives them to interleaved 16 bits, resampled where Opus is wanted at less.

    Samples of more than 16 bits lose their low bits, float is rounded and clipped: all as in
    services.audio.samples.
    """

    def __init__(self, frame: AudioFrame, rate: int, gaps: tuple[tuple[int, int], ...]) -> None:
        self.sample_rate_hertz = rate
        self.channel_count = frame.layout.nb_channels
        self._kind = _kind(frame)
        self._gaps = gaps
        self._samples = 0
        self._graph: Graph | None = None
        if frame.format.name != "s16" or rate != frame.sample_rate:
            graph = Graph()
            graph.threads = 1
            given = graph.add_abuffer(
                sample_rate=frame.sample_rate,
                format=frame.format,
                layout=frame.layout,
                time_base=Fraction(1, frame.sample_rate),
            )
            wanted = graph.add("aformat", sample_fmts="s16", sample_rates=str(rate))
            graph.link_nodes(given, wanted, graph.add("abuffersink")).configure()
            self._graph = graph

    def fits(self, frame: AudioFrame) -> bool:
        """Whether a frame is of the same kind as the first."""
        return _kind(frame) == self._kind

    def convert(self, frame: AudioFrame | None) -> Iterator[bytes]:
        """The PCM that a frame completes; None is the end."""
        if self._graph is None:
            if frame is not None:
                yield self._without_gaps(frame)
            return
        if frame is not None:
            frame.pts = None  # counted by the graph: a jump in a container's times is not to be filled
        self._graph.push(frame)
        while True:
            try:
                converted = self._graph.pull()
            except (EOFError, BlockingIOError):
                return
            assert isinstance(converted, AudioFrame)
            yield self._without_gaps(converted)

    def _without_gaps(self, frame: AudioFrame) -> bytes:
        size = 2 * self.channel_count
        pcm = bytes(frame.planes[0])[: frame.samples * size]
        begin = self._samples
        self._samples += frame.samples
        for first, end in reversed(self._gaps):
            cut = slice(max(first - begin, 0) * size, max(end - begin, 0) * size)
            pcm = pcm[: cut.start] + pcm[cut.stop :]
        return pcm


def _kind(frame: AudioFrame) -> tuple[int, str, str]:
    return frame.sample_rate, frame.layout.name, frame.format.name
