"""The sample call through the whole suite, real processes and real recognition, in both layouts."""

from __future__ import annotations

import pytest

from deploy.local import demo


@pytest.mark.parametrize("separate", [False, True], ids=["compact", "processes"])
async def test_the_sample_call_is_understood(separate: bool) -> None:
    failed = [check for check in await demo.run(separate, realtime=False) if not check.holds]

    assert not failed
