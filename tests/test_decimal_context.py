"""No figure depends on the caller's decimal context: precision, rounding, range and traps of any kind (C3)."""

from decimal import ROUND_UP, Clamped, Context, FloatOperation, Inexact, InvalidOperation, Rounded, Subnormal, localcontext

import pytest

import convnote as cn

EVENTS = [
    cn.Convert("2001-03-05", 1_000_000, holder="A"),
    cn.CashDividend("2002-06-03", cash="1.37"),
    cn.Split("2002-07-01", 3, 2),
    cn.RedemptionNotice("2003-01-21", "2003-02-20", 3_000_000),
]


def lived():
    return cn.replay(cn.load("amazon-peacs-2010"), cn.scenario("as-it-was"), events=EVENTS)


def of_note():
    note = cn.load("amazon-peacs-2010")
    return [str(note), cn.dumps(note), str(note.check()), note._repr_html_()]


def of_ledger():
    ledger = lived()
    return [str(ledger), ledger.explain(), ledger.total(), ledger.total("coupon"), ledger._repr_html_(), ledger.entries]


def of_schedule():
    rows = cn.schedule(cn.load("amazon-peacs-2010"))
    return [str(rows), rows._repr_html_(), rows.table().csv(), rows.table().records(), [row.amount for row in rows]]


def of_frames():
    ledger = lived()
    return [ledger.to_frame(exact=True).to_csv(), cn.schedule(ledger.note).to_frame(exact=True).to_csv()]


def of_rules():
    note = cn.load("amazon-peacs-2010")
    settled = note.conversion.settle("2001-02-05", 7000, price="84.883", close="17.53")
    return [note.interest.accrued("2002-02-17", 690_000_000), settled, note.conversion.ratio("84.883")]


def of_analytics():
    return [cn.analytics.parity(cn.load("amazon-peacs-2010"), "84.883", conversion_price="84.883")]


def of_more_analytics():
    note, a = cn.load("afv-2003"), cn.analytics
    return [
        a.conversion_premium(note, "131.25", "110.19435", conversion_price="104.947"),
        a.current_yield(note, "62.53"),
        a.break_even_years(note, "127.57", "104.947", conversion_price="104.947"),
        a.dirty_price(note, "97.33", "2003-02-20"),
        a.clean_price(note, "97.33", "2003-02-20"),
        a.investment_premium("120.37", "81.19"),
        a.yield_to_maturity(note, "97.33", "2003-02-20"),
        a.bond_floor(note, "2003-02-20", 0.0537, spread=0.0123),
        a.modified_duration(note, 0.0537, "2003-02-20"),
    ]


MODEL = cn.Lognormal(as_of="2000-02-16", spot=72.1375, volatility=0.5123, rate=0.05117, hazard_rate=0.03019, recovery=0.4271)


def of_simulation():
    outcomes = cn.simulate(cn.load("amazon-peacs-2010"), MODEL, paths=40, seed=3, principal="1234000")
    return [str(outcomes.summary()), outcomes.present_value.tolist(), outcomes.ledger(7).total()]


def of_grid():
    note = cn.load("amazon-peacs-2010")
    table = cn.grid(note, MODEL, spot=[60.37, 80], shift={"rate": [0.0013]}, options={"paths": 30})
    return [str(table), table.array("present_value").tolist()]


def of_price():
    model = cn.Lognormal(as_of="2003-01-01", spot=100.37, volatility=0.2123, rate=0.05117, hazard_rate=0.0219, day_count="30/360")
    value = cn.price(cn.load("afv-2003"), model, options={"nodes": 65, "steps": 24})
    return [str(value), value.price, value.delta]


def of_report():
    from convnote import report

    return [report.html(cn.load("amazon-peacs-2010"), cn.scenario("as-it-was"))]


CONTEXTS = {
    "three digits, up": Context(prec=3, rounding=ROUND_UP),
    "traps": Context(prec=3, rounding=ROUND_UP, traps=[Inexact, Rounded, FloatOperation, InvalidOperation, Subnormal, Clamped]),
    "narrow": Context(prec=1, Emin=-1, Emax=1, clamp=1),
}


ASKED = [
    of_note, of_ledger, of_schedule, of_frames, of_rules, of_analytics, of_more_analytics, of_simulation, of_grid, of_price,
    of_report,
]  # fmt: skip


@pytest.mark.parametrize("context", CONTEXTS.values(), ids=list(CONTEXTS))
@pytest.mark.parametrize("ask", ASKED)
def test_answers_do_not_depend_on_the_callers_context(ask, context):
    expected = ask()
    with localcontext(context):
        asked = ask()
    assert asked == expected
