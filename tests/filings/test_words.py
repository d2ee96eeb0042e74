"""The exact words of refusals and findings of the filings: field, rule, value, and what is allowed."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

import pytest

import convnote as cn
from tests.filings import test_bylaws, test_dilution, test_grants, test_sheets

GRANTS = [
    "grant.vested (OPT-1): got 1997-01-14; the vesting schedule is not in the paper: set vesting",
    "grant.vested_share (OPT-1): got 1997-01-14; the vesting schedule is not in the paper: set vesting",
    "grant.exercisable (OPT-1): got 1997-01-13; the vesting schedule is not in the paper: set vesting",
    "grant.repurchase (OPT-1): got 1997-01-14; the vesting schedule is not in the paper: set vesting",
    "grant.vested (OPT-1): got 2004-11-29; the size of the grant is not stated: set shares",
    "grant.exercisable (OPT-1): got 2004-11-29; the size of the grant is not stated: set shares",
    "grant.outstanding (OPT-1): got 2004-11-29; the size of the grant is not stated: set shares",
    "grant.outstanding on (OPT-1): got 2003-06-30; the day of the grant is not stated, and nothing had vested: set grant_date",
    "grant.terminates service_ended (OPT-5): got 2004-11-01; the paper does not state months after service",
    "grant.terminates service_ended (OPT-5): got 2004-11-29; the paper does not state months after service",
    "grant.repurchase (OPT-6): got 2004-11-29; the paper does not state repurchase notice days",
    "grant.vested sale (OPT-7): got 2004-11-29; the paper does not state acceleration above",
    "grant.accelerates (OPT-7): got 1; the paper does not state acceleration above",
    "grant.iso_schedule fair_value (OPT-8): got 1; the paper does not state yearly limit",
    "grant.disqualifying (OPT-11): got 2005-11-30; the paper does not state holding months from grant",
    "grant.vested_share on (OPT-3): got '1997-02-30'; a day is written YYYY-MM-DD",
    "grant.vested on (OPT-3): got 19970114; expected a date, without a time of day",
    "grant.vested sale (OPT-7): got 'no'; expected True or False",
    "grant.exercisable exercised (OPT-6): got 709569; no more than the 709568 granted are possible",
    "grant.exercisable exercised (OPT-6): got -1; expected a number of 0 or more",
    "grant.exercisable exercised (OPT-6): got 0.5; expected a whole number",
    "grant.exercisable reason (OPT-5): got 'retirement'; allowed: other, disability, death",
    "grant.terminates reason (OPT-5): got ''; allowed: other, disability, death",
    "grant.terminates service_ended (OPT-5): got 1994-10-23; a day not before the grant, 1994-10-24",
    "grant.repurchase exercised (OPT-6): got 709569; no more than the 709568 granted are possible",
    "grant.accelerates sold (OPT-7): got 2; no more than outstanding, 1, is possible",
    "grant.accelerates outstanding (OPT-7): got 0; expected a number above 0",
    "grant.iso_schedule fair_value (OPT-8): got 0; expected a number above 0",
    "grant.split new (OPT-10): got 0; expected a number above 0",
    "grant.split old (OPT-10): got -1; expected a number above 0",
    "grant.split (OPT-10): got 1 for 1000000; expected a split that leaves a whole share",
    "grant.disqualifying sold_on (OPT-11): got 1996-01-01; expected a day not before the exercise, 1996-01-02",
    "grant.disqualifying exercised_on (OPT-11): got 1994-10-23; expected a day not before the grant, 1994-10-24",
]
GRANT_SETTINGS = [
    "grant.shares (OPT-1): got 0; expected a whole number above 0",
    "grant.shares (OPT-1): got '1.5'; expected a whole number above 0",
    "grant.exercise_price (OPT-1): got 0; expected a number above 0",
    "grant.vesting (OPT-3): got [('1995-10-24', '0.5'), ('1996-10-24', '0.51')]; expected instalments that sum to 1 or less",
    "grant.vesting (OPT-3): got [('1996-10-24', '0.5'), ('1995-10-24', '0.5')]; expected dates in ascending order, none twice",
    "grant.vesting (OPT-3): got [('1996-10-24', 0)]; expected a number above 0",
    "grant.vesting (OPT-3): got [('1996-10-24',)]; expected pairs of a day and a share of the grant",
    "grant.vesting (OPT-3): got '1996-10-24'; expected pairs of a day and a share of the grant",
    "grant.vesting (OPT-3): got {'first': '1996-10-24'}; expected first, last, every_months and share",
    "grant.remainder (OPT-3): got 'first'; allowed: unvested, last",
    "grant.expiry (OPT-4): got 2004-10-24; expected either an expiry or the months of each instalment",
    "grant.expiry (OPT-4): expected either an expiry or the months of each instalment",
    "grant.expiry (OPT-4): got 1994-10-23; expected a day not before the grant, 1994-10-24",
    "grant.early_exercise (OPT-6): got 'yes'; expected true or false",
]
BYLAWS = [
    "bylaws.annual_meeting year (BYL-1): got 1969; expected a year from 1970 to 2099",
    "bylaws.annual_meeting year (BYL-1): got 2100; expected a year from 1970 to 2099",
    "bylaws.annual_meeting year (BYL-1): got 'soon'; expected a finite number",
    "bylaws.annual_meeting holidays (BYL-1): got '2000-05-11'; expected a list of days",
    "bylaws.annual_meeting holidays (BYL-1): got 5; expected a list of days",
    "bylaws.annual_meeting holidays (BYL-1): got '11 May'; a day is written YYYY-MM-DD",
    "bylaws.proposal_window announced (BYL-5): got 2000-05-12; expected a day not after the meeting, 2000-05-11",
    "bylaws.requested_meeting received (BYL-3): got ''; a day is written YYYY-MM-DD",
    "bylaws.can_call_special held (BYL-3): got 101; no more than outstanding, 100, is possible",
    "bylaws.has_quorum present (BYL-11): got 101; no more than outstanding, 100, is possible",
    "bylaws.carries in_favour (BYL-12): got 2; no more than present, 1, is possible",
    "bylaws.consent_carries signed (BYL-14): got 1.01; no more than outstanding, 1, is possible",
    "bylaws.may_adjourn in_favour (BYL-11): got -1; expected a number of 0 or more",
    "bylaws.has_quorum outstanding (BYL-11): got 0; expected a number above 0",
    "bylaws.has_quorum present (BYL-11): got True; expected a number, not a truth value",
    "bylaws.record_window kind (BYL-7): got 'split'; allowed: meeting, consent, dividend",
    "bylaws.record_window action (BYL-7): got None; expected a date, without a time of day",
    "bylaws.record_window resolved (BYL-7): got 2000-05-02; expected a day not after 2000-05-01, or no day is left",
    "bylaws.record_window action (BYL-8): got 2000-01-02; a consent has no day of action",
    "bylaws.record_window resolved (BYL-9): got 2000-05-12; expected a day not after 2000-05-11, or no day is left",
    "bylaws.default_record_date kind (BYL-7): got 'rights'; allowed: meeting, consent, dividend",
    "bylaws.default_record_date (BYL-7): got none of them; expected notice or meeting",
    "bylaws.default_record_date (BYL-8): got none of them; expected resolved or delivered",
    "bylaws.default_record_date (BYL-9): got none of them; expected resolved",
    "bylaws.proxy_valid months (BYL-13): got 0; expected a number of 1 or more",
    "bylaws.board_notice_by means (BYL-15): got 'pigeon'; allowed: personal, fax, telegraph, oral, carrier, mail",
    "bylaws.board_quorum fixed (BYL-16): got 0; expected a number of 1 or more",
    "bylaws.board_quorum fixed (BYL-16): got 10; expected a number from 1 to 9",
    "bylaws.board_quorum serving (BYL-16): got 6; expected a number from 0 to 5, the number fixed",
    "bylaws.board_quorum serving (BYL-16): got -1; expected a number of 0 or more",
    "bylaws.suit_from advancement (BYL-17): got 1; expected True or False",
]
OFFERING = [
    "offering.allocate defaults (OFF-3): got 'Nobody'; allowed: Morgan Stanley & Co. International Limited; Credit Suisse First Boston (Europe) Limited; Donaldson, Lufkin & Jenrette International",
    "offering.allocate defaults (OFF-3): got ['Morgan Stanley & Co. International Limited']; expected numbers by name, such as {name: 1000}",
    "offering.allocate defaults['Morgan Stanley & Co. International Limited'] (OFF-3): got 414001000; no more than its amount of 414000000 is possible",
    "offering.allocate defaults['Morgan Stanley & Co. International Limited'] (OFF-17): got 500; expected a multiple of 1000",
    "offering.allocate defaults['Morgan Stanley & Co. International Limited'] (OFF-3): got -1000; expected a number of 0 or more",
    "offering.allocate defaults['Morgan Stanley & Co. International Limited'] (OFF-3): got 'all'; expected a finite number",
    "offering.allocate proportions (OFF-3): got 'Nobody'; allowed: Morgan Stanley & Co. International Limited; Credit Suisse First Boston (Europe) Limited; Donaldson, Lufkin & Jenrette International",
    "offering.allocate proportions (OFF-3): got 'Morgan Stanley & Co. International Limited'; allowed: Credit Suisse First Boston (Europe) Limited; Donaldson, Lufkin & Jenrette International",
    "offering.allocate proportions (OFF-3): got {'Credit Suisse First Boston (Europe) Limited': 0, 'Donaldson, Lufkin & Jenrette International': 0}; expected a weight above 0 for at least one taker",
    "offering.allocate proportions (OFF-3): got {}; expected a weight above 0 for at least one taker",
    "offering.allocate proportions['Donaldson, Lufkin & Jenrette International'] (OFF-3): got -1; expected a number of 0 or more",
    "offering.allocate consents (OFF-3): got 'Nobody'; allowed: Morgan Stanley & Co. International Limited; Credit Suisse First Boston (Europe) Limited; Donaldson, Lufkin & Jenrette International",
    "offering.allocate consents (OFF-3): got 'Morgan Stanley & Co. International Limited'; expected a list of names",
    "offering.allocate consents (OFF-3): got True; expected a list of names",
    "offering.purchase underwriter (OFF-2): got 'Nobody'; allowed: Morgan Stanley & Co. International Limited; Credit Suisse First Boston (Europe) Limited; Donaldson, Lufkin & Jenrette International",
    "offering.purchase closing (OFF-1): got '2000-02-30'; a day is written YYYY-MM-DD",
    "offering.purchase after_default (OFF-1): got 'yes'; expected True or False",
    "offering.purchase allocation (OFF-3): got dict; expected an allocation of this offering",
    "offering.contribution loss (OFF-12): got -1; expected a number of 0 or more",
    "offering.contribution otherwise_paid (OFF-12): got 'Nobody'; allowed: Morgan Stanley & Co. International Limited; Credit Suisse First Boston (Europe) Limited; Donaldson, Lufkin & Jenrette International",
    "offering.contribution otherwise_paid['Morgan Stanley & Co. International Limited'] (OFF-12): got -1; expected a number of 0 or more",
    "offering.authority (OFF-19): got 'OFF-19'; expected a rule id from OFF-1 to OFF-18",
]
OFFERING_SETTINGS = [
    "offering.note (OFF-5): got str; expected a ConvertibleNote (see cn.load)",
    "offering.underwriters (OFF-2): got {}; expected principal by underwriter",
    "offering.underwriters (OFF-2): got ['A']; expected principal by underwriter",
    "offering.underwriters (OFF-2): got ''; expected a name",
    "offering.underwriters['A'] (OFF-2): got 'much'; expected a finite number",
    "offering.underwriters['A'] (OFF-17): got 1500; expected a multiple of the denomination 1000",
    "offering.sources: got closing_dte = 'note'; a setting and one of: note, cover, agreement, filing, by-laws, convention",
    "offering.sources: got closing_date = 'hearsay'; a setting and one of: note, cover, agreement, filing, by-laws, convention",
    "offering.closing_date (OFF-1): got '16 February'; a day is written YYYY-MM-DD",
    "offering.group_shares (OFF-4): got -1; expected a whole number from 0",
]
LOCK_UP = [
    "lock_up.allows kind (OFF-4): got 'swap'; allowed: exercise, conversion, grant, acquisition, group sale, sale",
    "lock_up.allows on (OFF-4): got 'March'; a day is written YYYY-MM-DD",
    "lock_up.allows shares (OFF-4): got 1.5; expected a whole number",
    "lock_up.allows disposed (OFF-4): got -1; expected a number of 0 or more",
    "lock_up.allows outstanding_since (OFF-4): got True; expected a date, without a time of day",
    "lock_up.allows exercisable (OFF-4): got 'soon'; a day is written YYYY-MM-DD",
    "lock_up.allows bound (OFF-4): got 'no'; expected True or False",
    "lock_up.allows approved (OFF-4): got 1; expected True or False",
    "lock_up.allows consent (OFF-4): got None; expected True or False",
]
DILUTION = [
    "dilution.shares (DIL-3): got 0; expected a number above 0",
    "dilution.shares (DIL-3): got 'many'; expected a finite number",
    "dilution.price (DIL-2): got 0; expected a number above 0",
    "dilution.price (DIL-2): got -1; expected a number above 0",
    "dilution.on (DIL-1): got '2000-13-01'; a day is written YYYY-MM-DD",
    "dilution.note (DIL-1): got 'amazon-peacs-2010'; expected a ConvertibleNote",
    "dilution.state (DIL-1): got MarketHistory(2517 closes in EUR, 2000-02-11 to 2010-02-16, from 'scenario as-it-was: days between …;"
    " expected the state of one replay",
    "dilution.options (DIL-2): got -1; expected a number of 0 or more",
    "dilution.options (DIL-2): got -1; expected a number of 0 or more",
    "dilution.options (DIL-2): got 5; expected pairs (count, strike)",
    "dilution.options (DIL-2): got '5=2'; expected pairs (count, strike)",
    "dilution.grants (DIL-2): got (1, 1); expected grants such as cn.grant(...)",
    "grant.outstanding (OPT-1): got 2000-12-31; the size of the grant is not stated: set shares",
    "grant.outstanding on (OPT-1): got 2000-12-31; the day of the grant is not stated, and nothing had vested: set grant_date",
]
SAID = [
    "OFF-1: closing is not later than 2000-02-16, and after a default not later than 2000-02-23: the 7 days of section 9 go beyond the date of section 4",
    "OFF-2: the agreement speaks of principal amount at maturity; the Notes are sold and fall due at the same principal",
    "OFF-4: (a) the date of the prospectus supplement is not in the papers: 2000-02-11 is taken, which makes the last restricted day 2000-05-11",
    "OFF-4: (b) the agreement calls each of two supplements the Prospectus Supplement, the preliminary and the final; the letter means the final one",
    "OFF-4: (c) the letter of officers and directors has a blank for its own date, yet its period begins with it",
    "OFF-4: (d) the letter excepts six named people as agreed and shares bought in the open market; the agreement excepts 600,000 shares with the Company's approval",
    "OFF-4: (e) the period begins on 2000-02-12: from signing on 2000-02-11 to the day before, nothing binds the Company",
    "OFF-4: (f) conversion of the Notes is not excepted: they were not outstanding on 2000-02-11, yet they convert from 2000-02-16 (CNV-1), before the lock-up ends on 2000-05-11",
    "OFF-6: the cut-off of the letter delivered at closing counts from signing: it may be 2000-02-08, 8 days before closing on 2000-02-16",
    "OFF-7: the condition on ratings, 5(a)(i), has no period, and the certificate of 5(b) leaves it out",
    "OFF-7: Exhibit A, the opinion of the Company's counsel, is a title only",
    "OFF-8: the covenant stands twice: 6(f) excepts commercial paper and asks Morgan Stanley, section 2 excepts nothing and asks all underwriters",
    'OFF-9: the 90 days apply if "such fiscal quarter" is the last of a year: as printed that is the first quarter of the period, not the one that closes it',
    'OFF-11: the indemnity of 7(a) covers "any preliminary prospectus as the Prospectus": a word is missing or wrong',
    "OFF-12: contribution is shared in proportion to the offering price, which the agreement does not state: 1 of principal is taken",
    "OFF-14: the number of shares reserved for conversion, which 1(i) warrants, is not stated",
    "OFF-15: 11 pointers to sections are one too high: 6(h) names Section 8 for 7; 6(h) names Section 10 for 9; 7(c) names 8(a) for 7(a); 7(c) names 8(b) for 7(b); 7(d) names 8(d)(i) for 7(d)(i); 7(d) calls itself Section 8; 7(e) calls itself Section 8; 7(e) calls itself Section 8 once more; end of 7 calls itself Section 8; 8 names 9(a)(i) through 9(a)(iv) for 8(a)(i) through 8(a)(iv); 9 calls itself Section 10",
    "OFF-16: a price in euros is paid in Federal or other funds immediately available in New York City",
    "OPT-1: the vesting schedule is in an exhibit that is not filed: it is an input",
    "OPT-1: the plan is not filed; the headings of sections 6 and 15 and the end of section 5 are missing",
    "OPT-6: the 60 days run from an exercise, if that is later: it never is, for the unvested part of the option ends with service",
    "OPT-8: at the price of the grant all 709,568 shares are worth USD 1,043.77, far less than 100,000: the limit cannot bind unless fair value was above 100,000 / 709,568 = 0.140931 a share",
    "OPT-2: 16 instalments from 2003-07-01 to 2007-04-01 make 80%, not all of the grant: at 5% each it would be full with the 20th, on 2008-04-01",
    "OPT-2: the size of the grant is not stated: it was at least 33,334 shares, if the 10,000 exercised on 2004-11-29 were among the 30% vested by then",
    "OPT-2: the boxes for the price and the number of options left are not in the copy",
    "BYL-1: the 8-K and the list of amendments tell that since 2000-02-09 the Board may meet before the second Thursday of May; the text of 2.1 that is filed speaks of postponement only",
    "BYL-5: the window for a stockholder's business hangs on the day of section 2.1, not on that of the meeting: moving a meeting moves no deadline; 60 days before a Thursday it always ends on a Sunday",
    "BYL-5: if a meeting is announced 59 days ahead instead of 60, the deadline is the 10th day after: 11 days later",
    'BYL-6: nominations are due "not later than" and at once "not fewer than" a number of days before; 2.5.3, on notices, does not name 3.3.1',
    "BYL-10: where notice is waived the record date is the day before the meeting, yet the list of those entitled to vote is made 10 days before it",
    "BYL-14: the number of signatures is to be determined by 2.6.2, which is waiver by attendance; 2.10 is meant",
    "BYL-14: 3.14 lets stockholders remove directors under 2.14, which takes only what the Board brings",
    "BYL-17: the appendix on claims that 10.7 names is not there",
    "BYL-18: the 8-K reports an event of 9 February 2000 (twice spelled Febuary), is filed on the 28th and stamped on the 29th",
]
OFFERING_DAYS = [
    "earliest cut-off of the accountants' closing letter",
    "the agreement is signed and takes effect",
    "prospectuses are delivered before this time",
    "last day to ask for certificates",
    "payment against delivery; earlier if so designated",
    "if more than one-tenth is defaulted on at closing",
    "last day to which closing is postponed after a default",
    "last restricted day",
    "last day for the statement over twelve months",
]
MEETING_DAYS = [
    "earliest record date, not before its resolution",
    "earliest notice",
    "latest record date",
    "latest notice; if mailed, the day it is deposited",
    "the list of those entitled to vote is made",
    "the meeting",
]

OURS, LETTER, RULES = test_sheets.OFFERING, test_grants.LETTER, test_bylaws.BYLAWS
FOUR, FORM = test_grants.FOUR_YEARS, test_grants.SIZED


def refused(ask: Callable[[], Any]) -> str:
    with pytest.raises(cn.TermsError) as refusal:
        ask()
    return str(refusal.value)


def changed(filing: Any, changes: dict[str, Any]) -> str:
    return refused(lambda: dataclasses.replace(filing, **changes))


def test_refusals_in_words() -> None:
    assert [refused(ask) for _, ask in test_grants.ASKED] == GRANTS
    assert [changed(LETTER, changes) for changes, _ in test_grants.WRONG] == GRANT_SETTINGS
    assert [refused(ask) for _, ask in test_bylaws.ASKED] == BYLAWS
    assert [refused(ask) for _, _, ask in test_sheets.ASKED] == OFFERING
    assert [changed(OURS, changes) for _, _, changes in test_sheets.WRONG] == OFFERING_SETTINGS
    assert [refused(lambda ask=ask: ask(OURS.lock_up)) for _, ask in test_sheets.LOCK_UP] == LOCK_UP
    assert [refused(lambda changes=changes: test_dilution.asked(**changes)) for _, _, changes in test_dilution.WRONG] == DILUTION


def test_findings_in_words() -> None:
    filings = (OURS, LETTER, cn.grant("amazon-2004"), RULES)
    assert [f"{finding.rule}: {finding.message}" for filing in filings for finding in filing.check()] == SAID


#: Every day that a question takes: its place, its rule, and the question with another kind of value in it.
DAYS: list[tuple[str, str, Callable[[Any], Any]]] = [
    ("offering.purchase closing", "OFF-1", lambda on: OURS.purchase(on)),
    ("lock_up.allows on", "OFF-4", lambda on: OURS.lock_up.allows("sale", on)),
    ("lock_up.prospectus_date", "OFF-4", lambda on: cn.filings.LockUp(prospectus_date=on)),
    ("grant.vested_share on", "OPT-3", lambda on: FOUR.vested_share(on)),
    ("grant.vested on", "OPT-3", lambda on: FOUR.vested(on)),
    ("grant.outstanding on", "OPT-4", lambda on: FOUR.outstanding(on)),
    ("grant.exercisable on", "OPT-4", lambda on: FOUR.exercisable(on)),
    ("grant.exercisable service_ended", "OPT-5", lambda on: FOUR.exercisable("1996-01-01", service_ended=on)),
    ("grant.terminates service_ended", "OPT-5", lambda on: FOUR.terminates(on)),
    ("grant.repurchase from_day", "OPT-6", lambda on: FOUR.repurchase(on, exercised=1)),
    ("grant.repurchase notice", "OPT-6", lambda on: FOUR.repurchase("1996-01-01", exercised=1, notice=on)),
    ("grant.disqualifying exercised_on", "OPT-11", lambda on: LETTER.disqualifying(on, "1996-01-01")),
    ("grant.disqualifying sold_on", "OPT-11", lambda on: LETTER.disqualifying("1996-01-01", on)),
    ("bylaws.annual_meeting holidays", "BYL-1", lambda on: RULES.annual_meeting(2000, [on])),
    ("bylaws.proposal_window meeting", "BYL-5", lambda on: RULES.proposal_window(2000, meeting=on)),
    ("bylaws.proposal_window announced", "BYL-5", lambda on: RULES.proposal_window(2000, announced=on)),
    ("bylaws.nomination_deadline notice_given", "BYL-6", lambda on: RULES.nomination_deadline(on)),
    ("bylaws.notice_window meeting", "BYL-4", lambda on: RULES.notice_window(on)),
    ("bylaws.notice_window not_before", "BYL-4", lambda on: RULES.notice_window("2000-05-11", on)),
    ("bylaws.requested_meeting received", "BYL-3", lambda on: RULES.requested_meeting(on)),
    ("bylaws.record_window resolved", "BYL-8", lambda on: RULES.record_window("consent", resolved=on)),
    ("bylaws.record_window action", "BYL-9", lambda on: RULES.record_window("dividend", resolved="2000-01-01", action=on)),
    ("bylaws.default_record_date notice", "BYL-7", lambda on: RULES.default_record_date("meeting", notice=on)),
    ("bylaws.default_record_date meeting", "BYL-7", lambda on: RULES.default_record_date("meeting", meeting=on)),
    ("bylaws.default_record_date delivered", "BYL-8", lambda on: RULES.default_record_date("consent", delivered=on)),
    ("bylaws.default_record_date resolved", "BYL-9", lambda on: RULES.default_record_date("dividend", resolved=on)),
    ("bylaws.voting_list_by meeting", "BYL-10", lambda on: RULES.voting_list_by(on)),
    ("bylaws.consent_deadline earliest", "BYL-14", lambda on: RULES.consent_deadline(on)),
    ("bylaws.proxy_valid executed", "BYL-13", lambda on: RULES.proxy_valid(on, "2000-01-01")),
    ("bylaws.proxy_valid on", "BYL-13", lambda on: RULES.proxy_valid("2000-01-01", on)),
    ("bylaws.board_notice_by meeting", "BYL-15", lambda on: RULES.board_notice_by(on, "mail")),
    ("bylaws.suit_from received", "BYL-17", lambda on: RULES.suit_from(on)),
    ("bylaws.timetable meeting", "BYL-4", lambda on: RULES.timetable(on)),
    ("dilution.on", "DIL-1", lambda on: test_dilution.asked(on=on)),
]


@pytest.mark.parametrize(("place", "rule", "ask"), DAYS, ids=[place for place, _, _ in DAYS])
def test_a_day_is_refused_by_place_and_rule(place: str, rule: str, ask: Callable[[Any], Any]) -> None:
    assert refused(lambda: ask("2000-2-1")) == f"{place} ({rule}): got '2000-2-1'; a day is written YYYY-MM-DD"


#: Every count and share that a question takes, likewise.
NUMBERS: list[tuple[str, str, Callable[[Any], Any]]] = [
    ("offering.contribution loss", "OFF-12", lambda value: OURS.contribution(value)),
    ("grant.exercisable exercised", "OPT-6", lambda value: FOUR.exercisable("1996-01-01", exercised=value)),
    ("grant.repurchase exercised", "OPT-6", lambda value: FOUR.repurchase("1996-01-01", exercised=value)),
    ("grant.accelerates sold", "OPT-7", lambda value: LETTER.accelerates(value, 1)),
    ("grant.accelerates outstanding", "OPT-7", lambda value: LETTER.accelerates(1, value)),
    ("grant.iso_schedule fair_value", "OPT-8", lambda value: LETTER.iso_schedule(value)),
    ("grant.split new", "OPT-10", lambda value: LETTER.split(value, 1)),
    ("grant.split old", "OPT-10", lambda value: LETTER.split(1, value)),
    ("bylaws.can_call_special held", "BYL-3", lambda value: RULES.can_call_special(value, 1)),
    ("bylaws.can_call_special outstanding", "BYL-3", lambda value: RULES.can_call_special(1, value)),
    ("bylaws.has_quorum present", "BYL-11", lambda value: RULES.has_quorum(value, 1)),
    ("bylaws.has_quorum outstanding", "BYL-11", lambda value: RULES.has_quorum(1, value)),
    ("bylaws.carries in_favour", "BYL-12", lambda value: RULES.carries(value, 1)),
    ("bylaws.carries present", "BYL-12", lambda value: RULES.carries(1, value)),
    ("bylaws.consent_carries signed", "BYL-14", lambda value: RULES.consent_carries(value, 1)),
    ("bylaws.consent_carries outstanding", "BYL-14", lambda value: RULES.consent_carries(1, value)),
    ("bylaws.may_adjourn in_favour", "BYL-11", lambda value: RULES.may_adjourn(value, 1)),
    ("bylaws.may_adjourn represented", "BYL-11", lambda value: RULES.may_adjourn(1, value)),
    ("bylaws.board_quorum fixed", "BYL-16", lambda value: RULES.board_quorum(value)),
    ("bylaws.board_quorum serving", "BYL-16", lambda value: RULES.board_quorum(5, value)),
    ("bylaws.proxy_valid months", "BYL-13", lambda value: RULES.proxy_valid("2000-01-01", "2000-01-01", value)),
    ("dilution.earnings income", "DIL-3", lambda value: test_dilution.asked().earnings(value)),
    ("dilution.earnings interest", "DIL-5", lambda value: test_dilution.asked().earnings(1, interest=value)),
    ("dilution.earnings weight", "DIL-5", lambda value: test_dilution.asked().earnings(1, weight=value)),
]


@pytest.mark.parametrize(("place", "rule", "ask"), NUMBERS, ids=[place for place, _, _ in NUMBERS])
def test_a_number_is_refused_by_place_and_rule(place: str, rule: str, ask: Callable[[Any], Any]) -> None:
    assert refused(lambda: ask("x")) == f"{place} ({rule}): got 'x'; expected a finite number"


def test_the_tables_have_these_heads_and_words() -> None:
    table = test_dilution.asked(note=test_dilution.SMALL, options=[(40, 5)]).table()
    assert table.columns == ("what", "shares", "rule")
    assert table.rows == (
        ("shares outstanding", 100, "DIL-3"),
        ("conversion of the note", 10, "DIL-1"),
        ("options, net of what their price buys back", 20, "DIL-2"),
        ("diluted", 130, "DIL-3"),
        ("options, gross", 40, "DIL-2"),
        ("part of the noteholders on full conversion", cn.arithmetic.decimal("1/11"), "DIL-7"),
    )
    assert OURS.purchase().table().columns == ("underwriter", "principal", "price", "accrued", "total")
    assert OURS.purchase().table().title == "Closing 2000-02-16 (OFF-1, OFF-5)"
    assert OURS.contribution(1).table().columns == ("who", "bears", "rule")
    assert OURS.table().columns == ("part", "setting", "value", "rule", "authority")
    assert OURS.lock_up.table().columns == ("", "lock-up", "rule")
    assert [row[0] for row in OURS.lock_up.table().rows] == [
        "prospectus date",
        "first restricted day",
        "last restricted day",
        "first free day",
        "shares of the officers and directors together",
    ]
    assert OURS.timetable().table().columns == ("date", "time", "kind", "rule", "text")
    assert [row.text for row in OURS.timetable()] == OFFERING_DAYS
    assert [row.text for row in RULES.timetable("2000-05-11")] == MEETING_DAYS
