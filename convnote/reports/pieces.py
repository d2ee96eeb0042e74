"""The parts of a page: sections, tables, links to rules, plots as inline SVG, and its style."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from html import escape
from typing import Any

from convnote.provisions import RULES
from convnote.tables import shown


@lru_cache(maxsize=1)
def _linked(ids: tuple[str, ...]) -> re.Pattern[str]:
    """Rule ids, days and figures in a sentence (not those of an escaped character)."""
    return re.compile(
        rf"\b(?P<id>{'|'.join(map(re.escape, sorted(ids, key=len, reverse=True)))})\b"
        r"|(?<![\w#&-])(?P<figure>\d{4}-\d\d-\d\d|-?\d+(?:,\d{3})*(?:\.\d+)?%?)(?![\w-])"
    )


def section(name: str, heading: str, body: str) -> str:
    return f'<section id="{name}">\n<h2>{escape(heading)}</h2>\n{body}\n</section>' if body else ""


def link(value: Any, rule: str) -> str:
    """A value as a link to its rule."""
    return f'<a href="#{escape(rule)}">{escape(shown(value))}</a>'


def rule_links(rules: Iterable[str]) -> str:
    # a finding on an unmodelled term may name a rule that is not on this page
    return " ".join(
        f'<a class="rule" href="#{escape(rule)}">{escape(rule)}</a>' if rule in RULES else escape(rule) for rule in rules
    )


def words(text: str, rule: str = "") -> str:
    """Text in which every rule id links to its rule, and every figure and day to `rule`."""

    def linked(found: re.Match[str]) -> str:
        if found["id"]:
            return f'<a href="#{found["id"]}">{found["id"]}</a>'
        return f'<a class="quiet" href="#{escape(rule)}">{found["figure"]}</a>' if rule else found[0]

    return _linked(tuple(RULES)).sub(linked, escape(text))  # rules may have been registered since the import


def table(columns: Sequence[str], rows: Iterable[Sequence[str]], *, figures: Sequence[int] = ()) -> str:
    """A table of cells already in HTML; on a narrow screen each row becomes a card labelled with the column names."""
    side = ["figure" if place in figures else "words" for place in range(len(columns))]
    head = "".join(f'<th class="{kind}">{escape(name)}</th>' for name, kind in zip(columns, side, strict=True))
    body = ""
    for row in rows:
        cells = zip(columns, side, row, strict=True)
        # an empty cell would waste a line of the card
        body += "<tr>" + "".join(
            f'<td class="{kind}{"" if cell else " none"}" data-label="{escape(name)}">{cell}</td>' for name, kind, cell in cells
        )
        body += "</tr>\n"
    return f"<table>\n<thead><tr>{head}</tr></thead>\n<tbody>\n{body}</tbody>\n</table>"


def plots() -> Any:
    from convnote import plots

    return plots


#: Plot widths in inches for a phone and a desktop; the page holds both, and the window width decides which is shown.
_WIDTHS = {"narrow": 4.4, "wide": 8.8}


def picture(draw: Callable[[Any], Any], caption: str, height: float = 3.5) -> str:
    """A plot as inline SVG, drawn for a narrow and for a wide window, so that its text is legible in both."""
    try:
        from matplotlib.figure import Figure
    except ImportError:
        return "<p>Pictures need Matplotlib: pip install 'convnote[notebook]'.</p>"
    drawn = []
    for size, width in _WIDTHS.items():
        figure = Figure(figsize=(width, height), dpi=100, layout="constrained")
        ax = figure.add_subplot()
        draw(ax)
        ax.set_title("", loc="left")  # the caption has the title, in the page's font
        drawn.append(_svg(figure, size, caption))
    return f"<figure>\n<figcaption>{escape(caption)}</figcaption>\n{''.join(drawn)}\n</figure>"


def _svg(figure: Any, size: str, caption: str) -> str:
    from matplotlib import rc_context

    page = io.StringIO()
    # no random ids and no date, so that the same note gives the same page
    with rc_context({"svg.hashsalt": caption}):
        figure.savefig(page, format="svg", metadata={"Date": None})
    svg = page.getvalue()
    svg = re.sub(r"<metadata>.*?</metadata>", "", svg[svg.index("<svg") :], flags=re.DOTALL)
    svg = re.sub(r'(<svg[^>]*?) height="[^"]*"', r"\1", svg, count=1)
    svg = re.sub(r'(<svg[^>]*?) width="[^"]*"', rf'\1 class="{size}" role="img" aria-label="{escape(caption)}"', svg, count=1)
    # a hundredth of a point is enough for lines, but not for the scale of letters
    svg = re.sub(r' d="[^"]+"', lambda found: re.sub(r"(\.\d\d)\d+", r"\1", found[0]), svg)
    # ids must be unique across the plots of a page
    prefix = re.sub(r"\W+", "-", f"{size} {caption}")
    return re.sub(r'( id="|href="#|url\(#)', rf"\g<1>{prefix}-", svg)


STYLE = """
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
