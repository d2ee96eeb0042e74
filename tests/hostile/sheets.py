"""Hostile texts: TOML and CSV that somebody got wrong, by accident or not, made from a right one by a seed."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

#: Values that a reader of TOML meets in place of the right one.
SCALARS = (
    "1e9999999", "-1e9999999", "1e-9999999", "nan", "-inf", "0", "-0.0", "-1", "1e308", "1e400", "0x" + "f" * 5000, "9" * 5000,
    "0b1", "1_000", "true", "false", '""', '" "', "'x'", '"1/3"', '"1/0"', '"١٢٣"', '"６"', '"1e999999999"', '"0x10"', '"NaN"',
    "0001-01-01", "9999-12-31", "2001-02-30", "2000-02-16T00:00:00", "2000-02-16T00:00:00Z", "00:00:00", "20010305", "2001-03",
    '"2001-W10-1"', '"2000-02-16"', "[]", "[[]]", "[1, 2]", '["x"]', "{}", "{a = 1}", "{rate = 1e9}", '"' + "x" * 3000 + '"',
    '"\\u001b[2J"', '"\\u202e"', '"=cmd"', "1.5", "6.875", "100", "1000000000000000000000000000000000000001", '"FED+"', '"+"',
    '"FED+FED"', '"NOWHERE"', '"none"', '"act/act"', "[" * 5000 + "]" * 5000, "{a=" * 500 + "1" + "}" * 500, '"""\nx\n"""',
    "0.1" + "0" * 400 + "1", "1e-400", "2.2250738585072011e-308", "[2000-02-16, 2000-02-16]", "[2000-02-16, 1]", "00000012", "+5",
)  # fmt: skip

Change = Callable[[Random, list[str]], None]


def _place(r: Random, lines: list[str], within: str) -> int:
    return r.choice([place for place, line in enumerate(lines) if within in line] or [0])


def _value(r: Random, lines: list[str]) -> None:
    place = _place(r, lines, " = ")
    lines[place] = f"{lines[place].split(' = ')[0]} = {r.choice(SCALARS)}"


def _key(r: Random, lines: list[str]) -> None:
    place = _place(r, lines, " = ")
    name, _, value = lines[place].partition(" = ")
    new = r.choice(
        [name + "s", name[:-1], name.upper(), '""', '"a b"', '"\\u001b[2J"', "a.b.c", "'" + "k" * 3000 + "'", name[::-1]]
    )
    lines[place] = f"{new or 'x'} = {value}"


def _drop(r: Random, lines: list[str]) -> None:
    del lines[r.randrange(len(lines))]


def _twice(r: Random, lines: list[str]) -> None:
    place = r.randrange(len(lines))
    lines.insert(r.randrange(len(lines)), lines[place])


def _head(r: Random, lines: list[str]) -> None:
    place = _place(r, lines, "[")
    lines[place] = r.choice(
        ["[x]", "[[x]]", "[]", "[a.b]", "[principal]", "[[interest]]", "[put", "[" * 3000, "[conversion.price]"]
    )


def _cut(r: Random, lines: list[str]) -> None:
    place = r.randrange(len(lines))
    del lines[place + 1 :]
    lines[place] = lines[place][: r.randrange(len(lines[place]) + 1)]


def _swap(r: Random, lines: list[str]) -> None:
    one, other = _place(r, lines, " = "), _place(r, lines, " = ")
    (a, _, x), (b, _, y) = lines[one].partition(" = "), lines[other].partition(" = ")
    lines[one], lines[other] = f"{a} = {y}", f"{b} = {x}"


def _letter(r: Random, lines: list[str]) -> None:
    place = r.randrange(len(lines))
    at = r.randrange(len(lines[place]) + 1)
    odd = r.choice(
        ["\0", "\x1b", "\ufeff", '"', "'", "=", "#", "[", "]", "\\", "é", "\u2028", "{", ",", "9", "-", "\t", "\ud7ff"]
    )
    lines[place] = lines[place][:at] + odd + lines[place][at + r.randrange(2) :]


def toml(r: Random, right: str) -> str:
    """A sheet with one to three things wrong."""
    lines = right.splitlines()
    for _ in range(r.choice([1, 1, 1, 2, 3])):
        if lines:
            r.choice([_value, _value, _value, _value, _key, _drop, _twice, _head, _cut, _swap, _letter])(r, lines)
    return "\n".join(lines) + "\n"


#: Cells that a reader of CSV meets.
CELLS = (
    "", " ", "nan", "NaN", "inf", "-1", "0", "1e9999999", "1e-999", "1,234.5", "1.234,5", "1/3", "$12.5", "12.5%", "abc", "=1+1", "١٢",
    "9" * 5000, "0x10", "1_000", ".", "-", "null", "N/A", "2000-02-30", "02/03/2000", "31/12/2000", "20000216", "2000-W10-1", "99999-01-01",
    "0000-00-00", "2000-02-16 00:00:00-05:00", "\x1b[2J", '"', "'", "\0", "a\nb", "100.00000000001", "1e3", "7.5e1", "x" * 3000,
)  # fmt: skip


def table(r: Random, right: str) -> str:
    """A CSV file with one to three things wrong."""
    rows = [line.split(",") for line in right.splitlines()]
    for _ in range(r.choice([1, 1, 2, 3])):
        row = r.randrange(len(rows)) if r.random() < 0.7 else 0
        how = r.randrange(9)
        if how <= 3 and rows[row]:
            rows[row][r.randrange(len(rows[row]))] = r.choice(CELLS)
        elif how == 4:
            rows[row] = rows[row][: r.randrange(len(rows[row]) + 1)]
        elif how == 5:
            rows[row] = rows[row] + [r.choice(CELLS)] * r.randrange(1, 4)
        elif how == 6:
            rows.insert(r.randrange(len(rows) + 1), list(rows[row]))
        elif how == 7 and len(rows) > 1:
            del rows[row]
        else:
            r.shuffle(rows) if r.random() < 0.3 else rows.reverse()
    text = "\n".join(map(",".join, rows))
    return r.choice(
        [text, text, text, text + "\n", text.replace(",", ";"), text.replace(",", "\t"), text.replace("\n", "\r\n"), ""]
    )
