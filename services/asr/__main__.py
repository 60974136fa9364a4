"""Serves AsrService in a process of its own: `python -m services.asr [--config FILE]`."""

import asyncio
import logging

from services.asr.engine import EngineUnavailable
from services.asr.servicer import AsrServicer
from services.asr.session import AsrCore
from services.asr.settings import AsrSettings
from services.runtime import process
from services.runtime.config import ConfigError
from services.runtime.server import Server

_log = logging.getLogger(__name__)


async def serve(settings: AsrSettings) -> None:
    """Serve until stopped. Raises BindError, ConfigError.

    It listens before the model is loaded, which may take a minute, and meanwhile says NOT_SERVING.
    """
    core = AsrCore(settings)
    problems: list[str] = []
    try:
        async with (
            Server(settings.server, [AsrServicer(core, settings.server).register]) as server,
            asyncio.TaskGroup() as tasks,
        ):
            loaded = tasks.create_task(_hold(core, server), name="recogniser")
            await server.serve_until_stopped()
            loaded.cancel()
    except* EngineUnavailable as unavailable:
        problems = [str(each) for each in unavailable.exceptions]
    if problems:  # not above: Python before 3.11.4 makes a group of what is raised there
        raise ConfigError(problems)


async def _hold(core: AsrCore, server: Server) -> None:
    """Load the recogniser, say so, and keep it until cancelled."""
    _log.info("loading the recogniser; NOT_SERVING until then")
    async with core:
        server.ready()
        process.announce("asr", server.address)
        await asyncio.get_running_loop().create_future()


def main(arguments: list[str] | None = None) -> int:
    """Run the process; returns its exit code."""
    return process.main("asr", AsrSettings, serve, arguments)


if __name__ == "__main__":
    raise SystemExit(main())
