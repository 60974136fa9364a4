"""Segments that are known later to be somebody else's are measured as though that had been known at once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from unittest import mock

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.analysis.acoustics.heard import Heard
from services.analysis.acoustics.pooled import PooledVoice
from services.analysis.acoustics.voice import VoiceMeasures
from services.analysis.analyses.argument import ArgumentCounter
from services.analysis.analyses.attitude import AttitudeCounter
from services.analysis.analyses.emotion import EmotionCounter
from services.analysis.analyses.enhanced import EnhancedMetrics
from services.analysis.analyses.flow import FlowAccumulator
from services.analysis.analyses.intents import IntentAccumulator
from services.analysis.analyses.manipulation import ManipulationCounter
from services.analysis.analyses.psychological import PsychologicalCounter
from services.analysis.analyses.quantitative import Quantitative
from services.analysis.analyses.summary import Summarizer
from services.analysis.analyses.understanding import Understanding
from services.analysis.analysis import Accumulator
from services.analysis.measures import conversation as conversations
from services.analysis.measures.conversation import Conversation, Flow
from services.analysis.measures.voices import Voices
from services.analysis.segment import Intent, Keyword, Meaning, Segment

SECOND = 1_000_000_000
MOVABLE = [
    ArgumentCounter,
    EmotionCounter,
    EnhancedMetrics,
    FlowAccumulator,
    IntentAccumulator,
    ManipulationCounter,
    PsychologicalCounter,
    Quantitative,
    Summarizer,
    Understanding,
]
Told = tuple[str, int, int, int, str, str]
TEXTS = [
    "um I am always sorry, because you have to act now or else",
    "will you send it? I will send it tomorrow",
    "we decided that, therefore it is what everybody does",
]
SEGMENTS = st.lists(
    st.tuples(
        st.sampled_from(TEXTS),
        st.integers(0, 200),
        st.integers(0, 9),
        st.integers(0, 2),
        st.sampled_from(["", "anna", "ben"]),
        st.sampled_from(["", "anna", "ben"]),
    ),
    min_size=1,
    max_size=12,
)


def segment(number: int, told: Told, speaker: str) -> Segment:
    text, start, length, channel, _, _ = told
    meaning = Meaning(
        (Intent.QUESTION, Intent.COMMITMENT) if "?" in text else (Intent.DECISION,),
        keywords=(Keyword("it"),),
        questions=(text,) if "?" in text else (),
        commitments=(text,) if "?" in text else (),
        decisions=() if "?" in text else (text,),
        sentiment=0.5,
    )
    begin = start * SECOND
    end = begin + length * SECOND
    return Segment.of(text, begin, end, speaker, channel, f"asr/{channel}/{number}", meaning=meaning)


def unordered(measures: Any) -> dict[str, Any]:
    """Speakers come in the order in which their names first came, which a change of names changes."""
    values = {name: getattr(measures, name) for name in measures.__dataclass_fields__}
    if "speakers" in values:
        values["speakers"] = set(values["speakers"])
    return values


@pytest.mark.parametrize("stride", [2, 500])
@pytest.mark.parametrize("start", MOVABLE)
@given(SEGMENTS, st.integers(0, 12))
def test_as_though_it_had_been_known_at_once(
    stride: int, start: Callable[[], Accumulator], told: list[Told], measured_at: int
) -> None:
    with mock.patch.object(conversations, "_STRIDE", stride):
        _move(start, told, measured_at)


def _move(start: Callable[[], Accumulator], told: list[Told], measured_at: int) -> None:
    late, early = start(), start()
    for number, each in enumerate(told):
        late.accept(segment(number, each, each[4]))
        early.accept(segment(number, each, each[5]))
        if number == measured_at:
            late.measure()  # what was added up for good is added up anew
    for name in ("", "anna", "ben"):
        ids = {f"asr/{each[3]}/{number}" for number, each in enumerate(told) if each[5] == name}
        assert late.rename(ids, name)
    assert unordered(late.measure()) == unordered(early.measure())


def test_what_is_added_up_by_speaker_says_so_and_names_its_places_anew() -> None:
    attitude = AttitudeCounter()
    attitude.accept(Segment.of("could you please help me, thank you", 0, SECOND, "one", 1, "asr/1/1"))
    assert not attitude.rename({"asr/1/1"}, "anna")
    measures = attitude.measure()
    assert [each.speaker for each in measures.speakers] == ["one"]
    assert {each.speaker for each in measures.hits} == {"anna"}


def test_a_segment_that_never_came_changes_nothing() -> None:
    conversation = Conversation()
    conversation.add(0, SECOND, 1, "anna", "asr/1/1")
    before = conversation.measure()
    conversation.rename(["asr/1/2"], "ben")
    conversation.rename(["asr/1/1"], "anna")
    assert conversation.measure() == before


def test_two_segments_of_the_same_time_are_told_apart() -> None:
    conversation = Conversation()
    conversation.add(0, SECOND, 0, "one", "text/0/1")
    conversation.add(0, SECOND, 0, "one", "text/0/2")
    conversation.rename(["text/0/2"], "two")
    assert {who.name: part.talk for who, part in conversation.measure().speakers.items()} == {
        "one": SECOND,
        "two": SECOND,
    }


def test_a_new_name_in_a_long_session_is_not_paid_for_by_all_that_was_said_before() -> None:
    conversation, count = Conversation(), 5_000
    for number in range(count):
        conversation.add(number * 3 * SECOND, number * 3 * SECOND + SECOND, 1, "one", f"asr/1/{number}")
    conversation.measure()
    conversation.rename([f"asr/1/{number}" for number in range(count - 200, count - 100)], "anna")
    with mock.patch.object(Flow, "add", autospec=True, side_effect=Flow.add) as added:
        flow = conversation.measure()
    assert {who.name: part.talk for who, part in flow.speakers.items()} == {
        "one": (count - 100) * SECOND,
        "anna": 100 * SECOND,
    }
    assert 200 <= added.call_count < 1_000


def test_voices_are_added_up_once_for_many_new_names() -> None:
    voices, voice = Voices(), VoiceMeasures(1.0, 1.0, 1.0, pitch_mean=100.0)
    for number in range(100):
        spoken = Segment.of("yes", number * SECOND, (number + 1) * SECOND, "one", 1, f"asr/1/{number}")
        voices.add(spoken, Heard(voice))
    with mock.patch.object(PooledVoice, "add", autospec=True, side_effect=PooledVoice.add) as added:
        for number in range(20):
            voices.rename({f"asr/1/{each}" for each in range(5 * number, 5 * number + 5)}, f"p{number % 2}")
        found = voices.measure()
        voices.measure()
    assert found is not None
    assert {each.speaker: each.voice.measured for each in found.speakers} == {
        "p0": 50 * SECOND,
        "p1": 50 * SECOND,
    }
    assert added.call_count == 100


def test_who_is_named_while_the_sound_is_being_measured() -> None:
    """A segment without annotation is in the course of emotions once its sound was heard."""
    emotion = EmotionCounter()
    spoken = Segment.of("yes", 0, SECOND, "one", 1, "asr/1/1")
    emotion.accept(spoken)
    emotion.rename({"asr/1/1"}, "anna")
    emotion.hear(spoken, Heard(arousal=0.7))
    assert [(each.speaker, each.arousal) for each in emotion.measure().course] == [("anna", 0.7)]
