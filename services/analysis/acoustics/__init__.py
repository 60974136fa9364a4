"""What a voice sounds like: measured by Praat, in processes of their own, segment by segment."""
