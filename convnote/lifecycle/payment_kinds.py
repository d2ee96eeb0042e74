"""The table of payments that a note makes: what each is called, when it is due, at what price, and how its principal goes.

A new kind is one row, added with `register`; all code that asks about kinds of payment (missing and curing, waivers, amendments,
transfers, sentences, the report) reads the table.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

from convnote.calendars import day_number
from convnote.errors import TermsError
from convnote.lifecycle.state import Position, State, Status
from convnote.provisions import payment_names

if TYPE_CHECKING:
    from convnote.note import ConvertibleNote

#: Price as a share of the claim (`in_force.claim`), and whether accrued interest is paid on top.
Price = tuple[Any, bool]


class PaymentKind(NamedTuple):
    """One kind of payment. Days are day numbers; the first of `rules` is the rule under which it is due.

    >>> KINDS["redemption"].rules, KINDS["redemption"].gone, KINDS["make-whole"].pays_principal
    (('RED-1',), 'redeemed', False)
    """

    #: the kind of its ledger entry, and the first words of its sentence
    entry: str
    words: str
    rules: tuple[str, ...]
    #: the rule under which it stays owed when missed, and the words for that
    unpaid: str
    missed_words: str
    #: the days on which it falls due
    due: Callable[[ConvertibleNote, State], Iterable[Any]]
    #: the price of its principal on a day; None where it pays no principal
    price: Callable[[ConvertibleNote, Any], Price] | None = None
    #: the word for how its principal went, and the status once all principal has gone
    gone: str = ""
    final: Status = Status.MATURED
    #: principal of a position still owed for a payment missed on a day (None: all that is outstanding)
    still: Callable[[State, Position, int], Any] | None = None
    #: the position once a payment missed on a day is paid late (None: nothing was committed to it)
    released: Callable[[State, Position, int], Position] | None = None
    #: the provision that an amendment must keep while a payment due after a day is under way
    provision: str = ""
    under_way: Callable[[State, int], bool] | None = None
    #: further rules cited: for interest on top, and for a payment on an interest payment date
    accruing: tuple[str, ...] = ("INT-4", "INT-4c")
    on_payment_date: tuple[str, ...] = ()
    #: the rule under which interest on top stops on the due day
    stops: tuple[str, ...] = ()
    #: False if interest is paid on top only of a late payment: the last coupon is a payment of its own (INT-3c)
    interest_in_time: bool = True
    #: True if the days do not depend on what happens
    fixed: bool = False
    #: True if its price is the maturity price, which may include the last interest (STP-2)
    at_maturity_price: bool = False
    #: False if it cannot be missed, such as a payment after the issuer's default
    can_be_missed: bool = True

    @property
    def pays_principal(self) -> bool:
        """True if principal goes by this payment."""
        return self.price is not None


#: The rule by which principal went in ways other than these payments, by the word for how it went.
OTHER_WAYS: dict[str, str] = {"converted": "CNV-3", "defaulted": "DEF-4c"}

#: The kinds of payment by the names that events use.
KINDS: dict[str, PaymentKind] = {}


def register(name: str, kind: PaymentKind) -> None:
    """Add a row to the table; `MissedPayment`, `Cure`, waivers and sentences then know the kind by `name`.

    >>> register("interest", KINDS["interest"])
    Traceback (most recent call last):
    convnote.errors.TermsError: payment kind: got 'interest'; a name that is not registered yet
    """
    if name in KINDS:
        raise TermsError("a name that is not registered yet", field="payment kind", value=repr(name))
    KINDS[name] = kind
    payment_names.add(name, can_be_missed=kind.can_be_missed)


# --- prices ---------------------------------------------------------------------------------------------------------------------


def _redemption_price(note: ConvertibleNote, day: Any) -> Price:
    assert note.redemption is not None
    return note.redemption.price_on(day), note.redemption.accrued == "clean"


def _put_price(note: ConvertibleNote, day: Any) -> Price:
    assert note.put is not None
    return note.put.price_on(day), note.put.accrued == "clean"


def _conditional_put_price(note: ConvertibleNote, day: Any) -> Price:
    assert note.conditional_put is not None
    return note.conditional_put.price, note.conditional_put.accrued == "clean"


def _repurchase_price(note: ConvertibleNote, day: Any) -> Price:
    assert note.fundamental_change is not None
    return note.fundamental_change.price, True


def _maturity_days(note: ConvertibleNote, state: State) -> list[Any]:
    """Empty if the Notes become shares at maturity (MND-1)."""
    return [] if note.mandatory else [note.principal.maturity_day]


def _maturity_price(note: ConvertibleNote, day: Any) -> Price:
    return note.principal.maturity_price, True


# --- calls, elections and puts to which principal is committed ------------------------------------------------------------------


def _calls_for(state: State, position: Position, due: int, clean_up: bool) -> list[int]:
    calls = ((number, state.calls[number]) for number in position.called)
    return [number for number, call in calls if call.redemption == due and call.clean_up is clean_up]


def _still_called(state: State, position: Position, due: int, clean_up: bool = False) -> Any:
    return sum(position.called[number] for number in _calls_for(state, position, due, clean_up))


def _without_calls(state: State, position: Position, due: int, clean_up: bool = False) -> Position:
    late = _calls_for(state, position, due, clean_up)
    return position.without_calls(late, paid=True) if late else position


def _call_days(clean_up: bool) -> Callable[[ConvertibleNote, State], Iterable[Any]]:
    return lambda note, state: [call.redemption for call in state.calls if call.clean_up is clean_up]


def _elections_for(state: State, position: Position, due: int) -> list[int]:
    return [number for number in position.elected if state.changes[number].repurchase == due]


def _still_elected(state: State, position: Position, due: int) -> Any:
    return sum(position.elected[number] for number in _elections_for(state, position, due))


def _without_elections(state: State, position: Position, due: int) -> Position:
    late = _elections_for(state, position, due)
    return position.without_elections(late, paid=True) if late else position


register(
    "interest",
    PaymentKind(
        "coupon", "Coupon", ("INT-1",), "INT-4", "interest on",
        lambda note, state: note.interest.cash_days, fixed=True,
    ),
)  # fmt: skip
register(
    "principal",
    PaymentKind(
        "maturity", "Maturity", ("PRN-1",), "INT-9", "principal of",
        _maturity_days, _maturity_price, "matured", Status.MATURED,
        interest_in_time=False, fixed=True, at_maturity_price=True,
    ),
)  # fmt: skip
register(
    "redemption",
    PaymentKind(
        "redemption", "Redemption", ("RED-1",), "RED-1", "redemption of",
        _call_days(clean_up=False), _redemption_price, "redeemed", Status.REDEEMED,
        still=_still_called, released=_without_calls, provision="redemption",
        under_way=lambda state, day: any(call.redemption > day and not call.clean_up for call in state.calls),
        accruing=("INT-4",), stops=("INT-9c",),  # "to but excluding" is printed
    ),
)  # fmt: skip
register(
    "repurchase",
    PaymentKind(
        "repurchase", "Repurchase on a fundamental change", ("FCH-1", "FCH-3"), "FCH-1", "repurchase of",
        lambda note, state: [each.repurchase for each in state.changes if each.repurchase is not None],
        _repurchase_price, "repurchased", Status.REPURCHASED,
        still=_still_elected, released=_without_elections, provision="fundamental_change",
        under_way=lambda state, day: any(each.repurchase is None or each.repurchase > day for each in state.changes),
        accruing=("INT-4",), stops=("INT-9c",),  # "to but excluding" is printed
        on_payment_date=("FCH-3c",),
    ),
)  # fmt: skip
register(
    "put",
    PaymentKind(
        "put", "Put", ("PUT-1",), "PUT-1", "put of",
        lambda note, state: [int(day_number(on)) for on in note.put.dates] if note.put else [],
        _put_price, "repurchased", Status.REPURCHASED,
        still=lambda state, position, due: max(position.free, 0), provision="put", stops=("INT-9c",),
        under_way=lambda state, day: any(position.put for position in state.positions.values()),
    ),
)  # fmt: skip
register(
    "conditional-put",
    PaymentKind(
        "put", "Put after low closes", ("CPT-1", "CPT-1c"), "CPT-1", "put of",
        lambda note, state: sorted({day for position in state.positions.values() for day in position.put_on_low}),
        _conditional_put_price, "repurchased", Status.REPURCHASED,
        still=lambda state, position, due: max(position.free, 0), provision="conditional_put", stops=("INT-9c",),
        under_way=lambda state, day: any(position.put_on_low for position in state.positions.values()),
    ),
)  # fmt: skip
register(
    "clean-up",
    PaymentKind(
        "redemption", "Redemption", ("CCP-1",), "CCP-1", "clean-up of",
        _call_days(clean_up=True), lambda note, day: (1, True), "redeemed", Status.REDEEMED,
        still=partial(_still_called, clean_up=True), released=partial(_without_calls, clean_up=True), provision="clean_up",
        under_way=lambda state, day: any(call.clean_up and call.redemption > day for call in state.calls),
        accruing=("INT-4",), stops=("INT-9c",),
    ),
)  # fmt: skip
register(
    "make-whole",
    PaymentKind(
        "make-whole", "Make-whole", ("WDR-4", "WDR-5"), "WDR-4", "make-whole of",
        lambda note, state: [] if state.withdrawal is None else [state.withdrawal[1]], provision="withdrawal",
        under_way=lambda state, day: state.withdrawal is not None and bool(state.withdrawal[1] > day),
    ),
)  # fmt: skip
register(
    "call-make-whole",
    PaymentKind(
        "make-whole", "Make-whole of a call", ("SFT-3",), "SFT-3", "make-whole of",
        lambda note, state: [call.redemption for call in state.calls if note.redemption is not None and not call.clean_up
                             and note.redemption.bears_make_whole(call.redemption)],
        provision="redemption", under_way=lambda state, day: any(call.redemption > day for call in state.calls),
    ),
)  # fmt: skip
register(
    "accelerated",
    PaymentKind(
        "accelerated", "Payment after the acceleration", ("DEF-1", "DEF-3c"), "DEF-1", "principal of",
        lambda note, state: [], _maturity_price, "accelerated", Status.PAID, can_be_missed=False,
        at_maturity_price=True,
    ),
)  # fmt: skip
