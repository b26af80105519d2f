"""The journey's movement in words: how fast customers go on, how they move, what groups do otherwise."""

from collections.abc import Sequence

from journey.charts.words import count, percent, several, short, span
from journey.stages import Flow, Group, Pace, Paces, Part, Shift

FEWEST = 30
DAY_S = 86_400
KIND_NAMES = {
    "forward": "Went on a stage",
    "skip": "Went on past a stage",
    "back": "Went back",
    "exit": "Went quiet",
    "return": "Came back from quiet",
    "quiet": "Grew quieter still",
}
MORE, LESS = "▲", "▼"


def followed(paces: Paces) -> bool:
    """Whether enough customers came to stages early enough to be followed for anything to be said."""
    return sum(pace.on.entered for pace in paces.stages if pace.on) >= FEWEST


def pace_sentence(paces: Paces) -> str:
    """Which stage's pace changed most, where any surely did."""
    rows = [pace for pace in paces.stages if pace.on is not None and pace.on.entered]
    entered = sum(pace.on.entered for pace in rows if pace.on)
    if not followed(paces):
        return f"Not enough data yet: {several(entered, 'customer')} of {FEWEST} needed came to a stage early enough to be followed."
    changed = [pace for pace in rows if pace.word in ("faster", "slower") and pace.difference]
    if changed:
        most = max(changed, key=lambda pace: abs(pace.difference[0]) if pace.difference else 0.0)
        others = f", and {several(len(changed) - 1, 'stage')} more changed" if len(changed) > 1 else ""
        return f"Customers go on {most.word} from {short(most.stage, 24)} than in the period before: {_gap(most)}{others}."
    if paces.why_not:
        return f"How fast customers go on is not compared: {paces.why_not}."
    if not any(pace.difference for pace in rows):
        return "How fast customers go on is not compared: too few came to a stage in one of the two periods."
    return "Customers go on no faster and no slower than in the period before, as far as can be told."


def _gap(pace: Pace) -> str:
    if pace.difference is None:
        return ""
    days, low, high, _ = pace.difference
    ends = sorted((abs(low), abs(high)))
    side = "sooner" if days < 0 else "later"
    return f"{span(abs(days) * DAY_S)} {side} on average ({span(ends[0] * DAY_S)} to {span(ends[1] * DAY_S)})"


def pace_caption(paces: Paces) -> str:
    days = paces.window / DAY_S / 1000
    window = span(paces.window / 1000) if days < 2 else f"{days:.0f} days"
    mark = "" if paces.why_not else " The small mark: the period before."
    told = f"Of those who came to a stage and stood there, who went on within {window}."
    return f"{told} Pace: their mean time, {window} for who stayed.{mark}"


def pace_words(pace: Pace) -> tuple[str, str]:
    """-> (the change in a few words, its tone)."""
    if pace.difference is None:
        return "not compared", "flat"
    if pace.word == "not told apart":
        return "no change told", "flat"
    return f"{span(abs(pace.difference[0]) * DAY_S)} {pace.word}", pace.word


def pace_told(pace: Pace) -> str:
    spell = pace.on
    if spell is None:
        return ""
    low, high = spell.interval or (0.0, 1.0)
    ends = spell.median_interval
    half = "" if spell.median is None else f"; half of them within {span(spell.median * DAY_S)}"
    sure = "" if ends is None else f" ({span(ends[0] * DAY_S)} to {span(ends[1] * DAY_S)})"
    went = f"{count(spell.went_on)} of {count(spell.entered)} went on ({percent(low)} to {percent(high)})"
    return f"{pace.stage}: {went}{half}{sure}; {count(pace.skipped)} came past without it"


def describe_pace(paces: Paces) -> str:
    told = [f"{pace_told(pace)}." for pace in paces.stages if pace.on is not None and pace.on.entered]
    return " ".join(told) or "Nobody could be followed."


def flow_sentence(flow: Flow) -> str:
    """How many went quiet, and how many of the moves were loops."""
    leaving, back = flow.kind("exit"), flow.kind("back")
    if not leaving.of:
        return "Nobody was seen at two looks yet, so nobody can have moved."
    if not sum(shift.moves for shift in flow.kinds):
        return f"None of {several(leaving.of, 'customer')} moved from one stage to another."
    return f"{_of(leaving)} went quiet; {_of(back)} went back to an earlier stage."


def _of(shift: Shift) -> str:
    return f"{percent(shift.share, 0)}" + ("" if shift.share in (None, 0) else f" ({count(shift.customers)})")


def flow_caption(flow: Flow) -> str:
    of = flow.kinds[0].of
    return f"Of {several(of, 'customer')} seen at two looks or more, of {flow.looks} looks. A customer may move several times."


def describe_flow(flow: Flow) -> str:
    told = [f"{KIND_NAMES[shift.kind]}: {count(shift.customers)} customers, {count(shift.moves)} moves" for shift in flow.kinds]
    return "; ".join(told) + "."


def group_name(value: str) -> str:
    return value or "not known"


def group_cell(part: Part) -> str:
    """ "40% ▼": the share that goes on, and whether it surely differs from all others'."""
    if part.goes_on is None:
        return ""
    sign = "" if not part.differs or part.rest is None else f" {MORE if part.goes_on > part.rest else LESS}"
    return f"<b>{percent(part.goes_on, 0)}{sign}</b>" if sign else percent(part.goes_on, 0)


def groups_sentence(groups: Sequence[Group], name: str) -> str:
    """The group and stage that lose most customers against the rest, where any surely does."""
    if len(groups) < 2:
        return f"All customers are of one group of {short(name, 30)}."
    worse = [
        (part.reached * (part.rest - part.goes_on), group, part)
        for group in groups
        for part in group.parts
        if group.value and part.differs and part.rest is not None and part.goes_on is not None and part.reached and part.goes_on < part.rest
    ]
    if not worse:
        return f"No group of {short(name, 30)} goes on surely less than all others."
    _, group, part = max(worse, key=lambda one: one[0])
    shares = f"{percent(part.goes_on, 0)} against {percent(part.rest, 0)} of all others"
    return f"{short(group_name(group.value), 30)} goes on least from {short(part.stage, 24)}: {shares}."


def describe_groups(groups: Sequence[Group]) -> str:
    told = [
        f"{group_name(group.value)}, {count(group.known)} customers: "
        + ", ".join(f"{part.stage} {percent(part.goes_on, 0)}" for part in group.parts if part.goes_on is not None)
        for group in groups
    ]
    return "Share that goes on from each stage. " + "; ".join(told) + "."
