"""Called for 20 February 2003: the redemption price and the shares, and which is worth more to the holder (RED-1, CNV-3)."""

import convnote as cn
from convnote.tables import Table

note, price = cn.load("amazon-peacs-2010"), "84.883"  # in force since the reset of 2001
redeemed = note.redemption.amount("2003-02-20")
rows = []
for close in ("20.00", "60.00", "84.883", "84.940", "84.950", "120.00"):
    shares = cn.analytics.conversion_value(note, close, conversion_price=price)
    rows.append((close, shares, redeemed, "the shares" if shares > redeemed else "the redemption price"))
print(Table.of(("share EUR", "shares EUR", "redemption EUR", "worth more"), rows, "Called for 2003-02-20, per EUR 1,000"))
