"""Which recogniser runs, by the settings and by what is on this machine: loaded, or a clear reason."""

from __future__ import annotations

import logging
from contextlib import AsyncExitStack

from services.asr.engine import EngineUnavailable
from services.asr.recogniser import Recogniser
from services.asr.settings import AsrSettings, WhisperSettings

_log = logging.getLogger(__name__)


async def open_recogniser(settings: AsrSettings, resources: AsyncExitStack) -> Recogniser:
    """The recogniser of these settings, entered; it is closed with `resources`. The choice goes to the log.

    `auto` takes Whisper where a model can be loaded, else PocketSphinx. A model that is named is asked for:
    then there is no way round it, for text of another quality than expected is the worse surprise.

    Raises EngineUnavailable.
    """
    recogniser = await _open(settings, resources)
    _log.info(
        "recognition by %s, model %s",
        recogniser.name,
        recogniser.model,
        extra={"engine": recogniser.name, "model": recogniser.model, "chosen_by": settings.engine},
    )
    return recogniser


async def _open(settings: AsrSettings, resources: AsyncExitStack) -> Recogniser:
    if settings.engine != "auto" or settings.whisper.model:
        engine = "whisper" if settings.engine == "auto" else settings.engine
        return await resources.enter_async_context(_passes(engine, settings))
    try:
        return await resources.enter_async_context(_passes("whisper", settings))
    except EngineUnavailable as unavailable:
        _log.info("not by whisper: %s", unavailable)
    return await resources.enter_async_context(_engine("sphinx", settings, settings.whisper))


def _passes(engine: str, settings: AsrSettings) -> Recogniser:
    final = _engine(engine, settings, settings.whisper)
    if not settings.first_pass:
        return final
    from services.asr.two_pass import TwoPass

    whisper = settings.whisper.model_copy(update={"model": settings.first_pass_model})
    return TwoPass(_engine(settings.first_pass, settings, whisper), final)


def _engine(engine: str, settings: AsrSettings, whisper: WhisperSettings) -> Recogniser:
    # Each is imported when it is chosen: a scripted process loads no model and no signal processing.
    match engine:
        case "scripted":
            from services.asr.scripted import ScriptedRecogniser

            return ScriptedRecogniser(settings.scripted)
        case "sphinx":
            from services.asr.workers import WorkerPool

            return WorkerPool(settings.sphinx)
        case "gemini_live":
            from services.asr.gemini_live import GeminiLiveRecogniser

            return GeminiLiveRecogniser(settings.gemini_live)
    from services.asr.whisper.recogniser import WhisperRecogniser

    return WhisperRecogniser(whisper)
