"""What the worker threads run: passes, with the window that the model bears, and with care where needed."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import replace

from services.asr.whisper.guards import Guards
from services.asr.whisper.model import WhisperModel
from services.asr.whisper.passes import Decoded, PassRequest


class Decoder:
    """A model with its guards. `short_windows`: whether windows need not be filled up to 30 s."""

    def __init__(self, model: WhisperModel, guards: Guards, *, short_windows: bool) -> None:
        self.short_windows = short_windows
        self._model = model
        self._guards = guards

    def batch_key(self, request: PassRequest) -> Hashable:
        """See WhisperModel."""
        return self._model.batch_key(self._fitting(request))

    def decode(self, requests: Sequence[PassRequest]) -> list[Decoded]:
        """One batch. A careful request whose text is doubtful is decoded once more, with the full
        window and without phrases.
        """
        fitting = [self._fitting(request) for request in requests]
        results = self._model.decode(fitting)
        return [self._check(request, result) for request, result in zip(fitting, results, strict=True)]

    def _fitting(self, request: PassRequest) -> PassRequest:
        return request if self.short_windows else replace(request, full_window=True)

    def _check(self, request: PassRequest, result: Decoded) -> Decoded:
        doubtful = self._guards.is_doubtful(result)
        # Small models are misled by many phrases: they write nothing.
        misled = bool(request.prompt) and (doubtful or not result.words)
        if not request.careful or not (misled or (doubtful and not request.full_window)):
            return result
        full_window = request.full_window or doubtful
        (again,) = self._model.decode([replace(request, full_window=full_window, prompt=())])
        return replace(again, encoded=result.encoded + again.encoded)
