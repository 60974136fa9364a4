"""Sessions through the vendor's real SDK, against the emulator over TLS: no fault loses a word."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from services.llm.emulator.behaviour import ABRUPT, GOOD, Behave, Close, LiveBehaviour, in_turn
from services.llm.emulator.script import CountedWords
from services.llm.emulator.server import Emulator
from services.llm.failure import ModelFailure
from services.llm.live.client import LiveClient
from services.llm.live.config import Endpoint, LiveConfig
from services.llm.live.events import GoAway, LiveEvent, Transcribed
from services.llm.live.session import LiveSession
from tests.services.llm.live.listening import CONFIG, KEY, QUICK, Ear, listening, sound

WORDS = ["five", "eight", "six", "eight", "nine", "nine", "nine", "oh", "no", "no", "we", "said", "it"]
SCRIPT = CountedWords(WORDS, 0.3)
TWO_SECONDS = sound(2.0)
SAID = " ".join(WORDS[:6])


async def test_words_come_while_somebody_speaks(tmp_path: Path) -> None:
    config = LiveConfig("some-model", language="de-DE", phrases=("Rivermouth",), instruction="Listen.")
    async with listening(tmp_path, script=SCRIPT, config=config) as line:
        ear = line.open()
        assert ear.turn is not None
        ear.turn.accept(TWO_SECONDS[:32_000])
        await ear.shows(3)
        ear.turn.accept(TWO_SECONDS[32_000:])
        await ear.shows(6)
        ear.turn.finish()
        assert await ear.text() == SAID
        line.check(TWO_SECONDS)
        connection = line.emulator.record.connections[0]
        setup = connection.setup
        assert connection.handle == ""
        assert setup["model"] == "models/some-model"
        assert setup["input_audio_transcription"] == {
            "language_codes": ["de-DE"],
            "custom_vocabulary": ["Rivermouth"],
        }
        assert setup["realtime_input_config"]["automatic_activity_detection"] == {"disabled": True}
        assert setup["context_window_compression"] == {"sliding_window": {}}
        assert setup["session_resumption"] == {}
        assert "Listen." in str(setup["system_instruction"])
        assert line.session.counters.usage is not None
        assert line.session.counters.resent == 0


async def test_turns_share_a_connection(tmp_path: Path) -> None:
    async with listening(tmp_path, script=SCRIPT) as line:
        for turn in range(3):
            assert await (await line.speak(sound(2.0, turn))).text() == SAID
        line.check(*(sound(2.0, turn) for turn in range(3)))
        assert len(line.emulator.record.connections) == 1
        assert line.session.counters.late_pieces == 0


async def test_the_next_turn_may_begin_when_one_ends(tmp_path: Path) -> None:
    async with listening(tmp_path, script=SCRIPT) as line:
        ear, following = line.open(), Ear()

        def go_on() -> None:
            following.turn = line.session.open_turn(following)
            following.turn.accept(TWO_SECONDS)
            following.turn.finish()

        ear.follow = go_on
        assert ear.turn is not None
        ear.turn.accept(TWO_SECONDS)
        ear.turn.finish()
        assert await following.text(5) == SAID


async def test_the_answer_of_the_model_ends_a_turn_where_it_is_wanted(tmp_path: Path) -> None:
    behave = in_turn(LiveBehaviour(answer="calm and friendly"))
    config = replace(CONFIG, answers=True)
    async with listening(tmp_path, behave, SCRIPT, config) as line:
        ear = await line.speak(TWO_SECONDS)
        assert await ear.text() == SAID
        assert ear.turn is not None
        assert ear.turn.answer == "calm and friendly"


@pytest.mark.parametrize("resumption", ["accepted", "refused", "absent"])
async def test_go_away_within_a_turn(tmp_path: Path, resumption: str) -> None:
    leaving = LiveBehaviour(go_away_at=1.0, go_away_time_left=0.2, resumption=resumption)  # type: ignore[arg-type]
    going_on = LiveBehaviour(resumption=resumption)  # type: ignore[arg-type]
    async with listening(tmp_path, in_turn(leaving, going_on), SCRIPT) as line:
        ear = await line.speak(TWO_SECONDS, pause=0.03)
        assert await ear.text() == SAID
        line.check(TWO_SECONDS)
        first, *others = line.emulator.record.connections
        assert [each.handle for each in others] == {
            "accepted": [others[0].handle],
            "refused": [others[0].handle, ""],
            "absent": [""],
        }[resumption]
        counters = line.session.counters
        assert (counters.go_aways, counters.connections) == (1, 2)
        assert counters.resumed == (resumption == "accepted")
        assert counters.refused_handles == (resumption == "refused")
        assert counters.failures == 0
        assert counters.resent == len(first.turns[0].pcm) // 2 > 16_000


async def test_a_turn_that_ends_in_time_is_not_sent_again(tmp_path: Path) -> None:
    behave = in_turn(LiveBehaviour(go_away_at=0.5, go_away_time_left=30), GOOD)
    async with listening(tmp_path, behave, SCRIPT) as line:
        assert await (await line.speak(TWO_SECONDS)).text() == SAID
        # It does not wait for the next turn.
        await line.until(lambda: len(line.emulator.record.connections) == 2)
        assert await (await line.speak(TWO_SECONDS)).text() == SAID
        line.check(TWO_SECONDS, TWO_SECONDS)
        first, second = line.emulator.record.connections
        assert not first.is_open
        assert second.handle
        assert line.session.counters.resent == 0


@pytest.mark.parametrize("code", [1000, 1001, ABRUPT, 1007, 1008, 1011, 1012])
async def test_no_close_loses_or_repeats_a_word(tmp_path: Path, code: int) -> None:
    behave = in_turn(LiveBehaviour(close_at=1.3, close=Close(code, "so it is")), GOOD)
    async with listening(tmp_path, behave, SCRIPT) as line:
        ear = await line.speak(TWO_SECONDS, pause=0.01)
        assert await ear.text() == SAID
        line.check(TWO_SECONDS)
        assert [bool(each.handle) for each in line.emulator.record.connections] == [
            False,
            code not in (1007, 1008),  # a refusal may be about the session: it begins afresh
        ]
        assert await (await line.speak(TWO_SECONDS)).text() == SAID


@pytest.mark.parametrize(
    ("code", "words", "reason", "retryable"),
    [
        (1000, "", "LLM_CONNECTION_LOST", True),
        (ABRUPT, "", "LLM_CONNECTION_LOST", True),
        (1007, "Invalid frame", "LLM_REQUEST_REFUSED", False),
        (1008, "policy", "LLM_REQUEST_REFUSED", False),
        (1011, "Internal error", "LLM_VENDOR_FAILED", True),
        (1011, "You exceeded your current quota", "LLM_QUOTA_EXCEEDED", True),
        (1012, "restart", "LLM_VENDOR_FAILED", True),
    ],
)
async def test_a_vendor_that_always_closes_is_given_up(
    tmp_path: Path, code: int, words: str, reason: str, retryable: bool
) -> None:
    behave = in_turn(LiveBehaviour(close_at=0.5, close=Close(code, words)))
    async with listening(tmp_path, behave, SCRIPT) as line:
        ear = await line.speak(TWO_SECONDS)
        assert await ear.reason(5) == (reason, retryable)
        assert line.session.counters.connections == (4 if retryable else 2)
        line.emulator.behave = in_turn(GOOD)
        assert await (await line.speak(TWO_SECONDS)).text() == SAID


async def test_a_key_that_is_refused_is_not_tried_again(tmp_path: Path, caplog) -> None:
    caplog.set_level("DEBUG")
    async with listening(tmp_path) as line:
        async with LiveClient(
            Endpoint("another-key", line.emulator.live_url, str(tmp_path / "ca.pem")), QUICK
        ) as client:
            session = LiveSession(client, CONFIG)
            ear = await line.speak(TWO_SECONDS, session=session)
            assert await ear.reason() == ("LLM_KEY_REFUSED", False)
            await session.close()
        assert len(line.emulator.record.connections) == 1
        assert await (await line.speak(TWO_SECONDS)).text()
    assert caplog.records
    shown = caplog.text + repr(ear.failure)
    assert "another-key" not in shown
    assert KEY not in shown


@pytest.mark.parametrize(
    ("status", "reason", "attempts"),
    [
        (401, "LLM_KEY_REFUSED", 1),
        (403, "LLM_KEY_REFUSED", 1),
        (404, "LLM_MODEL_UNKNOWN", 1),
        (429, "LLM_QUOTA_EXCEEDED", 4),
        (503, "LLM_VENDOR_FAILED", 4),
    ],
)
async def test_a_handshake_that_is_refused(tmp_path: Path, status: int, reason: str, attempts: int) -> None:
    async with listening(tmp_path, in_turn(LiveBehaviour(refuse_status=status))) as line:
        assert (await (await line.speak(TWO_SECONDS)).reason())[0] == reason
        assert len(line.emulator.record.connections) == attempts


async def test_a_handshake_that_is_refused_once(tmp_path: Path) -> None:
    behave = in_turn(LiveBehaviour(refuse_status=503), LiveBehaviour(refuse=Close(1013, "busy")), GOOD)
    async with listening(tmp_path, behave, SCRIPT) as line:
        assert await (await line.speak(TWO_SECONDS)).text() == SAID
        line.check(TWO_SECONDS)


async def test_unknown_messages_are_skipped_and_counted(tmp_path: Path) -> None:
    async with listening(tmp_path, in_turn(LiveBehaviour(unknown_messages=True)), SCRIPT) as line:
        assert await (await line.speak(TWO_SECONDS)).text() == SAID
        await line.session.close()
        assert line.session.counters.unknown_messages > 10
        assert line.session.counters.connections == 1


async def test_a_message_past_the_bound_costs_a_connection_only(tmp_path: Path) -> None:
    behave = in_turn(LiveBehaviour(huge_at=0.5), GOOD)
    async with listening(tmp_path, behave, SCRIPT) as line:
        assert await (await line.speak(TWO_SECONDS, pause=0.02)).text() == SAID
        assert line.session.counters.failures == 1


@pytest.mark.parametrize(
    ("behaviour", "least", "most"),
    [
        (LiveBehaviour(transcripts="at_end"), 0.05, 0.3),
        (LiveBehaviour(finished=True, answers=False), 0.0, 0.3),
        (LiveBehaviour(transcripts="late", late_by=0.4), 0.4, 0.6),
    ],
)
async def test_when_a_transcript_is_whole(
    tmp_path: Path, behaviour: LiveBehaviour, least: float, most: float
) -> None:
    async with listening(tmp_path, in_turn(behaviour), SCRIPT, settle=0.05) as line:
        assert await (await line.speak(TWO_SECONDS)).text() == SAID  # also connects
        begun = time.monotonic()
        assert await (await line.speak(TWO_SECONDS)).text() == SAID
        assert least <= time.monotonic() - begun < most + 1.0  # loosely: the machine may be busy
        line.check(TWO_SECONDS, TWO_SECONDS)
        assert line.session.counters.connections == 1


async def test_a_model_that_answers_without_a_transcript_heard_nothing(tmp_path: Path) -> None:
    async with listening(tmp_path, in_turn(LiveBehaviour(transcripts="missing"))) as line:
        assert await (await line.speak(TWO_SECONDS)).text() == ""
        assert line.session.counters.connections == 1


@pytest.mark.parametrize("fault", ["hang_at", "stall_at"])
async def test_a_vendor_that_falls_silent(tmp_path: Path, fault: str) -> None:
    silent = replace(GOOD, **{fault: 0.2})  # type: ignore[arg-type]
    async with listening(tmp_path, in_turn(silent, GOOD), SCRIPT) as line:
        assert await (await line.speak(TWO_SECONDS)).text() == SAID
        assert line.session.counters.failures == 1
    async with listening(tmp_path, in_turn(silent), SCRIPT, attempts=2) as line:
        begun = time.monotonic()
        assert await (await line.speak(TWO_SECONDS)).reason() == ("LLM_TIMEOUT", True)
        assert time.monotonic() - begun < 5


@pytest.mark.parametrize(
    "slow", [LiveBehaviour(setup_delay=30), LiveBehaviour(confirms=False)], ids=["slow", "unconfirmed"]
)
async def test_a_setup_that_is_not_confirmed(tmp_path: Path, slow: LiveBehaviour) -> None:
    async with listening(tmp_path, in_turn(slow, GOOD), SCRIPT, connect_timeout=0.3) as line:
        assert await (await line.speak(TWO_SECONDS)).text() == SAID
        assert line.session.counters.failures == 1
    async with listening(tmp_path, in_turn(slow), SCRIPT, connect_timeout=0.2, attempts=2) as line:
        assert await (await line.speak(TWO_SECONDS)).reason(5) == ("LLM_TIMEOUT", True)


async def test_a_vendor_that_is_not_there(tmp_path: Path) -> None:
    async with Emulator() as emulator:
        certificate = emulator.write_certificate(tmp_path / "ca.pem")
    async with LiveClient(Endpoint(KEY, emulator.live_url, str(certificate)), QUICK) as client:
        session = LiveSession(client, CONFIG)
        ear = Ear()
        ear.turn = session.open_turn(ear)
        assert await ear.reason(5) == ("LLM_UNREACHABLE", True)
        assert session.counters.failures == QUICK.attempts
        await session.close()


async def test_a_certificate_that_is_not_trusted(tmp_path: Path) -> None:
    async with listening(tmp_path) as line:
        async with LiveClient(Endpoint(KEY, line.emulator.live_url), QUICK) as client:
            session = LiveSession(client, CONFIG)
            ear = await line.speak(TWO_SECONDS, session=session)
            assert await ear.reason() == ("LLM_UNTRUSTED", False)
            await session.close()
        assert not line.emulator.record.connections


@pytest.mark.parametrize(
    ("endpoint", "message"),
    [(Endpoint(" "), "no API key"), (Endpoint(KEY, ca_file="/nowhere/ca.pem"), "/nowhere/ca.pem")],
)
async def test_settings_that_cannot_be_used(endpoint: Endpoint, message: str) -> None:
    with pytest.raises(ModelFailure, match=message) as raised:
        await LiveClient(endpoint, QUICK).__aenter__()
    assert raised.value.reason == "LLM_SETTINGS_INVALID"
    assert KEY not in f"{raised.value}{endpoint!r}"


async def test_an_idle_connection_is_given_up(tmp_path: Path) -> None:
    async with listening(tmp_path, script=SCRIPT, idle_timeout=0.1) as line:
        assert await (await line.speak(TWO_SECONDS)).text() == SAID
        await line.until(lambda: not line.emulator.record.open_connections)
        assert await (await line.speak(TWO_SECONDS)).text() == SAID
        assert line.session.counters.resumed == 1


async def test_a_turn_longer_than_is_kept(tmp_path: Path) -> None:
    async with listening(tmp_path, script=SCRIPT, max_turn=1.5) as line:
        assert await (await line.speak(TWO_SECONDS)).reason() == ("LLM_TURN_TOO_LONG", False)
        short = sound(1.2)
        assert await (await line.speak(short)).text() == " ".join(WORDS[:4])


async def test_many_sessions_at_once(tmp_path: Path) -> None:
    def behave(number: int) -> LiveBehaviour:
        return LiveBehaviour(close_at=1.0, close=Close(1011, "busy")) if number % 3 == 0 else GOOD

    async with listening(tmp_path, behave, SCRIPT, attempts=20) as line:
        sessions = [LiveSession(line.client, CONFIG) for _ in range(20)]
        ears = await asyncio.gather(
            *(line.speak(sound(2.0, seed), 0.02, session) for seed, session in enumerate(sessions))
        )
        assert [await ear.text(30) for ear in ears] == [SAID] * len(sessions)
        whole = sorted(bytes(turn.pcm) for turn in line.emulator.record.turns if turn.is_ended)
        assert whole == sorted(sound(2.0, seed) for seed in range(len(sessions)))
        await asyncio.gather(*(session.close() for session in sessions))


@pytest.mark.parametrize("moment", ["connecting", "speaking", "hearing", "idle", "waiting"])
async def test_closing_leaves_nothing(tmp_path: Path, moment: str) -> None:
    behave: Behave = in_turn(
        {
            "connecting": LiveBehaviour(setup_delay=30),
            "hearing": LiveBehaviour(transcripts="missing", answers=False),
            "waiting": LiveBehaviour(refuse_status=503),
        }.get(moment, GOOD)
    )
    async with listening(tmp_path, behave, answer_timeout=30) as line:
        ear = line.open()
        assert ear.turn is not None
        ear.turn.accept(TWO_SECONDS)
        if moment in ("hearing", "idle"):
            ear.turn.finish()
        if moment == "idle":
            await ear.text()
        kind = {"connecting": "setup", "hearing": "activity_end"}.get(moment, "audio")
        seen = line.emulator.record.connections
        await line.until(lambda: any(moment == "waiting" or each.messages[kind] for each in seen))
        begun = time.monotonic()
        await line.session.close()
        assert time.monotonic() - begun < 1
        assert line.session.is_closed
        await line.until(lambda: not line.emulator.record.open_connections)
        assert ear.over.is_set() == (moment == "idle")


async def test_a_vendor_that_sends_each_connection_away_is_left_alone_until_somebody_speaks() -> None:
    class Away:
        """A connection that is told to go once it has heard a turn, or at once where one was heard before."""

        unknown = 0

        def __init__(self, number: int) -> None:
            self._ended = asyncio.Event()
            if number > 1:
                self._ended.set()

        async def events(self) -> AsyncIterator[LiveEvent]:
            await self._ended.wait()
            yield Transcribed("hello", finished=True)
            yield GoAway(30.0)
            await asyncio.Event().wait()

        async def begin_turn(self) -> None: ...
        async def send_audio(self, pcm: bytes) -> None: ...
        async def close(self) -> None: ...
        async def end_turn(self) -> None:
            self._ended.set()

    class Vendor:
        limits = QUICK
        connections = 0

        async def connect(self, config: LiveConfig, handle: str = "") -> Away:
            self.connections += 1
            return Away(self.connections)

    vendor = Vendor()
    session = LiveSession(vendor, CONFIG)  # type: ignore[arg-type]
    ear = Ear()
    ear.turn = session.open_turn(ear)
    ear.turn.accept(TWO_SECONDS)
    ear.turn.finish()
    assert await ear.text() == "hello"
    for _ in range(500):
        await asyncio.sleep(0)
    assert vendor.connections == 2
    await session.close()
