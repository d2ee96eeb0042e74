"""Names of the kinds of payment, in the order in which the table of the lifecycle lists them.

The table itself (`convnote.lifecycle.payment_kinds`) stands above the provisions and adds its names here, so that consent and
default can tell a payment from another default without a list of their own.
"""

from __future__ import annotations

#: Each name, and whether such a payment can be missed.
NAMES: dict[str, bool] = {}


def add(name: str, *, can_be_missed: bool) -> None:
    """Make a name of a kind of payment known; asked by the table alone."""
    NAMES[name] = can_be_missed


def payments() -> tuple[str, ...]:
    """The payments that can be missed, by their names in events.

    >>> import convnote
    >>> payments()
    ('interest', 'principal', 'redemption', 'repurchase', 'put', 'clean-up', 'make-whole', 'call-make-whole')
    """
    return tuple(name for name, can_be_missed in NAMES.items() if can_be_missed)


def every_payment() -> tuple[str, ...]:
    """All kinds of payment, what follows a default itself among them.

    >>> import convnote
    >>> every_payment()[-1]
    'accelerated'
    """
    return tuple(NAMES)
