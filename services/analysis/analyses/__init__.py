"""The analyses, one a file: what each is about, needs and measures."""
