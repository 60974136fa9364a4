"""What analyses make of sound, by hand: voices by speaker, congruence, arousal, the acoustic source."""

from __future__ import annotations

import math
from typing import Any

import pytest

from services.analysis import reasons
from services.analysis.acoustics.heard import Heard
from services.analysis.acoustics.voice import VoiceMeasures
from services.analysis.analysis import Accumulator, Known
from services.analysis.measures.bearing import Source
from services.analysis.measures.trend import Direction
from services.analysis.measures.voices import Unheard, Voices
from services.analysis.segment import Segment
from tests.services.analysis.measured import analysis, said


def voice(
    hertz: float, seconds: float = 2.0, jitter: float | None = None, pause: float = 0.0
) -> VoiceMeasures:
    return VoiceMeasures(
        seconds,
        seconds - pause,
        1.0,
        pitch_mean=hertz,
        jitter=jitter,
        pauses=int(pause > 0),
        pause_time=pause,
    )


def after(name: str, *heard: tuple[Segment, Heard], known: Known | None = None) -> Accumulator:
    """The accumulator of an analysis after these segments, and after their sound."""
    accumulator = analysis(name).knowing(known or Known()).start()
    for segment, _ in heard:
        accumulator.accept(segment)
    for segment, sound in heard:
        accumulator.hear(segment, sound)
    return accumulator


def spoken(text: str, at: float, speaker: str, length: float = 2.0, **fields: Any) -> Segment:
    return said(text, at, length, speaker, segment_id=f"s/{at:g}", **fields)


def test_voices_are_pooled_by_speaker_and_channel() -> None:
    voices = Voices()
    voices.add(spoken("a", 0, "anna", channel=1), Heard(voice(200.0)))
    voices.add(spoken("b", 2, "ben", channel=2), Heard(voice(100.0)))
    voices.add(spoken("c", 4, "anna", channel=1), Heard(voice(220.0)))
    voices.add(spoken("d", 6, "anna", channel=2), Heard(reason="X", message="gone"))
    found = voices.measure()
    assert found is not None
    assert [(each.speaker, each.channel_tag, each.voice.pitch_mean) for each in found.speakers] == [
        ("anna", 1, pytest.approx(210.0)),
        ("ben", 2, 100.0),
    ]
    assert found.overall.pitch_mean == pytest.approx(520 / 3)
    assert (found.segments, found.measured_share) == (3, pytest.approx(0.75))


def test_nothing_measured_is_no_part_at_all() -> None:
    voices = Voices()
    voices.add(spoken("a", 0, "anna"), Heard())
    assert voices.measure() is None


def test_segments_that_get_another_speaker_take_their_voice_along() -> None:
    voices = Voices()
    voices.add(spoken("a", 0, "", channel=1), Heard(voice(200.0)))
    voices.add(spoken("b", 2, "", channel=1), Heard(voice(100.0)))
    voices.rename(["s/2", "s/4"], "ben")
    voices.add(spoken("c", 4, "", channel=1), Heard(voice(120.0)))  # it was still being measured
    found = voices.measure()
    assert found is not None
    assert [(each.speaker, each.voice.pitch_mean) for each in found.speakers] == [
        ("Unknown", 200.0),
        ("ben", pytest.approx(110.0)),
    ]


def test_what_is_missing_is_counted_by_reason() -> None:
    unheard = Unheard()
    for heard in (
        Heard(reason="A", message="first"),
        Heard(),
        Heard(reason="A", message="second"),
        Heard(reason="B"),
    ):
        unheard.add(heard)
    assert [(note.reason, note.metadata["segments"]) for note in unheard.notes()] == [("A", "2"), ("B", "1")]
    assert unheard.notes()[0].message == "2 of 4 segments have no acoustic measures: first"


@pytest.mark.parametrize(
    ("sentiment", "arousal", "expected"),
    [
        (0.0, 0.5, 1.0),  # calm words, usual voice
        (1.0, 1.0, 1.0),
        (-1.0, 1.0, 1.0),  # anger is as loud as joy
        (0.8, 0.4, 0.5),
        (0.0, 1.0, 0.5),
        (-1.0, 0.0, 0.0),
    ],
)
def test_congruence_by_hand(sentiment: float, arousal: float, expected: float) -> None:
    segment = spoken("well then", 0, "anna", sentiment=sentiment)
    found: Any = after("enhanced_metrics", (segment, Heard(voice(100.0), arousal))).measure()
    assert found.prosodic_congruence == pytest.approx(expected)


def test_congruence_needs_both() -> None:
    silent: Any = after(
        "enhanced_metrics",
        (spoken("well then", 0, "anna", sentiment=0.5), Heard(voice(100.0))),
        (spoken("well then", 2, "anna"), Heard(voice(100.0), 0.5)),
    ).measure()
    assert silent.prosodic_congruence is None
    assert silent.acoustic.segments == 2


def test_emotion_has_the_arousal_of_each_segment_and_its_course() -> None:
    arousals = (None, None, 0.2, 0.5, 0.8)
    found: Any = after(
        "emotion",
        *[
            (spoken("well then", 60.0 * at, "anna", sentiment=0.1), Heard(voice(100.0), arousal))
            for at, arousal in enumerate(arousals)
        ],
    ).measure()
    assert tuple(each.arousal for each in found.course) == arousals
    assert found.arousal == pytest.approx(0.5)
    assert found.arousal_trend.direction == Direction.RISING
    assert found.arousal_trend.slope_per_minute == pytest.approx(0.3)


def test_sound_alone_has_arousal_and_no_valence() -> None:
    accumulator = after(
        "emotion",
        (spoken("well then", 0, "anna"), Heard(voice(100.0))),
        (spoken("well then", 2, "anna"), Heard(voice(100.0), 0.75)),
    )
    found: Any = accumulator.measure()
    assert accumulator.amount == 1
    assert (found.segments, found.valence, found.neutral, found.arousal) == (0, None, 0, 0.75)
    assert [(each.valence, each.arousal) for each in found.course] == [(None, 0.75)]


def test_text_alone_has_no_arousal() -> None:
    found: Any = after("emotion", (spoken("well then", 0, "anna", sentiment=0.1), Heard())).measure()
    assert (found.arousal, found.arousal_trend) == (None, None)


TEXT = "we looked at the house and I would take it but not now"


def credibility(*voices: VoiceMeasures, **baseline: float) -> Any:
    heard = [(spoken(TEXT, 3.0 * at, "anna"), Heard(each)) for at, each in enumerate(voices)]
    return after("credibility", *heard, known=Known(baseline=baseline)).measure()


def parts(found: Any) -> dict[str, float]:
    return {each.name: each.value for each in found.factors if each.source is Source.ACOUSTIC}


@pytest.mark.parametrize(
    ("voices", "expected"),
    [
        ([voice(100.0, jitter=0.01)] * 2, {"pitch": 1.0, "voice": 1.0}),
        ([voice(100.0, jitter=0.01), voice(300.0, jitter=0.03)], {"pitch": 1 / 1.5, "voice": 1 / 1.5}),
        ([voice(100.0, pause=0.5), voice(100.0, pause=1.0)], {"pitch": 1.0, "pausing": 0.75}),
        ([voice(100.0, jitter=0.01)], {}),  # one is neither steady nor not
    ],
)
def test_steadiness_by_hand(voices: list[VoiceMeasures], expected: dict[str, float]) -> None:
    assert parts(credibility(*voices)) == pytest.approx(expected)


def test_with_a_profile_it_is_how_near_the_voice_is_to_it() -> None:
    found = parts(credibility(voice(100.0, jitter=0.02), pitch_mean_hertz=80.0, jitter=0.02, pause_share=0.0))
    assert found == pytest.approx({"pitch": 0.8, "voice": 1.0})  # |100 - 80| / 80


def test_each_speaker_is_steady_in_a_voice_of_their_own() -> None:
    heard = [
        (spoken(TEXT, 3.0 * at, "anna" if at % 2 else "ben"), Heard(voice(200.0 if at % 2 else 100.0)))
        for at in range(6)
    ]
    found: Any = after("credibility", *heard).measure()
    assert parts(found) == pytest.approx({"pitch": 1.0})
    assert [Source.ACOUSTIC in each.credibility.missing for each in found.speakers] == [False, False]


def test_the_acoustic_source_has_its_weight_and_is_missing_without_sound() -> None:
    with_sound = credibility(voice(100.0), voice(100.0)).overall
    without = credibility(VoiceMeasures(2.0), VoiceMeasures(2.0)).overall
    (component,) = [each for each in with_sound.components if each.source is Source.ACOUSTIC]
    assert (component.score, component.weight) == (1.0, pytest.approx(0.3))
    assert Source.ACOUSTIC in without.missing
    assert with_sound.confidence > without.confidence


def test_a_voice_is_compared_with_the_profile() -> None:
    profile = {
        "pitch_mean_hertz": 100.0,
        "pitch_mean_hertz.deviation": 10.0,
        "jitter": 0.01,
        "jitter.mad": 0.01,
    }
    found = credibility(voice(140.0, jitter=0.02), **profile)
    assert {each.measure: (each.score, each.is_outlier) for each in found.comparisons} == {
        "pitch_mean_hertz": (pytest.approx(4.0), True),
        "jitter": (pytest.approx(0.6745), False),
    }


def test_what_cannot_be_heard_is_said_and_harms_nothing() -> None:
    heard = Heard(reason=reasons.ACOUSTICS_FAILED, message="it died")
    for name in ("enhanced_metrics", "emotion", "credibility"):
        accumulator = after(name, (spoken(TEXT, 0, "anna", sentiment=0.3), heard))
        assert [note.reason for note in accumulator.notes()] == [reasons.ACOUSTICS_FAILED]
        accumulator.measure()


@pytest.mark.parametrize("usual", [math.inf, -1.0, math.nan])
def test_a_usual_voice_that_there_cannot_be_is_passed_over(usual: float) -> None:
    heard = [(spoken("yes", at, "anna"), Heard(voice(200.0))) for at in (0, 5)]
    known = Known(baseline={"pitch_mean_hertz": usual})
    found, expected = after("credibility", *heard, known=known), after("credibility", *heard)
    assert found.measure() == expected.measure()
