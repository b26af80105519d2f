"""What paths say, in one sentence that is true of any log, and the tables under the picture."""

import polars as pl

from journey.charts.words import count, percent, several, short, span
from journey.paths import DROP_OFF, OTHER, START, Path, Paths

ARROW = " → "
LONGEST_WAY = 58


def usual_way(paths: Paths, goal: str | None = None) -> Path | None:
    """The commonest path that ends with the goal, else one that holds it, else one of two events or more."""
    longer = [path for path in paths.top_paths if len(path.events) > 1]
    ending = [path for path in longer if path.events[-1] == goal]
    holding = [path for path in longer if goal in path.events]
    return next(iter([*ending, *holding, *longer]), None)


def paths_sentence(paths: Paths, way: Path | None, goal: str | None = None) -> str:
    """The usual way and how many take it, and how many have left by the third step."""
    if not paths.count:
        return _nothing(paths)
    if way is None:
        return _short_ones(paths)
    if paths.count == 1:
        return f"There is one path to see: {told(way.events)}."
    named = _named(paths, way)
    but = "but only" if way.count < 0.2 * paths.count else "and"
    of = f"{count(way.count)} of {_units(paths, paths.count)}"
    # Who reached the goal at once is over by then as well, and not gone: then nothing is said of leaving.
    leaving = _leaving(paths) if way.events[-1] != goal or len(way.events) > 2 else ""
    purpose = _purpose(paths, way, goal)
    if way.count == 1:
        return f"No way{purpose} is taken twice; one of them is {named}{leaving}."
    if paths.question.backwards and len(way.events) == paths.question.steps:
        return f"The usual last steps{purpose} are {named}, {but} {of} take them."
    return f"The usual way{purpose} is {named}, {but} {of} take it{leaving}."


def _named(paths: Paths, way: Path) -> str:
    """The way without the start that the question names already, unless the columns begin later than that."""
    if paths.question.start is None or way.events[0] != paths.question.start or paths.question.backwards:
        return told(way.events)
    return told(way.events[1:]) if len(way.events) > 2 else f"to {told(way.events[1:])}"


def paths_caption(paths: Paths, before: Paths | None, period: str, segment: str) -> str:
    """The population, the window, how the period before compares, and what the colours mean."""
    parts = [_units(paths, paths.count)]
    if paths.question.unit == "session":
        parts[0] += f" of {several(paths.evidence.population, 'customer')}"
    parts += [period, segment]
    gone = left_by(before) if before is not None else None
    if gone is not None and before is not None:
        parts.append(f"before: {percent(gone[1], 0)} of {count(before.count)} gone by step {gone[0]}")
    if paths.links:
        parts += ["blue: that path" if usual_way(paths) else "", "" if paths.question.backwards else "pale red: left"]
    return " · ".join(part for part in parts if part)


def told(events: tuple[str, ...]) -> str:
    """A path in words; the middle of a long one is left out."""
    whole = ARROW.join(short(event, 24) for event in events)
    if len(whole) <= LONGEST_WAY or len(events) <= 3:
        return whole
    return ARROW.join((short(events[0], 20), short(events[1], 20), "…", short(events[-1], 20)))


def left_by(paths: Paths) -> tuple[int, float] | None:
    """(step, share of the paths that are over before it): step 3, or the last where there are fewer; None towards an end."""
    if paths.question.backwards or not paths.count:
        return None
    step = min(3, paths.question.steps)
    gone = sum(node.count for node in paths.nodes if node.event == DROP_OFF and node.step <= step)
    return step, gone / paths.count


def top_paths_table(paths: Paths) -> pl.DataFrame:
    """path, count, customers, share of all paths in %, time (median, in words): the commonest first."""
    left = "" if paths.question.backwards else ARROW + DROP_OFF
    return pl.DataFrame(
        [
            {
                "path": ARROW.join(path.events) + (left if len(path.events) < paths.question.steps else ""),
                "count": path.count,
                "customers": path.customers,
                "share": 100 * path.count / paths.count,
                "time": span(path.median_seconds) if len(path.events) > 1 else "",
            }
            for path in paths.top_paths
        ],
        schema={"path": pl.String, "count": pl.Int64, "customers": pl.Int64, "share": pl.Float64, "time": pl.String},
    )


def before_leaving_table(paths: Paths) -> pl.DataFrame:
    """event, count, share in %: the last event of the paths that are over within the columns, the commonest first, Other last."""
    last: dict[str, int] = {}
    for link in paths.links:
        if link.target == DROP_OFF:
            last[link.source] = last.get(link.source, 0) + link.count
    total = sum(last.values())
    return pl.DataFrame(
        [{"event": event, "count": n, "share": 100 * n / total} for event, n in sorted(last.items(), key=_commonest)],
        schema={"event": pl.String, "count": pl.Int64, "share": pl.Float64},
    )


def _commonest(pair: tuple[str, int]) -> tuple[bool, int, str]:
    event, number = pair
    return event == OTHER, -number, event


def before_end_table(paths: Paths) -> pl.DataFrame:
    """event, count, share in %: what came just before the end, the commonest first; (start) where nothing did."""
    last = {link.source: link.count for link in paths.links if link.step == -2}
    total = sum(last.values())
    return pl.DataFrame(
        [{"event": event, "count": n, "share": 100 * n / total} for event, n in sorted(last.items(), key=_commonest)],
        schema={"event": pl.String, "count": pl.Int64, "share": pl.Float64},
    )


def _nothing(paths: Paths) -> str:
    start, end = paths.question.start, paths.question.end
    if start is not None and end is not None:
        return f"Nobody goes from {short(start)} to {short(end)} within a session here."
    anchor = start if start is not None else end
    return "No session begins here in this period." if anchor is None else f"No session holds {short(anchor)} here."


def _short_ones(paths: Paths) -> str:
    """No path of two events is common enough to be told, or there is none at all."""
    commonest, unit = paths.top_paths[0], paths.question.unit
    share = f"{count(commonest.count)} of {count(paths.count)}"
    if paths.question.steps == 1 or any(link.target != DROP_OFF and link.source != START for link in paths.links):
        return f"No way is common: the most usual {unit}, {told(commonest.events)}, is {share}."
    if paths.question.end is not None:
        return f"Nothing comes before {short(paths.question.end)}: it comes first in {_all(paths)}."
    if len(paths.top_paths) == 1:
        return f"Nothing else happens in {_all(paths)}: all there is is {short(commonest.events[0])}."
    return f"Every {unit} ends with its first event, most often {short(commonest.events[0])}: {share}."


def _all(paths: Paths) -> str:
    return f"the one {paths.question.unit}" if paths.count == 1 else f"all {_units(paths, paths.count)}"


def _purpose(paths: Paths, way: Path, goal: str | None) -> str:
    """What the way leads to, or from.  Where more leave at once than take it, it is only the usual way on."""
    question = paths.question
    if goal is not None and goal in way.events:
        return f" {'to' if way.events[-1] == goal else 'through'} {short(goal, 24)}"
    if question.end is not None:
        return f" to {short(question.end, 24)}"
    on = " on" if way != paths.top_paths[0] else ""
    if question.start is not None:
        return f"{on} from {short(question.start, 24)}"
    return f"{on} past the first step" if on else ""


def _leaving(paths: Paths) -> str:
    gone = left_by(paths)
    return f"; {percent(gone[1], 0)} are gone by step {gone[0]}" if gone and gone[1] > 0 else ""


def _units(paths: Paths, number: int) -> str:
    return several(number, paths.question.unit)
