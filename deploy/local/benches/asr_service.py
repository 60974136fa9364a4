"""AsrService in a process of its own, as the launcher starts it, under the eyes of a bench."""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from deploy.local.bench import BenchError
from deploy.local.benches import asr_counted
from deploy.local.benches.asr_client import connect
from deploy.local.benches.asr_counted import clear_counts, read_counts
from deploy.local.benches.asr_process import usage
from deploy.local.launcher import LaunchError, Program, launch
from deploy.local.layout import ASR_NICENESS
from rivermouth.asr.v1 import asr_pb2_grpc


@dataclass(frozen=True, slots=True)
class Reading:
    """What a service has done so far.

    Attributes:
        cpu: seconds of processor time, all its processes.
        rss: resident memory in MiB, all its processes.
        passes: passes of Whisper's encoder.
        encoded: seconds of audio that it was given, padding included.
        at: when that was read, monotonic clock.
    """

    cpu: float
    rss: float
    passes: float
    encoded: float
    at: float

    def since(self, before: Reading) -> Reading:
        """What came about in between; the memory is that of now."""
        return Reading(
            self.cpu - before.cpu,
            self.rss,
            self.passes - before.passes,
            self.encoded - before.encoded,
            self.at - before.at,
        )


@dataclass(frozen=True, slots=True)
class Service:
    """A running service."""

    stub: asr_pb2_grpc.AsrServiceStub
    pid: int
    counts: Path

    def reading(self) -> Reading:
        """Of now."""
        return read(self.pid, self.counts)


def read(pid: int, counts: Path) -> Reading:
    """What a process and its descendants have used, and what was counted in it."""
    used, (passes, encoded) = usage(pid), read_counts(counts)
    return Reading(used.cpu, used.rss, passes, encoded, used.at)


@contextlib.asynccontextmanager
async def serve(settings: Mapping[str, str]) -> AsyncIterator[Service]:
    """Run the service with settings by the names of their variables after RIVERMOUTH_ASR__.

    Raises BenchError.
    """
    with tempfile.TemporaryDirectory(prefix="rivermouth-bench-") as directory:
        counts = Path(directory) / "counts"
        clear_counts(counts)
        environment = {
            "RIVERMOUTH_ASR__TELEMETRY__LOG_LEVEL": "ERROR",
            **{f"RIVERMOUTH_ASR__{name.upper()}": value for name, value in settings.items()},
            asr_counted.MODULE: "services.asr",
            asr_counted.COUNTS: str(counts),
        }
        program = Program("asr", asr_counted.__name__, environment, ASR_NICENESS)
        try:
            async with launch([lambda _: program], lambda line: None) as processes:
                process = processes["asr"]
                async with connect(process.address) as stub:
                    yield Service(stub, process.pid, counts)
        except LaunchError as error:
            raise BenchError(str(error)) from error
