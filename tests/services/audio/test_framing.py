import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.audio.framing import Rechunker


@given(
    bytes_per_frame=st.integers(1, 16),
    frames_per_chunk=st.integers(1, 20),
    piece_frames=st.lists(st.integers(0, 70), max_size=30),
)
def test_any_cut_gives_the_same_chunks(
    bytes_per_frame: int, frames_per_chunk: int, piece_frames: list[int]
) -> None:
    total = sum(piece_frames) * bytes_per_frame
    stream = bytes(index * 7 % 251 for index in range(total))
    rechunker = Rechunker(bytes_per_frame, frames_per_chunk)
    chunks: list[bytes] = []
    taken = 0
    for frames in piece_frames:
        size = frames * bytes_per_frame
        chunks += rechunker.accept(stream[taken : taken + size])
        taken += size
        assert rechunker.position == len(chunks) * frames_per_chunk
        assert rechunker.position + rechunker.pending_frames == taken // bytes_per_frame
        assert rechunker.pending_frames < frames_per_chunk
    assert all(len(chunk) == bytes_per_frame * frames_per_chunk for chunk in chunks)
    rest = rechunker.flush()
    assert b"".join(chunks) + rest == stream
    assert rechunker.position == sum(piece_frames)
    assert rechunker.pending_frames == 0


def test_a_piece_of_the_right_size_is_not_copied() -> None:
    rechunker = Rechunker(2, 1600)
    piece = bytes(3200)
    assert rechunker.accept(piece)[0] is piece


def test_position_goes_on_after_a_flush() -> None:
    rechunker = Rechunker(2, 4)
    assert rechunker.accept(b"abcdef") == []
    assert rechunker.flush() == b"abcdef"
    assert rechunker.position == 3
    assert rechunker.flush() == b""
    assert rechunker.accept(b"ghijklmnop") == [b"ghijklmn"]
    assert (rechunker.position, rechunker.pending_frames) == (7, 1)


@pytest.mark.parametrize(("bytes_per_frame", "frames_per_chunk"), [(0, 1), (1, 0)])
def test_an_empty_chunk_is_refused(bytes_per_frame: int, frames_per_chunk: int) -> None:
    with pytest.raises(ValueError, match="at least one"):
        Rechunker(bytes_per_frame, frames_per_chunk)
