import pytest

from tests.services.analysis.measured import analysis, measured, said

NAME = "argument"


@pytest.mark.parametrize(
    ("text", "claims", "premises", "rebuttals", "marked", "premise_share"),
    [
        ("We should leave now because it is late and it rains.", 0, 1, 0, 1.0, 1.0),
        ("It broke twice. Therefore I want my money back, since it is new.", 1, 1, 0, 0.5, 0.5),
        ("However, that is wrong. In my opinion it works. Look here. Thanks.", 1, 0, 2, 0.5, 0.0),
        ("Good morning, I would like to have a cup of tea.", 0, 0, 0, 0.0, None),
    ],
)
def test_by_hand(text, claims, premises, rebuttals, marked, premise_share) -> None:
    found = measured(NAME, text)
    assert (found.claim_markers, found.premise_markers, found.rebuttal_markers) == (
        claims,
        premises,
        rebuttals,
    )
    assert (found.marked_share, found.premise_share) == (marked, premise_share)


def test_hits_say_where() -> None:
    found = measured(NAME, said("That's why I call.", 3.0, 1.0, "anna", segment_id="s/1"))
    (hit,) = found.hits
    assert (hit.kind, hit.phrase, hit.speaker, hit.segment_id) == ("claim", "that is why", "anna", "s/1")
    assert hit.start_offset == 3_000_000_000


def test_more_reasons_raise_and_more_claims_lower_the_share_of_premises() -> None:
    even = measured(NAME, "Therefore yes.", "Because of it.").premise_share
    assert measured(NAME, "Therefore yes.", "Because of it.", "For example.").premise_share > even
    assert measured(NAME, "Therefore yes.", "Because of it.", "Thus no.").premise_share < even


def test_plain_sentences_lower_the_share_of_marked_ones() -> None:
    assert measured(NAME, "Therefore yes.", "It rains.").marked_share == 0.5
    assert measured(NAME, "Therefore yes.", "It rains.", "Hence no.").marked_share == pytest.approx(2 / 3)


def test_a_claim_without_a_connective_needs_a_model() -> None:
    assert analysis(NAME).has_llm_part
    assert measured(NAME, "This contract is worthless and nobody should sign it.").claim_markers == 0
