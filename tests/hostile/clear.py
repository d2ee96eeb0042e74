"""What counts as clear, in one function: an answer, or a refusal that names the place and what is allowed, soon and whole."""

from __future__ import annotations

import re
import signal
import time
from collections.abc import Callable
from types import FrameType
from typing import Any

from convnote.errors import ConvnoteError
from convnote.printing import printable

#: Seconds of processor time for a refusal, and after which anything counts as a hang.
SOON, HANG = 1.0, 10.0
#: What Python says to a programmer and never to a person.
_PYTHON = re.compile(
    r"has no attribute|unsupported operand|NoneType|not subscriptable|not iterable|positional argument|object is not|"
    r"cannot be interpreted|must be real number|Traceback|expected string or bytes|can't multiply|not supported between"
)


class Hang(BaseException):
    """Not an `Exception`, so that nothing catches it on its way."""


def outcome_of(ask: Callable[[], Any]) -> str:
    """ "answered" or "refused"; AssertionError for anything else: another exception, a vague or late refusal, a hang."""
    start = time.process_time()
    try:
        _within(HANG, ask)
    except Hang:
        raise AssertionError(f"no answer within {HANG:g} seconds of processor time") from None
    except ConvnoteError as error:
        refusal = error
    else:
        return "answered"
    took = time.process_time() - start
    fault = wrong_with(str(refusal), refusal)
    assert not fault, f"{fault}: {refusal}"
    assert took < SOON, f"a refusal took {took:.1f} seconds: {refusal}"
    return "refused"


def wrong_with(message: str, error: ConvnoteError | None = None) -> str:
    """What is not clear about a refusal; empty where nothing is."""
    if not message.strip():
        return "an empty message"
    if found := _PYTHON.search(message):
        return f"Python's own words ({found.group()})"
    if printable(message) != message:
        return "control characters"
    if max(map(len, message.splitlines())) > 2_000:
        return "a line of more than 2,000 characters"
    if error is not None and error.field is None and getattr(error, "event", None) is None and len(error.faults) < 2:
        return "no place is named"
    if ":" not in message and "(" not in message:
        return "neither place nor reason"
    return ""


def _within(seconds: float, ask: Callable[[], Any]) -> Any:
    def stop(_: int, __: FrameType | None) -> None:
        raise Hang

    before = signal.signal(signal.SIGPROF, stop)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        return ask()
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)
