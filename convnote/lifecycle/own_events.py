"""User-defined events: types written outside the library, with their own `permit` and `apply`; no registration."""

from __future__ import annotations

from typing import TYPE_CHECKING

from convnote.errors import TermsError
from convnote.lifecycle import events as ev
from convnote.lifecycle.state import State
from convnote.lifecycle.transition import Flow, Objection, Seen, Transition
from convnote.provisions import RULES, Rule

if TYPE_CHECKING:
    from convnote.note import ConvertibleNote


#: User-defined types already checked and found complete.
_COMPLETE: set[type[ev.Event]] = set()


def is_own(kind: type[ev.Event]) -> bool:
    """True for an event type that the library does not define; raises `TermsError` if such a type is incomplete."""
    if ev.KINDS.get(kind.__name__) is kind:
        return False
    if kind not in _COMPLETE:
        _must_be_complete(kind)
        _COMPLETE.add(kind)
    return True


def _must_be_complete(kind: type[ev.Event]) -> None:
    needed = ("permit", "apply", "sentence") if issubclass(kind, ev.Recorded) else ("apply", "sentence")
    standing = next(base for base in kind.__mro__ if base in (ev.Recorded, ev.Scheduled, ev.Event) or base in ev.KINDS.values())
    missing = [f"the method {name}" for name in needed if not callable(getattr(kind, name, None))]
    for name in ("rule", "authority"):
        own = next((vars(base)[name] for base in kind.__mro__[: kind.__mro__.index(standing)] if name in vars(base)), None)
        if not isinstance(own, str) or not own.strip():
            missing.append(f"the class attribute {name}, a text")
    if "__dataclass_fields__" not in vars(kind):
        missing.append("the decorator @dataclass(frozen=True)")
    if not isinstance(getattr(kind.after, "rank", None), (int, float)):
        missing.append("a kind of event as the class attribute after")
    if not issubclass(kind, (ev.Recorded, ev.Scheduled)):
        missing.append("cn.Recorded as its base")
    if missing:
        raise TermsError(f"an own kind of event lacks {', '.join(missing)}", field=kind.__name__)


def permit(note: ConvertibleNote, state: State, event: ev.Event, seen: Seen) -> Objection | None:
    """The objection of a user-defined event, or None; raises `TermsError` if it returns anything else."""
    judge = getattr(event, "permit", None)
    objection = judge(note, state, seen) if judge else None
    if objection is not None and not isinstance(objection, Objection):
        raise TermsError("expected an Objection or None", field=f"{type(event).__name__}.permit", value=repr(objection))
    return objection


def apply(note: ConvertibleNote, state: State, event: ev.Event, seen: Seen) -> Transition:
    """The transition of a user-defined event; raises `TermsError` if it returns anything else."""
    place = f"{type(event).__name__}.apply"
    step = event.apply(note, state, seen)  # type: ignore[attr-defined]
    if not isinstance(step, Transition) or not isinstance(step.state, State):
        raise TermsError("expected a Transition of a State", field=place, value=repr(step))
    for flow in step.flows:
        if not isinstance(flow, Flow):
            raise TermsError("expected flows of the kind cn.Flow", field=place, value=repr(flow))
        unknown = [rule for rule in flow.rules if rule not in RULES and rule != event.rule]
        if unknown:
            reason = f"the rule of a flow is a rule of the library or the event's own, {event.rule}"
            raise TermsError(reason, field=place, value=", ".join(map(str, unknown)))
    return step


def own_rule(event: ev.Event) -> Rule:
    """The rule of a user-defined event: its id, the first line of its class docstring, and where it is printed."""
    kind = type(event)
    words = (kind.__doc__ or "").strip().partition("\n")[0]
    # a dataclass without a docstring gets its signature as one
    return Rule(kind.rule, kind.__name__ if not words or words.startswith(f"{kind.__name__}(") else words, kind.authority)


def refuse_a_wrong_kind(event: ev.Event) -> None:
    """Raise `TermsError` for an event whose type is neither the library's nor a complete user-defined one."""
    is_own(type(event))
