"""What a wrong sheet is told of the terms that other papers have: one table of changes and the exact messages.

A row adds lines to the tables of a right sheet, or takes a line away with None. Each fault names table and key, the rule, the
value as it stands in the sheet, and what is allowed.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

import convnote as cn

RIGHT: dict[str, dict[str, str]] = {
    "principal": {
        "issue_date": "2022-06-15",
        "maturity_date": "2027-06-15",
        "issue_size": "1_000_000",
        "currency": '"USD"',
    },
    "interest": {"rate": "0.06"},
    "conversion": {"price": "25"},
}
KIND = {"paid": '"in-kind"', "paid_rounding": "1", "paid_rounding_mode": '"up"'}
LOW = '{ days = 5, period = 9, multiple = 0.7, of = "in-force", strict = true, below = true, ends = "notice" }'
HIGH = '{ days = 20, period = 30, multiple = 1.3, of = "in-force", strict = true, ends = "notice" }'
TWO_KINDS = '[{ share = "GALP", amount = 40 }, { share = "EDP", amount = 5 }]'
MANDATORY = {"min_rate": "30", "max_rate": "40", "low": "25", "high": "33"}
CALL = {"prices": "[[2025-06-15, 1]]"}
LEVEL = 'required with of = "in-force"'
MIN_RATE = "mandatory.min_rate (MND-1): got 30; a rate below max_rate, 30, is needed"
KEYS = "allowed: days, period, multiple, figure, of, strict, below, short_period, looked_at, ends, and_last, within"
IN_KIND = "not possible beside coupons in kind (interest.paid)"
NO_CASH = "nothing is paid in cash at the maturity of a mandatory"
QUARTERS = "only with a condition on quarters: quarter = { … }"
ONE_SHARE = "with property of several kinds this is not built"
TWO_CURRENCIES = "amounts in two currencies: with conversion.fixed_rate"
TABLES = "expected share and amount in each table, and nothing else"
PAIRS = "pairs [date, rate] are needed, such as [[2017-03-17, 0.002], [2018-03-17, 0.005]]"
FLOOR = 'expected "higher of 20 and 1", "lower of 20 and 1" or "average of 20" (numbers of trading days), or an amount a share'


def sheet(change: Mapping[str, Mapping[str, str | None] | None]) -> str:
    """The right sheet with the changes of a row, as TOML; None leaves a table or a line out."""
    text = 'name = "five years"\n'
    for name in dict.fromkeys((*RIGHT, *change)):
        lines = change.get(name, {})
        if lines is not None:
            stated = {key: value for key, value in {**RIGHT.get(name, {}), **lines}.items() if value is not None}
            text += f"[{name}]\n" + "".join(f"{key} = {value}\n" for key, value in stated.items())
    return text


def condition(**parts: str | None) -> str:
    """A condition with some parts changed, or without those that are None."""
    stated = {"days": "20", "period": "30", "multiple": "1.3", "of": '"in-force"', "strict": "true", "ends": '"notice"'} | parts
    return "{ " + ", ".join(f"{key} = {value}" for key, value in stated.items() if value is not None) + " }"


def put(**parts: str | None) -> dict[str, Any]:
    return {"conditional_put": {"condition": condition(**parts)}}


def fixed(**changes: Mapping[str, str | None]) -> dict[str, Any]:
    """A fixed exchange rate, and what a row adds to it."""
    return {"principal": {"share_currency": '"HKD"'}, "conversion": {"fixed_rate": "7.8"}, **changes}


def exchange(kinds: str, **changes: Any) -> dict[str, Any]:
    return {"conversion": {"price": None, "rate": "40"}, "exchange": {"shares_of": '"Galp"', "property": kinds}, **changes}


ROWS: list[tuple[Any, ...]] = [
    # coupons in kind
    (
        {"interest": {"paid": '"in-kind"'}},
        "interest.paid_rounding (PIK-1): expected how a coupon in kind is rounded, such as 1",
        'interest.paid_rounding_mode (PIK-1): expected how a coupon in kind is rounded, "half-up", "down" or "up"',
    ),
    (
        {"interest": {"paid_rounding": "0.5", "paid_rounding_mode": '"up"'}},
        "interest.paid_rounding (PIK-1): got 0.5; a coupon in cash adds nothing to principal",
        'interest.paid_rounding_mode (PIK-1): got "up"; a coupon in cash adds nothing to principal',
    ),
    (
        {
            "interest": KIND,
            "accretion": {"issue_price": "0.9", "yield": "0.08"},
            "redemption": {**CALL, "make_whole_amount": "9"},
        },
        f"accretion (PIK-1): {IN_KIND}",
        f"redemption.make_whole_amount (PIK-1): {IN_KIND}",
    ),
    (
        {"interest": KIND, "mandatory": MANDATORY, "conversion": {"price": None, "rate": "30"}},
        f"mandatory (PIK-1): {IN_KIND}",
    ),
    (
        {
            "interest": KIND,
            "withdrawal": {"trigger": "30", "make_whole_amount": "100"},
            "principal": {"maturity_includes_interest": "true", "rounded_on": '"denomination"'},
        },
        f"withdrawal.make_whole_amount (PIK-1): {IN_KIND}",
        f"principal.maturity_includes_interest (PIK-1): {IN_KIND}",
        f"principal.rounded_on (PIK-1): {IN_KIND}",
    ),
    # steps of the rate
    ({"interest": {"rate": "[[2022-06-15]]"}}, f"interest.rate (INT-1): got [[2022-06-15]]; {PAIRS}"),
    ({"interest": {"rate": '[[2022-06-15, 0.05], "ab"]'}}, f'interest.rate (INT-1): got [[2022-06-15, 0.05], "ab"]; {PAIRS}'),
    # an index
    ({"interest": {"rate": None}}, "interest.rate (INT-1): required"),
    (
        {"interest": {"spread": "0.01", "floor": "0", "fixed": '"2 business days before"'}},
        "interest.spread (FLT-1): got 0.01; a coupon without an index does not float",
        "interest.floor (FLT-1): got 0; a coupon without an index does not float",
        'interest.fixed (FLT-1): got "2 business days before"; a coupon without an index does not float',
    ),
    (
        {"interest": {"index": '"LIBOR6"', "fixed": '"2 business days before"'}},
        "interest.rate (FLT-1): got 0.06; got both rate and index: expected one of the two",
    ),
    (
        {"interest": {"rate": None, "index": '"LIBOR6"'}},
        'interest.fixed (FLT-1): expected the day of the fixing, such as "2 business days before"',
    ),
    # without a conversion right, and a mandatory
    (
        {"conversion": None, "contingent_conversion": {"quarter": HIGH}, "revision": {"condition": LOW, "floor": "5"}, **put()},
        "contingent_conversion (CNT-1): a note that does not convert has no windows of conversion",
        "revision (DWN-1): a note that does not convert has no revision",
        'conditional_put.condition.of (CPT-1): got "in-force"; a note that does not convert has no conversion price: compare '
        'closes with a figure, of = "figure"',
    ),
    (
        {"conversion": None, "mandatory": MANDATORY},
        "conversion (MND-1): expected the holder's option to convert early, with conversion.rate = mandatory.min_rate",
    ),
    (
        {
            "mandatory": MANDATORY,
            "conversion": {"price": None, "rate": "30"},
            "reset": {"dates": "[2023-06-15]", "floor": "20"},
            "revision": {"condition": LOW, "floor": "5"},
            "withdrawal": {"trigger": "30"},
            "accretion": {"issue_price": "0.9", "yield": "0.08"},
            "principal": {"maturity_includes_interest": "true", "maturity_price": "1.1"},
        },
        "reset (MND-1): a note that converts at maturity has no reset",
        "revision (MND-1): a note that converts at maturity has no revision",
        "withdrawal (MND-1): a note that converts at maturity has no withdrawal",
        f"accretion (MND-1): {NO_CASH}",
        f"principal.maturity_includes_interest (MND-1): {NO_CASH}",
        f"principal.maturity_price (MND-1): got 1.1; {NO_CASH}: leave it out",
    ),
    ({"mandatory": MANDATORY | {"max_rate": "30"}, "conversion": {"price": None, "rate": "30"}}, MIN_RATE),
    # a fixed exchange rate
    (
        {"conversion": {"fixed_rate": "7.8"}},
        "principal.share_currency (FXF-1): expected the currency of conversion price and closes, another than the note's USD",
    ),
    (
        fixed(principal={"share_currency": '"USD"'}),
        'principal.share_currency (FXF-1): got "USD"; expected the currency of conversion price and closes, another than the '
        "note's USD",
    ),
    (
        {"conversion": {"fixed_rate": "7.8", "price": None, "rate": "30"}},
        "conversion.fixed_rate (FXF-1): got 7.8; expected a price and no rate: principal times the exchange rate is divided "
        "by it",
    ),
    (
        fixed(mandatory=MANDATORY, settlement={"method": '"cash"'}),
        f"mandatory (FXF-1): {TWO_CURRENCIES} [mandatory] is not built",
        f"settlement (FXF-1): {TWO_CURRENCIES} [settlement] is not built",
    ),
    (
        fixed(
            accretion={"issue_price": "0.9", "yield": "0.08"},
            conditional_put={"condition": condition(of='"accreted"', multiple="0.7", below="true")},
            contingent_conversion={"trading_price": "{ share = 0.98, days = 5, open_days = 5 }"},
            adjustment={"rounding": "0.01", "rounding_of": '"rate"'},
        ),
        'conditional_put.condition.of (FXF-1): got "accreted"; closes are in HKD and the accreted value in USD: this is '
        "not built",
        "contingent_conversion.trading_price (FXF-1): the Notes are priced in USD and closes are in HKD: this is not built",
        'adjustment.rounding_of (FXF-1): got "rate"; conversion.fixed_rate goes with a price: expected "price"',
    ),
    # property
    (
        exchange("[]"),
        'exchange.property (EXC-1): got []; expected a list of tables, such as [{ share = "GALP", amount = 3226.5 }]',
    ),
    (exchange('[{ share = "GALP" }]'), f'exchange.property (EXC-1): got [{{share = "GALP"}}]; {TABLES}'),
    (
        exchange('[{ share = "GALP", amount = 40, more = 1 }]'),
        f'exchange.property (EXC-1): got [{{share = "GALP", amount = 40, more = 1}}]; {TABLES}',
    ),
    (
        exchange('[{ share = "GALP", amount = 40 }, { share = "GALP", amount = 4.5 }]'),
        'exchange.property (EXC-1): got [{share = "GALP", amount = 40}, {share = "GALP", amount = 4.5}]; expected each kind of '
        "share once: GALP, GALP",
    ),
    (
        exchange('[{ share = "GALP", amount = 41 }]'),
        "conversion.rate (EXC-1): got 40; expected the amount of the property per denomination, 41",
    ),
    (
        exchange(
            TWO_KINDS,
            reset={"dates": "[2023-06-15]", "floor": "20"},
            adjustment={},
            withdrawal={"trigger": "30"},
            settlement={"method": '"cash"'},
            conditional_put={"condition": LOW},
            revision={"condition": LOW, "floor": "5"},
            contingent_conversion={"quarter": HIGH},
            redemption={**CALL, "condition": HIGH},
        ),
        f"reset (EXC-1): {ONE_SHARE}",
        f"adjustment (EXC-1): {ONE_SHARE}",
        f"withdrawal (EXC-1): {ONE_SHARE}",
        f"settlement (EXC-1): {ONE_SHARE}",
        f"conditional_put (EXC-1): {ONE_SHARE}",
        f"revision (EXC-1): {ONE_SHARE}",
        f"contingent_conversion (EXC-1): {ONE_SHARE}",
        "redemption.condition (EXC-1): with property of several kinds no condition on closes is built",
    ),
    # windows of conversion
    (
        {"contingent_conversion": {"first_quarter": "2023-01-01", "for_ever": "true", "change_days": "9", "on_change": "false"}},
        f"contingent_conversion.first_quarter (CNT-1): got 2023-01-01; {QUARTERS}",
        f"contingent_conversion.for_ever (CNT-1): got true; {QUARTERS}",
        "contingent_conversion.change_days (CNT-3c): got 9; only where a change opens conversion: on_change = true",
    ),
    (
        {"contingent_conversion": {"trading_price": "{ share = 0, days = 61, open_day = 5 }"}},
        "contingent_conversion.trading_price.share (CNT-2): got 0; expected a number above 0",
        "contingent_conversion.trading_price.days (CNT-2): got 61; expected a whole number from 1 to 60",
        "contingent_conversion.trading_price.open_day (CNT-2): unknown key; did you mean open_days?",
        "contingent_conversion.trading_price.open_days (CNT-2): required",
    ),
    # settlement
    ({"settlement": {"method": '"combination"'}}, "settlement.specified (STL-1): required where method is combination"),
    (
        {"settlement": {"method": '"cash"', "specified": "900", "chosen_by": "2026-06-15", "free_from": "2027-03-01"}},
        "settlement.specified (STL-1): got 900; only where method is combination",
        'settlement.chosen_by (STL-1): got 2026-06-15; only where election is "issuer"',
        "settlement.free_from (STL-1): got 2027-03-01; only with final",
    ),
    # conditions on closes
    (put(days="31"), "conditional_put.condition.days (CPT-1): got 31; no more than the period of 30 is possible"),
    (put(days=None, multiple=None), "conditional_put.condition.days (CPT-1): required"),
    (put(multiple=None), f"conditional_put.condition.multiple (CPT-1): {LEVEL}"),
    (put(of='"figure"', multiple=None), 'conditional_put.condition.figure (CPT-1): required with of = "figure"'),
    (put(figure="20"), 'conditional_put.condition.figure (CPT-1): got 20; a figure needs of = "figure"'),
    (
        put(of='"figure"', figure="20"),
        'conditional_put.condition.multiple (CPT-1): got 1.3; of = "figure" is compared with a figure alone',
    ),
    (put(wihtin="2"), "conditional_put.condition.wihtin (CPT-1): unknown key; did you mean within?"),
    (put(xyz="2"), f"conditional_put.condition.xyz (CPT-1): unknown key; {KEYS}"),
    (
        put(strict='"yes"', of='"issue"', multiple="0"),
        "conditional_put.condition.multiple (CPT-1): got 0; expected a number above 0",
        'conditional_put.condition.of (CPT-1): got "issue"; allowed: in-force, initial, accreted, figure',
        'conditional_put.condition.strict (CPT-1): got "yes"; expected true or false',
    ),
    (
        {"conditional_put": {"condition": '"20 of 30"'}},
        'conditional_put.condition (CPT-1): got "20 of 30"; expected a table such as { days = 20, period = 30, multiple = 1.30, '
        'of = "in-force", strict = true, ends = "notice" }',
    ),
    # the floor of a revision
    ({"revision": {"condition": LOW, "floor": '"higher of 20"'}}, f'revision.floor (DWN-1): got "higher of 20"; {FLOOR}'),
    (
        {"revision": {"condition": LOW, "floor": '"higher of 251 and 1"'}},
        f'revision.floor (DWN-1): got "higher of 251 and 1"; {FLOOR}; from 1 to 250 trading days',
    ),
]


@pytest.mark.parametrize("row", ROWS)
def test_a_wrong_sheet_is_told_each_fault(row: tuple[Any, ...]) -> None:
    change, *messages = row
    with pytest.raises(cn.TermsError) as refusal:
        cn.loads(sheet(change))
    assert refusal.value.faults == tuple(messages)


def test_the_sheet_that_the_rows_change_is_right() -> None:
    assert cn.loads(sheet({})).issue_size == 1_000_000
