"""Voice activity: Silero VAD as a stream, on the model that faster-whisper carries in its package.

The recurrent state and the 64 samples of context are carried from call to call, so that the
probabilities are bit-identical to the batch model of `faster_whisper.vad`, however the stream is cut.
faster_whisper itself is not imported: that would load its recogniser.
"""

import threading
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np

from services.audio.pcm import Float32Array, Int16Array, as_float32

SAMPLE_RATE_HERTZ = 16_000
WINDOW_SAMPLES = 512  # 32 ms
_CONTEXT_SAMPLES = 64
_STATE_SHAPE = (1, 1, 128)
_ASSET = Path("assets", "silero_vad_v6.onnx")


class VadUnavailableError(RuntimeError):
    """The model or its runtime is not installed: the operator's fault, and a retry does not help."""


class SileroModel:
    """The network, shared by all streams; `infer` may be called from several threads at once."""

    _shared: "SileroModel | None" = None
    _loading = threading.Lock()

    def __init__(self, path: Path) -> None:
        """Load the model from an ONNX file: 200 ms, nearly all of it the import of onnxruntime.

        Raises:
            VadUnavailableError: onnxruntime is not installed, or it cannot read the file.
        """
        try:
            import onnxruntime
        except ImportError as error:
            raise VadUnavailableError("voice activity needs onnxruntime: pip install onnxruntime") from error
        options = onnxruntime.SessionOptions()
        # The network is too small to share out: the default threads cost 2.4 times the CPU time.
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        # An arena keeps what the largest call ever took, once per thread.
        options.enable_cpu_mem_arena = False
        options.log_severity_level = 4
        try:
            self._session: Any = onnxruntime.InferenceSession(
                str(path), sess_options=options, providers=["CPUExecutionProvider"]
            )
        except Exception as error:  # onnxruntime's own exceptions share no public base
            raise VadUnavailableError(f"the voice activity model {path} cannot be loaded: {error}") from error

    @classmethod
    def shared(cls) -> "SileroModel":
        """The one of this process, loaded at the first call; blocks meanwhile.

        Raises:
            VadUnavailableError: faster-whisper or onnxruntime is not installed.
        """
        with cls._loading:
            if cls._shared is None:
                cls._shared = cls(find_model())
            return cls._shared

    def infer(
        self, windows: Float32Array, hidden: Float32Array, cell: Float32Array
    ) -> tuple[Float32Array, Float32Array, Float32Array]:
        """One pass over consecutive windows, each with its context before it.

        Args:
            windows: (windows, 64 + 512), full scale 1.0, 16 kHz.
            hidden, cell: (1, 1, 128), zeros at the start of a stream.

        Returns:
            Probabilities (windows,) in 0..1, and the next hidden and cell state.
        """
        probabilities, hidden, cell = self._session.run(None, {"input": windows, "h": hidden, "c": cell})
        return probabilities, hidden, cell


class VadStream:
    """The probability of speech for each 32 ms of one channel.

    One window a call costs 1.9 ms of CPU per second of audio, three windows 1.3 ms (EPYC core): too much
    for an event loop that serves many sessions. Not for use from two threads at once.
    """

    def __init__(self, model: SileroModel | None = None) -> None:
        """A stream on `model`, by default the shared one (see `SileroModel.shared` for its errors)."""
        self._model = SileroModel.shared() if model is None else model
        self.reset()

    def reset(self) -> None:
        """Forget everything; the next sample is the first of a new stream."""
        self._hidden: Float32Array = np.zeros(_STATE_SHAPE, np.float32)
        self._cell: Float32Array = np.zeros(_STATE_SHAPE, np.float32)
        self._context: Float32Array = np.zeros(_CONTEXT_SAMPLES, np.float32)
        self._pending: Float32Array = np.zeros(0, np.float32)
        self._position = 0

    @property
    def position(self) -> int:
        """Samples judged so far, a multiple of 512: the offset of the next probability's window."""
        return self._position

    def accept(self, samples: Float32Array | Int16Array) -> Float32Array:
        """Take mono samples at 16 kHz, (samples,), int16 or float32 with full scale 1.0, any number.

        Returns:
            Probabilities (windows,) in 0..1 of the windows of 512 samples that are complete now,
            oldest first, possibly none.
        """
        if samples.ndim != 1:
            raise ValueError(f"one channel is expected, (samples,); the shape was {samples.shape}")
        audio = as_float32(samples)
        if self._pending.size:
            audio = np.concatenate((self._pending, audio))
        count = audio.size // WINDOW_SAMPLES
        end = count * WINDOW_SAMPLES
        self._pending = audio[end:].astype(np.float32)  # a copy: the caller may use its buffer again
        if count == 0:
            return np.zeros(0, np.float32)
        return self._judge(audio[:end].reshape(count, WINDOW_SAMPLES))

    def finish(self) -> Float32Array:
        """The end of the stream: the rest, filled up with silence to a window. Then as after `reset`.

        Returns:
            Probabilities (0,) or (1,).
        """
        rest = self._pending
        result = (
            self._judge(np.pad(rest, (0, WINDOW_SAMPLES - rest.size)).reshape(1, WINDOW_SAMPLES))
            if rest.size
            else np.zeros(0, np.float32)
        )
        self.reset()
        return result

    def _judge(self, blocks: Float32Array) -> Float32Array:
        windows = np.empty((len(blocks), _CONTEXT_SAMPLES + WINDOW_SAMPLES), np.float32)
        windows[:, _CONTEXT_SAMPLES:] = blocks
        windows[0, :_CONTEXT_SAMPLES] = self._context
        windows[1:, :_CONTEXT_SAMPLES] = blocks[:-1, -_CONTEXT_SAMPLES:]
        self._context = windows[-1, -_CONTEXT_SAMPLES:].copy()
        probabilities, self._hidden, self._cell = self._model.infer(windows, self._hidden, self._cell)
        self._position += blocks.size
        return probabilities


def find_model() -> Path:
    """Where the installed faster-whisper keeps the model.

    Raises:
        VadUnavailableError: it is not installed, or is a version without the model.
    """
    spec = find_spec("faster_whisper")
    for location in (spec.submodule_search_locations if spec else None) or ():
        path = Path(location) / _ASSET
        if path.is_file():
            return path
    found = "is not installed" if spec is None else f"has no {_ASSET.as_posix()}"
    raise VadUnavailableError(
        f"voice activity needs the model that faster-whisper carries, and faster-whisper {found}: "
        "pip install 'faster-whisper>=1.2.1'"
    )
