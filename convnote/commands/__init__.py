"""The commands of the program, one module each. A new command is a module with a `COMMAND`, added to this list."""

from convnote.commands import (
    accrued,
    bylaws,
    cases,
    check,
    dilution,
    events,
    grant,
    new,
    notebooks,
    offering,
    price,
    replay,
    report,
    rules,
    schedule,
    schema,
    settings,
    simulate,
)
from convnote.commands.command import Command

COMMANDS: tuple[Command, ...] = (
    replay.COMMAND,
    schedule.COMMAND,
    check.COMMAND,
    accrued.COMMAND,
    report.COMMAND,
    simulate.COMMAND,
    price.COMMAND,
    dilution.COMMAND,
    offering.COMMAND,
    grant.COMMAND,
    bylaws.COMMAND,
    rules.COMMAND,
    settings.COMMAND,
    new.COMMAND,
    events.COMMAND,
    schema.COMMAND,
    cases.COMMAND,
    notebooks.COMMAND,
)
