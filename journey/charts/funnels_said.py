"""What a funnel says in one sentence, true of any data, and what it was counted over."""

from journey.charts.funnels import group_name
from journey.charts.words import count, percent, points, several, short
from journey.funnels import AgainstRest, Funnel, find_contrast
from journey.funnels.contrast import is_behind
from journey.funnels.rest import LEAST
from journey.funnels.words import told_window
from journey.inference import difference_of_shares

TOO_FEW = 20
SINGULAR = {"customers": "customer", "sessions": "session"}


def funnel_sentence(funnel: Funnel) -> str:
    """The step that loses the largest share, and the groups that differ there by more than chance would do."""
    steps = funnel.steps
    if not funnel.entered:
        return f"Nobody did {short(steps[0].title, 40)} in this period: there is no funnel to read."
    if len(steps) == 1:
        return f"{_units(funnel, funnel.entered)} did {short(steps[0].title, 40)}; add a step to see who goes on."
    if funnel.entered < TOO_FEW:
        return f"Not enough data yet: {_units(funnel, funnel.entered)} of {TOO_FEW} needed to say where they leave."
    if funnel.worst is None:
        return f"All {_units(funnel, funnel.entered)} went from {short(steps[0].title, 30)} on to {short(steps[-1].title, 30)}."
    return f"{_worst(funnel, funnel.worst)}{_differ(funnel, funnel.worst)}."


def _units(funnel: Funnel, n: int) -> str:
    return several(n, SINGULAR.get(funnel.unit, funnel.unit), funnel.unit)


def _worst(funnel: Funnel, at: int) -> str:
    step = funnel.steps[at]
    lost = 0.0 if step.share_of_previous is None else 1 - step.share_of_previous
    share = "Nobody goes on" if lost == 1 else f"{percent(lost, 0)} do not go on"
    if funnel.order == "unordered":
        return f"Of those who do {at} of the {len(funnel.steps)} steps, {share[0].lower() + share[1:]} to one more"
    before = max((k for k in range(at) if funnel.steps[k].count == step.previous), default=0)
    return f"{share} from {_name(funnel, before)} to {_name(funnel, at)}"


def _name(funnel: Funnel, at: int) -> str:
    return short(funnel.steps[at].title, 28)


def _differ(funnel: Funnel, worst: int) -> str:
    found = find_contrast(funnel)
    if found is None:
        return ""
    more, less = (short(group_name(name), 16) for name in (found.more, found.less))
    if found.step == worst or funnel.order == "unordered":
        return f"; {more} {percent(found.more_lost, 0)}, {less} {percent(found.less_lost, 0)}" if found.step == worst else ""
    return f"; before {_name(funnel, found.step)} {more} loses {percent(found.more_lost, 0)}, {less} {percent(found.less_lost, 0)}"


def funnel_caption(funnel: Funnel, before: Funnel | None, period: str, segment: str) -> str:
    """Population, window, what is still open, and the change against the period before."""
    parts = [f"{_units(funnel, funnel.entered)} entered", period, segment]
    parts.append("no limit of time" if funnel.window is None else f"within {told_window(funnel.window)}")
    if funnel.still_open and funnel.window is not None:
        parts.append(f"{count(funnel.still_open)} can still go on")
    parts += [_change(funnel, before)] if before else []
    parts.append("whiskers: 95% Wilson interval")
    return " · ".join(part for part in parts if part)


def _change(funnel: Funnel, before: Funnel) -> str:
    """ "conversion 11.6%, +0.8 pts on the period before (+0.1 to +1.5)"."""
    found = difference_of_shares(funnel.converted, funnel.entered, before.converted, before.entered)
    if found is None or len(funnel.steps) == 1:
        return ""
    change, low, high = found
    told = f"{points(change)} on the period before ({points(low).removesuffix(' pts')} to {points(high).removesuffix(' pts')})"
    return f"conversion {percent(funnel.steps[-1].share_of_first)}, {told}"


def groups_caption(funnel: Funnel, shown: int, lowest: str | None) -> str:
    """How to read the small funnels, and how many groups are not shown."""
    rest = len(funnel.groups) - shown
    entered = sum(steps[0].count for steps in list(funnel.groups.values())[shown:])
    parts = [f"Steps 1 to {len(funnel.steps)}; dashes mark all {funnel.unit}."]
    if shown > 1:
        parts.append("The lowest is orange." if lowest is not None else "The groups are not told apart: chance could do it.")
    if rest:
        parts.append(f"{several(rest, 'smaller group is', 'smaller groups are')} not shown ({_units(funnel, entered)}).")
    return " ".join(parts)


def lowest_group(funnel: Funnel, shown: list[str]) -> str | None:
    """The shown group with the smallest share at the last step, where the best differs from it by more than chance."""
    last = {name: funnel.groups[name][-1] for name in shown if funnel.groups[name][0].count}
    if len(last) < 2:
        return None
    ranked = sorted(last, key=lambda name: (last[name].share_of_first or 0.0, name))
    pairs = len(ranked) * (len(ranked) - 1) // 2
    return ranked[0] if is_behind(last[ranked[0]], last[ranked[-1]], pairs) else None


def rest_judged(rest: AgainstRest | None) -> str:
    """What the q of a group against the rest says, in words."""
    if rest is None:
        return ""
    if rest.q is None:
        return f"too few ({LEAST} needed)" if min(rest.n, rest.rest_n) < LEAST else "nothing to tell apart"
    word = "no, chance could do it" if not rest.told_apart else "yes, higher" if (rest.difference or 0) > 0 else "yes, lower"
    return f"{word} (q {'<0.001' if rest.q < 0.001 else f'{rest.q:.3f}'})"


def rest_caption(funnel: Funnel, attribution: str) -> str:
    """How many groups differ from the rest, and how that was decided."""
    rest = funnel.against_rest
    if not rest:
        return f"{funnel.unit.capitalize()} can be in several groups here, so a group has no rest to be held against."
    tested = sum(found.q is not None for found in rest.values())
    told = sum(found.told_apart for found in rest.values())
    parts = [f"{count(told)} of {several(tested, 'group')} tested convert otherwise than the rest."]
    parts.append("q: Benjamini-Hochberg over these groups, told apart at 5%; intervals are Wilson and Newcombe, each of its own.")
    if attribution == "last_touch" or attribution.startswith("step:"):
        parts.append("The group is known from a later step, so it may itself be part of how it went.")
    return " ".join(parts)
