"""The core of the service: one stream of final segments in, the results of the analyses asked for out."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from typing import Self

from rivermouth.analysis.v1.analysis_pb2 import StreamingAnalyzeRequest
from services.analysis import reasons
from services.analysis.acoustics.ears import EarLimits, Ears
from services.analysis.analysis import Known
from services.analysis.llm.accounts import Accounts
from services.analysis.llm.asking import Asking
from services.analysis.llm.egress import Egress
from services.analysis.llm.findings.workflow import TASKS
from services.analysis.llm.redaction import egress_of
from services.analysis.measures.cues import Cues, load_cues
from services.analysis.messages import AnalysisConfig, read_config
from services.analysis.registry import ANALYSES
from services.analysis.settings import AnalysisSettings
from services.analysis.stream import AnalysisStream, Equipment, Send
from services.analysis.stream_audio import StreamAudio
from services.analysis.workflow.drop_log import DropLog, StreamDrops
from services.llm.llm import Llm
from services.llm.typed import schema_of
from services.runtime.config import ConfigError
from services.runtime.errors import ProtocolOrder, leaves


class AnalysisCore:
    """Serves many streams at once; they share the word lists, which do not change, and the models."""

    def __init__(self, settings: AnalysisSettings, llm: Llm | None = None) -> None:
        """`llm`: in place of the settings' providers; it is closed with the core."""
        self._settings = settings
        self._cues: Cues | None = None
        self._llm = llm or Llm(settings.llm)
        self._warming: asyncio.Task[None] | None = None
        self._drop_log: DropLog | None = None
        self._ears = Ears(EarLimits(processes=settings.acoustic_processes, waiting=settings.acoustic_waiting))
        self._accounts = Accounts(self._llm)

    @property
    def ready(self) -> bool:
        """Whether the word lists are loaded."""
        return self._cues is not None

    async def __aenter__(self) -> Self:
        """Load the word lists, and the SDKs of models in the background. Raises ConfigError where the lists,
        or the file for dropped work, cannot be used."""
        path = self._settings.word_lists
        try:
            self._cues = await asyncio.to_thread(load_cues, path)
        except (OSError, ValueError) as error:
            raise ConfigError([f"word lists {path}: {error}"]) from None
        if self._settings.drop_log is not None:
            drop_log = DropLog(self._settings.drop_log, self._settings.drop_log_bytes)
            try:
                self._drop_log = await asyncio.to_thread(drop_log.__enter__)
            except OSError as error:
                raise ConfigError([f"drop log: {error}"]) from None
        await self._llm.__aenter__()
        self._warming = asyncio.create_task(self._warm())
        return self

    async def __aexit__(self, *exc_info: object) -> None:
        self._cues = None
        if self._warming is not None:
            self._warming.cancel()
            await asyncio.wait([self._warming])
        await self._ears.close()
        await self._llm.__aexit__(None, None, None)
        if self._drop_log is not None:
            await asyncio.to_thread(self._drop_log.__exit__, None, None, None)

    async def _warm(self) -> None:
        """Make what the first questions would wait for, and others with them."""
        if self._llm.configured:
            await asyncio.to_thread(_make_schemas)
        await self._llm.warm()

    async def run(self, requests: AsyncIterator[StreamingAnalyzeRequest], send: Send) -> None:
        """Analyse one stream until its requests end, and answer everything that is still owed then.

        Audio is kept for two minutes where an analysis hears, or a model that may be given it; else it is not
        used.

        Raises InvalidConfig for a bad configuration, ProtocolOrder for one that is not first or not alone.
        """
        if self._cues is None:
            raise RuntimeError("the core is used outside of its context")
        requests = aiter(requests)
        first = await anext(requests, None)
        kind = first.WhichOneof("request") if first is not None else "nothing"
        if first is None or kind != "streaming_config":
            raise ProtocolOrder(reasons.CONFIG_EXPECTED, f"{kind or 'an empty request'} came first")
        config = read_config(first.streaming_config)
        egress = await egress_of(first.streaming_config)
        async with AsyncExitStack() as resources:
            account = resources.enter_context(self._accounts.open(config.identity))
            asking = self._asking(config, egress, account)
            resources.push_async_callback(asking.aclose)
            equipment = Equipment(
                known=Known(self._cues, config.baseline),
                egress=egress,
                asking=asking,
                drops=self._drops(config, egress),
                audio=self._audio(config, egress),
            )
            stream = AnalysisStream(config, self._settings, equipment, send)
            try:
                async with asyncio.TaskGroup() as tasks:
                    stream.start(tasks)
                    async for request in requests:
                        await stream.take(request)
                    await stream.finish()
            except BaseExceptionGroup as group:
                raise leaves(group)[0] from None

    def _audio(self, config: AnalysisConfig, egress: Egress) -> StreamAudio:
        may_leave = config.allows_audio_egress and egress.lets_audio_out
        analyses = [asked.analysis for asked in config.analyses if self._settings.engine != "scripted"]
        return StreamAudio(config.audio_format, analyses, self._ears, may_leave)

    def _drops(self, config: AnalysisConfig, egress: Egress) -> StreamDrops | None:
        if self._drop_log is None:
            return None
        return StreamDrops(
            self._drop_log,
            config.identity.session_id,
            config.identity.tenant,
            config.providers,
            egress.clean_lines,
            self._settings.drop_log_unanswered,
        )

    def _asking(self, config: AnalysisConfig, egress: Egress, account: str) -> Asking:
        identity = config.identity
        return Asking(
            self._llm,
            egress,
            session=account,
            tenant=identity.tenant,
            order=config.providers,
            settings=self._settings,
            cached=config.caches_answers,
        )


def _make_schemas() -> None:
    """Those of all findings; they are kept. One takes 10 ms."""
    for task in (*(each.llm for each in ANALYSES.values()), *TASKS.values()):
        if task is not None:
            schema_of(task.findings)
