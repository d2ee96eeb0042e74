"""Policy: its settings and its daily decisions in a replay. Any object with the same two methods is a policy too."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Protocol

from convnote.errors import TermsError, as_given
from convnote.lifecycle import State
from convnote.lifecycle import events as ev
from convnote.note import ConvertibleNote
from convnote.policies import daily
from convnote.policies.settings import Settings


class Decides(Protocol):
    """A policy: whatever has these two methods; a base class is not needed."""

    def decide(self, note: ConvertibleNote, state: State, on: int, observations: Any) -> Iterable[ev.Event]:
        """The events that the Company and the holders decide on day number `on`, a trading day whose close is known."""
        ...

    def respond(self, note: ConvertibleNote, state: State, event: ev.Event, observations: Any) -> Iterable[ev.Event]:
        """What is decided after a fundamental change has occurred, and before a default takes what is outstanding."""
        ...


@dataclass(frozen=True, kw_only=True)
class Policy(Settings):
    """What each side would do: the Company's `withdraw` and `redeem`, the holders' `convert` and `put`.

    By default the Company withdraws as soon as it is entitled to, and calls by the first notice the note allows on a close
    whose conversion value exceeds 130% of principal; a holder converts only at maturity, on default, or on the last day
    before a right ends, if that is worth more, and puts if that is worth more. Notice periods are days before the effect; None is
    the shortest the note allows (for a fundamental change: days after it, None for the last day allowed).

    >>> import convnote as cn
    >>> Policy(redeem=cn.policies.Never()).redeem
    Never()

    Raises `TermsError` for an answer that does not fit its right and for a notice below 0.
    """

    def decide(self, note: ConvertibleNote, state: State, on: int, observations: daily.Observations) -> list[ev.Event]:
        """What is decided on day number `on`, a trading day whose close is known."""
        return daily.decide(self, note, state, on, observations)

    def respond(self, note: ConvertibleNote, state: State, event: ev.Event, observations: daily.Observations) -> list[ev.Event]:
        """The response to an event: the notice after a fundamental change, the conversion before a default takes the rest."""
        return daily.respond(self, note, state, event, observations)


def is_settled(policy: Any) -> bool:
    """True for a `Policy` that decides as the library does, by its boundaries; a subclass may override that.

    >>> is_settled(Policy()), is_settled(object())
    (True, False)
    """
    kind = type(policy)
    return isinstance(policy, Policy) and (kind.decide, kind.respond) == (Policy.decide, Policy.respond)


def chosen(policy: Any) -> Any:
    """The given policy, or the default one for None.

    Raises `TermsError` for anything without `decide` and `respond`.
    """
    if policy is None:
        return Policy()
    must_decide(policy, "policy")
    return policy


def must_decide(policy: Any, field: str) -> None:
    """Refuse a policy without both `decide` and `respond`."""
    lacking = [name for name in ("decide", "respond") if not callable(getattr(policy, name, None))]
    if lacking or isinstance(policy, type):
        reason = "expected a cn.Policy or an object with decide(note, state, on, observations) and "
        reason += "respond(note, state, event, observations)"
        raise TermsError(reason, field=field, value=as_given(policy))
