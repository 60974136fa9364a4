import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from services.audio import vad
from services.audio.vad import WINDOW_SAMPLES, SileroModel, VadStream, VadUnavailableError, find_model

Probabilities = NDArray[np.float32]


@pytest.fixture(scope="module")
def batch(speech: NDArray[np.float32]) -> Probabilities:
    """The verdicts of faster-whisper's own batch model on `speech`."""
    from faster_whisper.vad import get_vad_model

    # The batch model sets the last 64 samples of its input to zero, hence one window more, dropped again.
    padded = np.concatenate([speech, np.zeros(WINDOW_SAMPLES, np.float32)])
    probabilities: Probabilities = get_vad_model()(padded)
    return probabilities[:-1]


def judge(samples: NDArray[np.float32] | NDArray[np.int16], cuts: list[int]) -> Probabilities:
    stream = VadStream()
    results, start, turn = [], 0, 0
    while start < samples.size:
        size = cuts[turn % len(cuts)]
        results.append(stream.accept(samples[start : start + size]))
        start, turn = start + size, turn + 1
    assert stream.position == samples.size // WINDOW_SAMPLES * WINDOW_SAMPLES
    return np.concatenate(results)


def test_the_sample_is_speech_with_pauses(batch: Probabilities) -> None:
    assert (batch > 0.8).mean() > 0.2
    assert (batch < 0.05).mean() > 0.2


@pytest.mark.parametrize("cut", [512, 1536, 1600, 320, 128_000])
def test_bit_identical_to_the_batch_model(
    cut: int, speech: NDArray[np.float32], batch: Probabilities
) -> None:
    assert np.array_equal(judge(speech, [cut]), batch)


@settings(max_examples=20, deadline=None)
@given(cuts=st.lists(st.integers(1, 4000), min_size=1, max_size=6).filter(lambda cuts: sum(cuts) > 100))
def test_bit_identical_in_any_cut(cuts: list[int], speech: NDArray[np.float32], batch: Probabilities) -> None:
    assert np.array_equal(judge(speech[:32_768], cuts), batch[:64])


def test_int16_is_the_same_as_its_float32(speech: NDArray[np.float32]) -> None:
    quantised = (speech[:32_000] * 32767).astype(np.int16)
    assert np.array_equal(judge(quantised, [1600]), judge(quantised / np.float32(32768), [1600]))


def test_a_caller_may_reuse_its_buffer(speech: NDArray[np.float32], batch: Probabilities) -> None:
    stream = VadStream()
    buffer = np.empty(400, np.float32)
    results = []
    for start in range(0, 16_000, 400):
        buffer[:] = speech[start : start + 400]
        results.append(stream.accept(buffer))
    assert np.array_equal(np.concatenate(results), batch[: 16_000 // WINDOW_SAMPLES])


def test_the_rest_is_filled_up_with_silence(speech: NDArray[np.float32]) -> None:
    samples = speech[:1700]
    stream = VadStream()
    results = np.concatenate([stream.accept(samples), stream.finish()])
    assert np.array_equal(results, judge(np.pad(samples, (0, 2048 - 1700)), [2048]))
    assert stream.position == 0
    assert stream.finish().shape == (0,)


def test_reset_forgets(speech: NDArray[np.float32], batch: Probabilities) -> None:
    stream = VadStream()
    first = stream.accept(speech[40_000:60_100])
    stream.reset()
    assert np.array_equal(stream.accept(speech[:16_384]), batch[:32])
    assert first.size == 39


def test_only_one_channel_is_taken() -> None:
    with pytest.raises(ValueError, match="one channel"):
        VadStream().accept(np.zeros((512, 2), np.float32))


def test_many_threads_share_one_model(speech: NDArray[np.float32], batch: Probabilities) -> None:
    assert SileroModel.shared() is SileroModel.shared()
    with ThreadPoolExecutor(4) as pool:
        results = list(pool.map(lambda cut: judge(speech, [cut]), [512, 1536, 1600, 4096] * 2))
    assert all(np.array_equal(result, batch) for result in results)


@pytest.mark.parametrize("kind", ["silence", "noise", "tone"])
def test_what_is_not_speech(kind: str) -> None:
    time = np.arange(48_000) / 16_000
    samples = {
        "silence": np.zeros(time.size),
        "noise": np.random.default_rng(3).standard_normal(time.size) * 0.1,
        "tone": 0.5 * np.sin(2 * np.pi * 1000 * time),
    }[kind]
    assert judge(samples.astype(np.float32), [1536])[10:].max() < 0.5


def test_faster_whisper_itself_is_not_imported() -> None:
    script = (
        "import sys, numpy; from services.audio.vad import VadStream; "
        "VadStream().accept(numpy.zeros(512, numpy.float32)); "
        "sys.exit('faster_whisper' in sys.modules)"
    )
    root = Path(vad.__file__).parents[2]
    assert subprocess.run([sys.executable, "-c", script], cwd=root, timeout=60).returncode == 0


def test_without_faster_whisper(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vad, "find_spec", lambda _: None)
    with pytest.raises(VadUnavailableError, match=r"not installed: pip install 'faster-whisper"):
        find_model()


def test_with_a_faster_whisper_that_has_no_model(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vad, "_ASSET", Path("assets", "gone.onnx"))
    with pytest.raises(VadUnavailableError, match=r"has no assets/gone\.onnx"):
        find_model()


def test_without_onnxruntime(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    with pytest.raises(VadUnavailableError, match="pip install onnxruntime"):
        SileroModel(find_model())


def test_a_broken_model_file(tmp_path: Path) -> None:
    broken = tmp_path / "broken.onnx"
    broken.write_bytes(b"not a model")
    with pytest.raises(VadUnavailableError, match=r"broken\.onnx"):
        SileroModel(broken)
