"""Amounts in English words, and check digits of CUSIP and ISIN numbers. Independent of notes."""

from __future__ import annotations

from convnote.errors import TermsError

# --- check digits --------------------------------------------------------------------------------------------------------


def cusip_digit(number: str) -> str:
    """The check digit of the first eight characters of a CUSIP: every second value is doubled, and all digits are summed.

    >>> cusip_digit("023135AG")
    '1'
    """
    values = (("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ*@#".index(sign)) * (1 + place % 2) for place, sign in enumerate(number))
    return str(-sum(value // 10 + value % 10 for value in values) % 10)


def isin_digit(number: str) -> str:
    """The check digit of the first eleven characters of an ISIN (ISO 6166): letters as two digits, then Luhn from the right.

    >>> isin_digit("US023135AG1")
    '0'
    """
    digits = [int(digit) for digit in "".join(str(int(sign, 36)) for sign in number)][::-1]
    doubled = (digit * (2 - place % 2) for place, digit in enumerate(digits))
    return str(-sum(value // 10 + value % 10 for value in doubled) % 10)


# --- words --------------------------------------------------------------------------------------------------------------

_UNITS = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen"
).split()
_WORTH = {word: number for number, word in enumerate(_UNITS)}
_WORTH |= {
    word: 10 * number for number, word in enumerate("twenty thirty forty fifty sixty seventy eighty ninety".split(), start=2)
}
_SCALES = {"thousand": 10**3, "million": 10**6, "billion": 10**9}


def in_figures(words: str) -> int:
    """The amount spelled in English words; a currency as the last word is ignored.

    >>> in_figures("four hundred million euros"), in_figures("two hundred and ninety million")
    (400000000, 290000000)

    Raises `TermsError` for words it cannot read.
    """
    parts = words.lower().replace("-", " ").replace(",", " ").split()
    total = group = 0
    if not parts or parts[0] not in {*_WORTH, "hundred", *_SCALES}:
        raise TermsError("expected an amount in English words", field="certificates words", value=repr(words))
    for place, word in enumerate(parts):
        if word in _WORTH:
            group += _WORTH[word]
        elif word == "hundred":
            group = max(group, 1) * 100
        elif word in _SCALES:
            total, group = total + max(group, 1) * _SCALES[word], 0
        elif word != "and" and place < len(parts) - 1:
            raise TermsError("expected an amount in English words", field="certificates words", value=repr(words))
    return total + group
