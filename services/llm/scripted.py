"""The provider's twin without a vendor: it streams answers that are made up, or what a test hands it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Sequence

from services.llm import example
from services.llm.budget import estimate_input
from services.llm.events import Answering, End, ProviderEvent, TextDelta, Usage
from services.llm.failure import ModelFailure
from services.llm.request import Request
from services.llm.settings import LlmSettings

Step = ProviderEvent | ModelFailure | float
"""An event to yield, a failure to raise, or seconds to wait."""
Script = Callable[[Request], Sequence[Step]]


class ScriptedProvider:
    """See Provider. Without a script it makes answers up that fit the request's schema."""

    name = "scripted"

    def __init__(self, settings: LlmSettings, script: Script | None = None) -> None:
        self.model = settings.scripted.model
        self.hears = settings.scripted.hears
        self._settings = settings.scripted
        self._script = script or self._made_up
        self.requests = 0

    async def stream(self, request: Request) -> AsyncGenerator[ProviderEvent]:
        """See Provider."""
        self.requests += 1
        for step in self._script(request):
            match step:
                case float() | int():
                    await asyncio.sleep(step)
                case ModelFailure():
                    step.provider = self.name
                    raise step
                case _:
                    yield step

    async def open(self) -> None:
        """See Provider."""

    async def close(self) -> None:
        """See Provider."""

    def _made_up(self, request: Request) -> list[Step]:
        text = example.answer(request.schema, request.data)
        made = list(example.pieces(text))
        steps: list[Step] = [self._settings.first_token_delay, Answering(self.model, self._settings.streams)]
        for piece in made if self._settings.streams else [text]:
            steps += [TextDelta(piece), self._settings.piece_delay]
        return [*steps, Usage(estimate_input(request), len(made)), End(True, "stop")]
