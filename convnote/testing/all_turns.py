"""All turns: the list, once both modules that fill it have been read."""

from __future__ import annotations

from convnote.testing import turns, turns_defaults, turns_rights
from convnote.testing.turns import TURNS

#: The modules that fill the list.
FILLED_BY = (turns, turns_rights, turns_defaults)

__all__ = ["FILLED_BY", "TURNS"]
