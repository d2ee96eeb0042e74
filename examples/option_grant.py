"""The option on the Form 4, assuming 50,000 shares: the shares vested and exercisable (OPT-3, OPT-4)."""

import dataclasses

import convnote as cn
from convnote.tables import Table

grant = dataclasses.replace(cn.grant("amazon-2004"), shares=50_000)
days = ("2003-06-30", "2003-07-01", "2004-11-29", "2007-04-01", "2011-09-06", "2011-09-07")
rows = [(on, grant.vested_share(on), grant.vested(on), grant.exercisable(on, exercised=10_000)) for on in days]
print(Table.of(("date", "part vested", "vested", "exercisable after 10,000"), rows, "50,000 shares at USD 7.93"))
