"""FLT-1: coupons whose rate is fixed by an index before each period. Figures by hand; the index is invented."""

import dataclasses
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from random import Random

import numpy as np
import pytest

import convnote as cn
from convnote.calendars import day_number
from tests.oracles import not_flat

SHEET = """
name = "floating"
[principal]
issue_date = 2020-01-15
maturity_date = 2022-01-15
issue_size = 10_000_000
currency = "USD"
business_days = "weekdays"
trading_days = "weekdays"
[interest]
index = "LIBOR6"
spread = "2%"
fixed = "2 business days before"
frequency = 2
day_count = "act/360"
record_days = 15
[conversion]
price = 50
[redemption]
prices = [[2020-09-15, 1]]
[consent]
"""
NOTE = cn.loads(SHEET)
#: two business days before 15 January 2020 (Wednesday), 15 July (Wednesday), 15 January 2021 (Friday), 15 July (Thursday)
FIXINGS = {"2020-01-13": "0.0175", "2020-07-13": "0.003", "2021-01-13": "-0.02", "2021-07-13": "-0.005"}
#: 182, 184, 181 and 184 days at 3.75%, 2.3%, 0 (not below it) and 1.5%
COUPONS = ("189583.33", "117555.56", "0", "76666.67")
DAYS = np.arange("2019-12-02", "2022-01-18", dtype="datetime64[D]")


def history(fixings=FIXINGS, note=NOTE):
    days = [on for on in DAYS.tolist() if on.weekday() < 5]
    return cn.MarketHistory(dates=days, closes=[40.0] * len(days), currency=note.currency, series={"LIBOR6": fixings})


def with_interest(**changed):
    return dataclasses.replace(NOTE, interest=dataclasses.replace(NOTE.interest, **changed))


KNOWN = dataclasses.replace(NOTE, interest=NOTE.interest.with_fixings(FIXINGS))


def test_flt1_each_period_pays_the_index_of_its_fixing_day_plus_the_spread():
    ledger = cn.replay(NOTE, history())
    assert [entry.cash for entry in ledger.of_kind("coupon")] == [Decimal(each) for each in COUPONS if each != "0"]
    assert "10,000,000 x 0.0375 x 182/360 = 189,583.33" in ledger.of_kind("coupon")[0].text
    assert all("FLT-1" in entry.rules and "STP-1" not in entry.rules for entry in ledger.of_kind("coupon"))


def test_flt1_a_fixing_is_an_entry_of_its_day_and_the_first_one_of_the_issue_date():
    fixings = cn.replay(NOTE, history()).of_kind("fixing")
    assert [entry.date for entry in fixings] == [date(2020, 1, 15), date(2020, 7, 13), date(2021, 1, 13), date(2021, 7, 13)]
    assert fixings[0].text == "Interest accrues at 0.0375 from 2020-01-15: LIBOR6 on 2020-01-13, 0.0175, plus 0.02."


def test_flt1_a_coupon_of_zero_is_no_entry():
    paid = [entry.date for entry in cn.replay(NOTE, history()).of_kind("coupon")]
    assert paid == [date(2020, 7, 15), date(2021, 1, 15), date(2022, 1, 15)]


def test_flt1c_a_rate_is_never_below_the_floor_and_the_floor_is_zero_where_none_is_stated():
    below = {**FIXINGS, "2021-01-13": "-0.03"}
    fixed = cn.replay(NOTE, history(below)).of_kind("fixing")[2]
    assert (fixed.rules, fixed.text) == (
        ("FLT-1", "FLT-1c"),
        "Interest accrues at 0 from 2021-01-15: LIBOR6 on 2021-01-13, -0.03, plus 0.02, raised to the floor.",
    )  # fmt: skip
    ledger = cn.replay(with_interest(floor="0.01"), history(below))
    assert ledger.of_kind("coupon")[2].cash == Decimal("50277.78")  # 10m x 1% x 181/360


def test_flt1_a_missing_fixing_is_an_error_on_its_day_that_names_series_and_day():
    given = {day: value for day, value in FIXINGS.items() if day != "2021-01-13"}
    assert cn.replay(NOTE, history(given), until="2021-01-12").of_kind("coupon")
    with pytest.raises(cn.MarketError, match="LIBOR6 for 2021-01-13") as error:
        cn.replay(NOTE, history(given), until="2021-01-13")
    assert error.value.rule == "FLT-1"
    other = cn.MarketHistory(dates=["2020-01-02"], closes=[1], currency="USD", series={"EURIBOR6": FIXINGS})
    with pytest.raises(cn.MarketError, match="LIBOR6 for 2020-01-13"):
        cn.replay(NOTE, other, until="2020-02-01")


def test_flt1_a_fixing_in_per_cent_is_refused():
    with pytest.raises(cn.TermsError, match=r"0\.0325 for 3\.25%"):
        cn.replay(NOTE, history({**FIXINGS, "2020-01-13": "1.75"}))
    with pytest.raises(cn.TermsError, match=r"0\.0325 for 3\.25%"):
        NOTE.interest.with_fixings({"2020-01-13": "1.75"})


def told(ask):
    with pytest.raises(cn.ConvnoteError) as error:
        ask()
    return str(error.value)


def test_flt1_what_cannot_be_read_is_told_in_whole_sentences():
    per_year = "expected a rate a year as a share, such as 0.0325 for 3.25%"
    place = "history.series['LIBOR6']"
    assert told(lambda: cn.replay(NOTE, history({}))) == (
        f"{place} (FLT-1): no fixing of LIBOR6 for 2020-01-13: give one, or stop before with until="
    )
    in_per_cent = history({**FIXINGS, "2020-01-13": "1.75"})
    assert told(lambda: cn.replay(NOTE, in_per_cent)) == f"{place} of 2020-01-13 (FLT-1): got 7/4; {per_year}"
    take = NOTE.interest.with_fixings
    assert told(lambda: take({"2020-01-13": "-1.01"})) == f"with_fixings[2020-01-13] (FLT-1): got -1.01; {per_year}"
    assert told(lambda: take([0.02])) == "with_fixings values: got [0.02]; expected a mapping of days to values"
    stated = cn.load("amazon-peacs-2010").interest
    assert told(lambda: stated.with_fixings({})) == "with_fixings (FLT-1): the rate is stated and does not float"
    assert told(lambda: NOTE.interest.accrued("2020-02-01")) == (
        "interest.index (FLT-1): got LIBOR6; the rate of the period from 2020-01-15 is not known: it is fixed on 2020-01-13; "
        "note.interest.with_fixings takes it"
    )
    assert told(lambda: NOTE.interest.must_be_fixed("price", NOTE.principal.issue_day)) == (
        "price interest.index (FLT-1): got LIBOR6; the index of 4 periods ahead is not known, the first from 2020-01-15: "
        "expected a note with every rate stated (interest.rate), or with all fixings given (note.interest.with_fixings)"
    )


@pytest.mark.parametrize("index", ["-1", "1", "0.0175", 0])
def test_flt1_an_index_of_a_hundred_per_cent_either_way_is_read(index):
    ((start, value),) = NOTE.interest.with_fixings({"2020-01-13": index}).fixings
    assert (start, value) == (int(day_number("2020-01-15")), Decimal(str(index)))


def test_flt1_before_any_fixing_the_first_rate_is_that_of_an_index_of_0():
    assert NOTE.interest.first_rate == Decimal("0.02")
    assert dataclasses.replace(NOTE.interest, floor="0.03").first_rate == Decimal("0.03")
    assert dataclasses.replace(NOTE.interest, spread=None).first_rate == 0
    assert NOTE.interest.with_fixings({"2020-01-13": "0.0175"}).first_rate == Decimal("0.0375")
    in_floats = NOTE.floats.interest.first_rate
    assert isinstance(in_floats, np.floating) and in_floats == 0.02


def test_flt1_accrued_before_the_fixing_is_refused_and_after_it_runs_at_its_rate():
    with pytest.raises(cn.TermsError, match="from 2020-07-15 is not known: it is fixed on 2020-07-13") as error:
        NOTE.interest.with_fixings({"2020-01-13": "0.0175"}).accrued("2020-08-01")
    assert error.value.rule == "FLT-1"
    assert KNOWN.interest.accrued("2020-08-14", 1_000_000) == Decimal("1916.666666666666666666666666666667")  # 30 days at 2.3%
    assert NOTE.interest.accrued("2020-01-15") == 0
    some = NOTE.interest.with_fixings({"2020-01-13": "0.0175"})
    days = np.array(["2020-01-15", "2020-07-14", "2020-07-15"], "datetime64[D]")
    assert some.accrued(days) == pytest.approx([0, 1000 * 0.0375 * 181 / 360, 0])
    with pytest.raises(cn.TermsError, match="from 2020-07-15 is not known"):
        some.accrued(np.array(["2020-07-14", "2020-07-16"], "datetime64[D]"))


def test_flt1_every_two_days_agree_with_the_oracle():
    random = Random(5)
    steps = not_flat.floating_steps(
        [date(2020, 1, 15), date(2020, 7, 15), date(2021, 1, 15), date(2021, 7, 15)], list(FIXINGS.values()), "0.02", 0
    )
    for _ in range(40):
        start, end = sorted(date(2020, 1, 15) + timedelta(days=random.randrange(732)) for _ in range(2))
        expected = not_flat.interest_by_day(steps, start, end, 7_000, 360)
        assert KNOWN.interest.between(Fraction(7_000), int(day_number(start)), int(day_number(end))) == expected


def test_flt1_a_call_inside_a_period_pays_interest_at_the_rate_fixed_for_it():
    ledger = cn.replay(NOTE, history(), events=[cn.RedemptionNotice("2020-08-20", "2020-09-21")])
    (paid,) = ledger.of_kind("redemption")
    assert paid.cash == Decimal("10043444.44")  # 68 days at 2.3%: 43,444.44
    assert [entry.date for entry in ledger.of_kind("fixing")] == [date(2020, 1, 15), date(2020, 7, 13)]


def test_flt1_a_replay_goes_on_from_a_state_with_the_fixings_it_knows():
    whole = cn.replay(NOTE, history())
    for stop in ("2020-01-15", "2020-07-13", "2020-12-31", "2021-07-13"):
        first = cn.replay(NOTE, history(), until=stop)
        later = cn.replay(NOTE, history(), state=first.state)
        assert [(each.date, each.kind, each.cash) for each in (*first.entries, *later.entries)] == [
            (each.date, each.kind, each.cash) for each in whole.entries
        ]


def test_flt1_a_schedule_says_what_is_not_known():
    rows = [row for row in cn.schedule(NOTE) if row.kind == "coupon"]
    assert [row.amount for row in rows] == [None] * 4
    assert rows[1].text == "interest from 2020-07-15, 184 days at LIBOR6 + 2%, fixed on 2020-07-13: not known yet"
    known = [row for row in cn.schedule(KNOWN) if row.kind == "coupon"]
    assert [round(row.amount, 6) for row in known] == [
        Decimal(each) for each in ("18.958333", "11.755556", "0.000000", "7.666667")
    ]
    assert known[1].text == "interest from 2020-07-15, 184 days at 2.3%"
    fixings = [row for row in cn.schedule(NOTE) if row.kind == "fixing"]
    assert [row.date for row in fixings] == [date(2020, 1, 15), date(2020, 7, 13), date(2021, 1, 13), date(2021, 7, 13)]
    assert (fixings[0].rule, fixings[0].text) == ("FLT-1", "LIBOR6 of 2020-01-13 is read for the period from 2020-01-15")
    (call,) = (row for row in cn.schedule(NOTE) if row.kind == "first-call")
    assert (call.amount, call.text.endswith("not known yet")) == (None, True)
    assert len(cn.schedule(NOTE).to_frame()) == len(cn.schedule(NOTE))


@pytest.mark.parametrize(
    ("was", "line", "where", "said"),
    [
        ('index = "LIBOR6"', 'index = "LIBOR6"\nrate = 0.05', r"interest\.rate", "expected one of the two"),
        ('index = "LIBOR6"', "rate = 0.05", r"interest\.spread", "does not float"),
        ('index = "LIBOR6"\nspread = "2%"\nfixed = "2 business days before"', "", r"interest\.rate", "required"),
        ('fixed = "2 business days before"', "", r"interest\.fixed", "expected the day of the fixing"),
        ("frequency = 2", "frequency = 0", r"interest\.frequency", "at least one payment date"),
        ('spread = "2%"', "spread = 2", r"interest\.spread", "0.02"),
    ],
)
def test_flt1_a_sheet_that_says_both_a_rate_and_an_index_or_half_of_one_is_refused(was, line, where, said):
    with pytest.raises(cn.TermsError, match=where) as error:
        cn.loads(SHEET.replace(was, line))
    assert said in str(error.value)


def test_flt1_the_sheet_is_written_and_read_back():
    assert cn.loads(cn.dumps(NOTE)) == NOTE
    assert 'fixed = "2 business days before"' in cn.dumps(NOTE)


def test_flt1_summary_and_table_say_the_index():
    (coupon,) = (row for row in NOTE.summary().rows if row[0] == "coupon")
    assert coupon[1].startswith("LIBOR6 + 2%, at least 0%, fixed 2 business days before each period, paid twice a year")
    assert coupon[2] == "FLT-1"


def test_flt1_simulate_and_price_refuse_what_is_not_fixed():
    model = cn.Lognormal(as_of="2020-01-15", spot=40, volatility=0.3, rate=0.03, hazard_rate=0.02, recovery=0.4)
    for ask in (lambda note: cn.simulate(note, model, paths=4), lambda note: cn.price(note, model)):
        with pytest.raises(cn.ConvnoteError, match="4 periods ahead") as error:
            ask(NOTE)
        assert error.value.rule == "FLT-1"


def test_flt1_with_all_fixings_it_is_worth_what_a_step_up_of_the_same_rates_is():
    model = cn.Lognormal(as_of="2020-01-15", spot=40, volatility=0.3, rate=0.03, hazard_rate=0.02, recovery=0.4)
    steps = [["2020-01-15", "0.0375"], ["2020-07-15", "0.023"], ["2021-01-15", 0], ["2021-07-15", "0.015"]]
    stepped = with_interest(index=None, spread=None, fixed=None, rate=steps)
    one, two = (cn.simulate(note, model, paths=200, seed=3).present_value for note in (KNOWN, stepped))
    assert one == pytest.approx(two, rel=1e-12)
    assert cn.price(KNOWN, model).price == pytest.approx(cn.price(stepped, model).price, rel=1e-12)


def test_flt1_a_simulation_goes_on_from_a_state_in_the_last_period():
    state = cn.replay(NOTE, history(), until="2021-08-02").state
    model = cn.Lognormal(as_of="2021-08-02", spot=40, volatility=0.3, rate=0.03)
    outcomes = cn.simulate(NOTE, model, paths=20, seed=3, state=state)
    for path in range(20):
        assert outcomes.ledger(path).state.status == outcomes.status[path]


def test_flt1_an_amendment_changes_the_spread_from_its_day_and_needs_each_holder():
    more = with_interest(spread="0.03")
    needed = [(each.setting, each.requirement.rule) for each in more.amendments(NOTE)]
    assert needed == [("interest.spread", "AMD-2")]
    ledger = cn.replay(NOTE, history(), events=[cn.Amendment("2020-07-14", more)])
    assert ledger.of_kind("coupon")[1].cash == Decimal("168666.67")  # 184 days at 3.3%
    assert ledger.of_kind("coupon")[2].cash == Decimal("50277.78")  # 181 days at 1%
    with pytest.raises(cn.LifecycleError, match="keeps the index") as error:
        cn.replay(NOTE, history(), events=[cn.Amendment("2020-07-15", with_interest(index="EURIBOR6"))])
    assert error.value.rule == "FLT-1"
    fixed = with_interest(index=None, spread=None, fixed=None, rate="0.05")
    assert "coupon" in {entry.kind for entry in cn.replay(NOTE, history(), events=[cn.Amendment("2020-07-15", fixed)]).entries}


@pytest.mark.parametrize(
    ("changed", "rules"),
    [
        ({"spread": "0.01"}, ["AMD-2"]),
        ({"spread": "0.03"}, ["AMD-1"]),
        ({"floor": "0.01"}, ["AMD-1"]),
        ({"index": "EURIBOR6"}, ["AMD-2"]),
        ({"fixed": "5 business days before"}, ["AMD-2"]),
        ({"index": None, "spread": None, "fixed": None, "rate": "0.05"}, ["AMD-2"] * 4),
    ],
)
def test_flt1_what_a_change_of_a_floating_rate_needs(changed, rules):
    assert [each.requirement.rule for each in NOTE.amendments(with_interest(**changed))] == rules
