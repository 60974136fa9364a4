"""A server process of a bench: the gateway with the stages that run inside it, or one service on its own.

Its one argument is a JSON object: the parts that it hosts, and the settings of each. As in every process of a
deployment, there is a tracer; without a collector it makes ids and exports nothing.
"""

from __future__ import annotations

import asyncio
import contextlib
import gc
import json
import sys
from collections.abc import Mapping
from importlib import import_module
from typing import Any

from deploy.local.benches import peer
from services.runtime import logs, telemetry
from services.runtime.server import Register, Server
from services.runtime.settings import TelemetrySettings

_NAMES = {"asr": "Asr", "quality": "Quality", "semantics": "Semantics", "analysis": "Analysis"}


def _service(part: str) -> tuple[Any, Any, Any]:
    """Settings, core and servicer: a process holds no more code than what it hosts needs."""
    return (
        getattr(import_module(f"services.{part}.settings"), f"{_NAMES[part]}Settings"),
        getattr(import_module(f"services.{part}.session"), f"{_NAMES[part]}Core"),
        getattr(import_module(f"services.{part}.servicer"), f"{_NAMES[part]}Servicer"),
    )


async def _serve(parts: list[str], values: Mapping[str, Any]) -> None:
    async with contextlib.AsyncExitStack() as stack:
        cores: dict[str, Any] = {}
        registers: list[Register] = []
        settings: Any = None
        for part in parts:
            if part != "gateway":
                kind, core, servicer = _service(part)
                settings = kind.model_validate(values.get(part, {}))
                cores[part] = await stack.enter_async_context(core(settings))
                registers = [servicer(cores[part], settings.server).register]
        if "gateway" in parts:
            from gateway.app import open_gateway
            from gateway.settings import GatewaySettings

            settings = GatewaySettings.model_validate(values.get("gateway", {}))
            orchestrator = await stack.enter_async_context(open_gateway(settings, cores))
            registers = [orchestrator.register]
        server = await stack.enter_async_context(Server(settings.server, registers))
        server.ready()
        gc.collect()
        gc.freeze()  # as Server.serve_until_stopped does

        async def address() -> dict[str, Any]:
            return {"address": server.address}

        await peer.answer({"address": address})


def main() -> None:
    spec = json.loads(sys.argv[1])
    told = TelemetrySettings(service_name="bench", log_level="ERROR", log_format="text")
    logs.configure(told)
    shutdown = telemetry.setup(told)
    asyncio.run(_serve(spec["parts"], spec["settings"]))
    shutdown()


if __name__ == "__main__":
    main()
