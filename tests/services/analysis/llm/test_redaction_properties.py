"""However a conversation is cut into segments, and whatever is asked: no value leaves, and the rest stays."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.analysis.llm.egress import Egress, line_of
from services.analysis.segment import Segment
from services.text.redaction.options import KINDS
from services.text.redaction.pseudonyms import PSEUDONYM, Policy
from services.text.redaction.redactor import Redactor
from tests.services.analysis.canaries import NAMES, NEAR_MISSES, SPELLINGS, found_in, plain

ALL = [each for spellings in SPELLINGS.values() for each in spellings]
SECOND = 1_000_000_000


@st.composite
def conversations(draw: st.DrawFn) -> list[Segment]:
    """Values and what looks like them, said by one speaker, cut anywhere between words; another one speaks
    between the pieces now and then."""
    said = draw(st.lists(st.sampled_from([*ALL, *NEAR_MISSES]), min_size=1, max_size=5))
    segments: list[Segment] = []

    def say(speaker: str, text: str) -> None:
        at = len(segments) * SECOND
        segments.append(Segment.of(text, at, at + SECOND, speaker, segment_id=f"s/{len(segments)}"))

    words = " . ".join(said).split()
    speaker = draw(st.sampled_from(["Cleo", "", *NAMES]))
    at = 0
    while at < len(words):
        length = draw(st.integers(1, 12) | st.just(99))
        say(speaker, " ".join(words[at : at + length]))
        at += length
        if draw(st.booleans()):
            say("Bob", draw(st.sampled_from(["mhm", "go on", "yes , and then"])))
    return segments


def questions(egress: Egress, segments: list[Segment], newest: int) -> list[str]:
    """All that is asked when a segment has come: about it, about all, about its speaker."""
    before, now = segments[:newest], segments[newest]
    own = [each for each in segments[: newest + 1] if each.speaker == now.speaker]
    keywords = (word for word in now.text.split() if word.isalpha())
    facts = "\n".join(["Measured:", *(f"speakers.{now.who}.keywords.{word}: 1" for word in keywords)])
    asked = [
        egress.compose("Judge.", [now], context=list(map(line_of, before)), facts=facts),
        egress.compose("Judge.", segments[: newest + 1]),
        egress.compose("Judge.", own),
        egress.compose("Judge.", [now]),
    ]
    return [f"{each.request.context}\n{each.request.data}" for each in asked]


@settings(max_examples=150, deadline=None)
@given(conversations(), st.sampled_from(Policy))
def test_no_value_leaves_however_segments_are_cut(segments: list[Segment], policy: Policy) -> None:
    egress = Egress(Redactor(policy, names=NAMES))
    for newest, segment in enumerate(segments):
        egress.take(segment)
        for text in questions(egress, segments, newest):
            assert found_in(text) == [], text
    egress.end()
    for text in questions(egress, segments, len(segments) - 1):
        assert found_in(text) == [], text


@settings(max_examples=50, deadline=None)
@given(conversations(), st.sampled_from(Policy))
def test_what_is_told_of_a_segment_is_what_leaves_of_it(segments: list[Segment], policy: Policy) -> None:
    egress = Egress(Redactor(policy, names=NAMES))
    told = {each.segment_id: (0, ()) for each in segments}
    for segment in segments:
        for change in egress.take(segment).changes:
            revision, _ = told[change.segment.segment_id]
            assert change.revision == revision + 1
            told[change.segment.segment_id] = (change.revision, change.replaced)
    egress.end()
    for segment in segments:
        text = segment.text
        for each in reversed(told[segment.segment_id][1]):
            assert PSEUDONYM.fullmatch(each.token.casefold())
            text = f"{text[: each.start]}{each.token}{text[each.end :]}"
        sent = egress.compose("Judge.", [segment]).request.data
        assert sent.partition(": ")[2] == " ".join(text.split())


def test_the_canaries_are_told_apart() -> None:
    assert all(found_in(each) for each in ALL)
    assert not any(found_in(each) for each in NEAR_MISSES)


@pytest.mark.parametrize("text", NEAR_MISSES)
def test_what_only_looks_like_a_value_stays(text: str) -> None:
    segment = Segment.of(text, 0, SECOND, "Cleo")
    egress = Egress(Redactor(names=NAMES))
    assert egress.take(segment).changes == ()
    assert plain(text) in plain(egress.compose("Judge.", [segment]).request.data)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("policy", Policy)
def test_each_spelling_is_replaced_by_one_token(kind: str, policy: Policy) -> None:
    egress = Egress(Redactor(policy, names=NAMES))
    for at, text in enumerate(SPELLINGS[kind]):
        (change,) = egress.take(Segment.of(text, at * SECOND, at * SECOND + SECOND, f"speaker {at}")).changes
        assert len(change.replaced) == 1, text
        assert str(change.replaced[0].kind) == kind
