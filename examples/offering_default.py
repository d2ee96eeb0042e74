"""One underwriter does not pay on the closing day: how much the others take up, and whose consent is needed (OFF-3)."""

import convnote as cn
from convnote.tables import Table

offering = cn.offering("amazon-peacs-2010")
morgan, suisse, donaldson = offering.underwriters
rows = []
for default in (30_000_000, 61_333_000, 61_334_000, 69_000_000, 69_001_000):
    found = offering.allocate({suisse: default})
    taken = [found.take_up.get(name, "nothing") for name in (morgan, donaldson)]
    rows.append((default, *taken, len(found.needs_consent), "the agreement ends" if found.terminates else "goes on"))
heads = ("defaulted EUR", "Morgan Stanley", "Donaldson", "consents", "what follows")
print(Table.of(heads, rows, "Credit Suisse First Boston defaults"))
