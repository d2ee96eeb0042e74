"""Terms known by name but not modelled: a sheet that states one is refused unless `[not_modelled]` names it (NMD-1)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from convnote.errors import TermsError
from convnote.provisions.provision import rules

RULES = rules(
    CTI_1=("contingent interest is not modelled: refused unless the sheet says that it leaves it out", "note"),
    TAX_1=("a call for tax reasons is not modelled: refused unless the sheet says that it leaves it out", "note"),
)

#: The rule of each table that is known only by name.
KNOWN = {
    "contingent_interest": "CTI-1",
    "tax_call": "TAX-1",
}


def without_known(sheet: Mapping[str, Any]) -> tuple[dict[str, Any], list[TermsError]]:
    """The sheet without the terms known only by name, and a fault for each such term not listed in `[not_modelled]`.

    >>> sheet, faults = without_known({"name": "a note", "tax_call": {"from": "2025-01-01"}})
    >>> sheet, faults[0].rule
    ({'name': 'a note'}, 'TAX-1')
    """
    return {name: value for name, value in sheet.items() if name not in KNOWN}, list(_faults(sheet))


def _faults(sheet: Mapping[str, Any]) -> Iterator[TermsError]:
    omitted = sheet.get("not_modelled", {})
    omitted = omitted if isinstance(omitted, Mapping) else {}
    for table, rule in KNOWN.items():
        if table in sheet and not {rule, rule.partition("-")[0]} & set(omitted):
            reason = (
                f'not modelled; to go on without it, say so in the sheet: [not_modelled] {rule} = "in words what is left out"'
            )
            yield TermsError(reason, field=table, rule=rule)
