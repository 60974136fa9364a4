"""A stream is told who said what it was given before: results that are not final follow, the others stand."""

from rivermouth.analysis.v1.analysis_pb2 import StreamingAnalyzeRequest
from rivermouth.transcript.v1.transcript_pb2 import SpeakerRevision
from services.analysis.registry import ANALYSES
from tests.services.analysis.models import Call, emulated
from tests.services.analysis.streams import asked, bodies, check, config, last, reasons_of, segment, turn

TEN = "well I think you could send it over to me today"
NOT_MOVED = {"speaker_attitude", "credibility", "text_audio_features"}


def revision(speaker: str, *segment_ids: str, previous: str = "") -> StreamingAnalyzeRequest:
    return StreamingAnalyzeRequest(
        speaker_revision=SpeakerRevision(segment_ids=segment_ids, previous_speaker=previous, speaker=speaker)
    )


async def test_conversation_flow_counts_a_segment_under_its_new_speaker_from_its_next_message(
    run_core,
) -> None:
    responses = await run_core(
        [
            config(asked("conversation_flow"), asked("quantitative_metrics")),
            *[segment(TEN, number, speaker="one", start=number * 5.0, length=2.0) for number in (1, 2, 3)],
            revision("anna", "asr/1/1", "asr/1/3", "asr/1/9", previous="one"),
            segment(TEN, 4, speaker="anna", start=20.0, length=2.0),
        ]
    )
    check(responses)
    flows = [each for each in bodies(responses, "analysis") if each.name == "conversation_flow"]
    talk = [
        {each.speaker: each.talk_time.seconds for each in flow.local.conversation_flow.speakers}
        for flow in flows
    ]
    assert talk[2] == {"one": 6}  # said before it was known
    assert talk[3] == talk[-1] == {"anna": 6, "one": 2}
    assert [len(flow.header.evidence.segments) for flow in flows[-2:]] == [4, 4]
    assert last(responses, "quantitative_metrics").local.quantitative_metrics.turns == 4
    assert "SPEAKER_NOT_MOVED" not in reasons_of(last(responses, "conversation_flow").errors)


async def test_every_analysis_follows_or_says_that_it_does_not(run_core) -> None:
    responses = await run_core(
        [
            config(*[asked(name) for name in ANALYSES]),
            segment(f"please, {TEN}", 1, "question", speaker="one", sentiment=(0.5, 1.0), question="send it"),
            segment(f"thank you, {TEN}", 2, speaker="one", sentiment=(0.5, 1.0)),
            revision("anna", "asr/1/1", previous="one"),
            segment(TEN, 3, speaker="one"),
        ]
    )
    check(responses)
    finals = [each for each in bodies(responses, "analysis") if not each.header.partial]
    unmoved = {
        each.name: error.metadata["segments"]
        for each in finals
        for error in each.errors
        if error.reason == "SPEAKER_NOT_MOVED"
    }
    assert unmoved == dict.fromkeys(NOT_MOVED, "1")
    named = {each.name: each.local for each in finals}
    assert [each.speaker for each in named["enhanced_understanding"].enhanced_understanding.questions] == [
        "anna"
    ]
    assert {each.speaker for each in named["speaker_intent"].speaker_intent.speakers} == {"one", "anna"}
    assert [each.speaker for each in named["emotion"].emotion.course] == ["anna", "one"]


async def test_results_that_are_final_stand_and_a_turn_that_waits_follows(run_core) -> None:
    responses = await run_core(
        [
            config(asked("speaker_intent", "segment"), asked("speaker_intent", "turn")),
            segment(TEN, 1, speaker="one"),
            turn(1, "asr/1/1", "asr/1/2"),
            revision("anna", "asr/1/1"),
            segment(TEN, 2, speaker="anna"),
        ]
    )
    check(responses)
    finals = [each for each in bodies(responses, "analysis") if not each.header.partial]
    speakers = [[who.speaker for who in each.local.speaker_intent.speakers] for each in finals]
    assert speakers == [["one"], ["anna"], ["anna"]]
    segment_result, _, turn_result = finals
    assert not turn_result.errors or reasons_of(turn_result.errors) == ["LLM_NOT_CONFIGURED"]
    assert segment_result.header.supersedes == []


async def test_a_revision_of_nothing_that_came_is_no_error(run_core) -> None:
    responses = await run_core(
        [config(asked("conversation_flow")), revision("anna", "asr/1/1"), segment(TEN, 1, speaker="one")]
    )
    check(responses)
    assert not [each for each in responses if each.HasField("failure")]
    (speaker,) = last(responses, "conversation_flow").local.conversation_flow.speakers
    assert speaker.speaker == "one"


async def test_models_are_told_the_new_name(serve) -> None:
    async with emulated(serve, "ollama") as (emulator, stub):
        call = Call(stub)
        requests = [
            config(asked("argument")),
            *[segment(TEN, number, speaker="one") for number in (1, 2)],
            revision("anna", "asr/1/2", previous="one"),
        ]
        await call.say(requests, is_all=True)
        check(await call.rest())
        (asked_for,) = emulator.record.requests
    lines = [line for line in asked_for.message.splitlines() if TEN in line]
    assert lines == [f"[1] [1.0s] one: {TEN}", f"[2] [2.0s] anna: {TEN}"]
