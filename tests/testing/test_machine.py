"""The machine: what an engine must have and may have, how a difference is told, and the state machine for pytest."""

from __future__ import annotations

import dataclasses
import subprocess
import sys
from datetime import date

import pytest
from hypothesis import Phase, settings
from hypothesis.stateful import run_state_machine_as_test

import convnote as cn
from convnote.lifecycle import events as ev
from convnote.testing import Batch, Lockstep, Ours, Paid, Refused, SpelledHistory, check_engine, live, notes, state_machine
from convnote.testing.differences import written_event
from convnote.testing.engine import Step, allowed, steps_of

NOTE = cn.load("amazon-peacs-2010")
CALM = SpelledHistory(NOTE, [("1999-11-01", 100)])


class OnlyCash:
    """The least an engine can be: our payments, and nothing else to ask."""

    def __init__(self, note, history):
        self.ours = Ours(note, history)

    def advance(self, until, events):
        return [(row.date, row.cash, row.shares) for row in self.ours.advance(until, events)]


def test_one_method_is_enough():
    report = check_engine(OnlyCash, examples=60)
    assert report.ok, str(report)
    assert report.refusals  # what the note forbids was not fed to it


@pytest.mark.parametrize(
    ("name", "answer", "what"),
    [
        ("conversion_price", lambda engine: 1, "conversion price"),
        ("outstanding", lambda engine: 1, "outstanding"),
        ("status", lambda engine: "lost", "status"),
    ],
)
def test_what_an_engine_has_besides_is_compared(name, answer, what):
    engine = type("More", (OnlyCash,), {name: answer})
    assert live(engine, NOTE, CALM, []).what == what


def test_an_engine_that_judges_must_refuse_what_the_note_forbids():
    engine = type("Judge", (OnlyCash,), {"judges": True, "advance": lambda self, until, events: []})
    difference = live(engine, NOTE, CALM, [cn.Convert("2000-03-01", 1500)])
    assert difference.what == "what is allowed"
    assert difference.ours.startswith("refused by CNV-1")


def test_an_engine_that_refuses_what_is_allowed_differs():
    class Stubborn(OnlyCash):
        judges = True

        def advance(self, until, events):
            if events:
                raise Refused
            return super().advance(until, events)

    difference = live(Stubborn, NOTE, CALM, [cn.Convert("2000-03-01", 1000)])
    assert difference.what == "the answer" and "Refused" in difference.theirs


def test_an_engine_that_breaks_is_a_difference_and_no_error_of_the_kit():
    difference = live(lambda note, history: 1 / 0, NOTE, CALM, [])
    assert difference.what == "making the engine" and "ZeroDivisionError" in difference.theirs


def test_the_day_of_payment_is_compared_where_it_is_given():
    def paid_when_due(note, history, events, until):
        rows = cn.replay(note, history, events=events, until=until).entries
        return [Paid(row.date, row.cash, row.shares, row.date) for row in rows if row.cash]

    difference = live(Batch.of(paid_when_due), NOTE, CALM, [])
    assert difference.what == "payment date of the cash of 2002-02-16"
    assert (difference.ours, difference.theirs) == ("2002-02-19", "2002-02-16")


def test_a_batch_answers_whole_lives():
    def rows(note, history, events, until):
        return [(row.date, row.cash, row.shares) for row in cn.replay(note, history, events=events, until=until).entries]

    events = [cn.Convert("2000-03-01", 1000), cn.Convert("2005-03-01", 2000)]
    assert live(Batch.of(rows), NOTE, CALM, events) is None


def test_a_price_is_compared_to_nine_decimals():
    both = Lockstep(NOTE, CALM, type("Price", (OnlyCash,), {"conversion_price": lambda self: 104.9470000004}))
    assert both.step(Step(date(2000, 3, 1), ())) is None
    both = Lockstep(NOTE, CALM, type("Price", (OnlyCash,), {"conversion_price": lambda self: 104.947000001}))
    assert both.step(Step(date(2000, 3, 1), ())) is not None


def test_a_refused_step_leaves_ours_where_it_stood():
    ours = Ours(NOTE, CALM)
    first = ours.advance(date(2000, 3, 1), [cn.Convert("2000-03-01", 1000)])
    before = ours.state
    with pytest.raises(cn.LifecycleError):
        ours.advance(date(2001, 3, 1), [cn.Convert("2001-03-01", 1500)])
    assert ours.state is before and [row.shares for row in first] == [9]
    rest = ours.advance(date(2010, 2, 16), [])
    whole = cn.replay(NOTE, CALM, events=[cn.Convert("2000-03-01", 1000)])
    assert [(row.date, row.cash, row.shares) for row in first + rest] == [(e.date, e.cash, e.shares) for e in whole]
    assert ours.ledger().entries == whole.entries


def test_steps_are_the_days_on_which_events_act():
    events = [cn.Convert("2002-02-16", 1000), cn.Split("2002-02-19", 2, 1), cn.FundamentalChange("2002-02-17")]
    steps = steps_of(NOTE, events)
    assert [step.until for step in steps] == [date(2002, 2, 17), date(2002, 2, 19)]
    assert [type(event).__name__ for event in steps[1].events] == ["Split", "Convert"]


def test_what_is_not_allowed_is_left_out():
    events = [cn.Convert("2000-03-01", 1000), cn.Convert("2000-03-02", 1500), cn.Convert("2000-03-03", 2000)]
    assert allowed(NOTE, CALM, events) == [events[0], events[2]]


def test_events_are_written_as_python():
    event = cn.RedemptionNotice("2003-01-21", "2003-02-20", 5000)
    assert written_event(event) == "cn.RedemptionNotice('2003-01-21', redemption_date='2003-02-20', principal=5000)"
    assert eval(written_event(event)) == event


def test_the_same_seed_finds_the_same():
    wrong = type("Wrong", (OnlyCash,), {"conversion_price": lambda self: 104.947})
    first, second = (check_engine(wrong, examples=200, seed=5) for _ in range(2))
    assert str(first.difference) == str(second.difference)
    assert first.found_after[0] == second.found_after[0]


def test_a_note_or_notes():
    with pytest.raises(cn.TermsError, match="either a note or"):
        check_engine(Ours, note=NOTE, notes=notes())
    assert check_engine(Ours, note=cn.load("afv-2003"), examples=20).ok


def test_the_state_machine_passes_ours_and_fails_a_fault():
    run_state_machine_as_test(
        state_machine(Ours, notes=notes()), settings=settings(max_examples=15, deadline=None, database=None)
    )
    wrong = type("Wrong", (OnlyCash,), {"conversion_price": lambda self: 104.947})
    unshrunk = settings(max_examples=50, deadline=None, database=None, phases=[Phase.generate])
    with pytest.raises(AssertionError, match="conversion price differs"):
        run_state_machine_as_test(state_machine(wrong), settings=unshrunk)


def test_the_plugin_registers_profiles_and_is_asked_for(tmp_path):
    test = tmp_path / "test_it.py"
    test.write_text(
        "from hypothesis import Phase, settings\n"
        "def test_profiles():\n"
        "    assert settings.get_profile('quick').max_examples < settings.get_profile('ci').max_examples\n"
        "    ci = settings.get_profile('ci')\n"
        "    assert ci.derandomize and settings().max_examples == ci.max_examples\n"
        "    assert settings.get_profile('thorough').max_examples >= 1000\n"
    )
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--rootdir", str(tmp_path), str(test)]
    asked = [*command, "-p", "convnote.testing.plugin", "--hypothesis-profile", "ci"]
    done = subprocess.run(asked, capture_output=True, text=True, cwd=ROOT)
    assert done.returncode == 0, done.stdout + done.stderr
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT)
    assert done.returncode == 1 and "quick" in done.stdout


ROOT = cn.__path__[0].rsplit("/", 1)[0]


def test_importing_the_library_does_not_import_the_kit_nor_hypothesis():
    program = "import sys, convnote; print(any(name.startswith(('hypothesis', 'convnote.testing')) for name in sys.modules))"
    assert (
        subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=ROOT).stdout == "False\n"
    )
    program = "import sys; from convnote.testing import write_cases; print('hypothesis' in sys.modules)"
    assert (
        subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=ROOT).stdout == "False\n"
    )


def made(answer):
    """An engine that always answers the same."""

    class Same:
        def __init__(self, note, history):
            pass

        def advance(self, until, events):
            return answer(until)

    return Same


FORM = "rows of (date, cash), (date, cash, shares) or (date, cash, shares, payment_date)"


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (lambda until: None, f"their answer: got None; advance gives {FORM}"),
        (lambda until: "5", f"their answer: got '5'; advance gives {FORM}"),
        (lambda until: [("2001-02-16", 5)], f"their answer[0]: got ('2001-02-16', 5); expected {FORM}"),
        (lambda until: [(None, 5)], f"their answer[0]: got (None, 5); expected {FORM}"),
        (lambda until: [(until, 5, 0, "soon")], f"their answer[0]: got {(date(2010, 2, 16), 5, 0, 'soon')!r}; expected {FORM}"),
        (lambda until: [(until,)], f"their answer[0]: got {(date(2010, 2, 16),)!r}; expected {FORM}"),
        (lambda until: [(until, 1), {"cash": 1}], f"their answer[1]: got {{'cash': 1}}; expected {FORM}"),
        (lambda until: [(until, "much")], f"their answer[0]: got {(date(2010, 2, 16), 'much')!r}; expected a finite number"),
        (lambda until: [(until, 1, None)], f"their answer[0]: got {(date(2010, 2, 16), 1, None)!r}; expected a finite number"),
    ],
)
def test_an_answer_of_another_form_is_told_row_by_row(answer, told):
    difference = live(made(answer), NOTE, CALM, [])
    assert difference.what == "the form of the answer" and str(difference.theirs) == told
    assert str(difference.ours).startswith("(2001-02-16, 47,567,465.75, 0), (2002-02-16, 47,437,500.00, 0)")


@pytest.mark.parametrize(
    ("ask", "told"),
    [
        ({"engine": "mine"}, "check_engine engine: got 'mine'; expected a class or a function of (note, history)"),
        ({"engine": lambda note, history: 5}, "engine: got int; expected an engine with a method advance(until, events)"),
        ({"examples": 0}, "check_engine examples: got 0; expected a whole number of 1 or more"),
        ({"examples": 1.5}, "check_engine examples: got 1.5; expected a whole number of 1 or more"),
        ({"kinds": ["Convert"]}, "kinds: got 'Convert'; expected kinds of event, of: cn.MissedPayment, cn.Split, "),
        ({"kinds": [ev.CouponDue]}, "kinds: got CouponDue; expected kinds of event, of: cn.MissedPayment, cn.Split, "),
        ({"note": NOTE, "notes": notes()}, "check_engine notes: expected either a note or a strategy of notes"),
    ],
)
def test_what_cannot_be_checked_is_refused_in_words(ask, told):
    with pytest.raises(cn.TermsError) as error:
        check_engine(**{"engine": Ours, "examples": 2, **ask})
    assert str(error.value).startswith(told)


def test_a_state_machine_fails_once_with_the_first_difference_and_no_more():
    never_pays = made(lambda until: [])
    with pytest.raises(AssertionError) as failure:  # one, and no group of several
        state_machine(never_pays, kinds=[cn.Split]).TestCase().runTest()
    told = str(failure.value)
    assert "cash of 2001-02-16 differs" in told and "the events: none" in told
    noted = "\n".join(getattr(failure.value, "__notes__", []))
    assert "ConvertibleNote(" not in noted and "any other generated value" not in noted and len(noted.splitlines()) < 15


def test_a_note_that_fails_an_example_is_shown_in_as_many_lines_as_it_has_parts():
    from hypothesis.vendor.pretty import pretty

    shown, parts = pretty(NOTE), [each for each in dataclasses.fields(NOTE) if each.repr]
    assert len(shown.splitlines()) == len(parts) + len(NOTE.identity) - 1
    assert shown.count("Interest(") == 1 and "trigger=Decimal('167.915')" in shown


def test_stl1_what_happens_after_maturity_comes_before_what_is_settled_later():
    """A conversion near maturity is settled in March; the issuer defaults the day after maturity."""
    terms = cn.provisions.SettlementTerms(method="cash", observation=10)
    note = dataclasses.replace(NOTE, settlement=terms)
    history = SpelledHistory(note, [("1999-11-01", 100)])
    missed = [cn.Convert("2010-02-12", 1000), cn.MissedPayment("2010-02-16", of="principal")]
    assert live(Ours, note, history, [*missed, cn.Default("2010-02-17", "0.4")]) is None
    ours = Ours(note, history)
    ours.advance(date(2010, 2, 12), missed[:1])
    paid = ours.advance(date(2010, 2, 16), [])
    assert all(row.date <= date(2010, 2, 16) for row in paid)
    assert [row.date.year for row in ours.advance(date(2011, 2, 16), []) if row.cash] == [2010]
