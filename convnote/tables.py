"""One way to show a table: text for a terminal, HTML for a notebook, CSV and JSON for other programs, a pandas frame.

Cells are values, never preformatted strings: number formatting is decided here, once. Independent of notes.
"""

from __future__ import annotations

import csv
import html
import io
import math
import re
import textwrap
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Context, Decimal
from fractions import Fraction
from typing import Any

from convnote.arithmetic import decimal, exactly, fraction
from convnote.errors import MissingExtra
from convnote.printing import guarded, printable

#: The width for piped output: wide enough that no line is wrapped, so that one row is one line.
UNFOLDED = 10_000


#: An unrounded amount has up to 34 digits; text shows this many decimals, CSV and JSON show all of them.
PLACES = 6
#: Decimals of the minor unit of each currency for which they are not two, by ISO 4217; past currencies too.
_NO_CENTS = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF BEF ESP GRD ITL LUF PTE TRL"
_DECIMALS = {
    **dict.fromkeys(_NO_CENTS.split(), 0),
    **dict.fromkeys("BHD IQD JOD KWD LYD OMR TND".split(), 3),
    **dict.fromkeys("CLF UYW".split(), 4),
}
#: Decimals shown for a figure with no exact decimal, such as the price implied by a conversion rate: those of most currencies.
APPROXIMATE = 2


@exactly
def shown(value: Any, places: int | None = None) -> str:
    """A cell as text: digits in groups of three, with `places` decimals (None: the number's own, 6 at most).

    >>> shown(Decimal("47567465.75")), shown(date(2001, 2, 16)), shown(("INT-1", "INT-2")), shown(None), shown(0.25)
    ('47,567,465.75', '2001-02-16', 'INT-1 INT-2', '', '0.25')
    >>> shown(Decimal(25163) / 365), shown(Decimal("68.75"), places=6), shown(Fraction(1000) / Fraction("31.6206"))
    ('68.939726', '68.750000', '≈31.62')
    """
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Decimal):
        return f"{value:,.{_places(value) if places is None else places}f}"
    if isinstance(value, Fraction):
        figure = decimal(value)
        return shown(figure, places) if figure == value else f"≈{figure:,.{_places(value) if places is None else places}f}"
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, float):  # np.float64 is one
        return f"{value:,.10g}"
    if isinstance(value, (tuple, list)):
        return " ".join(map(shown, value))
    return printable(str(value))


def decimals_of(currency: str) -> int:
    """Decimals of the smallest unit of a currency, by ISO 4217 (CUR-1).

    >>> decimals_of("USD"), decimals_of("JPY"), decimals_of("KWD")
    (2, 0, 3)
    """
    return _DECIMALS.get(currency, 2)


def rounded_money(amount: Any, currency: str) -> str:
    """A computed amount as shown: rounded to the decimals of its currency.

    >>> rounded_money(1068.938356, "EUR"), rounded_money(10500.4, "JPY")
    ('1,068.94', '10,500')
    """
    return f"{amount:,.{decimals_of(currency)}f}"


def nil(currency: str) -> Decimal:
    """An amount of zero with the decimals of its currency.

    >>> nil("EUR"), nil("JPY")
    (Decimal('0.00'), Decimal('0'))
    """
    return Decimal(0).scaleb(-decimals_of(currency))


def in_units(amount: Any, currency: str) -> Decimal:
    """An amount paid, with the decimals of its currency; with its own where it is not a whole number of its smallest units.

    >>> in_units(Decimal("2500.00"), "JPY"), in_units(2500, "EUR"), in_units(Decimal("0.125"), "EUR"), in_units("68.94", "KWD")
    (Decimal('2500'), Decimal('2500.00'), Decimal('0.125'), Decimal('68.940'))
    """
    figure, places = decimal(amount), decimals_of(currency)
    if figure.as_tuple().exponent == -places:
        return figure
    least = figure.normalize(_AS_IT_IS)
    return least.quantize(Decimal(1).scaleb(min(-places, int(least.as_tuple().exponent))), context=_AS_IT_IS)


#: Precise enough to change no amount.
_AS_IT_IS = Context(prec=10_000)


@exactly
def money(amount: Any, currency: str) -> str:
    """An amount paid, as `in_units`, with digits in groups of three and at most 6 decimals.

    >>> money(2500, "JPY"), money(2500, "EUR"), money(Decimal("0.125"), "EUR"), money(Fraction(7, 2), "KWD")
    ('2,500', '2,500.00', '0.125', '3.500')
    """
    figure = in_units(amount, currency)
    return f"{figure:,.{min(-int(figure.as_tuple().exponent), max(decimals_of(currency), PLACES))}f}"


def percent(share: Any) -> str:
    """A share as a percentage.

    >>> percent(Decimal("0.06875")), percent(Fraction(3, 2))
    ('6.875%', '150%')
    """
    return f"{shown(decimal(fraction(share) * 100))}%"


def _places(value: Any) -> int:
    if isinstance(value, Fraction):
        return int(getattr(value, "places", APPROXIMATE))
    return min(PLACES, max(0, -int(value.as_tuple().exponent))) if isinstance(value, Decimal) else 0


def plain(value: Any) -> Any:
    """A cell as JSON: an exact number as a string of its digits, a day as YYYY-MM-DD.

    >>> plain(Decimal("0.10")), plain((date(2001, 2, 16), 1)), plain(None)
    ('0.10', ['2001-02-16', 1], None)
    """
    if value is None or isinstance(value, (bool, int)):
        return value
    if isinstance(value, float):
        return float(value) if math.isfinite(value) else None
    if isinstance(value, (Decimal, Fraction)):
        return f"{decimal(value):f}"
    if isinstance(value, (tuple, list)):
        return [plain(each) for each in value]
    return value.isoformat() if isinstance(value, date) else str(value)


def folded(text: str, width: int) -> str:
    """Text in lines of at most `width` columns, with a hanging indent after a date or rule; words and figures are not split.

    >>> print(folded("2001-02-16  Coupon: EUR 690,000,000 x 0.06875", width=29))
    2001-02-16  Coupon: EUR
                690,000,000 x
                0.06875
    """
    lines = []
    for line in text.splitlines():
        head = re.match(r"\S*\s{2,}", line)
        indent = " " * (len(head.group()) if head else 2)
        if len(line) > width:
            line = textwrap.fill(line, width, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False)
        lines.append(line)
    return "\n".join(lines)


_NUMBERS = (int, float, Decimal, Fraction)


@dataclass(frozen=True, repr=False)
class Table:
    """A table of values: names of columns, rows, and a title.

    >>> table = Table(("date", "cash"), ((date(2001, 2, 16), Decimal("47567465.75")), (date(2001, 2, 17), None)))
    >>> print(table.text())
    date                 cash
    ----------- -------------
    2001-02-16  47,567,465.75
    2001-02-17
    >>> print(table.csv(), end="")
    date,cash
    2001-02-16,47567465.75
    2001-02-17,
    """

    columns: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]
    title: str = ""

    @classmethod
    def of(cls, columns: Sequence[str], rows: Iterable[Sequence[Any]], title: str = "") -> Table:
        """The table of these rows; each has one cell per column."""
        made = tuple(map(tuple, rows))
        if any(len(row) != len(columns) for row in made):
            raise ValueError(f"every row needs {len(columns)} cells: {', '.join(columns)}")
        return cls(tuple(columns), made, title)

    def without_empty(self) -> Table:
        """The table without the columns in which every cell is None, empty or 0."""
        kept = [place for place in range(len(self.columns)) if any(row[place] for row in self.rows)]
        return Table(
            tuple(self.columns[place] for place in kept),
            tuple(tuple(row[place] for place in kept) for row in self.rows),
            self.title,
        )

    def _has(self, place: int, kinds: tuple[type, ...]) -> bool:
        return any(isinstance(row[place], kinds) and not isinstance(row[place], bool) for row in self.rows)

    def _decimals(self) -> list[int]:
        """Decimals of each column: the same for all its figures, so that they align."""
        return [max((_places(row[place]) for row in self.rows), default=0) for place in range(len(self.columns))]

    @exactly
    def text(self, width: int = UNFOLDED) -> str:
        """The table as text, with no line longer than `width` columns; words that do not fit are wrapped."""
        from rich.box import Box
        from rich.console import Console
        from rich.table import Table as RichTable
        from rich.text import Text

        rule = Box("    \n    \n -  \n    \n    \n    \n    \n    \n", ascii=True)
        drawn = RichTable(box=rule, show_edge=False, pad_edge=False, padding=(0, 1, 0, 0), collapse_padding=True)
        for place, name in enumerate(self.columns):
            numeric = self._has(place, _NUMBERS)
            whole = numeric or self._has(place, (date,))  # a figure or day split over two lines is misread
            drawn.add_column(Text(name), justify="right" if numeric else "left", no_wrap=whole, overflow="fold")
        places = self._decimals()
        for row in self.rows:
            drawn.add_row(*(Text(shown(cell, digits)) for cell, digits in zip(row, places, strict=True)))
        page = io.StringIO()
        # always return plain text: in a notebook or an old Windows console it would be written directly
        Console(file=page, width=width, color_system=None, legacy_windows=False, force_jupyter=False).print(drawn)
        lines = [line.rstrip() for line in page.getvalue().splitlines()]
        return "\n".join([folded(printable(self.title), width), ""] * bool(self.title) + lines)

    def __str__(self) -> str:
        return self.text()

    __repr__ = __str__

    @exactly
    def html(self, *below: str) -> str:
        """The table as HTML, with every cell escaped; `below` are lines of text under it."""
        styles = [self._style(place) for place in range(len(self.columns))]
        head = "".join(f"<th{style}>{html.escape(name)}</th>" for name, style in zip(self.columns, styles, strict=True))
        places = self._decimals()
        body = "".join(f"<tr>{''.join(map(_cell, row, places, styles))}</tr>" for row in self.rows)
        caption = f"<caption>{'<br>'.join(map(html.escape, self.title.splitlines()))}</caption>" if self.title else ""
        lines = f"<p>{'<br>'.join(map(html.escape, below))}</p>" if below else ""
        return f"<table>{caption}<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>{lines}"

    def _repr_html_(self) -> str:
        return self.html()

    def _style(self, place: int) -> str:
        """Figures are right-aligned, words (unlike Jupyter's default) left-aligned; figures, days and ids are not split."""
        numeric, dated = self._has(place, _NUMBERS), self._has(place, (date,))
        ids = all(isinstance(row[place], str) and not re.search(r"\s", row[place]) for row in self.rows)
        unbroken = ";white-space:nowrap" if numeric or dated or ids else ""
        return f' style="text-align:{"right" if numeric else "left"}{unbroken}"'

    @exactly
    def csv(self) -> str:
        """The table as CSV: one line per row, figures as digits, several words in one cell joined by spaces.

        A word that a spreadsheet would read as a formula is prefixed with an apostrophe; control characters are replaced.
        """
        page = io.StringIO()
        writer = csv.writer(page, lineterminator="\n")
        writer.writerow(self.columns)
        for row in self.rows:
            writer.writerow(map(_csv_cell, row))
        return page.getvalue()

    @exactly
    def records(self) -> list[dict[str, Any]]:
        """The rows as JSON objects, one per row."""
        return [dict(zip(self.columns, map(plain, row), strict=True)) for row in self.rows]

    @exactly
    def frame(self, *, exact: bool = False) -> Any:
        """The table as a pandas frame: days as datetime64, money as float64, or as Decimal with `exact=True`. Needs pandas."""
        pd, frame = pandas(), {}
        for place, name in enumerate(self.columns):
            values = [row[place] for row in self.rows]
            if self._has(place, (date,)):
                frame[name] = pd.Series(pd.to_datetime(values))
            elif self._has(place, (Decimal, Fraction)) and not exact:
                frame[name] = pd.Series([None if value is None else float(value) for value in values], dtype="float64")
            else:
                frame[name] = pd.Series(values)
        return pd.DataFrame(frame)


def pandas() -> Any:
    """The pandas module. Raises `MissingExtra` if it is not installed."""
    try:
        import pandas as pd
    except ImportError:
        raise MissingExtra("a frame needs pandas: pip install 'convnote[frame]'") from None
    return pd


def _csv_cell(value: Any) -> Any:
    cell = plain(value)
    if isinstance(cell, list):
        cell = " ".join(map(str, cell))
    if not isinstance(cell, str) or isinstance(value, (*_NUMBERS, date)):
        return cell
    return guarded(printable(re.sub(r"[\r\n]+", " ", cell)))


def _cell(value: Any, places: int, style: str) -> str:
    if isinstance(value, (tuple, list)):  # several ids: a line may break between two of them
        words = " ".join(f'<span style="white-space: nowrap">{html.escape(shown(each))}</span>' for each in value)
    else:
        words = html.escape(shown(value, places))
    return f"<td{style}>{words}</td>"
