"""The table of refusals: a history whose last event the note does not allow, the rule that forbids it, and what is told."""

import dataclasses

import convnote as cn

from .walk import AFV, ISSUE, LOW, NOTE, PAR, course

ABOVE = course(110, ("2000-06-01", 170))
STRAIGHT = dataclasses.replace(NOTE, conversion=None, reset=None, withdrawal=None)

CHANGE = cn.FundamentalChange("2001-06-01")
CHANGE_NOTICE = cn.FundamentalChangeNotice("2001-06-01")
ELECTED = cn.RepurchaseElection("2001-06-10", ISSUE)
CALL = cn.RedemptionNotice("2003-05-01", "2003-06-02")
WITHDRAWAL = cn.WithdrawalNotice("2000-07-20", "2000-08-21")
MISSED = cn.MissedPayment("2003-02-16")
BROKEN = cn.CovenantDefault("2003-03-02")  # 60 days to 1 May
DEFAULTED = cn.Default("2001-06-01")
CONVERTED = cn.Convert("2000-09-01", ISSUE)
NEVER_ABOVE = {"over": LOW}
RALLY = {"over": ABOVE}
OTHER = {"note": AFV, "over": PAR}


def without(name):
    return {"note": dataclasses.replace(NOTE, **{name: None}), "over": ABOVE}


NOT_YET, GONE = "the notes are issued on 2000-02-16", "nothing is outstanding any more"

#: Rule, what is the matter, the events of which the last is refused, the reason as it is told, and note and market.
REFUSED = [
    # --- conversion
    ("CNV-1", "before issue", [cn.Convert("2000-02-15", 1000)], NOT_YET, NEVER_ABOVE),
    ("CNV-1", "no multiple", [cn.Convert("2001-03-01", 1500)], "principal is converted in multiples of 1000, not 1500", NEVER_ABOVE),
    ("CNV-1", "nothing", [cn.Convert("2001-03-01", 0)], "principal is converted in multiples of 1000, not 0", NEVER_ABOVE),
    ("CNV-1", "below nothing", [cn.Convert("2001-03-01", -1000)], "principal is converted in multiples of 1000, not -1000", NEVER_ABOVE),
    ("CNV-1", "more than there is", [cn.Convert("2001-03-01", ISSUE + 1000)], "690,001,000 is more than the 690,000,000 outstanding", NEVER_ABOVE),
    ("CNV-1", "more than is left", [cn.Convert("2001-03-01", 1000), cn.Convert("2001-03-02", ISSUE)], "690,000,000 is more than the 689,999,000 outstanding", NEVER_ABOVE),
    ("CNV-1", "nothing is left", [CONVERTED, cn.Convert("2001-03-02", 1000)], GONE, NEVER_ABOVE),
    ("CNV-1", "after maturity", [cn.Convert("2010-02-17", 1000)], GONE, NEVER_ABOVE),
    ("CNV-1", "no such provision", [cn.Convert("2001-03-01", 1000)], "the note does not convert", {"note": STRAIGHT}),
    ("CNV-1", "after maturity, accelerated", [MISSED, cn.Acceleration("2003-03-20"), cn.Convert("2010-02-17", 1000)], "a surrender on 2010-02-17 takes effect on 2010-02-17, after maturity", NEVER_ABOVE),
    ("CNV-2", "called", [CALL, cn.Convert("2003-06-02", 1000)], "called Notes convert only until the Business Day before the redemption date", NEVER_ABOVE),
    ("CNV-6", "elected", [CHANGE, CHANGE_NOTICE, ELECTED, cn.Convert("2001-06-20", 1000)], "a Note under a repurchase election converts only after the election is withdrawn", NEVER_ABOVE),
    ("CNV-7", "withdrawn", [WITHDRAWAL, cn.Convert("2000-08-21", 1000)], "conversion rights have been withdrawn", RALLY),
    ("CNV-7", "withdrawn long ago", [WITHDRAWAL, cn.Convert("2008-08-21", 1000)], "conversion rights have been withdrawn", RALLY),
    ("CNV-7", "withdrawn while accelerated", [cn.MissedPayment("2001-02-16"), cn.WithdrawalNotice("2001-03-01", "2001-04-02"), cn.Acceleration("2001-03-19"), cn.Convert("2001-04-02", 1000)], "conversion rights are withdrawn as of 2001-04-02", RALLY),
    # --- withdrawal
    ("WDR-1", "before issue", [cn.WithdrawalNotice("2000-02-15", "2000-03-20")], NOT_YET, NEVER_ABOVE),
    ("WDR-1", "never met", [WITHDRAWAL], "no 20 of 30 consecutive closes exceeded 167.915 by then", NEVER_ABOVE),
    ("WDR-1", "not yet met", [cn.WithdrawalNotice("2000-06-27", "2000-07-27")], "no 20 of 30 consecutive closes exceeded 167.915 by then", RALLY),
    ("WDR-1", "no such provision", [WITHDRAWAL], "the note has no provision to withdraw conversion rights", without("withdrawal")),
    ("WDR-2", "too late to take effect", [cn.WithdrawalNotice("2003-01-20", "2003-02-20")], "a withdrawal takes effect before 2003-02-20", RALLY),
    ("WDR-3", "29 days", [cn.WithdrawalNotice("2000-07-20", "2000-08-18")], "notice is given 30 to 60 days before it takes effect, not 29", RALLY),
    ("WDR-3", "61 days", [cn.WithdrawalNotice("2000-07-20", "2000-09-19")], "notice is given 30 to 60 days before it takes effect, not 61", RALLY),
    ("WDR-3", "back in time", [cn.WithdrawalNotice("2000-07-20", "2000-07-01")], "notice is given 30 to 60 days before it takes effect, not -19", RALLY),
    ("WDR-3", "the sixth business day", [cn.WithdrawalNotice("2000-07-21", "2000-08-21")], "notice is given within 5 Business Days after the trigger was last met", {"over": course(110, ("2000-06-01", 170), ("2000-06-29", 110))}),
    ("WDR-3", "given already", [WITHDRAWAL, cn.WithdrawalNotice("2000-07-21", "2000-08-21")], "conversion rights cannot be withdrawn twice, nor once all principal is due", RALLY),
    ("WDR-3", "withdrawn already", [WITHDRAWAL, cn.WithdrawalNotice("2000-09-01", "2000-10-02")], "conversion rights cannot be withdrawn twice, nor once all principal is due", RALLY),
    ("WDR-3", "nothing is left", [CONVERTED, cn.WithdrawalNotice("2000-09-05", "2000-10-10")], GONE, RALLY),
    # --- redemption
    ("RED-1", "before issue", [cn.RedemptionNotice("2000-02-15", "2003-06-02")], NOT_YET, NEVER_ABOVE),
    ("RED-1", "too early", [cn.RedemptionNotice("2002-12-22", "2003-02-19")], "expected a redemption date from 2003-02-20 and before 2010-02-16", NEVER_ABOVE),
    ("RED-1", "at maturity", [cn.RedemptionNotice("2010-01-10", "2010-02-16")], "expected a redemption date from 2003-02-20 and before 2010-02-16", NEVER_ABOVE),
    ("RED-1", "called already", [CALL, cn.RedemptionNotice("2003-05-02", "2003-06-02")], "all principal is already called or under election", NEVER_ABOVE),
    ("RED-1", "all is due", [MISSED, cn.Acceleration("2003-03-20"), CALL], "all principal is already due", NEVER_ABOVE),
    ("RED-1", "nothing is left", [CONVERTED, CALL], GONE, NEVER_ABOVE),
    ("RED-1", "no such provision", [CALL], "the note has no provision to redeem", without("redemption")),
    ("RED-2", "29 days", [cn.RedemptionNotice("2003-05-04", "2003-06-02")], "notice is mailed 30 to 60 days before the redemption date, not 29", NEVER_ABOVE),
    ("RED-2", "61 days", [cn.RedemptionNotice("2003-04-02", "2003-06-02")], "notice is mailed 30 to 60 days before the redemption date, not 61", NEVER_ABOVE),
    ("RED-3", "interest is unpaid from the day after its money was due to move", [MISSED, cn.RedemptionNotice("2003-02-19", "2003-03-24")], "no notice may be given while a default in the payment of interest continues (from the day after it was due: RED-3c)", NEVER_ABOVE),
    ("RED-4", "no multiple", [cn.RedemptionNotice("2003-05-01", "2003-06-02", 1500)], "Notes are redeemed in part in multiples of 1000, not 1500", NEVER_ABOVE),
    ("RED-4", "nothing", [cn.RedemptionNotice("2003-05-01", "2003-06-02", 0)], "Notes are redeemed in part in multiples of 1000, not 0", NEVER_ABOVE),
    ("RED-4", "more than there is", [cn.RedemptionNotice("2003-05-01", "2003-06-02", ISSUE + 1000)], "690,001,000 is more than the 690,000,000 that can be called", NEVER_ABOVE),
    # --- fundamental change
    ("FCH-1", "before issue", [cn.FundamentalChange("2000-02-15")], NOT_YET, NEVER_ABOVE),
    ("FCH-1", "at maturity", [cn.MissedPayment("2010-02-16", "principal"), cn.FundamentalChange("2010-02-17")], "a change must occur before maturity", NEVER_ABOVE),
    ("FCH-1", "no such provision", [CHANGE], "the note has no provision on a fundamental change", without("fundamental_change")),
    ("FCH-2", "before issue", [cn.FundamentalChangeNotice("2000-02-15")], NOT_YET, NEVER_ABOVE),
    ("FCH-2", "of nothing", [CHANGE_NOTICE], "no fundamental change awaits a notice", NEVER_ABOVE),
    ("FCH-2", "twice", [CHANGE, CHANGE_NOTICE, cn.FundamentalChangeNotice("2001-06-02")], "no fundamental change awaits a notice", NEVER_ABOVE),
    ("FCH-2", "no such provision", [CHANGE_NOTICE], "no fundamental change awaits a notice", without("fundamental_change")),
    ("FCH-1", "election before issue", [cn.RepurchaseElection("2000-02-15", 1000)], NOT_YET, NEVER_ABOVE),
    ("FCH-1", "election without a notice", [CHANGE, ELECTED], "no notice of a fundamental change has been given", NEVER_ABOVE),
    ("FCH-1", "no multiple", [CHANGE, CHANGE_NOTICE, cn.RepurchaseElection("2001-06-10", 1500)], "elections are made in multiples of 1000, not 1500", NEVER_ABOVE),
    ("FCH-1", "elected already", [CHANGE, CHANGE_NOTICE, ELECTED, cn.RepurchaseElection("2001-06-11", 1000)], "1,000 is more than the 0 that is free to elect", NEVER_ABOVE),
    ("FCH-1", "nothing is left", [CHANGE, CHANGE_NOTICE, cn.Convert("2001-06-05", ISSUE), ELECTED], GONE, NEVER_ABOVE),
    ("FCH-3", "after maturity", [cn.FundamentalChange("2010-01-18"), cn.FundamentalChangeNotice("2010-01-18"), cn.RepurchaseElection("2010-01-20", 1000)], "the repurchase date would fall after maturity, so the Notes are paid at maturity instead", NEVER_ABOVE),
    ("FCH-4", "too late", [CHANGE, CHANGE_NOTICE, cn.RepurchaseElection("2001-06-30", 1000)], "the last day for an election has passed", NEVER_ABOVE),
    ("CNV-6", "before issue", [cn.RepurchaseElectionWithdrawal("2000-02-15", 1000)], NOT_YET, NEVER_ABOVE),
    ("CNV-6", "of no election", [cn.RepurchaseElectionWithdrawal("2001-06-15", 1000)], "no principal is under election", NEVER_ABOVE),
    ("CNV-6", "too late", [CHANGE, CHANGE_NOTICE, ELECTED, cn.RepurchaseElectionWithdrawal("2001-06-30", 1000)], "an election can be withdrawn until the Business Day before the repurchase date", NEVER_ABOVE),
    ("CNV-6", "no multiple", [CHANGE, CHANGE_NOTICE, ELECTED, cn.RepurchaseElectionWithdrawal("2001-06-15", 1500)], "a multiple of 1000, at most 690,000,000, can be withdrawn", NEVER_ABOVE),
    ("CNV-6", "nothing is left", [CONVERTED, cn.RepurchaseElectionWithdrawal("2001-06-15", 1000)], GONE, NEVER_ABOVE),
    # --- put
    ("PUT-1", "before issue", [cn.PutElection("2002-12-31", 100)], "the notes are issued on 2003-01-01", OTHER),
    ("PUT-1", "no such provision", [cn.PutElection("2003-02-16", 1000)], "the note has no put", NEVER_ABOVE),
    ("PUT-1", "no multiple", [cn.PutElection("2006-01-01", 50)], "elections are made in multiples of 100, not 50", OTHER),
    ("PUT-1", "more than there is", [cn.PutElection("2006-01-01", 200)], "200 is more than the 100 that is free to elect", OTHER),
    ("PUT-1", "nothing is left", [cn.Convert("2005-03-01", 100), cn.PutElection("2006-01-01", 100)], GONE, OTHER),
    ("PUT-2", "not the day", [cn.PutElection("2006-01-02", 100)], "an election arrives 0 to 0 days before a put date, and 2006-01-02 is in no such window", OTHER),
    # --- what is not paid
    ("DEF-2", "before issue", [cn.MissedPayment("2000-02-15")], NOT_YET, NEVER_ABOVE),
    ("DEF-2", "cure before issue", [cn.Cure("2000-02-15")], NOT_YET, NEVER_ABOVE),
    ("INT-1", "no interest is due", [cn.MissedPayment("2003-02-17")], "no interest payment falls due on 2003-02-17", NEVER_ABOVE),
    ("PRN-1", "no principal is due", [cn.MissedPayment("2010-02-15", "principal")], "no principal payment falls due on 2010-02-15", NEVER_ABOVE),
    ("RED-1", "no redemption is due", [CALL, cn.MissedPayment("2003-06-03", "redemption")], "no redemption payment falls due on 2003-06-03", NEVER_ABOVE),
    ("FCH-1", "no repurchase is due", [CHANGE, cn.MissedPayment("2001-07-01", "repurchase")], "no repurchase payment falls due on 2001-07-01", NEVER_ABOVE),
    ("PUT-1", "no put is due", [cn.MissedPayment("2006-01-02", "put")], "no put payment falls due on 2006-01-02", OTHER),
    ("WDR-4", "no make-whole is due", [WITHDRAWAL, cn.MissedPayment("2000-08-22", "make-whole")], "no make-whole payment falls due on 2000-08-22", RALLY),
    ("DEF-1", "missed after a default", [DEFAULTED, cn.MissedPayment("2002-02-16")], "the issuer has defaulted", NEVER_ABOVE),
    ("INT-1", "no interest is unpaid", [MISSED, cn.Cure("2003-03-01"), cn.Cure("2003-03-02")], "no interest payment is unpaid", NEVER_ABOVE),
    ("PRN-1", "no principal is unpaid", [MISSED, cn.Cure("2003-03-01", "principal")], "no principal payment is unpaid", NEVER_ABOVE),
    ("DEF-1", "cured after a default", [MISSED, cn.Default("2003-06-01"), cn.Cure("2003-07-01")], "the issuer has defaulted", NEVER_ABOVE),
    ("DEF-1", "acceleration before issue", [cn.Acceleration("2000-02-15")], NOT_YET, NEVER_ABOVE),
    ("DEF-2", "nothing is unpaid", [cn.Acceleration("2003-03-20")], "no Event of Default: nothing is unpaid, or interest for less than 30 days", NEVER_ABOVE),
    ("DEF-2", "29 days", [MISSED, cn.Acceleration("2003-03-19")], "no Event of Default: nothing is unpaid, or interest for less than 30 days", NEVER_ABOVE),
    ("DEF-1", "declared already", [MISSED, cn.Acceleration("2003-03-20"), cn.Acceleration("2003-03-21")], "all principal is already due", NEVER_ABOVE),
    ("DEF-1", "no such provision", [MISSED, cn.Acceleration("2003-03-20")], "the note has no provision on default", without("default")),
    ("DEF-1", "default before issue", [cn.Default("2000-02-15")], NOT_YET, NEVER_ABOVE),
    ("DEF-1", "more than all", [cn.Default("2001-06-01", recovered="1.01")], "expected a recovery from 0 to 1 of principal, not 1.01: 1.01% is 0.0101", NEVER_ABOVE),
    ("DEF-1", "less than nothing", [cn.Default("2001-06-01", recovered="-0.01")], "expected a recovery from 0 to 1 of principal, not -0.01", NEVER_ABOVE),
    ("DEF-1", "nothing is left", [CONVERTED, cn.Default("2001-06-01")], GONE, NEVER_ABOVE),
    ("DEF-2", "a covenant before issue", [cn.CovenantDefault("2000-02-15")], NOT_YET, NEVER_ABOVE),
    ("DEF-2", "a covenant broken for 59 days", [BROKEN, cn.Acceleration("2003-04-30")], "no Event of Default: nothing is unpaid, or interest for less than 30 days", NEVER_ABOVE),
    ("DEF-2", "a covenant that is kept again", [BROKEN, cn.Cure("2003-04-01", "covenant"), cn.Acceleration("2003-05-01")], "no Event of Default: nothing is unpaid, or interest for less than 30 days", NEVER_ABOVE),
    ("DEF-2", "a covenant that is waived", [BROKEN, cn.Waiver("2003-04-01"), cn.Acceleration("2003-05-01")], "no Event of Default: nothing is unpaid, or interest for less than 30 days", NEVER_ABOVE),
    ("DEF-2", "no covenant is broken", [cn.Cure("2003-04-01", "covenant")], "no covenant is broken", NEVER_ABOVE),
    ("DEF-2", "a covenant, no such provision", [BROKEN], "the note has no provision on default", without("default")),
    ("DEF-2", "nothing is left of covenants", [CONVERTED, BROKEN], GONE, NEVER_ABOVE),
    ("DEF-2", "nobody elected", [CHANGE, CHANGE_NOTICE, cn.MissedPayment("2001-07-01", "repurchase"), cn.Acceleration("2001-08-01")], "no Event of Default: nothing is unpaid, or interest for less than 30 days", NEVER_ABOVE),
    ("DEF-2", "what was called was converted", [cn.RedemptionNotice("2003-05-01", "2003-06-02", 1_000_000), cn.Convert("2003-05-30", 1_000_000), cn.MissedPayment("2003-06-02", "redemption"), cn.Acceleration("2003-07-01")], "no Event of Default: nothing is unpaid, or interest for less than 30 days", NEVER_ABOVE),
    ("AMD-4", "a waiver of a payment", [MISSED, cn.Waiver("2003-03-01", "interest")], "a majority cannot waive a default in a payment of interest: each holder keeps that right", NEVER_ABOVE),
    ("AMD-4", "a waiver, no such provision", [BROKEN, cn.Waiver("2003-04-01")], "the note has no provision on consent", without("consent")),
    ("LIF-1", "a transfer before issue", [cn.Transfer("2000-02-15", 1000, to="B")], NOT_YET, NEVER_ABOVE),
    ("LIF-1", "a transfer of no multiple", [cn.Transfer("2001-03-01", 1500, to="B")], "Notes are transferred in multiples of 1000, not 1500", NEVER_ABOVE),
    ("LIF-1", "a transfer of what is gone", [CONVERTED, cn.Transfer("2001-03-01", 1000, to="B")], GONE, NEVER_ABOVE),
    ("LIF-4", "an amendment before issue", [cn.Amendment("2000-02-15", STRAIGHT)], NOT_YET, NEVER_ABOVE),
    ("LIF-4", "an amendment of nothing", [cn.Amendment("2001-03-01", NOTE)], "the terms agreed are already in force", NEVER_ABOVE),
    ("LIF-4", "an amendment of what is gone", [CONVERTED, cn.Amendment("2001-03-01", STRAIGHT)], GONE, NEVER_ABOVE),
    ("AMD-1", "an amendment without consent", [cn.Amendment("2001-03-01", STRAIGHT)], "the note has no provision on consent", without("consent")),
    ("LIF-2", "a waiver before issue", [cn.Waiver("2000-02-15")], NOT_YET, NEVER_ABOVE),
    ("LIF-2", "no covenant to waive", [cn.Waiver("2003-04-01")], "there is no covenant default to waive", NEVER_ABOVE),
    ("LIF-2", "a notice that is not overdue", [CHANGE, cn.Waiver("2001-06-11", "notice")], "there is no notice default to waive", NEVER_ABOVE),
    ("LIF-2", "nothing is left to waive", [CONVERTED, cn.Waiver("2003-04-01")], GONE, NEVER_ABOVE),
    ("LIF-3", "a rescission before issue", [cn.Rescission("2000-02-15")], NOT_YET, NEVER_ABOVE),
    ("LIF-3", "nothing was declared due", [MISSED, cn.Rescission("2003-04-01")], "no acceleration has been declared", NEVER_ABOVE),
    ("LIF-3", "interest is still unpaid", [MISSED, cn.Acceleration("2003-03-20"), cn.Rescission("2003-04-01")], "an acceleration can be rescinded only once every default is cured; still open: interest", NEVER_ABOVE),
    ("LIF-3", "the coupon of a year later is unpaid too", [MISSED, cn.Acceleration("2003-03-20"), cn.Cure("2003-04-01"), cn.Rescission("2004-03-01")], "an acceleration can be rescinded only once every default is cured; still open: interest", NEVER_ABOVE),
    ("LIF-3", "the covenant is still broken", [BROKEN, cn.Acceleration("2003-05-01"), cn.Rescission("2003-06-01")], "an acceleration can be rescinded only once every default is cured; still open: covenant", NEVER_ABOVE),
    ("LIF-3", "after maturity", [MISSED, cn.Acceleration("2003-03-20"), cn.Rescission("2010-02-16")], "principal has been due since its maturity, 2010-02-16", NEVER_ABOVE),
    ("LIF-3", "nothing is left to rescind", [CONVERTED, cn.Rescission("2003-04-01")], GONE, NEVER_ABOVE),
    # --- adjustments
    ("ADJ-1", "before issue", [cn.Split("2000-02-15", 2, 1)], NOT_YET, NEVER_ABOVE),
    ("ADJ-1", "for nothing", [cn.Split("2001-02-15", 2, 0)], "adjustment old (ADJ-1): got 0; expected a number above 0", NEVER_ABOVE),
    ("ADJ-1", "no such provision", [cn.Split("2001-02-15", 2, 1)], "the note has no provision on adjustments", without("adjustment")),
    ("ADJ-1", "nothing to adjust", [cn.Split("2001-02-15", 2, 1)], "the note has no provision on adjustments", {"note": STRAIGHT}),
    ("ADJ-2", "below nothing", [cn.StockDividend("2001-02-15", -5, 100)], "adjustment shares (ADJ-2): got -5; expected a number above 0", NEVER_ABOVE),
    ("ADJ-3", "of nothing", [cn.RightsIssue("2001-02-15", 0, 100, 1000)], "adjustment shares (ADJ-3): got 0; expected a number above 0", NEVER_ABOVE),
    ("ADJ-4", "worth nothing", [cn.SpinOff("2001-02-15", 0)], "adjustment value (ADJ-4): got 0; expected a number above 0", NEVER_ABOVE),
    ("ADJ-5", "the whole share", [cn.CashDividend("2001-02-15", 50)], "adjustment cash (ADJ-5): got 50; expected less than the market price 50 (a larger one is a distribution: ADJ-4)", NEVER_ABOVE),
    ("ADJ-6", "all shares", [cn.TenderOffer("2001-02-15", 1000, 5000, 1000)], "adjustment shares (ADJ-6): got 1000; fewer than the 1000 outstanding", NEVER_ABOVE),
    ("ADJ-5", "a share that is gone", [cn.Merger("2001-02-15", cash=90), cn.CashDividend("2001-06-15", 5)], "adjustment market_price (ADJ-5): got 0; expected a number above 0", NEVER_ABOVE),
    ("ADJ-8", "for nothing", [cn.Merger("2001-02-15")], "Merger (ADJ-8): expected shares, cash or both, none below 0", NEVER_ABOVE),
    ("ADJ-8", "shares below nothing", [cn.Merger("2001-02-15", shares=-1, cash=10)], "Merger (ADJ-8): expected shares, cash or both, none below 0", NEVER_ABOVE),
    ("ADJ-8", "cash below nothing", [cn.Merger("2001-02-15", shares=1, cash=-10)], "Merger (ADJ-8): expected shares, cash or both, none below 0", NEVER_ABOVE),
]  # fmt: skip
