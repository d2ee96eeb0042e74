"""Puts after low closes (CPT-1): 30 closes in a row below 70% of the price in force, once in an interest year."""

import dataclasses
from datetime import date
from decimal import Decimal
from fractions import Fraction
from random import Random

import pytest

import convnote as cn
from tests.low_closes import DAYS, NOTE, SHEET, history, low_from, note, session
from tests.oracles import low_closes as oracle

ON = "2022-06-15"
#: closes of 6.99 on the 30 trading days to 15 June
LOW = low_from(session(ON, -29))


def put(on=ON, principal=1_000_000, **holder):
    return cn.PutElection(on, principal, **holder)


def lives(*events, of=NOTE, over=LOW, until="2022-12-30", **more):
    return cn.replay(of, over, events=list(events), until=until, **more)


def refusal(*events, of=NOTE, over=LOW, until="2022-12-30", **more):
    with pytest.raises(cn.LifecycleError) as error:
        lives(*events, of=of, over=over, until=until, **more)
    assert error.value.rule == "CPT-1"
    return str(error.value)


# --- the closes


def test_cpt1_thirty_closes_in_a_row_and_29_are_told():
    [election] = lives(put()).of_kind("put-election")
    assert "30 of 30 closes to 2022-06-15 meet the condition" in election.text and election.rules == ("CPT-1", "CPT-1c")
    assert "29 of 30 to 2022-06-15" in refusal(put(), over=low_from(session(ON, -28)))
    broken = history({session(ON, -40): "6.99", session(ON, -12): "7.00", session(ON, -11): "6.99"})
    assert "29 of 30" in refusal(put(), over=broken)


@pytest.mark.parametrize(("strict", "close", "allowed"), [(True, "7", False), (True, "6.99", True), (False, "7", True)])
def test_cpt1_a_close_at_the_level_counts_only_where_the_paper_says_so(strict, close, allowed):
    over, of = low_from(session(ON, -29), close), note(condition={"strict": strict})
    if allowed:
        assert lives(put(), of=of, over=over).of_kind("put")
    else:
        assert "0 of 30" in refusal(put(), of=of, over=over)


def test_cpt1_the_period_ends_on_the_day_of_the_election_or_before_it():
    over = low_from(session(ON, -29), until=ON)
    assert "29 of 30" in refusal(put(), over=over)
    before = note(condition={"ends": "day-before-notice"})
    assert "29 of 30" in refusal(put(), of=before, over=LOW)
    assert lives(put(), of=before, over=low_from(session(ON, -30), until=ON)).of_kind("put")
    saturday = put("2022-06-18")
    assert "to 2022-06-17" in lives(saturday).of_kind("put-election")[0].text


@pytest.mark.parametrize(("after", "allowed"), [("3.49", True), ("3.50", False)])
def test_cpt1_the_level_moves_with_a_split_inside_the_30_days(after, allowed):
    split, start = session(ON, -9), session(ON, -29)
    over = history({start: "6.99", split: after})
    events = [cn.Split(split, new=2, old=1), put()]
    if allowed:
        assert lives(*events, over=over).of_kind("put")
    else:
        assert "20 of 30" in refusal(*events, over=over)


@pytest.mark.parametrize(("after", "allowed"), [("5.59", True), ("5.60", False)])
def test_cpt1_the_level_moves_with_a_reset_inside_the_30_days(after, allowed):
    """The price is reset to its floor of 8: closes before it are compared with 7, those from its day on with 5.6."""
    on = session(ON, -9)
    of = dataclasses.replace(NOTE, reset=cn.provisions.Reset(dates=[on], floor="8"))
    over = history({session(ON, -29): "6.99", on: after})
    if allowed:
        assert lives(put(), of=of, over=over).of_kind("put")
    else:
        assert "20 of 30" in refusal(put(), of=of, over=over)


@pytest.mark.parametrize(("after", "allowed"), [("5.59", True), ("5.60", False)])
def test_cpt1_the_level_moves_with_a_revision_inside_the_30_days(after, allowed):
    on = session(ON, -9)
    over = history({session(ON, -39): "6.99", on: after})
    events = [cn.Revision(on, 8), put()]
    if allowed:
        assert lives(*events, over=over).of_kind("put")
    else:
        assert "20 of 30" in refusal(*events, over=over)


def test_cpt1_closes_since_issue_are_needed_for_a_whole_period():
    of = note(from_date=None)
    over = low_from(str(DAYS[0]))
    assert "29 of 29" in refusal(put(str(DAYS[28])), of=of, over=over)
    assert lives(put(str(DAYS[29])), of=of, over=over).of_kind("put")


def test_cpt1_against_closes_counted_one_by_one():
    random, seen = Random(5), set()
    for number in range(60):
        needed, period = random.choice([(30, 30), (12, 20), (5, 5)])
        price = Fraction(10)
        first, split, on = (random.choice(DAYS[1010:1040]), random.choice(DAYS[1040:1060]), random.choice(DAYS[1062:1080]))
        closes, prices = [], []
        for day in DAYS:
            price = Fraction(5) if day >= split else Fraction(10)
            share = "0.72" if day < first or random.random() < 0.02 else random.choice(["0.69", "0.70"])
            closes.append(Fraction(share) * price)
            prices.append(price)
        over = cn.MarketHistory(dates=DAYS, closes=closes, currency="USD")
        strict = random.random() < 0.3
        of = note(condition={"days": needed, "period": period, "strict": strict})
        right, count = oracle.stands(DAYS, oracle.low(closes, prices, "0.7", strict), on, needed, period)
        events = [cn.Split(split, new=2, old=1), put(on)]
        if right:
            assert lives(*events, of=of, over=over).of_kind("put"), number
        else:
            assert f"{count} of {period}" in refusal(*events, of=of, over=over), number
        seen.add(right)
    assert seen == {True, False}


# --- days and years


def test_cpt1_the_first_day_is_the_one_from_which_holders_may_elect():
    """The closes of the 30 days before it count."""
    over = low_from("2022-01-03")
    assert "from 2022-03-01 on" in refusal(put("2022-02-28"), over=over)
    assert lives(put("2022-03-01"), over=over).of_kind("put")


def test_cpt1_once_in_an_interest_year_which_begins_on_the_anniversary_of_the_issue():
    over = low_from("2022-01-03")
    first = put("2022-03-01", 300_000)
    text = refusal(first, put("2023-02-28", 300_000), over=over, until="2023-12-29")
    assert "in that from 2022-03-01 on 2022-03-01" in text
    ledger = lives(first, put("2023-03-01", 300_000), over=over, until="2023-12-29")
    assert len(ledger.of_kind("put")) == 2 and ledger.state.outstanding == 400_000
    always = note(once_a_year=False)
    assert len(lives(first, put("2022-03-02", 300_000), of=always, over=over).of_kind("put")) == 2


def test_cpt1c_one_holder_leaves_the_others_their_right_unless_the_paper_says_otherwise():
    held = {"A": 600_000, "B": 400_000}
    over = low_from("2022-01-03")
    events = [put("2022-04-01", 100_000, holder="A"), put("2022-04-04", 400_000, holder="B")]
    assert [entry.holder for entry in lives(*events, over=over, positions=held).of_kind("put")] == ["A", "B"]
    assert "on 2022-04-01" in refusal(*events, put("2022-05-02", 100_000, holder="A"), over=over, positions=held)
    anyone = note(used_up_by="anyone")
    assert "on 2022-04-01" in refusal(*events, of=anyone, over=over, positions=held)
    same_day = [events[0], put("2022-04-01", 400_000, holder="B")]
    assert len(lives(*same_day, of=anyone, over=over, positions=held).of_kind("put")) == 2


def test_cpt1_interest_years_against_days_counted():
    issue = date(2018, 3, 1)
    for on in (*DAYS[::7], date(2020, 2, 29), date(2022, 2, 28), date(2022, 3, 1)):
        start = cn.calendars.to_date(NOTE.conditional_put.year_of(cn.calendars.day_number(on)))
        assert start == date(2018 + oracle.interest_year(issue, on), 3, 1)


def test_cpt1_what_would_not_be_paid_before_maturity_is_refused():
    """The fifth Business Day after 22 February 2024 is the 29th, after the 23rd it is 1 March, the day of maturity."""
    over = low_from("2024-01-02")
    assert "paid on 2024-03-01, not before maturity" in refusal(put("2024-02-23"), over=over, until="2024-03-01")
    [paid] = lives(put("2024-02-22"), over=over, until="2024-03-01").of_kind("put")
    assert str(paid.date) == "2024-02-29"


# --- the price


def test_cpt1_five_business_days_later_with_the_accrued_interest():
    """June 20 is a holiday: the fifth Business Day after the 15th is the 23rd. 112 days of 30/360 at 1.2% on a million."""
    [paid] = lives(put()).of_kind("put")
    assert str(paid.date) == "2022-06-23"
    assert paid.cash == oracle.paid(1_000_000, 1, "0.012", 112, 360) == Fraction("1003733.33")
    assert paid.rules[:2] == ("CPT-1", "CPT-1c")


@pytest.mark.parametrize(("settings", "day", "cash"), [
    ({"price": "1.03"}, "2022-06-23", "1033733.33"),
    ({"price": "1.03", "accrued": "dirty"}, "2022-06-23", "1030000.00"),
    ({"pays_after": 0}, "2022-06-15", "1003466.67"),
    ({"pays_after": 10}, "2022-06-30", "1003966.67"),
])  # fmt: skip
def test_cpt1_other_prices_and_days(settings, day, cash):
    [paid] = lives(put(), of=note(**settings)).of_kind("put")
    assert (str(paid.date), paid.cash) == (day, Decimal(cash))


def test_acc2_the_price_is_a_share_of_the_accreted_value():
    """USD 100 discounted at 4% from 2024-03-01, compounded once a year; on 2022-06-23 four years and 112 days have passed."""
    accretion = cn.provisions.Accretion(issue_price="79.03", yield_="0.04", frequency=1)
    of = dataclasses.replace(NOTE, accretion=accretion, interest=dataclasses.replace(NOTE.interest, rate=0, frequency=0))
    [paid] = lives(put(), of=of).of_kind("put")
    start = Fraction(100) / Fraction("1.04") ** 6
    value = start * Fraction("1.04") ** 4 * (1 + Fraction("0.04") * Fraction(112, 360))
    assert paid.cash == Decimal(int(value * 10_000 * 100 + Fraction(1, 2))) / 100
    assert "ACC-2" in paid.rules


def test_cpt1_multiples_and_what_is_free():
    assert "multiples of 100, not 150" in refusal(put(ON, 150))
    assert "more than the 1,000,000 that is free" in refusal(put(ON, 1_000_100))
    with pytest.raises(cn.LifecycleError, match=r"PUT-1.*no put"):
        lives(put(), of=dataclasses.replace(NOTE, conditional_put=None))


def test_cpt1_beside_fixed_put_dates_an_election_in_time_for_one_is_of_that_date():
    fixed = cn.provisions.Put(prices=[["2022-07-01", "1.05"]], notice_at_least=5, notice_at_most=10)
    of = dataclasses.replace(NOTE, put=fixed)
    low = low_from(session("2022-06-15", -29))
    assert [str(entry.date) for entry in lives(put("2022-06-20"), of=of, over=low).of_kind("put")] == ["2022-06-27"]
    [paid] = lives(put("2022-06-21"), of=of, over=low).of_kind("put")
    assert (str(paid.date), paid.rules[0]) == ("2022-07-01", "PUT-1")
    assert paid.cash == Decimal("1054000.00")  # 105 and 120 days of 1.2%
    both = [put("2022-06-21", 400_000), put("2022-06-27", 600_000)]
    assert [entry.rules[0] for entry in lives(*both, of=of, over=low).of_kind("put")] == ["PUT-1", "CPT-1"]


# --- beside other rights


def test_cpt1_notes_that_are_put_neither_convert_nor_are_called():
    of = dataclasses.replace(NOTE, redemption=cn.provisions.Redemption(prices=[["2019-03-01", 1]], notice_at_least=0))
    with pytest.raises(cn.LifecycleError, match="CNV-6"):
        lives(put(ON, 900_000), cn.Convert("2022-06-16", 200_000))
    assert lives(put(ON, 900_000), cn.Convert("2022-06-16", 100_000)).of_kind("conversion")
    call = cn.RedemptionNotice("2022-06-16", "2022-07-18")
    [redeemed] = lives(put(ON, 900_000), call, of=of).of_kind("redemption")
    assert redeemed.principal == 100_000


def test_cpt1_notes_that_are_put_move_with_a_transfer():
    held = {"A": 600_000, "B": 400_000}
    events = [put(ON, 600_000, holder="A"), cn.Transfer("2022-06-16", 200_000, holder="A", to="B")]
    paid = lives(*events, positions=held).of_kind("put")
    assert [(entry.holder, int(entry.principal)) for entry in paid] == [("A", 400_000), ("B", 200_000)]


def test_cpt1_a_price_that_is_not_paid_stays_owed_and_is_cured():
    events = [put(), cn.MissedPayment("2022-06-23", "conditional-put")]
    assert lives(*events).of_kind("missed-payment")
    [late] = lives(*events, cn.Cure("2022-06-30", "conditional-put")).of_kind("put")
    assert late.cash == oracle.paid(1_000_000, 1, "0.012", 119, 360)  # interest runs on
    assert lives(*events, cn.Acceleration("2022-08-01")).state.status is cn.Status.ACCELERATED


# --- the life as a whole


def test_cpt1_a_replay_split_inside_the_period_changes_nothing():
    over = history({session(ON, -35): "6.99", session(ON, -9): "3.49"})
    events = [cn.Split(session(ON, -9), new=2, old=1), put(ON, 300_000)]
    whole = cn.replay(NOTE, over, events=events, until="2022-12-30")
    for shift in (-40, -20, -10, -9, -8, -1, 0, 2, 6):
        day = session(ON, shift)
        first = cn.replay(NOTE, over, events=[each for each in events if str(each.on) <= day], until=day)
        later = cn.MarketHistory(
            dates=[each for each in DAYS if str(each) > day],
            closes=[over.exact_close(cn.calendars.day_number(each)) for each in DAYS if str(each) > day],
            currency="USD",
        )
        rest = cn.replay(
            NOTE, later, events=[each for each in events if str(each.on) > day], state=first.state, until="2022-12-30"
        )
        assert [str(entry) for entry in (*first, *rest)] == [str(entry) for entry in whole], shift
        if shift >= 0:
            with pytest.raises(cn.LifecycleError, match=r"CPT-1.*used once"):
                cn.replay(NOTE, later, events=[put("2022-07-05", 100)], state=first.state, until="2022-12-30")


def test_cpt1_a_policy_puts_on_the_first_day_on_which_the_closes_allow_it():
    [paid] = lives(of=NOTE, policy=cn.Policy()).of_kind("put")
    assert str(paid.date) == "2022-06-23"
    assert not lives(of=NOTE, policy=cn.Policy(), over=low_from(session(ON, -29), until=ON)).of_kind("put")
    assert not lives(of=NOTE, policy=cn.Policy(put=cn.policies.Never())).of_kind("put")
    early = lives(policy=cn.Policy(), over=low_from("2022-01-03"))
    assert str(early.of_kind("put-election")[0].date) == "2022-03-01"


def test_cpt1_a_policy_leaves_holders_who_used_their_right_to_the_next_year():
    held = {"A": 600_000, "B": 400_000}
    over = low_from("2022-01-03")
    ledger = cn.replay(NOTE, over, events=[put("2022-03-01", 100_000, holder="A")], policy=cn.Policy(), positions=held)
    elections = [(str(entry.date), entry.holder) for entry in ledger.of_kind("put-election")]
    assert elections == [("2022-03-01", "B"), ("2022-03-01", "A"), ("2023-03-01", "A")] or elections == [
        ("2022-03-01", "A"), ("2022-03-01", "B"), ("2023-03-01", "A")
    ]  # fmt: skip


def test_cpt1_the_terms_are_told_everywhere():
    assert cn.loads(cn.dumps(NOTE)) == NOTE
    assert ("CPT-1", "below 70%") in [(row[2], "below 70%") for row in NOTE.summary().rows if "below 70%" in row[1]]
    rows = [(str(row.date), str(row.kind)) for row in cn.schedule(NOTE) if row.rule == "CPT-1"]
    assert rows == [("2022-03-01", "first-conditional-put")]
    assert not [row for row in cn.schedule(note(from_date=None)) if row.rule == "CPT-1"]
    odd = note(condition={"multiple": "1.3"}).check()
    assert [each.rule for each in odd if "odd" in each.message] == ["CPT-1"]
    outside = note(from_date="2024-03-01").check()
    assert [each.rule for each in outside if "outside" in each.message] == ["CPT-1"]
    with pytest.raises(cn.TermsError, match=r"conditional_put.condition.days \(CPT-1\)"):
        cn.loads(SHEET.replace("days = 30, period = 30", "days = 31, period = 30"))
    straight = dict.fromkeys(("conversion", "revision", "adjustment"))
    with pytest.raises(cn.TermsError, match=r"conditional_put.condition.of \(CPT-1\)"):
        dataclasses.replace(NOTE, **straight)
    figure = dataclasses.replace(note().conditional_put.condition, of="figure", multiple=None, figure="7")
    by_figure = dataclasses.replace(NOTE, **straight, conditional_put=dataclasses.replace(NOTE.conditional_put, condition=figure))
    assert lives(put(), of=by_figure).of_kind("put")


def test_cpt1_making_the_right_harder_needs_each_holder():
    def rule(**changes):
        return {each.setting: each.requirement.rule for each in NOTE.amendments(note(**changes))}

    assert rule(condition={"multiple": "0.6"}) == {"conditional_put.condition": "AMD-2"}
    assert rule(condition={"multiple": "0.8"}) == {"conditional_put.condition": "AMD-1"}
    assert rule(from_date="2023-03-01") == {"conditional_put.from_date": "AMD-2"}
    assert rule(used_up_by="anyone") == {"conditional_put.used_up_by": "AMD-2"}
    assert rule(accrued="dirty") == {"conditional_put.accrued": "AMD-2"}
    assert rule(pays_after=3) == rule(pays_after=9) == {"conditional_put.pays_after": "AMD-2"}
    assert rule(once_a_year=False) == {"conditional_put.once_a_year": "AMD-1"}
    assert rule(price="1.01") == {"conditional_put.price": "AMD-1"}
    gone = NOTE.amendments(dataclasses.replace(NOTE, conditional_put=None))
    assert {each.requirement.rule for each in gone} == {"AMD-2"}


def test_cpt1_a_price_without_the_right_is_asked_for_by_name():
    of = dataclasses.replace(NOTE, revision=None)
    model = cn.Lognormal(as_of="2018-03-01", spot=9, volatility=0.3, rate=0.03)
    with pytest.raises(cn.PricingError, match=r"CPT-1"):
        cn.price(of, model)
    assert cn.price(of, model, ignore=["CPT-1"]).price > 0
