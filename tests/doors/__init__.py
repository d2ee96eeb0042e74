"""The doors of the library, each opened from outside: events, answers, policies, market models, and a walk step by step."""
