"""What services.llm adds to a vendor's SDK: the same question asked bare and by it, in turns."""

from __future__ import annotations

import gc
import time
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack, aclosing
from dataclasses import replace
from typing import Annotated

from pydantic import Field
from pydantic.dataclasses import dataclass

from deploy.local.bench import BenchError, Figure
from deploy.local.benches import emulator
from deploy.local.benches.analysis_sdks import MODEL, Bare, open_bare
from deploy.local.benches.measure import figure
from deploy.local.benches.peer import Peer
from services.llm.answers import Whole, ask
from services.llm.events import TextDelta
from services.llm.llm import Llm
from services.llm.request import Request
from services.llm.settings import LlmSettings
from services.llm.typed import schema_of, shape_of

PIECE_DELAY = 0.005
"""Seconds between two pieces, a word or two each: a fast model's rate."""
_WARM_UP = 5


@dataclass(frozen=True)
class Claim:
    """A claim that somebody made."""

    quote: str
    strength: Annotated[float, Field(ge=0, le=1)]
    lines: tuple[int, ...]


@dataclass(frozen=True)
class Claims:
    """An answer of the size that analyses ask for."""

    topic: str
    claims: tuple[Claim, ...]
    decisions: tuple[str, ...]
    level: Annotated[int, Field(ge=1, le=5)]


async def overheads(peer: Peer, urls: Mapping[str, str], lines: Sequence[str], pairs: int) -> list[Figure]:
    """Each vendor's, and the worst. `lines`: of a conversation; `pairs`: of questions, for each vendor."""
    data = "\n".join(f"[{number}] {line}" for number, line in enumerate(lines, start=1))
    request = Request("Which claims are made, and how strong are they?", data, schema=schema_of(Claims))
    figures: list[Figure] = []
    worst: dict[str, Figure] = {}
    async with AsyncExitStack() as stack:
        for vendor in emulator.VENDORS:
            settings = LlmSettings.model_validate(emulator.settings(dict(urls), vendor))
            llm = await stack.enter_async_context(Llm(settings))
            await llm.warm()
            bare = await open_bare(vendor, urls[vendor], stack)
            for each in await _of_vendor(vendor, bare, llm, peer, request, pairs):
                figures.append(each)
                about = each.name.removeprefix(f"{vendor}_")
                if about not in worst or each.value > worst[about].value:
                    worst[about] = replace(each, name=about)
    wanted = {"first_token_overhead_ms": "at most 5"}
    return [*(replace(each, wanted=wanted.get(name, "")) for name, each in worst.items()), *figures]


async def _of_vendor(
    vendor: str, bare: Bare, llm: Llm, peer: Peer, request: Request, pairs: int
) -> Sequence[Figure]:
    at_once = _Pairs(bare, llm, request)
    await peer.ask("behave")
    await at_once.measure(pairs)
    paced = _Pairs(bare, llm, request)
    await peer.ask("behave", piece_delay=PIECE_DELAY)
    await paced.measure(max(1, pairs // 10), warm_up=0, firsts=False)  # warm by now
    return [
        figure(f"{vendor}_first_token_overhead_ms", [1e3 * each for each in at_once.added]),
        figure(f"{vendor}_total_ratio", paced.ratios),
        figure(f"{vendor}_total_ratio_at_once", at_once.ratios),
    ]


class _Pairs:
    """Bare and ours, one after the other, who is first in turns.

    Attributes:
        added: seconds that our first piece came later than the bare one, of each pair.
        ratios: of the times to the whole, valid object.
    """

    def __init__(self, bare: Bare, llm: Llm, request: Request) -> None:
        self._bare = bare
        self._llm = llm
        self._request = replace(request, model=MODEL)
        self.added: list[float] = []
        self.ratios: list[float] = []

    async def measure(self, pairs: int, warm_up: int = _WARM_UP, *, firsts: bool = True) -> None:
        """More pairs; the first ones do not count. `firsts`: whether first pieces are measured too."""
        for number in range(-warm_up, pairs):
            gc.collect(1)  # what one of them leaves is not the other's to sweep
            if number % 2:
                bare_first, bare_total = await self._ask_bare()
            our_first = await self._first() if firsts else 0.0
            our_total = await self._total()
            if not number % 2:
                bare_first, bare_total = await self._ask_bare()
            if number >= 0:
                self.ratios.append(our_total / bare_total)
                if firsts:
                    self.added.append(our_first - bare_first)

    async def _ask_bare(self) -> tuple[float, float]:
        """Seconds to the first piece, and to the object."""
        begin = time.perf_counter()
        first, pieces = 0.0, []
        async with aclosing(self._bare(self._request)) as answer:
            async for piece in answer:
                first = first or time.perf_counter() - begin
                pieces.append(piece)
        shape_of(Claims).whole.validate_json("".join(pieces))
        return first, time.perf_counter() - begin

    async def _first(self) -> float:
        begin = time.perf_counter()
        first = 0.0
        async with aclosing(self._llm.stream(self._request)) as events:
            async for event in events:
                if isinstance(event, TextDelta):
                    first = first or time.perf_counter() - begin
        if not first:
            raise BenchError("the emulator gave no text")
        return first

    async def _total(self) -> float:
        begin = time.perf_counter()
        async with aclosing(ask(self._llm, self._request, Claims)) as events:
            async for event in events:
                if isinstance(event, Whole):
                    return time.perf_counter() - begin
        raise BenchError("the emulator gave no object")
