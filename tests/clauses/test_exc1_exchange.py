"""An exchangeable: 50,000 of Galp 2017 convert into 3,226.5 shares of another company (EXC-1)."""

import dataclasses
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import convnote as cn
from convnote.calendars import calendar, day_number, to_date
from convnote.provisions import Adjustment, Condition, Conversion, Exchange, Interest, Principal, Redemption, Reset

from ..oracles import timing

GALP = Exchange(shares_of="Galp Energia", property=[{"share": "GALP", "amount": "3226.5"}])
NOTE = cn.ConvertibleNote(
    name="galp-2017",
    principal=Principal(
        issue_date="2010-09-28",
        maturity_date="2017-09-28",
        issue_size=900_000_000,
        denomination=50_000,
        currency="EUR",
        business_days="TARGET",
        trading_days="weekdays",
    ),
    interest=Interest(rate="0.0525", frequency=1, day_count="act/act-icma", record_days=0),
    exchange=GALP,
    consent=cn.load("amazon-peacs-2010").consent,
    default=cn.load("amazon-peacs-2010").default,
)
DAYS = [to_date(day) for day in calendar("weekdays").between(day_number("2010-09-20"), day_number("2017-09-28"))]
HISTORY = cn.MarketHistory(dates=DAYS, closes=["15.20"] * len(DAYS), currency="EUR")


def test_exc1_the_amount_per_denomination_replaces_the_rate():
    assert NOTE.conversion.rate == Decimal("3226.5") == NOTE.conversion.ratio()
    ledger = cn.replay(NOTE, HISTORY, events=[cn.Convert("2014-03-03", 150_000)], until="2014-03-31")
    [entry] = ledger.of_kind("conversion")
    assert (entry.shares, entry.cash) == (9679, Decimal("7.60"))  # 3 x 3,226.5 = 9,679.5; 0.5 x 15.20
    assert "EXC-1" in entry.rules and "9,679 whole, of Galp Energia, and 0.5 x the last close of 15.2" in entry.text
    # the whole issue: 18,000 denominations, 58.077m shares
    whole = cn.replay(NOTE, HISTORY, events=[cn.Convert("2014-03-03", 900_000_000)], until="2014-03-31")
    assert whole.of_kind("conversion")[0].shares == 58_077_000


def test_exc1_other_settings_of_conversion_stand_beside_it_and_no_other_rate():
    text = cn.dumps(NOTE).replace("rate = 3226.5", 'until = "7 calendar days before"')
    assert "rate = 3226.5" not in text
    note = cn.loads(text)
    assert note.conversion.rate == Decimal("3226.5") and str(to_date(note.conversion.last_day)) == "2017-09-21"
    assert cn.loads(cn.dumps(note)).exchange == GALP and cn.dumps(cn.loads(cn.dumps(note))) == cn.dumps(note)
    for other in (Conversion(rate=3000), Conversion(price="15.50")):
        with pytest.raises(cn.TermsError, match="the amount of the property per denomination") as error:
            dataclasses.replace(NOTE, conversion=other)
        assert (error.value.rule, error.value.field) == ("EXC-1", "conversion.rate")
    assert any("3226.5 shares of Galp Energia per 50000" in row[1].replace(",", "") for row in NOTE.summary().rows)


@pytest.mark.parametrize(
    "wrong",
    [
        [],
        "GALP",
        [{"share": "GALP"}],
        [{"share": "GALP", "amount": 0}],
        [{"share": "GALP", "amount": 1, "price": 2}],
        [{"share": "GALP", "amount": 1}, {"share": "GALP", "amount": 2}],
    ],
)
def test_exc1_property_that_cannot_be_read_or_is_not_modelled(wrong):
    with pytest.raises(cn.TermsError, match=r"exchange\.property"):
        Exchange(shares_of="Galp Energia", property=wrong)


def test_exc1_the_default_of_the_issuer_leaves_the_share():
    model = {"spot": 15.2, "volatility": 0.3, "rate": 0.02, "hazard_rate": 0.05, "recovery": 0.4, "as_of": "2010-09-28"}
    falls = cn.Lognormal(**model)
    with pytest.raises(cn.MarketError, match="leaves the share of another company as it is") as error:
        cn.simulate(NOTE, falls, paths=10, seed=1)
    assert error.value.rule == "EXC-1"
    with pytest.raises(cn.PricingError, match="EXC-1"):
        cn.price(NOTE, falls)
    stays = cn.Lognormal(**model, default_jump=0.0)
    outcomes = cn.simulate(NOTE, stays, paths=60, seed=1, principal=150_000)
    for path in range(60):
        ledger = outcomes.ledger(path)
        assert round(float(ledger.total()) - outcomes.cash[path], 6) == 0
        assert sum(entry.shares for entry in ledger) == outcomes.shares[path]
    assert cn.price(NOTE, stays).price > 0


def test_exc1_other_property_needs_each_holder_and_the_name_a_majority():
    more = Exchange(shares_of="Galp Energia", property=[{"share": "GALP", "amount": 3300}])
    changed = dataclasses.replace(NOTE, conversion=None, exchange=more)
    assert {each.setting: each.requirement.rule for each in NOTE.amendments(changed)}["exchange.property"] == "AMD-2"
    named = dataclasses.replace(NOTE, exchange=dataclasses.replace(GALP, shares_of="Galp Energia, SGPS, S.A."))
    assert [(each.setting, each.requirement.rule) for each in NOTE.amendments(named)] == [("exchange.shares_of", "AMD-1")]


# --- property of several kinds ---------------------------------------------------------------------------------------

BOTH = Exchange(shares_of="Galp Energia", property=[*GALP.property, ("EDP", "100.25"), ("REN", 7)])
SEVERAL = dataclasses.replace(NOTE, exchange=BOTH)


def market(galp="15.20", **others):
    series = {name: dict.fromkeys(DAYS, close) for name, close in others.items()}
    return cn.MarketHistory(dates=DAYS, closes=[galp] * len(DAYS), currency="EUR", series=series)


def delivered(note, history, principal=150_000):
    ledger = cn.replay(note, history, events=[cn.Convert("2014-03-03", principal)], until="2014-03-31")
    return [
        (entry.kind, entry.shares, str(entry.cash), entry.rules) for entry in ledger if entry.kind in ("conversion", "property")
    ]


def test_exc1_each_kind_of_property_has_its_entry_its_whole_units_and_its_fraction():
    found = delivered(SEVERAL, market(EDP="3.20", REN="2.50"))
    assert [row[:3] for row in found] == [
        ("conversion", 9679, "7.60"),  # 3 x 3,226.5 = 9,679.5; 0.5 x 15.20
        ("property", 300, "2.40"),  # 3 x 100.25 = 300.75; 0.75 x 3.20
        ("property", 21, "0.00"),  # 3 x 7
    ]
    assert found[1][3] == ("EXC-1", "CNV-4", "CNV-4c") and found[2][3] == ("EXC-1",)
    ledger = cn.replay(SEVERAL, market(EDP="3.20"), events=[cn.Convert("2014-03-03", 150_000)], until="2014-03-31")
    assert [entry.text for entry in ledger.of_kind("property")] == [
        "Further property delivered: EUR 150,000 x 100.25/50,000 = 300.75 units of EDP, 300 whole, and 0.75 x its last "
        "close of 3.2 = 2.40 in cash for the fraction.",
        "Further property delivered: EUR 150,000 x 7/50,000 = 21 units of REN, 21 whole.",
    ]


def test_exc1_a_fraction_of_any_kind_is_dropped_or_made_up_as_the_note_says():
    rows = {}
    for word in ("dropped", "up"):
        note = dataclasses.replace(SEVERAL, conversion=dataclasses.replace(SEVERAL.conversion, fraction=word))
        rows[word] = [row[1:3] for row in delivered(note, market())]  # no close is needed
    assert rows == {
        "dropped": [(9679, "0.00"), (300, "0.00"), (21, "0.00")],
        "up": [(9680, "0.00"), (301, "0.00"), (21, "0.00")],
    }


def test_exc1_a_close_of_a_further_kind_that_is_needed_and_missing_is_named():
    for history in (market(), market(REN="2.50")):
        with pytest.raises(cn.MarketError, match=r"series\['EDP'\] \(EXC-1\): got 2014-02-28; expected the close of EDP"):
            delivered(SEVERAL, history)
    with pytest.raises(cn.MarketError, match=r"series\['EDP'\] \(EXC-1\)"):
        cn.replay(SEVERAL, market(REN="2.50"), policy=cn.Policy())


@settings(max_examples=25, deadline=None)
@given(st.integers(1, 18_000), st.integers(1, 10**6), st.integers(1, 10**6))
def test_exc1_units_and_cash_agree_with_exact_fractions(notes, amount, close):
    amount, close = Decimal(amount) / 1000, Decimal(close) / 1000
    note = dataclasses.replace(NOTE, exchange=Exchange(shares_of="Galp", property=[*GALP.property, ("EDP", amount)]))
    exact = Fraction(notes) * Fraction(amount)
    right = timing.shares_of(exact, 1, "dropped")
    [entry] = [row for row in delivered(note, market(EDP=close), 50_000 * notes) if row[0] == "property"]
    assert entry[1] == right and Fraction(entry[2]) == timing.round_cent((exact - right) * Fraction(close))


@pytest.mark.parametrize(("edp", "status"), [("8.00", "matured"), ("9.70", "converted")])
def test_exc1_a_holder_compares_all_property_with_what_the_note_pays(edp, status):
    # 3,226.5 x 15.20 = 49,042.80 and 7 x 2.50 = 17.50; 100.25 x 8.00 = 802.00 makes 49,862.30, x 9.70 = 972.43 makes 50,032.73
    ledger = cn.replay(SEVERAL, market(EDP=edp, REN="2.50"), policy=cn.Policy())
    assert str(ledger.state.status) == status


def test_exc1_several_kinds_are_replayed_and_nothing_else_is_guessed():
    model = cn.Lognormal(spot=15.2, volatility=0.3, rate=0.02, as_of="2010-09-28")
    with pytest.raises(cn.TermsError, match=r"exchange\.property \(EXC-1\): .*GALP, EDP, REN"):
        cn.simulate(SEVERAL, model, paths=4, seed=1)
    with pytest.raises(cn.PricingError, match="EXC-1"):
        cn.price(SEVERAL, model)
    with pytest.raises(cn.PricingError, match=r"exchange \(EXC-1\): property of several kinds"):
        cn.analytics.conversion_value(SEVERAL, 15)
    for name, part in {"adjustment": Adjustment(), "reset": Reset(dates=["2011-09-28"], floor=10, window=20)}.items():
        with pytest.raises(cn.TermsError, match=rf"{name} \(EXC-1\): with property of several kinds this is not built"):
            dataclasses.replace(SEVERAL, **{name: part})
    condition = Condition(days=20, period=30, multiple="1.3", of="in-force", strict=True, ends="notice")
    with pytest.raises(cn.TermsError, match=r"redemption\.condition \(EXC-1\)"):
        dataclasses.replace(SEVERAL, redemption=Redemption(prices=[["2013-09-28", 1]], condition=condition))


def test_exc1_several_kinds_are_read_written_summarised_and_changed_with_consent():
    assert cn.loads(cn.dumps(SEVERAL)) == SEVERAL
    assert any("shares of Galp Energia and 100.25 of EDP and 7 of REN per" in row[1] for row in SEVERAL.summary().rows)
    changed = dataclasses.replace(SEVERAL, exchange=GALP)
    assert [(each.setting, each.requirement.rule) for each in SEVERAL.amendments(changed)] == [("exchange.property", "AMD-2")]
