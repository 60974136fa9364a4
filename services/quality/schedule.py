"""When a stream owes a result: the first one early, then one for every interval of audio."""

SECOND = 1_000_000_000
FIRST_RESULT = SECOND // 2
"""Audio until the first result, in nanoseconds: within the first second, and enough for a level."""


class ResultSchedule:
    """Says when the next result is due, in nanoseconds of audio.

    The first is due at `FIRST_RESULT`, the others at every multiple of `refine_interval` after it. Audio that
    passes several of them at once, such as a minute of silence in one message, owes one result.
    """

    def __init__(self, refine_interval: int) -> None:
        self._refine_interval = refine_interval
        self._due = FIRST_RESULT

    def passes(self, position: int) -> bool:
        """Whether the audio, now `position` long, owes a result; asked once, it is taken as given."""
        if position < self._due:
            return False
        self._due = (position // self._refine_interval + 1) * self._refine_interval
        return True
