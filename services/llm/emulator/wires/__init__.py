"""The vendors' protocols over HTTP, as their servers speak them: one file each."""

from services.llm.emulator.wires.claude import ClaudeWire
from services.llm.emulator.wires.gemini import GeminiWire
from services.llm.emulator.wires.ollama import OllamaWire
from services.llm.emulator.wires.openai import OpenAIWire
from services.llm.emulator.wires.wire import Wire

WIRES: tuple[Wire, ...] = (GeminiWire(), ClaudeWire(), OpenAIWire(), OllamaWire())
"""All of them."""
