"""Tests of the kit: its strategies, its machine against engines with a fault, its invariants, its reference cases."""
