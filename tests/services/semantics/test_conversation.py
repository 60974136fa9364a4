"""Turns and statistics in a stream: when they come, their heads, and what switches them."""

import pytest
from google.protobuf.duration_pb2 import Duration

from rivermouth.result.v1 import result_pb2
from rivermouth.result.v1.result_pb2 import Failure, ResultHeader
from rivermouth.semantics.v1.semantics_pb2 import StreamingAnnotateConfig, StreamingAnnotateRequest
from rivermouth.transcript.v1.transcript_pb2 import Transcript

COARSE, REFINE, FINAL = result_pb2.PHASE_COARSE, result_pb2.PHASE_REFINE, result_pb2.PHASE_FINAL


def duration(seconds: float) -> Duration:
    value = Duration()
    value.FromNanoseconds(round(seconds * 1e9))
    return value


def config(**fields) -> StreamingAnnotateRequest:
    return StreamingAnnotateRequest(streaming_config=StreamingAnnotateConfig(**fields))


def said(channel: int, start: float, end: float, text: str = "hello") -> StreamingAnnotateRequest:
    return StreamingAnnotateRequest(
        segment=Transcript(
            header=ResultHeader(result_id=f"asr/{channel}/{start}", revision=2),
            is_final=True,
            channel_tag=channel,
            speaker="agent" if channel == 1 else "customer",
            start_offset=duration(start),
            end_offset=duration(end),
            text=text,
        )
    )


def watermark(seconds: float) -> StreamingAnnotateRequest:
    return StreamingAnnotateRequest(watermark=duration(seconds))


def kinds(responses) -> list[str]:
    return [each.WhichOneof("result") for each in responses]


def turns(responses) -> list[tuple[str, str, list[str]]]:
    return [
        (each.turn.header.result_id, each.turn.speaker, list(each.turn.segment_ids))
        for each in responses
        if each.HasField("turn")
    ]


def statistics(responses):
    return [each.conversation_stats for each in responses if each.HasField("conversation_stats")]


async def test_a_turn_comes_after_its_last_segment(run_core) -> None:
    responses = await run_core([config(), said(1, 0, 1), said(1, 2, 3), said(2, 4, 5)])
    assert kinds(responses) == [
        "semantic", "semantic", "semantic", "turn", "conversation_stats",
        "turn", "conversation_stats", "conversation_stats",
    ]  # fmt: skip
    assert turns(responses) == [
        ("semantics/0/turn-1", "agent", ["asr/1/0", "asr/1/2"]),
        ("semantics/0/turn-2", "customer", ["asr/2/4"]),
    ]
    first = responses[3].turn
    assert (first.start_offset, first.end_offset, first.channel_tag) == (duration(0), duration(3), 1)
    assert (first.header.phase, first.header.outcome) == (FINAL, result_pb2.OUTCOME_COMPLETE)
    assert [(each.segment_id, each.revision) for each in first.header.evidence.segments] == [
        ("asr/1/0", 2),
        ("asr/1/2", 2),
    ]


async def test_the_statistics_are_one_result(run_core) -> None:
    responses = await run_core([config(), said(1, 0, 10), said(2, 9, 12), said(1, 13, 14)])
    found = statistics(responses)
    assert {each.header.result_id for each in found} == {"semantics/0/stats"}
    assert [each.header.phase for each in found] == [COARSE, REFINE, REFINE, FINAL]
    assert [each.header.revision for each in found] == [1, 2, 3, 4]
    last = found[-1]
    assert [each.segment_id for each in last.header.evidence.segments] == ["asr/1/0", "asr/2/9", "asr/1/13"]
    agent, customer = last.speakers
    assert (agent.speaker, agent.talk_time, agent.turns, agent.mean_turn) == (
        "agent",
        duration(11),
        2,
        duration(5.5),
    )
    assert (agent.interruptions, agent.overlap, agent.response_latency) == (0, duration(1), duration(1))
    assert (customer.talk_time, customer.interruptions, customer.overlap) == (duration(3), 1, duration(1))
    assert not customer.HasField("response_latency")
    assert agent.share == pytest.approx(11 / 14)
    assert (last.overlap, last.silence, last.watermark) == (duration(1), duration(1), duration(14))


async def test_with_watermarks_the_order_of_channels_makes_no_difference(run_core) -> None:
    first = [said(1, 0, 6), said(2, 4, 5), watermark(4), watermark(7), said(1, 8, 9), watermark(12)]
    other = [said(2, 4, 5), watermark(0), said(1, 0, 6), watermark(6), said(1, 8, 9), watermark(20)]
    found = [await run_core([config(watermarks=True), *requests]) for requests in (first, other)]
    assert turns(found[0]) == turns(found[1])
    assert [each[2] for each in turns(found[0])] == [["asr/1/0"], ["asr/2/4"], ["asr/1/8"]]
    speakers = [statistics(each)[-1].speakers for each in found]
    assert speakers[0] == speakers[1]
    assert [statistics(each)[-1].watermark for each in found] == [duration(12), duration(20)]


async def test_a_watermark_ends_a_turn_that_nothing_can_join(run_core) -> None:
    responses = await run_core(
        [config(watermarks=True), said(1, 0, 1), watermark(2), watermark(3), said(1, 5, 6)]
    )
    assert kinds(responses)[:3] == ["semantic", "turn", "conversation_stats"]
    assert kinds(responses).index("turn") < kinds(responses).index("semantic", 1)


async def test_the_gap_of_turns_is_an_option(run_core) -> None:
    requests = [said(1, 0, 1), said(1, 2, 3)]
    assert len(turns(await run_core([config(options={"turn_gap": "1"}), *requests]))) == 2
    assert len(turns(await run_core([config(options={"turn_gap": "1.1"}), *requests]))) == 1
    assert len(turns(await run_core([config(), *requests], turn_gap=0.5))) == 2


async def test_what_was_said_counts_although_its_annotation_was_skipped(run_core) -> None:
    requests = [config(), *[said(1, start, start + 1) for start in range(4)]]
    responses = await run_core(requests, engine="scripted", scripted_delay=0.01, max_pending=1)
    assert [each[2] for each in turns(responses)] == [[f"asr/1/{start}" for start in range(4)]]
    assert kinds(responses)[-1] == "conversation_stats"


async def test_a_segment_without_text_is_no_speech(run_core) -> None:
    assert kinds(await run_core([config(), said(1, 0, 1, " ")])) == ["semantic"]


async def test_what_was_said_before_recognition_failed_is_counted(run_core) -> None:
    upstream = StreamingAnnotateRequest(upstream_failure=Failure(reason="AT_CAPACITY"))
    responses = await run_core([config(), said(1, 0, 1), upstream])
    assert kinds(responses) == ["semantic", "semantic", "turn", "conversation_stats", "conversation_stats"]


async def test_ids_name_stage_and_incarnation(run_core) -> None:
    identity = result_pb2.StreamIdentity(stage="meaning", incarnation=1)
    responses = await run_core([config(identity=identity), said(1, 0, 1)])
    assert turns(responses)[0][0] == "meaning~1/0/turn-1"
    assert statistics(responses)[-1].header.result_id == "meaning~1/0/stats"


async def test_the_evidence_of_the_statistics_has_a_bound(run_core, monkeypatch) -> None:
    monkeypatch.setattr("services.semantics.conversation.MAX_EVIDENCE", 3)
    responses = await run_core([config(), *[said(1, start, start + 1) for start in range(5)]])
    final = statistics(responses)[-1]
    assert [each.segment_id for each in final.header.evidence.segments] == ["asr/1/2", "asr/1/3", "asr/1/4"]
