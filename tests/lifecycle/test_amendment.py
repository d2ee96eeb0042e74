"""Amendments: terms agreed in the middle of a life hold from the next day (LIF-4, AMD-1…AMD-3)."""

import dataclasses
from decimal import Decimal

import numpy as np
import pytest

import convnote as cn

from .walk import AFV, HIGH, LOW, NOTE, money, play


def with_(note=NOTE, **parts):
    """The note with settings of some provisions changed: `with_(interest={"rate": "0.08"})`."""
    return dataclasses.replace(
        note, **{name: settings and dataclasses.replace(getattr(note, name), **settings) for name, settings in parts.items()}
    )


HIGHER = with_(interest={"rate": "0.08"})


def agreed(on, terms=HIGHER):
    return cn.Amendment(on, terms)


def test_lif4_each_day_accrues_at_the_terms_of_that_day():
    # Agreed on 1 June 2003, in force from the 2nd: 106 days from 16 February to 2 June at 6 7/8%, 259 to 16 February at 8%.
    ledger = play(agreed("2003-06-01"), until="2005-02-16")
    earned = Decimal(690_000_000) * (Decimal("0.06875") * 106 + Decimal("0.08") * 259) / 365
    assert money(ledger, "coupon")[3:] == [
        ("2004-02-16", str(round(earned, 2))),
        ("2005-02-16", "55351232.88"),  # 690m x 0.08 x 366/365
    ]
    assert "690,000,000 x 0.06875 x 106/365 + 690,000,000 x 0.08 x 259/365" in ledger.of_kind("coupon")[3].text


def test_lif4_one_agreed_on_a_payment_date_leaves_that_coupon_alone():
    ledger = play(agreed("2003-02-16"), until="2004-02-16")
    # The day itself still accrues at the old rate: one day of it, and 364 of the new.
    earned = Decimal(690_000_000) * (Decimal("0.06875") + Decimal("0.08") * 364) / 365
    assert money(ledger, "coupon")[2:] == [("2003-02-16", "47437500.00"), ("2004-02-16", str(round(earned, 2)))]


def test_lif4_accrued_interest_in_a_price_is_split_too():
    call = cn.RedemptionNotice("2003-06-01", "2003-07-01")
    ledger = play(agreed("2003-06-01"), call)
    earned = Decimal(690_000_000) * (1 + (Decimal("0.06875") * 106 + Decimal("0.08") * 29) / 365)
    assert money(ledger, "redemption") == [("2003-07-01", str(round(earned, 2)))]


@pytest.mark.parametrize(
    ("terms", "rules", "who"),
    [
        (HIGHER, {"AMD-1"}, "a majority"),
        (with_(interest={"rate": "0.06"}), {"AMD-2"}, "each Note affected"),
        (with_(consent={"majority": "0.4"}), {"AMD-3"}, "all Notes"),
        (with_(interest={"rate": "0.08"}, conversion={"price": "110"}), {"AMD-1", "AMD-2"}, "each Note affected"),
    ],
)
def test_amd_the_entry_says_whose_consent_it_needed(terms, rules, who):
    (entry,) = play(agreed("2003-06-01", terms), until="2003-06-30").of_kind("amendment")
    assert set(entry.rules) == {"LIF-4", *rules} and who in entry.text
    assert (entry.cash, entry.principal, entry.shares) == (0, 0, 0)
    for setting in NOTE.amendments(terms):
        assert setting.setting in entry.text


def test_lif4_the_price_in_force_stays_unless_the_price_is_amended():
    # Reset to 84.883; a new rate leaves it, a new price of 80 is 80 from the next day on.
    assert play(agreed("2003-06-01"), until="2003-12-31").state.conversion_price == Decimal("84.883")
    cheaper = with_(conversion={"price": "80"})
    ledger = play(
        agreed("2003-06-02", cheaper), cn.Convert("2003-06-02", 100_000), cn.Convert("2003-06-03", 100_000), until="2003-12-31"
    )
    # 100,000 / 84.883 = 1,178.09…, 100,000 / 80 = 1,250
    assert [entry.shares for entry in ledger.of_kind("conversion")] == [1178, 1250]
    assert ledger.state.conversion_price == 80


def test_lif4_a_later_maturity_is_paid_on_the_later_day():
    later = with_(principal={"maturity_date": "2012-02-16"})
    ledger = play(agreed("2009-06-01", later), over=LOW)
    assert money(ledger, "maturity") == [("2012-02-16", "690000000.00")]
    assert [day for day, _ in money(ledger, "coupon")][-3:] == ["2010-02-16", "2011-02-16", "2012-02-16"]
    assert ledger.note.maturity_date.year == 2012


def test_lif4_an_earlier_maturity_is_paid_on_the_earlier_day():
    earlier = with_(principal={"maturity_date": "2008-02-16"})
    ledger = play(agreed("2006-06-01", earlier))
    assert money(ledger, "maturity") == [("2008-02-16", "690000000.00")] and ledger.total("coupon") == sum(
        Decimal(cash) for _, cash in money(play(), "coupon")[:8]
    )


def test_lif4_coupons_twice_a_year_lose_no_day():
    # Agreed on 1 October 2003: the next of 16 August and 16 February is 2004-02-16, and its period began a year before.
    twice = with_(interest={"frequency": 2})
    ledger = play(agreed("2003-10-01", twice), until="2005-02-16")
    assert money(ledger, "coupon")[3:] == [
        ("2004-02-16", "47437500.00"),
        ("2004-08-16", "23653767.12"),  # 182 days
        ("2005-02-16", "23913698.63"),  # 184 days
    ]


def test_lif4_a_provision_that_is_given_up_is_used_no_more():
    with pytest.raises(cn.LifecycleError, match="under way needs the provision: redemption"):
        play(cn.RedemptionNotice("2003-06-02", "2003-07-02"), agreed("2003-06-02", with_(redemption=None)))
    with pytest.raises(cn.LifecycleError, match="no provision to redeem"):
        play(agreed("2003-06-02", with_(redemption=None)), cn.RedemptionNotice("2003-06-03", "2003-07-03"))


def test_lif4_a_record_date_that_the_new_terms_put_in_the_past_is_taken_at_once():
    # 30 days: the record date of 2004-02-16 is 17 January. Agreed on the 20th, who converts later keeps the coupon.
    sooner = with_(interest={"record_days": 30})
    ledger = play(agreed("2004-01-20", sooner), cn.Convert("2004-01-21", 690_000_000))
    assert money(ledger, "interest-paid-in", "coupon")[-2:] == [("2004-01-21", "-47437500.00"), ("2004-02-16", "47437500.00")]


def test_lif4_two_amendments_split_a_period_in_three():
    third = with_(interest={"rate": "0.09"})
    ledger = play(agreed("2003-06-01"), agreed("2003-10-01", third), until="2004-02-16")
    earned = Decimal(690_000_000) * (Decimal("0.06875") * 106 + Decimal("0.08") * 122 + Decimal("0.09") * 137) / 365
    assert money(ledger, "coupon")[-1] == ("2004-02-16", str(round(earned, 2)))


@pytest.mark.parametrize("until", ["2003-06-01", "2003-06-02", "2003-12-31", "2004-02-10"])
def test_a_ledger_goes_on_under_the_terms_in_force(until):
    whole = play(agreed("2003-06-01"))
    first = play(agreed("2003-06-01"), until=until)
    second = cn.replay(first.note, LOW, events=[], state=first.state)
    assert [*first.entries, *second.entries] == list(whole.entries)
    # The sheet that was agreed is the note in force; what it was before is in the state.
    assert cn.replay(HIGHER, LOW, events=[], state=first.state).entries == second.entries
    with pytest.raises(cn.TermsError, match=r"replay note \(LIF-4\)"):
        cn.replay(NOTE, LOW, events=[], state=first.state)


def test_lif4_a_simulation_goes_on_under_the_terms_in_force():
    first = play(agreed("2003-06-01"), over=LOW, until="2003-12-31")
    still = cn.Lognormal(as_of="2003-12-31", spot=50, volatility=0, rate=0, hazard_rate=0, recovery=0)
    outcomes = cn.simulate(first.note, still, paths=2, seed=0, state=first.state, principal=690_000_000)
    rest = play(agreed("2003-06-01"), over=LOW).total() - first.total()
    assert np.round(outcomes.cash - float(rest), 2).tolist() == [0, 0]
    assert float(outcomes.ledger(0).total()) == outcomes.cash[0]


def test_accrued_interest_of_the_note_in_force_is_split_alike_exactly_and_in_float64():
    interest = play(agreed("2003-06-01"), until="2003-12-31").note.interest
    expected = Decimal(1000) * (Decimal("0.06875") * 106 + Decimal("0.08") * 14) / 365
    assert abs(interest.accrued("2003-06-16") - expected) < Decimal("1e-25")
    fast = interest.accrued(np.array(["2003-06-16", "2003-02-16", "2002-03-16"], "datetime64[D]"))
    assert fast == pytest.approx([float(expected), 0, 1000 * 0.06875 * 28 / 365], abs=1e-12)
    coupon = next(each for each in interest.coupons() if str(each.payment_date) == "2004-02-16")
    assert abs(coupon.amount - Decimal(1000) * (Decimal("0.06875") * 106 + Decimal("0.08") * 259) / 365) < Decimal("1e-25")


@pytest.mark.parametrize(
    ("event", "note", "rule", "words"),
    [
        (agreed("2003-06-01", NOTE), NOTE, "LIF-4", "already in force"),
        (agreed("2010-02-16"), NOTE, "LIF-4", "nothing is outstanding any more"),
        (agreed("2003-06-01", with_(principal={"maturity_date": "2003-02-16"})), NOTE, "LIF-4", "end on 2003-02-16"),
        (agreed("2003-06-01", with_(principal={"currency": "USD"})), NOTE, "LIF-4", "cannot change principal.currency"),
        (agreed("2003-06-01", AFV), with_(consent=None), "AMD-1", "no provision on consent"),
        (agreed("1999-06-01"), NOTE, "LIF-4", "issued on"),
    ],
)
def test_lif4_what_cannot_be_agreed_is_refused(event, note, rule, words):
    with pytest.raises(cn.LifecycleError, match=words) as error:
        play(event, note=note)
    assert error.value.rule == rule


def test_an_amendment_is_read_from_a_file_with_the_path_of_a_sheet(tmp_path):
    sheet = tmp_path / "agreed.toml"
    sheet.write_text(cn.dumps(HIGHER), encoding="utf-8")
    event = cn.lifecycle.events.from_table({"kind": "Amendment", "on": "2003-06-01", "terms": str(sheet)})
    assert event.terms.interest.rate == Decimal("0.08")
    assert play(event, until="2004-02-16").total("coupon") == play(agreed("2003-06-01"), until="2004-02-16").total("coupon")
    with pytest.raises(cn.TermsError, match=r"Amendment.terms: got 5; expected a note or the path of a term sheet"):
        cn.Amendment("2003-06-01", 5)


def test_lif4_a_policy_decides_by_the_terms_in_force():
    # The Company calls at once from the day after the first redemption date was brought forward to 2001.
    sooner = with_(redemption={"prices": [("2001-06-01", 1)]})
    policy = cn.Policy(withdraw=cn.policies.Never(), redeem=cn.policies.AtOnce(), convert=cn.policies.Never())
    ledger = cn.replay(NOTE, HIGH, events=[agreed("2001-08-01", sooner)], policy=policy)
    assert [str(entry.date) for entry in ledger.of_kind("redemption-notice")] == ["2001-08-02"]


@pytest.mark.parametrize("day", ["2001-02-01", "2001-02-08", "2001-02-15", "2001-02-16"])
def test_lif4_notes_converted_in_a_window_keep_their_coupon_of_record_whenever_terms_are_amended(day):
    # 794,000 converted on the 7th: paid in, and paid on the 690m of record, 6 7/8% x 366/365 of which are 47,567,465.75
    terms = with_(consent={"majority": "0.6"})
    ledger = play(agreed(day, terms), cn.Convert("2001-02-07", 794_000), until="2001-02-17")
    assert money(ledger, "coupon") == [("2001-02-16", "47567465.75")]
    assert money(ledger, "interest-paid-in") == [("2001-02-07", "-54737.05")]


@pytest.mark.parametrize("first", [True, False])
def test_lif4_terms_without_a_call_are_refused_on_the_day_of_its_notice_in_whatever_order_the_two_are_listed(first):
    other = dataclasses.replace(NOTE, redemption=None)
    events = [cn.RedemptionNotice("2004-03-01", "2004-04-12"), cn.Amendment("2004-03-01", other)]
    with pytest.raises(cn.LifecycleError, match="a payment under way needs the provision: redemption") as error:
        cn.replay(NOTE, cn.scenario("as-it-was"), events=events if first else events[::-1])
    assert error.value.rule == "LIF-4"
