"""Two recognisers as one: a quick one tells what is being said, a better one says what was said.

    audio ──┬──▶ first ──▶ interims, of which nothing is settled, then its last word as one more of them
            └──▶ second ─▶ the final, or the failure of the utterance

Both get the same audio. Without the first there are no interims, and the final comes all the same. Without
the second there is no final: its failure is the utterance's, and carries the words that the first showed, for
text of another quality than was asked for must not pass as final.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import replace
from types import TracebackType
from typing import Self

from services.asr.engine import Hypothesis, Opening, Phrase
from services.asr.language import AUTO, is_known
from services.asr.recogniser import (
    Decoding,
    KeepsChannels,
    LimitsPhrases,
    Listener,
    Recogniser,
    RecognitionFailure,
    Timing,
)


class TwoPass:
    """The two as a recogniser; its name, languages and options are the second's, which has the last word."""

    def __init__(self, first: Recogniser, second: Recogniser) -> None:
        self._first = first
        self._second = second
        self._resources = AsyncExitStack()

    @property
    def name(self) -> str:
        return self._second.name

    @property
    def model(self) -> str:
        return f"{self._second.model}, interims by {self._first.model}"

    @property
    def language(self) -> str:
        return self._second.language

    @property
    def languages(self) -> tuple[str, ...]:
        return self._second.languages

    @property
    def options(self) -> frozenset[str]:
        return self._second.options

    @property
    def is_full(self) -> bool:
        return self._first.is_full or self._second.is_full

    @property
    def retry_after(self) -> float | None:
        delays = [delay for each in self._both if each.is_full and (delay := each.retry_after) is not None]
        return max(delays, default=None)

    @property
    def interim_lag(self) -> float:
        return max(each.interim_lag for each in self._both)

    @property
    def load(self) -> float:
        return max(each.load for each in self._both)

    @property
    def _both(self) -> tuple[Recogniser, Recogniser]:
        return self._first, self._second

    def open(self, listener: Listener, opening: Opening) -> Decoding:
        """Open a decoding: by the second alone in a language that the first does not know."""
        wanted = opening.options.language
        guesses = wanted == AUTO and len(self._first.languages) == 1 < len(self._second.languages)
        if guesses or not is_known(wanted, self._first.languages):
            own = _apart(opening.adaptation)[1]
            return self._second.open(_Alone(listener), replace(opening, adaptation=own))
        return TwoPassDecoding(self._first, self._second, listener, opening)

    def left_out(self, phrases: Sequence[Phrase]) -> tuple[Phrase, ...]:
        """Phrases that the second has no room for."""
        return self._second.left_out(phrases) if isinstance(self._second, LimitsPhrases) else ()

    def release(self, adaptation: str) -> None:
        """The channel has ended: of what it was given, each gets its own."""
        for each, own in zip(self._both, _apart(adaptation), strict=True):
            if own and isinstance(each, KeepsChannels):
                each.release(own)

    async def __aenter__(self) -> Self:
        """Raises EngineUnavailable, if only one of them is."""
        async with AsyncExitStack() as resources:
            for each in self._both:
                await resources.enter_async_context(each)
            self._resources = resources.pop_all()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._resources.aclose()


class TwoPassDecoding:
    """One utterance in both."""

    def __init__(self, first: Recogniser, second: Recogniser, listener: Listener, opening: Opening) -> None:
        self._listener = listener
        self._adaptation, own = _apart(opening.adaptation)  # the first's; it may come too late
        self._words = Hypothesis()  # of the first, shown last
        self._fed = 0
        self._finished = False
        self._is_over = False
        self._first_ended = False
        self._first: Decoding = first.open(_First(self), replace(opening, adaptation=self._adaptation))
        self._second: Decoding = second.open(
            _Second(self), replace(opening, adaptation=own, finals_only=True)
        )

    @property
    def started(self) -> bool:
        return (self._first_ended or self._first.started) and self._second.started

    def accept(self, pcm: bytes) -> None:
        """Give it to both."""
        self._fed += len(pcm) // 2
        self._second.accept(pcm)
        if not self._first_ended:
            self._first.accept(pcm)
        else:
            self._tell_progress()

    def pause(self) -> None:
        """Of interest to the second only: the first makes no finals."""
        self._second.pause()

    def finish(self) -> None:
        """No more audio comes. The first is asked for its last word too, for what it learns by it."""
        self._finished = True
        if not self._first_ended:
            self._first.finish()
        self._second.finish()

    def cancel(self) -> None:
        """Drop both."""
        self._is_over = True
        self._second.cancel()
        self._drop_first()

    def first_says(self, hypothesis: Hypothesis, timing: Timing, *, is_last: bool) -> None:
        """What the first has heard so far. Only the text of the second is final, and its language known."""
        if is_last:
            self._first_ended = True
            self._adaptation = hypothesis.adaptation or self._adaptation
        if self._is_over:
            return
        self._words = Hypothesis(hypothesis.words, hypothesis.samples, "", 0, hypothesis.stability)
        self._listener.interim(self._words, timing)

    def first_failed(self) -> None:
        """There are no more interims."""
        self._first_ended = True
        self._tell_progress()

    def second_says(self, hypothesis: Hypothesis, timing: Timing) -> None:
        """What was said."""
        self._is_over = True
        self._drop_first()
        adaptation = _together(self._adaptation, hypothesis.adaptation)
        self._listener.final(replace(hypothesis, adaptation=adaptation), timing)

    def second_failed(self, failure: RecognitionFailure) -> None:
        """There will be no final."""
        self._is_over = True
        self._drop_first()
        self._listener.failed(failure)

    def _drop_first(self) -> None:
        if not self._first_ended:
            self._first_ended = True
            self._first.cancel()

    def _tell_progress(self) -> None:
        """Without the first nobody tells how far recognition is, and a sender that runs ahead of it would be
        held back until the utterance's end, which then cannot come.
        """
        if not (self._is_over or self._finished):
            self._listener.interim(replace(self._words, samples=self._fed), Timing())


class _First:
    """Listens to the first."""

    def __init__(self, decoding: TwoPassDecoding) -> None:
        self._decoding = decoding

    def interim(self, hypothesis: Hypothesis, timing: Timing) -> None:
        self._decoding.first_says(hypothesis, timing, is_last=False)

    def final(self, hypothesis: Hypothesis, timing: Timing) -> None:
        self._decoding.first_says(hypothesis, timing, is_last=True)

    def failed(self, failure: RecognitionFailure) -> None:
        self._decoding.first_failed()


class _Second:
    """Listens to the second; interims, where it has any, are the first's business."""

    def __init__(self, decoding: TwoPassDecoding) -> None:
        self._decoding = decoding

    def interim(self, hypothesis: Hypothesis, timing: Timing) -> None:
        pass

    def final(self, hypothesis: Hypothesis, timing: Timing) -> None:
        self._decoding.second_says(hypothesis, timing)

    def failed(self, failure: RecognitionFailure) -> None:
        self._decoding.second_failed(failure)


class _Alone:
    """Listens to the second where the first is not asked."""

    def __init__(self, listener: Listener) -> None:
        self._listener = listener
        self.interim = listener.interim
        self.failed = listener.failed

    def final(self, hypothesis: Hypothesis, timing: Timing) -> None:
        adaptation = _together("", hypothesis.adaptation)
        self._listener.final(replace(hypothesis, adaptation=adaptation), timing)


def _together(first: str, second: str) -> str:
    return json.dumps([first, second]) if first or second else ""


def _apart(both: str) -> tuple[str, str]:
    first, second = json.loads(both) if both else ("", "")
    return first, second
