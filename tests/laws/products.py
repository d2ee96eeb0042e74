"""A reader of the arithmetic in sentences: every "a x b x d/y = c" is found, multiplied out exactly and compared.

It knows the words of the ledger and nothing of the library. A figure that is shown with six decimals, or behind "≈", may have
been rounded there, and a result may be rounded to its last decimal; every other figure is taken as it stands.
"""

import re
from fractions import Fraction
from typing import NamedTuple

FIGURE = r"≈?-?\d[\d,]*(?:\.\d+)?%?"
#: What stands between two figures of a product or a sum.
SIGN = r"(?: x | / |/| \+ | - )"
EXPRESSION = re.compile(rf"{FIGURE}(?:{SIGN}{FIGURE})*")
#: Words that stand for a sign or for nothing, in the order in which they are replaced.
WORDS = (
    (r"\d{4}-\d\d-\d\d", "DAY"),
    (r"\b[A-Z]{3} (?=\d)", ""),
    (r", its accreted value,", ""),
    (r"\bat par\b", "x 100%"),
    (r"\bat (?=[\d.,]+%)", "x "),
    (r"recovery of ([\d.]+%) of ", r"\1 x "),
    (r" plus interest accrued from DAY of ", " + "),
    (r" plus the missed coupon of DAY of ", " + "),
    (r"the last close of ", ""),
)


class Equality(NamedTuple):
    """The expression and the figure on its right, as they are written; `mode` and `unit` of a rounding that is told."""

    left: str
    right: str
    mode: str = "half-up"
    unit: Fraction | None = None


def plain(sentence):
    """The sentence with its words for signs replaced."""
    for words, sign in WORDS:
        sentence = re.sub(words, sign, sentence)
    return sentence


def equalities(sentence):
    """Every equality that a sentence states; ValueError for an equals sign around which no expression or no figure stands."""
    text, found = plain(sentence), []
    for inner in re.finditer(rf"({FIGURE}) \(({EXPRESSION.pattern})\)", text):
        if re.search(SIGN, inner[2]):
            found.append(Equality(inner[2], inner[1]))
    text = re.sub(rf" \(({EXPRESSION.pattern})\)", "", text)
    ends = [0] * len(found)
    for sign in re.finditer(" = ", text):
        left = re.search(rf"(?:^|(?<=[ (:]))({EXPRESSION.pattern})$", text[: sign.start()])
        right = re.match(FIGURE, text[sign.end() :])
        if left is None or right is None or not re.search(SIGN, left[1]):
            raise ValueError(f"an equality that is not read: {sentence}")
        found.append(Equality(left[1], right[0]))
        ends.append(sign.end())
    if text.count("=") != text.count(" = "):
        raise ValueError(f"an equals sign that is not read: {sentence}")
    for rounded in re.finditer(rf", rounded (half-up|up|down) to ({FIGURE})", text):  # told of the equality before it
        place = max(number for number, end in enumerate(ends) if end < rounded.start())
        found[place] = found[place]._replace(mode=rounded[1], unit=value(rounded[2]))
    return found


def value(figure):
    """A figure as a number, exactly as it is written."""
    number = Fraction(figure.strip("≈%").replace(",", ""))
    return number / 100 if figure.endswith("%") else number


def last_place(figure):
    """One unit of the last decimal of a figure."""
    unit = Fraction(1, 10 ** len(figure.strip("%").partition(".")[2]))
    return unit / 100 if figure.endswith("%") else unit


def bounds(figure):
    """Between what the number lies that is shown as this figure: it is exact unless it has six decimals or is marked "≈"."""
    shown = value(figure)
    may_be_rounded = figure.startswith("≈") or len(figure.strip("%").partition(".")[2]) == 6
    slack = last_place(figure) / 2 if may_be_rounded else 0
    return shown - slack, shown + slack


def multiplied_out(expression):
    """The least and the most that an expression may be; times and over bind before plus and minus. All figures are positive."""
    total, low, high, sign = (Fraction(0), Fraction(0)), Fraction(1), Fraction(1), " + "
    parts = re.split(rf"({SIGN})", expression)
    pending = " x "
    for part in (*parts, " + "):
        if part in (" x ", " / ", "/"):
            pending = part
        elif part in (" + ", " - "):
            total = (total[0] + low, total[1] + high) if sign == " + " else (total[0] - high, total[1] - low)
            low, high, sign, pending = Fraction(1), Fraction(1), part, " x "
        else:
            least, most = bounds(part)
            low, high = (low * least, high * most) if pending == " x " else (low / most, high / least)
    return total


def holds(equality, cent=Fraction(1, 100)):
    """True if the right side is the left side multiplied out, within the rounding that the two of them show.

    An amount is shown with two decimals and rounded to `cent`; any other figure with fewer than six decimals is not rounded,
    unless the sentence tells a rounding.
    """
    low, high = multiplied_out(equality.left)
    shown = value(equality.right)
    decimals = len(equality.right.strip("%").partition(".")[2])
    if equality.unit is not None:
        below, above = {"half-up": (Fraction(1, 2), Fraction(1, 2)), "up": (0, 1), "down": (1, 0)}[equality.mode]
        return low - below * equality.unit <= shown <= high + above * equality.unit
    slack = 0
    if equality.right.endswith("%") or decimals >= 6:
        slack = last_place(equality.right) / 2
    elif decimals == 2:
        slack = max(cent, Fraction(1, 100)) / 2
    return low - slack <= shown <= high + slack
