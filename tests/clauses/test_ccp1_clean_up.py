"""A clean-up call: all that is left, at any time, once that is at most a part of the issue (CCP-1)."""

import dataclasses
from fractions import Fraction

import pytest

import convnote as cn
from convnote.calendars import to_date
from convnote.provisions import CleanUp

EUROPEAN = """
name = "three-hundred-million"
[principal]
issue_date = 2020-06-15
maturity_date = 2025-06-15
issue_size = 300_000_000
currency = "EUR"
[interest]
rate = "1%"
frequency = 1
record_days = 0
[conversion]
price = 25
[clean_up]
share = 0.15
"""
CALL = cn.RedemptionNotice("2021-02-01", "2021-03-15")


def european(**settings):
    note = cn.loads(EUROPEAN)
    return dataclasses.replace(note, clean_up=dataclasses.replace(note.clean_up, **settings))


def closes(note, close="20"):
    days = note.principal.sessions.between(note.principal.issue_day, note.principal.maturity_day)
    return cn.MarketHistory(dates=[to_date(day) for day in days], closes=[close] * len(days), currency="EUR")


def life(left, *events, note=None, until="2021-12-31", **options):
    note = note or european()
    converted = [cn.Convert("2020-11-02", 300_000_000 - left)] if left < 300_000_000 else []
    return cn.replay(note, closes(note), events=[*converted, *events], until=until, **options)


def refusal(left, *events, **options):
    with pytest.raises(cn.LifecycleError) as error:
        life(left, *events, **options)
    return str(error.value)


def test_ccp1_45_000_000_of_300_000_000_may_be_called_and_45_001_000_may_not():
    ledger = life(45_000_000, CALL)
    [notice] = ledger.of_kind("redemption-notice")
    assert notice.rules[0] == "CCP-1"
    [paid] = ledger.of_kind("redemption")
    assert (str(paid.date), paid.rules[0]) == ("2021-03-15", "CCP-1")
    accrued = 45_000_000 * Fraction("0.01") * Fraction(273, 365)  # 15 June 2020 to 15 March 2021
    assert paid.cash == 45_000_000 + round(accrued, 2)
    assert ledger.state.status == "redeemed" and ledger.state.retired["redeemed"] == 45_000_000
    told = refusal(45_001_000, CALL)
    assert "(CCP-1)" in told and "45,001,000 of 300,000,000" in told and "15% of the issue" in told


def test_ccp1_a_strict_limit_is_not_reached_at_the_limit_and_an_amount_is_one_too():
    assert "(CCP-1)" in refusal(45_000_000, CALL, note=european(strict=True))
    assert life(44_999_000, CALL, note=european(strict=True)).of_kind("redemption")
    amount = european(share=None, amount=30_000_000)
    assert life(30_000_000, CALL, note=amount).of_kind("redemption")
    assert "30,000,000" in refusal(30_001_000, CALL, note=amount)


def test_ccp1_a_further_issue_counts_in_the_original_one():
    further = cn.FurtherIssue("2020-10-01", 100_000_000)
    converted = cn.Convert("2020-11-03", 100_000_000)
    assert life(60_000_000, further, converted, CALL).of_kind("redemption")
    assert "60,001,000 of 400,000,000" in refusal(60_001_000, further, converted, CALL)


def test_ccp1_a_part_is_refused_and_so_is_a_notice_out_of_time():
    part = dataclasses.replace(CALL, principal=1_000_000)
    assert "(CCP-1)" in refusal(45_000_000, part)
    for days, allowed in ((29, False), (30, True), (60, True), (61, False)):
        notice = cn.RedemptionNotice("2021-02-01", to_date(cn.calendars.day_number("2021-02-01") + days))
        assert ("(CCP-1)" in refusal(45_000_000, notice)) if not allowed else life(45_000_000, notice).of_kind("redemption")
    short = european(notice_at_least=10, notice_at_most=15)
    notice = cn.RedemptionNotice("2021-02-01", "2021-02-11")
    assert life(45_000_000, notice, note=short).of_kind("redemption") and "(CCP-1)" in refusal(45_000_000, CALL, note=short)


def with_redemption(note):
    terms = cn.provisions.Redemption(prices=[["2023-06-15", "1.04"]], notice_at_least=20, notice_at_most=90)
    return dataclasses.replace(note, redemption=terms)


def test_ccp1_beside_a_redemption_the_entry_cites_which_allows_it():
    note = with_redemption(european())
    early = cn.RedemptionNotice("2021-02-01", "2021-02-21")  # 20 days: those of the redemption
    [notice] = life(45_000_000, early, note=note).of_kind("redemption-notice")
    assert notice.rules[0] == "CCP-1"
    late = cn.RedemptionNotice("2023-06-01", "2023-07-03")
    ledger = life(45_000_000, late, note=note, until="2023-12-31")
    assert ledger.of_kind("redemption-notice")[0].rules[0] == "RED-1"
    assert ledger.of_kind("redemption")[0].cash > Fraction("1.04") * 45_000_000
    assert "(RED-1)" in refusal(46_000_000, early, note=note)


def test_ccp1_a_called_note_converts_and_a_payment_that_is_missed_revives_it():
    convert = cn.Convert("2021-03-12", 5_000_000)
    assert life(45_000_000, CALL, convert).of_kind("redemption")[0].principal == 40_000_000
    missed, cure = cn.MissedPayment("2021-03-15", of="clean-up"), cn.Cure("2021-04-15", of="clean-up")
    ledger = life(45_000_000, CALL, missed, cn.Convert("2021-04-01", 5_000_000), cure)
    assert ledger.of_kind("redemption")[0].principal == 40_000_000


def test_ccp1_a_split_replay_changes_nothing():
    whole = life(45_000_000, CALL)
    for day in ("2020-11-02", "2021-02-01", "2021-03-14"):
        first = life(45_000_000, *([CALL] if day >= "2021-02-01" else []), until=day)
        rest = cn.replay(
            european(), closes(european()), events=[] if day >= "2021-02-01" else [CALL], state=first.state, until="2021-12-31"
        )
        assert [str(entry) for entry in (*first, *rest)] == [str(entry) for entry in whole]


def test_ccp1_settings_are_written_checked_and_judged():
    note = european()
    assert cn.loads(cn.dumps(note)) == note
    for wrong in ({}, {"share": "0.1", "amount": 1000}):
        with pytest.raises(cn.TermsError, match=r"clean_up.share \(CCP-1\)"):
            CleanUp(**wrong)
    with pytest.raises(cn.TermsError) as error:
        CleanUp(share="0.1", notice_at_least=30, notice_at_most=20)
    assert str(error.value) == "clean_up.notice_at_least (CCP-1): got 30; expected no more than notice_at_most, 20"
    assert CleanUp(share="0.1", notice_at_least=30, notice_at_most=30).notice_at_most == 30
    assert [each.rule for each in european(share=None, amount=400_000_000).check() if "whole issue" in each.message] == ["CCP-1"]
    consent = cn.provisions.Consent(majority="0.5")
    before = dataclasses.replace(note, consent=consent)
    for setting, there, back in (
        ({"share": "0.2"}, "AMD-2", "AMD-1"),
        ({"strict": True}, "AMD-1", "AMD-2"),
        ({"notice_at_least": 20}, "AMD-2", "AMD-2"),  # depends on the notice of a redemption
        ({"share": None, "amount": 45_000_000}, "AMD-2", "AMD-2"),
    ):
        after = dataclasses.replace(european(**setting), consent=consent)
        assert {each.requirement.rule for each in before.amendments(after)} == {there}
        assert {each.requirement.rule for each in after.amendments(before)} == {back}
    without = dataclasses.replace(before, clean_up=None)
    assert {each.requirement.rule for each in without.amendments(before)} == {"AMD-2"}
    assert {each.requirement.rule for each in before.amendments(without)} == {"AMD-1"}


def test_ccp1_is_refused_by_a_simulation_only_where_little_is_left():
    note = european()
    model = cn.Lognormal(as_of="2020-11-02", spot=20, volatility=0.3, rate=0.01)
    for left, refused in ((45_000_000, True), (45_001_000, False)):
        state = life(left, until="2020-11-02").state
        if refused:
            with pytest.raises(cn.TermsError, match=r"simulate clean_up \(CCP-1\)"):
                cn.simulate(note, model, paths=4, state=state)
        else:
            assert cn.simulate(note, model, paths=4, state=state).cash.size == 4


def test_ccp1_a_simulation_calls_under_the_redemption_as_if_there_were_no_clean_up():
    note = with_redemption(european())
    model = cn.Lognormal(as_of="2020-06-15", spot=24, volatility=0.3, rate=0.01)
    policy = cn.Policy(redeem=cn.policies.AtOnce())
    both, alone = (
        cn.simulate(each, model, paths=20, seed=1, policy=policy) for each in (note, dataclasses.replace(note, clean_up=None))
    )
    assert any("called" in str(ending) for ending in both.ending)
    assert (both.ending == alone.ending).all() and (both.present_value == alone.present_value).all()


@pytest.mark.parametrize("name", ["notice_at_least", "notice_at_most"])
def test_ccp1_a_shorter_notice_needs_each_holder_and_a_longer_one_a_majority(name):
    consent = cn.provisions.Consent(majority="0.5")
    short, long = (dataclasses.replace(european(**{name: days}), consent=consent) for days in (35, 40))
    assert {each.requirement.rule for each in long.amendments(short)} == {"AMD-2"}
    assert {each.requirement.rule for each in short.amendments(long)} == {"AMD-1"}
