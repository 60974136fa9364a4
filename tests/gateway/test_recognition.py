"""What recognises is told in GetCapabilities and in session_started, as soon as anybody knows it."""

from __future__ import annotations

import asyncio
from typing import Any

import grpc
import pytest

from gateway.recognition import Recognition
from rivermouth.asr.v1 import asr_pb2
from rivermouth.session.v1 import service_pb2
from rivermouth.transcript.v1.transcript_pb2 import LanguageDetected
from services.runtime.errors import Unavailable
from services.runtime.offsets import SECOND, duration
from tests.gateway.actors import actors
from tests.gateway.calls import CHUNK, Gateway, gateway
from tests.gateway.puppets import LIMIT, Puppet, eventually, finish_all, puppets

WHISPER = asr_pb2.Recogniser(
    engine="whisper", model="small", languages=["de", "en"], options=["speech_contexts"]
)


class Knowing(Puppet):
    """A recognition stage that can be asked; without a `recogniser` it is still loading."""

    def __init__(self, recogniser: asr_pb2.Recogniser | None) -> None:
        super().__init__(puppets("asr")["asr"].contract)
        self.recogniser = recogniser

    def capabilities(self) -> asr_pb2.Recogniser:
        if self.recogniser is None:
            raise Unavailable("RECOGNISER_LOADING", "the recogniser is being loaded")
        return self.recogniser

    def register(self, server: grpc.aio.Server) -> None:
        super().register(server)

        async def answer(request: Any, context: Any) -> Any:
            return asr_pb2.GetCapabilitiesResponse(recogniser=self.capabilities())

        handler = grpc.unary_unary_rpc_method_handler(
            answer,
            request_deserializer=asr_pb2.GetCapabilitiesRequest.FromString,
            response_serializer=asr_pb2.GetCapabilitiesResponse.SerializeToString,
        )
        service = "rivermouth.asr.v1.AsrService"
        server.add_generic_rpc_handlers(
            (grpc.method_handlers_generic_handler(service, {"GetCapabilities": handler}),)
        )


async def capabilities(serve: Gateway) -> service_pb2.GetCapabilitiesResponse:
    answer: service_pb2.GetCapabilitiesResponse = await serve.ask(
        "GetCapabilities", service_pb2.GetCapabilitiesRequest()
    )
    return answer


async def test_it_is_told_before_and_within_a_session(over_grpc: bool) -> None:
    async with gateway({**puppets(), "asr": Knowing(WHISPER)}, over_grpc) as serve:
        assert (await capabilities(serve)).recogniser == WHISPER
        call = await serve.session()
        told = call.events[0].session_started.recogniser
        assert (told.engine, told.model, list(told.languages)) == ("whisper", "small", [])
        text = await serve.session(audio_format=None)
        assert not text.events[0].session_started.HasField("recogniser")


async def test_a_session_knows_it_without_anybody_asking(over_grpc: bool) -> None:
    async with gateway({**puppets(), "asr": Knowing(WHISPER)}, over_grpc) as serve:
        await eventually(lambda: serve.registry.recognition.brief is not None)
        call = await serve.session()
        assert call.events[0].session_started.recogniser.engine == "whisper"


async def test_while_it_loads_nothing_is_told_and_afterwards_it_is(over_grpc: bool) -> None:
    stage = Knowing(None)
    async with gateway({**puppets(), "asr": stage}, over_grpc) as serve:
        assert not (await capabilities(serve)).HasField("recogniser")
        call = await serve.session()
        assert not call.events[0].session_started.HasField("recogniser")
        stage.recogniser = WHISPER
        await eventually(lambda: serve.registry.recognition.brief is not None)
        assert (await capabilities(serve)).recogniser == WHISPER


async def test_a_recogniser_that_cannot_be_asked_is_known_by_its_streams(over_grpc: bool) -> None:
    stages = puppets()
    async with gateway(stages, over_grpc) as serve:
        assert not (await capabilities(serve)).HasField("recogniser")
        call = await serve.session()
        assert not call.events[0].session_started.HasField("recogniser")
        started = asr_pb2.RecognitionStarted(engine="own", model="1")
        await (await stages["asr"].stream()).say(asr_pb2.StreamingRecognizeResponse(started=started))
        await eventually(lambda: serve.registry.recognition.brief is not None)
        told = (await capabilities(serve)).recogniser
        assert (told.engine, told.model) == ("own", "1")
        call = await serve.session()
        assert call.events[0].session_started.recogniser.engine == "own"


async def test_a_service_that_does_not_answer_holds_nobody_up() -> None:
    async def never() -> asr_pb2.Recogniser:
        await asyncio.Event().wait()
        raise AssertionError

    recognition = Recognition(never)
    async with asyncio.timeout(LIMIT):
        assert await recognition.now() is None
        async with recognition.watching():
            pass


async def test_another_recogniser_than_before_takes_its_place() -> None:
    recognition = Recognition()
    assert recognition.brief is None
    recognition.note(asr_pb2.RecognitionStarted(engine="sphinx", model="en-us"))
    recognition.note(asr_pb2.RecognitionStarted(engine="whisper", model="small"))
    assert recognition.brief == asr_pb2.Recogniser(engine="whisper", model="small")
    assert await recognition.now() == recognition.brief


@pytest.mark.parametrize("excluded", [False, True])
async def test_a_detected_language_is_an_event_of_the_session(excluded: bool) -> None:
    stages = puppets()
    event_filter = {"exclude": ["language_detected"]} if excluded else {}
    async with gateway(stages) as serve:
        call = await serve.session(event_filter=event_filter)
        await call.audio(CHUNK)
        detected = LanguageDetected(
            channel_tag=1, language_code="de", confidence=0.75, offset=duration(SECOND)
        )
        stream = await stages["asr"].stream()
        await stream.say(asr_pb2.StreamingRecognizeResponse(language_detected=detected))
        await call.finish()
        await finish_all(stages)
        await call.drain()
        assert call.summary.events["language_detected"] == 1
        assert call.bodies("language_detected") == ([] if excluded else [detected])
        if not excluded:
            (event,) = (each for each in call.events if each.HasField("language_detected"))
            assert event.channel_tag == 1


async def test_auto_is_no_language_for_the_stages_after_recognition() -> None:
    stages = {**actors(), **puppets("semantics", "asr")}
    async with gateway(stages) as serve:
        await serve.session(recognition={"language_code": "auto", "lock_language": False})
        asked = (await stages["asr"].stream()).config.recognition
        assert (asked.language_code, asked.lock_language) == ("auto", False)
        assert (await stages["semantics"].stream()).config.language_code == ""
