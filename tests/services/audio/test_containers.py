import pytest

from services.audio.containers import HEAD_BYTES, Container, check_codec, identify
from services.audio.errors import AudioContentError, Reason
from services.audio.format import Encoding
from tests.services.audio.encoded import KINDS, encode, speech

CONTAINERS = [
    Encoding.FLAC, Encoding.OGG_OPUS, Encoding.WEBM_OPUS, Encoding.MP3, Encoding.CONTAINER
]  # fmt: skip
FOUND = {
    "flac": Container.FLAC,
    "ogg_opus": Container.OGG,
    "webm_opus": Container.WEBM,
    "mp3": Container.MP3,
    "aac": Container.AAC,
    "mp4_fragmented": Container.MP4,
    "wav": Container.WAV,
}


@pytest.fixture(scope="module")
def heads() -> dict[str, bytes]:
    return {name: encode(name, speech(seconds=0.3), 16_000)[:HEAD_BYTES] for name in FOUND}


def test_a_declared_container_is_recognised(heads: dict[str, bytes]) -> None:
    for name, container in FOUND.items():
        assert identify(Encoding.CONTAINER, heads[name]) is container
        assert identify(KINDS[name].encoding, heads[name]) is container


@pytest.mark.parametrize("declared", CONTAINERS[:-1])
def test_another_container_than_declared_is_named(declared: Encoding, heads: dict[str, bytes]) -> None:
    for name, container in FOUND.items():
        if KINDS[name].encoding is not declared:
            with pytest.raises(AudioContentError, match=f"starts like {container}: declare ") as caught:
                identify(declared, heads[name])
            assert caught.value.reason == Reason.FORMAT_MISMATCH
            assert (caught.value.position, caught.value.field) == (0, "encoding")


@pytest.mark.parametrize("declared", [each for each in CONTAINERS if each is not Encoding.MP3])
@pytest.mark.parametrize(
    "head", [bytes(12), b"hello, world", b"\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff"]
)
def test_what_no_container_starts_with_is_told(declared: Encoding, head: bytes) -> None:
    with pytest.raises(AudioContentError) as caught:
        identify(declared, head)
    assert caught.value.reason == Reason.CONTAINER_UNKNOWN


def test_mp3_may_begin_anywhere() -> None:
    assert identify(Encoding.MP3, bytes(12)) is Container.MP3


@pytest.mark.parametrize("declared", CONTAINERS)
def test_aiff_is_known_and_not_decoded(declared: Encoding) -> None:
    with pytest.raises(AudioContentError, match="AIFF") as caught:
        identify(declared, b"FORM\0\0\0\x24AIFF")
    expected = Reason.CONTAINER_UNSUPPORTED if declared is Encoding.CONTAINER else Reason.FORMAT_MISMATCH
    assert caught.value.reason == expected


def test_the_codec_inside_counts() -> None:
    check_codec(Encoding.OGG_OPUS, Container.OGG, "opus", 100)
    check_codec(Encoding.CONTAINER, Container.OGG, "vorbis", 100)
    with pytest.raises(AudioContentError, match="is vorbis: declare CONTAINER") as caught:
        check_codec(Encoding.OGG_OPUS, Container.OGG, "vorbis", 100)
    assert (caught.value.reason, caught.value.position) == (Reason.FORMAT_MISMATCH, 100)
    with pytest.raises(AudioContentError, match="is wmav2") as caught:
        check_codec(Encoding.CONTAINER, Container.WEBM, "wmav2", 7)
    assert caught.value.reason == Reason.CONTAINER_UNSUPPORTED
