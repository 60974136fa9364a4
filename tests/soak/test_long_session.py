"""An hour of audio in one session, faster than speech: memory stays flat and the clock does not drift."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from deploy.local.launcher import Process, launch
from deploy.local.layout import programs
from rivermouth.client import Client, Reducer, pcm

pytestmark = pytest.mark.soak

HOUR = 3600
CHUNK = bytes(3200)
"""100 ms at 16 kHz."""
ENVIRONMENT = {
    "RIVERMOUTH_ASR__ENGINE": "scripted",
    "RIVERMOUTH_GATEWAY__SESSION__JOURNAL_EVENTS": "3000",
    "RIVERMOUTH_GATEWAY__TELEMETRY__LOG_LEVEL": "ERROR",
    "RIVERMOUTH_ASR__TELEMETRY__LOG_LEVEL": "ERROR",
}
_MOST_GROWTH = 16 << 20


def resident(process: Process) -> int:
    """Resident memory of a process, bytes."""
    pages = int(Path(f"/proc/{process.pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


async def test_an_hour_in_one_session() -> None:
    async with launch(programs(False, 0, ENVIRONMENT), lambda line: None) as processes:
        reducer = Reducer()
        before: dict[str, int] = {}
        address = processes["gateway"].address
        async with Client(address) as client, client.session(pcm(16_000)) as session:

            async def send() -> None:
                for number in range(HOUR * 10):
                    if number == HOUR * 10 // 6:  # after ten minutes everything has its size
                        before.update({name: resident(each) for name, each in processes.items()})
                    await session.send_audio(CHUNK)
                await session.finish()

            session.feed(send())
            last_end = 0
            async for event in session:
                reducer.apply(event)
                if event.kind == "transcript":
                    last_end = event.body.end_offset.ToNanoseconds()
        grown = {name: resident(each) - before[name] for name, each in processes.items()}

    summary = reducer.summary
    assert summary is not None
    assert not reducer.violations
    assert not reducer.check_summary()
    assert summary.audio_duration.ToNanoseconds() == HOUR * 10**9
    # The script speaks and is silent by turns of at most 2.5 s: the last word ends within the last of them.
    assert HOUR * 10**9 - 3 * 10**9 < last_end <= HOUR * 10**9
    assert all(each < _MOST_GROWTH for each in grown.values()), grown
