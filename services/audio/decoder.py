"""From the bytes of a declared format to 16-bit PCM, as they arrive.

Decoders are synchronous and cheap enough for an event loop: 100 ms of stereo at 48 kHz take 0.3 µs
as LINEAR16, which passes through, and 7 to 11 µs in the other raw encodings (EPYC core).
"""

from typing import Protocol

from services.audio.errors import AudioContentError, AudioError, AudioFrameError, Reason
from services.audio.format import AudioFormat, Encoding
from services.audio.samples import SampleCoding, to_linear16
from services.audio.sniff import check_raw_audio
from services.audio.wav import WavHeader, WavHeaderParser

_RAW_CODINGS = {
    Encoding.LINEAR16: SampleCoding.SIGNED16,
    Encoding.FLOAT32: SampleCoding.FLOAT32,
    Encoding.MULAW: SampleCoding.MULAW,
    Encoding.ALAW: SampleCoding.ALAW,
}


class Decoder(Protocol):
    """Decodes one stream; not for use from two threads at once."""

    @property
    def sample_rate_hertz(self) -> int | None:
        """Of the decoded audio; None while a container's header has not been read."""

    @property
    def channel_count(self) -> int | None:
        """Of the decoded audio; None while a container's header has not been read."""

    def accept(self, data: bytes) -> bytes:
        """The next bytes of the stream; returns the whole frames they complete, possibly none.

        Frames are interleaved signed 16-bit little-endian samples.

        Raises:
            AudioFrameError: see `open_decoder`; `data` was left out, and the next piece is taken as usual.
            AudioContentError: not what was declared; every later call raises the same error.
        """

    def finish(self) -> bytes:
        """The end of the stream; returns what was held back, as `accept` does.

        Raises:
            AudioFrameError: AUDIO_ODD_BYTES, the last frame is not complete, or AUDIO_TRUNCATED, a WAV stream
                is shorter than its header says. All before it was returned.
            AudioContentError: a container ended before its first sample (an empty stream is no error).
        """


def open_decoder(audio_format: AudioFormat, *, whole_frames: bool = True) -> Decoder:
    """A decoder for one stream of `audio_format`.

    With `whole_frames`, each piece of a raw encoding must hold whole frames, else AUDIO_ODD_BYTES refuses
    it: a message on the wire is a unit, and half a sample in it means that the sender has a fault, which
    would turn all that follows into noise. Without it, and always in a container, pieces may be cut
    anywhere.

    Raises ValueError for the containers other than WAV: those are decoded by services.audio.decoder_pool.
    """
    if audio_format.encoding is Encoding.WAV:
        return WavDecoder(audio_format)
    if audio_format.encoding.is_container:
        raise ValueError(f"{audio_format.encoding} is decoded in a process: open it in a DecoderPool")
    return RawDecoder(audio_format, whole_frames=whole_frames)


class RawDecoder:
    """Decodes a raw encoding; the first piece is checked for being something else."""

    def __init__(self, audio_format: AudioFormat, *, whole_frames: bool = True) -> None:
        self.sample_rate_hertz: int | None = audio_format.sample_rate_hertz
        self.channel_count: int | None = audio_format.channel_count
        self._encoding = audio_format.encoding
        self._bytes_per_frame = audio_format.bytes_per_frame
        self._whole_frames = whole_frames
        self._frames = _FrameDecoder(_RAW_CODINGS[audio_format.encoding], audio_format.bytes_per_frame, 0)
        self._checked = False
        self._failure: AudioError | None = None

    def accept(self, data: bytes) -> bytes:
        if not self._checked and data:
            self._check(data)
        if self._failure is not None:
            raise self._failure.with_traceback(None)  # else it would grow with each raise
        if self._whole_frames and len(data) % self._bytes_per_frame:
            raise AudioFrameError(
                Reason.ODD_BYTES,
                f"{len(data)} bytes are not whole frames of {self._bytes_per_frame} bytes",
                self._frames.position,
            )
        return self._frames.decode(data)

    def finish(self) -> bytes:
        if self._failure is None:
            self._frames.finish()
        return b""

    def _check(self, data: bytes) -> None:
        self._checked = True
        try:
            check_raw_audio(self._encoding, data)
        except AudioContentError as error:
            self._failure = error


class WavDecoder:
    """Decodes WAV: reads the header, holds it against what was declared, then decodes the samples.

    What follows the samples (tags, cue points) is ignored. A stream shorter than its header says is told of
    at its end; a header whose writer did not know how long it would be promises nothing.
    """

    def __init__(self, audio_format: AudioFormat) -> None:
        self.sample_rate_hertz: int | None = None
        self.channel_count: int | None = None
        self._declared = audio_format
        self._parser = WavHeaderParser()
        self._frames: _FrameDecoder | None = None
        self._remaining: int | None = None
        self._failure: AudioError | None = None

    def accept(self, data: bytes) -> bytes:
        if self._failure is not None:
            raise self._failure.with_traceback(None)  # else it would grow with each raise
        if self._frames is None:
            try:
                data = self._parser.feed(data)
                if self._parser.header is not None:
                    self._open(self._parser.header)
            except AudioError as error:
                self._failure = error
                raise
            if self._frames is None:
                return b""
        if self._remaining is not None:
            data = data[: self._remaining]
            self._remaining -= len(data)
        return self._frames.decode(data)

    def finish(self) -> bytes:
        if self._failure is None:
            if self._frames is None:
                self._parser.finish()
            else:
                missing, self._remaining = self._remaining, 0
                self._frames.finish()
                if missing:
                    raise self._truncated(missing, self._frames.position)
        return b""

    def _truncated(self, missing: int, position: int) -> AudioFrameError:
        assert self._parser.header is not None
        promised = self._parser.header.data_bytes
        return AudioFrameError(
            Reason.TRUNCATED,
            f"{missing} of the {promised} bytes of samples that the WAV header promises did not come",
            position,
        )

    def _open(self, header: WavHeader) -> None:
        for field, declared, found in (
            ("sample_rate_hertz", self._declared.sample_rate_hertz, header.sample_rate_hertz),
            ("channel_count", self._declared.channel_count, header.channel_count),
        ):
            if declared not in (0, found):
                raise AudioContentError(
                    Reason.FORMAT_MISMATCH,
                    f"{field} was declared as {declared}, and the WAV header says {found}: "
                    f"declare {found}, or 0 to take it from the header",
                    header.data_position,
                    field,
                )
        self.sample_rate_hertz = header.sample_rate_hertz
        self.channel_count = header.channel_count
        self._remaining = header.data_bytes
        self._frames = _FrameDecoder(header.coding, header.bytes_per_frame, header.data_position)


class _FrameDecoder:
    """Decodes frames out of pieces cut anywhere; `position` is the offset of the next byte."""

    def __init__(self, coding: SampleCoding, bytes_per_frame: int, position: int) -> None:
        self.position = position
        self._coding = coding
        self._bytes_per_frame = bytes_per_frame
        self._partial = b""

    def decode(self, data: bytes) -> bytes:
        self.position += len(data)
        if self._partial:
            data, self._partial = self._partial + data, b""
        if excess := len(data) % self._bytes_per_frame:
            data, self._partial = data[:-excess], data[-excess:]
        return data if self._coding is SampleCoding.SIGNED16 else to_linear16(self._coding, data)

    def finish(self) -> None:
        partial, self._partial = self._partial, b""
        if partial:
            raise AudioFrameError(
                Reason.ODD_BYTES,
                f"the stream ends with {len(partial)} of the {self._bytes_per_frame} bytes of a frame",
                self.position - len(partial),
            )
