"""Make the directory that faster-whisper loads from a checkpoint.

python -m make.convert --checkpoint CHECKPOINT --tokens TOKENS --out ct2-int8
"""

from __future__ import annotations

import argparse
import shutil
import tempfile
from pathlib import Path

import torch
from ctranslate2.converters import TransformersConverter
from torch import Tensor
from transformers import GenerationConfig, WhisperConfig, WhisperForConditionalGeneration

from . import tokenizer
from .model import Shape
from .tokenizer import SPACE, Vocabulary
from .train import GUIDED_HEADS

COPIED = ("tokenizer.json", "preprocessor_config.json")


def transformers_model(weights: dict[str, Tensor], vocabulary: Vocabulary) -> WhisperForConditionalGeneration:
    shape = Shape(vocabulary.size)
    end, start = vocabulary.end_of_text, vocabulary.id("<|startoftranscript|>")
    model = WhisperForConditionalGeneration(
        WhisperConfig(
            vocab_size=shape.vocabulary,
            num_mel_bins=shape.mels,
            d_model=shape.width,
            encoder_layers=shape.encoder_layers,
            encoder_attention_heads=shape.heads,
            encoder_ffn_dim=shape.hidden,
            decoder_layers=shape.decoder_layers,
            decoder_attention_heads=shape.heads,
            decoder_ffn_dim=shape.hidden,
            max_source_positions=shape.source_positions,
            max_target_positions=shape.target_positions,
            decoder_start_token_id=start,
            bos_token_id=end,
            eos_token_id=end,
            pad_token_id=end,
        )
    )
    named = {f"model.{name}": value.float() for name, value in weights.items()}
    model.load_state_dict(named | {"proj_out.weight": named["model.decoder.embed_tokens.weight"]})
    model.generation_config = GenerationConfig(  # type: ignore[no-untyped-call]
        bos_token_id=end, eos_token_id=end, pad_token_id=end, decoder_start_token_id=start
    )
    for name, value in {
        "alignment_heads": [[shape.decoder_layers - 1, head] for head in range(GUIDED_HEADS)],
        "begin_suppress_tokens": [vocabulary.id(SPACE), end],
        "is_multilingual": True,
        "lang_to_id": vocabulary.language_ids,
        "max_length": shape.target_positions,
        "no_timestamps_token_id": vocabulary.id("<|notimestamps|>"),
        "suppress_tokens": [],
        "task_to_id": {name: vocabulary.id(f"<|{name}|>") for name in ("transcribe", "translate")},
    }.items():
        setattr(model.generation_config, name, value)
    return model


def convert(checkpoint: Path, tokens: Path, out: Path, quantization: str) -> None:
    weights = torch.load(checkpoint, map_location="cpu")["average"]
    with tempfile.TemporaryDirectory() as folder:
        transformers_model(weights, tokenizer.load(tokens)).save_pretrained(folder)
        for name in (*COPIED, "tokenizer_config.json"):
            shutil.copy(tokens / name, folder)
        TransformersConverter(folder, copy_files=list(COPIED)).convert(
            str(out), quantization=quantization, force=True
        )


def main() -> int:
    parser = argparse.ArgumentParser(description="Convert a checkpoint for CTranslate2.")
    parser.add_argument("--checkpoint", type=Path, required=True)
    parser.add_argument("--tokens", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--quantization", default="int8")
    options = parser.parse_args()
    convert(options.checkpoint, options.tokens, options.out, options.quantization)
    for path in sorted(options.out.iterdir()):
        print(f"{path.stat().st_size:9,} {path.name}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
