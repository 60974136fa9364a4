"""When a turn has been heard, by the order in which the vendor tells its parts."""

from __future__ import annotations

import asyncio

import pytest

from services.llm.failure import ModelFailure
from services.llm.live.config import LiveLimits
from services.llm.live.events import Answered, Transcribed, TurnEnded
from services.llm.live.hearing import Hearing
from services.llm.live.turn import AudioTurn
from tests.services.llm.live.listening import Ear

LIMITS = LiveLimits(answer_timeout=0.3, settle=0.02)
Event = Transcribed | Answered | TurnEnded


async def heard(
    *events: Event, before: tuple[Event, ...] = (), answers: bool = False, unanswered: int = 0
) -> AudioTurn:
    """A turn that was heard with `before` said in it, and `events` after its end. Raises ModelFailure."""
    ear = Ear()
    turn = ear.turn = AudioTurn(ear, 10.0)
    hearing = Hearing(LIMITS, answers, unanswered)
    for event in before:
        hearing.take(event, turn)
    waiting = asyncio.create_task(hearing.wait(turn, lambda: None))
    await asyncio.sleep(0)
    for event in events:
        hearing.take(event, turn)
    assert await waiting
    turn.complete()
    return turn


@pytest.mark.parametrize(
    "events",
    [
        (Transcribed("hello"), Transcribed("", finished=True)),
        (Transcribed("hello"), Answered()),
        (Answered(), Transcribed("hello")),
        (Transcribed("hel"), TurnEnded(), Transcribed("lo")),
    ],
)
async def test_a_sign_that_the_end_was_heard_is_enough(events: tuple[Event, ...]) -> None:
    assert (await heard(*events)).transcript.words == ("hello",)


@pytest.mark.parametrize("events", [(), (Transcribed("hello"),)])
async def test_without_such_a_sign_it_was_not_heard(events: tuple[Event, ...]) -> None:
    with pytest.raises(ModelFailure, match="LLM_TIMEOUT"):
        await heard(*events, before=(Transcribed("well "),))


async def test_the_answer_to_the_turn_before_is_no_sign() -> None:
    with pytest.raises(ModelFailure, match="LLM_TIMEOUT"):
        await heard(before=(Transcribed("hello"), Answered("to the turn before"), TurnEnded()), unanswered=1)
    turn = await heard(Answered("a"), before=(Answered("b"), TurnEnded(), Transcribed("hello")), unanswered=1)
    assert turn.answer == "a"


async def test_an_answer_of_which_it_is_not_clear_whose_it_is_counts_later() -> None:
    begun = asyncio.get_running_loop().time()
    assert (await heard(Transcribed("hello"), TurnEnded(), unanswered=1)).transcript.words == ("hello",)
    assert 0.1 <= asyncio.get_running_loop().time() - begun < 0.25


async def test_an_answer_that_is_wanted_has_to_be_whole() -> None:
    turn = await heard(Transcribed("hello"), Answered("all "), Answered("is well"), TurnEnded(), answers=True)
    assert turn.answer == "all is well"
    with pytest.raises(ModelFailure, match="LLM_TIMEOUT"):
        await heard(Transcribed("hello"), Answered("all "), answers=True)


def test_text_before_there_is_audio_is_that_of_the_turn_before() -> None:
    late = Transcribed("late")
    assert not Hearing(LIMITS, False, unanswered=1).is_due(late, has_audio=False)
    assert Hearing(LIMITS, False, unanswered=1).is_due(late, has_audio=True)
    assert Hearing(LIMITS, False, unanswered=0).is_due(late, has_audio=False)
