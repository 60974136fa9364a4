"""Audio quality: what the sound is worth, measured while it arrives."""
