"""Who spoke when, told before and while a session runs, in both layouts: what is said of it at the end."""

from __future__ import annotations

import asyncio

import pytest

from deploy.local.launcher import launch
from deploy.local.layout import programs
from rivermouth.analysis.v1.analysis_pb2 import Analysis, SessionContext
from rivermouth.client import Client, Reducer
from rivermouth.client.offsets import duration
from rivermouth.client.text_chunks import text_chunk
from rivermouth.semantics.v1.semantics_pb2 import SemanticAnnotation
from rivermouth.session.v1.config_pb2 import UpdateConfig
from rivermouth.transcript.v1.transcript_pb2 import SpeakerRevision, SpeakerSpan

TEXT = "well I think you could send it over to me today"


def span(start: float, end: float, speaker: str) -> SpeakerSpan:
    return SpeakerSpan(start_offset=duration(start), end_offset=duration(end), speaker=speaker)


@pytest.mark.parametrize("separate", [False, True], ids=["compact", "processes"])
async def test_the_conversation_is_counted_as_the_spans_know_it_at_last(separate: bool) -> None:
    environment = {"RIVERMOUTH_ASR__ENGINE": "scripted"}
    reducer, annotated, revised = Reducer(), asyncio.Event(), []
    async with (
        launch(programs(separate, 0, environment), lambda line: None) as processes,
        Client(processes["gateway"].address) as client,
        client.session(
            analysers=["semantics", "conversation_flow", "quantitative_metrics", "speaker_attitude"],
            context=SessionContext(speaker_spans=[span(0, 30, "one"), span(30, 60, "two")]),
        ) as session,
    ):

        async def sending() -> None:
            for number in range(6):
                await session.send_text_chunk(text_chunk(TEXT, number * 10.0, number * 10.0 + 4.0))
            await annotated.wait()
            updated = await session.update_config(
                UpdateConfig(speaker_spans=[span(0, 15, "anna"), span(30, 70, "ben")])
            )
            assert list(updated.fields) == ["speaker_spans"]
            await session.send_text_chunk(text_chunk(TEXT, 60.0, 64.0))
            await session.finish()

        session.feed(sending())
        async for event in session:
            reducer.apply(event)
            match event.body:
                case SemanticAnnotation(segment_id="text/0/5"):
                    annotated.set()  # five are counted; the sixth is still open
                case SpeakerRevision():
                    revised.append((event.body.previous_speaker, event.body.speaker, *event.body.segment_ids))
    assert revised == [("one", "anna", "text/0/1", "text/0/2"), ("two", "ben", "text/0/4", "text/0/5")]
    assert not reducer.violations
    assert not reducer.check_summary()
    assert [each.speaker for each in reducer.transcript()] == ["anna"] * 2 + ["one"] + ["ben"] * 4
    finals = {
        event.body.name: event.body
        for event in reducer.results.values()
        if isinstance(event.body, Analysis) and event.is_final
    }
    flow = finals["conversation_flow"].local.conversation_flow
    assert {each.speaker: each.talk_time.seconds for each in flow.speakers} == {
        "anna": 8,
        "one": 4,
        "ben": 16,
    }
    assert finals["quantitative_metrics"].local.quantitative_metrics.turns == 7
    unmoved = [each for each in finals["speaker_attitude"].errors if each.reason == "SPEAKER_NOT_MOVED"]
    assert [each.metadata["segments"] for each in unmoved] == ["4"]
