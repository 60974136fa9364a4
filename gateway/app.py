"""The gateway as something that can be run: its stages' transports, its registry, its servicer."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Mapping

from gateway.contracts import CONTRACTS
from gateway.plan import Contract
from gateway.recognition import Recognition, ask_core, ask_over
from gateway.registry import Registry
from gateway.servicer import OrchestratorServicer
from gateway.settings import GatewaySettings
from gateway.transport import Core, InProcess, OverGrpc, Transport
from services.audio.decoder_pool import DecoderLimits, DecoderPool
from services.runtime.channel import open_channel
from services.runtime.config import ConfigError


@contextlib.asynccontextmanager
async def open_gateway(
    settings: GatewaySettings, cores: Mapping[str, Core] | None = None
) -> AsyncIterator[OrchestratorServicer]:
    """A servicer to register on a server. `cores` are the stages that run in this process, by name.

    Raises:
        ConfigError: a stage has neither an address nor a core.
    """
    cores = cores or {}
    async with contextlib.AsyncExitStack() as stack:
        transports: dict[str, Transport] = {}
        missing = []
        recognition = Recognition()
        for spec in settings.plan().stages:
            contract = CONTRACTS[spec.contract]
            if spec.address:
                channel = open_channel(spec.address, settings.channel)
                stack.push_async_callback(channel.close)
                transports[spec.name] = OverGrpc(
                    channel, contract.method, contract.request, contract.response
                )
                if spec.contract is Contract.ASR:
                    recognition = Recognition(ask_over(channel))
            elif spec.name in cores:
                transports[spec.name] = InProcess(cores[spec.name])
                if spec.contract is Contract.ASR:
                    recognition = Recognition(ask_core(cores[spec.name]))
            else:
                missing.append(f"{spec.name}: set its address, for it does not run in this process")
        if missing:
            raise ConfigError(missing)
        limits = DecoderLimits(processes=settings.max_decoders)
        decoders = await stack.enter_async_context(DecoderPool(limits))
        await stack.enter_async_context(recognition.watching())
        registry = await stack.enter_async_context(Registry(settings, transports, decoders, recognition))
        yield OrchestratorServicer(registry)
