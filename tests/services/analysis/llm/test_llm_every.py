"""Models that are asked while a session runs."""

from __future__ import annotations

import asyncio
import json

from rivermouth.analysis.v1.analysis_pb2 import LlmPart, StreamingAnalyzeResponse
from rivermouth.result.v1.result_pb2 import (
    OUTCOME_COMPLETE,
    OUTCOME_TRUNCATED,
    OUTCOME_UNSPECIFIED,
    PHASE_REFINE,
)
from services.analysis.analyses import argument, summary
from services.llm.failure import ModelFailure
from services.llm.reasons import LLM_VENDOR_FAILED
from tests.services.analysis.models import (
    Stream,
    answer,
    found,
    header_of,
    is_final,
    part_of,
    run,
    scripted,
    talk,
)
from tests.services.analysis.streams import asked, bodies, check, config, segment

SUMMARY = config(asked(summary.NAME, every=2))
GONE = [ModelFailure(LLM_VENDOR_FAILED, "gone", retryable=False)]


def summed(*topics: str, text: str = "text") -> str:
    return json.dumps({"topics": topics, "decisions": [], "action_items": [], "text": text})


def topics(part: LlmPart) -> list[str]:
    return list(part.findings.summary.topics)


def is_whole(response: StreamingAnalyzeResponse) -> bool:
    return part_of(response).findings.summary.text != ""


async def test_a_summary_grows_with_the_session() -> None:
    async with scripted(answer(summed("one")), answer(summed("one", "two"))) as (core, provider):
        stream = Stream(core)
        stream.say(SUMMARY, *talk(2))
        first = await stream.until(is_whole)
        assert (header_of(first).phase, part_of(first).outcome) == (PHASE_REFINE, OUTCOME_UNSPECIFIED)
        assert first.summary.segments == 2
        stream.say(*talk(4)[2:])
        second = await stream.until(lambda each: topics(part_of(each)) == ["one", "two"] and is_whole(each))
        assert (second.summary.segments, part_of(second).calls) == (4, 2)
        responses = await stream.rest()
    check(responses)
    final = bodies(responses, "summary")[-1]
    assert len(provider.asked) == 2  # nothing came since the last question
    assert (final.header.outcome, final.llm.outcome) == (OUTCOME_COMPLETE, OUTCOME_COMPLETE)
    assert (final.llm.calls, final.llm.input_tokens, topics(final.llm)) == (2, 20, ["one", "two"])


async def test_what_was_whole_stays_until_there_is_a_new_whole() -> None:
    go, last = asyncio.Event(), asyncio.Event()
    second = answer(summed("new"))
    turns = answer(summed("old", "old too")), [*second[:2], go, *second[2:]], [*second[:2], last, *second[2:]]
    async with scripted(*turns) as (core, provider):
        stream = Stream(core)
        stream.say(SUMMARY, *talk(2))
        await stream.until(is_whole)
        stream.say(*talk(6)[2:])
        sixth = await stream.until(lambda each: each.summary.segments == 6)
        assert topics(part_of(sixth)) == ["old", "old too"]
        go.set()
        await stream.until(lambda each: topics(part_of(each)) == ["new"])
        stream.say(*talk(7)[6:])
        ended = asyncio.create_task(stream.rest())
        last.set()
        responses = await ended
    check(responses)
    assert len(provider.asked) == 3
    assert [topics(each.llm) for each in bodies(responses, "summary")][-1] == ["new"]


async def test_the_last_answer_replaces_fields_once_it_has_as_much() -> None:
    pieces = '{"topics": ["a", ', '"b"], "decisions": [], "action_items": [], ', '"text": "new"}'
    async with scripted(answer(summed("x", "y", text="old")), answer(*pieces)) as (core, _):
        stream = Stream(core)
        stream.say(SUMMARY, *talk(2))
        await stream.until(is_whole)
        stream.say(*talk(3)[2:])
        responses = await stream.rest()
    check(responses)
    shown = [(topics(each.llm), each.llm.findings.summary.text) for each in bodies(responses, "summary")]
    assert list(dict.fromkeys(map(str, shown[-4:]))) == [
        str((["x", "y"], "old")),
        str((["a", "b"], "old")),
        str((["a", "b"], "new")),
    ]


async def test_a_question_that_is_overtaken_by_the_end_is_broken_off() -> None:
    never = asyncio.Event()
    async with scripted([never], answer(summed("whole"))) as (core, provider):
        responses = await run(core, [SUMMARY, *talk(3)])
    check(responses)
    final = bodies(responses, "summary")[-1]
    assert len(provider.asked) <= 2
    assert (topics(final.llm), final.llm.outcome) == (["whole"], OUTCOME_COMPLETE)


async def test_a_question_about_all_of_it_is_waited_for() -> None:
    go = asyncio.Event()
    async with scripted([go, *answer(summed("whole"))]) as (core, provider):
        stream = Stream(core)
        stream.say(SUMMARY, *talk(2))
        ended = asyncio.create_task(stream.rest())
        await stream.until(lambda each: each.summary.segments == 2)
        go.set()
        responses = await ended
    check(responses)
    assert len(provider.asked) == 1
    final = bodies(responses, "summary")[-1]
    assert (topics(final.llm), final.llm.outcome, final.llm.calls) == (["whole"], OUTCOME_COMPLETE, 1)


async def test_what_fails_on_the_way_is_asked_again_at_the_end() -> None:
    async with scripted(GONE, answer(summed("whole"))) as (core, provider):
        responses = await run(core, [SUMMARY, *talk(2)])
    check(responses)
    final = bodies(responses, "summary")[-1]
    assert len(provider.asked) == 2
    assert (final.llm.outcome, final.llm.calls, topics(final.llm)) == (OUTCOME_COMPLETE, 2, ["whole"])


async def test_what_fails_at_the_end_leaves_what_was_whole() -> None:
    async with scripted(answer(summed("old")), GONE) as (core, _):
        stream = Stream(core)
        stream.say(SUMMARY, *talk(2))
        await stream.until(is_whole)
        stream.say(*talk(3)[2:])
        responses = await stream.rest()
    check(responses)
    final = bodies(responses, "summary")[-1]
    assert (final.header.outcome, final.header.failure.reason) == (OUTCOME_TRUNCATED, LLM_VENDOR_FAILED)
    assert (final.llm.outcome, topics(final.llm)) == (OUTCOME_TRUNCATED, ["old"])


async def test_others_are_asked_on_the_way_where_that_is_wanted() -> None:
    none = answer(json.dumps({"claims": [], "fallacies": [], **dict.fromkeys(SCORES, 50)}))
    async with scripted(none) as (core, provider):
        for options, questions in (({}, 1), ({"llm_every": 2}, 3), ({"llm_every": 9}, 1)):
            before = len(provider.asked)
            stream = Stream(core)
            stream.say(config(asked(argument.NAME, "session", **options)))
            for number in range(5):
                stream.say(*talk(5)[number : number + 1])
                await stream.until(lambda each, number=number: each.analysis.header.revision > number)
                if options == {"llm_every": 2} and number in (1, 3):
                    await stream.until(
                        lambda each, calls=number // 2 + 1: (
                            part_of(each).calls == calls and found(part_of(each)) == 3
                        )
                    )
            responses = await stream.rest()
            check(responses)
            assert sum(map(is_final, responses)) == 1
            assert len(provider.asked) - before == questions


async def test_segments_that_are_told_again_are_not_asked_about_on_the_way() -> None:
    async with scripted(answer(summed("one"))) as (core, provider):
        await run(core, [SUMMARY, *talk(8, replayed=True)])
    assert len(provider.asked) == 1


async def test_a_summary_goes_on_from_the_one_before_where_not_all_fits() -> None:
    long = "We talk about the price, and then about it again. " * 500  # 25,000 characters
    said = [segment(f"number {each}. {long}", each) for each in range(1, 5)]
    async with scripted(answer(summed("one", text="It was about rain."))) as (core, provider):
        stream = Stream(core)
        stream.say(SUMMARY, *said[:2])
        await stream.until(is_whole)
        stream.say(said[2])
        await stream.rest()
    assert "Earlier summary:" not in provider.asked[0].context
    assert "number 1." not in provider.asked[1].data
    assert "Earlier summary:\nIt was about rain." in provider.asked[1].context


SCORES = ("coherence", "evidence_strength", "logical_consistency")
