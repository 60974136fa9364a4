"""A work that is to be decoded, and the ticket that its owner gets for it."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Generic, Protocol, TypeVar

from services.asr.fair_queue import Urgency
from services.asr.recogniser import Timing

Request = TypeVar("Request")
Result = TypeVar("Result")
_Request_co = TypeVar("_Request_co", covariant=True)
_Result_contra = TypeVar("_Result_contra", contravariant=True)


class SchedulerClosed(RuntimeError):
    """The scheduler ended while the work waited."""


class DecodeStalled(RuntimeError):
    """The pass took too long and was given up; or none is begun, since those that were given up hold all."""


class Work(Protocol[_Request_co, _Result_contra]):
    """What is to be decoded. Ends with one call of `done` or `failed`, or silently where it was cancelled,
    replaced, or had nothing to do any more.
    """

    @property
    def owner(self) -> Hashable:
        """Whose it is: one channel of a session. Among owners the scheduler is fair."""

    @property
    def urgency(self) -> Urgency: ...

    @property
    def arrived(self) -> float:
        """When the oldest audio that it is about arrived, on the scheduler's clock."""

    def begin(self) -> _Request_co | None:
        """Just before it runs: take the newest audio. None where there is nothing to do any more."""

    def done(self, result: _Result_contra, timing: Timing) -> None: ...

    def failed(self, error: Exception) -> None: ...


class Ticket(Generic[Request, Result]):
    """A work that was submitted.

    Attributes:
        started: whether `begin` was called.
        ended: whether nothing more will be said to the work.
    """

    def __init__(
        self,
        work: Work[Request, Result],
        submitted: float,
        forget: Callable[[Ticket[Request, Result]], None],
    ) -> None:
        self.work = work
        self.submitted = submitted
        self.started = False
        self.ended = False
        self.request: Request | None = None
        self.key: Hashable = None
        self._forget = forget

    def cancel(self) -> None:
        """Drop it. What is being decoded is decoded to its end, for nobody."""
        if not self.ended:
            self.ended = True
            self._forget(self)
