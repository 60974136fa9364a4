"""What was meant, and how a conversation went, as a person reads it."""

import io

import pytest
from google.protobuf.message import Message

from rivermouth.analysis.v1 import analysis_pb2 as an
from rivermouth.analysis.v1.acoustic_pb2 import AcousticMetrics, SpeakerVoice, VoiceMetrics
from rivermouth.client import Event
from rivermouth.client.view.conversation import measures_words
from rivermouth.client.view.terminal import TerminalView
from rivermouth.client.view.words import describe
from rivermouth.result.v1.result_pb2 import Failure, Outcome, Phase, ResultHeader
from rivermouth.semantics.v1 import semantics_pb2 as sem
from rivermouth.session.v1.service_pb2 import StreamingAnalyzeResponse
from tests.clients.python.journals import offset

FINAL = ResultHeader(phase=Phase.PHASE_FINAL, outcome=Outcome.OUTCOME_COMPLETE)
SKIPPED = ResultHeader(
    phase=Phase.PHASE_FINAL,
    outcome=Outcome.OUTCOME_SKIPPED,
    failure=Failure(reason="LLM_NOT_CONFIGURED", message="there is no model"),
)
STATS = sem.ConversationStats(
    header=FINAL,
    speakers=[
        sem.SpeakerStats(speaker="agent", share=0.6, turns=1, response_latency=offset(0.84)),
        sem.SpeakerStats(share=0.4, turns=2, interruptions=1),
    ],
    overlap=offset(1.5),
    silence=offset(4.25),
)

SCORE = an.CredibilityScore(
    score=0.747,
    lower=0.476,
    upper=0.906,
    level=an.CredibilityScore.LEVEL_INCONCLUSIVE,
    missing=[an.CREDIBILITY_SOURCE_ACOUSTIC],
)


def event(**body: object) -> Event:
    return Event.of(StreamingAnalyzeResponse(session_id="s1", sequence=1, **body))  # type: ignore[arg-type]


def analysis(**measures: object) -> dict[str, object]:
    local = an.LocalPart(**measures)  # type: ignore[arg-type]
    missing = Failure(reason="LLM_NOT_CONFIGURED", message="there is no model")
    return {"analysis": an.Analysis(header=FINAL, name="it", local=local, errors=[missing])}


@pytest.mark.parametrize(
    ("body", "line"),
    [
        (
            {
                "semantic": sem.SemanticAnnotation(
                    header=FINAL,
                    primary_intent=sem.INTENT_DECISION,
                    intents=[sem.INTENT_DECISION, sem.INTENT_COMMITMENT],
                    annotations=[
                        sem.Annotation(kind=sem.Annotation.KIND_DECISION, text="let's go with"),
                        sem.Annotation(kind=sem.Annotation.KIND_TOPIC, label="pricing"),
                        sem.Annotation(kind=sem.Annotation.KIND_RISK, label="churn_risk"),
                        sem.Annotation(kind=sem.Annotation.KIND_ENTITY, label="money", text="ten dollars"),
                    ],
                )
            },
            '          decision, commitment, pricing, churn_risk, money "ten dollars"',
        ),
        (
            {
                "turn": sem.Turn(
                    header=FINAL,
                    speaker="agent",
                    start_offset=offset(1),
                    end_offset=offset(13.3),
                    segment_ids=["a", "b"],
                )
            },
            "          turn of agent: 12.3 s, 2 segments",
        ),
        ({"turn": sem.Turn(header=FINAL, segment_ids=["a"])}, "          turn of Unknown: 0.0 s, 1 segment"),
        (
            {"conversation_stats": STATS},
            "conversation: agent 60% in 1 turn, answers after 0.8 s; Unknown 40% in 2 turns, 1 interruption; "
            "overlap 1.5 s, silence 4.2 s",
        ),
        ({"conversation_stats": sem.ConversationStats()}, None),
        (
            {"workflow_routed": an.WorkflowRouted(queue="ACTION_ITEM", speaker="anna", text="I will")},
            "          to ACTION_ITEM: anna: I will",
        ),
        (
            {"workflow_routed": an.WorkflowRouted(queue="GENERAL", text="so " * 30)},
            "          to GENERAL: Unknown: " + "so " * 19 + "so…",
        ),
        (
            {"workflow_result": an.WorkflowResult(header=SKIPPED, queue="DECISION", work_ids=["a", "b"])},
            "decision (2 items): skipped: there is no model (LLM_NOT_CONFIGURED)",
        ),
        ({"workflow_result": an.WorkflowResult(header=FINAL, text="yes")}, "workflow: yes"),
        ({"summary": an.Summary(header=FINAL, text="It is about it.")}, "summary: It is about it."),
        ({"summary": an.Summary(text="so far")}, None),
        (
            analysis(
                conversation_flow=an.ConversationFlow(
                    speakers=[an.SpeakerFlow(speaker="anna", share=1.0, turns=3)],
                    overlap=offset(2),
                    turns=3,
                )
            ),
            "it: speakers: anna 100% in 3 turns, overlap 2.0 s, turns 3",
        ),
        (
            analysis(
                speaker_intent=an.SpeakerIntent(
                    intents=[
                        an.IntentCount(intent=sem.INTENT_QUESTION, primary=2, listed=2),
                        an.IntentCount(intent=sem.INTENT_AGREEMENT, listed=1),
                    ],
                    dominant=sem.INTENT_QUESTION,
                    speakers=[an.SpeakerIntents(speaker="anna", dominant=sem.INTENT_QUESTION)],
                )
            ),
            "it: intents: question 2, dominant question, speakers: anna mostly question",
        ),
        (
            analysis(
                enhanced_understanding=an.EnhancedUnderstanding(
                    keywords=[an.LabelCount(label=f"k{each}", count=1) for each in range(7)],
                    questions=[an.AskedQuestion(speaker="anna", text="is it?")],
                )
            ),
            'it: keywords: k0 1; k1 1; k2 1; k3 1; k4 1; 2 more, questions: anna: "is it?"',
        ),
        (
            analysis(
                enhanced_metrics=an.EnhancedMetrics(
                    linguistic=an.LinguisticMetrics(words=10, articles=0.1, response_latency=offset(0.5))
                )
            ),
            "it: linguistic: words 10, articles 0.1, response latency 0.5 s",
        ),
        (
            analysis(
                enhanced_metrics=an.EnhancedMetrics(
                    acoustic=AcousticMetrics(
                        overall=VoiceMetrics(pitch_mean=210.4, jitter=0.0124, harmonics_to_noise=15.0),
                        speakers=[SpeakerVoice(channel_tag=1, voice=VoiceMetrics(voice_quality=71.6))],
                    )
                )
            ),
            "it: acoustic: overall: pitch 210 Hz, jitter 1.2%, HNR 15 dB, "
            "speakers: channel 1 voice quality 72",
        ),
        (
            analysis(
                quantitative_metrics=an.QuantitativeMetrics(
                    words=2,
                    speakers=[
                        an.SpeakerTalk(speaker="anna", turns=1, talk_to_listen_ratio=1.25),
                        an.SpeakerTalk(channel_tag=2, turns=2),
                    ],
                )
            ),
            "it: words 2, speakers: anna 1 turn, talks 1.2 times as long as listening; channel 2 2 turns",
        ),
        (
            analysis(
                credibility=an.Credibility(
                    overall=SCORE,
                    factors=[
                        an.CredibilityFactor(
                            source=an.CREDIBILITY_SOURCE_BEHAVIOURAL, name="fluency", contribution=-0.071
                        )
                    ],
                    speakers=[an.SpeakerCredibility(speaker="anna", credibility=SCORE)],
                    comparisons=[
                        an.BaselineComparison(measure="sentiment", value=0.5, usual=0.1, is_outlier=True),
                        an.BaselineComparison(measure="certainty_ratio", value=0.5, usual=0.25),
                    ],
                )
            ),
            "it: overall 0.75 (0.48 to 0.91), inconclusive without acoustic, "
            "factors: behavioural fluency -0.07, "
            "speakers: anna 0.75 (0.48 to 0.91), inconclusive without acoustic, "
            "comparisons: sentiment 0.5 (usual 0.1, unusual); certainty_ratio 0.5 (usual 0.25)",
        ),
        (
            analysis(
                manipulation=an.Manipulation(
                    words=20,
                    cues=1,
                    patterns=[an.LabelCount(label="threat", count=1)],
                    hits=[an.CueHit(kind="threat", phrase="or else", speaker="anna", segment_id="a")],
                )
            ),
            'it: words 20, cues 1, patterns: threat 1, hits: threat "or else" by anna',
        ),
        (
            analysis(
                speaker_attitude=an.SpeakerAttitude(
                    speakers=[
                        an.SpeakerManner(speaker="anna", words=9, politeness=0.7, formality=40),
                        an.SpeakerManner(speaker="ben", words=1),
                    ]
                )
            ),
            "it: speakers: anna politeness 0.70, formality 40; ben 1 word",
        ),
        (
            analysis(
                emotion=an.Emotion(valence=0.25, course=[an.SegmentEmotion(segment_id="a", valence=0.25)])
            ),
            "it: valence 0.25",
        ),
        (
            analysis(text_audio_features=an.TextAudioFeatures(words=9, pauses=an.PauseStatistics(count=2))),
            "it: words 9, pauses: count 2",
        ),
        (
            analysis(
                session_insights=an.SessionInsights(
                    consistency=0.5, risk_trend=an.Trend(direction=an.Trend.DIRECTION_RISING)
                )
            ),
            "it: consistency 0.5, risk trend rising",
        ),
    ],
)
def test_lines(body: dict[str, object], line: str | None) -> None:
    assert describe(event(**body)) == line


def fill(message: Message) -> Message:
    """With a value in every field."""
    for field in message.DESCRIPTOR.fields:
        if field.message_type is not None:
            value = getattr(message, field.name)
            fill(value.add() if field.is_repeated else value)
        elif field.is_repeated:
            getattr(message, field.name).append("x" if field.cpp_type == field.CPPTYPE_STRING else 1)
        else:
            setattr(message, field.name, "x" if field.cpp_type == field.CPPTYPE_STRING else 1)
    return message


@pytest.mark.parametrize("name", [each.name for each in an.LocalPart.DESCRIPTOR.oneofs[0].fields])
def test_everything_measured_has_words(name: str) -> None:
    local = an.LocalPart()
    fill(getattr(local, name))
    words = measures_words(local)
    assert words
    assert not any(character in word for word in words for character in "\n{}")


def test_shares_of_talk_are_rewritten_while_it_goes_on() -> None:
    out = io.StringIO()
    running = sem.ConversationStats(speakers=STATS.speakers)
    TerminalView(out, lambda: 100, color=False).show(event(conversation_stats=running))
    assert "agent 60%, Unknown 40%" in out.getvalue()
