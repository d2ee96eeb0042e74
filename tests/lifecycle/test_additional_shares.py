"""Additional shares in a life: which conversions get them, in which window, and what moves them (MWT-1, MWT-2)."""

from __future__ import annotations

import dataclasses
from fractions import Fraction

import pytest

import convnote as cn
from convnote.testing import SpelledHistory
from tests.laws.products import equalities, holds
from tests.notes_made_whole import green_plains

NOTE = green_plains()
PLAIN, MADE_WHOLE = Fraction("31.6206"), Fraction("36.3075")  # at 40 on 2022-09-15: 31.6206 + 4.686858
CHANGE = cn.FundamentalChange("2022-09-15")
NOTICE = cn.FundamentalChangeNotice("2022-09-20")  # repurchase on Thursday 2022-10-20


def with_table(note=NOTE, **settings):
    return dataclasses.replace(note, make_whole_change=dataclasses.replace(note.make_whole_change, **settings))


def play(*events, note=NOTE, steps=(("2020-11-01", 40),), until="2024-12-31", **more):
    return cn.replay(note, SpelledHistory(note, list(steps)), events=events, until=until, **more)


def rate(entry):
    """The rate of a conversion, from what was delivered at a close of 40."""
    return (entry.shares + Fraction(entry.cash) / 40) * 1000 / Fraction(entry.principal)


def conversions(*events, **more):
    return play(*events, **more).of_kind("conversion")


@pytest.mark.parametrize(
    ("on", "expected"),
    [("2022-09-14", PLAIN), ("2022-09-15", MADE_WHOLE), ("2022-10-19", MADE_WHOLE), ("2022-10-20", PLAIN), ("2022-10-21", PLAIN)],
)
def test_mwt1_from_the_change_to_the_business_day_before_the_repurchase_date(on, expected):
    events = sorted([CHANGE, NOTICE, cn.Convert(on, 10_000_000)], key=lambda each: each.on)
    [entry] = conversions(*events)
    assert rate(entry) == expected
    assert ("MWT-1" in entry.rules) is (expected == MADE_WHOLE) is ("additional" in entry.text)


def test_mwt1_the_window_stays_open_while_the_company_gives_no_notice():
    [entry] = conversions(CHANGE, cn.Convert("2023-06-01", 10_000_000))
    assert rate(entry) == MADE_WHOLE


def test_mwt1_a_surrender_on_a_closed_day_gets_what_its_business_day_gets():
    # Monday 2022-10-10 is Columbus Day: Saturday's surrender counts on the 11th. A notice of the 12th repurchases on the 12th.
    change, notice = cn.FundamentalChange("2022-09-09"), cn.FundamentalChangeNotice("2022-09-12")
    [inside] = conversions(change, notice, cn.Convert("2022-10-08", 10_000_000))
    assert str(inside.date) == "2022-10-11" and rate(inside) > PLAIN
    # One of 2022-09-11 repurchases on the 11th itself, and the window ended on Friday the 7th.
    [outside] = conversions(change, cn.FundamentalChangeNotice("2022-09-11"), cn.Convert("2022-10-08", 10_000_000))
    assert str(outside.date) == "2022-10-11" and rate(outside) == PLAIN


def test_mwt1_the_price_is_the_average_of_the_five_closes_before():
    # 2022-09-08 to 09-14 at 38, the day itself at 60: (38, 2022-03-15) 5.3005, (38, 2023-03-15) 4.9452, 184 of 365 days.
    steps = [("2020-11-01", 60), ("2022-09-08", 38), ("2022-09-15", 60)]
    [told] = play(CHANGE, steps=steps).of_kind("fundamental-change")
    assert "an average close of 38 the table gives" in told.text
    between = Fraction("5.3005") + (Fraction("4.9452") - Fraction("5.3005")) * 184 / 365
    assert f"{float(between):.6f} additional shares per 1,000" in told.text
    [told] = play(CHANGE, steps=[("2020-11-01", 60), ("2022-09-09", 38)]).of_kind("fundamental-change")
    assert "an average close of 42.4 " in told.text  # one of the five at 60


def test_mwt1_cash_for_the_share_is_the_price():
    entry = conversions(
        cn.FundamentalChange("2022-09-15", cash=40), cn.Convert("2022-10-03", 10_000_000), steps=[("2020-11-01", 50)]
    )
    assert entry[0].shares == 363_075
    low = play(cn.FundamentalChange("2022-09-15", cash="22.99"), cn.Convert("2022-10-03", 10_000_000))
    assert "outside" in low.of_kind("fundamental-change")[0].text
    [entry] = low.of_kind("conversion")
    assert entry.shares == 316_206 and "MWT-1" in entry.rules and "RTE-2" not in entry.rules
    assert "the table gives no additional shares" in entry.text


def test_mwt1_a_table_read_at_the_cash_needs_the_cash():
    cash = with_table(stock_price="cash")
    with pytest.raises(cn.LifecycleError, match="does not say cash=") as refused:
        play(CHANGE, note=cash)
    assert refused.value.rule == "MWT-1"
    assert (
        rate(conversions(cn.FundamentalChange("2022-09-15", cash=40), cn.Convert("2022-10-03", 10**7), note=cash)[0])
        == MADE_WHOLE
    )
    for wrong in (0, -1):
        with pytest.raises(cn.LifecycleError, match="above 0") as refused:
            play(cn.FundamentalChange("2022-09-15", cash=wrong))
        assert refused.value.rule == "MWT-1"


def test_mwt1_closes_that_the_average_needs_and_are_missing_are_refused():
    days = NOTE.principal.sessions.between(NOTE.principal.issue_day, NOTE.principal.issue_day + 900)
    dates = [day for day in map(cn.calendars.to_date, days) if str(day) != "2022-09-12"]
    history = cn.MarketHistory(dates=dates, closes=[40] * len(dates), currency="USD")
    with pytest.raises(cn.MarketError, match=r"5 closes to 2022-09-14.*2022-09-12"):
        cn.replay(NOTE, history, events=[CHANGE], until="2022-10-01")
    plain = dataclasses.replace(NOTE, make_whole_change=None)
    assert cn.replay(plain, history, events=[CHANGE], until="2022-10-01").of_kind("fundamental-change")


CALL = cn.RedemptionNotice("2024-04-15", "2024-05-20", 100_000_000)
CALLED = Fraction("35.5227")  # at 40 on 2024-04-15: 31.6206 + 3.902115


def test_mwt1_the_notice_of_a_call_tells_what_the_table_gives():
    [notice] = play(CALL, steps=[("2020-11-01", 40)]).of_kind("redemption-notice")
    assert "at an average close of 40 the table gives called Notes 3.902115 additional shares per 1,000" in notice.text
    [notice] = play(CALL, note=with_table(on_call=False), steps=[("2020-11-01", 40)]).of_kind("redemption-notice")
    assert "the table" not in notice.text


def test_mwt1_on_a_call_only_the_called_notes_get_them():
    [entry] = conversions(CALL, cn.Convert("2024-05-01", 150_000_000))
    assert rate(entry) * 150 == CALLED * 100 + PLAIN * 50
    assert "USD 50,000,000 x 31.6206/1,000 + USD 100,000,000 x 35.5227/1,000 = 5,133,300 shares" in entry.text
    first, second = conversions(CALL, cn.Convert("2024-05-01", 100_000_000), cn.Convert("2024-05-02", 100_000_000))
    assert (rate(first), rate(second)) == (CALLED, PLAIN)
    uncalled = dataclasses.replace(NOTE, conversion=dataclasses.replace(NOTE.conversion, first_converted="uncalled"))
    [entry] = conversions(CALL, cn.Convert("2024-05-01", 130_000_000), note=uncalled)
    assert rate(entry) == PLAIN
    [entry] = conversions(CALL, cn.Convert("2024-05-01", 100_000_000), note=with_table(on_call=False))
    assert rate(entry) == PLAIN and "MWT-1" not in entry.rules


def test_mwt1_a_call_that_is_not_paid_gives_none_after_its_last_day():
    events = [CALL, cn.MissedPayment("2024-05-20", of="redemption"), cn.Convert("2024-05-22", 100_000_000)]
    [entry] = conversions(*events)
    assert rate(entry) == PLAIN


def test_mwt1_of_a_change_and_a_call_the_greater_counts_and_never_both():
    change, notice = cn.FundamentalChange("2024-04-22", cash="27.00"), cn.FundamentalChangeNotice("2024-04-25")
    greater = [CALL, change, notice, cn.Convert("2024-05-01", 150_000_000)]
    [entry] = conversions(*greater)
    day = Fraction("9.4905") + (Fraction("8.7794") - Fraction("9.4905")) * 38 / 365
    assert rate(entry) == Fraction(round((PLAIN + day) * 10_000), 10_000)  # of all, called or not
    smaller = [CALL, cn.FundamentalChange("2024-04-22", cash=65), notice, cn.Convert("2024-05-01", 150_000_000)]
    [entry] = conversions(*smaller)
    row = Fraction("1.2271") + (Fraction("0.7979") - Fraction("1.2271")) * 38 / 365
    free = Fraction(round((PLAIN + row) * 10_000), 10_000)
    assert rate(entry) * 150 == free * 50 + CALLED * 100


def test_mwt1_the_table_moves_with_a_split_before_and_after_the_change():
    split = lambda day: cn.Split(day, new=2, old=1)  # noqa: E731
    halves = [("2020-11-01", 40), ("2022-09-01", 20)]
    before = conversions(split("2022-09-01"), CHANGE, NOTICE, cn.Convert("2022-10-03", 10_000_000), steps=halves)
    # twice 36.307458 is 72.614917
    assert before[0].shares == 726_149 and "63.2412 + 9.373717 = 72.6149 per 1,000" in before[0].text
    after = conversions(CHANGE, NOTICE, split("2022-09-26"), cn.Convert("2022-10-03", 10_000_000))
    assert after[0].shares == 726_149


def test_mwt1_the_table_is_read_per_conversion_share_after_a_merger():
    # 2 shares of the successor at 20 for each: the table is read at 40, and each conversion share delivers two.
    merger = cn.Merger("2022-09-01", shares=2)
    steps = [("2020-11-01", 40), ("2022-09-01", 20)]
    [entry] = conversions(merger, CHANGE, NOTICE, cn.Convert("2022-10-03", 10_000_000), steps=steps)
    assert entry.shares == 726_150 and "x 36.3075/1,000 x 2 = 726,150 shares" in entry.text


def test_mwt2_the_cap_is_told_and_moves_with_the_rate():
    capped = with_table(cap_rate=36)
    [entry] = conversions(CHANGE, NOTICE, cn.Convert("2022-10-03", 10_000_000), note=capped)
    assert rate(entry) == 36 and "MWT-2" in entry.rules
    [entry] = conversions(CHANGE, NOTICE, cn.Split("2022-09-26", new=2, old=1), cn.Convert("2022-10-03", 10_000_000), note=capped)
    assert entry.shares == 720_000 and "MWT-2" in entry.rules
    [entry] = conversions(CHANGE, NOTICE, cn.Convert("2022-10-03", 10_000_000))
    assert "MWT-2" not in entry.rules


def test_mwt1_a_price_that_the_terms_round_is_rounded_with_the_additional_shares():
    rounded = dataclasses.replace(NOTE.adjustment, rounding_of="price", rounding="0.01")
    [entry] = conversions(
        CHANGE, NOTICE, cn.Convert("2022-10-03", 10_000_000), note=dataclasses.replace(NOTE, adjustment=rounded)
    )
    # 1,000 / 36.307458… = 27.5425…
    assert "36.307458 per 1,000, the price 1,000 / 36.307458 = 27.54, rounded half-up to 0.01" in entry.text
    assert entry.shares == int(10_000_000 / Fraction("27.54"))
    exact = dataclasses.replace(NOTE.adjustment, rounding=None)
    [entry] = conversions(CHANGE, NOTICE, cn.Convert("2022-10-03", 10_000_000), note=dataclasses.replace(NOTE, adjustment=exact))
    assert entry.shares == 363_074 and "31.6206 + 4.686858 = 36.307458 per 1,000" in entry.text and "RTE-2" not in entry.rules
    [entry] = conversions(CHANGE, NOTICE, cn.Convert("2022-10-03", 10_000_000), note=dataclasses.replace(NOTE, adjustment=None))
    assert entry.shares == 363_074


def test_mwt1_where_no_note_converts_the_table_is_not_read():
    until = dataclasses.replace(NOTE, conversion=None, adjustment=None)
    [told] = play(CHANGE, note=until).of_kind("fundamental-change")
    assert "MWT-1" not in told.rules and "table" not in told.text


def test_mwt1_every_product_in_the_sentences_multiplies_out():
    by_price = dataclasses.replace(NOTE.adjustment, rounding_of="price", rounding="0.01")
    read = 0
    for note in (NOTE, dataclasses.replace(NOTE, adjustment=None), dataclasses.replace(NOTE, adjustment=by_price)):
        for events in ((CHANGE, NOTICE, cn.Convert("2022-10-03", 3_000_000)), (CALL, cn.Convert("2024-05-01", 150_000_000))):
            for entry in play(*events, note=note):
                for stated in equalities(entry.text):
                    assert holds(stated), (stated, entry.text)
                    read += entry.kind == "conversion"
    assert read >= 14


# --- decisions ----------------------------------------------------------------------------------------------------------------


def test_mwt1_holders_convert_on_the_last_day_of_the_window_if_that_is_worth_more():
    # 28 x 36.03… exceeds 1,000 with the additional shares only: 28 x 31.6206 = 885.38.
    low = [("2020-11-01", 28)]
    ledger = play(CHANGE, policy=cn.Policy(), steps=low)
    [entry] = ledger.of_kind("conversion")  # the notice is of the 25th, the repurchase date 2022-10-25
    assert (str(entry.date), entry.principal) == ("2022-10-24", 230_000_000)
    # at 23 the first column gives 43.4782 x 23 = 999.9986: less than the repurchase price
    par = play(CHANGE, policy=cn.Policy(), steps=[("2020-11-01", 23)])
    assert not par.of_kind("conversion") and par.state.status is cn.Status.REPURCHASED


def test_mwt1_a_change_on_the_last_day_of_the_window_of_another_counts_on_that_day():
    # Notice on 2023-02-14, repurchase on 2023-03-16: the first window ends on 2023-03-15. Its five closes are 150, which gives
    # less than 0.3201 shares; those of a change on 2023-03-15 are 31.62, which gives 7.2127.
    steps = [("2020-11-01", 150), ("2023-02-14", Fraction("31.62")), ("2023-03-15", 29)]
    policy = cn.Policy(redeem=cn.policies.Never(), change_notice=0)
    first, second = cn.FundamentalChange("2023-02-14"), cn.FundamentalChange("2023-03-15")
    # 29 x 38.8333 = 1,126.17 is more than the 1,000.06 of a repurchase, 29 x 31.9407 = 926.28 is not.
    [entry] = conversions(first, second, policy=policy, steps=steps, until="2023-03-20")
    assert (str(entry.date), entry.principal, entry.shares) == ("2023-03-15", 230_000_000, 8_931_659)
    alone = play(first, policy=policy, steps=steps, until="2023-03-20")
    assert not alone.of_kind("conversion") and [str(each.date) for each in alone.of_kind("repurchase")] == ["2023-03-16"]


def test_mwt1_holders_of_called_notes_compare_with_the_additional_shares():
    # 30 x 31.6206 = 948.62 is below par, and with the additional shares above it.
    ledger = play(cn.RedemptionNotice("2024-04-15", "2024-05-20"), policy=cn.Policy(), steps=[("2020-11-01", 30)])
    [entry] = ledger.of_kind("conversion")
    assert str(entry.date) == "2024-05-17" and "additional shares" in entry.text
    without = with_table(on_call=False)
    ledger = play(cn.RedemptionNotice("2024-04-15", "2024-05-20"), note=without, policy=cn.Policy(), steps=[("2020-11-01", 30)])
    assert ledger.state.status is cn.Status.REDEEMED
    part = play(cn.RedemptionNotice("2024-04-15", "2024-05-20", 5_000_000), policy=cn.Policy(), steps=[("2020-11-01", 30)])
    [entry] = part.of_kind("conversion")
    assert entry.principal == 5_000_000


def test_mwt1_a_call_that_must_be_answered_on_its_day_is_compared_with_them_too():
    at_once = dataclasses.replace(
        NOTE,
        conversion=dataclasses.replace(NOTE.conversion, called_until="0 business days before"),
        redemption=dataclasses.replace(NOTE.redemption, notice_at_least=0),
    )
    policy = cn.Policy(redeem=cn.policies.Above(0.9))
    ledger = play(note=at_once, policy=policy, steps=[("2020-11-01", 30)])
    [entry] = ledger.of_kind("conversion")
    assert str(entry.date) == "2024-03-15" and "additional shares" in entry.text


def test_mwt1_a_replay_split_anywhere_is_the_same():
    events = [CHANGE, NOTICE, cn.Convert("2022-10-03", 10_000_000)]
    history = SpelledHistory(NOTE, [("2020-11-01", 40)])
    whole = cn.replay(NOTE, history, events=events, until="2022-12-31")
    for cut in ("2022-09-14", "2022-09-15", "2022-09-20", "2022-10-02"):
        first = cn.replay(NOTE, history, events=[each for each in events if str(each.on) <= cut], until=cut)
        later = cn.replay(
            NOTE,
            history,
            events=[each for each in events if str(each.on) > cut],
            until="2022-12-31",
            state=first.state,
        )
        told = [each.text for each in first] + [each.text for each in later]
        assert told == [each.text for each in whole], cut


# --- rights that were not used, and settlements asked for alone ----------------------------------------------------------------


def test_mwt1_a_conversion_that_would_have_been_worth_more_is_told():
    # 28 x 43.4782…: at 28 the table gives more than nine shares, so 1,000 of principal was worth more than 1,000.
    ledger = play(CHANGE, NOTICE, steps=[("2020-11-01", 28)], until="2022-12-31")
    [told] = [words for _, rule, words in ledger.open_rights if rule == "MWT-1"]
    assert "conversion with additional shares by 2022-10-19 would have been worth more" in told
    ledger = play(CHANGE, NOTICE, steps=[("2020-11-01", 22)], until="2022-12-31")
    assert [words for _, rule, words in ledger.open_rights if rule == "MWT-1"] == []
    # Of called Notes the price with the additional shares is the one compared: 30 x 35.9… exceeds 1,000, 30 x 31.6206 does not.
    called = play(cn.RedemptionNotice("2024-04-15", "2024-05-20"), steps=[("2020-11-01", 30)])
    [told] = [words for _, rule, words in called.open_rights if rule == "CNV-1"]
    assert "conversion before redemption would have been worth more" in told


def test_mwt1_a_settlement_asked_for_alone_is_refused_in_a_window():
    state = play(CHANGE, NOTICE, until="2022-09-30").state
    with pytest.raises(cn.TermsError, match=r"conversion.settle state \(MWT-1\)"):
        NOTE.conversion.settle("2022-10-03", 1_000_000, state=state, close=40)
    assert NOTE.conversion.settle("2022-11-01", 1_000_000, state=state, close=40).shares == 31_620
