import pickle

import pytest

from services.audio.errors import (
    AudioContentError,
    AudioDecoderError,
    AudioError,
    AudioFormatError,
    AudioFrameError,
    FieldViolation,
    Reason,
)

ERRORS = [
    AudioFormatError((FieldViolation("channel_count", "must be 1 to 8; it was 9"),)),
    AudioContentError(Reason.NOT_WAV, "the stream is not WAV", 0, "encoding"),
    AudioFrameError(Reason.ODD_BYTES, "3 bytes are not whole frames of 2 bytes", 640),
    AudioDecoderError(Reason.DECODER_DIED, "the decoder ended with code -9", 4711),
]


@pytest.mark.parametrize("error", ERRORS)
def test_survives_the_way_between_processes(error: AudioError) -> None:
    copy = pickle.loads(pickle.dumps(error))
    assert type(copy) is type(error)
    assert vars(copy) == vars(error)
    assert str(copy) == str(error)


def test_only_a_broken_frame_leaves_the_stream_usable() -> None:
    assert [error.fatal for error in ERRORS] == [True, True, False, True]


def test_message_says_where() -> None:
    assert str(ERRORS[2]) == "3 bytes are not whole frames of 2 bytes (byte 640)"
