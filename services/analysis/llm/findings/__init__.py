"""What a model is asked for each analysis, and the type of its answer."""
