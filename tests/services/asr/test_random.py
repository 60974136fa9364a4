"""Any messages after the configuration, in any order: the answers keep all rules, and the stream ends."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

from hypothesis import example, given, settings
from hypothesis import strategies as st

from rivermouth.asr.v1 import asr_pb2
from rivermouth.asr.v1.asr_pb2 import StreamingRecognizeRequest, StreamingRecognizeResponse
from services.asr.session import AsrCore
from services.asr.settings import AsrSettings
from services.runtime.offsets import duration
from tests.services.asr.conversation import Answers, audio, configure, finalize, silence

endpointings = st.builds(
    lambda end, speech, roll, longest: asr_pb2.Endpointing(
        end_silence=duration(end),
        min_speech=duration(speech),
        pre_roll=duration(roll),
        max_utterance=duration(longest),
    ),
    st.integers(100_000_000, 2_000_000_000),
    st.integers(0, 1_000_000_000),
    st.integers(0, 1_000_000_000),
    st.integers(2_000_000_000, 6_000_000_000),
)
updates = st.builds(
    lambda endpointing, interims: StreamingRecognizeRequest(
        update=asr_pb2.RecognitionConfig(endpointing=endpointing, interim_results=interims)
    ),
    st.none() | endpointings,
    st.none() | st.booleans(),
)
messages = st.lists(
    st.one_of(
        st.integers(0, 40_000).map(lambda size: audio(bytes(size))),
        st.integers(1, 20).map(lambda count: audio(bytes(3_200 * count))),
        st.integers(-5, 100_000).map(lambda offset: audio(bytes(320), offset)),
        st.floats(-1, 61).map(silence),
        st.tuples(st.integers(0, 99), st.integers(-1, 3)).map(lambda pair: finalize(*pair)),
        updates,
        st.just(StreamingRecognizeRequest()),
    ),
    max_size=40,
)
schedules = st.tuples(st.floats(0.1, 8), st.floats(0, 3), st.sampled_from([0.0, 0.001]))


@settings(max_examples=150, deadline=None)
@example([silence(1.0)], (1.25, 1.75, 0.0), 2, 68_600_000_000)
@given(messages, schedules, st.integers(1, 3), st.integers(0, 10**12))
def test_any_stream_keeps_the_rules(requests, schedule, channels, start) -> None:
    speech, pause, delay = schedule
    configured = AsrSettings.model_validate(
        {
            "engine": "scripted",
            "settle_seconds": 0.5,
            "settle_agreement": 2,
            "scripted": {
                "speech_seconds": speech,
                "silence_seconds": pause,
                "delay": delay,
                "word_seconds": 0.21,
            },
        }
    )
    answers = Answers()

    async def send(response: StreamingRecognizeResponse) -> None:
        answers.responses.append(response)

    async def feed() -> AsyncIterator[StreamingRecognizeRequest]:
        yield configure(channels=channels, start=start / 1e9)
        for request in requests:
            yield request

    async def run() -> None:
        async with AsrCore(configured) as core, asyncio.timeout(30):
            await core.run(feed(), send)

    asyncio.run(run())
    answers.check()
    asked = [request.finalize.request_id for request in requests if request.HasField("finalize")]
    assert sorted(each.request_id for each in answers.of("finalized")) == sorted(asked)
