import asyncio

import pytest

from rivermouth.client.pacing import Pacer


class Clock:
    """A clock that only sleeping moves, and every sleep oversleeps."""

    def __init__(self) -> None:
        self.now = 100.0

    async def sleep(self, seconds: float) -> None:
        self.now += seconds + 0.004


async def test_delays_do_not_add_up(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock()
    monkeypatch.setattr(asyncio.get_running_loop(), "time", lambda: clock.now)
    pacer = Pacer()
    monkeypatch.setattr(asyncio, "sleep", clock.sleep)
    for chunk in range(1, 36_001):
        await pacer.until(chunk / 10)
    assert clock.now == pytest.approx(100.0 + 3600.0, abs=0.005)
    clock.now += 10.0  # held back: what is late goes at once
    held = clock.now
    await pacer.until(3605.0)
    assert clock.now == held
