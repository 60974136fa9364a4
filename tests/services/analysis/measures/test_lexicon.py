import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.analysis.measures.lexicon import WordCounts, count_words, is_hesitation
from services.analysis.measures.words import words_of


@pytest.mark.parametrize("word", ["um", "uh", "er", "ah", "ummm", "uhhh", "erm", "aah", "uhm"])
def test_hesitations(word: str) -> None:
    assert is_hesitation(word)


@pytest.mark.parametrize("word", ["umbrella", "her", "are", "uh-huh", "a", "e", "mm", "hum"])
def test_what_is_no_hesitation(word: str) -> None:
    assert not is_hesitation(word)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", WordCounts(0, 0, 0, 0, 0)),
        # um, uh; like, you know, so; the the
        ("um so the the plan is uh like you know fine", WordCounts(2, 3, 0, 0, 1)),
        # maybe, i think, might, sort of; never
        ("Maybe. I think it might never sort of work", WordCounts(0, 0, 4, 1, 0)),
        # well, basically, actually, literally; definitely, always, clearly; no no no is two repetitions
        ("well basically actually literally definitely always clearly no no no", WordCounts(0, 4, 0, 3, 2)),
        # possibly, could, i guess, kind of, perhaps; certainly, surely, absolutely, undoubtedly
        (
            "possibly it could, I guess, kind of, perhaps; certainly, surely, absolutely, undoubtedly",
            WordCounts(0, 0, 5, 4, 0),
        ),
    ],
)
def test_counts_by_hand(text: str, expected: WordCounts) -> None:
    assert count_words(words_of(text)) == expected


@given(
    st.lists(
        st.sampled_from(["um", "so", "like", "you", "know", "i", "think", "never", "maybe", "never"]),
        max_size=30,
    )
)
def test_appending_another_word_only_adds(words: list[str]) -> None:
    before, after = count_words(words), count_words([*words, "like"])
    assert after.fillers == before.fillers + 1
    assert after.hesitations == before.hesitations
    assert after.repetitions - before.repetitions == (bool(words) and words[-1] == "like")
