"""Slow twins of the rules of the Amazon note, derived from the words of the paper and from nothing else.

Obvious rather than fast: days are walked one by one, every number is a `Fraction`. Nothing here imports the
library, so agreement between the two means that two readings of the paper agree.
"""
