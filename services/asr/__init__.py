"""Speech to text: voice activity, utterances, interim and final transcripts, each channel on its own."""
