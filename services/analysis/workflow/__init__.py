"""Work on what was said: queues, questions to models, batches, and what was dropped."""
