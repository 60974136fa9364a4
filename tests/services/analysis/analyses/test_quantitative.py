"""Row by row against hand-computed numbers; then what no text may break."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.analysis.analyses.quantitative import ANALYSIS, Quantitative, QuantitativeMeasures
from services.analysis.segment import Meaning, Segment

SECOND = 1_000_000_000


def accumulated(*segments: Segment) -> Quantitative:
    accumulator = Quantitative()
    for each in segments:
        accumulator.accept(each)
    return accumulator


def measured(*segments: Segment) -> QuantitativeMeasures:
    return accumulated(*segments).measure()


def said(
    text: str, start: float = 0.0, seconds: float = 0.0, speaker: str = "a", meaning: Meaning | None = None
) -> Segment:
    begin = round(start * SECOND)
    return Segment.of(text, begin, begin + round(seconds * SECOND), speaker, meaning=meaning)


# Three conversations, worked out by hand.
SUPPORT = [
    # um the the plan is like really good / 8 words, 28 letters
    said("Um, the the plan is, like, really good.", 0.0, 4.0, "agent"),
    # i think i might cancel it maybe / 7 words, 25 letters
    said("I think I might cancel it, maybe?", 3.0, 3.0, "customer"),
    # never / 1 word, 5 letters
    said("Never!", 7.0, 1.0, "agent"),
]
MEETING = [
    # so well we could definitely ship it on friday / 9 words, 37 letters
    said("so well we could definitely ship it on friday", 10.0, 3.0, "ben"),
    # you know uh that is clearly not certainly certainly not possible / 11 words, 54 letters
    said("you know uh that is clearly not certainly certainly not possible", 13.5, 4.5, "ben"),
]
NOTE = [
    # The delivery of the goods was late. We will pay on Monday. / 12 words, 45 letters
    said("The delivery of the goods was late. We will pay on Monday."),
]


@pytest.mark.parametrize(
    ("segments", "expected"),
    [
        (
            SUPPORT,
            {
                "words": 16,
                "unique_words": 14,  # "the" twice, "i" twice
                "segments": 3,
                "sentences": 3,
                "questions": 1,
                "repetitions": 1,  # the the
                "hesitations": 1,  # um
                "fillers": 1,  # like
                "qualifiers": 3,  # i think, might, maybe
                "certainty_words": 1,  # never
                "mean_word_length": 58 / 16,
                "mean_sentence_length": 16 / 3,
                "words_per_minute": 120.0,  # 16 in 8 s
                "hesitations_per_minute": 7.5,  # 1 in 8 s
                "type_token_ratio": 14 / 16,
                "certainty_ratio": 1 / 4,
                "question_ratio": 1 / 2,
                "speaking_time": 8 * SECOND,
                "turns": 3,
                "mean_turn": 8 * SECOND // 3,
                "overlap": 1 * SECOND,
                "overlap_ratio": 1 / 7,
            },
        ),
        (
            MEETING,
            {
                "words": 20,
                "unique_words": 18,  # "not" and "certainly" twice
                "segments": 2,
                "sentences": 2,
                "questions": 0,
                "repetitions": 1,  # certainly certainly
                "hesitations": 1,  # uh
                "fillers": 3,  # so, well, you know
                "qualifiers": 1,  # could
                "certainty_words": 4,  # definitely, clearly, certainly, certainly
                "mean_word_length": 91 / 20,
                "mean_sentence_length": 10.0,
                "words_per_minute": 160.0,  # 20 in 7.5 s
                "hesitations_per_minute": 8.0,
                "type_token_ratio": 18 / 20,
                "certainty_ratio": 4 / 5,
                "question_ratio": 0.0,
                "speaking_time": 7_500_000_000,
                "turns": 1,  # half a second of silence in between
                "mean_turn": 8 * SECOND,
                "overlap": 0,
                "overlap_ratio": 0.0,
            },
        ),
        (
            NOTE,
            {
                "words": 12,
                "unique_words": 11,  # "the" twice
                "segments": 1,
                "sentences": 2,
                "questions": 0,
                "repetitions": 0,
                "hesitations": 0,
                "fillers": 0,
                "qualifiers": 0,
                "certainty_words": 0,
                "mean_word_length": 45 / 12,
                "mean_sentence_length": 6.0,
                "words_per_minute": None,
                "hesitations_per_minute": None,
                "type_token_ratio": 11 / 12,
                "certainty_ratio": None,
                "question_ratio": 0.0,
                "speaking_time": 0,
                "turns": None,
                "mean_turn": None,
                "overlap": None,
                "overlap_ratio": None,
                # the 2, of, on: +4; was, we, will: -3
                "formality": 50 + 50 * 1 / 12,
                # the de-liv-er-y of the goods was late / 10; we will pay on mon-day / 6; ease 206.835 - 6.09
                # - 112.8
                "complexity": 100 - (206.835 - 1.015 * 6 - 84.6 * 16 / 12),
            },
        ),
    ],
    ids=["support", "meeting", "note"],
)
def test_by_hand(segments: list[Segment], expected: dict[str, object]) -> None:
    found = measured(*segments)
    assert {name: getattr(found, name) for name in expected} == {
        name: pytest.approx(value) if isinstance(value, float) else value for name, value in expected.items()
    }


@pytest.mark.parametrize(
    ("segments", "talk", "interruptions"),
    [
        # agent 0-4 and 7-8, customer 3-6; somebody speaks for 7 s; the customer begins in the agent's speech
        (SUPPORT, {"agent": (5, 2, 5 / 2, 2, 2.5, 0), "customer": (3, 4, 3 / 4, 1, 3.0, 1)}, 1),
        (MEETING, {"ben": (7.5, 0, None, 1, 8.0, 0)}, 0),
        # three who talk at once: 0-4, 1-3, 2-6; somebody speaks for 6 s
        (
            [said("a", 0, 4, "a"), said("b", 1, 2, "b"), said("c", 2, 4, "c")],
            {"a": (4, 2, 2.0, 1, 4.0, 0), "b": (2, 4, 1 / 2, 1, 2.0, 1), "c": (4, 2, 2.0, 1, 4.0, 1)},
            2,
        ),
        (NOTE, {}, None),
    ],
    ids=["support", "meeting", "three", "note"],
)
def test_talking_and_listening_by_hand(segments: list[Segment], talk, interruptions: int | None) -> None:
    found = measured(*segments)
    assert {
        each.speaker: (
            each.talk_time / SECOND,
            each.listen_time / SECOND,
            each.talk_to_listen_ratio,
            each.turns,
            each.mean_turn / SECOND,
            each.interruptions,
        )
        for each in found.speakers
    } == talk
    assert found.interruptions == interruptions


def test_who_has_no_times_neither_talks_nor_listens() -> None:
    (only,) = measured(said("yes", 0, 2, "a"), said("no", 1, 0, "b")).speakers
    assert (only.speaker, only.talk_to_listen_ratio) == ("a", None)


@pytest.mark.parametrize(
    ("text", "formality", "complexity"),
    [
        # three function words of five, all formal; the de-liv-er-y of the goods: 8 syllables
        ("the delivery of the goods", 80.0, 100 - (206.835 - 1.015 * 5 - 84.6 * 8 / 5)),
        # seven of eight, all personal; i don't real-ly re-mem-ber what it's: 9 syllables of 6 words
        ("I don't really remember what it's", 50 - 50 * 7 / 8, 100 - (206.835 - 6.09 - 84.6 * 9 / 6)),
        # ease 116: simpler than the scale goes
        ("the cat sat on the mat", 50 + 50 * 3 / 6, 0.0),
    ],
)
def test_formality_and_complexity_by_hand(text: str, formality: float, complexity: float) -> None:
    found = measured(said(text))
    assert (found.formality, found.complexity) == (pytest.approx(formality), pytest.approx(complexity))


@pytest.mark.parametrize(
    ("marked", "annotated", "questions", "ratio"),
    [
        # two sentences of one segment: annotation finds none, one, and more than there are
        ("is it. ready?", (), 1, 1.0),
        ("is it ready. when", ("is it ready.",), 1, 1.0),
        ("when", ("when", "when", "when"), 1, None),
    ],
)
def test_questions_by_mark_or_by_annotation(marked, annotated, questions: int, ratio: float | None) -> None:
    found = measured(said(marked, meaning=Meaning(questions=annotated)))
    assert (found.questions, found.question_ratio) == (questions, ratio)


def test_sentiment_is_the_mean_over_words() -> None:
    found = measured(
        said("one two three", meaning=Meaning(sentiment=0.5, magnitude=1.0)), said("four", meaning=None)
    )
    assert (found.sentiment, found.sentiment_confidence) == (0.5, 0.5)
    assert measured(said("one")).sentiment is None


def test_segments_without_a_length_do_not_change_the_rates() -> None:
    timed = measured(said("um one two", 0, 1.5))
    mixed = measured(said("um one two", 0, 1.5), said("uh four", 2, 0))
    assert timed.words_per_minute == mixed.words_per_minute == 120.0
    assert timed.hesitations_per_minute == mixed.hesitations_per_minute == 40.0
    assert mixed.words == 5


@pytest.mark.parametrize("text", ["", "   ", "...", "?! - — …"])
def test_nothing_to_count(text: str) -> None:
    accumulator = accumulated(said(text, 0, 1))
    assert accumulator.amount == 0
    assert ANALYSIS.shortage(accumulator.amount) == "0 of 1 words"
    assert accumulator.notes() == ()


def test_one_word() -> None:
    found = measured(said("Hello", 0, 0.5))
    assert (found.words, found.unique_words, found.sentences, found.type_token_ratio) == (1, 1, 1, 1.0)
    assert (found.words_per_minute, found.mean_word_length, found.repetitions) == (120.0, 5.0, 0)
    assert (found.certainty_ratio, found.question_ratio, found.formality) == (None, 0.0, 50.0)


@pytest.mark.parametrize(
    ("text", "words", "letters"),
    [("Привет, как дела? Привет!", 4, 19 / 4), ("Γειά σου Κόσμε", 3, 4.0), ("مرحبا بالعالم", 2, 6.0)],  # noqa: RUF001
)
def test_other_scripts_with_spaces_are_counted_and_not_looked_up(
    text: str, words: int, letters: float
) -> None:
    accumulator = accumulated(said(text, 0, 1))
    found = accumulator.measure()
    assert (found.words, found.mean_word_length) == (words, pytest.approx(letters, abs=0.01))
    for name in ("hesitations", "fillers", "qualifiers", "certainty_words", "formality", "complexity"):
        assert getattr(found, name) is None
    assert [note.reason for note in accumulator.notes()] == ["WORD_LISTS_MISSING"]


def test_other_languages_are_not_looked_up_in_english_lists() -> None:
    found = accumulated(Segment.of("so well gibt es das like um", language="de"))
    assert (found.measure().words, found.measure().fillers, found.measure().hesitations) == (7, None, None)
    assert [note.reason for note in found.notes()] == ["WORD_LISTS_MISSING"]
    both = accumulated(said("um yes"), Segment.of("so ja", language="de")).measure()
    assert (both.hesitations, both.fillers) == (1, 0)


@pytest.mark.parametrize("text", ["你好世界", "こんにちは世界", "สวัสดีครับ"])
def test_scripts_without_spaces_are_an_explicit_error(text: str) -> None:
    accumulator = accumulated(said(text, 0, 1))
    assert accumulator.amount == 0
    (note,) = accumulator.notes()
    assert (note.reason, note.metadata) == ("WORDS_NOT_PARTED", {"segments": "1"})
    accumulator.accept(said("hello", 1, 1))
    assert accumulator.measure().words == 1


def test_a_hundred_thousand_words_in_linear_time() -> None:
    sentence = "Well, I think the quick customer didn't really know what it was about, you know? "

    def seconds(repeats: int) -> float:
        began = time.process_time()
        accumulator = accumulated(said(sentence * repeats, 0, 60))
        took = time.process_time() - began
        assert accumulator.measure().words == 15 * repeats
        assert accumulator.measure().questions == repeats
        return took

    seconds(100)
    long, longer = min(seconds(1_670) for _ in range(3)), min(seconds(6_680) for _ in range(3))
    assert longer < 8 * long  # four times the text; quadratic would be 16
    assert longer < 3


TEXTS = st.lists(st.tuples(st.text("ab um-'.?", max_size=20), st.integers(0, 10)), max_size=10)


def spoken(texts: list[tuple[str, int]]) -> list[Segment]:
    return [said(text, 10 * index, seconds) for index, (text, seconds) in enumerate(texts)]


@given(TEXTS)
def test_measures_are_within_their_ranges(texts: list[tuple[str, int]]) -> None:
    found = measured(*spoken(texts))
    assert 0 <= found.unique_words <= found.words
    assert 0 <= found.questions <= found.sentences <= found.words
    assert 0 <= found.repetitions <= max(0, found.words - 1)
    assert (found.type_token_ratio is None) == (found.words == 0)
    for name, most in (
        ("type_token_ratio", 1.0),
        ("certainty_ratio", 1.0),
        ("overlap_ratio", 1.0),
        ("formality", 100.0),
        ("complexity", 100.0),
    ):
        value = getattr(found, name)
        assert value is None or 0 <= value <= most
    for each in found.speakers:
        assert each.talk_time > 0
        assert each.listen_time >= 0
        assert each.interruptions <= each.turns


@given(TEXTS, st.randoms())
def test_order_does_not_matter(texts: list[tuple[str, int]], random) -> None:
    segments = spoken(texts)
    shuffled = list(segments)
    random.shuffle(shuffled)
    assert measured(*shuffled) == measured(*segments)


@given(TEXTS)
def test_coarse_is_the_counts(texts: list[tuple[str, int]]) -> None:
    accumulator = accumulated(*spoken(texts))
    coarse, full = accumulator.coarse(), accumulator.measure()
    assert coarse == QuantitativeMeasures(full.words, full.unique_words, full.segments)
    assert accumulator.amount == full.words


def test_before_the_end_there_must_be_thirty_words() -> None:
    assert ANALYSIS.shortage(29, is_early=True) == "29 of 30 words"
    assert ANALYSIS.shortage(30, is_early=True) == ANALYSIS.shortage(1) == ""
