"""What is wrong by a factor of a hundred is refused, saying what is probably meant; the limits themselves are allowed."""

import dataclasses
from decimal import Decimal

import numpy as np
import pytest

import convnote as cn
from convnote import analytics
from convnote.provisions import Adjustment, Consent, FundamentalChange, Interest, Principal, Put, Redemption, Withdrawal

AMAZON = cn.load("amazon-peacs-2010")
AFV = cn.load("afv-2003")
MODEL = {"as_of": "2000-02-16", "spot": 72.1, "volatility": 0.5, "rate": 0.05}
PRINCIPAL = {"issue_date": "2000-02-16", "maturity_date": "2010-02-16", "issue_size": 1000}


def principal(**settings):
    return Principal(**{**PRINCIPAL, "currency": "EUR", **settings})


def lognormal(**figures):
    return cn.Lognormal(**{**MODEL, **figures})


def cross(**figures):
    money = {"exchange_rate": 1.0, "exchange_volatility": 0.1, "correlation": 0.0, "foreign_rate": 0.05}
    return cn.CrossCurrency(**{**MODEL, **money, **figures})


#: What takes a share, the greatest it takes, what is refused, and the words in the refusal.
SHARES = [
    (lambda x: Interest(rate=x), 1, "6.875", "6.875% is 0.06875"),
    (lambda x: Interest(rate=x), "1", 7, "7% is 0.07"),
    (lambda x: principal(maturity_price=x), 10, 100, "100% is 1"),
    (lambda x: Redemption(prices=[["2003-02-20", x]]), 10, "102.75", "102.75% is 1.0275"),
    (lambda x: Put(prices=[["2003-02-20", x]]), 10, "102.75", "102.75% is 1.0275"),
    (lambda x: FundamentalChange(price=x), 10, 101, "101% is 1.01"),
    (lambda x: Withdrawal(trigger=160, before="2003-02-20", trigger_multiple=x), 10, 160, "160% is 1.6"),
    (lambda x: Consent(majority=x), 1, 50, "50% is 0.5"),
    (lambda x: Adjustment(carry_below=x), 1, "1.5", "1.5% is 0.015"),
    (lambda x: lognormal(volatility=x), 5, 35, "35% is 0.35"),
    (lambda x: lognormal(rate=x), 1, 5, "5% is 0.05"),
    (lambda x: lognormal(dividend_yield=x), 1, 2, "2% is 0.02"),
    (lambda x: lognormal(borrow=x), 1, 1.5, "1.5% is 0.015"),
    (lambda x: lognormal(hazard_rate=x), 100, 300, "300% is 3"),
    (lambda x: lognormal(recovery=x), 1, 40, "40% is 0.4"),
    (lambda x: lognormal(default_jump=x), 1, 100, "100% is 1"),
    (lambda x: lognormal(change_rate=x), 100, 200, "200% is 2"),
    (lambda x: lognormal(change_jump_volatility=x), 5, 30, "30% is 0.3"),
    (lambda x: lognormal(volatility=cn.Curve(["2000-02-16", "2003-02-16"], [0.5, x])), 5, 35, "35% is 0.35"),
    (lambda x: cross(exchange_volatility=x), 5, 10, "10% is 0.1"),
    (lambda x: cross(foreign_rate=x), 1, 5, "5% is 0.05"),
    (lambda x: analytics.convertible_no_credit(100, years=5, rate=0.05, volatility=x), 5, 20, "20% is 0.2"),
    (lambda x: analytics.convertible_no_credit(100, years=5, rate=x, volatility=0.2), 1, 5, "5% is 0.05"),
    (
        lambda x: analytics.convertible_default_to_zero(100, years=5, rate=0.05, volatility=0.2, hazard_rate=0.02, recovery=x),
        1,
        40,
        "40% is 0.4",
    ),
    (lambda x: analytics.bond_floor(AMAZON, "2005-02-16", x), 1.0, 5.0, "5% is 0.05"),
]


@pytest.mark.parametrize(("made", "greatest", "percent", "words"), SHARES)
def test_a_percentage_where_a_share_belongs_is_refused_and_the_limit_is_not(made, greatest, percent, words):
    made(greatest)
    with pytest.raises(cn.ConvnoteError) as refusal:
        made(percent)
    assert words in str(refusal.value)


@pytest.mark.parametrize("name", ["rate", "dividend_yield", "borrow"])
def test_a_rate_below_minus_one_is_refused(name):
    lognormal(**{name: -1})
    with pytest.raises(cn.MarketError, match=f"Lognormal.{name}: got -1.01; must be at least -1"):
        lognormal(**{name: -1.01})


@pytest.mark.parametrize(
    ("word", "probably"),
    [("US", "USD"), ("usd", "USD"), ("$", "USD"), ("€", "EUR"), ("euro", "EUR"), ("Yen", "JPY"), ("Us$", "USD"), ("EURO", "EUR")],
)
def test_prn2_a_currency_is_three_capitals(word, probably):
    with pytest.raises(
        cn.TermsError, match=rf"currency \(PRN-2\): got '.*'; expected a three-letter currency code, such as {probably}"
    ):
        principal(currency=word)
    assert principal(currency="XAU").currency == "XAU"


#: Figures of analytics that a price is handed to.
PRICED = [
    lambda price, **how: analytics.conversion_premium(AFV, price, 110, **how),
    lambda price, **how: analytics.current_yield(AFV, price, **how),
    lambda price, **how: analytics.break_even_years(AFV, price, 50, **how),
    lambda price, **how: analytics.dirty_price(AFV, price, "2003-07-01", **how),
    lambda price, **how: analytics.clean_price(AFV, price, "2003-07-01", **how),
    lambda price, **how: analytics.yield_to_maturity(AFV, price, "2003-07-01", **how),
    lambda price, **how: analytics.yield_to_call(AFV, price, "2003-07-01", **how),
    lambda price, **how: analytics.yield_to_put(AFV, price, "2003-07-01", **how),
]


@pytest.mark.parametrize("figure", PRICED)
def test_a_price_per_one_is_refused_where_the_note_is_quoted_per_hundred(figure):
    for price in (0.98, Decimal("0.98"), "0.98", np.array([98, 0.98])):
        with pytest.raises(cn.PricingError, match=r"price: got .*; expected a price per 100 of principal: 98, or per=1"):
            figure(price)
    with pytest.raises(cn.PricingError, match="105, or per=1"):
        figure("1.05")
    figure("0.98", per=1)
    figure(98)


def test_a_price_of_two_is_allowed_and_one_below_it_is_not():
    assert analytics.current_yield(AFV, 2) == 4  # 8 a year for 2
    with pytest.raises(cn.PricingError, match="199, or per=1"):
        analytics.current_yield(AFV, "1.99")


def test_a_note_quoted_per_one_takes_a_price_of_one():
    per_one = dataclasses.replace(AFV, principal=dataclasses.replace(AFV.principal, quoted_per=1))
    assert analytics.current_yield(per_one, "0.5") == Decimal("0.16")  # 0.08 a year for 0.5
