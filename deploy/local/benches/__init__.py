"""The benches of `rivermouth bench`, and the processes that they measure with."""
