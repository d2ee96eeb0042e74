"""The doors of the library, each opened from outside: own events, own policies, and a walk step by step."""
