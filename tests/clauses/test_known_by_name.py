"""Terms that are known by name and refused unless the sheet says in [not_modelled] that it leaves them out (CTI-1, TAX-1 …)."""

import pytest

import convnote as cn
from convnote.provisions import RULES

SHEET = cn.dumps(cn.load("afv-2003"))


def fault_of(table, rule):
    """What refuses the table; with the rule or its family in [not_modelled] the sheet loads, and its answers say so."""
    with pytest.raises(cn.TermsError, match="not_modelled") as error:
        cn.loads(SHEET + table)
    (fault,) = error.value.faults
    note = cn.loads(f'{SHEET}{table}\n[not_modelled]\n{rule} = "left out here"\n')
    assert f"Not modelled, {rule}: left out here" in note.omissions()
    assert f"Not modelled, {rule}: left out here" in str(cn.schedule(note))
    family = cn.loads(f'{SHEET}{table}\n[not_modelled]\n{rule.partition("-")[0]} = "left out here"\n')
    assert cn.loads(cn.dumps(family)) == family
    assert "refused unless the sheet says" in RULES[rule].says
    return fault


def test_cti1_contingent_interest():
    fault = fault_of("[contingent_interest]\nfrom_date = 2006-01-01\nshare = 0.0025\n", "CTI-1")
    assert fault.startswith("contingent_interest (CTI-1): not modelled")


def test_tax1_a_call_for_tax_reasons():
    fault = fault_of("[tax_call]\nprice = 1\n", "TAX-1")
    assert fault.startswith("tax_call (TAX-1): not modelled")


def test_tax1_every_stated_table_has_its_fault():
    with pytest.raises(cn.TermsError) as error:
        cn.loads(SHEET + "[contingent_interest]\nshare = 0.0025\n[tax_call]\nprice = 1\n")
    assert len(error.value.faults) == 2


def test_tax1_what_was_left_out_may_be_said_beside_other_things():
    note = cn.loads(SHEET + '[tax_call]\nprice = 1\n[not_modelled]\nTAX-1 = "for tax"\nSFT = "callable above 140%"\n')
    assert len(note.omissions()) == 2
