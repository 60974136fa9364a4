import math

import pytest

from services.analysis.analysis import Known
from services.analysis.measures.cues import Cues
from services.analysis.measures.lists import WordLists
from tests.services.analysis.measured import measured, said

NAME = "speaker_attitude"


def logistic(value: float) -> float:
    return 1 / (1 + math.exp(-value))


def manner(*texts: str):
    (found,) = measured(NAME, *texts).speakers
    return found


@pytest.mark.parametrize(
    ("text", "politeness"),
    [
        # counterfactual modal 0.47, please 0.49
        ("Could you please send me the file?", logistic(0.96)),
        # gratitude 0.87; direct start -0.43: mean of two sentences
        ("Thank you for that. So send me the file.", logistic(0.22)),
        # second person start -0.30, factuality -0.38
        ("You did not, in fact, send the file.", logistic(-0.68)),
        # nothing that shows any
        ("The file has been sent to all.", None),
    ],
)
def test_politeness_by_hand(text: str, politeness: float | None) -> None:
    assert manner(text).politeness == (politeness if politeness is None else pytest.approx(politeness))


def test_formality_is_that_of_the_words() -> None:
    # the +1, delivery, of +1, the +1, goods: see test_formality.py
    assert manner("The delivery of the goods.").formality == pytest.approx(80.0)


def test_polite_words_raise_and_rude_ones_lower_it() -> None:
    plain = manner("Could you send me the file?").politeness
    assert manner("Could you send me the file, sir?").politeness > plain
    assert manner("And could you, in fact, send me the file?").politeness < plain


def test_each_speaker_apart() -> None:
    found = measured(
        NAME,
        said("Thank you so much for all that.", 0.0, 1.0, "anna"),
        said("So what is it that you want?", 2.0, 1.0, "ben"),
        said("Yes.", 4.0, 1.0, "carl"),
    )
    anna, ben, carl = found.speakers
    assert [each.speaker for each in found.speakers] == ["anna", "ben", "carl"]
    assert anna.politeness > 0.5 > ben.politeness
    assert [each.label for each in anna.strategies] == ["gratitude"]
    assert (carl.words, carl.politeness, carl.formality) == (1, None, None)
    assert [each.kind for each in found.hits] == ["gratitude", "direct_start"]
    assert [each.speaker for each in found.hits] == ["anna", "ben"]


def test_a_users_strategies_have_their_scores() -> None:
    lists = WordLists.model_validate({"politeness": {"folksy": {"score": 2.0, "phrases": ["howdy"]}}})
    (found,) = measured(NAME, "Howdy to all of you!", known=Known(Cues.of(lists))).speakers
    assert found.politeness == pytest.approx(logistic(2.0))
