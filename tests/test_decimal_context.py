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


def of_report():
    from convnote import report

    return [report.html(cn.load("amazon-peacs-2010"), cn.scenario("as-it-was"))]


CONTEXTS = {
    "three digits, up": Context(prec=3, rounding=ROUND_UP),
    "traps": Context(prec=3, rounding=ROUND_UP, traps=[Inexact, Rounded, FloatOperation, InvalidOperation, Subnormal, Clamped]),
    "narrow": Context(prec=1, Emin=-1, Emax=1, clamp=1),
}


@pytest.mark.parametrize("context", CONTEXTS.values(), ids=list(CONTEXTS))
@pytest.mark.parametrize("ask", [of_note, of_ledger, of_schedule, of_frames, of_rules, of_analytics, of_report])
def test_answers_do_not_depend_on_the_callers_context(ask, context):
    expected = ask()
    with localcontext(context):
        asked = ask()
    assert asked == expected
