import pytest

from services.analysis.measures.counted import LabelCount
from tests.services.analysis.measured import measured, said

NAME = "manipulation"


@pytest.mark.parametrize(
    ("texts", "cues", "rate", "patterns"),
    [
        # 9 words
        (["You have to decide right now, or else leave."], 2, 200 / 9, {"urgency": 1, "threat": 1}),
        # 13 and 7 words
        (
            ["After all I have done for you! You owe me that at least.", "It's your fault, only yours here."],
            3,
            300 / 20,
            {"guilt": 2, "blame_shifting": 1},
        ),
        (["Take all the time that you need to think about it."], 0, 0.0, {}),
    ],
)
def test_by_hand(texts, cues, rate, patterns) -> None:
    found = measured(NAME, *texts)
    assert found.cues == cues
    assert found.cues_per_hundred_words == pytest.approx(rate)
    assert {each.label: each.count for each in found.patterns} == patterns


def test_hits_say_who_and_where() -> None:
    found = measured(
        NAME,
        said("That never happened, and you are too sensitive.", 1.0, 1.0, "anna", segment_id="s/1"),
        said("Everyone knows that you are imagining things.", 3.0, 1.0, "ben", segment_id="s/2"),
    )
    assert [(each.kind, each.phrase, each.speaker, each.segment_id) for each in found.hits] == [
        ("gaslighting", "that never happened", "anna", "s/1"),
        ("gaslighting", "you are too sensitive", "anna", "s/1"),
        ("social_proof", "everyone knows", "ben", "s/2"),
        ("gaslighting", "you are imagining things", "ben", "s/2"),
    ]
    assert found.patterns[0] == LabelCount("gaslighting", 3)


def test_the_rate_rises_with_cues_and_falls_with_plain_talk() -> None:
    some = measured(NAME, "Act now.", "The weather is nice today.").cues_per_hundred_words
    assert measured(NAME, "Act now.", "Last chance, act now.").cues_per_hundred_words > some
    assert measured(NAME, "Act now.", "The weather is nice today, as you see.").cues_per_hundred_words < some


def test_a_phrase_does_not_go_over_the_end_of_a_sentence() -> None:
    assert measured(NAME, "Please act. Now we can begin.").cues == 0
