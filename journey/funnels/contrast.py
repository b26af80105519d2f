"""Where groups differ: the step at which the groups of a breakdown lose clearly different shares."""

from dataclasses import dataclass

from journey.funnels.result import Funnel, FunnelStep
from journey.inference import difference_of_shares

SMALLEST = 30
MOST_GROUPS = 4


@dataclass(frozen=True)
class Contrast:
    """At `step`, group `more` loses more_lost of those at the step before, group `less` less_lost.

    interval: of the difference, adjusted for the pairs and steps that could have been chosen (Bonferroni).
    """

    step: int
    more: str
    less: str
    more_lost: float
    less_lost: float
    interval: tuple[float, float]


def shown_groups(funnel: Funnel, most: int = MOST_GROUPS) -> dict[str, tuple[FunnelStep, ...]]:
    """The largest groups; the caller says how many others there are."""
    return dict(list(funnel.groups.items())[:most])


def find_contrast(funnel: Funnel) -> Contrast | None:
    """The clearest difference between two of the shown groups: at the worst step where there is one, else at any other.

    None where chance could make them all.  Groups with fewer than 30 units at the step before are left out.
    """
    found = [_contrast_at(funnel, step, len(funnel.steps) - 1) for step in range(1, len(funnel.steps))]
    clear = sorted((contrast for contrast in found if contrast), key=lambda c: (c.step != funnel.worst, -c.interval[0]))
    return clear[0] if clear else None


def _contrast_at(funnel: Funnel, step: int, looks: int) -> Contrast | None:
    known = [(name, steps[step]) for name, steps in shown_groups(funnel).items() if (steps[step].previous or 0) >= SMALLEST]
    if len(known) < 2:
        return None
    lost = {name: 1 - found.count / (found.previous or 1) for name, found in known}
    counts = dict(known)
    more = max(lost, key=lambda name: (lost[name], name))
    less = min(lost, key=lambda name: (lost[name], name))
    pairs = len(known) * (len(known) - 1) / 2 * looks
    first, second = counts[more], counts[less]
    found = difference_of_shares(first.lost, first.previous or 0, second.lost, second.previous or 0, 1 - 0.05 / pairs)
    if found is None or found[1] <= 0:
        return None
    return Contrast(step, more, less, lost[more], lost[less], (found[1], found[2]))


def is_behind(lower: FunnelStep, higher: FunnelStep, pairs: int = 1) -> bool:
    """Whether the share of `lower` that got this far is below that of `higher` by more than chance would do."""
    found = difference_of_shares(higher.count, higher.first, lower.count, lower.first, 1 - 0.05 / max(1, pairs))
    return found is not None and found[1] > 0
