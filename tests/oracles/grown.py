"""Values of a note whose coupons become principal: bond and option in closed form, and a lattice with growing amounts (PIK-1).

Times in years, continuous rates; the share falls to zero at default; amounts are on 1 of principal today. `coupons` are pairs of
time and amount on 1, the last of them paid in cash at maturity.
"""

from math import erf, exp, log, sqrt


def growth(coupons, t):
    """Principal at a time, coupons due by then included; the last coupon is not added."""
    result = 1.0
    for due, amount in coupons[:-1]:
        result *= 1.0 + amount if due <= t else 1.0
    return result


def bond(coupons, rate, hazard, recovery):
    """Principal, last coupon and recovery of a share of principal at the default."""
    both, end = rate + hazard, coupons[-1][0]
    value = growth(coupons, end) * (1.0 + coupons[-1][1]) * exp(-both * end)
    start = 0.0
    for due, _ in coupons:
        value += recovery * growth(coupons, start) * hazard / both * (exp(-both * start) - exp(-both * due))
        start = due
    return value


def convertible_at_maturity(coupons, ratio, spot, volatility, rate, hazard, recovery):
    """The bond, and an option to exchange the principal (not the last coupon) for the shares at maturity."""
    end = coupons[-1][0]
    grown, deviation = growth(coupons, end), volatility * sqrt(end)
    forward = spot * exp((rate + hazard) * end)
    d1 = log(forward * ratio) / deviation + deviation / 2

    def normal(x):
        return 0.5 * (1.0 + erf(x / sqrt(2.0)))

    option = grown * exp(-(rate + hazard) * end) * (ratio * forward * normal(d1) - normal(d1 - deviation))
    return bond(coupons, rate, hazard, recovery) + option


def lattice(coupons, ratio, spot, volatility, rate, hazard, recovery, *, steps, call_from=None, puts=()):
    """A binomial tree in which principal and shares of a note grow; called at principal and accrued interest, put at principal.

    `puts` are pairs of time and price on 1 of the principal of that time. Accrued interest runs evenly between two coupons.
    """
    end = coupons[-1][0]
    dt = end / steps
    up = exp(volatility * sqrt(dt))
    alive, discount = exp(-hazard * dt), exp(-rate * dt)
    p = (exp((rate + hazard) * dt) - 1 / up) / (up - 1 / up)
    starts = [0.0, *(due for due, _ in coupons)]
    grown = growth(coupons, end)
    cash = grown * coupons[-1][1]
    values = [max(grown, grown * ratio * spot * up ** (2 * i - steps)) + cash for i in range(steps + 1)]
    for n in range(steps - 1, -1, -1):
        t = n * dt
        # a time just after t: what falls due between t and the next step belongs to the next step
        place = max(i for i, start in enumerate(starts[:-1]) if start <= t + 1e-12)
        principal = growth(coupons, t + 1e-12)
        accrued = coupons[place][1] * (t - starts[place]) / (starts[place + 1] - starts[place])
        lost = recovery * principal * (1 - alive)
        values = [discount * (alive * (p * values[i + 1] + (1 - p) * values[i]) + lost) for i in range(n + 1)]
        for due, price in puts:
            if due - dt < t - 1e-12 <= due:
                values = [max(value, principal * price * exp(-(rate + hazard) * (due - t))) for value in values]
        for i in range(n + 1):
            shares = principal * ratio * spot * up ** (2 * i - n)
            if call_from is not None and t >= call_from:
                values[i] = min(values[i], max(shares, principal * (1.0 + accrued)))
            values[i] = max(values[i], shares)
    return values[0]
