import pytest

from tests.services.analysis.measured import measured

NAME = "psychological"


@pytest.mark.parametrize(
    ("text", "hesitations", "repetitions", "first", "negations", "absolutist", "load", "stress"),
    [
        # um i i can not do it: 7 words
        ("Um I I can't do it.", 1, 1, 2, 1, 0, 2 / 7, 3 / 7),
        # everything is always the same for me and nobody ever comes
        ("Everything is always the same for me and nobody ever comes.", 0, 0, 1, 1, 3, 0.0, 5 / 11),
        # a repeated hesitation is a hesitation
        ("Uh uh uh well then we go.", 3, 0, 0, 0, 0, 3 / 7, 0.0),
        ("The train leaves at nine tomorrow.", 0, 0, 0, 0, 0, 0.0, 0.0),
    ],
)
def test_by_hand(text, hesitations, repetitions, first, negations, absolutist, load, stress) -> None:
    found = measured(NAME, text)
    assert (found.hesitations, found.repetitions, found.first_person) == (hesitations, repetitions, first)
    assert (found.negations, found.absolutist_words) == (negations, absolutist)
    assert (found.load_share, found.stress_share) == (pytest.approx(load), pytest.approx(stress))


def test_hits_are_all_but_the_first_person() -> None:
    found = measured(NAME, "Um I never did it it was you")
    assert [(each.kind, each.phrase) for each in found.hits] == [
        ("hesitation", "um"),
        ("repetition", "it it"),
        ("negation", "never"),
    ]


@pytest.mark.parametrize("more", ["um", "the the", "uh erm"])
def test_load_rises_with_cues_and_falls_with_fluent_talk(more: str) -> None:
    some = measured(NAME, "um we go there now").load_share
    assert measured(NAME, f"um we go there now {more}").load_share > some
    assert measured(NAME, "um we go there now by train").load_share < some


@pytest.mark.parametrize("more", ["i", "never", "always"])
def test_stress_rises_with_cues_and_falls_without(more: str) -> None:
    some = measured(NAME, "we must go there now").stress_share
    assert measured(NAME, f"we must go there now {more}").stress_share > some
    assert measured(NAME, "we must go there now by train").stress_share < some
