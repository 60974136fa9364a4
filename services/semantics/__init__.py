"""Semantic annotation: what was meant in a final segment, by rules and word lists."""
