"""Attempts, fail-over, budgets and cache, with scripted providers."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from services.llm import reasons
from services.llm.budget import Spent, estimate_input
from services.llm.events import Answering, Attempt, End, Event, TextDelta, Thinking, Usage
from services.llm.failure import ModelFailure
from services.llm.llm import Llm
from services.llm.request import Audio, Request
from services.llm.scripted import Script, ScriptedProvider, Step
from services.llm.settings import LlmSettings
from tests.services.llm.vendors import QUICK, collected, only, text_of

REQUEST = Request("Do.", "data", max_output_tokens=50)
GOOD: tuple[Step, ...] = (
    Answering("m-1"),
    TextDelta("all "),
    TextDelta("well"),
    Usage(11, 2),
    End(True, "stop"),
)
DOWN = ModelFailure(reasons.LLM_VENDOR_FAILED, "down", retryable=True)
REFUSED = ModelFailure(reasons.LLM_KEY_REFUSED, "no key", retryable=False)


def script(*answers: tuple[Step, ...]) -> Script:
    """One answer after the other; the last for ever."""
    left: Iterator[tuple[Step, ...]] = iter(answers)
    last = answers[-1]
    return lambda _: next(left, last)


def llm(scripts: dict[str, Script], **changes: Any) -> Llm:
    settings = LlmSettings.model_validate(QUICK | changes)
    return Llm(settings, {name: ScriptedProvider(settings, each) for name, each in scripts.items()})


def asked(events: list[Event]) -> list[tuple[str, int, str]]:
    return [(each.provider, each.number, each.fallback_from) for each in only(Attempt, events)]


async def test_an_answer() -> None:
    async with llm({"a": script(GOOD)}) as models:
        events = await collected(models.stream(REQUEST, session="s"))
        assert events == [Attempt("a", "scripted-1", 1), *GOOD]
        assert models.spent("s") == Spent(1, 11, 2)


async def test_the_first_provider_is_tried_again_then_the_next() -> None:
    cut = (Answering("m"), TextDelta("half"), DOWN)
    models = llm({"a": script(cut), "b": script((REFUSED,)), "c": script(GOOD)}, attempts=2)
    events = await collected(models.stream(REQUEST))
    assert asked(events) == [("a", 1, ""), ("a", 2, ""), ("b", 3, "a"), ("c", 4, "b")]
    assert text_of(events) == "all well"
    assert only(TextDelta, events)[0].text == "half"  # shown, and void from the next Attempt on


async def test_the_last_failure_comes_out() -> None:
    models = llm({"a": script((DOWN,)), "b": script((REFUSED,))})
    with pytest.raises(ModelFailure) as caught:
        await collected(models.stream(REQUEST))
    assert (caught.value.reason, caught.value.provider) == (reasons.LLM_KEY_REFUSED, "b")
    assert caught.value.__context__ is None or isinstance(caught.value.__context__, ModelFailure)


async def test_a_model_is_the_first_providers_only() -> None:
    request = replace(REQUEST, model="special")
    models = llm({"a": script((DOWN,)), "b": script(GOOD)})
    events = await collected(models.stream(request))
    assert [each.model for each in only(Attempt, events)] == ["special", "scripted-1"]


@pytest.mark.parametrize(
    ("order", "tried"), [((), ["a", "b"]), (("b",), ["b"]), (("b", "x", "a", "b"), ["b", "a"])]
)
async def test_a_call_may_name_its_providers(order: tuple[str, ...], tried: list[str]) -> None:
    models = llm({"a": script((DOWN,)), "b": script((DOWN,))})
    events: list[Event] = []

    async def ask() -> None:
        async for event in models.stream(REQUEST, order=order):
            events.append(event)

    with pytest.raises(ModelFailure):
        await ask()
    assert [each.provider for each in only(Attempt, events)] == tried


@pytest.mark.parametrize("scripts", [{}, {"a": script(GOOD)}])
async def test_none_that_is_named_is_there(scripts: dict[str, Script]) -> None:
    with pytest.raises(ModelFailure) as caught:
        await collected(llm(scripts).stream(REQUEST, order=("x",)))
    assert (caught.value.reason, caught.value.retryable) == (reasons.LLM_NOT_CONFIGURED, False)


async def test_audio_goes_to_those_that_hear() -> None:
    deaf = LlmSettings.model_validate({"scripted": {"hears": False}})
    hears = LlmSettings()
    request = replace(REQUEST, audio=Audio(b"RIFF"))
    models = Llm(hears, {"a": ScriptedProvider(deaf), "b": ScriptedProvider(hears)})
    assert models.hears()
    assert not models.hears(["a"])
    events = await collected(models.stream(request))
    assert asked(events) == [("b", 1, "")]
    with pytest.raises(ModelFailure) as caught:
        await collected(models.stream(request, order=["a"]))
    assert caught.value.reason == reasons.LLM_NOT_CONFIGURED


@pytest.mark.parametrize(
    ("steps", "reason", "retryable"),
    [
        ((1.0, *GOOD), reasons.LLM_TIMEOUT, True),
        ((Answering("m"), 1.0, *GOOD), reasons.LLM_TIMEOUT, True),
        ((*GOOD[:2], 1.0, *GOOD[2:]), reasons.LLM_IDLE, True),
        ((Answering("m"), *[Thinking(), 0.03] * 40), reasons.LLM_TIMEOUT, True),
        (GOOD[:4], reasons.LLM_TRUNCATED, True),
        ((), reasons.LLM_TRUNCATED, True),
        ((*GOOD[:3], End(False, "length")), reasons.LLM_TRUNCATED, False),
        ((Answering("m"), *[TextDelta("x" * 1_000)] * 5), reasons.LLM_TOO_LARGE, False),
    ],
)
async def test_limits(steps: tuple[Step, ...], reason: str, retryable: bool) -> None:
    limits = {"first_token_timeout": 0.1, "idle_timeout": 0.1, "call_timeout": 0.3, "max_answer_bytes": 4_096}
    async with asyncio.timeout(2):
        with pytest.raises(ModelFailure) as caught:
            await collected(llm({"a": script(steps)}, **limits).stream(REQUEST))
    assert (caught.value.reason, caught.value.retryable) == (reason, retryable)


async def test_who_thinks_is_waited_for() -> None:
    thinks = (Answering("m"), *[Thinking(), 0.06] * 4, *GOOD[1:])
    models = llm({"a": script(thinks)}, first_token_timeout=0.2, idle_timeout=0.2)
    assert text_of(await collected(models.stream(REQUEST))) == "all well"


async def test_time_that_the_consumer_takes_is_not_the_vendors() -> None:
    models = llm({"a": script(GOOD)}, first_token_timeout=0.1, idle_timeout=0.1, call_timeout=0.1)
    events: list[Event] = []
    async for event in models.stream(REQUEST):
        events.append(event)
        await asyncio.sleep(0.15)
    assert text_of(events) == "all well"


async def test_a_vendor_that_fails_again_and_again_is_left_alone() -> None:
    provider_settings = LlmSettings.model_validate(QUICK | {"breaker_failures": 3, "breaker_pause": 0.2})
    first = ScriptedProvider(provider_settings, script((DOWN,), (DOWN,), (DOWN,), GOOD))
    models = Llm(
        provider_settings, {"a": first, "b": ScriptedProvider(provider_settings, script((DOWN,), GOOD))}
    )
    with pytest.raises(ModelFailure):
        await collected(models.stream(REQUEST))
    for _ in range(2):
        await collected(models.stream(REQUEST))
    assert first.requests == 3
    assert asked(await collected(models.stream(REQUEST))) == [("b", 1, "a")]
    assert first.requests == 3
    with pytest.raises(ModelFailure) as caught:
        await collected(models.stream(REQUEST, order=["a"]))
    assert caught.value.reason == reasons.LLM_BREAKER_OPEN
    assert caught.value.retry_after is not None
    await asyncio.sleep(caught.value.retry_after)
    assert asked(await collected(models.stream(REQUEST))) == [("a", 1, "")]


async def test_a_vendor_that_asks_for_a_wait_gets_it() -> None:
    busy = ModelFailure(reasons.LLM_QUOTA_EXCEEDED, "wait", retryable=True, retry_after=0.2)
    models = llm({"a": script((busy,), GOOD)}, attempts=2, backoff_maximum=1.0)
    begin = asyncio.get_running_loop().time()
    events = await collected(models.stream(REQUEST))
    assert asyncio.get_running_loop().time() - begin >= 0.2
    assert asked(events) == [("a", 1, ""), ("a", 2, "")]


async def test_one_that_asks_for_too_long_a_wait_is_left_for_the_next() -> None:
    busy = ModelFailure(reasons.LLM_QUOTA_EXCEEDED, "wait", retryable=True, retry_after=600.0)
    models = llm({"a": script((busy,)), "b": script(GOOD)}, attempts=3)
    assert asked(await collected(models.stream(REQUEST))) == [("a", 1, ""), ("b", 2, "a")]
    with pytest.raises(ModelFailure) as caught:
        await collected(models.stream(REQUEST, order=["a"]))
    assert caught.value.retry_after == 600.0


async def test_a_budget_ends_calls_before_they_are_made() -> None:
    settings = LlmSettings.model_validate(QUICK | {"session_calls": 2})
    provider = ScriptedProvider(settings, script(GOOD))
    models = Llm(settings, {"a": provider, "b": provider})
    for _ in range(2):
        await collected(models.stream(REQUEST, session="s"))
    with pytest.raises(ModelFailure) as caught:
        await collected(models.stream(REQUEST, session="s"))
    assert caught.value.reason == reasons.LLM_BUDGET
    assert provider.requests == 2
    await collected(models.stream(REQUEST, session="t"))
    assert models.close_session("s") == Spent(2, 22, 4)
    assert models.spent("s") == Spent()


async def test_what_broke_off_is_charged_too() -> None:
    models = llm({"a": script((*GOOD[:3], DOWN), GOOD)}, attempts=2)
    await collected(models.stream(REQUEST, session="s"))
    assert models.spent("s") == Spent(2, estimate_input(REQUEST) + 11, 3 + 2)
    refused = llm({"a": script((REFUSED,))})
    with pytest.raises(ModelFailure):
        await collected(refused.stream(REQUEST, session="s"))
    assert refused.spent("s") == Spent(1, 0, 0)


async def test_a_stream_that_is_closed_holds_nothing_back() -> None:
    most = 2 * (50 + estimate_input(REQUEST))
    models = llm({"a": script(GOOD)}, session_tokens=most, breaker_failures=1)
    for count in range(1, 6):
        events = models.stream(REQUEST, session="s")
        for _ in range(count % 3 + 1):
            await anext(events)
        await events.aclose()
        models.close_session("s")
    events = models.stream(REQUEST, session="s")
    async for event in events:
        if isinstance(event, End):
            break
    await events.aclose()
    assert models.spent("s") == Spent(1, 11, 2)


async def test_answers_are_kept_where_it_is_asked_for() -> None:
    settings = LlmSettings.model_validate(QUICK | {"cache_answers": 10})
    provider = ScriptedProvider(settings, script(GOOD))
    models = Llm(settings, {"a": provider})
    await collected(models.stream(REQUEST, cached=True, tenant="t"))
    events = await collected(models.stream(REQUEST, cached=True, tenant="t"))
    assert events[0] == Attempt("a", "scripted-1", 1, is_cached=True)
    assert events[1] == Answering("m-1", is_streamed=False)
    assert text_of(events) == "all well"
    assert events[-1] == End(True, "stop")
    assert provider.requests == 1
    await collected(models.stream(REQUEST, tenant="t"))
    await collected(models.stream(REQUEST, cached=True, tenant="u"))
    await collected(models.stream(replace(REQUEST, data="other"), cached=True, tenant="t"))
    assert provider.requests == 4
    models.discard(REQUEST, "t")
    await collected(models.stream(REQUEST, cached=True, tenant="t"))
    assert provider.requests == 5


async def test_half_an_answer_is_not_kept() -> None:
    settings = LlmSettings.model_validate(QUICK | {"cache_answers": 10})
    provider = ScriptedProvider(settings, script(GOOD[:3], GOOD))
    models = Llm(settings, {"a": provider})
    with pytest.raises(ModelFailure):
        await collected(models.stream(REQUEST, cached=True))
    assert text_of(await collected(models.stream(REQUEST, cached=True))) == "all well"
    assert provider.requests == 2


async def test_many_at_once() -> None:
    models = llm({"a": script((Answering("m"), 0.02, *GOOD[1:]))})
    answers = await asyncio.gather(
        *(collected(models.stream(REQUEST, session=f"s{number % 3}")) for number in range(60))
    )
    assert {text_of(each) for each in answers} == {"all well"}
    assert sum(models.spent(f"s{number}").calls for number in range(3)) == 60


async def test_what_was_cancelled_before_the_vendor_had_it_costs_no_tokens() -> None:
    models = llm({"a": script(GOOD)})
    provider = models._providers["a"]
    opening = asyncio.Event()

    async def hang() -> None:
        opening.set()
        await asyncio.Event().wait()

    provider.open = hang  # type: ignore[method-assign]
    call = asyncio.create_task(collected(models.stream(REQUEST, session="s")))
    await asyncio.wait_for(opening.wait(), 5)
    call.cancel()
    await asyncio.wait([call])
    assert models.spent("s") == Spent(1)


async def test_halves_of_characters_are_put_together_or_replaced() -> None:
    pieces = ("smile \ud83d", "\ude00 and ", "\ud83d", "alone", "\ude00", " é")
    steps: tuple[Step, ...] = (Answering("m"), *map(TextDelta, pieces), End(True, "stop"))
    events = await collected(llm({"a": script(steps)}).stream(REQUEST))
    assert text_of(events) == "smile \U0001f600 and \ufffdalone\ufffd é"
    assert all(event.text.isprintable() for event in only(TextDelta, events))


async def test_an_sdk_that_cannot_be_set_up_is_a_failure_like_others(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("ALL_PROXY", "nonsense://proxy:1")
    for name in ("gemini", "claude", "openai", "ollama"):
        settings = LlmSettings.model_validate(QUICK | {"providers": [name], name: {"api_key": "some-key"}})
        async with Llm(settings) as models:
            await models.warm()
            with pytest.raises(ModelFailure) as caught:
                await collected(models.stream(REQUEST))
        assert (caught.value.reason, caught.value.retryable) == (reasons.LLM_SETTINGS_INVALID, False)
        assert "some-key" not in str(caught.value)
