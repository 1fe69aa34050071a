"""How far under the mean of n runs a bar must lie, so that a correct solution seldom misses it.

A finite-sample Chebyshev inequality: it asks nothing of the distribution, neither a normal shape
nor a known variance, so a long lower tail is allowed. It goes back to J. G. Saw, M. C. K. Yang and
T. C. Mo, "Chebyshev Inequality with Estimated Mean and Variance", The American Statistician 38(2),
1984, pp. 130-132 (shorter in A. Kabán, "Non-parametric detection of meaningless distances in high
dimensional data", Statistics and Computing 22, 2012, pp. 375-385): of n + 1 exchangeable runs, one
lies k * sqrt((n + 1) / n) or more sample standard deviations from the mean of the n others with
chance at most floor((n + 1) / n * ((n - 1) / k**2 + 1)) / (n + 1).

Here it is one-sided, since only a low accuracy is a miss, and for several new runs at once. The
bound for one run must not be raised to the third power: given the n runs the new ones are
independent, but all are held against one bar, and that was unlucky for all three or for none.

Proof. Let all n + tries runs be exchangeable, and the bar lie c > 0 sample standard deviations s
under the mean m of the n. If r of the n lay under it, then the squares of all n deviations summed
to more than r * (c * s)**2 * n / (n - r) (the others lie r * c * s / (n - r) above m on average),
and that sum is (n - 1) * s**2. So r < n * (n - 1) / (n * c**2 + n - 1); call the largest such whole
number q. If all new runs miss, they are then among the q + tries lowest of all. As each choice of
`tries` runs out of n + tries is as likely to be the new ones,

    chance <= comb(q + tries, tries) / comb(n + tries, tries).
"""

import math


def chance_of_missing(distance: float, n: int, tries: int) -> float:
    """Upper bound on the chance that all of `tries` new runs stay under the bar.

    distance  of the bar under the mean of the n runs, in their sample standard deviations;
              infinite where these are all equal and the bar is not above them.
    """
    if distance <= 0:
        return 1.0
    q = math.floor(n * (n - 1) / (n * distance**2 + n - 1))
    return math.comb(q + tries, tries) / math.comb(n + tries, tries)


def distance_needed(n: int, tries: int, chance: float) -> float:
    """The smallest distance at which the bound is under `chance`. Raises ValueError: n too small.

    Without limit for ever larger n it falls towards sqrt((1 - p) / p) with p = chance**(1 / tries).
    """
    if n < fewest_runs(tries, chance):
        raise ValueError(f"{n} runs cannot show a chance under {chance}")
    q = 0
    while math.comb(q + 1 + tries, tries) / math.comb(n + tries, tries) < chance:
        q += 1
    distance = math.sqrt((n - 1) * (n / (q + 1) - 1) / n)
    return distance * (1 + 1e-9)  # just past the step, so that rounding does not undo it


def fewest_runs(tries: int, chance: float) -> int:
    """The fewest runs with which the bound can be under `chance` at all."""
    n = 2
    while 1 / math.comb(n + tries, tries) >= chance:
        n += 1
    return n
