"""Commands that the client package brings to `rivermouth`."""
