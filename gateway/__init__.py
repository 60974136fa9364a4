"""The orchestrator: one stream in, fanned out to stages, their results merged into one stream of events."""
