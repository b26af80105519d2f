"""What paths say, in one sentence that is true of any log, and the tables under the picture."""

import polars as pl

from journey.charts.paths import trace
from journey.charts.words import UNKNOWN, between, count, percent, several, short, span
from journey.paths import DROP_OFF, OTHER, START, Path, Paths, Way

ARROW = " → "
LONGEST_WAY = 58
RARE = 0.1  # of all paths: a way that fewer take is not called usual


def usual_way(paths: Paths) -> Way | None:
    """The commonest step on, and further while the commonest way goes on from it, often, and is drawn by its own names."""
    if not paths.ways:
        return None
    usual = paths.ways[0]
    for way in paths.ways[1:]:
        before = way.events[1:] if paths.question.backwards else way.events[:-1]
        often = way.count >= max(min(2, paths.count), RARE * paths.count)
        if before != usual.events or not often or any(OTHER in link for link in trace(paths, way)):
            break
        usual = way
    return usual


def paths_sentence(paths: Paths, way: Way | None) -> str:
    """How most begin (end, towards an end) and what share of all that is, and how many have left by the third step."""
    if not paths.count:
        return _nothing(paths)
    if way is None:
        return _short_ones(paths)
    if paths.count == 1:
        return f"There is one path to see: {told(paths.top_paths[0].events)}."
    share = f"{percent(way.count / paths.count, 0)} of {_units(paths, paths.count)}"
    purpose, steps = _purpose(paths), f"{'last' if paths.question.backwards else 'first'} {len(way.events)} steps"
    if way.count == 1:
        return f"No way{purpose or ' past the first step'} is taken twice; one of them is {told(way.events)}{_leaving(paths)}."
    if way.count < RARE * paths.count:
        return f"No way{purpose} is usual: the commonest {steps}, {told(way.events)}, are taken by {share}{_leaving(paths)}."
    if paths.question.backwards:
        return f"The commonest {steps}{purpose} are {told(way.events)}: {share}."
    if paths.question.start is not None and len(way.events) == 2:
        return _next_step(paths, way, share)
    return f"The commonest {steps} are {told(way.events)}: {share}{_leaving(paths)}."


def _next_step(paths: Paths, way: Way, share: str) -> str:
    """What comes right after the start, and whether more leave than that."""
    start, following = (short(event, 24) for event in way.events)
    over = sum(node.count for node in paths.nodes if node.event == DROP_OFF and node.step == 2)
    if over > way.count:
        ended = f"{percent(over / paths.count, 0)} of {_units(paths, paths.count)}"
        return f"After {start} most often nothing follows: {ended}; next comes {following}: {percent(way.count / paths.count, 0)}."
    return f"After {start} most often comes {following}: {share}{_leaving(paths)}."


def paths_caption(paths: Paths, before: Paths | None, period: str, segment: str, lone: float | None = None) -> str:
    """The population, the window, how the period before compares, and what the colours mean.

    lone: the share of sessions of one event, where that is why a path is a whole history.
    """
    parts = [_units(paths, paths.count)]
    if paths.question.unit == "session":
        parts[0] += f" of {several(paths.evidence.population, 'customer')}"
    parts += [period, segment]
    if lone is not None:
        parts.append(f"a path is a customer's whole history, as {percent(lone, 0)} of sessions hold one event")
    gone = left_by(before) if before is not None else None
    if gone is not None and before is not None:
        parts.append(f"before: {percent(gone[1], 0)} of {count(before.count)} gone by step {gone[0]}")
    if paths.links:
        parts += ["blue: that way" if usual_way(paths) else "", "" if paths.question.backwards else "pale red: left"]
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
    """path, count, customers, share of all paths in %, its interval and the median time in words: the commonest first."""
    left = "" if paths.question.backwards else ARROW + DROP_OFF
    return pl.DataFrame(
        [
            {
                "path": ARROW.join(path.events) + (left if len(path.events) < paths.question.steps else ""),
                "count": path.count,
                "share": 100 * path.count / paths.count,
                "interval": _interval(path),
                "customers": path.customers,
                "time": span(path.median_seconds) if len(path.events) > 1 else "",
            }
            for path in paths.top_paths
        ],
        schema={
            "path": pl.String,
            "count": pl.Int64,
            "share": pl.Float64,
            "interval": pl.String,
            "customers": pl.Int64,
            "time": pl.String,
        },
    )


def _interval(path: Path) -> str:
    known = path.interval
    return UNKNOWN if known is None else between(percent(known[0]), percent(known[1]))


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
        within = "" if paths.question.unit == "history" else " within a session"
        return f"Nobody goes from {short(start)} to {short(end)}{within} here."
    anchor = start if start is not None else end
    unit = "customer" if paths.question.unit == "history" else "session"
    return f"No {unit} begins here in this period." if anchor is None else f"No {unit} holds {short(anchor)} here."


def _short_ones(paths: Paths) -> str:
    """No path of two events is common enough to be told, or there is none at all."""
    commonest, unit = paths.top_paths[0], paths.question.counted
    share = f"{count(commonest.count)} of {count(paths.count)}"
    if paths.question.steps == 1 or any(link.target != DROP_OFF and link.source != START for link in paths.links):
        return f"No way is common: the most usual {unit}, {told(commonest.events)}, is {share}."
    if paths.question.end is not None:
        return f"Nothing comes before {short(paths.question.end)}: it comes first in {_all(paths)}."
    if len(paths.top_paths) == 1:
        return f"Nothing else happens in {_all(paths)}: all there is is {short(commonest.events[0])}."
    return f"Every {unit} ends with its first event, most often {short(commonest.events[0])}: {share}."


def _all(paths: Paths) -> str:
    return f"the one {paths.question.counted}" if paths.count == 1 else f"all {_units(paths, paths.count)}"


def _purpose(paths: Paths) -> str:
    """What the way leads to, or from."""
    if paths.question.end is not None:
        return f" to {short(paths.question.end, 24)}"
    return "" if paths.question.start is None else f" on from {short(paths.question.start, 24)}"


def _leaving(paths: Paths) -> str:
    gone = left_by(paths)
    return f"; {percent(gone[1], 0)} are gone by step {gone[0]}" if gone and gone[1] > 0 else ""


def _units(paths: Paths, number: int) -> str:
    return several(number, paths.question.counted)
