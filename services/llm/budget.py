"""What a session and a tenant may spend, and what they spent."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from services.llm import prompt, reasons
from services.llm.events import Usage
from services.llm.failure import ModelFailure
from services.llm.request import Request
from services.llm.settings import LlmSettings

_BYTES_PER_TOKEN = 3
"""Few, so that the estimate is rather too high: English has about 4 to a token, other languages less."""
_AUDIO_BYTES_PER_TOKEN = 1_000
"""32 tokens a second, as Gemini counts 16-bit audio at 16 kHz."""


@dataclass(frozen=True, slots=True)
class Spent:
    """Calls are attempts, also those that failed; tokens as the vendors counted them, else estimated."""

    calls: int = 0
    input_tokens: int = 0
    output_tokens: int = 0

    @property
    def tokens(self) -> int:
        """Both together."""
        return self.input_tokens + self.output_tokens


@dataclass(slots=True)
class _Account:
    """`held`: tokens that running calls may come to."""

    until: float
    spent: Spent = Spent()
    held: int = 0
    running: int = 0


def estimate_input(request: Request) -> int:
    """Tokens that a request may come to."""
    text = len(prompt.system(request).encode(errors="replace")) + len(
        prompt.user(request).encode(errors="replace")
    )
    audio = len(request.audio.data) if request.audio else 0
    return text // _BYTES_PER_TOKEN + audio // _AUDIO_BYTES_PER_TOKEN + 1


class Budget:
    """Accounts of sessions, kept until they are closed, and of tenants, kept for their window.

    What running calls may come to at most counts as spent, so many calls at once cannot spend more than one
    after the other could.
    """

    def __init__(self, settings: LlmSettings, clock: Callable[[], float] = time.monotonic) -> None:
        self._settings = settings
        self._clock = clock
        self._sessions: dict[str, _Account] = {}
        self._tenants: dict[str, _Account] = {}

    def open(self, request: Request, session: str, tenant: str) -> Charge:
        """A call is about to be made. Raises ModelFailure if it is one too many, or may be."""
        settings = self._settings
        read = estimate_input(request)
        held = read + request.max_output_tokens
        accounts = []
        if session:
            account = self._sessions.setdefault(session, _Account(float("inf")))
            _check(account, held, settings.session_calls, settings.session_tokens, "session")
            accounts.append(account)
        if tenant and (settings.tenant_calls or settings.tenant_tokens):  # else nobody asks what it spent
            account = self._tenant(tenant)
            _check(account, held, settings.tenant_calls, settings.tenant_tokens, "tenant")
            accounts.append(account)
        return Charge(accounts, read, held)

    def spent(self, session: str) -> Spent:
        """By a session so far."""
        account = self._sessions.get(session)
        return account.spent if account else Spent()

    def close_session(self, session: str) -> Spent:
        """The session is over; returns what it spent. Calls still running are not counted any more."""
        account = self._sessions.pop(session, None)
        return account.spent if account else Spent()

    def _tenant(self, tenant: str) -> _Account:
        now = self._clock()
        # Windows are equally long: the first to end is in front. Callers name tenants, and may name many.
        while self._tenants:
            name, oldest = next(iter(self._tenants.items()))
            if oldest.until > now:
                break
            del self._tenants[name]
            if oldest.running:  # from the last window into this
                oldest.until, oldest.spent = now + self._settings.tenant_window, Spent()
                self._tenants[name] = oldest
        return self._tenants.setdefault(tenant, _Account(now + self._settings.tenant_window))


class Charge:
    """One call, on the accounts it is charged to, until it is settled."""

    def __init__(self, accounts: list[_Account], read: int, held: int) -> None:
        self._accounts = accounts
        self._read = read
        self._held = held
        for account in accounts:
            account.held += held
            account.running += 1
            account.spent = _plus(account.spent, Spent(1))

    def settle(self, usage: Usage | None, text_bytes: int, *, reached: bool) -> Spent:
        """The call ended. Without the vendor's count it is charged for what was sent, where it `reached` the
        vendor, and for what came. Returns what it is charged for; a second call charges nothing.
        """
        if usage is not None:
            spent = Spent(0, usage.input_tokens, usage.output_tokens)
        else:
            spent = Spent(0, self._read if reached else 0, -(-text_bytes // _BYTES_PER_TOKEN))
        for account in self._accounts:
            account.held -= self._held
            account.running -= 1
            account.spent = _plus(account.spent, spent)
        self._accounts = []
        return spent


def _plus(one: Spent, other: Spent) -> Spent:
    return Spent(
        one.calls + other.calls,
        one.input_tokens + other.input_tokens,
        one.output_tokens + other.output_tokens,
    )


def _check(account: _Account, held: int, calls: int, tokens: int, whose: str) -> None:
    if calls and account.spent.calls >= calls:
        message = f"the {whose} made its {calls} calls"
    elif tokens and account.spent.tokens + account.held + held > tokens:
        message = (
            f"the {whose} spent {account.spent.tokens} of {tokens} tokens, {account.held} more may be due, "
            f"and this call may take {held}"
        )
    else:
        return
    raise ModelFailure(reasons.LLM_BUDGET, message, retryable=False)
