import pytest

from services.audio.errors import AudioFormatError, Reason
from services.audio.format import AudioFormat, Encoding, find_violations

RAW = [Encoding.LINEAR16, Encoding.FLOAT32, Encoding.MULAW, Encoding.ALAW]


@pytest.mark.parametrize(("encoding", "size"), list(zip(RAW, (2, 4, 1, 1), strict=True)))
@pytest.mark.parametrize("channels", [1, 8])
def test_bytes_per_frame(encoding: Encoding, size: int, channels: int) -> None:
    assert AudioFormat(encoding, 8000, channels).bytes_per_frame == size * channels


@pytest.mark.parametrize("rate", [8000, 11025, 16000, 44100, 48000])
def test_allowed_rates(rate: int) -> None:
    assert find_violations(Encoding.LINEAR16, rate, 1) == ()


@pytest.mark.parametrize("rate", [-1, 0, 7999, 48001, 10**9])
@pytest.mark.parametrize("encoding", RAW)
def test_rate_out_of_range(encoding: Encoding, rate: int) -> None:
    with pytest.raises(AudioFormatError) as caught:
        AudioFormat(encoding, rate, 1)
    assert caught.value.reason == Reason.FORMAT_INVALID == "AUDIO_FORMAT_INVALID"
    assert caught.value.field == "sample_rate_hertz"
    assert str(rate) in str(caught.value)


@pytest.mark.parametrize("channels", [-1, 0, 9])
def test_channel_count_out_of_range(channels: int) -> None:
    with pytest.raises(AudioFormatError) as caught:
        AudioFormat(Encoding.LINEAR16, 16000, channels)
    assert [violation.field for violation in caught.value.violations] == ["channel_count"]


def test_every_bad_field_is_named_at_once() -> None:
    violations = find_violations(None, 0, 9)
    assert [violation.field for violation in violations] == ["encoding", "sample_rate_hertz", "channel_count"]
    assert "LINEAR16" in violations[0].description
    with pytest.raises(AudioFormatError, match=r"sample_rate_hertz.*channel_count"):
        AudioFormat(Encoding.LINEAR16, 0, 9)


def test_a_container_may_leave_rate_and_channels_to_its_header() -> None:
    AudioFormat(Encoding.WAV)
    AudioFormat(Encoding.WAV, 16000, 2)
    with pytest.raises(AudioFormatError, match="0 to take it from the header"):
        AudioFormat(Encoding.WAV, 7999, 0)


def test_a_container_has_no_declared_frame_size() -> None:
    with pytest.raises(ValueError, match="container"):
        _ = AudioFormat(Encoding.WAV, 16000, 2).bytes_per_frame
