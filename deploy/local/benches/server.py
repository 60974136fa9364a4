"""A server process of a bench: the gateway with the stages that run inside it, or one service on its own.

Its one argument is a JSON object: the parts that it hosts, and the settings of each. As in every process of a
deployment, there is a tracer; without a collector it makes ids and exports nothing.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import sys
from collections.abc import Mapping
from typing import Any

from deploy.local.benches import peer
from gateway.app import open_gateway
from gateway.settings import GatewaySettings
from services.analysis.servicer import AnalysisServicer
from services.analysis.session import AnalysisCore
from services.analysis.settings import AnalysisSettings
from services.asr.servicer import AsrServicer
from services.asr.session import AsrCore
from services.asr.settings import AsrSettings
from services.quality.servicer import QualityServicer
from services.quality.session import QualityCore
from services.quality.settings import QualitySettings
from services.runtime import logs, telemetry
from services.runtime.server import Register, Server
from services.runtime.settings import TelemetrySettings
from services.semantics.servicer import SemanticsServicer
from services.semantics.session import SemanticsCore
from services.semantics.settings import SemanticsSettings

_SERVICES: Mapping[str, tuple[Any, Any, Any]] = {
    "asr": (AsrSettings, AsrCore, AsrServicer),
    "quality": (QualitySettings, QualityCore, QualityServicer),
    "semantics": (SemanticsSettings, SemanticsCore, SemanticsServicer),
    "analysis": (AnalysisSettings, AnalysisCore, AnalysisServicer),
}


async def _serve(parts: list[str], values: Mapping[str, Any]) -> None:
    async with contextlib.AsyncExitStack() as stack:
        cores: dict[str, Any] = {}
        registers: list[Register] = []
        settings: Any = None
        for part in parts:
            if part != "gateway":
                kind, core, servicer = _SERVICES[part]
                settings = kind.model_validate(values.get(part, {}))
                cores[part] = await stack.enter_async_context(core(settings))
                registers = [servicer(cores[part], settings.server).register]
        if "gateway" in parts:
            settings = GatewaySettings.model_validate(values.get("gateway", {}))
            orchestrator = await stack.enter_async_context(open_gateway(settings, cores))
            registers = [orchestrator.register]
        server = await stack.enter_async_context(Server(settings.server, registers))
        server.ready()

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
