"""Whether customers, and what is said of them, are still like those a model was proved on."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from journey.answers import iso
from journey.features import Feature
from journey.inference.drift import Drift, Spread, counted, drift_of, spread_of
from journey.predict.result import Scored
from journey.predict.store.record import Record


@dataclass(frozen=True)
class Drifted:
    """One feature, or the chances themselves (feature None), as of the scores beside as of the test."""

    feature: Feature | None
    drift: Drift

    @property
    def label(self) -> str:
        return "The chances given" if self.feature is None else self.feature.label

    def as_plain(self) -> dict[str, Any]:
        return {"feature": self.feature and self.feature.name, "label": self.label, **self.drift.as_plain()}


@dataclass(frozen=True)
class DriftReport:
    """as_of: ms, of the scores; tested: ms, of the test.  found: the chances first, then features, the largest drift first."""

    version: int
    as_of: int
    tested: int
    found: tuple[Drifted, ...]

    @property
    def alerts(self) -> tuple[str, ...]:
        """A sentence for each drift that is beyond chance and large enough to matter."""
        return tuple(_sentence(one, self.tested) for one in self.found if one.drift.is_drift)

    def as_plain(self) -> dict[str, Any]:
        found = [one.as_plain() for one in self.found]
        return {"version": self.version, "as_of": iso(self.as_of), "tested": iso(self.tested), "found": found, "alerts": list(self.alerts)}


def measure_drift(record: Record, scored: Scored, as_of: int) -> DriftReport:
    """The features and chances of those scored beside those of the test."""
    chances = Drifted(None, drift_of(record.scored.counts, counted(scored.probability, record.scored)))
    each = [
        Drifted(feature, drift_of(spread.counts, counted(scored.raw[:, place], spread)))
        for place, (feature, spread) in enumerate(zip(record.features, record.spreads, strict=True))
    ]
    each.sort(key=lambda one: -(one.drift.index or 0.0))
    return DriftReport(record.version, as_of, record.plan.test, (chances, *each))


def keep_drift(report: DriftReport) -> dict[str, Any]:
    """Plain data that `kept_drift` reads back beside the model's features."""
    told = [{"feature": one.feature and one.feature.name, "drift": _plain(one.drift)} for one in report.found]
    return {"version": report.version, "as_of": report.as_of, "tested": report.tested, "found": told}


def kept_drift(plain: dict[str, Any] | None, record: Record) -> DriftReport | None:
    """What was measured when customers were last scored; None where that was by another version."""
    if plain is None or plain.get("version") != record.version:
        return None
    known: dict[str | None, Feature | None] = {feature.name: feature for feature in record.features} | {None: None}
    found = [Drifted(known[one["feature"]], _drift(one["drift"])) for one in plain["found"] if one["feature"] in known]
    return DriftReport(record.version, plain["as_of"], plain["tested"], tuple(found))


def spreads_of(raw: np.ndarray) -> tuple[Spread, ...]:
    """One spread for each column of (n, k) raw numbers."""
    return tuple(spread_of(raw[:, place]) for place in range(raw.shape[1]))


def _plain(drift: Drift) -> dict[str, Any]:
    return {name: getattr(drift, name) for name in drift.__dataclass_fields__}


def _drift(plain: dict[str, Any]) -> Drift:
    by_chance = plain["by_chance"]
    return Drift(**{**plain, "by_chance": None if by_chance is None else tuple(by_chance)})


def _sentence(one: Drifted, tested: int) -> str:
    chance = one.drift.by_chance
    beside = f", where chance alone makes {chance[0]:.3f}" if chance else ""
    named = one.label if one.feature is None else f"“{one.label}”"
    verb = "are" if one.feature is None else "is"
    return f"{named} {verb} spread differently than as of {str(iso(tested))[:10]}: stability index {one.drift.index:.2f}{beside}."
