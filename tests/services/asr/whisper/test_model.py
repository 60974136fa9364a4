"""The loaded model: windows in, words out, and directories that hold none."""

from __future__ import annotations

import shutil
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pytest

from services.asr.engine import EngineUnavailable
from services.asr.whisper.features import HOP
from services.asr.whisper.marks import plain
from services.asr.whisper.model import WhisperModel
from services.asr.whisper.passes import PassRequest, Window
from services.asr.whisper.probe import bears_short_windows, sample

NONE = np.zeros((0, 0), np.float32)


def request(samples, **options) -> PassRequest:
    whole = samples[: len(samples) // HOP * HOP]
    return PassRequest(Window(0, whole, 0, NONE), language="en", **options)


def texts(decoded) -> list[str]:
    return [plain(word.text) for word in decoded.words]


def test_it_hears_words_with_their_times(model, clip) -> None:
    truth = clip("who")
    (decoded,) = model.decode([request(truth.samples)])
    assert texts(decoded) == [word for word, _, _ in truth.words]
    for word, (_, start, end) in zip(decoded.words[1:], truth.words[1:], strict=True):
        assert word.start / 16_000 == pytest.approx(start, abs=0.15)
        assert word.end / 16_000 == pytest.approx(end, abs=0.15)
    assert decoded.ended
    assert decoded.no_speech < 0.1
    assert decoded.encoded < 5


def test_the_full_window_hears_the_same(model, clip) -> None:
    short = request(clip("who").samples)
    (one,), (other,) = model.decode([short]), model.decode([replace(short, full_window=True)])
    assert texts(one) == texts(other)
    assert other.encoded == 30.0


def test_text_goes_on_after_a_prefix(model, clip) -> None:
    whole = request(clip("who").samples)
    (decoded,) = model.decode([whole])
    prefix = tuple(token for word in decoded.words[:3] for token in word.tokens)
    (rest,) = model.decode([replace(whole, prefix=prefix)])
    assert texts(rest) == texts(decoded)[3:]


def test_known_frames_are_not_computed_again_and_change_nothing(model, clip) -> None:
    samples = clip("who").samples[:32_000]
    (begin,) = model.decode([request(samples[:16_000])])
    assert len(begin.frames) == (16_000 - 200) // HOP + 1
    known = PassRequest(Window(0, samples, 0, begin.frames), language="en")
    (one,), (other,) = model.decode([known]), model.decode([request(samples)])
    assert [(word.text, word.start, word.end) for word in one.words] == [
        (word.text, word.start, word.end) for word in other.words
    ]


def test_a_window_inside_of_an_utterance_has_times_of_the_utterance(model, clip) -> None:
    truth = clip("who")
    start = 3_200
    inside = PassRequest(Window(start, truth.samples[start - 320 : 40_000], 320, NONE), language="en")
    (decoded,), (whole,) = model.decode([inside]), model.decode([request(truth.samples[:40_000])])
    assert texts(decoded) == texts(whole)
    assert abs(decoded.words[-1].start - whole.words[-1].start) <= 1_600


def test_a_batch_hears_what_each_alone_would(model, clip) -> None:
    requests = [request(clip(name).samples[:40_000]) for name in ("who", "digits", "stops_short")]
    assert len({model.batch_key(each) for each in requests}) == 1
    together = model.decode(requests)
    assert [texts(each) for each in together] == [texts(model.decode([each])[0]) for each in requests]


def test_what_cannot_share_a_batch_has_other_keys(model, clip) -> None:
    one = request(clip("who").samples[:40_000])
    others = [
        replace(one, beam_size=5),
        replace(one, full_window=True),
        replace(one, language="de"),
        replace(one, prefix=(5,)),
        request(clip("who").samples[:20_000]),
    ]
    assert len({model.batch_key(each) for each in (one, *others)}) == 6
    detecting = replace(one, language="")
    assert model.batch_key(detecting) != model.batch_key(detecting)


def test_it_finds_out_the_language(model, clip) -> None:
    (decoded,) = model.decode([replace(request(clip("who").samples), language="")])
    assert decoded.language in model.languages
    assert decoded.language_confidence is not None
    assert {"en", "de"} <= set(model.languages)


@pytest.mark.parametrize("length", [HOP, 800, 2_400])
def test_hardly_any_audio_is_no_fault(model, clip, length) -> None:
    (decoded,) = model.decode([request(clip("who").samples[:length])])
    assert all(word.end <= length + 640 for word in decoded.words)


def test_several_threads_share_it(directory, clip) -> None:
    shared = WhisperModel(directory, device="cpu", workers=2, threads=1)
    requests = [request(clip(name).samples[:48_000]) for name in ("who", "digits", "stops_short")] * 4
    with ThreadPoolExecutor(4) as threads:
        at_once = list(threads.map(lambda each: shared.decode([each])[0], requests))
    assert [texts(each) for each in at_once] == [texts(shared.decode([each])[0]) for each in requests]


def test_the_sample_is_heard_alike_with_both_windows(model) -> None:
    assert 4 <= len(sample()) / 16_000 <= 5
    assert bears_short_windows(model, "en")


def copy(directory, tmp_path):
    return shutil.copytree(directory, tmp_path / "model")


def test_a_directory_that_is_missing_or_lacks_a_file_is_told(directory, tmp_path) -> None:
    with pytest.raises(EngineUnavailable, match="does not exist"):
        WhisperModel(tmp_path / "nothing")
    for name in ("model.bin", "tokenizer.json", "config.json"):
        broken = copy(directory, tmp_path / name)
        (broken / name).unlink()
        with pytest.raises(EngineUnavailable, match=name):
            WhisperModel(broken)


def test_weights_that_are_cut_off_are_told(directory, tmp_path) -> None:
    broken = copy(directory, tmp_path)
    data = (broken / "model.bin").read_bytes()
    (broken / "model.bin").write_bytes(data[: len(data) // 2])
    with pytest.raises(EngineUnavailable, match="cut off"):
        WhisperModel(broken)


def test_a_compute_type_that_is_none_is_told(directory) -> None:
    with pytest.raises(EngineUnavailable, match="cannot be loaded"):
        WhisperModel(directory, device="cpu", compute_type="nonsense")


@pytest.mark.parametrize(("phrases", "context"), [(0, 0), (223, 0), (223, 100), (223, 210)])
def test_a_text_never_outgrows_the_decoder(directory, phrases, context) -> None:
    """However many phrases and words stand before it, and though it repeats itself without end."""
    endless = WhisperModel(directory, device="cpu", threads=1)
    endless._vocabulary.suppressed.append(endless._vocabulary.end_of_text)
    tokens = endless.encode_prompt(" one two three") * 100
    asked = request(
        np.tile(sample(), 4)[:160_000],
        prompt=tuple(tokens[:phrases]),
        prefix=tuple(tokens[:context]),
    )
    (decoded,) = endless.decode([asked])
    assert not decoded.ended or not phrases
