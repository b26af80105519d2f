"""How often the following stage was told right, in words that never say more than was tried."""

from journey.charts.words import count, date, decimal, percent, several, short
from journey.stages.accuracy import Method, StageAccuracy

DAY = 86_400_000
METHOD_NAMES = {"rules": "Moves as its stage did", "learned": "Learned", "stays": "Stays where it is", "common": "How common it is"}


def accuracy_sentence(found: StageAccuracy) -> str:
    """Which method is used, how often it was right, and whether learning helped."""
    used = None if found.used is None else found.of(found.used)
    if used is None:
        return found.verdict
    days = found.horizon / DAY
    right = f"The stage {days:g} days later was told right for {percent(used.accuracy.value, 0)} of customers"
    stays = found.of("stays")
    beside = "" if stays is None or used is stays else f"; by staying, for {percent(stays.accuracy.value, 0)}"
    if found.beats:
        return f"{right}{beside}. The learned method beats the others and is used."
    return f"{right}{beside}. The learned method does not surely beat the simpler ones, so it is not used."


def accuracy_caption(found: StageAccuracy, timezone: str) -> str:
    """Dates, tests and windows."""
    days = [date(one.as_of - 1, timezone) for one in found.dates]
    dates = " and ".join([", ".join(days[:-1]), days[-1]] if len(days) > 1 else days)
    tests = sum(one.n for one in found.dates)
    least = min((len(one.learned) for one in found.dates), default=0)
    most = max((len(one.learned) for one in found.dates), default=0)
    windows = f"{least}" if least == most else f"{least} to {most}"
    told = f"{several(found.evidence.population, 'customer')}, {several(tests, 'test')} by the end of {dates}"
    return f"{told}; learned from {windows} earlier windows, closed by then. Cost: how many stages off. Lower log loss is better."


def method_told(method: Method) -> str:
    low, high = method.accuracy.interval or (0.0, 1.0)
    right = f"right for {percent(method.accuracy.value)} ({percent(low)} to {percent(high)})"
    numbers = (
        f"macro F1 {decimal(method.macro_f1.value, 2)}, log loss {decimal(method.log_loss.value, 3)}, cost {decimal(method.cost.value, 2)}"
    )
    return f"{METHOD_NAMES[method.name]}: {right}, {numbers}"


def calibration_sentence(method: Method, stage: str) -> str:
    """How far what was told of a stage lies from what came."""
    found = next((one for one in method.calibration if one.stage == stage), None)
    if found is None or found.ece is None:
        return "Nothing was told of this stage."
    tests = sum(one.n for one in found.bins)
    return f"{short(stage, 30)}: what was told was off by {percent(found.ece)} on average over {count(tests)} tests."


def most_frequent(found: StageAccuracy) -> int:
    """The place of the stage that came most often."""
    came = [sum(row) for row in found.methods[0].confusion] if found.methods else []
    return came.index(max(came)) if came else 0
