"""What is known of a text that was said: pure rooms that several services share."""
