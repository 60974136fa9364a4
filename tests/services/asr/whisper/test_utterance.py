"""The growing utterance with a decoder of which the answers are known."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.asr.engine import SAMPLE_RATE_HERTZ
from services.asr.whisper.utterance import Follows, WindowPolicy
from tests.services.asr.whisper.ideal import IdealDecoder, conclude, say, take, utterance

SECOND = SAMPLE_RATE_HERTZ
GAPS = st.sampled_from([0.0, 0.0, 0.05, 0.4, 1.5])


def speech(seconds: float, sentences: bool = True) -> list:
    """Three words a second, a sentence every seven of them, without a pause."""
    count = round(3 * seconds)
    texts = [f"word{n}" + ("." if sentences and n % 7 == 6 else "") for n in range(count)]
    return say(texts, [1 / 3] * count, [0.0] * count)


def grow(growing, decoder, samples: int, chunk: int, skip=lambda index: False) -> list[list[str]]:
    """Feed it, with the newest pass after each chunk; returns what was settled after each."""
    settled, passes = [], 0
    while growing.fed < samples:
        growing.accept(bytes(2 * min(chunk, samples - growing.fed)))
        if growing.due > growing.position:
            passes += 1
            if not skip(passes):
                take(growing, decoder, growing.due, Follows.UNKNOWN)
        settled.append([word.text for word in growing.settled])
    return settled


@given(
    words=st.lists(
        st.tuples(st.floats(0.2, 0.6), st.sampled_from([0.0, 0.0, 0.05, 0.4, 1.5])), min_size=1, max_size=60
    ),
    cuts=st.lists(st.integers(160, 2 * SECOND), min_size=1, max_size=8),
    skipped=st.sets(st.integers(1, 80)),
    pauses=st.sets(st.integers(0, 30)),
    sentence=st.integers(2, 9),
)
@settings(max_examples=150, deadline=None)
def test_whatever_the_cuts_and_the_passes_left_out_the_words_are_the_same(
    words, cuts, skipped, pauses, sentence
):
    texts = [f"word{n}" + ("." if n % sentence == 0 else "") for n in range(len(words))]
    said = say(texts, [length for length, _ in words], [gap for _, gap in words])
    decoder, growing, end = IdealDecoder(said), utterance(), said[-1].end + 3_200
    shown: list[str] = []
    index = 0
    while growing.fed < end:
        growing.accept(bytes(2 * min(cuts[index % len(cuts)], end - growing.fed)))
        index += 1
        at_gap = all(not (word.start < growing.fed < word.end + 1_600) for word in said)
        if index in pauses and at_gap:
            conclude(growing, decoder, Follows.SILENCE)
        elif growing.due > growing.position and index not in skipped:
            take(growing, decoder, growing.due, Follows.UNKNOWN)
        settled = [word.text for word in growing.settled]
        assert settled[: len(shown)] == shown, "a settled word changed"
        shown = settled
    conclude(growing, decoder)
    assert [word.text for word in growing.settled] == texts
    times = [(word.start, word.end) for word in growing.settled]
    assert all(start <= end for start, end in times)
    assert all(before[1] <= after[0] for before, after in itertools.pairwise(times))


@pytest.mark.parametrize("sentences", [True, False])
def test_the_cost_of_a_second_does_not_grow_with_the_length(sentences) -> None:
    def cost(seconds: float) -> float:
        said = speech(seconds, sentences)
        decoder, growing = IdealDecoder(said), utterance()
        grow(growing, decoder, said[-1].end + 3_200, 1_600)
        conclude(growing, decoder)
        assert len(growing.settled) == len(said)
        assert max(end - start for start, end in decoder.windows) <= WindowPolicy().longest
        return decoder.decoded / said[-1].end

    costs = [cost(seconds) for seconds in (15, 30, 60)]
    assert max(costs) < 1.15 * min(costs)


def test_audio_in_one_piece_is_decoded_hardly_more_than_once() -> None:
    said = speech(60)
    decoder, growing = IdealDecoder(said), utterance()
    growing.accept(bytes(2 * (said[-1].end + 3_200)))
    conclude(growing, decoder)
    assert [word.text for word in growing.settled] == [word.text for word in said]
    assert decoder.decoded < 1.5 * growing.fed
    assert decoder.passes <= 9


def test_an_utterance_keeps_only_the_audio_of_its_window() -> None:
    said = speech(60)
    decoder, growing = IdealDecoder(said), utterance()
    most = 0
    while growing.fed < said[-1].end:
        growing.accept(bytes(3_200))
        take(growing, decoder, growing.due, Follows.UNKNOWN) if growing.due > growing.position else None
        most = max(most, len(growing._pcm))
    assert most <= 2 * (WindowPolicy().longest + SECOND)


def test_a_word_is_settled_soon_after_it_was_said() -> None:
    said = speech(12)
    decoder, growing, lags = IdealDecoder(said), utterance(), []
    while growing.fed < said[-1].end:
        growing.accept(bytes(3_200))
        before = len(growing.settled)
        take(growing, decoder, growing.due, Follows.UNKNOWN) if growing.due > growing.position else None
        lags += [growing.fed - said[number].end for number in range(before, len(growing.settled))]
    assert len(lags) > 25
    assert sorted(lags)[len(lags) // 2] <= 0.5 * SECOND


def test_a_pause_settles_all_but_a_last_word_whose_mark_is_open() -> None:
    said = speech(3)
    decoder, growing = IdealDecoder(said), utterance()
    growing.accept(bytes(2 * (said[-1].end + 3_200)))
    conclude(growing, decoder, Follows.SILENCE)
    assert len(growing.settled) == len(said) - 1
    assert [word.text for word in growing.words] == [word.text for word in said]
    growing.finish()
    assert [word.text for word in growing.settled] == [word.text for word in said]


def test_passes_are_at_multiples_of_the_interval_and_only_after_some_speech() -> None:
    growing = utterance(WindowPolicy(interval=1_600, first=4_800))
    growing.accept(bytes(2 * 9_599))
    assert growing.due == 0
    growing.accept(bytes(2))
    assert growing.due == 9_600
    growing.accept(bytes(2 * 2_000))
    assert growing.due == 11_200


def test_noise_without_words_does_not_fill_the_window_for_ever() -> None:
    decoder, growing = IdealDecoder([]), utterance()
    grow(growing, decoder, 60 * SECOND, 1_600)
    assert max(end - start for start, end in decoder.windows) <= WindowPolicy().longest
    assert decoder.windows[-1][0] > 50 * SECOND
