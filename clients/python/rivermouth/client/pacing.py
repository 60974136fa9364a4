"""Sending at the pace of the recording."""

import asyncio


class Pacer:
    """Waits until a position of the recording has passed on the clock.

    Every wait is measured from the begin, so delays do not add up: a sender that was held back for a
    while catches up, and an hour of audio takes an hour.
    """

    def __init__(self) -> None:
        self._clock = asyncio.get_running_loop().time
        self._begin = self._clock()

    async def until(self, position: float) -> None:
        """Returns `position` seconds after the begin, at once where that has passed."""
        if (wait := self._begin + position - self._clock()) > 0:
            await asyncio.sleep(wait)
