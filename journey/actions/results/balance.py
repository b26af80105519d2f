"""Whether the dice fell as they were said to: where they did not, the two sides are not alike, and no verdict is given.

Source: Fabijan and others 2019, "Diagnosing Sample Ratio Mismatch in Online Controlled Experiments", KDD 25; alarm at p < .001.
"""

import math

import numpy as np
import polars as pl

from journey.inference.clustered import clustered_error

ALARM = 3.29  # standard errors: two-sided p of .001
FEWEST = 100  # decisions, below which nothing is said


def off_chances(rows: pl.DataFrame, names: tuple[str, ...]) -> str:
    """A sentence where what was drawn does not fit the chances that were logged, else "".

    rows: every decision of a campaign, with `named`, `chance` and `customer`.  One over the chance of what was drawn, summed up
    over the decisions with one name, comes to the number of all decisions, but for luck.
    """
    if rows.height < FEWEST:
        return ""
    for name in names:
        weight = np.where((rows["named"] == name).fill_null(False).to_numpy(), 1 / rows["chance"].to_numpy(), 0.0)
        error = clustered_error(weight - weight.mean(), rows["customer"].to_numpy())
        if error and abs(weight.mean() - 1) > ALARM * error:
            return (
                f"Not to be trusted: {name!r} was drawn {weight.mean():.2f} times as often as the logged chances say, which luck would do "
                "less than once in a thousand times. Look at who was left out, and at how the chances are logged."
            )
    return ""


def off_share(held_out: int, n: int, share: float) -> str:
    """A sentence where the part of the customers held out does not fit the share that the dice were given, else ""."""
    if n < FEWEST or not 0 < share < 1:
        return ""
    if abs(held_out - n * share) <= ALARM * math.sqrt(n * share * (1 - share)):
        return ""
    return (
        f"Not to be trusted: of {n:,} customers {held_out:,} were held out, where the dice mean {100 * share:.0f}%. Luck would do that "
        "less than once in a thousand times. Look at who is proposed for when they are held out, and when not."
    )
