from __future__ import annotations

import pytest


@pytest.fixture(params=[False, True], ids=["in_process", "over_grpc"])
def over_grpc(request: pytest.FixtureRequest) -> bool:
    """Both transports to the stages."""
    return bool(request.param)
