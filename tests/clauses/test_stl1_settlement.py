"""Settlement over an observation period: in cash, or in cash to an amount and shares beyond it (STL-1, STL-2).

31.6206 shares per 1,000; ten days at 30 and ten at 40 give cash of 974.309 and 3.3103 shares per 1,000 beyond 1,000.
"""

import dataclasses
from decimal import Decimal
from fractions import Fraction

import pytest

import convnote as cn
from convnote.calendars import calendar, day_number, to_date
from convnote.provisions import Adjustment, Conversion, DayRule, Interest, Principal, SettlementTerms
from convnote.provisions.settlement import divided

from ..oracles import settlement

BOTH = SettlementTerms(method="combination", specified=1000, observation=20)
CASH = SettlementTerms(method="cash", observation=20)
NOTE = cn.ConvertibleNote(
    name="net-share",
    principal=Principal(
        issue_date="2022-03-15",
        maturity_date="2027-03-15",
        issue_size=1_000_000,
        denomination=1000,
        currency="USD",
        trading_days="NYSE",
    ),
    interest=Interest(rate="0.0225", frequency=2, day_count="30/360"),
    conversion=Conversion(rate="31.6206"),
    adjustment=Adjustment(),
    default=cn.load("amazon-peacs-2010").default,
    consent=cn.load("amazon-peacs-2010").consent,
    settlement=BOTH,
)
DAYS = [to_date(day) for day in calendar("NYSE").between(day_number("2022-03-01"), day_number("2027-06-30"))]
#: Surrendered on Monday 2023-05-01: the period is the 20 trading days from the 3rd to the 31st, paid on 2023-06-02.
ON = "2023-05-01"
PERIOD = [day for day in DAYS if "2023-05-03" <= str(day) <= "2023-05-31"]


def history(*prices, series=None, other=35):
    """Closes at `other` but in the period, where they are the `prices`."""
    closes = dict.fromkeys(DAYS, other) | dict(zip(PERIOD, prices, strict=False))
    return cn.MarketHistory(dates=DAYS, closes=[closes[day] for day in DAYS], currency="USD", series=series)


TEN_AND_TEN = history(*[30] * 10, *[40] * 10)


def live(*events, note=NOTE, told=TEN_AND_TEN, until="2023-12-29", **more):
    return cn.replay(note, told, events=events, until=until, **more)


def with_terms(**settings):
    return dataclasses.replace(NOTE, settlement=dataclasses.replace(BOTH, **settings))


def one(ledger, kind="settlement"):
    [entry] = ledger.of_kind(kind)
    return entry


def test_stl1_the_printed_figures():
    assert len(PERIOD) == 20
    daily = [(Fraction("31.6206") * price, Fraction(price)) for price in [30] * 10 + [40] * 10]
    assert divided(daily, 1000) == (Fraction("974.309"), Fraction("3.3103"))
    assert divided(daily) == (Fraction("1106.721"), 0)  # 31.6206 x 35
    ledger = live(cn.Convert(ON, 1000))
    entry = one(ledger)
    assert (entry.shares, entry.cash) == (3, Decimal("986.72"))  # 974.309 + 0.3103 x 40 = 974.309 + 12.412
    assert (str(entry.date), str(entry.payment_date)) == ("2023-05-31", "2023-06-02")
    assert "the 20 closes, which stand in for the VWAP, from 2023-05-03 to 2023-05-31" in entry.text
    assert "cash of 974.309 and 3.3103 shares per 1,000" in entry.text
    assert "USD 1,000 x 974.309/1,000 + 0.3103 x 40 = 986.72 in cash" in entry.text
    surrendered = one(ledger, "conversion")
    assert (surrendered.shares, surrendered.cash, surrendered.principal) == (0, 0, 1000)
    assert "STL-1" in surrendered.rules and "CNV-4" not in surrendered.rules and str(surrendered.date) == ON


def test_stl1_in_cash():
    entry = one(live(cn.Convert(ON, 10_000), note=dataclasses.replace(NOTE, settlement=CASH)))
    assert (entry.shares, entry.cash) == (0, Decimal("11067.21"))
    assert "give 1,106.721 per 1,000 in cash: USD 10,000 x 1,106.721/1,000 = 11,067.21" in entry.text


def test_stl1_whole_shares_after_adding_up_and_one_rounding_of_the_whole_surrender():
    # 7 x 3.3103 = 23.1721 shares; 7 x 974.309 = 6,820.163; 0.1721 x 40 = 6.884
    for events in ([cn.Convert(ON, 7000)], [cn.Convert(ON, 3000), cn.Convert(ON, 4000)]):
        entry = one(live(*events))
        assert (entry.shares, entry.cash) == (23, Decimal("6827.05"))
    for fraction, shares in (("dropped", 23), ("up", 24)):
        note = dataclasses.replace(NOTE, conversion=Conversion(rate="31.6206", fraction=fraction))
        entry = one(live(cn.Convert(ON, 7000), note=note))
        assert (entry.shares, entry.cash) == (shares, Decimal("6820.16")) and "FRC-1" in entry.rules
    # 40 x 50 = 2,000 a day: 1,000 in cash and 1,000 / 50 = 20 shares, of which nothing is cut.
    note = dataclasses.replace(NOTE, conversion=Conversion(rate=40, fraction="up"))
    entry = one(live(cn.Convert(ON, 1000), note=note, told=history(*[50] * 20)))
    assert (entry.shares, entry.cash) == (20, 1000) and not {"FRC-1", "CNV-4"} & set(entry.rules)


def test_stl1_in_shares_is_delivered_at_once():
    at_once = live(cn.Convert(ON, 10_000), note=dataclasses.replace(NOTE, settlement=SettlementTerms(method="shares")))
    plain = live(cn.Convert(ON, 10_000), note=dataclasses.replace(NOTE, settlement=None))
    assert one(at_once, "conversion").text == one(plain, "conversion").text
    assert one(at_once, "conversion").shares == 316 and not at_once.of_kind("settlement")


def test_stl1_volume_weighted_prices_come_before_closes_and_the_entry_says_which():
    weighted = {"VWAP": dict(zip(PERIOD, [30] * 10 + [40] * 10, strict=True))}
    entry = one(live(cn.Convert(ON, 1000), told=history(*[99] * 20, series=weighted)))
    assert (entry.shares, entry.cash) == (3, Decimal("986.72")) and "20 volume-weighted prices" in entry.text
    few = {"VWAP": dict(zip(PERIOD[:15], [30] * 10 + [40] * 5, strict=True))}
    entry = one(live(cn.Convert(ON, 1000), told=history(*[40] * 20, series=few)))
    assert entry.cash == Decimal("986.72") and "on 5 of them the close in its place" in entry.text


@pytest.mark.parametrize(("starts", "first"), [(1, "2023-05-02"), (2, "2023-05-03"), (5, "2023-05-08")])
@pytest.mark.parametrize(("pays_after", "days"), [(0, 0), (2, 2), (5, 5)])
def test_stl1_when_the_period_starts_and_when_it_is_paid(starts, first, pays_after, days):
    terms = SettlementTerms(method="cash", observation=1, starts=starts, pays_after=pays_after)
    ledger = live(cn.Convert(ON, 1000), note=dataclasses.replace(NOTE, settlement=terms))
    entry = one(ledger)
    assert str(entry.date) == first
    banks = NOTE.principal.banks
    assert day_number(entry.payment_date) == (banks.after(day_number(first), days) if days else day_number(first))


def test_stl1_a_surrender_on_a_closed_day_counts_on_the_next():
    entry = one(live(cn.Convert("2023-04-29", 1000)))  # a Saturday; Monday is the day of the others
    assert (str(entry.date), entry.cash) == ("2023-05-31", Decimal("986.72"))


def test_stl1_the_rate_of_each_day_is_the_one_in_force_on_it():
    # A split on the eleventh day: the price halves, the rate doubles, and the shares are of the new kind.
    told = history(*[30] * 10, *[20] * 10, other=35)
    entry = one(live(cn.Convert(ON, 1000), cn.Split(PERIOD[10], 2, 1), told=told))
    assert entry.shares == 6  # 10 x (63.2412 x 20 / 20 - 50) / 20 = 6.6206
    assert entry.cash == Decimal("986.72")  # 974.309 + 0.6206 x 20
    down = live(cn.Convert(ON, 1000), cn.Split(PERIOD[10], 2, 1), told=history(*[40] * 10, *[15] * 10))
    assert one(down).shares == 6  # of the first days 10 x (63.2412 - 50) / 40, in new shares twice that
    assert "6.6206 shares per 1,000" in one(down).text


def test_stl1_the_issuer_chooses_for_surrenders_from_that_day_on():
    note = with_terms(election="issuer", chosen_by="2026-12-15")
    chosen = cn.SettlementElection("2023-04-03", "cash")
    ledger = live(chosen, cn.Convert(ON, 1000), note=note)
    assert one(ledger).cash == Decimal("1106.72") and one(ledger).shares == 0
    assert one(ledger, "settlement-election").text.startswith("The issuer chooses settlement in cash")
    late = cn.SettlementElection("2023-05-02", "cash")
    assert one(live(cn.Convert(ON, 1000), late, note=note)).shares == 3
    same_day = cn.SettlementElection(ON, "shares")
    assert live(cn.Convert(ON, 1000), same_day, note=note).of_kind("conversion")[0].shares == 31
    more = cn.SettlementElection("2023-04-03", "combination", specified=500)
    ledger = live(more, cn.Convert(ON, 1000), note=note)
    assert one(ledger).shares == 17  # 10 x (23.7206..)
    assert one(ledger, "settlement-election").text == (
        "The issuer chooses settlement in cash and shares, with USD 500 of cash per 1,000, for Notes surrendered from now on."
    )


@pytest.mark.parametrize(
    ("event", "settings", "words"),
    [
        (cn.SettlementElection("2026-12-16", "cash"), {"election": "issuer", "chosen_by": "2026-12-15"}, "until 2026-12-15"),
        (cn.SettlementElection("2023-04-03", "cash"), {}, "does not leave the method of settlement to the issuer"),
        (cn.SettlementElection("2023-04-03", "combination"), {"election": "issuer"}, "has an amount specified"),
        (cn.SettlementElection("2023-04-03", "cash", specified=10), {"election": "issuer"}, "has an amount specified"),
        (cn.SettlementElection("2023-04-03", "combination", specified=-1), {"election": "issuer"}, "specified is below 0"),
    ],
)
def test_stl1_a_choice_that_the_paper_does_not_allow(event, settings, words):
    with pytest.raises(cn.LifecycleError, match=words) as error:
        live(event, note=with_terms(**settings), until="2026-12-31")
    assert error.value.rule == "STL-1"
    with pytest.raises(cn.TermsError, match="allowed: shares, cash, combination"):
        cn.SettlementElection("2023-04-03", "kind")


def test_stl1_the_last_day_of_the_choice_may_be_a_day_rule():
    note = with_terms(election="issuer", chosen_by="2 business days before")
    live(cn.SettlementElection("2027-03-11", "cash"), note=note, until="2027-03-12")
    with pytest.raises(cn.LifecycleError, match="until 2027-03-11"):
        live(cn.SettlementElection("2027-03-12", "cash"), note=note, until="2027-03-12")


def test_stl1_the_final_period_is_before_maturity_or_the_redemption_date():
    note = with_terms(final=DayRule(21, "trading"), free_from="2026-09-15")
    assert [str(to_date(day)) for day in note.settlement.period(day_number("2026-10-01"), note.principal)] == [
        "2027-02-11",
        "2027-03-11",
    ]
    assert str(to_date(note.settlement.period(day_number("2026-09-14"), note.principal)[0])) == "2026-09-16"
    entry = one(live(cn.Convert("2026-10-01", 1000), note=note, until="2027-03-15"))
    assert (str(entry.date), str(entry.payment_date)) == ("2027-03-11", "2027-03-15")
    called = dataclasses.replace(
        note, redemption=dataclasses.replace(cn.load("amazon-peacs-2010").redemption, prices=[["2023-01-01", 1]])
    )
    events = [cn.RedemptionNotice("2023-04-17", "2023-06-15"), cn.Convert(ON, 1000)]
    entry = one(live(*events, note=called))
    assert (str(entry.date)) == "2023-06-13"  # 20 trading days from the 21st before Thursday 15 June (Memorial Day out)
    assert "from 2023-05-16 to 2023-06-13" in entry.text


def test_stl1_without_a_final_period_a_late_surrender_settles_after_maturity():
    ledger = cn.replay(NOTE, TEN_AND_TEN, events=[cn.Convert("2027-03-12", 1_000_000)])
    entry = one(ledger)
    assert str(entry.date) == "2027-04-13" and ledger.state.status is cn.Status.CONVERTED
    short = TEN_AND_TEN.between("2022-03-01", "2027-03-31")
    with pytest.raises(cn.MarketError, match="2027-04-01"):
        cn.replay(NOTE, short, events=[cn.Convert("2027-03-12", 1_000_000)])


def test_stl2_between_surrender_and_settlement_it_is_settling():
    ledger = live(cn.Convert(ON, 1_000_000), until="2023-05-30")
    assert ledger.state.status is cn.Status.SETTLING and not ledger.state.status.is_final
    assert ledger.state.outstanding == 0 and dict(ledger.state.retired) == {"settling": 1_000_000}
    assert live(cn.Convert(ON, 1_000_000), until="2023-06-01").state.status == "settling"
    ended = live(cn.Convert(ON, 1_000_000), until="2023-06-02").state
    assert ended.status is cn.Status.CONVERTED and dict(ended.retired) == {"converted": 1_000_000} and not ended.settlements
    part = live(cn.Convert(ON, 400_000), until="2023-05-30").state
    assert part.status is cn.Status.OUTSTANDING and part.outstanding == 600_000 and part.retired == {"settling": 400_000}


def test_stl2_a_claim_while_it_settles_is_exact_however_large():
    # 123,456,789,012,345 x 474.309 (31.6206 x 30 x 50%) = 58,556,666,139,656,344.605, more digits than a float has
    principal = dataclasses.replace(NOTE.principal, issue_size=10**18)
    note = dataclasses.replace(NOTE, principal=principal)
    ledger = live(cn.Convert(ON, 123_456_789_012_345_000), cn.Default(PERIOD[5], recovered="0.5"), note=note)
    assert ledger.of_kind("default")[0].cash == Decimal("58556666139656344.61")


def test_stl2_each_surrender_is_settling_until_its_own_money_moves():
    # Surrendered a day later, on the 2nd: known on Thursday June 1st and paid on Monday the 5th, not with the first on the 2nd.
    events = [cn.Convert(ON, 1000), cn.Convert("2023-05-02", 2000)]
    for until, retired in (("2023-06-02", {"converted": 1000, "settling": 2000}), ("2023-06-05", {"converted": 3000})):
        state = live(*events, until=until).state
        assert dict(state.retired) == retired and len(state.settlements) == len(retired) - 1


def test_stl2_it_bears_no_interest_and_does_not_convert_back():
    ledger = live(cn.Convert("2023-08-10", 400_000))
    coupons = [entry.cash for entry in ledger.of_kind("coupon") if str(entry.date) == "2023-09-15"]
    assert coupons == [Decimal("6750.00")]  # 600,000 x 2.25% / 2
    for event in (cn.Convert("2023-05-10", 1000), cn.Acceleration("2023-05-10"), cn.MarketPurchase("2023-05-10", 1000, 1)):
        with pytest.raises(cn.LifecycleError, match="nothing is outstanding any more"):
            live(cn.Convert(ON, 1_000_000), event)


def test_stl2_a_default_while_it_settles_is_a_claim_at_the_last_price():
    # Five days at 30 are observed before the default on the sixth; the other fifteen have the last price, 30.
    default = cn.Default(PERIOD[5], recovered="0.4")
    for told in (history(*[30] * 5, *[99] * 15), TEN_AND_TEN):
        ledger = live(cn.Convert(ON, 1_000_000), default, told=told)
        entry = one(ledger, "default")
        assert entry.cash == Decimal("379447.20")  # 31.6206 x 30 x 1,000 x 40%
        assert "STL-2" in entry.rules and ledger.state.status is cn.Status.DEFAULTED
        assert dict(ledger.state.retired) == {"defaulted": 1_000_000} and not ledger.of_kind("settlement")
    # Before the first day of the period all of it is at the price of the day before, 35.
    ledger = live(cn.Convert(ON, 1000), cn.Default("2023-05-02", recovered=1))
    assert [entry.cash for entry in ledger.of_kind("default")] == [Decimal("1106.72"), Decimal("999000.00")]
    principal = dataclasses.replace(NOTE, settlement=dataclasses.replace(BOTH, default_claim="principal"))
    assert one(live(cn.Convert(ON, 1_000_000), default, note=principal), "default").cash == 400_000


@pytest.mark.parametrize(("on", "paid"), [("2023-05-31", False), ("2023-06-01", False), ("2023-06-02", True)])
def test_stl2_what_has_not_moved_when_the_issuer_defaults_is_not_paid(on, paid):
    events = [cn.Convert(ON, 1_000_000), cn.Default(on, recovered="0.5")]
    if paid:  # nothing is left to default on
        with pytest.raises(cn.LifecycleError, match="nothing is outstanding"):
            live(*events)
        return
    ledger = live(*events)
    assert sum(entry.shares for entry in ledger) == 0
    assert sum(entry.cash for entry in ledger.of_kind("settlement")) == 0
    # On the last day its own price, 40, is not known: the one before is 40 too.
    assert one(ledger, "default").cash == Decimal("553360.50")  # 1,106.721 x 1,000 x 50%


@pytest.mark.parametrize(
    "until", ["2023-05-01", "2023-05-02", "2023-05-03", "2023-05-17", "2023-05-30", "2023-05-31", "2023-06-01"]
)
@pytest.mark.parametrize("weighted", [False, True])
def test_stl2_splitting_a_replay_anywhere_changes_nothing(until, weighted):
    prices = [30 + Fraction(place * 7 % 11) for place in range(20)]
    series = {"VWAP": dict(zip(PERIOD, prices, strict=True))} if weighted else None
    told = history(*([50] * 20 if weighted else prices), series=series)
    events = [cn.Convert(ON, 7000), cn.Split(PERIOD[12], 2, 1), cn.Convert("2023-06-05", 5000)]
    whole = live(*events, note=NOTE, told=told)
    half = live(*(event for event in events if str(event.on) <= until), told=told, until=until)
    values = told.series["VWAP"].values if weighted else {}
    later = {"VWAP": {to_date(day): value for day, value in values.items() if day > half.state.day}}
    days = [day for day in DAYS if day > half.state.on]
    closes = [told.exact_close(day_number(day)) for day in days]
    rest = cn.MarketHistory(dates=days, closes=closes, currency="USD", series=later)
    ahead = [event for event in events if str(event.on) > until]
    again = cn.replay(NOTE, rest, state=half.state, events=ahead, until="2023-12-29")
    assert [entry.text for entry in (*half, *again)] == [entry.text for entry in whole]
    assert again.state.retired == whole.state.retired and again.state.status == whole.state.status


def test_stl1_holders_are_settled_each_and_the_oracle_agrees():
    prices = [30 + Fraction(place * 7 % 11) for place in range(20)]
    events = [cn.Convert(ON, 7000, holder="A"), cn.Convert(ON, 11_000, holder="B")]
    for terms in (BOTH, CASH):
        note = dataclasses.replace(NOTE, settlement=terms)
        entries = live(*events, note=note, told=history(*prices), positions={"A": 400_000, "B": 600_000}).of_kind("settlement")
        rate = Fraction("31.6206")
        for entry, units in zip(entries, (7, 11), strict=True):
            if terms is CASH:
                assert Fraction(entry.cash) == settlement.in_cash(rate, prices, units)
            else:
                assert (Fraction(entry.cash), entry.shares) == settlement.in_both(rate, prices, 1000, units)


@pytest.mark.parametrize(
    ("settings", "place"),
    [
        ({"method": "combination", "specified": None}, "specified (STL-1): required where method is combination"),
        ({"method": "cash"}, "specified (STL-1): got 1000; only where method is combination"),
        ({"chosen_by": "2026-01-01"}, 'chosen_by (STL-1): got 2026-01-01; only where election is "issuer"'),
        ({"free_from": "2026-01-01"}, "free_from (STL-1): got 2026-01-01; only with final"),
        ({"observation": 0}, "observation (STL-1): got 0; "),
        ({"method": "physical"}, "method (STL-1): got 'physical'; "),
    ],
)
def test_stl1_settings_that_contradict_each_other(settings, place):
    with pytest.raises(cn.TermsError) as refused:
        dataclasses.replace(BOTH, **settings)
    assert str(refused.value).startswith(f"settlement.{place}")


def test_stl1_a_sheet_holds_it():
    note = with_terms(final=DayRule(21, "trading"), free_from="2026-09-15", election="issuer", chosen_by="2026-12-15")
    again = cn.loads(cn.dumps(note))
    assert again.settlement == note.settlement and cn.dumps(again) == cn.dumps(note)
    assert again.settlement.section == "settlement" and "[settlement]" in cn.dumps(note)
    assert any(row[0] == "settlement" for row in note.summary().rows)


@pytest.mark.parametrize(
    ("settings", "needed"),
    [
        ({"specified": 500}, "AMD-2"),
        ({"observation": 40}, "AMD-2"),
        ({"starts": 3}, "AMD-2"),
        ({"pays_after": 3}, "AMD-2"),
        ({"pays_after": 1}, "AMD-1"),
        ({"election": "issuer"}, "AMD-2"),
        ({"final": "21 trading days before"}, "AMD-2"),
        ({"default_claim": "principal"}, "AMD-1"),
    ],
)
def test_stl1_whose_consent_a_change_needs(settings, needed):
    [amendment] = NOTE.amendments(with_terms(**settings))
    assert amendment.requirement.rule == needed


def test_stl1_after_a_merger_into_cash_alone_what_is_beyond_the_cash_is_cash_too():
    """1,000 / 84.883 = 11.780921975 shares, each 90 in cash: 1,060.28 for 1,000, whatever is specified (ADJ-8)."""
    note, events = cn.load("amazon-peacs-2010"), [cn.Merger("2001-03-01", shares=0, cash=90), cn.Convert("2001-06-01", 1_000_000)]
    for given in ({"method": "cash"}, {"method": "combination", "specified": 100}, {"method": "combination", "specified": 2000}):
        settled = dataclasses.replace(note, settlement=SettlementTerms(observation=5, **given))
        [entry] = cn.replay(settled, cn.scenario("as-it-was"), events=events, until="2001-07-01").of_kind("settlement")
        assert (str(entry.cash), entry.shares) == ("1060282.98", 0)


def test_stl1_the_first_day_of_the_period_before_maturity_is_a_row_of_the_schedule():
    # 21 trading days before Monday 2027-03-15: ten in March, ten to the 12th of February (Presidents' Day out), and the 11th
    for free_from, which in ((None, "late surrenders"), ("2026-09-15", "surrenders from 2026-09-15")):
        rows = cn.schedule(with_terms(final=DayRule(21, "trading"), free_from=free_from))
        [row] = [row for row in rows if row.rule == "STL-1"]
        assert (str(row.date), str(row.kind), row.amount, row.payment_date) == ("2027-02-11", "final-settlement", None, None)
        assert row.text == f"{which} are settled over the 20 trading days from this day"
    assert not [row for row in cn.schedule(NOTE) if row.rule == "STL-1"]
    short = dataclasses.replace(NOTE.principal, maturity_date="2022-06-15")  # three months; 90 trading days are four
    note = dataclasses.replace(with_terms(final=DayRule(90, "trading")), principal=short)
    assert not [row for row in cn.schedule(note) if row.rule == "STL-1"]


def test_stl2_a_settlement_that_is_not_paid_before_a_default_is_told_with_its_shares():
    # of 1m: 974,309 of cash and 3,310.3 shares, the fraction at the last close of 40: 974,321 and 3,310; due on 2023-06-02
    ledger = live(cn.Convert(ON, 1_000_000), cn.Default("2023-06-01", recovered=0), until="2023-06-01")
    [told] = [entry.text for entry in ledger if "not paid" in entry.text]
    assert told == "The settlement of USD 974,321.00 and 3,310 shares to be paid on 2023-06-02 is not paid: the issuer defaulted."


@pytest.mark.parametrize("event", [cn.MissedPayment, cn.Cure, cn.Waiver])
def test_stl2_a_settlement_that_is_missed_cured_or_waived_is_refused_by_its_rule(event):
    with pytest.raises(cn.TermsError) as refused:
        event("2023-06-02", of="settlement")
    assert (refused.value.rule, refused.value.field) == ("STL-2", f"{event.__name__}.of")
    assert "a settlement that is not paid on its day is not modelled" in str(refused.value)
    assert "Default(on, recovered)" in str(refused.value)
