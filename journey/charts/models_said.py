"""What the models amount to, in words that are true of any of them: in use, tried, or lacking what to learn from."""

import re
from collections.abc import Mapping, Sequence

import polars as pl

from journey.charts.words import UNKNOWN, between, count, date, decimal, moment, percent, points, several, short
from journey.predict.drafted import Draft
from journey.predict.measures import Measured, Metrics
from journey.predict.outcome import in_words
from journey.predict.portrait import Portrait, Trait
from journey.predict.reasons import join, number
from journey.predict.store import ModelCard

IN_USE, TRIED, LACKING, UNTRIED = "In use", "Tried, not in use", "Too little history", "Not trained yet"
LONGEST = 95
OF = re.compile(r"([\d,]+) of (?:about )?([\d,]+) ")
MEASURES = {
    "auc": ("Pairs put in the right order (AUC)", "share"),
    "average_precision": ("Average precision", "share"),
    "precision_at_capacity": ("Right among the first {n}", "share"),
    "lift_at_capacity": ("Times the base rate among the first {n}", "times"),
    "log_loss": ("Log loss, lower is better", "number"),
    "brier": ("Brier score, lower is better", "number"),
    "ece": ("Chances off by, on average (ECE)", "points"),
}


def state_of(card: ModelCard) -> str:
    if card.used is not None:
        return IN_USE
    if card.challenger is not None:
        return TRIED
    return LACKING if card.missing else UNTRIED


def models_sentence(cards: Sequence[ModelCard], lacks: Mapping[str, str]) -> str:
    """Which are in use and how often they were right for those ranked highest, and which are not.

    lacks: what is missing to try those that were never trained, by name.
    """
    used = [card for card in cards if card.used is not None]
    others = [card for card in cards if card.used is None]
    if not cards:
        return "Nothing is predicted yet: this log holds none of what the usual predictions ask about."
    if not used:
        fresh = [card for card in cards if not card.tried and card.name not in lacks]
        if fresh and not any(card.tried for card in cards):
            return f"No model is trained yet; {several(len(fresh), 'prediction')} can be tried on this log."
        if not any(card.tried for card in cards):
            return f"This log holds too little to predict from yet: none of {several(len(cards), 'prediction')} can be tried."
        return f"No model is in use: none of {several(len(cards), 'prediction')} has proved itself on this log yet."
    rest = f" Not: {join([_named(card) for card in others])}." if others else ""
    for parts in (_trusted(used), [_named(card) for card in used]):
        text = f"In use: {join(parts)}.{rest}"
        if len(text) <= LONGEST:
            return text
    return f"{several(len(used), 'model')} in use, {several(len(others), 'prediction')} without one."


def _named(card: ModelCard) -> str:
    return short(card.name, 30)


def _trusted(used: Sequence[ModelCard]) -> list[str]:
    """Each with how often it was right for those it ranked highest; the first says of how many."""
    told = []
    for place, card in enumerate(used):
        right = card.metrics["precision_at_capacity"] if card.metrics else None
        whom = f" right of its first {count(card.metrics.capacity)}" if card.metrics and not place else ""
        told.append(_named(card) if right is None else f"{_named(card)} ({percent(right, 0)}{whom})")
    return told


def models_caption(cards: Sequence[ModelCard], timezone: str) -> str:
    """Why those that are not in use are not, and as of when the others were tested."""
    tests = sorted({date(card.used.proof.as_of, timezone) for card in cards if card.used})
    parts = [f"Tested on customers as of {join(tests)}, later than all that was learned from"] if tests else []
    parts += [f"{_named(card)}: {why_not(card)}" for card in cards if card.used is None and (card.tried or card.challenger)]
    return " · ".join([*parts, "intervals are 95%"] if parts else ["Nothing is scored until a model has proved itself on later customers."])


def why_not(card: ModelCard) -> str:
    """Why a prediction has no model in use, as part of a sentence."""
    if card.challenger is not None:
        return "not surely better than what is known without a model"
    return card.missing or "not trained yet"


def progress_of(missing: str) -> float | None:
    """ "56 of 100 customers ..." -> .56: how much of what is needed is there; None where it is not a count."""
    found = OF.search(missing)
    if found is None:
        return None
    have, need = (int(part.replace(",", "")) for part in found.groups())
    return min(1.0, have / need) if need else None


def right_told(metrics: Metrics, recency: Metrics) -> str:
    """Of those ranked highest: how often it came, beside the base rate and recency alone."""
    found = metrics.found["precision_at_capacity"]
    return (
        f"of the first {count(metrics.capacity)} it came true{_around(found)}; of all {percent(metrics['base_rate'], 0)}, "
        f"by recency alone {percent(recency['precision_at_capacity'], 0)}"
    )


def _around(found: Measured) -> str:
    return f" ({between(percent(found.interval[0], 0), percent(found.interval[1], 0))})" if found.interval else ""


def trained_told(card: ModelCard, timezone: str) -> str:
    """When, from what, as which version, and whom it scores."""
    record = card.shown
    if record is None:
        return ""
    window = f"events from {date(record.first, timezone)} to {date(record.last, timezone)}"
    kind = {"logistic": "logistic regression", "boosted": "boosted trees"}[record.fitted.kind]
    parts = [f"version {record.version}, {kind}", f"trained {moment(record.trained_at, timezone)}", window]
    if card.scores is not None:
        parts.append(f"{several(card.scores.customers, 'customer')} scored" + (", before the data changed" if card.scores.stale else ""))
    return " · ".join(parts)


def measures_table(card: ModelCard) -> pl.DataFrame:
    """One row per measure, each with its interval, beside the baselines."""
    if card.metrics is None:
        return pl.DataFrame()
    bases = card.baselines
    return pl.DataFrame(
        {
            "Measure": [text.format(n=count(card.metrics.capacity)) for text, _ in MEASURES.values()],
            "This model": [_told(card.metrics.found[name], kind) for name, (_, kind) in MEASURES.items()],
            "Recency alone": [_told(bases["recency"].found[name], kind) for name, (_, kind) in MEASURES.items()],
            "Same for all": [_told(bases["majority"].found[name], kind) for name, (_, kind) in MEASURES.items()],
        }
    )


def _told(found: Measured, kind: str) -> str:
    if found.value is None:
        return f"{UNKNOWN} ({found.why})" if found.why else UNKNOWN
    tell = {
        "share": percent,
        "times": lambda x: f"{decimal(x)}×",
        "number": lambda x: decimal(x, 4),
        "points": lambda x: f"{decimal(x * 100)} pts",
    }[kind]
    around = (
        f"  ({tell(found.interval[0])} to {tell(found.interval[1])})" if found.interval and found.interval[0] != found.interval[1] else ""
    )
    return tell(found.value) + around


def held_told(card: ModelCard) -> str:
    """Whether the chances held: how far off they were, on average, and which way."""
    if card.metrics is None or card.metrics["ece"] is None:
        return "Nobody could be tested."
    came = card.metrics["base_rate"] or 0.0
    told = sum(one.n * one.predicted for one in card.reliability) / (sum(one.n for one in card.reliability) or 1)
    low, high = card.metrics.found["base_rate"].interval or (came, came)
    way = (
        "on average they hold"
        if low <= told <= high
        else f"on average they are too {'low' if told < came else 'high'}, by {points(abs(told - came)).lstrip('+')}"
    )
    return f"Chances were off by {decimal((card.metrics['ece'] or 0) * 100)} pts; {way}."


def stability_told(card: ModelCard) -> str:
    """Whether the order held from one test to the next."""
    tests = [one.model.found["auc"] for one in card.stability if one.model["auc"] is not None]
    if len(tests) < 2:
        return "The log holds one date to test on; more will come with time."
    values = [one.value for one in tests if one.value is not None]
    spread = max(values) - min(values)
    lows, highs = [one.interval[0] for one in tests if one.interval], [one.interval[1] for one in tests if one.interval]
    together = bool(lows) and max(lows) <= min(highs)
    verdict = "no more than chance alone makes" if together else "more than chance alone makes"
    order = f"{percent(min(values), 0)} to {percent(max(values), 0)} of pairs"
    return f"Over {len(tests)} dates the order was right for {order}, {points(spread).lstrip('+')} apart: {verdict}."


def drift_told(card: ModelCard) -> str:
    if card.drift is None:
        return "Nobody is scored by it, so there is nothing to compare with the test."
    if not card.drift.alerts:
        return f"None of {len(card.drift.found)} spreads moved by more than chance and enough to matter."
    rest = len(card.drift.alerts) - 1
    return card.drift.alerts[0] + (f" So {'do' if rest > 1 else 'does'} {several(rest, 'other')}." if rest else "")


def direction_told(trait: Trait) -> str:
    if trait.direction is None or trait.moves == 0:
        return UNKNOWN
    return "higher chance" if trait.direction > 0.5 else "lower chance" if trait.direction < -0.5 else "it depends"


def traits_table(portrait: Portrait) -> pl.DataFrame:
    """One row per feature, the heaviest first; weight: its share of all that moves chances."""
    whole = sum(one.moves for one in portrait.traits) or 1.0
    return pl.DataFrame(
        {
            "Feature": [one.label for one in portrait.traits],
            "Weight": [100 * one.moves / whole for one in portrait.traits],
            "Typical": [
                number(one.typical, one.unit) + ("" if one.unit in ("share", "yes or no") else f" {one.unit}") for one in portrait.traits
            ],
            "More of it": [direction_told(one) for one in portrait.traits],
            "Changeable": ["yes" if one.actionable else "no" for one in portrait.traits],
            "Family": [one.family.capitalize() for one in portrait.traits],
        }
    )


def portrait_told(portrait: Portrait) -> str:
    """What moves chances most, and how much of it can be changed."""
    whole = sum(one.moves for one in portrait.traits)
    if not whole:
        return "The model gives everybody the same chance."
    changeable = sum(one.moves for one in portrait.traits if one.actionable) / whole
    first = [one.label[:1].lower() + one.label[1:] for one in portrait.traits[:3] if one.moves > 0]
    return f"It goes most by {join(first)}; {percent(changeable, 0)} of what moves chances can be changed by who serves the customer."


def draft_told(draft: Draft) -> str:
    """Whom a new prediction would be about, and how often it came: one sentence."""
    will = in_words(draft.outcome)
    if not draft.now:
        return f"Nobody could be asked now whether they are someone who {will}."
    told = f"The chance that a customer {will}: {several(draft.now, 'customer')} could be asked about now"
    if draft.base_rate is None:
        return f"{told}; how often it came is not known yet."
    return f"{told}; it came for {percent(draft.base_rate)} of {count(draft.asked)} the last time it is known."
