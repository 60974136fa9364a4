"""Which processes make up a suite on one machine: compact by default, or each service on its own."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping

from deploy.local.launcher import Program

# Below everything else: recognition takes all of a core for moments, and the other events must not wait for
# it.
ASR_NICENESS = 10
SERVICES = ("asr", "quality", "semantics", "analysis")
MakeProgram = Callable[[Mapping[str, str]], Program]


def programs(
    separate: bool, port: int, environment: Mapping[str, str], only: tuple[str, ...] = ()
) -> list[MakeProgram]:
    """The programs of a layout in the order in which they depend on one another, the gateway last.

    `port` is the gateway's, 0 for a free one. `only` names the ones to run; the gateway then finds the
    others by its own settings.
    """
    made: list[MakeProgram] = []
    for name in SERVICES if separate else SERVICES[:1]:
        if not only or name in only:
            made.append(functools.partial(_service, name, environment))
    if not only or "gateway" in only:
        module = "gateway" if separate else "deploy.local.compact"
        made.append(functools.partial(_gateway, module, port, environment))
    return made


def _service(name: str, environment: Mapping[str, str], addresses: Mapping[str, str]) -> Program:
    niceness = ASR_NICENESS if name == "asr" else 0
    return Program(name, f"services.{name}", environment, niceness)


def _gateway(module: str, port: int, environment: Mapping[str, str], addresses: Mapping[str, str]) -> Program:
    stages = {f"RIVERMOUTH_GATEWAY__{name.upper()}": address for name, address in addresses.items()}
    return Program("gateway", module, {**environment, **stages}, port=port)
