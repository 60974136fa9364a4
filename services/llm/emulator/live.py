"""The Live WebSocket: one connection from setup to close, as its behaviour says."""

from __future__ import annotations

import asyncio
import base64
import binascii
import contextlib
import json
import math
import re
from collections.abc import Coroutine, Sequence
from typing import Any

from websockets.asyncio.server import ServerConnection
from websockets.exceptions import ConnectionClosed

from services.llm.emulator.behaviour import ABRUPT, Close, LiveBehaviour
from services.llm.emulator.record import ReceivedConnection, ReceivedTurn, Record
from services.llm.emulator.script import SAMPLE_RATE_HERTZ, Hearer, Script

_MIME_TYPE = f"audio/pcm;rate={SAMPLE_RATE_HERTZ}"
_UNKNOWN = {"somethingNew": {"which": "no SDK knows"}}
# A tenth of a second of silence at 24 kHz, in place of the model's voice.
_VOICE = base64.b64encode(bytes(4_800)).decode()
_USUAL = str.maketrans("-_", "+/")
_CAPITAL = re.compile(r"(?<=[a-z0-9])([A-Z])")


class _Closed(Exception):
    """The connection has been closed by us."""


class LiveEmulation:
    """One connection."""

    def __init__(
        self,
        socket: ServerConnection,
        script: Script,
        behaviour: LiveBehaviour,
        received: ReceivedConnection,
        issuer: str,
        *,
        key_accepted: bool,
        record: Record,
    ) -> None:
        """`issuer` marks the handles that this server gives, and accepts."""
        self._socket = socket
        self._script = script
        self._behaviour = behaviour
        self._received = received
        self._issuer = issuer
        self._key_accepted = key_accepted
        self._record = record
        self._samples = 0
        self._sound = _Sound()
        self._held: tuple[str, ...] = ()  # words of the turn that are to be said at its end
        self._turn: ReceivedTurn | None = None
        self._hearer: Hearer | None = None
        self._resumable = False
        self._mute = False
        self._done: set[str] = set()  # faults that have been shown
        self._timers: set[asyncio.Task[None]] = set()

    async def run(self) -> None:
        """Serve it until it ends."""
        try:
            if await self._set_up():
                async for message in self._socket:
                    await self._take(_snake(json.loads(message)))
                    self._record.note()
        except (ConnectionClosed, _Closed):
            pass
        except (ValueError, KeyError, TypeError, AttributeError, binascii.Error) as error:
            await self._refuse(f"Invalid JSON payload received: {error}")
        finally:
            for timer in self._timers:
                timer.cancel()
            await asyncio.gather(*self._timers, return_exceptions=True)
            self._received.is_open = False
            self._record.note()

    async def _set_up(self) -> bool:
        behaviour, received = self._behaviour, self._received
        first = _snake(json.loads(await self._socket.recv()))
        received.setup = setup = first["setup"]
        received.messages["setup"] += 1
        resumption = setup.get("session_resumption")
        received.handle = (resumption or {}).get("handle", "")
        self._record.note()
        self._resumable = resumption is not None and behaviour.resumption != "absent"
        if behaviour.setup_delay:
            await asyncio.wait(
                [asyncio.ensure_future(self._socket.wait_closed())], timeout=behaviour.setup_delay
            )
        if not self._key_accepted:
            await self._close(Close(1007, "API key not valid. Please pass a valid API key."))
        elif behaviour.refuse is not None:
            await self._close(behaviour.refuse)
        elif not setup.get("model", "").startswith("models/"):
            await self._close(Close(1007, "model is required"))
        elif received.handle and not (
            behaviour.resumption == "accepted" and received.handle.startswith(self._issuer)
        ):
            await self._close(Close(1008, "BidiGenerateContent session not found"))
        else:
            await self._say({"setupComplete": {}} if behaviour.confirms else {})
            await self._give_handle()
            return True
        return False

    async def _take(self, message: dict[str, Any]) -> None:
        for kind, content in message.items():
            if kind != "realtime_input":
                self._received.messages[kind] += 1
            match kind:
                case "realtime_input":
                    for part, value in content.items():
                        self._received.messages[part] += 1
                        await self._take_input(part, value)
                case "client_content":
                    if content.get("turn_complete"):
                        await self._answer()
                case "tool_response":
                    pass
                case _:
                    raise ValueError(f'Unknown name "{kind}"')

    async def _take_input(self, part: str, value: Any) -> None:
        match part:
            case "activity_start":
                if self._turn is not None:
                    self._received.violations.append("activityStart within a turn")
                self._turn = ReceivedTurn()
                self._received.turns.append(self._turn)
                self._hearer = self._script.open()
                self._sound = _Sound()
            case "activity_end":
                await self._end_turn()
            case "audio":
                if value.get("mime_type") != _MIME_TYPE:
                    raise ValueError(f"mimeType {value.get('mime_type')}")
                await self._hear(_decode(value["data"]))
            case "audio_stream_end" | "text" | "video":
                pass
            case _:
                raise ValueError(f'Unknown name "{part}"')

    async def _hear(self, pcm: bytes) -> None:
        turn, hearer = self._turn, self._hearer
        if turn is None or hearer is None:
            self._received.violations.append("audio outside of a turn")
            return
        if self._record.keeps_audio:
            turn.pcm += pcm
        self._samples += len(pcm) // 2
        self._sound.take(pcm)
        words = hearer.accept(pcm)
        if self._behaviour.transcripts == "streaming":
            await self._transcribe(words)
        else:
            self._held = (*self._held, *words)
        await self._show_faults()

    async def _end_turn(self) -> None:
        turn, hearer = self._turn, self._hearer
        if turn is None or hearer is None:
            self._received.violations.append("activityEnd outside of a turn")
            return
        turn.is_ended = True
        self._turn = self._hearer = None
        behaviour = self._behaviour
        words = (*self._held, *hearer.finish())
        self._held = ()
        if behaviour.transcripts in ("streaming", "at_end"):
            await self._transcribe(words, last=True)
        if behaviour.answers:
            await self._answer()
        if behaviour.transcripts == "late":
            self._later(behaviour.late_by, self._transcribe(words, last=True))
        await self._give_handle()

    async def _transcribe(self, words: Sequence[str], *, last: bool = False) -> None:
        for word in words:
            # In two pieces, as words of the vendor's tokens come.
            half = (len(word) + 1) // 2
            for piece in (f" {word[:half]}", word[half:]):
                if piece:
                    await self._say({"serverContent": {"inputTranscription": {"text": piece}}})
        if last and self._behaviour.finished:
            await self._say({"serverContent": {"inputTranscription": {"finished": True}}})

    async def _answer(self) -> None:
        answer = self._behaviour.answer or str(self._sound)
        spoken = {"inlineData": {"mimeType": "audio/pcm;rate=24000", "data": _VOICE}}
        modalities = self._received.setup.get("generation_config", {}).get("response_modalities", ["AUDIO"])
        part = spoken if "AUDIO" in modalities else {"text": answer}
        await self._say({"serverContent": {"modelTurn": {"role": "model", "parts": [part]}}})
        if "output_audio_transcription" in self._received.setup:
            await self._say({"serverContent": {"outputTranscription": {"text": answer}}})
        await self._say({"serverContent": {"generationComplete": True}})
        tokens = {"promptTokenCount": self._samples // 640, "responseTokenCount": 10}
        usage = {**tokens, "totalTokenCount": tokens["promptTokenCount"] + 10}
        await self._say({"serverContent": {"turnComplete": True}, "usageMetadata": usage})

    async def _give_handle(self) -> None:
        if self._resumable:
            handle = f"{self._issuer}-{self._received.number}-{len(self._received.turns)}"
            await self._say({"sessionResumptionUpdate": {"newHandle": handle, "resumable": True}})

    async def _show_faults(self) -> None:
        behaviour = self._behaviour
        if self._is_due("go_away", behaviour.go_away_at):
            left = behaviour.go_away_time_left
            await self._say({"goAway": {"timeLeft": f"{left:g}s"}})
            self._later(left, self._close(Close(1001, "the time is up")))
        if self._is_due("huge", behaviour.huge_at):
            text = " " * behaviour.huge_bytes
            await self._say({"serverContent": {"inputTranscription": {"text": text}}})
        if self._is_due("close", behaviour.close_at):
            await self._close(behaviour.close)
            raise _Closed
        if self._is_due("hang", behaviour.hang_at):
            self._mute = True
        if self._is_due("stall", behaviour.stall_at):
            self._socket.transport.pause_reading()
            await self._socket.wait_closed()

    def _is_due(self, fault: str, at: float | None) -> bool:
        if at is None or fault in self._done or self._samples < at * SAMPLE_RATE_HERTZ:
            return False
        self._done.add(fault)
        return True

    async def _say(self, message: dict[str, Any]) -> None:
        if self._mute:
            return
        if self._behaviour.unknown_messages:
            await self._socket.send(json.dumps(_UNKNOWN).encode())
        # In binary frames, as the vendor does.
        await self._socket.send(json.dumps(message).encode())

    async def _refuse(self, reason: str) -> None:
        self._received.violations.append(reason)
        await self._close(Close(1007, reason[:120]))

    async def _close(self, close: Close) -> None:
        if close.code == ABRUPT:
            self._socket.transport.abort()
        else:
            await self._socket.close(close.code, close.reason)

    def _later(self, seconds: float, what: Coroutine[Any, Any, None]) -> None:
        async def wait() -> None:
            try:
                await asyncio.sleep(seconds)
            except asyncio.CancelledError:
                what.close()
                raise
            with contextlib.suppress(ConnectionClosed):
                await what

        timer = asyncio.create_task(wait())
        self._timers.add(timer)
        timer.add_done_callback(self._timers.discard)


class _Sound:
    """What there is to be noticed of a sound without any understanding."""

    def __init__(self) -> None:
        self._samples = 0
        self._peak = 0

    def take(self, pcm: bytes) -> None:
        samples = memoryview(pcm[: len(pcm) // 2 * 2]).cast("h")
        self._samples += len(samples)
        self._peak = max(self._peak, max(samples, default=0), -min(samples, default=0))

    def __str__(self) -> str:
        loudness = f"{20 * math.log10(self._peak / 32_768):.0f} dB at its loudest" if self._peak else "silent"
        return f"An emulator heard {self._samples / SAMPLE_RATE_HERTZ:.1f} s of sound, {loudness}."


def _decode(data: str) -> bytes:
    """The SDK writes the alphabet for URLs, others the usual one; the vendor takes both."""
    return base64.b64decode(data.translate(_USUAL), validate=True)


def _snake(value: Any) -> Any:
    """Names of fields in one notation; the vendor takes both."""
    if isinstance(value, dict):
        return {_CAPITAL.sub(r"_\1", name).lower(): _snake(member) for name, member in value.items()}
    if isinstance(value, list):
        return [_snake(member) for member in value]
    return value
