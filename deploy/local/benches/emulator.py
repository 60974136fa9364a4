"""The emulator of the vendors' wires as a process of a bench: it shares no loop with who asks."""

from __future__ import annotations

import asyncio
from typing import Any

from deploy.local.benches import peer
from services.llm.emulator.answering import Answering, always
from services.llm.emulator.record import Record
from services.llm.emulator.server import Emulator

VENDORS = ("gemini", "claude", "openai", "ollama")
KEY = "emulated"


def settings(urls: dict[str, str], *providers: str, **more: Any) -> dict[str, Any]:
    """Values for LlmSettings that lead to an emulator at these addresses, asked as these providers."""
    vendors = {name: {"base_url": urls[name], "api_key": KEY} for name in VENDORS}
    return {"providers": list(providers), **vendors, **more}


def urls_of(emulator: Emulator) -> dict[str, str]:
    """Its addresses by vendor."""
    return {name: emulator.base_url(name) for name in VENDORS}


async def _main() -> None:
    async with Emulator(record=Record(most=16, keeps_audio=False)) as emulator:

        async def urls() -> dict[str, Any]:
            return urls_of(emulator)

        async def behave(**fields: Any) -> dict[str, Any]:
            """What it does from the next request on: fields of Answering."""
            emulator.models.behave = always(Answering(**fields))
            return {}

        await peer.answer({"urls": urls, "behave": behave})


if __name__ == "__main__":
    asyncio.run(_main())
