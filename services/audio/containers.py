"""The containers that are decoded here: their first bytes, what may be in them, how they are declared."""

from dataclasses import dataclass
from enum import StrEnum

from services.audio.errors import AudioContentError, Reason
from services.audio.format import Encoding

HEAD_BYTES = 12
"""So many bytes of a stream tell its container."""


class Container(StrEnum):
    """A container by its common name."""

    WAV = "WAV"
    FLAC = "FLAC"
    OGG = "Ogg"
    WEBM = "WebM"
    MP3 = "MP3"
    MP4 = "MP4"
    AAC = "AAC"  # bare, in ADTS frames
    AIFF = "AIFF"  # recognised, not decoded


@dataclass(frozen=True, slots=True)
class Demuxing:
    """How libav reads a container.

    Attributes:
        name: libav's demuxer, named so that nothing is guessed from the bytes.
        codecs: the codecs that are decoded; anything else in the container is refused, for every decoder
            of libav is a way in.
    """

    name: str
    codecs: frozenset[str]


_PCM = frozenset({"pcm_s16le", "pcm_s16be", "pcm_s24le", "pcm_s24be", "pcm_s32le", "pcm_s32be", "pcm_f32le"})
DEMUXING = {
    Container.OGG: Demuxing("ogg", frozenset({"opus", "vorbis", "flac", "speex"})),
    Container.WEBM: Demuxing("matroska", frozenset({"opus", "vorbis", "flac", "mp3", "aac"}) | _PCM),
    Container.MP4: Demuxing("mov", frozenset({"aac", "alac", "mp3", "opus", "flac"}) | _PCM),
    Container.AAC: Demuxing("aac", frozenset({"aac"})),
}
"""Containers that libav takes apart. FLAC and MP3 are cut here, for libav holds back a second of FLAC."""

_DECLARED = {
    Encoding.WAV: Container.WAV,
    Encoding.FLAC: Container.FLAC,
    Encoding.OGG_OPUS: Container.OGG,
    Encoding.WEBM_OPUS: Container.WEBM,
    Encoding.MP3: Container.MP3,
}
_ENCODINGS = {container: encoding for encoding, container in _DECLARED.items()}
_CODECS = {Encoding.OGG_OPUS: "opus", Encoding.WEBM_OPUS: "opus"}


def name_container(head: bytes) -> Container | None:
    """The container that `head` starts with, or None: for bytes that may as well be samples.

    MP3 without a tag and AAC are not recognised: their sync words are plausible pairs of samples.
    """
    form = head[8:12]
    if head[:4] in (b"RIFF", b"RF64", b"BW64", b"RIFX") and form in (b"", b"WAVE"):
        return Container.WAV
    if head[:4] == b"FORM" and form in (b"AIFF", b"AIFC"):
        return Container.AIFF
    if head[:4] == b"OggS" and head[4:5] in (b"", b"\0"):
        return Container.OGG
    if head[:4] == b"fLaC" and head[4:5] in (b"", b"\0", b"\x80"):  # STREAMINFO is always the first block
        return Container.FLAC
    if head[:3] == b"ID3" and head[3:5] in (b"\2\0", b"\3\0", b"\4\0"):
        return Container.MP3
    if head[:4] == b"\x1aE\xdf\xa3":
        return Container.WEBM
    if head[4:8] == b"ftyp":
        return Container.MP4
    return None


def identify(encoding: Encoding, head: bytes) -> Container:
    """The container of a stream that was declared as one, from its first HEAD_BYTES, or all there are.

    Raises:
        AudioContentError: at byte 0; AUDIO_FORMAT_MISMATCH for another container than was declared,
            AUDIO_CONTAINER_UNKNOWN for none that is known, AUDIO_CONTAINER_UNSUPPORTED for AIFF.
    """
    found = name_container(head) or _by_sync_word(head)
    declared = _DECLARED.get(encoding)
    if found is None:
        if declared is Container.MP3:
            return declared  # it may be cut out of the middle of a frame: its first frame is searched for
        raise AudioContentError(
            Reason.CONTAINER_UNKNOWN,
            f"{encoding} was declared, but the stream starts with {quote(head)}, which no container does",
            position=0,
            field="encoding",
        )
    if declared not in (None, found):
        raise AudioContentError(
            Reason.FORMAT_MISMATCH,
            f"{encoding} was declared, but the stream starts like {found}: {advise(found)}",
            position=0,
            field="encoding",
        )
    if found is Container.AIFF:
        raise AudioContentError(
            Reason.CONTAINER_UNSUPPORTED,
            f"the stream is {found}: {advise(found)}",
            position=0,
            field="encoding",
        )
    return found


def check_codec(encoding: Encoding, container: Container, codec: str, position: int) -> None:
    """Is it the codec that was declared, or one that is decoded? `codec` by libav's name.

    Raises:
        AudioContentError: AUDIO_FORMAT_MISMATCH or AUDIO_CONTAINER_UNSUPPORTED.
    """
    wanted = _CODECS.get(encoding)
    known = DEMUXING[container].codecs
    if codec not in known:
        raise AudioContentError(
            Reason.CONTAINER_UNSUPPORTED,
            f"the audio in this {container} is {codec or 'of an unknown codec'}; decoded are "
            f"{', '.join(sorted(known))}",
            position,
            "encoding",
        )
    if wanted not in (None, codec):
        raise AudioContentError(
            Reason.FORMAT_MISMATCH,
            f"{encoding} was declared, but the audio in this {container} is {codec}: declare CONTAINER",
            position,
            "encoding",
        )


def advise(container: Container) -> str:
    """What to do with a container that came where something else was declared."""
    if container is Container.AIFF:
        return "it is not decoded here; send WAV or FLAC"
    return f"declare {_ENCODINGS.get(container, Encoding.CONTAINER)}"


def quote(head: bytes) -> str:
    """The first four bytes, for a message."""
    return "".join(chr(byte) if 0x20 <= byte < 0x7F else f"\\x{byte:02x}" for byte in head[:4])


def _by_sync_word(head: bytes) -> Container | None:
    if len(head) < 4 or head[0] != 0xFF or head[1] & 0xE0 != 0xE0:
        return None
    if head[1] & 0xF6 == 0xF0 and head[2] >> 2 & 15 < 13:  # layer 0 is ADTS, with 13 sample rates
        return Container.AAC
    is_layer_3 = head[1] & 0x06 == 0x02 and head[1] & 0x18 != 0x08
    has_rates = head[2] >> 4 not in (0, 15) and head[2] >> 2 & 3 != 3
    return Container.MP3 if is_layer_3 and has_rates else None
