"""What the stages say in one sentence, true of any data, and what they were counted over."""

from journey.charts.words import UNKNOWN, count, date, decimal, percent, several, short, span
from journey.stages import Stage, Stages

TOO_FEW = 30
NEARLY_ALL = 0.95
DAY_S = 86_400


def stages_sentence(found: Stages) -> str:
    """The stage where most customers went quiet; else the stage that holds most."""
    if not found.known:
        return "Nobody is known in this period yet, so nobody is in a stage."
    if found.known < TOO_FEW:
        return f"Not enough data yet: {several(found.known, 'customer')} of {TOO_FEW} needed to say where the journey loses most."
    if (found.quiet_share or 0) >= NEARLY_ALL:
        quiet = f"{percent(found.quiet_share, 0)} of {several(found.known, 'customer')} have gone quiet by the end of this period"
        return f"{quiet}: look at an earlier one, or allow more time in the rules."
    worst = found.worst
    if worst is None:
        most = max(found.stages, key=lambda stage: stage.customers)
        most_of_them = f"{percent(most.share, 0)} of {several(found.known, 'customer')} are in the stage {_name(most)}"
        return f"{most_of_them}; nobody who could go on was lost."
    told = "went quiet there" if found.aside else "went no further"
    lost = f"{count(found.gone(worst))} of {count(worst.reached)} who came so far {told}"
    return f"The journey loses most at {_name(worst)}: {lost}{_unhappy(found, worst)}."


def _unhappy(found: Stages, worst: Stage) -> str:
    """Said only where the answers there are surely lower than in every other stage of the journey."""
    score = worst.satisfaction
    others = [stage.satisfaction.mean for stage in found.journey if stage.satisfaction and stage is not worst]
    if score is None or score.interval is None or not others or score.interval[1] >= min(others):
        return ""
    return f", and satisfaction is lowest, {decimal(score.mean)}"


def stages_caption(found: Stages, before: Stages | None, timezone: str, segment: str) -> str:
    """Population, moment, what bars and hatching mean, and how the worst stage stood when the period before ended."""
    quiet = f", those now {_list([stage.name for stage in found.aside])} included" if found.aside else ""
    stands = f"bars: who came as far or further{quiet}; hatched: who stopped one before"
    parts = [f"{several(found.known, 'customer')} known by {date(found.as_of - 1, timezone)}", segment, stands]
    worst = found.worst
    stood = before.stage(worst.name) if before and worst and before.known >= TOO_FEW else None
    if before and stood and before.loss(stood) is not None:
        parts.append(f"{_name(stood)} by {date(before.as_of - 1, timezone)}: {percent(before.loss(stood), 0)}")
    return " · ".join(parts)


def days(stage: Stage) -> str:
    """The median time in a stage: looks tell it to about a fifth, so it is written as an approximation."""
    if stage.days is None or not stage.customers:
        return UNKNOWN
    if stage.days * DAY_S < 60:
        return "<1 min"
    return f"≈ {count(stage.days)} d" if stage.days >= 9.5 else f"≈ {span(stage.days * DAY_S)}"


def _name(stage: Stage) -> str:
    return short(stage.name, 30)


def _list(names: list[str]) -> str:
    return " or ".join(short(name, 24) for name in names)


def moved_sentence(found: Stages) -> str:
    """How many are in the stage they were in when the period began, and how many of those lost then are back."""
    stayed = sum(move.customers for move in found.moves if move.source == move.target)
    known = sum(move.customers for move in found.moves if move.source is not None)
    if not known:
        return "Everyone came in this period, so nobody has moved yet."
    aside = {stage.name for stage in found.aside}
    gone = sum(move.customers for move in found.moves if move.source in aside)
    back = sum(move.customers for move in found.moves if move.source in aside and move.target not in aside)
    told = f"{percent(stayed / known, 0)} of {count(known)} are where they were"
    return told + (f"; {percent(back / gone, 0)} of those who had gone quiet are back." if gone else ".")
