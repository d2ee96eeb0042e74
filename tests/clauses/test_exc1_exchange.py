"""An exchangeable: 50,000 of Galp 2017 convert into 3,226.5 shares of another company (EXC-1)."""

import dataclasses
from decimal import Decimal

import pytest

import convnote as cn
from convnote.calendars import calendar, day_number, to_date
from convnote.provisions import Conversion, Exchange, Interest, Principal

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
        assert error.value.rule == "EXC-1"
    assert any("3226.5 shares of Galp Energia per 50000" in row[1].replace(",", "") for row in NOTE.summary().rows)


@pytest.mark.parametrize(
    "wrong",
    [
        [],
        "GALP",
        [{"share": "GALP"}],
        [{"share": "GALP", "amount": 0}],
        [{"share": "GALP", "amount": 1, "price": 2}],
        [{"share": "GALP", "amount": 1}, {"share": "EDP", "amount": 2}],
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
