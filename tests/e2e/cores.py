"""The real cores of all services, in this process; recognition by the scripted engine or the real one."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any, Literal

from services.analysis.servicer import AnalysisServicer
from services.analysis.session import AnalysisCore
from services.analysis.settings import AnalysisSettings
from services.asr.servicer import AsrServicer
from services.asr.session import AsrCore
from services.asr.settings import AsrSettings
from services.quality.servicer import QualityServicer
from services.quality.session import QualityCore
from services.quality.settings import QualitySettings
from services.runtime.server import Register
from services.runtime.settings import ServerSettings
from services.semantics.servicer import SemanticsServicer
from services.semantics.session import SemanticsCore
from services.semantics.settings import SemanticsSettings


@dataclass(frozen=True)
class Cores:
    """The cores by the name of their stage, and what registers their servicers."""

    by_stage: dict[str, Any]
    registers: list[Register]


@contextlib.asynccontextmanager
async def cores(
    engine: Literal["sphinx", "scripted"] = "scripted", analysis: AnalysisSettings | None = None
) -> AsyncIterator[Cores]:
    """All four; `engine` is that of recognition."""
    async with contextlib.AsyncExitStack() as stack:
        asr = await stack.enter_async_context(AsrCore(AsrSettings(engine=engine)))
        quality = await stack.enter_async_context(QualityCore(QualitySettings()))
        semantics = await stack.enter_async_context(SemanticsCore(SemanticsSettings()))
        analyses = await stack.enter_async_context(AnalysisCore(analysis or AnalysisSettings()))
        server = ServerSettings()
        yield Cores(
            {"asr": asr, "quality": quality, "semantics": semantics, "analysis": analyses},
            [
                AsrServicer(asr, server).register,
                QualityServicer(quality, server).register,
                SemanticsServicer(semantics, server).register,
                AnalysisServicer(analyses, server).register,
            ],
        )
