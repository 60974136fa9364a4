"""What a stream says of its own place: with the first message that is sent from there, whichever that is."""

from __future__ import annotations

from rivermouth.asr.v1.asr_pb2 import StreamingRecognizeResponse
from rivermouth.result.v1.result_pb2 import StreamIdentity
from services.asr.engine import Word
from services.asr.outbox import Outbox
from services.asr.recogniser import Timing
from services.asr.responses import ChannelResponses, StreamResponses
from services.asr.segment import Interim
from services.runtime.offsets import SECOND, duration
from services.runtime.results import ResultOrigin

POSITIONS = (32_000, 16_000, 8_000)
WORDS = (Word("good", 0, SECOND, 0.5), Word("day", SECOND, 2 * SECOND, None))


async def sent(outbox: Outbox) -> list[StreamingRecognizeResponse]:
    outbox.close()
    responses: list[StreamingRecognizeResponse] = []

    async def send(response: StreamingRecognizeResponse) -> None:
        responses.append(response)

    await outbox.drain(send)
    return responses


def opened(outbox: Outbox, start: int = 0) -> ChannelResponses:
    origin = ResultOrigin(StreamIdentity(), "asr", "model")
    stream = StreamResponses(outbox, origin, start, "en-US", lambda: POSITIONS)
    return ChannelResponses(stream, 1, "anna", lambda: None)


async def test_an_interim_that_replaces_an_unsent_one_keeps_its_cursors() -> None:
    outbox = Outbox(10)
    segment = opened(outbox).open_segment()
    segment.interim(Interim(WORDS[:1], 0, 0.5), 0, 16_000, Timing())
    segment.interim(Interim(WORDS, 1, 0.5), 0, 32_000, Timing())
    (response,) = await sent(outbox)
    assert [word.text for word in response.transcript.words] == ["good", "day"]
    assert response.cursors.accepted == duration(2 * SECOND)
    assert response.cursors.final == duration(SECOND // 2)


async def test_cursors_are_said_once() -> None:
    outbox = Outbox(10)
    channel = opened(outbox)
    for _ in range(2):
        channel.open_segment().interim(Interim(WORDS, 1, 0.5), 0, 32_000, Timing())
    assert [response.HasField("cursors") for response in await sent(outbox)] == [True, False]


async def test_times_are_on_the_callers_clock_and_zero_is_a_time() -> None:
    said = []
    for start in (0, 5 * SECOND):
        outbox = Outbox(10)
        opened(outbox, start).open_segment().interim(Interim(WORDS, 1, 0.5), 0, 32_000, Timing())
        said += await sent(outbox)
    early, late = (response.transcript for response in said)
    assert early.HasField("start_offset")
    assert (early.start_offset, early.end_offset) == (duration(0), duration(2 * SECOND))
    assert late.words[1].start_offset == duration(6 * SECOND)
    assert [word.is_final for word in late.words] == [True, False]
    assert [word.HasField("confidence") for word in late.words] == [True, False]
