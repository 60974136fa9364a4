import asyncio

import pytest

from rivermouth.client.pipe import Closed, Pipe

LIMIT = 5.0


async def test_put_waits_for_room_and_keeps_the_order() -> None:
    pipe: Pipe[int] = Pipe(2)

    async def fill() -> None:
        for number in range(100):
            await pipe.put(number)
            assert len(pipe) <= 2
        pipe.close()

    filling = asyncio.create_task(fill())
    taken = [await asyncio.wait_for(pipe.get(), LIMIT) for _ in range(100)]
    assert taken == list(range(100))
    with pytest.raises(Closed):
        await asyncio.wait_for(pipe.get(), LIMIT)
    await filling


async def test_closing_wakes_both_sides() -> None:
    full: Pipe[int] = Pipe(1)
    await full.put(1)
    putting = asyncio.create_task(full.put(2))
    empty: Pipe[int] = Pipe(1)
    getting = asyncio.create_task(empty.get())
    await asyncio.sleep(0)
    full.close()
    empty.close()
    for task in (putting, getting):
        with pytest.raises(Closed):
            await asyncio.wait_for(task, LIMIT)
    assert await full.get() == 1
    with pytest.raises(Closed):
        await full.get()


async def test_a_cancelled_put_leaves_nothing() -> None:
    pipe: Pipe[int] = Pipe(1)
    await pipe.put(1)
    putting = asyncio.create_task(pipe.put(2))
    await asyncio.sleep(0)
    putting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await putting
    assert await pipe.get() == 1
    assert len(pipe) == 0
