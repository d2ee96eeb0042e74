"""By-laws: meeting days, notice periods, record dates, votes, the Board (BYL-1…BYL-19).

Each answer is a day, a window, or true or false, from the figures in the by-laws. Windows are calendar days, ends included.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any, ClassVar, NamedTuple

from convnote.arithmetic import fraction
from convnote.calendars import FIRST_YEAR, LAST_YEAR, add_months, calendar, day_number, to_date
from convnote.errors import TermsError
from convnote.filings import arguments, findings
from convnote.filings.filing import Filing, Row, Timetable, at
from convnote.filings.recurrences import nth_weekday
from convnote.provisions.fields import calendar_name, count, day, days
from convnote.provisions.provision import rules

RULES = rules(
    BYL_1=("annual meeting on the second Thursday of May; if that is a holiday at its place, the next business day", "by-laws"),
    BYL_2=("postponed by at most 120 days, however often", "by-laws"),
    BYL_3=("special meeting: 30% of the shares, on a day 10 to 60 days after their request is received", "by-laws"),
    BYL_4=("notice 10 to 60 days before; if mailed, delivered when deposited", "by-laws"),
    BYL_5=(
        "a stockholder's business: received 60 to 90 days before the day of 2.1, or within 10 days of a late notice",
        "by-laws",
    ),
    BYL_6=("nominations: as BYL-5; for a special meeting the seventh Business Day after notice", "by-laws"),
    BYL_7=("record date of a meeting: 10 to 60 days before; if not fixed, the day before notice", "by-laws"),
    BYL_8=("record date of consents: to 10 days after the resolution; if not fixed, the first delivery", "by-laws"),
    BYL_9=("record date of dividends and rights: at most 60 days before; if not fixed, the resolution", "by-laws"),
    BYL_10=("list of voters at least 10 days before the meeting", "by-laws"),
    BYL_11=("quorum: more than half of the shares entitled to vote; else more than half of those present may adjourn", "by-laws"),
    BYL_12=("carried by more than half of the shares present; directors by plurality", "by-laws"),
    BYL_13=("a proxy is invalid from the third anniversary of its date, unless it says otherwise", "by-laws+convention"),
    BYL_14=("written consent: more than half of all shares, within 60 days of the earliest", "by-laws"),
    BYL_15=("notice to directors: 2 days, 3 by carrier, 5 by mail", "by-laws"),
    BYL_16=("one to nine directors; their quorum, with and without vacancies", "by-laws"),
    BYL_17=("suit from the day after 60 days without payment, 20 for advances", "by-laws"),
    BYL_18=("adopted and amended by the Board or the stockholders", "by-laws"),
    BYL_19=("no share and no loan without the Board; the calendar year", "by-laws"),
)
KINDS = {"meeting": "BYL-7", "consent": "BYL-8", "dividend": "BYL-9"}
MEANS = {
    "personal": "hand_days",
    "fax": "hand_days",
    "telegraph": "hand_days",
    "oral": "hand_days",
    "carrier": "carrier_days",
    "mail": "mail_days",
}


class Window(NamedTuple):
    """Days from `first` (None: no first day) to `last`, both included, and the rule."""

    first: date | None
    last: date
    rule: str


@dataclass(frozen=True, kw_only=True, repr=False)
class Bylaws(Filing):
    """By-laws as data: every number printed in them (BYL-1…BYL-19).

    >>> import convnote as cn
    >>> bylaws = cn.bylaws("amazon-2000")
    >>> bylaws.annual_meeting(2000), bylaws.record_window("dividend", resolved="2000-03-01", action="2000-03-20").last
    (datetime.date(2000, 5, 11), datetime.date(2000, 3, 20))

    Raises `TermsError` with all faults of its settings at once.
    """

    adopted: date | None = at("history", day, "BYL-18", "by-laws", default=None)
    amended: tuple[date, ...] = at("history", days, "BYL-18", "by-laws", default=())
    meeting_month: int = at("meetings", count(1, 12), "BYL-1", "by-laws")
    #: 0 is Monday
    meeting_weekday: int = at("meetings", count(0, 6), "BYL-1", "by-laws")
    meeting_nth: int = at("meetings", count(1, 4), "BYL-1", "by-laws")
    #: calendar of Business Days, which the by-laws do not define
    business_days: str = at("meetings", calendar_name, "BYL-1", "convention", default="FED")
    postponed_days: int = at("meetings", count(0), "BYL-2", "by-laws")
    special_share: Decimal = at("meetings", arguments.ratio, "BYL-3", "by-laws")
    requested_first_days: int = at("meetings", count(0), "BYL-3", "by-laws")
    requested_last_days: int = at("meetings", count(0), "BYL-3", "by-laws")
    notice_first_days: int = at("meetings", count(0), "BYL-4", "by-laws")
    notice_last_days: int = at("meetings", count(0), "BYL-4", "by-laws")
    list_days: int = at("meetings", count(0), "BYL-10", "by-laws")
    business_first_days: int = at("business", count(0), "BYL-5", "by-laws")
    business_last_days: int = at("business", count(0), "BYL-5", "by-laws")
    #: days from a late announcement
    announced_days: int = at("business", count(0), "BYL-5", "by-laws")
    #: Business Days from the notice of a special meeting
    nomination_days: int = at("business", count(1), "BYL-6", "by-laws")
    record_first_days: int = at("records", count(0), "BYL-7", "by-laws")
    record_last_days: int = at("records", count(0), "BYL-7", "by-laws")
    consent_record_days: int = at("records", count(0), "BYL-8", "by-laws")
    payment_record_days: int = at("records", count(0), "BYL-9", "by-laws")
    #: a vote carries with more than this part
    majority: Decimal = at("votes", arguments.ratio, "BYL-11", "by-laws")
    proxy_months: int = at("votes", count(1), "BYL-13", "by-laws")
    consent_days: int = at("votes", count(0), "BYL-14", "by-laws")
    most_directors: int = at("board", count(1), "BYL-16", "by-laws")
    hand_days: int = at("board", count(0), "BYL-15", "by-laws")
    carrier_days: int = at("board", count(0), "BYL-15", "by-laws")
    mail_days: int = at("board", count(0), "BYL-15", "by-laws")
    #: smallest part of the fixed number that is a quorum with vacancies
    vacancy_share: Decimal | Fraction = at("board", arguments.ratio, "BYL-16", "by-laws")
    claim_days: int = at("claims", count(0), "BYL-17", "by-laws")
    advance_days: int = at("claims", count(0), "BYL-17", "by-laws")

    KIND = "bylaws"
    BUNDLED = ("amazon-2000",)
    RULES = RULES
    LINES: ClassVar[Mapping[str, str]] = {"shares": "BYL-19", "amendment": "BYL-18"}
    FINDINGS = findings.of_bylaws

    def contradictions(self) -> Iterable[TermsError]:
        for first, last in (
            ("notice_first_days", "notice_last_days"),
            ("business_first_days", "business_last_days"),
            ("record_first_days", "record_last_days"),
            ("requested_last_days", "requested_first_days"),
        ):
            if getattr(self, first) < getattr(self, last):
                yield self.fault(first, f"expected not less than {last}, {getattr(self, last)}")

    def _day(self, value: Any, question: str, rule: str) -> date:
        return arguments.on_day(value, self.place(question), rule)

    # --- annual meetings and business brought before them

    def annual_meeting(self, year: int, holidays: Iterable[Any] = ()) -> date:
        """The day of the annual meeting by section 2.1 (BYL-1); `holidays` are legal holidays at its place.

        >>> import convnote as cn
        >>> cn.bylaws("amazon-2000").annual_meeting(2018, holidays=["2018-05-10"])    # Ascension Day
        datetime.date(2018, 5, 11)

        Raises `TermsError` for a year outside 1970 to 2099.
        """
        number = arguments.whole(year, self.place("annual_meeting year"), "BYL-1")
        if not FIRST_YEAR <= number <= LAST_YEAR:
            reason = f"expected a year from {FIRST_YEAR} to {LAST_YEAR}"
            raise self.refusal(reason, "annual_meeting year", "BYL-1", year)
        if isinstance(holidays, str) or not isinstance(holidays, Iterable):
            raise self.refusal("expected a list of days", "annual_meeting holidays", "BYL-1", repr(holidays))
        closed = {self._day(each, "annual_meeting holidays", "BYL-1") for each in holidays}
        on = nth_weekday(number, self.meeting_month, self.meeting_weekday, self.meeting_nth)
        open_days = calendar(self.business_days)
        while on in closed:
            on = to_date(open_days.after(day_number(on)))
        return on

    def postponement_limit(self, year: int, holidays: Iterable[Any] = ()) -> date:
        """The last day to which the annual meeting can be postponed, however often (BYL-2)."""
        return self.annual_meeting(year, holidays) + timedelta(days=self.postponed_days)

    def proposal_window(self, year: int, *, meeting: Any = None, announced: Any = None, holidays: Iterable[Any] = ()) -> Window:
        """When a stockholder's business for the annual meeting must be received (BYL-5).

        The window depends on the day of section 2.1. If the day of the `meeting` (None: that of 2.1) was `announced` less than 60
        days ahead, the deadline is the tenth day after the announcement, and there is no first day.

        >>> import convnote as cn
        >>> cn.bylaws("amazon-2000").proposal_window(2000, announced="2000-03-13")
        Window(first=None, last=datetime.date(2000, 3, 23), rule='BYL-5')

        Raises `TermsError` for an announcement after the meeting.
        """
        specified = self.annual_meeting(year, holidays)
        actual = specified if meeting is None else self._day(meeting, "proposal_window meeting", "BYL-5")
        if announced is not None:
            told = self._day(announced, "proposal_window announced", "BYL-5")
            if told > actual:
                raise self.refusal(f"expected a day not after the meeting, {actual}", "proposal_window announced", "BYL-5", told)
            if (actual - told).days < self.business_last_days:
                return Window(None, told + timedelta(days=self.announced_days), "BYL-5")
        first, last = (specified - timedelta(days=each) for each in (self.business_first_days, self.business_last_days))
        return Window(first, last, "BYL-5")

    def nomination_deadline(self, notice_given: Any) -> date:
        """The last day for nominations for a special meeting, the seventh Business Day after its notice (BYL-6)."""
        given = self._day(notice_given, "nomination_deadline notice_given", "BYL-6")
        return to_date(calendar(self.business_days).after(day_number(given), self.nomination_days))

    # --- notices and record dates

    def notice_window(self, meeting: Any, not_before: Any = None) -> Window:
        """When notice of a meeting is given: 10 to 60 days before it, and not before `not_before` (BYL-4)."""
        on = self._day(meeting, "notice_window meeting", "BYL-4")
        least = None if not_before is None else self._day(not_before, "notice_window not_before", "BYL-4")
        window = on - timedelta(days=self.notice_first_days), on - timedelta(days=self.notice_last_days)
        return self._window(*window, least, "notice_window not_before", "BYL-4")

    def _window(self, first: date, last: date, least: date | None, question: str, rule: str) -> Window:
        if least is not None and least > last:
            raise self.refusal(f"expected a day not after {last}, or no day is left", question, rule, least)
        return Window(first if least is None else max(first, least), last, rule)

    def requested_meeting(self, received: Any) -> Window:
        """When a meeting that stockholders request is held: 10 to 60 days after their request is received (BYL-3)."""
        on = self._day(received, "requested_meeting received", "BYL-3")
        first, last = (on + timedelta(days=each) for each in (self.requested_first_days, self.requested_last_days))
        return Window(first, last, "BYL-3")

    def record_window(self, kind: str, *, resolved: Any, action: Any = None) -> Window:
        """When the Board can set a record date by a resolution of `resolved` (BYL-7, BYL-8, BYL-9).

        `kind` is "meeting", "consent" or "dividend" (rights and exchanges too); `action` the day of the meeting or the payment.

        >>> import convnote as cn
        >>> cn.bylaws("amazon-2000").record_window("meeting", resolved="2000-03-20", action="2000-05-11").first
        datetime.date(2000, 3, 20)

        Raises `TermsError` if the window is empty or `action` is missing.
        """
        rule = KINDS[arguments.choice(kind, KINDS, self.place("record_window kind"), "BYL-7")]
        least = self._day(resolved, "record_window resolved", rule)
        if kind == "consent":
            if action is not None:
                raise self.refusal("a consent has no day of action", "record_window action", rule, action)
            return Window(least, least + timedelta(days=self.consent_record_days), rule)
        on = self._day(action, "record_window action", rule)
        ahead = (self.record_first_days, self.record_last_days) if kind == "meeting" else (self.payment_record_days, 0)
        first, last = (on - timedelta(days=each) for each in ahead)
        return self._window(first, last, least, "record_window resolved", rule)

    def default_record_date(
        self, kind: str, *, resolved: Any = None, notice: Any = None, meeting: Any = None, delivered: Any = None
    ) -> date:
        """The record date if the Board does not set one (BYL-7, BYL-8, BYL-9).

        "meeting": the day before `notice` is given, or before the `meeting` if notice is waived; "consent": the day the first
        one is `delivered`, or `resolved` if the law requires prior action of the Board; "dividend": `resolved`.

        >>> import convnote as cn
        >>> cn.bylaws("amazon-2000").default_record_date("meeting", notice="2000-03-12")
        datetime.date(2000, 3, 11)

        Raises `TermsError` if the day it depends on is missing.
        """
        rule = KINDS[arguments.choice(kind, KINDS, self.place("default_record_date kind"), "BYL-7")]
        wanted = {"meeting": ("notice", "meeting"), "consent": ("resolved", "delivered"), "dividend": ("resolved",)}[kind]
        given = {"resolved": resolved, "notice": notice, "meeting": meeting, "delivered": delivered}
        for name in wanted:
            if given[name] is not None:
                on = self._day(given[name], f"default_record_date {name}", rule)
                return on - timedelta(days=1) if kind == "meeting" else on
        raise self.refusal(f"expected {' or '.join(wanted)}", "default_record_date", rule, "none of them")

    def voting_list_by(self, meeting: Any) -> date:
        """The last day to prepare the list of stockholders entitled to vote (BYL-10)."""
        return self._day(meeting, "voting_list_by meeting", "BYL-10") - timedelta(days=self.list_days)

    def consent_deadline(self, earliest: Any) -> date:
        """The last day to deliver written consents, counted from the earliest dated one (BYL-14)."""
        return self._day(earliest, "consent_deadline earliest", "BYL-14") + timedelta(days=self.consent_days)

    # --- votes

    def _parts(self, question: str, names: tuple[str, str], values: tuple[Any, Any], rule: str) -> tuple[Fraction, Fraction]:
        return arguments.part_of(*values, (self.place(f"{question} {names[0]}"), self.place(f"{question} {names[1]}")), rule)

    def _more_than_half(self, question: str, names: tuple[str, str], values: tuple[Any, Any], rule: str) -> bool:
        part, whole = self._parts(question, names, values, rule)
        return part > fraction(self.majority) * whole

    def has_quorum(self, present: Any, outstanding: Any) -> bool:
        """True if more than half of the shares entitled to vote are present (BYL-11)."""
        return self._more_than_half("has_quorum", ("present", "outstanding"), (present, outstanding), "BYL-11")

    def carries(self, in_favour: Any, present: Any) -> bool:
        """True if more than half of the shares present are in favour: abstentions count against (BYL-12)."""
        return self._more_than_half("carries", ("in_favour", "present"), (in_favour, present), "BYL-12")

    def consent_carries(self, signed: Any, outstanding: Any) -> bool:
        """True if consents are signed for more than half of the shares outstanding (BYL-14)."""
        return self._more_than_half("consent_carries", ("signed", "outstanding"), (signed, outstanding), "BYL-14")

    def may_adjourn(self, in_favour: Any, represented: Any) -> bool:
        """True if, without a quorum, more than half of the shares represented vote to adjourn (BYL-11)."""
        return self._more_than_half("may_adjourn", ("in_favour", "represented"), (in_favour, represented), "BYL-11")

    def can_call_special(self, held: Any, outstanding: Any) -> bool:
        """True for holders of at least 30% of the shares (BYL-3)."""
        part, whole = self._parts("can_call_special", ("held", "outstanding"), (held, outstanding), "BYL-3")
        return part >= fraction(self.special_share) * whole

    def proxy_valid(self, executed: Any, on: Any, months: int | None = None) -> bool:
        """True if a proxy is valid on `on`: from its date to the day before its third anniversary (BYL-13).

        `months` is the term stated in the proxy (None: 36 months).
        """
        start, day = self._day(executed, "proxy_valid executed", "BYL-13"), self._day(on, "proxy_valid on", "BYL-13")
        said = self.proxy_months if months is None else months
        length = arguments.whole(said, self.place("proxy_valid months"), "BYL-13", least=1)
        return start <= day < add_months(start, length)

    # --- the Board, claims

    def board_notice_by(self, meeting: Any, means: str) -> date:
        """The last day for notice of a meeting of the Board, `means` being a key of `MEANS`, such as "mail" (BYL-15)."""
        on = self._day(meeting, "board_notice_by meeting", "BYL-15")
        name = MEANS[arguments.choice(means, MEANS, self.place("board_notice_by means"), "BYL-15")]
        return on - timedelta(days=getattr(self, name))

    def board_quorum(self, fixed: Any, serving: Any = None) -> int:
        """Directors needed for a quorum of a Board fixed at `fixed` members, with `serving` (None: all) in office (BYL-16).

        >>> import convnote as cn
        >>> cn.bylaws("amazon-2000").board_quorum(9), cn.bylaws("amazon-2000").board_quorum(9, 2)
        (5, 3)

        Raises `TermsError` if `fixed` is outside 1 to 9 or `serving` exceeds it.
        """
        seats = arguments.whole(fixed, self.place("board_quorum fixed"), "BYL-16", least=1)
        if seats > self.most_directors:
            raise self.refusal(f"expected a number from 1 to {self.most_directors}", "board_quorum fixed", "BYL-16", fixed)
        in_office = seats if serving is None else arguments.whole(serving, self.place("board_quorum serving"), "BYL-16")
        if in_office > seats:
            raise self.refusal(
                f"expected a number from 0 to {seats}, the number fixed", "board_quorum serving", "BYL-16", serving
            )
        majority = in_office // 2 + 1
        return majority if in_office == seats else max(majority, -(-seats * fraction(self.vacancy_share) // 1))

    def suit_from(self, received: Any, advancement: bool = False) -> date:
        """The first day on which suit can be brought for an unpaid claim (BYL-17)."""
        on = self._day(received, "suit_from received", "BYL-17")
        early = arguments.truth(advancement, self.place("suit_from advancement"), "BYL-17")
        return on + timedelta(days=(self.advance_days if early else self.claim_days) + 1)

    def timetable(self, meeting: Any) -> Timetable:
        """The dates of a meeting in order, each with its rule.

        >>> import convnote as cn
        >>> [row.kind for row in cn.bylaws("amazon-2000").timetable("2000-05-11")][-2:]
        ['voting list', 'meeting']
        """
        on = self._day(meeting, "timetable meeting", "BYL-4")
        rows = (
            (self.record_first_days, "first record date", "BYL-7", "earliest record date, not before its resolution"),
            (self.notice_first_days, "first notice", "BYL-4", "earliest notice"),
            (self.record_last_days, "last record date", "BYL-7", "latest record date"),
            (self.notice_last_days, "last notice", "BYL-4", "latest notice; if mailed, the day it is deposited"),
            (self.list_days, "voting list", "BYL-10", "the list of those entitled to vote is made"),
            (0, "meeting", "BYL-4", "the meeting"),
        )
        made = [Row(on - timedelta(days=ahead), None, *rest) for ahead, *rest in rows]
        return Timetable(sorted(made, key=lambda row: row.date))


def bylaws(name_or_path: str | Path) -> Bylaws:
    """The by-laws of a bundled name, such as "amazon-2000", or of a TOML file.

    >>> bylaws("amazon-2000").postponement_limit(2000)
    datetime.date(2000, 9, 8)

    Raises `TermsError` for a name or file that does not exist, and with all faults of a wrong sheet.
    """
    return Bylaws.load(name_or_path)
