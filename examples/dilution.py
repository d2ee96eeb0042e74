"""Dilution by the notes and ten million options, before and after the reset (DIL-1, DIL-2, DIL-7)."""

import convnote as cn
from convnote.tables import Table

note, history = cn.load("amazon-peacs-2010"), cn.scenario("as-it-was")
figures = [
    ("2000-12-31", 357_140_000, "15.56"),
    ("2001-12-31", 373_218_000, "10.82"),
    ("2002-12-31", 387_906_000, "18.89"),
    ("2003-12-31", 403_354_000, "52.62"),
]
series = cn.filings.dilution_series(note, history, figures, options=[(10_000_000, "13.155")])
rows = [(row.on, row.basic, row.conversion_shares, row.option_shares, row.share_of_noteholders) for row in series]
print(Table.of(("date", "shares", "conversion", "options", "noteholders' part"), rows, "Dilution"))
