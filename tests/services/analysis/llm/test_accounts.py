"""Until when a session's budget is kept."""

import pytest

from rivermouth.result.v1.result_pb2 import StreamIdentity
from services.analysis.llm import accounts
from services.analysis.llm.accounts import Accounts
from services.llm.llm import Llm
from services.llm.settings import LlmSettings

ONE = StreamIdentity(session_id="one")


class Closing(Llm):
    """Remembers which sessions were closed."""

    def __init__(self) -> None:
        super().__init__(LlmSettings())
        self.closed: list[str] = []

    def close_session(self, session: str):
        self.closed.append(session)
        return super().close_session(session)


def test_a_session_is_forgotten_with_its_last_stream() -> None:
    llm = Closing()
    own = Accounts(llm)
    with own.open(ONE) as first:
        with own.open(ONE) as second:
            assert first == second == "one"
        assert llm.closed == []
    assert llm.closed == ["one"]


def break_off(own: Accounts, identity: StreamIdentity) -> None:
    with pytest.raises(ConnectionError), own.open(identity):
        raise ConnectionError


def test_one_that_broke_off_goes_on_with_the_same_budget() -> None:
    llm = Closing()
    own = Accounts(llm)
    break_off(own, ONE)
    assert llm.closed == []
    with own.open(ONE):
        pass
    assert llm.closed == ["one"]


def test_of_those_that_broke_off_the_oldest_are_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(accounts, "_MOST_LEFT", 2)
    llm = Closing()
    own = Accounts(llm)
    for name in ("a", "b", "c", "a"):
        break_off(own, StreamIdentity(session_id=name))
    assert llm.closed == ["a", "b"]


def test_a_stream_without_a_session_has_a_name_of_its_own() -> None:
    llm = Closing()
    own = Accounts(llm)
    with own.open(StreamIdentity()) as first, own.open(StreamIdentity()) as second:
        assert first != second
    with pytest.raises(ConnectionError), own.open(StreamIdentity()) as third:
        raise ConnectionError
    assert llm.closed == [second, first, third]
