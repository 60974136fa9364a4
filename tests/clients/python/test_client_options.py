from pathlib import Path

import grpc._cython.cygrpc as core

from rivermouth.client.client import CHANNEL_OPTIONS


def test_the_core_knows_every_option() -> None:
    """It ignores a misspelt name silently."""
    compiled = Path(core.__file__).read_bytes()
    unknown = [name for name, _ in CHANNEL_OPTIONS if name.encode() + b"\0" not in compiled]
    assert not unknown
