"""Worked tests of whole lives, named by rule: events and closes in, entries of a ledger out."""
