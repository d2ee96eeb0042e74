"""Withdrawal of conversion rights over a life: WDR-1…5, CNV-7."""

import dataclasses

import pytest

import convnote as cn

from .walk import HIGH, ISSUE, NOTE, course, kinds, money, play

# Twenty sessions above, 1 to 28 June 2000, then quiet: of the 30 sessions to each day from 28 June to 13 July twenty are above.
TWENTY = course(110, ("2000-06-01", 170), ("2000-06-29", 110))
NINETEEN = course(110, ("2000-06-01", 170), ("2000-06-28", 110))
ABOVE = course(110, ("2000-06-01", 170))


def notice(on, effective):
    return cn.WithdrawalNotice(on, effective)


def refused(*events, over):
    with pytest.raises(cn.LifecycleError) as error:
        play(*events, over=over)
    return error.value.rule


def first_met(over, note=NOTE):
    return [str(entry.date) for entry in play(over=over, note=note).of_kind("trigger-met")]


def test_wdr1_is_met_at_the_twentieth_close_above():
    assert first_met(TWENTY) == ["2000-06-28"]
    assert first_met(NINETEEN) == []
    assert refused(notice("2000-06-28", "2000-07-28"), over=NINETEEN) == "WDR-1"
    assert len(play(notice("2000-06-28", "2000-07-28"), over=TWENTY).of_kind("withdrawal")) == 1


def test_wdr1_not_before_the_twentieth_close_above():
    assert refused(notice("2000-06-27", "2000-07-27"), over=TWENTY) == "WDR-1"


def test_wdr1_exactly_at_the_trigger_is_not_above():
    at = course(110, ("2000-06-01", 170), ("2000-06-28", "167.915"), ("2000-06-29", 110))
    assert first_met(at) == []
    a_hair_above = course(110, ("2000-06-01", 170), ("2000-06-28", "167.915000001"), ("2000-06-29", 110))
    assert first_met(a_hair_above) == ["2000-06-28"]


def test_wdr1_ten_and_ten_within_thirty_sessions_but_not_within_thirty_one():
    # Sessions 1-10 are 1 to 14 June; sessions 21-30 are 29 June to 13 July; 22-31 are 30 June to 14 July.
    within = course(110, ("2000-06-01", 170), ("2000-06-15", 110), ("2000-06-29", 170), ("2000-07-14", 110))
    assert first_met(within) == ["2000-07-13"]
    beyond = course(110, ("2000-06-01", 170), ("2000-06-15", 110), ("2000-06-30", 170), ("2000-07-17", 110))
    assert first_met(beyond) == []


def test_wdr1_fewer_than_thirty_closes_are_enough_and_those_before_issue_do_not_count():
    # From 16 February 2000 on: 3 + 4 + 5 + 5 sessions in the weeks to 10 March, and 13, 14, 15 March.
    assert first_met(course(170)) == ["2000-03-15"]


def test_wdr1_is_of_the_initial_price_so_resets_do_not_move_it():
    # At 50 both resets end at 84.883; 160% of that would be 135.8128.
    assert first_met(course(50, ("2002-06-03", 140))) == []
    # From 3 June 2002 the 20th session is the 28th.
    assert first_met(course(50, ("2002-06-03", 168))) == ["2002-06-28"]


def test_wdr1_the_entry_names_the_last_day_for_a_notice():
    # Five Business Days after 28 June 2000: 29 and 30 June, 3, 5 and 6 July.
    [entry] = play(over=TWENTY).of_kind("trigger-met")
    assert "2000-07-06" in entry.text


def test_wdr2_takes_effect_before_20_february_2003():
    over = course(110, ("2002-11-01", 170))
    late = play(notice("2003-01-20", "2003-02-19"), over=over)
    assert ("2003-02-19", "withdrawal") in kinds(late)
    assert refused(notice("2003-01-21", "2003-02-20"), over=over) == "WDR-2"
    assert refused(notice("2003-02-20", "2003-03-24"), over=over) == "WDR-2"


@pytest.mark.parametrize(
    ("effective", "allowed"),
    [("2000-07-27", False), ("2000-07-28", True), ("2000-08-27", True), ("2000-08-28", False)],
)
def test_wdr3_notice_30_to_60_days_before(effective, allowed):
    # From 28 June: 29, 30, 60 and 61 days.
    if allowed:
        assert (effective, "withdrawal") in kinds(play(notice("2000-06-28", effective), over=TWENTY))
    else:
        assert refused(notice("2000-06-28", effective), over=TWENTY) == "WDR-3"


def test_wdr3_until_the_fifth_business_day_after_the_trigger_was_last_met():
    # Last met on Thursday 13 July 2000; then 14, 17, 18, 19 and 20 July.
    assert len(play(notice("2000-07-20", "2000-08-21"), over=TWENTY).of_kind("withdrawal")) == 1
    assert refused(notice("2000-07-21", "2000-08-21"), over=TWENTY) == "WDR-3"


def test_wdr3_a_second_notice_is_none():
    assert refused(notice("2000-06-28", "2000-07-28"), notice("2000-06-29", "2000-07-31"), over=ABOVE) == "WDR-3"
    assert refused(notice("2000-06-28", "2000-07-28"), notice("2000-09-01", "2000-10-02"), over=ABOVE) == "WDR-3"


# 690,000 x 206.25 = 142,312,500; less what was actually paid: 47,567,465.75 in 2001, 47,437,500.00 in 2002.
@pytest.mark.parametrize(
    ("on", "effective", "make_whole"),
    [
        ("2000-06-28", "2000-07-28", "142312500.00"),
        ("2001-02-16", "2001-03-20", "142312500.00"),  # paid that day is not paid before it
        ("2001-02-17", "2001-03-20", "94745034.25"),
        ("2002-02-16", "2002-03-20", "94745034.25"),  # due Saturday the 16th, paid Tuesday the 19th
        ("2002-02-19", "2002-03-21", "94745034.25"),
        ("2002-02-20", "2002-03-22", "47307534.25"),
        ("2003-01-20", "2003-02-19", "47307534.25"),  # the third coupon is paid in between: not deducted
    ],
)
def test_wdr4_less_interest_actually_paid_before_the_notice(on, effective, make_whole):
    ledger = play(notice(on, effective), over=ABOVE)
    assert money(ledger, "make-whole") == [(effective, make_whole)]


def test_wdr4_a_missed_coupon_is_not_deducted():
    missed = cn.MissedPayment("2001-02-16")
    ledger = play(missed, notice("2001-06-01", "2001-07-02"), over=ABOVE)
    assert money(ledger, "make-whole") == [("2001-07-02", "142312500.00")]


def test_wdr4_a_missed_coupon_that_was_cured_before_the_notice_is_deducted():
    missed = cn.MissedPayment("2001-02-16")
    before = play(missed, cn.Cure("2001-05-31"), notice("2001-06-01", "2001-07-02"), over=ABOVE)
    assert money(before, "make-whole") == [("2001-07-02", "94745034.25")]
    that_day = play(missed, cn.Cure("2001-06-01"), notice("2001-06-01", "2001-07-02"), over=ABOVE)
    assert money(that_day, "make-whole") == [("2001-07-02", "142312500.00")]


def with_withdrawal(**settings):
    return dataclasses.replace(NOTE, withdrawal=dataclasses.replace(NOTE.withdrawal, **settings))


def test_wdr4_is_never_below_0():
    # 137.69 was paid by June 2002: more than 100, less than 140.
    events = notice("2002-06-03", "2002-07-03")
    assert not play(events, over=ABOVE, note=with_withdrawal(make_whole_amount=100)).of_kind("make-whole")
    # 690,000 x 140 - 95,004,965.75
    more = play(events, over=ABOVE, note=with_withdrawal(make_whole_amount=140))
    assert money(more, "make-whole") == [("2002-07-03", "1595034.25")]


def test_def2_a_make_whole_of_nothing_is_not_missed_and_a_warning_says_so():
    events = notice("2002-06-03", "2002-07-03"), cn.MissedPayment("2002-07-03", of="make-whole")
    ledger = play(*events, over=ABOVE, note=with_withdrawal(make_whole_amount=100))
    assert not ledger.of_kind("missed-payment")
    assert ledger.warnings == ("no make-whole payment was due on 2002-07-03, so none was missed (DEF-2)",)


def test_wdr4_due_on_a_saturday_is_paid_on_monday():
    [entry] = play(notice("2000-07-19", "2000-08-19"), over=ABOVE).of_kind("make-whole")
    assert (str(entry.date), str(entry.payment_date)) == ("2000-08-19", "2000-08-21")


def test_wdr5_on_what_is_outstanding_on_the_effective_date():
    converting = [cn.Convert("2000-06-27", 1_000_000), cn.Convert("2000-07-05", 2_000_000)]
    events = [*converting, notice("2000-06-28", "2000-07-28")]
    # 687,000 x 206.25; where who converted meanwhile is paid too, 689,000 x 206.25.
    assert money(play(*events, over=ABOVE), "make-whole") == [("2000-07-28", "141693750.00")]
    paying = play(*events, over=ABOVE, note=with_withdrawal(pays_converted=True))
    assert money(paying, "make-whole") == [("2000-07-28", "142106250.00")]


def test_wdr5_paid_though_all_was_converted_meanwhile_where_the_terms_say_so():
    events = [cn.Convert("2000-07-05", ISSUE), notice("2000-06-28", "2000-07-28")]
    assert not play(*events, over=ABOVE).of_kind("make-whole")
    paying = play(*events, over=ABOVE, note=with_withdrawal(pays_converted=True))
    assert money(paying, "make-whole") == [("2000-07-28", "142312500.00")]
    assert paying.state.status is cn.Status.CONVERTED
    assert not paying.of_kind("withdrawal")


def test_cnv7_the_last_conversion_is_on_the_business_day_before():
    # Effective on Monday 2000-08-21: Friday the 18th converts, and what comes on Saturday counts on Monday.
    given = notice("2000-07-20", "2000-08-21")
    assert ("2000-08-18", "conversion") in kinds(play(given, cn.Convert("2000-08-18", 1000), over=ABOVE))
    for day in ("2000-08-19", "2000-08-21", "2000-08-22", "2010-02-16"):
        assert refused(given, cn.Convert(day, 1000), over=ABOVE) == "CNV-7"


def test_wdr_is_no_redemption_the_notes_stay_outstanding_as_straight_debt():
    ledger = play(notice("2000-06-28", "2000-07-28"), over=ABOVE, until="2003-12-31")
    assert ledger.state.status is cn.Status.WITHDRAWN
    assert not ledger.state.convertible
    assert len(ledger.of_kind("coupon")) == 3
    assert not ledger.of_kind("reset", "withdrawal-lapse")
    whole = play(notice("2000-06-28", "2000-07-28"), over=ABOVE)
    assert whole.total("maturity") == ISSUE
    assert whole.total("coupon", "maturity", "make-whole") == whole.total()


def test_wdr_a_notice_that_runs_leaves_notes_convertible():
    state = play(notice("2000-06-28", "2000-07-28"), over=ABOVE, until="2000-07-27").state
    assert state.status is cn.Status.WITHDRAWAL_NOTICED
    assert state.convertible


def test_wdr_an_unused_right_is_reported_as_open_and_a_used_one_is_not():
    unused = play(over=TWENTY)
    assert [(str(on), rule) for on, rule, _ in unused.open_rights] == [("2000-06-28", "WDR-1"), ("2010-02-16", "CNV-1")]
    assert "last met on 2000-07-13" in unused.of_kind("withdrawal-lapse")[0].text
    used = play(notice("2000-06-28", "2000-07-28"), over=TWENTY)
    assert used.open_rights == ()


def test_wdr1_how_near_it_came_is_on_record():
    [entry] = play(over=course(50, ("2001-05-01", 120), ("2001-05-02", 50))).of_kind("withdrawal-lapse")
    assert str(entry.date) == "2003-02-20"
    # 120 / 167.915 = 71.46%
    assert "never met" in entry.text and "120 on 2001-05-01 (120 / 167.915 = 71.5%" in entry.text


def test_wdr1_closes_above_the_trigger_that_were_too_few_are_not_a_trigger_never_reached():
    # 19 trading days from 2001-05-01 to 2001-05-25; 170 / 167.915 = 101.2%
    [entry] = play(over=course(50, ("2001-05-01", 170), ("2001-05-26", 50))).of_kind("withdrawal-lapse")
    told = "The right to withdraw conversion ends; there were never 20 of 30 consecutive closes above 167.915, "
    told += "at most 19 in the period to 2001-05-25: "
    assert entry.text.startswith(told + "the highest close was 170 on 2001-05-01 (170 / 167.915 = 101.2%")


def test_wdr1_the_most_closes_are_told_of_the_first_period_that_had_as_many_wherever_a_replay_was_split():
    # 12 trading days from Thursday 2000-06-01 to the 16th, 15 from Tuesday 2001-05-01 to Monday the 21st, and again 15 in 2002
    over = course(
        50,
        ("2000-06-01", 168),
        ("2000-06-17", 50),
        ("2001-05-01", 168),
        ("2001-05-22", 50),
        ("2002-05-01", 168),
        ("2002-05-22", 50),
    )
    whole = play(over=over).of_kind("withdrawal-lapse")
    assert "at most 15 in the period to 2001-05-21: " in whole[0].text
    for until in ("2000-06-16", "2001-05-10", "2001-05-21", "2001-06-01", "2002-05-15"):
        half = play(over=over, until=until)
        assert cn.replay(NOTE, over, state=half.state).of_kind("withdrawal-lapse") == whole
    few = dataclasses.replace(NOTE, withdrawal=dataclasses.replace(NOTE.withdrawal, short_period=False))
    # the 25 closes from issue all exceed the trigger; a whole period of 30 has the 25 and five that do not
    early = course(168, ("2000-03-23", 50))
    [entry] = cn.replay(dataclasses.replace(few, withdrawal=dataclasses.replace(few.withdrawal, days=26)), early).of_kind(
        "withdrawal-lapse"
    )
    assert "never 26 of 30 consecutive closes above 167.915, at most 25 in the period to 2000-03-29: " in entry.text


def test_wdr4_a_make_whole_that_is_missed_stays_owed_and_is_an_event_of_default():
    given = notice("2000-06-28", "2000-07-28")
    missed = cn.MissedPayment("2000-07-28", "make-whole")
    ledger = play(given, missed, cn.Cure("2000-08-15", "make-whole"), over=ABOVE)
    assert [entry.rules for entry in ledger.of_kind("missed-payment")] == [("WDR-4", "DEF-2")]
    assert money(ledger, "make-whole") == [("2000-08-15", "142312500.00")]
    assert ledger.state.status is cn.Status.MATURED
    due = play(given, missed, cn.Acceleration("2000-07-29"), over=ABOVE, until="2000-12-31")
    assert due.state.status is cn.Status.ACCELERATED


def test_wdr1_a_note_without_the_provision():
    without = dataclasses.replace(NOTE, withdrawal=None)
    with pytest.raises(cn.LifecycleError, match="no provision") as error:
        play(notice("2000-06-28", "2000-07-28"), over=HIGH, note=without)
    assert error.value.rule == "WDR-1"


def test_wdr_the_bundled_rally_withdraws():
    ledger = cn.replay(NOTE, cn.scenario("rally"))
    assert [(str(entry.date), entry.kind) for entry in ledger.of_kind("withdrawal-notice", "withdrawal")] == [
        ("2000-07-06", "withdrawal-notice"),
        ("2000-08-07", "withdrawal"),
    ]
    assert money(ledger, "make-whole") == [("2000-08-07", "142312500.00")]


def test_wdr_the_bundled_hover_meets_the_trigger_on_a_single_day_or_never():
    assert len(first_met(cn.scenario("hover"))) == 1
    assert first_met(cn.scenario("hover", seed=2)) == []
