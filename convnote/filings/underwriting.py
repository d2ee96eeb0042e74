"""The offering: how an issue was sold through underwriters, from signing to closing (OFF-1…OFF-18).

Read from an underwriting agreement. Uses the note for interest, denominations and rounding; the note does not use it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any, ClassVar

from convnote import termsheet
from convnote.analytics import yield_to_maturity
from convnote.arithmetic import decimal, exact, fraction
from convnote.calendars import calendar, day_number, to_date
from convnote.errors import PricingError, TermsError
from convnote.filings import arguments, findings
from convnote.filings.allocation import Agreed, Allocation, allocate
from convnote.filings.filing import Filing, Row, Timetable, at
from convnote.filings.lock_up import LockUp
from convnote.filings.payments import Contribution, Payment, Purchase
from convnote.filings.recurrences import quarters_after
from convnote.note import ConvertibleNote
from convnote.provisions.fields import calendar_name, count, day
from convnote.provisions.provision import rules
from convnote.tables import shown
from convnote.termsheet import Reader

RULES = rules(
    OFF_1=("price, day and time of closing: earlier than named, never later", "agreement+convention"),
    OFF_2=("each underwriter buys its amount in Schedule I; their sum is compared with the issue", "agreement"),
    OFF_3=("default within one-tenth: the others take it up, none above one-ninth without consent", "agreement"),
    OFF_4=("lock-up from the day after the prospectus date, and what is excepted", "agreement"),
    OFF_5=("plus interest accrued to closing, each underwriter's rounded separately", "agreement+convention"),
    OFF_6=("delivery of prospectuses, request for certificates, cut-off of the closing letter", "agreement"),
    OFF_7=("conditions of closing", "agreement"),
    OFF_8=("no similar debt is sold from the agreement to closing, both included", "agreement"),
    OFF_9=("earning statement over the twelve months from the first full fiscal quarter", "agreement"),
    OFF_10=("who pays which expenses", "agreement"),
    OFF_11=("indemnity: one firm, and when a settlement without consent binds", "agreement"),
    OFF_12=("contribution in proportion to what each side received; underwriters severally, up to a limit", "agreement"),
    OFF_13=("termination by notice before closing", "agreement"),
    OFF_14=("what the agreement does not contain", "agreement"),
    OFF_15=("pointers to sections that are numbered one too high", "agreement"),
    OFF_16=("payment in funds immediately available in New York City", "agreement"),
    OFF_17=("what is bought is a multiple of the note's denomination", "convention"),
    OFF_18=("spread = amount x (offering price - purchase price)", "convention"),
)


def _time(value: Any) -> str:
    """A time of day, HH:MM."""
    try:
        return f"{time.fromisoformat(value):%H:%M}"
    except (TypeError, ValueError):
        raise ValueError("expected a time of day HH:MM") from None


@dataclass(frozen=True, kw_only=True, repr=False)
class Offering(Filing):
    """An offering: the note, Schedule I, prices, days, section 9 and the lock-up (OFF-1…OFF-18).

    >>> import convnote as cn
    >>> offering = cn.offering("amazon-peacs-2010")
    >>> offering.amount, offering.gross_spread, offering.purchase().total
    (Decimal('690000000'), Decimal('17250000'), Decimal('672750000.00'))

    Raises `TermsError` with all faults of its settings at once.
    """

    note: ConvertibleNote
    #: principal that each underwriter agreed to purchase, in the order of Schedule I
    underwriters: Mapping[str, Decimal] = field(hash=False)
    agreement_date: date = at("sale", day, "OFF-1", "agreement")
    closing_date: date = at("sale", day, "OFF-1", "agreement")
    closing_time: str = at("sale", _time, "OFF-1", "agreement", default="10:00")
    #: as fractions of principal
    purchase_price: Decimal = at("sale", arguments.price, "OFF-1", "agreement")
    offering_price: Decimal = at("sale", arguments.price, "OFF-18", "convention", default=Decimal(1))
    default_tenth: Decimal | Fraction = at("sale", arguments.ratio, "OFF-3", "agreement", default=Fraction(1, 10))
    increase_ninth: Decimal | Fraction = at("sale", arguments.ratio, "OFF-3", "agreement", default=Fraction(1, 9))
    arrangement_hours: int = at("sale", count(0), "OFF-3", "agreement", default=36)
    postponement_days: int = at("sale", count(0), "OFF-3", "agreement", default=7)
    #: calendar of the Business Days in OFF-6, which the agreement does not define
    business_days: str = at("sale", calendar_name, "OFF-6", "convention", default="FED")
    delivery_time: str = at("sale", _time, "OFF-6", "agreement", default="10:00")
    #: whole Business Days between the request for certificates and closing
    certificate_days: int = at("sale", count(0), "OFF-6", "convention", default=1)
    #: calendar days before the agreement
    comfort_days: int = at("sale", count(0), "OFF-6", "agreement", default=3)
    #: the month in which the fiscal year begins
    fiscal_year_month: int = at("sale", count(1, 12), "OFF-9", "by-laws", default=1)
    #: days from the close of the period; the longer applies if it begins with the last quarter of a year
    statement_days: int = at("sale", count(0), "OFF-9", "agreement", default=45)
    statement_days_last_quarter: int = at("sale", count(0), "OFF-9", "agreement", default=90)
    #: the day of the prospectus supplement; None: the day of the agreement
    prospectus_date: date = at("lock_up", day, "OFF-4", "convention", default=None)
    lock_up_days: int = at("lock_up", count(1), "OFF-4", "agreement", default=90, key="days")
    group_shares: int = at("lock_up", count(0), "OFF-4", "agreement", default=600_000)

    KIND = "offering"
    BUNDLED = ("amazon-peacs-2010",)
    RULES = RULES
    LINES: ClassVar[Mapping[str, str]] = {
        "conditions": "OFF-7",
        "expenses": "OFF-10",
        "indemnity": "OFF-11",
        "termination": "OFF-13",
        "silence": "OFF-14",
        "pointers": "OFF-15",
    }
    OWN = ("note", "underwriters")
    FINDINGS = findings.of_offering

    def __post_init__(self) -> None:
        given = vars(self)
        if not isinstance(given["note"], ConvertibleNote):
            raise self.refusal("expected a ConvertibleNote (see cn.load)", "note", "OFF-5", type(given["note"]).__name__)
        if given["prospectus_date"] is None:
            object.__setattr__(self, "prospectus_date", self.agreement_date)
        object.__setattr__(self, "underwriters", _schedule_one(self.underwriters, self.note))
        super().__post_init__()

    def contradictions(self) -> Iterable[TermsError]:
        if self.closing_date < self.agreement_date:
            yield self.fault("closing_date", f"not before the day of the agreement, {self.agreement_date}")
        if fraction(self.offering_price) < fraction(self.purchase_price):
            yield self.fault("offering_price", f"not less than the purchase price, {self.purchase_price}")

    # --- figures

    @property
    def amount(self) -> Decimal:
        """The sum of Schedule I, in the note's currency (OFF-2)."""
        return decimal(self._total)

    @property
    def _total(self) -> Fraction:
        return sum(map(fraction, self.underwriters.values()), Fraction(0))

    @property
    def gross_spread(self) -> Decimal:
        """The underwriters' spread if all Notes are sold at the offering price, in the note's currency (OFF-18)."""
        with exact():
            return decimal(self._total * (fraction(self.offering_price) - fraction(self.purchase_price)))

    @property
    def lock_up(self) -> LockUp:
        """The lock-up (OFF-4)."""
        return LockUp(prospectus_date=self.prospectus_date, days=self.lock_up_days, group_shares=self.group_shares)

    @property
    def latest_closing(self) -> date:
        """The last day to which closing can be postponed after a default (OFF-3)."""
        return self.closing_date + timedelta(days=self.postponement_days)

    @property
    def closing_at(self) -> datetime:
        """Day and time of closing, New York time (OFF-1)."""
        return datetime.combine(self.closing_date, time.fromisoformat(self.closing_time))

    # --- questions

    def purchase(
        self,
        closing: Any = None,
        underwriter: str | None = None,
        allocation: Allocation | None = None,
        after_default: bool = False,
    ) -> Purchase:
        """The rounded payment of `underwriter` (None: all) at `closing` (None: the closing date) (OFF-1, OFF-5).

        `allocation` says what each buys after a default; `after_default` allows a closing up to seven days later.

        >>> import convnote as cn
        >>> cn.offering("amazon-peacs-2010").purchase("2000-02-23", after_default=True).accrued
        Decimal('909760.26')

        Raises `TermsError` for a day before the agreement or too late, an unknown name, or an allocation that ends the agreement.
        """
        arguments.truth(after_default, self.place("purchase after_default"), "OFF-1")
        on = self.closing_date if closing is None else arguments.on_day(closing, self.place("purchase closing"), "OFF-1")
        last = self.latest_closing if after_default else self.closing_date
        if not self.agreement_date <= on <= last:
            reason = f"expected a day from {self.agreement_date}, the agreement, to {last}"
            raise self.refusal(reason, "purchase closing", "OFF-1", on)
        bought = self._bought("purchase allocation", allocation)
        if underwriter is not None:
            arguments.choice(underwriter, self.underwriters, self.place("purchase underwriter"), "OFF-2")
            bought = {underwriter: bought[underwriter]}
        payments = {name: self._payment(principal, on) for name, principal in bought.items()}
        with exact():
            total = Payment(*(sum(column, Decimal(0)) for column in zip(*payments.values(), strict=True)))
        return Purchase(on, underwriter, *total, payments)

    def _payment(self, principal: Decimal, on: date) -> Payment:
        terms = self.note.principal
        interest: Any = 0
        if on > self.note.issue_date:
            interest = self.note.interest.accrued(on, fraction(principal))
        price = terms.paid(fraction(principal) * fraction(self.purchase_price))
        accrued = terms.paid(fraction(interest))
        with exact():
            return Payment(principal, decimal(price), decimal(accrued), decimal(price) + decimal(accrued))

    def _bought(self, question: str, allocation: Any) -> Mapping[str, Decimal]:
        """Principal that each underwriter buys: its own amount or, after a default, that of the allocation."""
        if allocation is None:
            return self.underwriters
        if not isinstance(allocation, Allocation) or dict(allocation.amounts) != dict(self.underwriters):
            reason = "expected an allocation of this offering"
            raise self.refusal(reason, question, "OFF-3", type(allocation).__name__)
        if allocation.terminates:
            reason = "nothing is bought under an agreement that ends"
            raise self.refusal(reason, question, "OFF-3", f"a default on {allocation.defaulted}")
        return allocation.purchased

    def allocate(
        self, defaults: Mapping[str, Any], proportions: Mapping[str, Any] | None = None, consents: Iterable[str] | None = None
    ) -> Allocation:
        """The allocation of principal not bought, given by underwriter in `defaults` (OFF-3, OFF-17).

        `proportions` are the manager's weights by taker (None: their amounts in Schedule I); `consents` are the
        takers that consent to more than one-ninth (None: not asked yet; allocated as if all consented).

        >>> import convnote as cn
        >>> offering = cn.offering("amazon-peacs-2010")
        >>> list(offering.allocate({"Credit Suisse First Boston (Europe) Limited": 61_336_000}).take_up.values())
        [Decimal('46002000'), Decimal('15334000')]

        Raises `TermsError` for unknown names, a default above the amount or not a multiple of the denomination, and
        weights below 0, all 0, or given for a defaulting underwriter.
        """
        agreed = Agreed(
            amounts=self.underwriters,
            denomination=fraction(self.note.denomination),
            tenth=fraction(self.default_tenth),
            ninth=fraction(self.increase_ninth),
            arranged_by=self.closing_at + timedelta(hours=self.arrangement_hours),
            closing=self.closing_date,
            closing_by=self.latest_closing,
        )
        return allocate(agreed, defaults, proportions, consents)

    def contribution(
        self, loss: Any, otherwise_paid: Mapping[str, Any] | None = None, allocation: Allocation | None = None
    ) -> Contribution:
        """How the Company and the underwriters share a loss, in the currency of the loss, unrounded (OFF-12).

        `otherwise_paid` are damages already paid, by underwriter; `allocation` says what was bought after a
        default.

        >>> import convnote as cn
        >>> cn.offering("amazon-peacs-2010").contribution(1_000_000).company
        Decimal('975000')
        """
        lost = arguments.number(loss, self.place("contribution loss"), "OFF-12", least=0)
        place = self.place("contribution otherwise_paid")
        paid = arguments.by_name({} if otherwise_paid is None else otherwise_paid, self.underwriters, place, "OFF-12")
        bought = {name: fraction(each) for name, each in self._bought("contribution allocation", allocation).items()}
        offered = fraction(self.offering_price)
        company = lost * fraction(self.purchase_price) / offered
        rest, total = lost - company, sum(bought.values())
        borne = {
            name: min(rest * each / total, max(offered * each - paid.get(name, 0), Fraction(0))) for name, each in bought.items()
        }
        shares = {name: decimal(each) for name, each in borne.items()}
        return Contribution(decimal(lost), decimal(company), shares, decimal(rest - sum(borne.values())))

    def timetable(self) -> Timetable:
        """Every day of the offering in order, each with its rule.

        >>> import convnote as cn
        >>> [(str(row.date), row.kind) for row in cn.offering("amazon-peacs-2010").timetable()][:2]
        [('2000-02-08', 'comfort cut-off'), ('2000-02-11', 'agreement')]
        """
        return Timetable(sorted(self._rows(), key=lambda row: row.date))  # same-day rows keep the order of the agreement

    def _rows(self) -> Iterator[Row]:
        banks, signed, closing = calendar(self.business_days), self.agreement_date, self.closing_at
        arranged = closing + timedelta(hours=self.arrangement_hours)
        delivery = to_date(banks.after(day_number(signed)))
        request = to_date(banks.before(day_number(self.closing_date), self.certificate_days + 1))
        cut_off = signed - timedelta(days=self.comfort_days)
        _, statement = self._earning_statement()
        yield Row(signed, None, "agreement", "OFF-1", "the agreement is signed and takes effect")
        before = time.fromisoformat(self.delivery_time)
        yield Row(delivery, before, "prospectus delivery", "OFF-6", "prospectuses are delivered before this time")
        yield Row(request, None, "certificates request", "OFF-6", "last day to ask for certificates")
        yield Row(cut_off, None, "comfort cut-off", "OFF-6", "earliest cut-off of the accountants' closing letter")
        yield Row(closing.date(), closing.time(), "closing", "OFF-1", "payment against delivery; earlier if so designated")
        yield Row(arranged.date(), arranged.time(), "arrangement", "OFF-3", "if more than one-tenth is defaulted on at closing")
        yield Row(self.latest_closing, None, "latest closing", "OFF-3", "last day to which closing is postponed after a default")
        yield Row(self.lock_up.end, None, "lock-up end", "OFF-4", "last restricted day")
        yield Row(statement, None, "earning statement", "OFF-9", "last day for the statement over twelve months")

    def _earning_statement(self) -> tuple[date, date]:
        """The first day of the earning-statement period, and the last day for the statement (OFF-9)."""
        start, next_year = quarters_after(self.agreement_date, self.fiscal_year_month)
        is_last_quarter = (start.month - self.fiscal_year_month) % 12 == 9
        days = self.statement_days_last_quarter if is_last_quarter else self.statement_days
        return start, next_year - timedelta(days=1) + timedelta(days=days)

    def all_in_cost(self, expenses: Any = 0) -> float:
        """The Company's borrowing yield after spread and `expenses`, with the conventions of `analytics.yield_to_maturity`.

        >>> import convnote as cn
        >>> round(cn.offering("amazon-peacs-2010").all_in_cost(), 6)
        0.072408

        Raises `TermsError` for expenses below 0, or so large that the remaining proceeds have no yield.
        """
        place = self.place("all_in_cost expenses")
        spent = arguments.number(expenses, place, "OFF-10", least=0)
        proceeds = self._total * fraction(self.purchase_price) - spent
        quoted = proceeds / self._total * fraction(self.note.principal.quoted_per)
        try:
            return float(yield_to_maturity(self.note, decimal(quoted), self.note.issue_date))
        except PricingError as error:
            raise TermsError(
                f"expected proceeds that have a yield: {error}", field=place, rule="OFF-10", value=expenses
            ) from None

    # --- reading and showing

    def more_rows(self) -> Iterable[tuple[Any, ...]]:
        return [("underwriters", name, shown(amount), "OFF-2", "agreement") for name, amount in self.underwriters.items()]

    @classmethod
    def own(cls, reader: Reader, sheet: Mapping[str, Any], folder: Path | None) -> dict[str, Any]:
        for key in ("note", "underwriters"):
            if key not in sheet:
                reader.fault(key, "required")
        name = reader.words("note", sheet.get("note", "-"))
        note = None
        if not reader.faults:
            beside = None if folder is None else folder / name
            note = termsheet.load(beside if beside is not None and beside.is_file() else name)
        return {"note": note, "underwriters": sheet.get("underwriters")}


def _schedule_one(underwriters: Any, note: ConvertibleNote) -> dict[str, Decimal]:
    """The amounts of Schedule I, each a positive multiple of the note's denomination (OFF-2, OFF-17)."""
    place = "offering.underwriters"
    if not isinstance(underwriters, Mapping) or not underwriters:
        raise TermsError("expected principal by underwriter", field=place, rule="OFF-2", value=repr(underwriters))
    faults, amounts = [], {}
    for name, amount in underwriters.items():
        try:
            if not isinstance(name, str) or not name.strip():
                raise TermsError("expected a name", field=place, rule="OFF-2", value=repr(name))
            principal = arguments.number(amount, f"{place}[{name!r}]", "OFF-2", above=0)
            if principal % fraction(note.denomination):
                reason = f"expected a multiple of the denomination {note.denomination}"
                raise TermsError(reason, field=f"{place}[{name!r}]", rule="OFF-17", value=amount)
            amounts[name] = decimal(principal)
        except TermsError as fault:
            faults.append(fault)
    if faults:
        raise TermsError.of(faults)
    return amounts


def offering(name_or_path: str | Path) -> Offering:
    """The offering of a bundled name, such as "amazon-peacs-2010", or of a TOML file.

    >>> offering("amazon-peacs-2010").lock_up.first_free_day
    datetime.date(2000, 5, 12)

    Raises `TermsError` for a name or file that does not exist, and with all faults of a wrong sheet.
    """
    return Offering.load(name_or_path)
