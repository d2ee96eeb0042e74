"""A report on a note as one self-contained HTML page, each number linked to its rule.

It has terms, findings, dates, a replay and the scenarios, needs no network and runs no script. Pictures need Matplotlib;
without it the page says so and has the rest. It shows what other rooms found and computes nothing.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from html import escape
from itertools import groupby
from pathlib import Path
from typing import Any

from convnote import files
from convnote.arithmetic import decimal, exactly
from convnote.errors import ConvnoteError, LifecycleError, MarketError, must_be
from convnote.lifecycle.claims import KINDS
from convnote.lifecycle.events import Event
from convnote.market import MarketHistory, available_scenarios, scenario
from convnote.note import ConvertibleNote
from convnote.printing import printable
from convnote.provisions import RULES
from convnote.replays.ledger import Ledger
from convnote.replays.walk import replay
from convnote.schedules import schedule
from convnote.tables import shown
from convnote.version import __version__

#: rule ids, days and figures in a sentence (not those of an escaped character)
_LINKED = re.compile(
    rf"\b(?P<id>{'|'.join(map(re.escape, sorted(RULES, key=len, reverse=True)))})\b"
    r"|(?<![\w#&-])(?P<figure>\d{4}-\d\d-\d\d|-?\d+(?:,\d{3})*(?:\.\d+)?%?)(?![\w-])"
)
_PRINTED = {
    "note": "printed in the note",
    "cover": "printed on the cover of the prospectus",
    "convention": "a convention: the usual wording where the paper is silent",
}


@exactly
def html(note: ConvertibleNote, history: MarketHistory | None = None, *, events: Iterable[Event] | None = None) -> str:
    """The report on `note`, replayed over `history` (None: "as-it-was", if it is for this note) with `events` as `replay` has it.

    Amounts are in the note's currency. Raises what `replay` raises for a history and events that were given.

    >>> import convnote as cn
    >>> page = html(cn.load("amazon-peacs-2010"))
    >>> '<a href="#WDR-1">167.915</a>' in page and '<dt id="WDR-1">' in page
    True
    """
    must_be(note, ConvertibleNote, "report note", "a ConvertibleNote is needed (see cn.load)")
    must_be(events, (Iterable, type(None)), "report events", "a list of events is needed")
    recorded = None if events is None else list(events)
    parts = [
        _head(note),
        _section("findings", "What does not add up", _findings(note)),
        _section("dates", "Dates and rights", _dates(note)),
        _section("payoff", "What a holder gets", _payoff(note)),
        _section("replay", "Replay", _replay(note, history, recorded)),
        _section("scenarios", "Scenarios", _scenarios(note)),
        _section("terms", "Terms", _terms(note)),
        _section("rules", "Rules", _rules(note)),
    ]
    title = escape(note.description or note.name)
    return printable(
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f'<title>{title}</title>\n<link rel="icon" href="data:,">\n<style>{_STYLE}</style>\n</head>\n<body>\n'
        + "\n".join(filter(None, parts))
        + "\n</body>\n</html>\n"
    )


def write(
    path: str | Path, note: ConvertibleNote, history: MarketHistory | None = None, *, events: Iterable[Event] | None = None
) -> Path:
    """Write the report to a file, in UTF-8, and return its path.

    Raises what `html` raises, and `TermsError` where the file cannot be written.
    """
    return files.write(path, html(note, history, events=events))


# --- pieces of a page -------------------------------------------------------------------------------------------------


def _section(name: str, heading: str, body: str) -> str:
    return f'<section id="{name}">\n<h2>{escape(heading)}</h2>\n{body}\n</section>' if body else ""


def _link(value: Any, rule: str) -> str:
    """A value that leads to its rule."""
    return f'<a href="#{escape(rule)}">{escape(shown(value))}</a>'


def _rule_links(rules: Iterable[str]) -> str:
    # a finding on what is not modelled may name a rule that this page does not have
    return " ".join(
        f'<a class="rule" href="#{escape(rule)}">{escape(rule)}</a>' if rule in RULES else escape(rule) for rule in rules
    )


def _words(text: str, rule: str = "") -> str:
    """Words in which every rule id leads to its rule, and every figure and day to `rule`."""

    def linked(found: re.Match[str]) -> str:
        if found["id"]:
            return f'<a href="#{found["id"]}">{found["id"]}</a>'
        return f'<a class="quiet" href="#{escape(rule)}">{found["figure"]}</a>' if rule else found[0]

    return _LINKED.sub(linked, escape(text))


def _table(columns: Sequence[str], rows: Iterable[Sequence[str]], *, figures: Sequence[int] = ()) -> str:
    """A table of cells that are HTML already; on a narrow screen each row becomes a card under the names of its columns."""
    side = ["figure" if place in figures else "words" for place in range(len(columns))]
    head = "".join(f'<th class="{kind}">{escape(name)}</th>' for name, kind in zip(columns, side, strict=True))
    body = ""
    for row in rows:
        cells = zip(columns, side, row, strict=True)
        # an empty cell is not worth a line of a card
        body += "<tr>" + "".join(
            f'<td class="{kind}{"" if cell else " none"}" data-label="{escape(name)}">{cell}</td>' for name, kind, cell in cells
        )
        body += "</tr>\n"
    return f"<table>\n<thead><tr>{head}</tr></thead>\n<tbody>\n{body}</tbody>\n</table>"


def _plots() -> Any:
    from convnote import plots

    return plots


#: Inches of a picture on a telephone and on a desk; both are in the page, and the width of the window says which is seen.
_WIDTHS = {"narrow": 4.4, "wide": 8.8}


def _picture(draw: Callable[[Any], Any], caption: str, height: float = 3.5) -> str:
    """A picture as inline SVG, drawn for a narrow and for a wide window, so that its letters can be read on both."""
    try:
        from matplotlib.figure import Figure
    except ImportError:
        return "<p>Pictures need Matplotlib: pip install 'convnote[notebook]'.</p>"
    drawn = []
    for size, width in _WIDTHS.items():
        figure = Figure(figsize=(width, height), dpi=100, layout="constrained")
        ax = figure.add_subplot()
        draw(ax)
        ax.set_title("", loc="left")  # the caption says it, in letters of the page
        drawn.append(_svg(figure, size, caption))
    return f"<figure>\n<figcaption>{escape(caption)}</figcaption>\n{''.join(drawn)}\n</figure>"


def _svg(figure: Any, size: str, caption: str) -> str:
    from matplotlib import rc_context

    page = io.StringIO()
    # the same page for the same note: no random ids and no date
    with rc_context({"svg.hashsalt": caption}):
        figure.savefig(page, format="svg", metadata={"Date": None})
    svg = page.getvalue()
    svg = re.sub(r"<metadata>.*?</metadata>", "", svg[svg.index("<svg") :], flags=re.DOTALL)
    svg = re.sub(r'(<svg[^>]*?) height="[^"]*"', r"\1", svg, count=1)
    svg = re.sub(r'(<svg[^>]*?) width="[^"]*"', rf'\1 class="{size}" role="img" aria-label="{escape(caption)}"', svg, count=1)
    # of lines a hundredth of a point is enough; of the scale of letters it is not
    svg = re.sub(r' d="[^"]+"', lambda found: re.sub(r"(\.\d\d)\d+", r"\1", found[0]), svg)
    # several pictures on one page must not share ids
    prefix = re.sub(r"\W+", "-", f"{size} {caption}")
    return re.sub(r'( id="|href="#|url\(#)', rf"\g<1>{prefix}-", svg)


# --- the sections -----------------------------------------------------------------------------------------------------


def _head(note: ConvertibleNote) -> str:
    principal, lines = note.principal, []
    lines.append(f"{escape(note.currency)} {_link(note.issue_size, 'ID-2')}, in Notes of {_link(note.denomination, 'ID-4')}")
    lines.append(f"{_link(note.issue_date, 'INT-1')} to {_link(note.maturity_date, 'PRN-1')}")
    if note.interest.frequency:
        rate = f"{shown((note.interest.rate * 100).normalize())}%"
        lines.append(f"{_link(rate, 'INT-1')} a year, {_link(note.interest.day_count, 'INT-2')}")
    if note.conversion is not None:
        lines.append(
            f"converts at {_link(note.conversion.price, 'CNV-3')}, {_link(round(note.conversion.ratio(), 6), 'CNV-3')} shares "
            f"per {_link(principal.denomination, 'ID-4')}"
        )
    if note.withdrawal is not None:
        lines.append(f"conversion can be withdrawn above {_link(note.withdrawal.trigger, 'WDR-1')}")
    if note.redemption is not None:
        lines.append(f"redeemable from {_link(note.redemption.first_date, 'RED-1')}")
    made = f'<p class="made">convnote {__version__}, {date.today().isoformat()}</p>'  # noqa: DTZ011 - the day where the reader sits
    names = ["findings", "dates", "replay", *(["scenarios"] if available_scenarios(note.name) else []), "terms", "rules"]
    menu = " ".join(f'<a href="#{name}">{name}</a>' for name in names)
    facts = "".join(f"<li>{line}</li>" for line in lines)
    made += "".join(f"\n<p>{escape(line)}</p>" for line in note.caveats())
    return f"<header>\n<h1>{escape(note.description or note.name)}</h1>\n{made}\n<ul>{facts}</ul>\n<nav>{menu}</nav>\n</header>"


def _findings(note: ConvertibleNote) -> str:
    found = note.check()
    if not found:
        return "<p>Nothing was found that does not add up.</p>"
    return _table(
        ("rule", "finding"),
        [(_rule_links([each.rule]), _words(each.message, each.rule if each.rule in RULES else "")) for each in found],
    )


def _dates(note: ConvertibleNote) -> str:
    rows = []
    for row in schedule(note):
        amount = "" if row.amount is None else _link(round(decimal(row.amount), 6), row.rule)
        moved = "" if row.payment_date in (None, row.date) else _link(row.payment_date, "INT-6")
        rows.append(
            (_link(row.date, row.rule), escape(str(row.kind)), amount, moved, _words(row.text, row.rule), _rule_links([row.rule]))
        )
    amounts = f"{note.currency} per {shown(note.denomination)}"
    table = _table(("date", "what", amounts, "paid on", "in words", "rule"), rows, figures=(2,))
    picture = _picture(lambda ax: _plots().timeline(note, ax=ax), "Dates, windows and rights", 4.4)
    return f"{picture}\n<details><summary>All {len(rows)} dates</summary>\n{table}\n</details>"


def _payoff(note: ConvertibleNote) -> str:
    if note.conversion is None:
        return ""
    return _picture(lambda ax: _plots().payoff(note, ax=ax), "What a holder gets against the share price")


def _replay(note: ConvertibleNote, history: MarketHistory | None, events: list[Event] | None) -> str:
    if history is None:
        if "as-it-was" not in available_scenarios(note.name):
            reason = f"no closes were given, and no bundled scenario is for {note.name}: give closes in {note.closes_currency}"
            if events is not None:
                raise MarketError(reason, field="report history", rule="CUR-1")
            return f"<p>No replay: {_words(reason)} (CUR-1).</p>"
        history = scenario("as-it-was")
        try:
            ledger = replay(note, history, events=events)
        except ConvnoteError as error:
            if events is not None:
                raise
            return f"<p>No replay over the scenario as-it-was: {_words(str(error))}</p>"
    else:
        ledger = replay(note, history, events=events)
    pictures = []
    lived = (history.days >= note.principal.issue_day) & (history.days <= note.principal.maturity_day)
    if note.conversion is not None and lived.any():
        draw = _plots_of("parity_history", note, history, events)
        pictures.append(_picture(draw, "Conversion value and par", 4.0))
    if note.withdrawal is not None and lived.any():
        draw = _plots_of("trigger_window", note, history, events)
        pictures.append(_picture(draw, "Closes against the trigger, and how many of the last closes exceed it", 4.2))
    noticed = "".join(f"<p>{_words(each, 'DAY-1')}.</p>" for each in history.notes)
    return "\n".join([*pictures, _ledger(ledger), _totals(ledger), noticed])


def _totals(ledger: Ledger) -> str:
    """The totals, and what else a reader must know."""
    state, note = ledger.state, ledger.note
    main = {entry.kind: entry.rules[0] for entry in reversed(ledger.entries) if entry.cash}
    rows = [(f"cash, {kind}", _link(ledger.total(kind), rule)) for kind, rule in sorted(main.items())]
    rows += [(f"principal {how}", _link(decimal(gone), _rule_gone(ledger, how))) for how, gone in state.retired.items()]
    rows.append(("principal outstanding", _link(state.outstanding, "PRN-1")))
    if state.convertible:
        rows.append(("conversion price", _link(state.conversion_price, "CNV-3")))
    lines = [f"Status at the end of {_link(state.on, 'PRN-1')}: {escape(str(state.status))}"]
    for on, rule, words in ledger.open_rights:
        lines.append(f"No decision on record, {_words(f'{on}: {words}', rule)} {_rule_links([rule])}")
    lines += [f"Passed over: {_words(warning, 'DAY-1')}" for warning in ledger.warnings]
    said = "".join(f"<li>{line}</li>" for line in [*lines, f"Closes: {escape(ledger.source)}"])
    table = _table(("what it comes to", note.currency), [(escape(name), value) for name, value in rows], figures=(1,))
    return f"{table}\n<ul>{said}</ul>"


def _rule_gone(ledger: Ledger, how: str) -> str:
    """The rule by which principal went in a way: of the entry by which it did, or of that kind of payment."""
    ways = {kind.entry: kind for kind in KINDS.values() if kind.gone == how}
    cited = [entry.rules[0] for entry in ledger if entry.kind in ways]
    usual = [kind.rules[0] for kind in ways.values()]
    return {"converted": "CNV-3", "defaulted": "DEF-4c"}.get(how) or next(iter(cited + usual))


def _plots_of(name: str, note: ConvertibleNote, history: MarketHistory, events: list[Event] | None) -> Callable[[Any], Any]:
    return lambda ax: getattr(_plots(), name)(note, history, events=events, ax=ax)


def _ledger(ledger: Ledger) -> str:
    rows = []
    for entry in ledger:
        main = entry.rules[0]
        moved = _link(entry.payment_date, "INT-6") if entry.cash and entry.payment_date != entry.date else ""
        cash = _link(entry.cash, main) if entry.cash else ""
        shares = _link(entry.shares, main) if entry.shares else ""
        rows.append((_link(entry.date, main), moved, cash, shares, _words(entry.text, main), _rule_links(entry.rules)))
    columns = ("date", "paid on", f"cash {ledger.note.currency}", "shares", "what happened", "rules")
    return _table(columns, rows, figures=(2, 3))


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
        met = [_link(entry.date, "WDR-1") for entry in ledger.of_kind("trigger-met")]
        price = ledger.state.conversion_price
        rows.append(
            (
                f"<strong>{escape(name)}</strong>",
                met[0] if met else "never" if note.withdrawal else "",
                "" if price is None else _link(price, "RST-2" if note.reset else "CNV-3"),
                escape(str(ledger.state.status)),
                _link(ledger.total("coupon"), "INT-1"),
                _link(ledger.total("make-whole"), "WDR-4") if ledger.of_kind("make-whole") else "",
                _link(ledger.total("maturity"), "PRN-1"),
            )
        )
    if not rows and not remarks:
        return ""
    columns = ("scenario", "trigger met", "price at the end", "status", "coupons", "make-whole", "principal")
    table = _table(columns, rows, figures=(2, 4, 5, 6)) if rows else ""
    words = f"The bundled scenarios are no forecasts; all but as-it-was are invented. Cash in {note.currency}."
    return f"{table}<p>{escape(words)}</p>" + "".join(f"<p>{_words(remark)}</p>" for remark in remarks)


def _terms(note: ConvertibleNote) -> str:
    parts = []
    for part, lines in groupby(note.table().rows, key=lambda row: row[0]):
        rows = [
            (escape(setting.replace("_", " ")), _link(value, rule), _rule_links([rule]), escape(authority))
            for _, setting, value, rule, authority in lines
        ]
        table = _table(("setting", "value", "rule", "authority"), rows)
        parts.append(f"<h3>{escape(part.replace('_', ' '))}</h3>\n{table}")
    return "\n".join(parts)


def _rules(note: ConvertibleNote) -> str:
    lines = []
    for name, rule in RULES.items():
        printed = "; ".join(_PRINTED.get(each, f"printed in the {each}") for each in note.authority(name).split("+"))
        where = f'<span class="authority">[{escape(printed)}]</span>'
        lines.append(f'<dt id="{name}">{name}</dt>\n<dd>{escape(rule.says)} {where}</dd>')
    return "<dl>\n" + "\n".join(lines) + "\n</dl>"


_STYLE = """
:root { color-scheme: light; }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 60rem; padding: 0 1rem 3rem; font: 1rem/1.5 system-ui, sans-serif; }
body { color: #1a1a1a; background: #fff; }
h1 { font-size: 1.5rem; line-height: 1.25; margin: 1.5rem 0 .5rem; }
h2 { font-size: 1.25rem; margin: 2.5rem 0 .75rem; border-bottom: 2px solid #1a1a1a; }
h3 { font-size: 1rem; margin: 1.5rem 0 .25rem; }
h2, h3, dt { scroll-margin-top: .5rem; }
ul { padding-left: 1.2rem; }
a { color: #00528a; text-underline-offset: .15em; }
a.quiet { color: inherit; text-decoration-color: #bbb; }
nav a { display: inline-block; padding: .4rem .8rem .4rem 0; }
figure { margin: 1.5rem 0; }
figcaption { color: #555; margin-bottom: .25rem; }
svg { display: block; width: 100%; height: auto; }
svg.narrow { display: none; }
table { border-collapse: collapse; width: 100%; font-size: .9rem; }
th, td { padding: .3rem .6rem .3rem 0; text-align: left; vertical-align: top; border-bottom: 1px solid #ddd; }
td { overflow-wrap: anywhere; }
th.figure, td.figure { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
a.rule, td[data-label="date"], td[data-label="paid on"] { white-space: nowrap; }
summary { cursor: pointer; padding: .5rem 0; }
dt { font-weight: 600; margin-top: .75rem; }
dt:target, tr:target { background: #fff3bf; }
dd { margin: 0; }
.authority, .made { color: #555; }
@media (max-width: 45rem) {
  svg.wide { display: none; }
  svg.narrow { display: block; max-width: 38rem; }
  thead { position: absolute; left: -200vw; }
  table { display: block; overflow: hidden; position: relative; }
  tbody, tr, td { display: block; }
  tr { border-bottom: 1px solid #888; padding: .4rem 0; }
  td, td.figure { border: 0; padding: .05rem 0; text-align: left; }
  td.figure { white-space: normal; }
  td::before { content: attr(data-label) ": "; color: #555; }
  td.none { display: none; }
}
@media print { nav { display: none; } details > * { display: block; } }
"""
