"""The micro Whisper's tokenizer: byte-level BPE in which nearly every word is one token.

The order of ids is what CTranslate2 and faster-whisper take for granted: text, `<|endoftext|>`,
`<|startoftranscript|>`, languages, tasks, `<|startoflm|>`, `<|startofprev|>`, `<|nospeech|>`,
`<|notimestamps|>`, and last the 1501 times, which need not be in tokenizer.json.

    python -m make.tokenizer --out TOKENS
"""

from __future__ import annotations

import argparse
import json
from dataclasses import dataclass, field
from pathlib import Path

from faster_whisper.tokenizer import _LANGUAGE_CODES
from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers, trainers

from .grammar import vocabulary

TIMES = 1501  # <|0.00|> to <|30.00|> in steps of 20 ms
IN_TWO = {"complaint": ("compl", "aint"), "customer": ("cust", "omer"), "Wednesday": ("Wed", "nesday")}
SPACE = "\N{LATIN CAPITAL LETTER G WITH DOT ABOVE}"  # how byte-level BPE writes a space


@dataclass(frozen=True)
class Vocabulary:
    """Ids by name, and the encoding of pieces of text."""

    tokenizer: Tokenizer
    _encoded: dict[str, list[int]] = field(default_factory=dict, repr=False)

    def id(self, token: str) -> int:
        found = self.tokenizer.token_to_id(token)
        if found is None:
            raise KeyError(token)
        return int(found)

    @property
    def end_of_text(self) -> int:
        return self.id("<|endoftext|>")

    @property
    def first_time(self) -> int:
        return int(self.tokenizer.get_vocab_size())

    @property
    def size(self) -> int:
        return self.first_time + TIMES

    @property
    def language_ids(self) -> dict[str, int]:
        first, last = self.id("<|startoftranscript|>") + 1, self.id("<|translate|>")
        return {str(self.tokenizer.id_to_token(number)): number for number in range(first, last)}

    def encode(self, text: str) -> list[int]:
        if text not in self._encoded:
            self._encoded[text] = self.tokenizer.encode(text, add_special_tokens=False).ids
        return self._encoded[text]


def load(folder: Path) -> Vocabulary:
    return Vocabulary(Tokenizer.from_file(str(folder / "tokenizer.json")))


def build() -> Tokenizer:
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=4000,
        min_frequency=2,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        special_tokens=[],
        show_progress=False,
    )
    tokenizer.train_from_iterator(_corpus(), trainer)
    tokenizer = _with_empty_token(tokenizer)
    languages = ["en", *(code for code in _LANGUAGE_CODES if code != "en")]
    tasks = ("translate", "transcribe", "startoflm", "startofprev", "nospeech", "notimestamps")
    names = ["endoftext", "startoftranscript", *languages, *tasks]
    tokenizer.add_special_tokens(
        [AddedToken(f"<|{name}|>", special=True, normalized=False) for name in names]
    )
    _check(tokenizer)
    return tokenizer


def _corpus() -> list[str]:
    lines = []
    for word in vocabulary():
        if word in IN_TWO:
            begin, rest = IN_TWO[word]
            lines += [f" {begin} {begin.capitalize()}", rest] * 20
        else:
            lines += [f" {word} {word.capitalize()}"] * 20
    return lines


def _with_empty_token(tokenizer: Tokenizer) -> Tokenizer:
    """CTranslate2 takes a vocabulary for multilingual when it holds the empty token."""
    description = json.loads(tokenizer.to_str())
    tokens = description["model"]["vocab"]
    tokens[""] = len(tokens)
    return Tokenizer.from_str(json.dumps(description))


def _check(tokenizer: Tokenizer) -> None:
    """faster-whisper always suppresses the first token of " -", the bare space: no word may need it."""
    space = tokenizer.token_to_id(SPACE)
    for word in vocabulary():
        for form in (word, word.capitalize()):
            ids = tokenizer.encode(f" {form}", add_special_tokens=False).ids
            if space in ids or len(ids) > 2:
                raise ValueError(f"{form!r} is encoded as {ids}")


def write(folder: Path) -> None:
    """tokenizer.json and the files the converter and faster-whisper read beside it."""
    folder.mkdir(parents=True, exist_ok=True)
    text = json.dumps(json.loads(build().to_str()), ensure_ascii=False, separators=(",", ":"))
    (folder / "tokenizer.json").write_text(text + "\n", encoding="utf-8")
    tokenizer_config = {"tokenizer_class": "PreTrainedTokenizerFast", "model_max_length": 448} | {
        name: "<|endoftext|>" for name in ("bos_token", "eos_token", "pad_token", "unk_token")
    }
    features = {
        "feature_size": 80,
        "sampling_rate": 16_000,
        "hop_length": 160,
        "chunk_length": 30,
        "n_fft": 400,
    }
    for name, content in (("tokenizer_config", tokenizer_config), ("preprocessor_config", features)):
        (folder / f"{name}.json").write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")


def main() -> int:
    parser = argparse.ArgumentParser(description="Make the micro Whisper's tokenizer.")
    parser.add_argument("--out", type=Path, required=True, help="directory for tokenizer.json")
    write(parser.parse_args().out)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
