"""Dilution: the effect of a note and of options on the same shares on the shares outstanding (DIL-1…DIL-7).

Follows FASB Statement 128 (in force 1997 to 2008), for conversions settled in cash the if-converted method of ASU 2020-06, and
plain arithmetic; exact, never rounded. Shares are counts; prices and strikes are in the share's own currency.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any, NamedTuple

from convnote.arithmetic import decimal, fraction, is_fast
from convnote.calendars import day_number, to_date
from convnote.checks import Finding
from convnote.errors import TermsError, as_given
from convnote.filings import arguments
from convnote.filings.net_shares import Counted, counted, delivered, method_of, not_settled, specified_of
from convnote.filings.reserved import lowest_price, never_in_shares, whole_shares
from convnote.inputs import DateLike, Number
from convnote.lifecycle import State
from convnote.note import ConvertibleNote
from convnote.provisions.provision import rules
from convnote.tables import Table, shown

if TYPE_CHECKING:
    from convnote.filings.grants import Grant
    from convnote.provisions import Conversion

RULES = rules(
    DIL_1=(
        "conversion shares = principal outstanding / price in effect, 0 where holders cannot convert; settled in cash, none; in "
        "combination, those of the value beyond the cash",
        "convention",
    ),
    DIL_2=("options by the treasury-stock method: count x (1 - strike / average price), vested or not", "convention"),
    DIL_3=("earnings per share: options first, then the note if it lowers the figure", "convention"),
    DIL_4=("income of 0 or less: diluted = basic", "convention"),
    DIL_5=(
        "the note weighs by the part of the period in which it was outstanding; its interest is added back, but for the part "
        "of principal that is paid in cash on conversion",
        "convention",
    ),
    DIL_6=("shares to reserve: whole part of the issue at the highest rate that the paper prints", "convention"),
    DIL_7=("holders' part on full conversion = C / (S + C)", "convention"),
)


class Earnings(NamedTuple):
    """Earnings per share, in the currency of income: basic, diluted, and what the diluted figure includes (DIL-3)."""

    basic: Decimal
    diluted: Decimal
    included: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, repr=False)
class Dilution:
    """Shares outstanding, and the shares that may be added to them, on one day (DIL-1…DIL-7).

    >>> import convnote as cn
    >>> found = cn.dilution(cn.load("amazon-peacs-2010"), on="2000-12-31", shares=357_140_000, price="15.56")
    >>> round(found.conversion_shares), f"{found.share_of_noteholders:.4%}"
    (6574747, '1.8077%')

    Conversions are counted as they are settled (STL-1). In cash they deliver no shares; in combination only the value beyond the
    specified cash is delivered in shares, so that their number depends on the share price: over n days with prices P a Note
    delivers the sum of max(0, rate x P / n - specified / n) / P. While the issuer may still elect a method, and has not,
    settlement in shares is counted, which dilutes most; `method` and `specified` ask for another. Table and `check` say which.

    >>> import dataclasses
    >>> net = cn.provisions.SettlementTerms(method="combination", specified=1000)
    >>> note = dataclasses.replace(cn.load("gpre-2027"), settlement=net)
    >>> found = cn.dilution(note, on="2023-12-29", shares=59_000_000, price=40)
    >>> found.conversion_shares == 230_000 * (Decimal("31.6206") - 1000 / Decimal(40))
    True
    """

    note: ConvertibleNote
    on: date
    #: shares outstanding, above 0
    shares: Decimal
    #: average price of the share over the period, above 0
    price: Decimal
    #: (count, strike) of options as annual reports print them
    options: tuple[tuple[Decimal, Decimal], ...] = ()
    grants: tuple[Grant, ...] = ()
    #: the state of the note on the day; None: as issued
    state: State | None = None
    #: how conversions are settled, and the cash per denomination of a combination in the note's currency; None: as the issuer has
    #: elected, in shares while it may still elect, else as the note states (STL-1)
    method: str | None = None
    specified: Decimal | None = None
    #: prices of the share on the days of an observation period, for a combination; none: `price` on every day
    prices: tuple[Decimal, ...] = ()
    #: units of the share's currency for one of the note's, for a combination where the two differ (FX-1)
    fx: Decimal | None = None

    def __post_init__(self) -> None:
        if not isinstance(self.note, ConvertibleNote):
            raise _refused("expected a ConvertibleNote", "note", "DIL-1", as_given(self.note))
        faults = []
        for name, check in _CHECKS.items():
            try:
                object.__setattr__(self, name, check(getattr(self, name)))
            except TermsError as fault:
                faults.append(fault)
        if faults:
            raise TermsError.of(faults)
        for grant in self.grants:
            self._granted(grant)
        self._conversion  # noqa: B018  # refuses a missing state if one is needed

    # --- shares

    @property
    def basic(self) -> int | Decimal:
        """Shares outstanding."""
        return _count(fraction(self.shares))

    @property
    def conversion_shares(self) -> Decimal:
        """Shares that the conversion of the principal outstanding delivers, unrounded (DIL-1, STL-1)."""
        return decimal(self._conversion)

    @property
    def settled(self) -> Counted:
        """The settlement of conversions that is counted: method, specified cash per denomination, and why (STL-1)."""
        return counted(self.note, self.on, self.state, self.method, self.specified)

    @property
    def _conversion(self) -> Fraction:
        note, state, how = self.note, self._state(), self.settled
        if note.conversion is None:
            return Fraction(0)
        opens = max(note.conversion.from_date or note.issue_date, note.issue_date)
        if not opens <= self.on <= to_date(note.conversion.last_day):
            return Fraction(0)
        if state is None:
            principal, price = note.interest.grown(note.issue_size, int(day_number(self.on))), note.conversion.price
        elif not state.convertible or state.is_withdrawn_on(day_number(self.on)):
            return Fraction(0)
        else:
            principal, price = state.outstanding, note.conversion.converts_at(state)
        return delivered(note, how, principal, price, self._quotes(how), self.on, state)

    def _quotes(self, how: Counted) -> list[Fraction]:
        """Prices of the observation period in the note's currency; none unless the number of shares depends on them."""
        if how.method != "combination":
            return []
        own, share = self.note.currency, self.note.principal.share_currency
        if self.fx is None and share not in (None, own):
            reason = f"expected the exchange rate, {share} for one {own}: the specified cash is in {own}"
            raise _refused(reason, "fx", "FX-1", "none")
        if self.fx is not None and share in (None, own):
            raise _refused(f"the share is in {own}, the note's currency: expected no fx", "fx", "FX-1", self.fx)
        return [fraction(price) / fraction(self.fx or 1) for price in self.prices or (self.price,)]

    def _state(self) -> State | None:
        """The state, if given and of that day; later changes are never guessed."""
        resets = self.note.reset.dates if self.note.reset else ()
        known_to = None
        if self.state is not None:
            if not isinstance(self.state, State) or is_fast(self.state.day):
                raise _refused("expected the state of one replay", "state", "DIL-1", as_given(self.state))
            known_to = self.state.on
            if known_to > self.on:
                raise _refused(f"expected a state of {self.on} or earlier", "state", "DIL-1", known_to)
        if self.state is not None and self.note.interest.in_kind:
            added = [due for due in self.note.interest.due_days if self.state.day < due <= day_number(self.on)]
            if added:
                reason = f"expected a state of {to_date(added[-1])} or later: a coupon was added to principal"
                raise _refused(reason, "state", "PIK-1", known_to)
        since = [reset for reset in resets if reset <= self.on and (known_to is None or known_to < reset)]
        if since:
            raise _refused(f"expected a state of {since[-1]} or later: the price was reset", "state", "DIL-1", known_to or "none")
        return self.state

    @property
    def option_shares(self) -> Decimal:
        """Shares that options and grants add by the treasury-stock method (DIL-2)."""
        return decimal(self._options)

    @property
    def _options(self) -> Fraction:
        price = fraction(self.price)
        return sum((count * (1 - strike / price) for count, strike in self._counted() if price > strike), Fraction(0))

    @property
    def gross_options(self) -> int | Decimal:
        """The shares of all options and grants, whatever their strike (DIL-2)."""
        return _count(sum((count for count, _ in self._counted()), Fraction(0)))

    def _counted(self) -> Iterator[tuple[Fraction, Fraction]]:
        for count, strike in self.options:
            yield fraction(count), fraction(strike)
        for grant in self.grants:
            yield Fraction(self._granted(grant)), fraction(grant.exercise_price)

    def _granted(self, grant: Any) -> int:
        """Shares of a grant that have not expired on the day."""
        if not hasattr(grant, "outstanding"):
            raise _refused("expected grants such as cn.grant(...)", "grants", "DIL-2", as_given(grant))
        return int(grant.outstanding(self.on))

    @property
    def diluted(self) -> Decimal:
        """The sum of shares outstanding, conversion shares and option shares."""
        return decimal(fraction(self.shares) + self._conversion + self._options)

    @property
    def share_of_noteholders(self) -> Decimal:
        """The noteholders' part of all shares on full conversion: C / (S + C) (DIL-7)."""
        return decimal(self._conversion / (fraction(self.shares) + self._conversion))

    # --- earnings

    def earnings(self, income: Any, *, interest: Any = 0, weight: Any = 1) -> Earnings:
        """Basic and diluted earnings per share (DIL-3…DIL-5).

        `interest` is the note's after-tax interest for the period, in the currency of `income`; `weight` the part of the period
        in which the note was outstanding. Interest is not added back where principal is paid in cash on conversion, and in
        proportion where part of it is (a convention).

        >>> import convnote as cn
        >>> found = cn.dilution(cn.load("amazon-peacs-2010"), on="2000-12-31", shares=100, price=10, options=[(50, 5)])
        >>> found.earnings(250, interest=10**9).diluted
        Decimal('2')

        Raises `TermsError` for a weight outside 0 to 1, and for a value that is not a number.
        """
        earned = arguments.number(income, "dilution.earnings income", "DIL-3")
        saved = arguments.number(interest, "dilution.earnings interest", "DIL-5") * (1 - self.settled.cash_part(self.note))
        part = arguments.number(weight, "dilution.earnings weight", "DIL-5", least=0)
        if part > 1:
            raise _refused("expected a number from 0 to 1", "earnings weight", "DIL-5", weight)
        shares, options = fraction(self.shares), self._options
        basic = diluted = earned / shares
        included: tuple[str, ...] = ()
        if earned > 0:
            if options:
                diluted, included = earned / (shares + options), ("options",)
            converted = (earned + saved) / (shares + options + self._conversion * part)
            if converted < diluted:
                diluted, included = converted, (*included, "note")
        return Earnings(decimal(basic), decimal(diluted), included)

    # --- findings and table

    def check(self) -> list[Finding]:
        """Findings: the settlement that is counted, what is not settled yet (STL), and the shares to be authorised (DIL-6)."""
        terms, how = self.note.settlement, self.settled
        if self.note.conversion is None:
            return []
        found = []
        if terms is not None and (terms.method != "shares" or terms.election is not None):
            counts = f"conversions are counted as settled {how.in_words(self.note)}, {how.reason}"
            found.append(Finding("STL-1", f"{counts}: {how.effect(self.note)}"))
        found += not_settled(self.note, self.state)
        return found if never_in_shares(self.note) else found + self._authorised(self.note.conversion)

    def _authorised(self, conversion: Conversion) -> list[Finding]:
        """How many more shares the lowest price requires than the initial price, as a finding (DIL-6)."""
        try:
            lowest = lowest_price(self.note)
        except TermsError as error:
            return [Finding("DIL-6", f"no number of shares is enough for certain: {error.reason}")]
        most, first = whole_shares(self.note, lowest), whole_shares(self.note, conversion.price)
        if most <= first:
            return []
        more = f"{most - first:,} more than at {shown(conversion.price)}"
        return [Finding("DIL-6", f"the shares authorised must cover the lowest price: {most:,} at {shown(lowest)}, {more}")]

    def authority(self, rule: str) -> str:
        """Where a rule comes from: "convention" for all. Raises `TermsError` for an unknown rule."""
        if rule not in RULES:
            raise _refused("expected a rule id from DIL-1 to DIL-7", "authority", str(rule), repr(rule))
        return RULES[rule].authority

    def table(self) -> Table:
        """The shares by source."""
        rows = [
            ("shares outstanding", fraction(self.shares), "DIL-3"),
            ("conversion of the note", self._conversion, "DIL-1"),
            ("options, net of what their price buys back", self._options, "DIL-2"),
            ("diluted", fraction(self.diluted), "DIL-3"),
            ("options, gross", fraction(self.gross_options), "DIL-2"),
            ("part of the noteholders on full conversion", fraction(self.share_of_noteholders), "DIL-7"),
        ]
        title = f"{self.note.name} on {self.on}, share at {shown(self.price)}"
        if self.note.settlement is not None and self.note.conversion is not None:
            title += f", conversions settled {self.settled.in_words(self.note)}"
        return Table.of(("what", "shares", "rule"), [(what, _count(value), rule) for what, value, rule in rows], title)

    def __repr__(self) -> str:
        return self.table().text()

    def _repr_html_(self) -> str:
        return self.table().html()


def dilution(
    note: ConvertibleNote,
    *,
    on: DateLike,
    shares: Number,
    price: Number,
    options: Iterable[tuple[Number, Number]] = (),
    grants: Iterable[Grant] = (),
    state: State | None = None,
    method: str | None = None,
    specified: Number | None = None,
    prices: Iterable[Number] = (),
    fx: Number | None = None,
) -> Dilution:
    """The dilution of `shares` outstanding on `on` by a note, `options` (count, strike) and `grants` (DIL-1…DIL-7).

    `price` is the share's average price over the period, in its own currency, as are strikes. `state` is the state of the note
    on the day, from a replay; without it the note is as issued, which is known only before the first reset date.

    `method` is the settlement to count where the issuer may elect one: "shares", "cash", or "combination" with `specified` cash
    per denomination (STL-1). `prices` are those of the days of an observation period; without them each day's is `price`.
    `fx`, units of the share's currency for one of the note's, is needed for a combination where the two differ.

    >>> import convnote as cn
    >>> note = cn.load("amazon-peacs-2010")
    >>> found = cn.dilution(note, on="2000-12-31", shares=357_140_000, price="15.56", options=[(10_000_000, "7.78")])
    >>> found.option_shares
    Decimal('5000000')
    >>> asked = {"on": "2023-12-29", "shares": 59_000_000, "price": 40, "method": "combination", "specified": 1000}
    >>> cn.dilution(cn.load("gpre-2027"), **asked).conversion_shares  # 230,000 x (31.6206 - 1,000 / 40), not 7,272,738
    Decimal('1522738')

    Raises `TermsError` for shares or a price not above 0, a grant without a size, a state that is missing or of a later day, a
    method that the issuer may not elect.
    """
    given: dict[str, Any] = {
        "on": on,
        "shares": shares,
        "price": price,
        "options": tuple(_listed(options, "options")),
        "method": method,
        "specified": specified,
        "prices": prices,
        "fx": fx,
    }  # made exact there
    return Dilution(note=note, **given, grants=tuple(_listed(grants, "grants")), state=state)


def _refused(reason: str, place: str, rule: str, value: Any) -> TermsError:
    return TermsError(reason, field=f"dilution.{place}", rule=rule, value=value)


def _listed(value: Any, name: str) -> list[Any]:
    if isinstance(value, str) or not isinstance(value, Iterable):
        rule = "STL-1" if name == "prices" else "DIL-2"
        raise _refused(f"expected a list of {name}", name, rule, repr(value))
    return list(value)


def _option(pair: Any) -> tuple[Decimal | Fraction, Decimal | Fraction]:
    if not isinstance(pair, (tuple, list)) or len(pair) != 2:
        raise _refused("expected pairs (count, strike)", "options", "DIL-2", repr(pair))
    count, strike = (arguments.number(each, "dilution.options", "DIL-2", least=0) for each in pair)
    return arguments.kept(count), arguments.kept(strike)


def _count(value: Fraction) -> int | Decimal:
    """A number of shares: an int if it is whole."""
    return int(value) if value.denominator == 1 else decimal(value)


def _above_zero(name: str, rule: str) -> Callable[[Any], Decimal | Fraction]:
    return lambda value: arguments.kept(arguments.number(value, f"dilution.{name}", rule, above=0))


#: what each figure of a dilution takes
_CHECKS: dict[str, Callable[[Any], Any]] = {
    "on": lambda value: arguments.on_day(value, "dilution.on", "DIL-1"),
    "shares": _above_zero("shares", "DIL-3"),
    "price": _above_zero("price", "DIL-2"),
    "options": lambda value: tuple(map(_option, _listed(value, "options"))),
    "method": method_of,
    "specified": specified_of,
    "prices": lambda value: tuple(map(_above_zero("prices", "STL-1"), _listed(value, "prices"))),
    "fx": lambda value: None if value is None else _above_zero("fx", "FX-1")(value),
    "grants": lambda value: tuple(_listed(value, "grants")),
}
