"""What a note does with the events on a side of a boundary or turn."""

import convnote as cn


def refused_by(note, edge, events):
    """The rule that refuses one of these events in the market of the boundary; None if all happen."""
    try:
        cn.replay(note, edge.history, events=events, until=max(event.on for event in events))
    except cn.LifecycleError as error:
        return error.rule
    return None


def allowed(note, edge, events):
    return refused_by(note, edge, events) is None


def lived(side, note):
    """What the note pays and does on a side of a turn."""
    ledger = cn.replay(note, side.history, events=side.events, until=side.until)
    return [(entry.date, entry.kind, entry.cash, entry.shares, entry.principal) for entry in ledger]
