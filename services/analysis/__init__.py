"""Analysis: what follows from final segments, while they arrive."""
