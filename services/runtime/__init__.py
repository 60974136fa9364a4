"""What every process needs, nothing about speech: server, channel, configuration, errors, telemetry."""
