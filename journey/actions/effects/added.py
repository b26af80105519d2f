"""What doing an action added to something, for each customer on whom it was really done.

Where some that were meant to get it did not (a person rejected it), those meant to are compared, as the dice chose them,
and the difference is divided by the share that got it: whom a person lets pass are not like those they stop.
Source: Bloom 1984, Evaluation Review 8, 225.
"""

import math
from dataclasses import replace

import numpy as np
import polars as pl

from journey.actions.effects.weighed import Difference, weighed_difference

FEWEST = 50
"""Decisions with the action, and without it, below which nothing is called measured."""
FEWEST_OF_STAGE = 20
"""The same of one stage among several: drawn toward the others, a smaller number does less harm."""


def enough(rows: pl.DataFrame, fewest: int = FEWEST) -> bool:
    """Whether as many had the action, and as many had it not."""
    return min(int((rows["treated"] & rows["done"]).sum()), int((~rows["treated"]).sum())) >= fewest


def added_chance(rows: pl.DataFrame, fewest: int = FEWEST) -> Difference | None:
    """The added chance of the outcome, in rows of Decisions; None below so many decisions on either side."""
    return added(rows, "did", is_share=True) if enough(rows, fewest) else None


def added(rows: pl.DataFrame, column: str, is_share: bool = False) -> Difference | None:
    """What was added to the mean of a column; None where a group is empty, or of a single customer.

    is_share: the column is true or false; the error is then never below that of Agresti and Caffo's interval, as a group in
    which nobody did it would else be called sure (Agresti, Caffo 2000, The American Statistician 54, 280).
    treated and control of the answer are the means of all that were meant to get it, and of those that were not.
    """
    treated, weight = rows["treated"].to_numpy(), rows["weight"].to_numpy()
    done = float((weight * rows["done"].to_numpy())[treated].sum())
    if not done > 0 or not weight[~treated].sum() > 0:
        return None
    found = weighed_difference(rows[column].to_numpy().astype(float), treated, weight, rows["customer"].to_numpy())
    if found is None or found.se is None:
        return None
    floor = math.hypot(_floor(found.treated, weight[treated]), _floor(found.control, weight[~treated])) if is_share else 0.0
    got = done / float(weight[treated].sum())
    return replace(found, mean=found.mean / got, se=max(found.se, floor) / got)


def _floor(share: float, weight: np.ndarray) -> float:
    """The standard error of a share to which a success and a failure are added, of as many as the weights come to.

    Source: Kish 1965, "Survey Sampling", section 11.7, on what weights leave of a sample's size.
    """
    n = float(weight.sum() ** 2 / (weight**2).sum())
    middle = (share * n + 1) / (n + 2)
    return math.sqrt(middle * (1 - middle) / (n + 2))
