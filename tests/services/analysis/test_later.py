"""What is sent later, beside what comes."""

import asyncio
from collections.abc import AsyncGenerator

from services.analysis.later import Later


async def numbers(*told: int, after: asyncio.Event) -> AsyncGenerator[int, None]:
    await after.wait()
    for number in told:
        yield number


async def test_as_many_as_there_is_room_for_and_all_when_they_come() -> None:
    sent: list[int] = []

    async def write(messages: AsyncGenerator[int, None]) -> None:
        sent.extend([message async for message in messages])

    later: Later[int] = Later(2)
    first, second = asyncio.Event(), asyncio.Event()
    assert later.start(numbers(1, after=first)) is None  # nobody said where to
    async with asyncio.timeout(5), asyncio.TaskGroup() as tasks:
        later.open(tasks, write)
        one = later.start(numbers(1, 2, after=first))
        assert one is not None
        assert later.start(numbers(3, after=second)) is not None
        assert later.start(numbers(4, after=second)) is None
        assert len(later.running) == 2
        first.set()
        await one
        assert len(later.running) == 1
        assert later.start(numbers(5, after=first)) is not None
        second.set()
    assert sent == [1, 2, 5, 3] or sent == [1, 2, 3, 5]
    assert later.running == ()
