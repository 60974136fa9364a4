"""enhanced_metrics, its linguistic part, by hand."""

import pytest

from services.analysis.analysis import MeasuredAnalysis
from tests.services.analysis.measured import SECOND, analysis, measured, said

NAME = "enhanced_metrics"


def linguistic(*segments):
    return measured(NAME, *segments).linguistic


def test_pronouns_and_articles_by_hand() -> None:
    # i am not sure that you and he read the book: 11 words
    found = linguistic("I'm not sure that you and he read the book.")
    assert found.words == 10
    assert found.first_person_singular == pytest.approx(1 / 11)
    assert found.second_person == pytest.approx(1 / 11)
    assert found.third_person == pytest.approx(1 / 11)
    assert found.first_person_plural == 0.0
    assert found.articles == pytest.approx(1 / 11)


def test_clauses_by_hand() -> None:
    # two sentences; "because" and "when" begin dependent clauses, "and she" another one
    found = linguistic("He stayed because it rained, and she left. Call me when you are there.")
    assert found.words_per_sentence == pytest.approx(14 / 2)
    assert found.subordinators == 2
    assert found.clauses_per_sentence == pytest.approx(5 / 2)
    assert found.dependent_clauses_per_clause == pytest.approx(2 / 5)


def test_a_word_may_be_of_several_kinds() -> None:
    found = linguistic("I went but he stayed")
    assert (found.first_person_singular, found.third_person) == (pytest.approx(1 / 5), pytest.approx(1 / 5))
    assert found.clauses_per_sentence == 2.0


def test_leakage_by_hand() -> None:
    found = linguistic("Ugh, I am so nervous.", "We are fed up with it.", "All is well here today.")
    assert found.leakage_words == 3
    assert found.leakage_per_hundred_words == pytest.approx(100 * 3 / 16)


def test_response_latencies_by_hand() -> None:
    # ben answers anna after 0.5 s, anna ben after 1.5 s: mean 1 s, deviation 0.5 s
    turns = [("anna", 0.0), ("ben", 1.5), ("anna", 4.0)]
    found = linguistic(*[said("yes", start, 1.0, who) for who, start in turns])
    assert found.response_latency == SECOND
    assert found.response_latency_deviation == SECOND // 2


def test_one_who_speaks_alone_answers_nobody() -> None:
    found = linguistic("one", "two")
    assert (found.response_latency, found.response_latency_deviation) == (None, None)


@pytest.mark.parametrize(
    ("more", "less", "field"),
    [
        ("I think I know my way.", "They know the way.", "first_person_singular"),
        ("We know our way.", "I know my way.", "first_person_plural"),
        ("You know your way.", "I know my way.", "second_person"),
        ("She knows her way.", "I know my way.", "third_person"),
        ("The way is a long one.", "It is long.", "articles"),
        ("I came because I saw it, although it was late.", "I came.", "clauses_per_sentence"),
        ("If it rains, I stay.", "It rains.", "dependent_clauses_per_clause"),
        ("This is one long sentence with many words.", "Short. Ones. Here.", "words_per_sentence"),
        ("Damn, I am furious.", "I am here.", "leakage_per_hundred_words"),
    ],
)
def test_each_measure_moves_both_ways(more: str, less: str, field: str) -> None:
    assert getattr(linguistic(more), field) > getattr(linguistic(less), field)


def test_another_language_has_times_only() -> None:
    found = linguistic(
        said("guten morgen", 0, 1, "anna", language="de"), said("hallo", 2, 1, "ben", language="de")
    )
    assert (found.words, found.response_latency, found.articles, found.leakage_words) == (
        3,
        SECOND,
        None,
        None,
    )


def test_it_is_local_alone() -> None:
    found: MeasuredAnalysis = analysis(NAME)
    assert not found.has_llm_part
    assert found.needs == 1
