"""The compact layout's main process: gateway, quality, semantics and analysis, their RPCs on one port.

The same code as in processes of their own; the gateway is handed their cores instead of their addresses.
Recognition is elsewhere, for it holds the interpreter's lock for hundreds of milliseconds at a time.
"""

from __future__ import annotations

import argparse
import contextlib
import sys

from gateway.app import open_gateway
from gateway.settings import GatewaySettings
from gateway.transport import Core
from services.analysis.servicer import AnalysisServicer
from services.analysis.session import AnalysisCore
from services.analysis.settings import AnalysisSettings
from services.quality.servicer import QualityServicer
from services.quality.session import QualityCore
from services.quality.settings import QualitySettings
from services.runtime import process
from services.runtime.config import ConfigError, Settings, load
from services.runtime.server import BindError, Register, Server
from services.runtime.settings import TelemetrySettings
from services.semantics.servicer import SemanticsServicer
from services.semantics.session import SemanticsCore
from services.semantics.settings import SemanticsSettings


class CompactSettings(Settings):
    """The parts of a deployment's settings for this process; server and telemetry are the gateway's."""

    gateway: GatewaySettings = GatewaySettings()
    quality: QualitySettings = QualitySettings()
    semantics: SemanticsSettings = SemanticsSettings()
    analysis: AnalysisSettings = AnalysisSettings()

    @property
    def telemetry(self) -> TelemetrySettings:
        return self.gateway.telemetry


async def serve(settings: CompactSettings) -> None:
    """Serve until stopped. Raises BindError, ConfigError."""
    async with contextlib.AsyncExitStack() as stack:
        quality = await stack.enter_async_context(QualityCore(settings.quality))
        semantics = await stack.enter_async_context(SemanticsCore(settings.semantics))
        analysis = await stack.enter_async_context(AnalysisCore(settings.analysis))
        cores: dict[str, Core] = {"quality": quality, "semantics": semantics, "analysis": analysis}
        servicer = await stack.enter_async_context(open_gateway(settings.gateway, cores))
        registers: list[Register] = [
            servicer.register,
            QualityServicer(quality, settings.quality.server).register,
            SemanticsServicer(semantics, settings.semantics.server).register,
            AnalysisServicer(analysis, settings.analysis.server).register,
        ]
        server = await stack.enter_async_context(Server(settings.gateway.server, registers))
        server.on_drain(servicer.registry.drain)
        server.ready()
        process.announce("gateway", server.address)
        await server.serve_until_stopped()


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Serves the compact layout but for recognition.")
    parser.add_argument("--config", metavar="FILE", help="TOML file with the tables of all parts")
    options = parser.parse_args(arguments)
    own = CompactSettings.model_fields
    try:
        others = [part for part in process.PARTS if part not in own]
        process.run(load(CompactSettings, file=options.config, ignore=others), serve)
    except ConfigError as error:
        print(error, file=sys.stderr)
        return process.BAD_CONFIGURATION
    except BindError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
