"""Streaming Whisper: one loaded model, growing utterances with a committed prefix."""
