"""Worked examples, each named after the rule it works: figures from the paper and from arithmetic by hand."""
