"""How fast convnote is beside other libraries, in the same process: scripts that print ratios, not tests.

    python -m tests.benchmarks.accrual
    python -m tests.benchmarks.schedules
    python -m tests.benchmarks.replays

A time by itself says little on a shared machine, so what is compared takes turns, and medians of many turns are divided.
"""
