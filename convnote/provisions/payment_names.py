"""Names of the kinds of payment, in the order of the lifecycle's table of payment kinds.

The table itself (`convnote.lifecycle.payment_kinds`) is imported after the provisions and registers its names here, so that
consent and default can tell a payment from another default without keeping their own list.
"""

from __future__ import annotations

#: Each name, and whether a payment of that kind can be missed.
NAMES: dict[str, bool] = {}


def add(name: str, *, can_be_missed: bool) -> None:
    """Register the name of a kind of payment; called only by the table."""
    NAMES[name] = can_be_missed


def payments() -> tuple[str, ...]:
    """The payments that can be missed, by their names in events.

    >>> import convnote
    >>> payments()
    ('interest', 'principal', 'redemption', 'repurchase', 'put', 'conditional-put', 'clean-up', 'make-whole', 'call-make-whole')
    """
    return tuple(name for name, can_be_missed in NAMES.items() if can_be_missed)


def every_payment() -> tuple[str, ...]:
    """All kinds of payment, including those that follow a default.

    >>> import convnote
    >>> every_payment()[-1]
    'accelerated'
    """
    return tuple(NAMES)
