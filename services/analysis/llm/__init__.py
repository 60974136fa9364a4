"""A model's part in a result: the question, what leaves with it, and what becomes of the answer."""
