"""Settled words stay, whatever the hypotheses that follow say."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from services.asr.engine import NANOSECONDS_PER_SAMPLE, Hypothesis, Word
from services.asr.segment import StablePrefix

STEP = 4_000  # samples between hypotheses


def hypothesis(samples: int, words: list[tuple[str, int]]) -> Hypothesis:
    """Words one after the other, of the given lengths in samples, as many as fit."""
    said, at = [], 0
    for text, length in words:
        if at + length > samples:
            break
        said.append(Word(text, at * NANOSECONDS_PER_SAMPLE, (at + length) * NANOSECONDS_PER_SAMPLE))
        at += length
    return Hypothesis(tuple(said), samples)


SEQUENCES = st.lists(
    st.lists(st.tuples(st.sampled_from("abc"), st.integers(800, 12_000)), max_size=12),
    min_size=1,
    max_size=25,
)


@given(SEQUENCES, st.integers(2, 5), st.integers(0, 3_000_000_000))
def test_settled_words_are_a_prefix_of_all_that_follows(sequence, agreement, age) -> None:
    prefix = StablePrefix(agreement, age)
    settled: tuple[Word, ...] = ()
    for number, words in enumerate(sequence, start=1):
        interim = prefix.update(hypothesis(number * STEP, words))
        assert interim.words[: len(settled)] == settled
        assert interim.settled >= len(settled)
        assert 0 <= interim.stability <= 1
        settled = interim.words[: interim.settled]
    final = prefix.finish(hypothesis(len(sequence) * STEP, sequence[0]))
    assert final[: len(settled)] == settled
    assert all(one.end <= other.start for one, other in pairwise(final))


def test_words_settle_when_they_agree_and_are_old_enough() -> None:
    prefix = StablePrefix(agreement=3, age=STEP * NANOSECONDS_PER_SAMPLE)
    words = [("one", STEP), ("two", STEP), ("three", STEP)]
    assert [prefix.update(hypothesis(n * STEP, words)).settled for n in range(1, 6)] == [0, 0, 1, 2, 3]


def test_a_word_that_changes_does_not_settle() -> None:
    prefix = StablePrefix(agreement=2, age=0)
    for number in range(1, 10):
        interim = prefix.update(hypothesis(4 * STEP, [("same", STEP), (f"other{number}", STEP)]))
    assert interim.settled == 1


def test_stability_grows_with_agreement() -> None:
    prefix = StablePrefix(agreement=4, age=0)
    stabilities = [prefix.update(hypothesis(2 * STEP, [("one", STEP)])).stability for _ in range(4)]
    assert stabilities == sorted(stabilities)
    assert stabilities[0] < stabilities[-1] == 1.0
