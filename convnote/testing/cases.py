"""Reference cases for any language: lives and questions as JSON, with the answers of this library and the rules that gave them.

`write_cases` makes them, `read_cases` reads them, `run_case` answers one anew. Does not need Hypothesis. A number is a
string of its digits (or of a fraction such as "1/3"), a day is YYYY-MM-DD; `schema.json` beside the cases defines the rest.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import lru_cache
from itertools import chain
from pathlib import Path
from typing import Any

from convnote.arithmetic import decimal, exceeds, fraction
from convnote.calendars import day_number, to_date
from convnote.errors import LifecycleError, MarketError, TermsError
from convnote.files import write_all
from convnote.lifecycle import events as ev
from convnote.note import PROVISIONS, ConvertibleNote
from convnote.printing import json_text
from convnote.provisions import RULES
from convnote.replays.ledger import Ledger, replay
from convnote.tables import in_units
from convnote.testing.all_turns import TURNS
from convnote.testing.boundaries import BOUNDARIES
from convnote.testing.differences import fields_of
from convnote.testing.edges import ADDED, Edge, bundled
from convnote.testing.questions import ADDED_QUESTIONS, ASKED, QUESTIONS, Question
from convnote.testing.schema import SCHEMA
from convnote.testing.spells import SpelledHistory
from convnote.testing.stories import Pick, first_of, seeded
from convnote.testing.turns import Turn

#: Seeds of the cases drawn in addition to the simplest one of each boundary and turn.
SEEDS = (1, 2)
#: The events supported by the independent walk of the paper that this library's tests keep.
_WALKED = (
    "Convert",
    "WithdrawalNotice",
    "RedemptionNotice",
    "FundamentalChange",
    "FundamentalChangeNotice",
    "RepurchaseElection",
    "RepurchaseElectionWithdrawal",
    "MissedPayment",
    "Cure",
    "Split",
)

Case = dict[str, Any]


# --- writing ------------------------------------------------------------------------------------------------


def digits(value: Any) -> Any:
    """A value as a case holds it: numbers as digits or as a fraction, days as YYYY-MM-DD, a note as its terms.

    >>> digits(decimal("84.8830")), digits(fraction("1/3")), digits(date(2000, 2, 16)), digits(3)
    ('84.883', '1/3', '2000-02-16', 3)
    """
    if value is None or isinstance(value, (bool, str, int)):
        return str(value) if isinstance(value, str) else value
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, ConvertibleNote):
        return terms_of(value)
    if isinstance(value, Mapping):
        return {str(key): digits(each) for key, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [digits(each) for each in value]
    exact = fraction(value)
    shown = decimal(exact)
    return f"{shown.normalize():f}" if fraction(shown) == exact else str(exact)


def terms_of(note: ConvertibleNote) -> dict[str, Any]:
    """The terms of a note as plain JSON: a table for each provision, a key for each setting.

    >>> terms_of(bundled())["withdrawal"]["trigger"]
    '167.915'
    """
    terms: dict[str, Any] = {"name": note.name}
    for name, part in note.provisions():
        values = {each.name: part.stated(each.name) for each in part.settings()}
        kinds = {each.name: each.metadata["kind"] for each in part.settings()}
        terms[name] = {key: digits(kinds[key].as_toml(value)) for key, value in values.items() if value is not None}
    if note.principal.certificates:
        terms["principal"]["certificates"] = digits(note.principal.certificates)
    return terms


def note_of(terms: Mapping[str, Any]) -> ConvertibleNote:
    """The note that the terms of a case describe; a case has no identity or authorities."""
    return _note_of(json.dumps(terms))


@lru_cache(maxsize=64)
def _note_of(written: str) -> ConvertibleNote:
    """Most cases are of the same few notes."""
    terms = json.loads(written)
    parts = {name: PROVISIONS[name](**table) for name, table in terms.items() if name in PROVISIONS}
    return ConvertibleNote(name=terms["name"], **parts)  # type: ignore[arg-type]


def _life(
    rule: str, side: str, note: ConvertibleNote, history: SpelledHistory, events: Sequence[ev.Event], until: date | None
) -> Case:
    return {
        "kind": "life",
        "rule": rule,
        "side": side,
        "terms": terms_of(note),
        "market": market_of(history),
        "events": [{"kind": type(event).__name__, "on": to_date(event.day).isoformat(), **_said(event)} for event in events],
        "until": digits(until),
        "checked": _is_walked(note, events),
    }


def market_of(history: SpelledHistory) -> dict[str, Any]:
    """The closes of a history as a case holds them, and its other series where it has any."""
    market: dict[str, Any] = {"closes": [[on.isoformat(), digits(close)] for on, close in history.steps]}
    if history.series:
        market["series"] = {
            name: [[to_date(day).isoformat(), digits(value)] for day, value in each.values.items()]
            for name, each in history.series.items()
        }
    return market


def history_of(note: ConvertibleNote, market: Mapping[str, Any]) -> SpelledHistory:
    """The history that the market of a case describes."""
    series = {name: dict(pairs) for name, pairs in market.get("series", {}).items()}
    return SpelledHistory(note, market["closes"], series)


def _said(event: ev.Event) -> dict[str, Any]:
    return {name: digits(getattr(event, name)) for name in fields_of(event)}


def event_of(table: dict[str, Any]) -> ev.Event:
    """The event that a case describes; a ratio such as "1/3" is read as a number, a table as the terms of a note."""
    ratios = {name: fraction(value) for name, value in table.items() if isinstance(value, str) and _RATIO.fullmatch(value)}
    terms = {name: note_of(value) for name, value in table.items() if isinstance(value, Mapping)}
    return ev.from_table({**table, **ratios, **terms})


_RATIO = re.compile(r"-?\d+/\d+", re.ASCII)


def _is_walked(note: ConvertibleNote, events: Sequence[ev.Event]) -> bool:
    """True if the tests' independent walk supports this case, so that the tests compare it."""
    if note != bundled():
        return False
    kinds = [type(event).__name__ for event in events]
    whole = all(event.day <= note.principal.maturity_day for event in events)
    interest = all(getattr(event, "of", "interest") == "interest" for event in events)
    # The walk supports one call at a time, only multiples it can represent, and no event before the issue date.
    calls = kinds.count("RedemptionNotice") <= 1 and not {"RedemptionNotice", "FundamentalChange"} <= set(kinds)
    lived = all(event.day >= note.principal.issue_day for event in events)
    days = [event.day for event in events if isinstance(event, ev.MissedPayment)]
    missed = set(days) <= set(note.interest.due_days)
    cured = all(days and min(days) <= event.day for event in events if isinstance(event, ev.Cure))
    splits = all(exceeds(event.new, 0) for event in events if isinstance(event, ev.Split))
    changes = all(event.day < note.principal.maturity_day for event in events if isinstance(event, ev.FundamentalChange))
    return set(kinds) <= set(_WALKED) and whole and interest and calls and lived and missed and cured and splits and changes


def made_cases() -> Iterator[Case]:
    """Every case, with its expected answer: boundaries, turns, questions; the same on every machine."""
    for case in unanswered_cases():
        yield {**case, "expected": run_case(case)}


def unanswered_cases() -> Iterator[Case]:
    """Every case without its answer; its name starts with its rule."""
    count: dict[str, int] = {}
    for case in _unanswered():
        count[case["rule"]] = count.get(case["rule"], 0) + 1
        yield {"id": f"{case['rule']}-{count[case['rule']]:02}-{case['side']}", **case}


def _unanswered() -> Iterator[Case]:
    """The first 515 cases in the order of their numbers, all drawn from one source; then those added since."""
    seen: set[str] = set()
    for pick in (first_of, *map(seeded, SEEDS)):
        for rule, make in _lives_of(BOUNDARIES, TURNS):
            if make not in ADDED:
                yield from _new(seen, *_both_sides(rule, make(pick)))
    yield from map(_asked, QUESTIONS)
    count: Counter[str] = Counter()
    for rule, make in _lives_of(BOUNDARIES, TURNS):
        if make in ADDED:
            count[rule] += 1
            for pick in (first_of, *(seeded(f"{seed} {rule} {count[rule]}") for seed in SEEDS)):
                yield from _new(seen, *_both_sides(rule, make(pick)))
    yield from map(_asked, ADDED_QUESTIONS)


def _lives_of(*lists: Iterable[tuple[str, Callable[[Pick], Edge | Turn]]]) -> Iterator[tuple[str, Callable[[Pick], Edge | Turn]]]:
    return chain.from_iterable(lists)


def _both_sides(rule: str, found: Edge | Turn) -> list[Case]:
    if isinstance(found, Edge):
        sides = (("allowed", found.inside), ("forbidden", found.outside))
        return [_life(rule, side, found.note, found.history, events, None) for side, events in sides]
    lives = (("one", found.one), ("other", found.other))
    return [_life(rule, side, life.note, life.history, life.events, life.until) for side, life in lives]


def _asked(question: Question) -> Case:
    rule, side, ask, arguments = question
    return {"kind": "question", "rule": rule, "side": side, "ask": ask, "arguments": digits(arguments), "checked": False}


def _new(seen: set[str], *cases: Case) -> Iterator[Case]:
    for case in cases:
        text = json.dumps(case, sort_keys=True)
        if text not in seen:
            seen.add(text)
            yield case


def write_cases(out: str | Path) -> int:
    """Write all cases to a folder, one JSON file each, with `schema.json`, `calendars.json` and `index.json`; return the count.

    Raises `TermsError` if the folder cannot be written.
    """
    folder = Path(out)
    index: dict[str, Any] = {rule: {"says": line.says, "cases": []} for rule, line in RULES.items()}
    written: dict[Path, str] = {}
    for case in made_cases():
        written[folder / f"{case['id']}.json"] = _json(case)
        index[case["rule"]]["cases"].append(case["id"])
    total = len(written)
    written[folder / "schema.json"] = _json(SCHEMA)
    written[folder / "calendars.json"] = _json(_calendars())
    written[folder / "index.json"] = _json({"cases": total, "rules": index})
    write_all(written)
    return total


def _json(value: Any) -> str:
    return json_text(value, indent=1) + "\n"


def _calendars() -> dict[str, list[str]]:
    """The open days of each calendar, so that a reader does not need its own holiday list (DAY-1, DAY-2)."""
    terms = bundled().principal
    first, last = int(day_number("1999-11-01")), int(day_number("2011-12-31"))
    days = {"trading_days": terms.sessions, "business_days": terms.banks}
    return {name: [to_date(day).isoformat() for day in calendar.between(first, last)] for name, calendar in days.items()}


# --- reading and running ------------------------------------------------------------------------------------


def read_cases(folder: str | Path) -> list[Case]:
    """The cases of a folder, by name.

    Raises `TermsError` for a folder without an index, and for a case that is missing.
    """
    place = Path(folder)
    try:
        index = json.loads((place / "index.json").read_text(encoding="utf-8"))
        names = [name for rule in index["rules"].values() for name in rule["cases"]]
        return [json.loads((place / f"{name}.json").read_text(encoding="utf-8")) for name in names]
    except (OSError, ValueError, KeyError) as error:
        raise TermsError(f"expected a folder that `convnote cases --out` wrote: {error}", field=str(place)) from None


def run_case(case: Mapping[str, Any]) -> dict[str, Any]:
    """This library's answer to a case, which `expected` must equal.

    >>> case = next(made_cases())
    >>> case["id"], run_case(case) == case["expected"]
    ('CNV-1-01-allowed', True)
    """
    if case["kind"] == "question":
        try:
            return {"answer": digits(ASKED[case["ask"]](bundled(), **case["arguments"]))}
        except (TermsError, MarketError) as error:
            return {"refused": {"rule": error.rule}}
    return answer_of(lived(case))


def lived(case: Mapping[str, Any]) -> Ledger | LifecycleError:
    """The ledger of a life, or the error that refuses it."""
    note = note_of(case["terms"])
    history = history_of(note, case["market"])
    try:
        return replay(note, history, events=list(map(event_of, case["events"])), until=case["until"])
    except LifecycleError as error:
        return error


def answer_of(outcome: Ledger | LifecycleError) -> dict[str, Any]:
    """The answer of a life as a case holds it."""
    if isinstance(outcome, LifecycleError):
        return {"refused": {"rule": outcome.rule, "event": type(outcome.event).__name__, "on": outcome.event.on.isoformat()}}
    return _answer(outcome)


def _answer(ledger: Ledger) -> dict[str, Any]:
    state = ledger.state
    entries = [
        {
            "date": entry.date.isoformat(),
            "payment_date": entry.payment_date.isoformat(),
            "kind": entry.kind,
            "principal": digits(entry.principal),
            "cash": f"{in_units(entry.cash, ledger.note.currency):f}",
            "shares": entry.shares,
            "rules": list(entry.rules),
        }
        for entry in ledger.entries
    ]
    return {
        "entries": entries,
        "status": str(state.status),
        "outstanding": digits(state.outstanding),
        "conversion_price": digits(state.price),
        "retired": digits(dict(state.retired)),
    }
