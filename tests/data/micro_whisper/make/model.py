"""A Whisper in plain PyTorch with Hugging Face's parameter names, for training on a CPU.

It differs from the library's in what training needs only: windows of any length at any offset of the
position table, the cross-attention scores of every decoder layer, and convolutions written as matrix
products, which bfloat16 instructions speed up.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn


@dataclass(frozen=True)
class Shape:
    vocabulary: int
    mels: int = 80
    width: int = 128
    heads: int = 4
    hidden: int = 512
    encoder_layers: int = 4
    decoder_layers: int = 2
    source_positions: int = 1500
    target_positions: int = 448


def sinusoids(length: int, width: int) -> Tensor:
    """Whisper's fixed position codes, shape (length, width)."""
    step = math.log(10_000) / (width // 2 - 1)
    angle = torch.arange(length)[:, None] * torch.exp(-step * torch.arange(width // 2))[None]
    return torch.cat([angle.sin(), angle.cos()], dim=1)


class Attention(nn.Module):
    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.heads = shape.heads
        self.k_proj = nn.Linear(shape.width, shape.width, bias=False)
        self.v_proj = nn.Linear(shape.width, shape.width)
        self.q_proj = nn.Linear(shape.width, shape.width)
        self.out_proj = nn.Linear(shape.width, shape.width)

    def _split(self, x: Tensor) -> Tensor:
        return x.view(x.shape[0], x.shape[1], self.heads, -1).transpose(1, 2)

    def _merge(self, x: Tensor) -> Tensor:
        out: Tensor = self.out_proj(x.transpose(1, 2).flatten(2))
        return out

    def forward(self, x: Tensor, causal: bool = False) -> Tensor:
        query, key, value = (self._split(proj(x)) for proj in (self.q_proj, self.k_proj, self.v_proj))
        return self._merge(F.scaled_dot_product_attention(query, key, value, is_causal=causal))

    def cross(self, x: Tensor, source: Tensor) -> tuple[Tensor, Tensor]:
        """Attention to the encoder, and its scores before the softmax, (batch, heads, tokens, frames)."""
        query = self._split(self.q_proj(x)) * (x.shape[-1] // self.heads) ** -0.5
        scores = (query @ self._split(self.k_proj(source)).transpose(-1, -2)).float()
        value = self._split(self.v_proj(source))
        return self._merge(scores.softmax(-1).to(value.dtype) @ value), scores


class FeedForward(nn.Module):
    """The second half of every layer; its parameters live in the layer itself, as in Hugging Face's."""

    fc1: nn.Linear
    fc2: nn.Linear
    final_layer_norm: nn.LayerNorm

    def add_feed_forward(self, shape: Shape) -> None:
        self.fc1 = nn.Linear(shape.width, shape.hidden)
        self.fc2 = nn.Linear(shape.hidden, shape.width)
        self.final_layer_norm = nn.LayerNorm(shape.width)

    def feed_forward(self, x: Tensor) -> Tensor:
        out: Tensor = self.fc2(F.gelu(self.fc1(self.final_layer_norm(x))))
        return out


class EncoderLayer(FeedForward):
    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.self_attn = Attention(shape)
        self.self_attn_layer_norm = nn.LayerNorm(shape.width)
        self.add_feed_forward(shape)

    def forward(self, x: Tensor) -> Tensor:
        x = x + self.self_attn(self.self_attn_layer_norm(x))
        return x + self.feed_forward(x)


class DecoderLayer(FeedForward):
    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.self_attn = Attention(shape)
        self.self_attn_layer_norm = nn.LayerNorm(shape.width)
        self.encoder_attn = Attention(shape)
        self.encoder_attn_layer_norm = nn.LayerNorm(shape.width)
        self.add_feed_forward(shape)

    def forward(self, x: Tensor, source: Tensor) -> tuple[Tensor, Tensor]:
        x = x + self.self_attn(self.self_attn_layer_norm(x), causal=True)
        attended, scores = self.encoder_attn.cross(self.encoder_attn_layer_norm(x), source)
        x = x + attended
        return x + self.feed_forward(x), scores


def _convolve(conv: nn.Conv1d, x: Tensor) -> Tensor:
    """`conv` on (batch, frames, channels) as one matrix product; kernel 3, padding 1."""
    stride = conv.stride[0]
    x = F.pad(x, (0, 0, 1, 1))
    frames = (x.shape[1] - 3) // stride + 1
    unfolded = torch.cat([x[:, tap : tap + stride * (frames - 1) + 1 : stride] for tap in range(3)], dim=2)
    return F.linear(unfolded, conv.weight.permute(0, 2, 1).flatten(1), conv.bias)


class Encoder(nn.Module):
    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.conv1 = nn.Conv1d(shape.mels, shape.width, 3, padding=1)
        self.conv2 = nn.Conv1d(shape.width, shape.width, 3, stride=2, padding=1)
        self.embed_positions = nn.Embedding(shape.source_positions, shape.width)
        self.embed_positions.weight.requires_grad_(False)
        with torch.no_grad():
            self.embed_positions.weight.copy_(sinusoids(shape.source_positions, shape.width))
        self.layers = nn.ModuleList(EncoderLayer(shape) for _ in range(shape.encoder_layers))
        self.layer_norm = nn.LayerNorm(shape.width)

    def forward(self, features: Tensor, offset: int = 0) -> Tensor:
        """(batch, frames, mels) to (batch, frames / 2, width); `offset` shifts the positions."""
        x = F.gelu(_convolve(self.conv2, F.gelu(_convolve(self.conv1, features))))
        x = x + self.embed_positions.weight[offset : offset + x.shape[1]].to(x.dtype)
        for layer in self.layers:
            x = layer(x)
        out: Tensor = self.layer_norm(x)
        return out


class Decoder(nn.Module):
    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.embed_tokens = nn.Embedding(shape.vocabulary, shape.width)
        self.embed_positions = nn.Embedding(shape.target_positions, shape.width)
        self.layers = nn.ModuleList(DecoderLayer(shape) for _ in range(shape.decoder_layers))
        self.layer_norm = nn.LayerNorm(shape.width)

    def forward(self, ids: Tensor, source: Tensor) -> tuple[Tensor, list[Tensor]]:
        """Logits (batch, tokens, vocabulary) and each layer's cross-attention scores."""
        x = self.embed_tokens(ids) + self.embed_positions.weight[: ids.shape[1]]
        every_score = []
        for layer in self.layers:
            x, scores = layer(x, source)
            every_score.append(scores)
        return F.linear(self.layer_norm(x), self.embed_tokens.weight), every_score


class Whisper(nn.Module):
    def __init__(self, shape: Shape, first_time: int) -> None:
        super().__init__()
        self.encoder = Encoder(shape)
        self.decoder = Decoder(shape)
        nn.init.normal_(self.decoder.embed_tokens.weight, std=0.05)
        nn.init.normal_(self.decoder.embed_positions.weight, std=0.02)
        with torch.no_grad():  # a time begins as the code of the encoder position it means
            times = shape.vocabulary - first_time
            self.decoder.embed_tokens.weight[first_time:] = 0.08 * sinusoids(times, shape.width)
