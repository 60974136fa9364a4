"""What analyses measure with: counts, lists, times and statistics, pure."""
