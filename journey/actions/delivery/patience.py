"""How often and how long to try: exponential backoff with full jitter, within bounds that are stated here.

Source: Brooker 2015, "Exponential Backoff And Jitter", AWS Architecture Blog ("full jitter").
"""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Patience:
    """attempts: of one proposal at one target within one delivery; the next delivery tries it again, until it is past its time.

    in_a_row: failures of a target, whatever the proposal, after which this delivery leaves it alone.
    base_s: the first wait is drawn from 0 to this; each later one from twice as much, never more than longest_s.
    wait_s: seconds that one delivery waits in all; what is due later is left to the next one.
    """

    attempts: int = 5
    in_a_row: int = 5
    base_s: float = 1.0
    longest_s: float = 60.0
    wait_s: float = 120.0


LONGEST_RETRY_AFTER_S = 86_400.0  # a receiver that asks to be left alone for longer is asked again after a day


def wait_of(failures: int, patience: Patience, rng: np.random.Generator, retry_after_s: float | None = None) -> float:
    """Seconds until the next attempt, after so many failed ones; never before the receiver asked to be asked again."""
    most = min(patience.longest_s, patience.base_s * 2.0 ** (failures - 1))
    drawn = float(rng.uniform(0.0, most))
    return drawn if retry_after_s is None else max(drawn, min(max(0.0, retry_after_s), LONGEST_RETRY_AFTER_S))
