"""Times for words whose times nobody told."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from services.asr.engine import NANOSECONDS_PER_SAMPLE
from services.asr.word_times import place_words


def samples(words: list[str], heard: list[int], begin: int, end: int) -> list[tuple[int, int]]:
    return [
        (round(word.start / NANOSECONDS_PER_SAMPLE), round(word.end / NANOSECONDS_PER_SAMPLE))
        for word in place_words(words, heard, begin, end)
    ]


def test_all_at_once_are_spread_by_their_characters() -> None:
    assert samples(["a", "bcd"], [8_000, 8_000], 2_000, 8_000) == [(2_000, 4_000), (4_000, 8_000)]


def test_a_word_ends_where_it_was_heard_at_the_latest() -> None:
    times = samples(["yes", "no"], [16_000, 64_000], 0, 64_000)
    assert times[0] == (16_000 - 4 * 1_920, 16_000)
    assert times[1] == (64_000 - 3 * 1_920, 64_000)


def test_all_speak_at_the_rate_of_the_fastest() -> None:
    assert samples(["abc", "def"], [4_000, 64_000], 0, 64_000) == [(0, 4_000), (60_000, 64_000)]


def test_nothing() -> None:
    assert samples([], [], 0, 0) == []
    assert samples(["a"], [0], 0, 0) == [(0, 0)]


@given(
    st.lists(st.tuples(st.text("abc", min_size=1, max_size=20), st.integers(0, 100_000)), max_size=20),
    st.integers(0, 50_000),
    st.integers(0, 50_000),
)
def test_order_and_bounds(said: list[tuple[str, int]], begin: int, length: int) -> None:
    words = place_words([word for word, _ in said], sorted(at for _, at in said), begin, begin + length)
    assert [word.text for word in words] == [word for word, _ in said]
    last = begin * NANOSECONDS_PER_SAMPLE
    for word, limit in zip(words, sorted(at for _, at in said), strict=True):
        assert last <= word.start <= word.end <= (begin + length) * NANOSECONDS_PER_SAMPLE
        assert word.end <= max(limit, begin) * NANOSECONDS_PER_SAMPLE
        last = word.end
