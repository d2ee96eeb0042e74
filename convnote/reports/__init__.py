"""A report on a note as one self-contained HTML page, each number linked to its rule.

It shows terms, findings, dates, a replay and the scenarios, needs no network and runs no script. Plots need Matplotlib;
without it the page says so and shows everything else. The report computes nothing itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from html import escape
from itertools import groupby
from pathlib import Path
from typing import Any

from convnote import files
from convnote.arithmetic import decimal, exactly
from convnote.errors import ConvnoteError, LifecycleError, MarketError, must_be
from convnote.lifecycle.events import Event
from convnote.lifecycle.payment_kinds import KINDS, OTHER_WAYS
from convnote.market import MarketHistory, available_scenarios, scenario, scenario_of
from convnote.market.named_series import FX
from convnote.note import ConvertibleNote
from convnote.printing import printable
from convnote.provisions import RULES
from convnote.provisions.conditions import conditions_of
from convnote.replays.ledger import Ledger, replay
from convnote.reports import pieces
from convnote.reports.pieces import link, rule_links
from convnote.reports.values import worth
from convnote.schedules import schedule
from convnote.tables import shown
from convnote.version import __version__

_PRINTED = {
    "note": "printed in the note",
    "cover": "printed on the cover of the prospectus",
    "convention": "a convention: the usual wording where the paper is silent",
}


@exactly
def html(
    note: ConvertibleNote,
    history: MarketHistory | None = None,
    *,
    events: Iterable[Event] | None = None,
    model: Any = None,
    **asked: Any,
) -> str:
    """The report on `note`, replayed over `history` (None: over its own scenario) with `events` as in `replay`.

    With a `model` of the share it has a section on the note's value, by `cn.price` with the keywords in `asked` (`credit`,
    `ignore`, `state`, `policy`, `options`). Amounts are in the note's currency. Raises the errors of `replay` for a history and
    events that were given, and those of `cn.price` for a model.

    >>> import convnote as cn
    >>> page = html(cn.load("amazon-peacs-2010"))
    >>> '<a href="#WDR-1">167.915</a>' in page and '<dt id="WDR-1">' in page
    True
    """
    must_be(note, ConvertibleNote, "report note", "expected a ConvertibleNote (see cn.load)")
    must_be(events, (Iterable, type(None)), "report events", "expected a list of events")
    recorded = None if events is None else list(events)
    parts = [
        _head(note, valued=model is not None),
        pieces.section("findings", "What does not add up", _findings(note)),
        pieces.section("dates", "Dates and rights", _dates(note)),
        pieces.section("payoff", "What a holder gets", _payoff(note)),
        pieces.section("value", "What it is worth", worth(note, model, asked)),
        pieces.section("replay", "Replay", _replay(note, history, recorded)),
        pieces.section("scenarios", "Scenarios", _scenarios(note)),
        pieces.section("terms", "Terms", _terms(note)),
        pieces.section("rules", "Rules", _rules(note)),
    ]
    title = escape(note.description or note.name)
    return printable(
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f'<title>{title}</title>\n<link rel="icon" href="data:,">\n<style>{pieces.STYLE}</style>\n</head>\n<body>\n'
        + "\n".join(filter(None, parts))
        + "\n</body>\n</html>\n"
    )


def write(
    path: str | Path,
    note: ConvertibleNote,
    history: MarketHistory | None = None,
    *,
    events: Iterable[Event] | None = None,
    model: Any = None,
    **asked: Any,
) -> Path:
    """Write the report to a file, in UTF-8, and return its path; arguments as in `html`.

    Raises the errors of `html`, and `TermsError` if the file cannot be written.
    """
    return files.write(path, html(note, history, events=events, model=model, **asked))


# --- the sections -----------------------------------------------------------------------------------------------------


def _head(note: ConvertibleNote, *, valued: bool) -> str:
    principal, lines = note.principal, []
    lines.append(f"{escape(note.currency)} {link(note.issue_size, 'ID-2')}, in Notes of {link(note.denomination, 'ID-4')}")
    lines.append(f"{link(note.issue_date, 'INT-1')} to {link(note.maturity_date, 'PRN-1')}")
    if note.interest.frequency:
        lines.append(f"{link(note.interest.rate_in_words, 'INT-1')} a year, {link(note.interest.day_count, 'INT-2')}")
    if note.conversion is not None:
        lines.append(
            f"converts at {link(note.conversion.price, 'CNV-3')}, {link(round(note.conversion.ratio(), 6), 'CNV-3')} shares "
            f"per {link(principal.denomination, 'ID-4')}"
        )
    if note.withdrawal is not None:
        lines.append(f"conversion can be withdrawn above {link(note.withdrawal.trigger, 'WDR-1')}")
    if note.redemption is not None:
        lines.append(f"redeemable from {link(note.redemption.first_date, 'RED-1')}")
    made = f'<p class="made">convnote {__version__}, {date.today().isoformat()}</p>'  # noqa: DTZ011 - the reader's local date
    names = [
        "findings",
        "dates",
        *(["value"] if valued else []),
        "replay",
        *(["scenarios"] if available_scenarios(note.name) else []),
        "terms",
        "rules",
    ]
    menu = " ".join(f'<a href="#{name}">{name}</a>' for name in names)
    facts = "".join(f"<li>{line}</li>" for line in lines)
    made += "".join(f"\n<p>{escape(line)}</p>" for line in note.caveats())
    return f"<header>\n<h1>{escape(note.description or note.name)}</h1>\n{made}\n<ul>{facts}</ul>\n<nav>{menu}</nav>\n</header>"


def _findings(note: ConvertibleNote) -> str:
    found = note.check()
    if not found:
        return "<p>Nothing was found that does not add up.</p>"
    return pieces.table(
        ("rule", "finding"),
        [(rule_links([each.rule]), pieces.words(each.message, each.rule if each.rule in RULES else "")) for each in found],
    )


def _dates(note: ConvertibleNote) -> str:
    rows = []
    for row in schedule(note):
        amount = "" if row.amount is None else link(round(decimal(row.amount), 6), row.rule)
        moved = "" if row.payment_date in (None, row.date) else link(row.payment_date, "INT-6")
        rows.append(
            (
                link(row.date, row.rule),
                escape(str(row.kind)),
                amount,
                moved,
                pieces.words(row.text, row.rule),
                rule_links([row.rule]),
            )
        )
    amounts = f"{note.currency} per {shown(note.denomination)}"
    table = pieces.table(("date", "what", amounts, "paid on", "in words", "rule"), rows, figures=(2,))
    picture = pieces.picture(lambda ax: pieces.plots().timeline(note, ax=ax), "Dates, windows and rights", 4.4)
    return f"{picture}\n<details><summary>All {len(rows)} dates</summary>\n{table}\n</details>"


def _payoff(note: ConvertibleNote) -> str:
    if note.conversion is None:
        return ""
    if note.conversion.fixed_rate is not None:
        reason = f"it depends on the market's exchange rate, {note.closes_currency} for one {note.currency}"
        return f"<p>No picture of the payoff: {pieces.words(reason, 'FXF-1')}.</p>"
    if note.exchange is not None and note.exchange.further:
        return (
            f"<p>No picture of the payoff: {pieces.words('it depends on the closes of several kinds of property', 'EXC-1')}.</p>"
        )
    return pieces.picture(lambda ax: pieces.plots().payoff(note, ax=ax), "What a holder gets against the share price")


def _replay(note: ConvertibleNote, history: MarketHistory | None, events: list[Event] | None) -> str:
    if history is None:
        name = scenario_of(note.name)
        if name is None:
            reason = f"no closes were given, and no bundled scenario is for {note.name}: give closes in {note.closes_currency}"
            if events is not None:
                raise MarketError(reason, field="report history", rule="CUR-1")
            return f"<p>No replay: {pieces.words(reason)} (CUR-1).</p>"
        history = scenario(name)
        try:
            ledger = replay(note, history, events=events)
        except ConvnoteError as error:
            if events is not None:
                raise
            return f"<p>No replay over the scenario {escape(name)}: {pieces.words(str(error))}</p>"
    else:
        ledger = replay(note, history, events=events)
    pictures = []
    lived = (history.days >= note.principal.issue_day) & (history.days <= note.principal.maturity_day)
    needed = [FX] if note.conversion is not None and note.conversion.fixed_rate is not None else []
    needed += [each.share for each in note.exchange.further] if note.exchange is not None else []
    valued = note.conversion is not None and all(name in history.series for name in needed)
    if valued and lived.any():
        draw = _plots_of("parity_history", note, history, events)
        pictures.append(pieces.picture(draw, "Conversion value and par", 4.0))
    if lived.any() and (note.withdrawal is not None or conditions_of(note)):
        draw = _plots_of("trigger_window", note, history, events)
        words = "Closes against the level on which a right depends, and how many of the last closes count"
        pictures.append(pieces.picture(draw, words, 4.2))
    noticed = "".join(f"<p>{pieces.words(each, 'DAY-1')}.</p>" for each in history.notes)
    return "\n".join([*pictures, _ledger(ledger), _totals(ledger), noticed])


def _totals(ledger: Ledger) -> str:
    """The totals, and the notes that a reader needs with them."""
    state, note = ledger.state, ledger.note
    main = {entry.kind: entry.rules[0] for entry in reversed(ledger.entries) if entry.cash}
    rows = [(f"cash, {kind}", link(ledger.total(kind), rule)) for kind, rule in sorted(main.items())]
    rows += [(f"principal {how}", link(decimal(gone), _rule_gone(ledger, how))) for how, gone in state.retired.items()]
    rows.append(("principal outstanding", link(state.outstanding, "PRN-1")))
    if state.convertible:
        rows.append(("conversion price", link(state.conversion_price, "CNV-3")))
    lines = [f"Status at the end of {link(state.on, 'PRN-1')}: {escape(str(state.status))}"]
    for on, rule, words in ledger.open_rights:
        lines.append(f"No decision on record, {pieces.words(f'{on}: {words}', rule)} {rule_links([rule])}")
    lines += [f"Passed over: {pieces.words(warning, 'DAY-1')}" for warning in ledger.warnings]
    said = "".join(f"<li>{line}</li>" for line in [*lines, f"Closes: {escape(ledger.source)}"])
    table = pieces.table(("total", note.currency), [(escape(name), value) for name, value in rows], figures=(1,))
    return f"{table}\n<ul>{said}</ul>"


def _rule_gone(ledger: Ledger, how: str) -> str:
    """The rule by which principal was retired in this way: that of the ledger entry, or of that kind of payment."""
    ways = {kind.entry: kind for kind in KINDS.values() if kind.gone == how}
    cited = [entry.rules[0] for entry in ledger if entry.kind in ways]
    usual = [kind.rules[0] for kind in ways.values()]
    return OTHER_WAYS.get(how) or next(iter(cited + usual))


def _plots_of(name: str, note: ConvertibleNote, history: MarketHistory, events: list[Event] | None) -> Callable[[Any], Any]:
    return lambda ax: getattr(pieces.plots(), name)(note, history, events=events, ax=ax)


def _ledger(ledger: Ledger) -> str:
    rows = []
    for entry in ledger:
        main = entry.rules[0]
        moved = link(entry.payment_date, "INT-6") if entry.cash and entry.payment_date != entry.date else ""
        cash = link(entry.cash, main) if entry.cash else ""
        shares = link(entry.shares, main) if entry.shares else ""
        rows.append((link(entry.date, main), moved, cash, shares, pieces.words(entry.text, main), rule_links(entry.rules)))
    columns = ("date", "paid on", f"cash {ledger.note.currency}", "shares", "what happened", "rules")
    return pieces.table(columns, rows, figures=(2, 3))


def _scenarios(note: ConvertibleNote) -> str:
    rows, remarks = [], []
    for name in available_scenarios(note.name):
        history = scenario(name)
        try:
            try:
                ledger = replay(note, history)
            except LifecycleError as refused:
                remarks.append(f"{name}: its decisions are left out, for they do not fit this note. {refused}")
                ledger = replay(note, history, events=[])
        except ConvnoteError as error:
            remarks.append(f"{name}: no replay. {error}")
            continue
        met = [link(entry.date, "WDR-1") for entry in ledger.of_kind("trigger-met")]
        price, made_whole = ledger.state.conversion_price, ledger.of_kind("make-whole")
        rows.append(
            (
                f"<strong>{escape(name)}</strong>",
                met[0] if met else "never" if note.withdrawal else "",
                "" if price is None else link(price, "RST-2" if note.reset else "CNV-3"),
                escape(str(ledger.state.status)),
                link(ledger.total("coupon"), "INT-1"),
                link(ledger.total("make-whole"), made_whole[0].rules[0]) if made_whole else "",
                link(ledger.total("maturity"), "PRN-1"),
            )
        )
    if not rows and not remarks:
        return ""
    columns = ("scenario", "trigger met", "price at the end", "status", "coupons", "make-whole", "principal")
    table = pieces.table(columns, rows, figures=(2, 4, 5, 6)) if rows else ""
    words = f"The bundled scenarios are not forecasts; all but as-it-was are invented. Cash in {note.currency}."
    return f"{table}<p>{escape(words)}</p>" + "".join(f"<p>{pieces.words(remark)}</p>" for remark in remarks)


def _terms(note: ConvertibleNote) -> str:
    parts = []
    for part, lines in groupby(note.table().rows, key=lambda row: row[0]):
        rows = [
            (escape(setting.replace("_", " ")), link(value, rule), rule_links([rule]), escape(authority))
            for _, setting, value, rule, authority in lines
        ]
        table = pieces.table(("setting", "value", "rule", "authority"), rows)
        parts.append(f"<h3>{escape(part.replace('_', ' '))}</h3>\n{table}")
    return "\n".join(parts)


def _rules(note: ConvertibleNote) -> str:
    lines = []
    for name, rule in RULES.items():
        printed = "; ".join(_PRINTED.get(each, f"printed in the {each}") for each in note.authority(name).split("+"))
        where = f'<span class="authority">[{escape(printed)}]</span>'
        lines.append(f'<dt id="{name}">{name}</dt>\n<dd>{escape(rule.says)} {where}</dd>')
    return "<dl>\n" + "\n".join(lines) + "\n</dl>"
