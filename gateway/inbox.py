"""What waits for a stage, and what may have to be said again if the stage is lost. One rule of overflow each.

    SpeechWindow   recognition    blocks the sender; while the stage is away, forgets the oldest audio
    AudioInbox     measures       forgets the oldest audio
    WorkInbox      work items     refuses the newest; the caller says that it is skipped
    HeardInbox     both           each by its own rule

An inbox hands out request messages that are ready to be sent. After `rewind` it starts again with what its
stage has not answered yet.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Collection
from typing import Any

from gateway.precedence import Precedence
from gateway.told import Told

# A segment, its turn, a watermark.
_FEW_ITEMS = 3
# Pieces of 100 ms in one request: at 48 kHz with 8 channels 768 kB, well below what a message may have.
_MOST_TOGETHER = 10


class Inbox:
    """Items in order; one reader."""

    def __init__(self) -> None:
        self._items: deque[Any] = deque()
        self._closed = False
        self._waiter: asyncio.Future[None] | None = None
        self.precedence: Precedence | None = None
        """What a reader that had nothing to do gives way to, unless it is behind by then."""
        self.outer: Inbox | None = None
        """The inbox that this is a part of, whose reader is to be woken."""

    @property
    def closed(self) -> bool:
        return self._closed

    def close(self) -> None:
        """Nothing follows; what is there is still handed out."""
        self._closed = True
        self._wake()

    def rewind(self) -> None:
        """The reader was lost: start again with what may be said again."""

    def idle(self) -> bool:
        """Whether all was handed out."""
        return not self._items

    @property
    def is_behind(self) -> bool:
        """Whether more waits than one chunk of audio brings about, or there is little room left."""
        return len(self._items) > _FEW_ITEMS

    async def get(self) -> Any:
        """The next item.

        Raises:
            StopAsyncIteration: closed, and everything was handed out.
        """
        if self.idle():
            while self.idle():
                if self._closed:
                    raise StopAsyncIteration
                self._waiter = asyncio.get_running_loop().create_future()
                await self._waiter
            if self.precedence is not None and not self.is_behind:
                await self.precedence.give_way()
        return self._next()

    def _next(self) -> Any:
        return self._items.popleft()

    def _wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)
        self._waiter = None
        if self.precedence is not None and self.is_behind:
            self.precedence.hurry()
        if self.outer is not None:
            self.outer._wake()

    def next(self) -> Any:
        """The next item of an inbox that is not idle."""
        return self._next()


class AudioInbox(Inbox):
    """Audio that may be lost. Overflow: the oldest piece is forgotten, and counted.

    Pieces are handed out together, as one request, whenever `period` nanoseconds of the session's clock are
    complete, and what is left at the end: a message costs the same whatever its size, and a stage that has
    nothing to say more often loses nothing. With a period of 0 each piece goes by itself.
    """

    def __init__(
        self, capacity: int, period: int, request: Callable[[bytes, int], Any], early: int = 0
    ) -> None:
        """`request` makes one of consecutive audio and of the offset of its first frame; what there is when
        the session's clock passes `early` is handed out then."""
        super().__init__()
        self._capacity = capacity
        self._period = period
        self._early = early
        self._request = request
        self._due = 0  # pieces that may be handed out
        self._taken = asyncio.Event()
        self._given_up = False
        self.dropped = 0

    @property
    def most_requests(self) -> int:
        """How many requests all that it can hold makes."""
        return -(-self._capacity // (_MOST_TOGETHER if self._period else 1))

    @property
    def is_full(self) -> bool:
        """Whether the next item costs the oldest one."""
        return len(self._items) >= self._capacity and not self._given_up

    def put(self, start: int, end: int, content: bytes, offset: int) -> None:
        """A piece of audio, from `start` to `end` on the session's clock; `offset`: of its first frame."""
        items = self._items
        if len(items) >= self._capacity:
            items.popleft()
            self.dropped += 1
            self._due = max(0, self._due - 1)
        items.append((content, offset))
        is_complete = (
            not self._period or end // self._period > start // self._period or start < self._early <= end
        )
        if is_complete or len(items) >= self._capacity:
            self._due = len(items)
            self._wake()

    @property
    def is_behind(self) -> bool:
        return len(self._items) > _MOST_TOGETHER

    def idle(self) -> bool:
        return not self._due and not (self._closed and self._items)

    def release(self) -> None:
        """What is there may be handed out, though no period is complete."""
        self._due = len(self._items)

    async def room(self, patience: float) -> None:
        """For a sender that is ahead of time: wait until there is room for half of the capacity.

        A reader that takes nothing for `patience` seconds is not waited for again until it does.
        """
        while self.is_full or (2 * len(self._items) > self._capacity and not self._given_up):
            self._taken.clear()
            try:
                async with asyncio.timeout(patience):
                    await self._taken.wait()
            except TimeoutError:
                self._given_up = True

    def _next(self) -> Any:
        self._given_up = False
        self._taken.set()
        count = min(self._due or len(self._items), _MOST_TOGETHER if self._period else 1)
        self._due = max(0, self._due - count)
        content, offset = self._items.popleft()
        if count > 1:
            rest = [self._items.popleft()[0] for _ in range(count - 1)]
            content = b"".join((content, *rest))
        return self._request(content, offset)


class WorkInbox(Inbox):
    """Work items, by key, kept until they are answered. Overflow: `put` refuses the newest.

    With `history`, answered items are kept too, for a stage whose results are about the whole session; at
    most `capacity` of them (overflow: the oldest are forgotten). Said again, those that nothing is owed of
    are marked as replayed. `told` knows what is owed of each.
    """

    def __init__(self, capacity: int, history: bool = False, told: Told | None = None) -> None:
        super().__init__()
        self._capacity = capacity
        self._latest: Any = None
        self._unanswered: dict[str, Any] = {}
        self._history: deque[tuple[str, Any]] | None = deque() if history else None
        self._told = told or Told()
        # Older than the history, and owed. Overflow: the oldest is forgotten.
        self._owing: dict[str, Any] = {}
        self._again: deque[Any] = deque()
        self._last: Any = None
        self._taken = asyncio.Event()
        self._progress = asyncio.Event()
        self._given_up = False
        self._losses = 0

    def put(self, key: str, request: Any) -> bool:
        """One more item; False where there is no room, and then it was not taken."""
        if len(self._items) >= self._capacity or len(self._unanswered) >= self._capacity:
            return False
        if self._history is not None:
            self._told.expect(key)
            self._keep(key, request)
        if key and (self._history is None or self._told.is_by_name):
            self._unanswered[key] = request
        self._items.append(request)
        self._wake()
        return True

    def put_lasting(self, request: Any, about: Collection[str]) -> bool:
        """An item about those before it, by key, which has no answer, and is part of the history for as long
        as one of those is; False where there is no room, and then it was not taken."""
        if len(self._items) >= self._capacity:
            return False
        if self._history is not None and not set(about).isdisjoint(key for key, _ in self._history):
            self._keep("", request)
        self._items.append(request)
        self._wake()
        return True

    def _keep(self, key: str, request: Any) -> None:
        assert self._history is not None
        self._history.append((key, request))
        if len(self._history) > self._capacity:
            oldest, request = self._history.popleft()
            if not self._told.owes(oldest):
                self._told.forget(oldest)
                return
            self._owing[oldest] = request
            if len(self._owing) > self._capacity:
                oldest = next(iter(self._owing))
                del self._owing[oldest]
                self._told.forget(oldest)

    def put_passing(self, request: Any) -> None:
        """An item that is said once and never again. Overflow: it is forgotten."""
        if len(self._items) < self._capacity:
            self._items.append(request)
            self._wake()

    def put_latest(self, request: Any) -> None:
        """An item that makes the one before it needless. Overflow: the newest replaces one still waiting."""
        if self._items and self._items[-1] is self._latest:
            self._items.pop()
        self._latest = request
        self._items.append(request)
        self._wake()

    def put_always(self, request: Any) -> None:
        """The one item that is never refused: there will be no others."""
        self._last = request
        self._items.append(request)
        self._wake()

    @property
    def is_behind(self) -> bool:
        waiting = len(self._again) + len(self._items)
        return waiting > min(_FEW_ITEMS, self._capacity // 4)

    @property
    def is_crowded(self) -> bool:
        """Whether a sender that can wait should: more than half of the capacity waits, or is not answered."""
        return 2 * self._busy > self._capacity and not self._given_up

    async def thinned_out(self, patience: float) -> None:
        """For such a sender: wait until three quarters of the capacity are free.

        A reader that takes and answers nothing new for `patience` seconds, or is lost again and again, is not
        waited for again until it does.
        """
        losses = self._losses
        while 4 * self._busy > self._capacity and not self._given_up:
            if self._losses > losses + 1:
                self._given_up = True
                return
            self._progress.clear()
            try:
                async with asyncio.timeout(patience):
                    await self._progress.wait()
            except TimeoutError:
                self._given_up = True

    def abandon(self) -> None:
        """There is no reader any more: nobody waits for it."""
        self._given_up = True
        self._progress.set()

    @property
    def _busy(self) -> int:
        return max(len(self._items), len(self._unanswered))

    def _moved(self) -> None:
        self._given_up = False
        self._progress.set()

    async def room(self, patience: float) -> bool:
        """Wait until half of the capacity is free, `patience` seconds at most; returns whether it is."""
        try:
            async with asyncio.timeout(patience):
                while 2 * len(self._items) > self._capacity:
                    self._taken.clear()
                    await self._taken.wait()
        except TimeoutError:
            return False
        return True

    def answered(self, key: str) -> None:
        """The item has its result."""
        if self._unanswered.pop(key, None) is not None:
            self._moved()

    def rewind(self) -> None:
        self._losses += 1
        self._progress.set()
        waiting = set(map(id, self._items))
        kept = list(self._unanswered.items()) if self._history is None else self._whole_history()
        self._again = deque(
            _replayed(request) if self._history is not None and not self._told.owes(key) else request
            for key, request in kept
            if id(request) not in waiting
        )
        if self._latest is not None and id(self._latest) not in waiting:
            self._again.append(self._latest)
        if self._last is not None and id(self._last) not in waiting:
            self._items.append(self._last)

    def _whole_history(self) -> list[tuple[str, Any]]:
        """What a new reader is told of what was before it."""
        for key in [key for key in self._owing if not self._told.owes(key)]:
            del self._owing[key]
            self._told.forget(key)
        self._told.start_anew()
        for key in [key for key in self._unanswered if not self._told.owes(key)]:
            del self._unanswered[key]  # it has had its terminal, a failed one
        return [*self._owing.items(), *(self._history or ())]

    def idle(self) -> bool:
        return not self._again and not self._items

    def _next(self) -> Any:
        self._taken.set()
        if self._again:
            return self._again.popleft()
        if not self._unanswered:  # else an answer counts, and a stage may have read ahead
            self._moved()
        return self._items.popleft()


class HeardInbox(Inbox):
    """Audio and work items for one reader: sound is handed out before the item that it is the sound of.

    Overflow: of audio the oldest piece is forgotten, and counted; of work items the newest is refused.
    Neither takes room from the other, and audio does not keep items waiting: an item goes after as many
    requests of audio as there can have been before it. After a loss items are handed out again, audio is not.
    """

    def __init__(self, audio: AudioInbox, work: WorkInbox) -> None:
        super().__init__()
        self.audio = audio
        self._work = work
        self._passed = 0  # requests of audio while an item waits
        audio.outer = work.outer = self

    def close(self) -> None:
        self.audio.close()
        self._work.close()
        super().close()

    def rewind(self) -> None:
        self._work.rewind()

    @property
    def is_behind(self) -> bool:
        return self.audio.is_behind or self._work.is_behind

    def idle(self) -> bool:
        return self.audio.idle() and self._work.idle()

    def _next(self) -> Any:
        if self._work.idle():
            return self.audio.next()
        self.audio.release()
        if not self.audio.idle() and self._passed < self.audio.most_requests:
            self._passed += 1
            return self.audio.next()
        self._passed = 0
        return self._work.next()


def _replayed(request: Any) -> Any:
    """The same, marked where its contract has a mark: elsewhere what is answered once more is left out."""
    if not request.HasField("segment") or "replayed" not in request.segment.DESCRIPTOR.fields_by_name:
        return request
    copy = type(request)()
    copy.CopyFrom(request)
    copy.segment.replayed = True
    return copy
