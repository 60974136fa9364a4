"""The vendors' HTTP: reads a request, records it, makes an answer up, and shows the fault it is told."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable, Collection, Iterator
from typing import Any

from services.llm import example, prompt
from services.llm.emulator.answering import Answering, Behave, Gate
from services.llm.emulator.http import ClientGone, HttpAnswer, HttpRequest
from services.llm.emulator.record import ReceivedRequest, Record
from services.llm.emulator.wires import WIRES
from services.llm.emulator.wires.wire import USUAL_WORDS, Asked, Counted, Unfit, Wire

_HTML = b"<!doctype html><html><body><h1>Welcome to the guest network</h1></body></html>"
_BYTES_PER_TOKEN = 4
_MOST_KEPT = 1 << 20


class ModelEmulation:
    """Serves requests, each as `behave` says when it comes."""

    def __init__(self, record: Record, behave: Behave, keys: Collection[str] | None) -> None:
        """`keys`: those that are accepted; None: any."""
        self.behave = behave
        self.gate: Gate | None = None
        self._record = record
        self._keys = keys

    async def serve(self, request: HttpRequest, answer: HttpAnswer) -> None:
        """Answer one request."""
        wire = next((wire for wire in WIRES if wire.takes(request)), None)
        if wire is None or request.method != "POST":
            await answer.whole(404, "text/plain", f"{request.path} is not found\n".encode())
            return
        received = self._record.receive(wire.name, request.path)
        try:
            body = json.loads(request.body)
            asked = wire.read(request, body)
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            received.state = "refused"
            message = str(error) if isinstance(error, Unfit) else f"cannot be read: {error!r}"
            await answer.whole(400, "application/json", wire.refusal(400, message, None))
            return
        received.model, received.streams = asked.model, asked.streams
        received.system, received.message = asked.system, asked.message
        received.schema, received.audio_bytes = asked.schema, asked.audio_bytes
        received.body = _without_audio(body)[:_MOST_KEPT]
        self._record.note()
        try:
            await self._answer(wire, asked, received, answer)
        except ClientGone:
            received.state = "abandoned"
        finally:
            if received.state == "answering":
                received.state = "abandoned"
            self._record.note()

    async def _answer(self, wire: Wire, asked: Asked, received: ReceivedRequest, answer: HttpAnswer) -> None:
        behaviour = self.behave(received)
        status, says = behaviour.status, behaviour.says
        if not status and not self._is_let_in(wire, asked):
            status = 401
        if not status and behaviour.streams == "refused" and asked.streams:
            status, says = 400, f"The model {asked.model} does not support streaming."
        if behaviour.hangs:
            await answer.hang()
        if behaviour.resets:
            received.state = "broken"
            answer.reset()
        elif behaviour.html:
            received.state = "refused"
            await answer.whole(status or 200, "text/html; charset=utf-8", _HTML)
        elif status:
            received.state = "refused"
            says = says or USUAL_WORDS.get(status, "No.")
            if status == 401:
                says = f"{says} It was {asked.key}."  # some vendors do quote it
            wait = behaviour.retry_after
            headers = [("retry-after", f"{wait:g}")] if wait is not None else []
            await answer.whole(status, "application/json", wire.refusal(status, says, wait), *headers)
        else:
            await self._talk(wire, asked, received, answer, behaviour)

    def _is_let_in(self, wire: Wire, asked: Asked) -> bool:
        return not wire.needs_key or bool(asked.key and (self._keys is None or asked.key in self._keys))

    async def _talk(
        self, wire: Wire, asked: Asked, received: ReceivedRequest, answer: HttpAnswer, behaviour: Answering
    ) -> None:
        text = _text(asked, behaviour)
        read = (len(asked.system) + len(asked.message)) // _BYTES_PER_TOKEN + asked.audio_bytes // 1_000
        if not asked.streams:
            await answer.pause(behaviour.first_delay)
            counted = Counted(read, len(list(example.pieces(text))))
            await answer.whole(200, "application/json", wire.whole(asked, text, behaviour.finish, counted))
            received.state = "answered"
            return
        await answer.begin(200, [("content-type", wire.kind), ("cache-control", "no-cache")])
        begun = wire.begin(asked, Counted(read, 0))
        if begun:
            await answer.write(begun)
        if behaviour.calls_tool and asked.tools:
            name, schema = next(iter(asked.tools.items()))
            arguments = json.loads(example.answer(schema, prompt.data_of(asked.message)))
            await answer.write(wire.call(asked, name, arguments))
            await self._end(wire, asked, received, answer, "tool", Counted(read, 1))
            return
        for number, piece in enumerate(self._pieces(text, behaviour)):
            if number == behaviour.stops_after and behaviour.finish == "stop":
                await self._stop(wire, received, answer, behaviour)
                return
            if number == behaviour.stops_after:
                break
            await answer.pause(behaviour.piece_delay if number else behaviour.first_delay)
            if self.gate is not None:
                await answer.wait(self.gate.pass_one())
            await answer.write(wire.text(asked, piece))
            received.pieces = number + 1
            self._record.note()
        await self._end(wire, asked, received, answer, behaviour.finish, Counted(read, received.pieces))

    def _pieces(self, text: str, behaviour: Answering) -> Iterator[str]:
        if behaviour.text == "huge":
            return _endless(behaviour.huge_bytes)
        if behaviour.streams == "at_once":
            return iter([text])
        return objects(text) if self.gate is not None else example.pieces(text)

    async def _end(
        self,
        wire: Wire,
        asked: Asked,
        received: ReceivedRequest,
        answer: HttpAnswer,
        finish: str,
        counted: Counted,
    ) -> None:
        await answer.write(wire.end(asked, finish, counted))
        received.state = "answered"  # the client may go as soon as it has read this
        with contextlib.suppress(ClientGone):
            await answer.end()

    async def _stop(
        self, wire: Wire, received: ReceivedRequest, answer: HttpAnswer, behaviour: Answering
    ) -> None:
        shown: dict[str, Callable[[], bytes]] = {
            "error": lambda: wire.failed("overloaded in the middle of an answer"),
            "garbage": wire.garbage,
        }
        match behaviour.stop:
            case "hang":
                await answer.hang()
            case "reset":
                received.state = "broken"
                answer.reset()
            case "end":
                received.state = "broken"
                await answer.end()
            case fault:
                received.state = "broken"
                await answer.write(shown[fault]())
                await answer.end()


def objects(text: str) -> Iterator[str]:
    """A JSON object cut after each of its members, and each element of those that are lists.

    What closes a part is sent with it, so that it is complete without what follows.
    """
    try:
        members = json.loads(text)
    except ValueError:
        members = None
    if not isinstance(members, dict) or not members:
        yield text
        return
    begin = "{"
    for place, (name, value) in enumerate(members.items(), start=1):
        end = "}" if place == len(members) else ","
        begin += f"{json.dumps(name, ensure_ascii=False)}:"
        if not isinstance(value, list) or not value:
            yield f"{begin}{json.dumps(value, ensure_ascii=False)}{end}"
        else:
            for number, element in enumerate(value, start=1):
                closing = f"]{end}" if number == len(value) else ","
                opening = f"{begin}[" if number == 1 else ""
                yield f"{opening}{json.dumps(element, ensure_ascii=False)}{closing}"
        begin = ""


def _text(asked: Asked, behaviour: Answering) -> str:
    data = prompt.data_of(asked.message)
    if behaviour.text == "no_json":
        return "I would rather tell you about the weather, which is fine today, than answer in JSON."
    if behaviour.text == "other_schema":
        return json.dumps({"weather": ["fine", "warm", "dry"], "of": "another schema", "degrees": 21})
    if behaviour.finish == "refusal" and asked.streams:
        return "I cannot help with that, as it seems."
    return example.answer(asked.schema, data)


def _endless(size: int) -> Iterator[str]:
    yield '{"endless": "'
    for _ in range(size // 4096):
        yield "never " * 682
    yield '"}'


def _without_audio(body: Any) -> str:
    """The request's JSON, for the record; a recording is no text to look into."""

    def cut(value: Any) -> Any:
        if isinstance(value, dict):
            return {
                key: f"<{len(each)} characters>" if key == "data" and isinstance(each, str) else cut(each)
                for key, each in value.items()
            }
        return [cut(each) for each in value] if isinstance(value, list) else value

    return json.dumps(cut(body), ensure_ascii=False)
