"""Whether the variants are as large as the dice meant them to be: where they are not, no difference can be believed."""

from collections.abc import Mapping

from journey.experiments.result import Arm, Split
from journey.inference.differences import p_of_counts, square_of_counts


def split_of(counts: Mapping[str, int], shares: Mapping[str, float] | None = None) -> Split:
    """counts: variant -> units.  shares: variant -> the share meant for it, in any unit; None where all were meant alike.

    A variant that holds units though none were meant for it makes chance impossible: p = 0.
    Source: Fabijan and others 2019, "Diagnosing Sample Ratio Mismatch in Online Controlled Experiments", KDD.
    """
    meant = {name: max(float(shares.get(name, 0)), 0.0) for name in {**counts, **shares}} if shares else dict.fromkeys(counts, 1.0)
    total = sum(meant.values()) or 1.0
    arms = tuple(Arm(name, int(counts.get(name, 0)), share / total) for name, share in meant.items())
    sizes, intended = [arm.units for arm in arms if arm.share], [arm.share for arm in arms if arm.share]
    if len(arms) > 1 and any(arm.units and not arm.share for arm in arms):
        return Split(arms, None, 0.0)
    return Split(arms, square_of_counts(sizes, intended), p_of_counts(sizes, intended))
