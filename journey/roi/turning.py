"""What would have to be true: where each input crosses from loss to profit, and how far each moves the net."""

from collections.abc import Sequence

import numpy as np

from journey.roi.inputs import NAMED, PUBLISHED
from journey.roi.model import central_values, net, steps
from journey.roi.payback import in_months
from journey.roi.question import MOST_MONTHS, RoiQuestion
from journey.roi.result import BreakEven, Swing

ROUNDS = 12  # of sixteen parts each: fifteen digits
GRID = 41
EITHER_WAY = 0.1
FAR = 1e9  # so far off that rounding at 0 does not show in the slope
Crossing = tuple[float | None, float, float]  # where the net is 0, the net at 0, its slope
SPREAD = "from P10 to P90 of each input, the others central"
TENTH = "one tenth down and up, since no input has a spread; the others as they are"


def turning_points(question: RoiQuestion) -> tuple[BreakEven, ...]:
    """Of lift first, of every other input, and of the months."""
    names = [name for name, _ in question.values]
    straight = [name for name in names if NAMED[name].straight or question.model == PUBLISHED]
    found = {**_crossings(question, straight), **_bent(question, [name for name in names if name not in straight])}
    return (*(_told(question, name, *found[name]) for name in names), _months(question))


def _varied(question: RoiQuestion, rows: Sequence[tuple[str, float]]) -> np.ndarray:
    """(rows,): the net where one input has this value, the others central."""
    values = {name: np.repeat(value, len(rows)) for name, value in central_values(question).items()}
    for row, (name, value) in enumerate(rows):
        values[name][row] = value
    return net(question, values)


def _crossings(question: RoiQuestion, names: Sequence[str]) -> dict[str, Crossing]:
    """Input -> (where the net is 0, net at 0, slope), exactly: it grows in a straight line."""
    spans = {name: 1.0 if NAMED[name].is_share else FAR for name in names}
    found = _varied(question, [(name, value) for name in names for value in (0.0, spans[name])]).reshape(-1, 2)
    crossed: dict[str, Crossing] = {}
    for name, (at_zero, at_span) in zip(names, found.tolist(), strict=True):
        slope = (at_span - at_zero) / spans[name]
        crossed[name] = ((0.0 - at_zero) / slope + 0.0 if slope else None, at_zero, slope)
    return crossed


def _bent(question: RoiQuestion, names: Sequence[str]) -> dict[str, Crossing]:
    """The same of shares in which the net is no straight line: the crossing nearest to the central value, by halving."""
    grid = np.linspace(0.0, 1.0, GRID)
    found: dict[str, Crossing] = {}
    for name in names:
        places = np.unique(np.append(grid, question.central[name]))
        nets = _varied(question, [(name, float(place)) for place in places])
        slope = float(nets[-1] - nets[0])
        turns = np.flatnonzero((nets[:-1] >= 0) != (nets[1:] >= 0))
        if not len(turns):
            found[name] = (None, float(nets[0]), slope)
            continue
        turn = min(turns, key=lambda k: abs((places[k] + places[k + 1]) / 2 - question.central[name]))
        rising = float(nets[turn + 1] - nets[turn])
        found[name] = (_halved(question, name, float(places[turn]), float(places[turn + 1]), rising > 0), float(nets[0]), rising)
    return found


def _halved(question: RoiQuestion, name: str, low: float, high: float, rising: bool) -> float:
    """Where the net crosses zero between two values: each round asks at 15 places at once."""
    for _ in range(ROUNDS):
        places = np.linspace(low, high, 17)
        pays = _varied(question, [(name, float(place)) for place in places]) >= 0
        first = int(np.argmax(pays == rising))
        low, high = float(places[max(first - 1, 0)]), float(places[first])
    return high if rising else low


def _told(question: RoiQuestion, name: str, value: float | None, at_zero: float, slope: float) -> BreakEven:
    now, (low, high) = question.central[name], NAMED[name].bounds
    needs = "at least" if slope > 0 else "at most" if slope < 0 else ""
    if value is not None and low <= value <= high:
        spread = question.spread(name)
        below = None if spread.is_fixed else spread.below(value)
        return BreakEven(name, now, value, needs, "", None if below is None else (1 - below if slope > 0 else below))
    return BreakEven(name, now, None, "", _never(question, name, at_zero, slope, high))


def _never(question: RoiQuestion, name: str, at_zero: float, slope: float, high: float) -> str:
    """Why there is no crossing: the net has one sign over all that the input can be."""
    label = NAMED[name].label[0].lower() + NAMED[name].label[1:]
    if slope == 0:
        return f"Nothing depends on the {label} as things stand."
    if at_zero >= 0:
        return f"It pays, whatever is put in for the {label}."
    if NAMED[name].is_share and NAMED[name].straight:
        best = high if slope > 0 else 0.0
        return f"With the {label} at its {'most' if best else 'least'}, {best:g}, it still loses {-(at_zero + slope * best):,.0f}."
    return f"It loses, whatever is put in for the {label}: something else must change."


def _months(question: RoiQuestion) -> BreakEven:
    """How long it must run to bring back all, in today's money."""
    nets = [float(step.discounted[0]) for step in steps(question, central_values(question), MOST_MONTHS)]
    losing = [month for month, value in enumerate(nets) if value < 0]
    if not losing:
        return BreakEven("months", question.months, None, "", "It pays however many months are reckoned.")
    if losing[-1] == MOST_MONTHS:
        paid = [month for month, value in enumerate(nets) if month and value >= 0]
        most = f"It pays over {_span(paid[0], paid[-1])}, and over more it does not." if paid else ""
        why = most or f"It has not paid after {MOST_MONTHS} months either."
        return BreakEven("months", question.months, None, "", why)
    return BreakEven("months", question.months, losing[-1] + 1, "at least", "")


def _span(first: int, last: int) -> str:
    return in_months(last) if first == last else f"{first} to {last} months"


def swings(question: RoiQuestion) -> tuple[tuple[Swing, ...], str]:
    """-> (each input at its low and its high value, the widest first; what low and high are)."""
    uncertain = question.uncertain
    if uncertain:
        ends = {name: (spread.p10, spread.p90) for name, spread in question.values if name in uncertain}
    else:
        ends = {
            name: (value * (1 - EITHER_WAY), min(value * (1 + EITHER_WAY), NAMED[name].bounds[1]))
            for name, value in question.central.items()
            if value > 0
        }
    nets = _varied(question, [(name, value) for name, pair in ends.items() for value in pair]).reshape(-1, 2).tolist() if ends else []
    found = [Swing(name, *ends[name], *pair) for name, pair in zip(ends, nets, strict=True)]
    return tuple(sorted(found, key=lambda one: (-one.width, one.input))), SPREAD if uncertain else TENTH
