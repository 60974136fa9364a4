"""Descriptions of sound through the vendor's real SDK, against the emulator over TLS."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from services.llm.emulator.behaviour import GOOD, Behave, Close, LiveBehaviour, in_turn
from services.llm.emulator.script import CountedWords
from services.llm.emulator.server import Emulator
from services.llm.live.describe import Describer
from services.llm.llm import Llm
from services.llm.request import Audio
from services.llm.settings import LlmSettings
from tests.services.llm.live.listening import KEY, sound, wav

SCRIPT = CountedWords(["well", "I", "do", "not", "know"], 0.4)
QUICK: dict[str, Any] = {
    "connect_timeout": 2.0,
    "idle_timeout": 0.6,
    "attempts": 3,
    "backoff_initial": 0.01,
    "backoff_maximum": 0.02,
    "session_calls": 100,
}
SESSION = "the-session"


TWO_SECONDS = sound(2.0)
HEARD = "An emulator heard 2.0 s of sound, -11 dB at its loudest."


@dataclass
class Line:
    """A describer, and the emulator that it speaks to."""

    emulator: Emulator
    llm: Llm
    describer: Describer

    @property
    def heard(self) -> list[bytes]:
        """The turns that were heard to their end."""
        return [bytes(turn.pcm) for turn in self.emulator.record.turns if turn.is_ended]

    async def until(self, condition: Any) -> None:
        async with asyncio.timeout(5):
            await self.emulator.record.until(condition)


@asynccontextmanager
async def describing(
    tmp_path: Path, behave: Behave | None = None, live: dict[str, Any] | None = None, **changes: Any
) -> AsyncIterator[Line]:
    """Of what was opened nothing stays, no task and no socket."""
    before = asyncio.all_tasks()
    async with Emulator(SCRIPT, behave, keys={KEY}) as emulator:
        gemini = {
            "api_key": KEY,
            "live_model": "some-live",
            "live_base_url": emulator.live_url,
            "ca_file": str(emulator.write_certificate(tmp_path / "ca.pem")),
            **(live or {}),
        }
        async with Llm(LlmSettings.model_validate({**QUICK, "gemini": gemini, **changes})) as llm:
            describer = llm.describer("Say how it sounds.", session=SESSION, tenant="a-tenant")
            assert describer is not None
            try:
                yield Line(emulator, llm, describer)
            finally:
                await describer.close()
            async with asyncio.timeout(5):
                await emulator.record.until(lambda: not emulator.record.open_connections)
    left = {task for task in asyncio.all_tasks() - before if not task.done()}
    assert not left


async def test_a_sound_is_described(tmp_path: Path) -> None:
    async with describing(tmp_path) as line:
        described = await line.describer.describe(wav(TWO_SECONDS), 10)
        assert (described.text, described.said) == (HEARD, "well I do not know")
        assert (described.seconds, described.calls, described.failure) == (2.0, 1, None)
        # 25 tokens a second, as the vendor counts sound; the emulator says that its answer had 10.
        assert (described.input_tokens, described.output_tokens) == (50, 10)
        spent = line.llm.spent(SESSION)
        assert (spent.calls, spent.input_tokens, spent.output_tokens) == (1, 50, 10)
        assert line.heard == [TWO_SECONDS]
        setup = line.emulator.record.connections[0].setup
        assert setup["model"] == "models/some-live"
        assert "Say how it sounds." in str(setup["system_instruction"])
        assert setup["output_audio_transcription"] == {}


async def test_sounds_follow_one_another_in_one_session(tmp_path: Path) -> None:
    async with describing(tmp_path) as line:
        sounds = [sound(1.0 + number / 10, number) for number in range(3)]
        described = await asyncio.gather(*(line.describer.describe(wav(each), 10) for each in sounds))
        assert [each.text.partition(" of sound")[0] for each in described] == [
            f"An emulator heard {1.0 + number / 10:.1f} s" for number in range(3)
        ]
        assert sorted(line.heard) == sorted(sounds)
        assert len(line.emulator.record.connections) == 1
        assert line.llm.spent(SESSION).calls == 3


async def test_one_sound_is_heard_once_for_all_that_ask_about_it(tmp_path: Path) -> None:
    async with describing(tmp_path) as line:
        first, again = await asyncio.gather(
            *(line.describer.describe(wav(TWO_SECONDS), 10) for _ in range(2))
        )
        assert first.text == again.text == HEARD
        assert (first.calls, again.calls, again.input_tokens, again.output_tokens) == (1, 0, 0, 0)
        assert line.heard == [TWO_SECONDS]


@pytest.mark.parametrize("resumption", ["accepted", "refused", "absent"])
async def test_the_vendor_goes_away_in_the_middle(tmp_path: Path, resumption: str) -> None:
    leaving = LiveBehaviour(go_away_at=1.0, go_away_time_left=0.0, resumption=resumption)  # type: ignore[arg-type]
    going_on = LiveBehaviour(resumption=resumption)  # type: ignore[arg-type]
    async with describing(tmp_path, in_turn(leaving, going_on)) as line:
        described = await line.describer.describe(wav(TWO_SECONDS), 10)
        assert (described.text, described.failure) == (HEARD, None)
        assert line.heard[-1] == TWO_SECONDS
        again = await line.describer.describe(wav(sound(1.0)), 10)
        assert again.text.startswith("An emulator heard 1.0 s")
        handles = [bool(each.handle) for each in line.emulator.record.connections]
        assert (
            handles
            == {"accepted": [False, True], "refused": [False, True, False], "absent": [False] * 2}[resumption]
        )


@pytest.mark.parametrize(
    ("behaviour", "reason"),
    [
        (LiveBehaviour(refuse_status=503), "LLM_VENDOR_FAILED"),
        (LiveBehaviour(refuse=Close(1008, "is not found for API version v1beta")), "LLM_MODEL_UNKNOWN"),
        (LiveBehaviour(refuse=Close(1011, "You exceeded your current quota")), "LLM_QUOTA_EXCEEDED"),
        (LiveBehaviour(close_at=1.0), "LLM_CONNECTION_LOST"),
        (LiveBehaviour(hang_at=0.5), "LLM_TIMEOUT"),
        (LiveBehaviour(answers=False), "LLM_TIMEOUT"),
    ],
)
async def test_what_goes_wrong_is_told(tmp_path: Path, behaviour: LiveBehaviour, reason: str) -> None:
    async with describing(tmp_path, in_turn(behaviour), attempts=2) as line:
        described = await line.describer.describe(wav(TWO_SECONDS), 20)
        assert described.failure is not None
        assert described.failure.reason == reason
        assert described.failure.provider == "gemini"
        assert described.failure.message.startswith("some-live did not describe the sound: ")
        assert (described.text, described.calls) == ("", 1)
        assert line.llm.spent(SESSION).calls == 1
        line.emulator.behave = in_turn(GOOD)
        assert (await line.describer.describe(wav(TWO_SECONDS), 10)).text == HEARD


async def test_an_answer_without_words(tmp_path: Path) -> None:
    async with describing(tmp_path, in_turn(LiveBehaviour(answer=" "))) as line:
        described = await line.describer.describe(wav(TWO_SECONDS), 10)
        assert described.failure is not None
        assert (described.failure.reason, described.calls, described.input_tokens) == ("LLM_PROTOCOL", 1, 50)


async def test_a_key_that_is_refused_is_not_shown(tmp_path: Path) -> None:
    key = "another-key-that-must-not-be-shown"
    async with describing(tmp_path, live={"api_key": key}) as line:
        described = await line.describer.describe(wav(TWO_SECONDS), 10)
        assert described.failure is not None
        assert described.failure.reason == "LLM_KEY_REFUSED"
        assert key not in repr(described)


async def test_nobody_is_there(tmp_path: Path) -> None:
    async with Emulator() as gone:
        address = gone.live_url
    async with describing(tmp_path, live={"live_base_url": address}, breaker_failures=2) as line:
        reasons = []
        for _ in range(3):
            described = await line.describer.describe(wav(TWO_SECONDS), 10)
            assert described.failure is not None
            reasons.append((described.failure.reason, described.calls))
        # From the third on nobody waits for it.
        assert reasons == [("LLM_UNREACHABLE", 1), ("LLM_UNREACHABLE", 1), ("LLM_BREAKER_OPEN", 0)]


@pytest.mark.parametrize(("seconds", "live"), [(0.4, None), (20, {"live_timeout": 0.4})])
async def test_it_takes_no_longer_than_it_may(
    tmp_path: Path, seconds: float, live: dict[str, float] | None
) -> None:
    """All attempts, and the wait for another sound, included."""
    silent = in_turn(LiveBehaviour(setup_delay=30))
    async with describing(tmp_path, silent, live=live, connect_timeout=20) as line:
        await line.llm.warm()
        begun = time.monotonic()
        both = await asyncio.gather(
            line.describer.describe(wav(sound(1.0, 0)), seconds),
            line.describer.describe(wav(sound(1.0, 1)), 0.2),  # over while the first is asked
        )
        assert time.monotonic() - begun < 3  # loosely: the machine may be busy
        assert [each.failure.reason for each in both if each.failure] == ["LLM_TIMEOUT"] * 2
        assert [each.calls for each in both] == [1, 0]


async def test_without_time_nobody_is_asked(tmp_path: Path) -> None:
    async with describing(tmp_path) as line:
        described = await line.describer.describe(wav(TWO_SECONDS), 0)
        assert described.failure is not None
        assert (described.failure.reason, described.calls) == ("LLM_TIMEOUT", 0)
        assert not line.heard


@pytest.mark.parametrize("budget", [{"session_calls": 1}, {"session_tokens": 2_500}])
async def test_a_budget_holds(tmp_path: Path, budget: dict[str, int]) -> None:
    async with describing(tmp_path, **budget) as line:
        assert (await line.describer.describe(wav(TWO_SECONDS), 10)).text == HEARD
        described = await line.describer.describe(wav(sound(15.0)), 10)
        assert described.failure is not None
        assert (described.failure.reason, described.calls) == ("LLM_BUDGET", 0)
        assert len(line.heard) == 1


@pytest.mark.parametrize(
    "odd",
    [Audio(b""), Audio(b"RIFFnothing of the kind"), wav(TWO_SECONDS, 8_000)],
    ids=["empty", "odd", "8 kHz"],
)
async def test_sound_of_another_form_does_not_leave(tmp_path: Path, odd: Audio) -> None:
    async with describing(tmp_path) as line:
        described = await line.describer.describe(odd, 10)
        assert described.failure is not None
        assert (described.failure.reason, described.calls) == ("LLM_REQUEST_REFUSED", 0)
        too_long = await line.describer.describe(wav(sound(66.0)), 10)
        assert too_long.failure is not None
        assert too_long.failure.reason == "LLM_TURN_TOO_LONG"
        assert not line.heard


async def test_who_does_not_wait_any_longer_leaves_nothing(tmp_path: Path) -> None:
    async with describing(tmp_path, in_turn(LiveBehaviour(answers=False), GOOD), idle_timeout=30) as line:
        asked = asyncio.create_task(line.describer.describe(wav(TWO_SECONDS), 20))
        await line.until(lambda: line.heard == [TWO_SECONDS])
        asked.cancel()
        await asyncio.wait([asked])
        assert asked.cancelled()
        # The vendor cannot forget half a turn: its connection goes.
        await line.until(lambda: not line.emulator.record.open_connections)
        assert (await line.describer.describe(wav(TWO_SECONDS), 10)).text == HEARD


async def test_a_stream_that_leaves_the_vendor_out_is_not_heard_by_it(tmp_path: Path) -> None:
    async with describing(tmp_path) as line:
        assert line.llm.describer("Listen.", order=["claude"]) is None
        assert line.llm.describer("Listen.", order=["claude", "gemini"]) is not None
    assert Llm(LlmSettings()).describer("Listen.") is None
