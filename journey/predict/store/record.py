"""All that is kept of one version of a model: its numbers, what they were learned from, and the proof of them."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from journey.errors import JourneyError, WorkspaceError
from journey.features import Feature, read_feature
from journey.inference.drift import Spread
from journey.inference.fairness import Fairness, Treatment
from journey.inference.reliability import Bin
from journey.predict.dates import Plan
from journey.predict.fitted import Fitted, read_fitted
from journey.predict.fitting import Trial
from journey.predict.measures import Measured, Metrics
from journey.predict.outcome import Outcome, read_outcome
from journey.predict.store.files import keep_plain, kept_plain
from journey.predict.tiers import Treated
from journey.warehouse import Warehouse

SHAPE = 2  # of the file and of what its features mean, raised with either; a version kept in another one is trained anew


@dataclass(frozen=True)
class Proved:
    """The proof as of one date, without the customers.  recency, majority: the baselines."""

    as_of: int
    model: Metrics
    recency: Metrics
    majority: Metrics
    thresholds: tuple[Treated, ...]


@dataclass(frozen=True, eq=False)
class Record:
    """trained_at: ms.  dataset: its version then; first, last: times of its first and last event, ms.  seed: of all draws.

    lookback: ms or None; capacity: customers a team can reach.  spreads: of each feature's raw numbers as of the test, in the
    order of the features; scored: of the chances given then.  fairness: as of the test, those with the highest chances chosen.
    """

    name: str
    version: int
    trained_at: int
    dataset: int
    first: int
    last: int
    seed: int
    outcome: Outcome
    lookback: int | None
    capacity: int
    plan: Plan
    features: tuple[Feature, ...]
    fitted: Fitted
    trial: Trial
    proof: Proved
    earlier: tuple[Proved, ...]
    spreads: tuple[Spread, ...]
    scored: Spread
    fairness: tuple[Fairness, ...]

    def as_plain(self) -> dict[str, Any]:
        """What `read_record` reads back."""
        own = {"name", "version", "trained_at", "dataset", "first", "last", "seed", "lookback", "capacity"}
        return {
            "shape": SHAPE,
            **{name: getattr(self, name) for name in sorted(own)},
            "outcome": self.outcome.as_plain(),
            "plan": asdict(self.plan),
            "features": [feature.as_plain() for feature in self.features],
            "fitted": self.fitted.as_plain(),
            "trial": asdict(self.trial),
            "proof": asdict(self.proof),
            "earlier": [asdict(proof) for proof in self.earlier],
            "spreads": [spread.as_plain() for spread in self.spreads],
            "scored": self.scored.as_plain(),
            "fairness": [asdict(fairness) for fairness in self.fairness],
        }


def keep_record(con: Warehouse, record: Record) -> None:
    """Write it into the workspace under its name and version."""
    keep_plain(con, record.name, str(record.version), record.as_plain())


class UnreadableModelError(WorkspaceError):
    """A version whose file is missing, damaged, or of another shape: it scores nobody, and training takes its place."""


def kept_record(con: Warehouse, name: str, version: int) -> Record:
    """The version as it was kept.

    Raises: UnreadableModelError: its file is missing, or of another shape.
    """
    plain = kept_plain(con, name, str(version))
    if plain is None:
        raise UnreadableModelError(
            f"Version {version} of the model {name!r} is not in the workspace. Train it anew: python -m journey train."
        )
    if isinstance(plain, dict) and plain.get("shape") != SHAPE:
        raise UnreadableModelError(
            f"Version {version} of the model {name!r} was learned by another version of the product, which told its features otherwise. "
            "Train it anew."
        )
    try:
        return read_record(plain)
    except (JourneyError, KeyError, TypeError, ValueError, AttributeError) as fault:
        raise UnreadableModelError(f"The file of version {version} of the model {name!r} is damaged ({fault!r}). Train it anew.") from fault


def readable_record(con: Warehouse, name: str, version: int | None) -> tuple[Record | None, str]:
    """-> (the version as it was kept, "") or (None, why it cannot be read); (None, "") without a version."""
    if version is None:
        return None, ""
    try:
        return kept_record(con, name, version), ""
    except UnreadableModelError as fault:
        return None, str(fault)


def read_record(plain: Mapping[str, Any]) -> Record:
    """What `as_plain` wrote."""
    if plain["shape"] != SHAPE:
        raise ValueError(f"shape {plain['shape']}")
    return Record(
        name=str(plain["name"]),
        version=int(plain["version"]),
        trained_at=int(plain["trained_at"]),
        dataset=int(plain["dataset"]),
        first=int(plain["first"]),
        last=int(plain["last"]),
        seed=int(plain["seed"]),
        outcome=read_outcome(plain["outcome"]),
        lookback=plain["lookback"],
        capacity=int(plain["capacity"]),
        plan=_plan(plain["plan"]),
        features=tuple(read_feature(feature) for feature in plain["features"]),
        fitted=read_fitted(plain["fitted"]),
        trial=Trial(**plain["trial"]),
        proof=_proved(plain["proof"]),
        earlier=tuple(_proved(proof) for proof in plain["earlier"]),
        spreads=tuple(_spread(spread) for spread in plain["spreads"]),
        scored=_spread(plain["scored"]),
        fairness=tuple(_fairness(one) for one in plain["fairness"]),
    )


def _plan(plain: Mapping[str, Any]) -> Plan:
    calibrate, several = plain["calibrate"], {key: tuple(plain[key]) for key in ("learn", "unused", "earlier")}
    return Plan(plain["score"], plain["test"], calibrate, **several)


def _proved(plain: Mapping[str, Any]) -> Proved:
    metrics = {name: _metrics(plain[name]) for name in ("model", "recency", "majority")}
    return Proved(plain["as_of"], **metrics, thresholds=tuple(Treated(**one) for one in plain["thresholds"]))


def _metrics(plain: Mapping[str, Any]) -> Metrics:
    found = {
        name: Measured(one["value"], None if one["interval"] is None else tuple(one["interval"]), one["why"])
        for name, one in plain["found"].items()
    }
    return Metrics(plain["n"], plain["came"], plain["capacity"], found, tuple(Bin(**one) for one in plain["bins"]))


def _fairness(plain: Mapping[str, Any]) -> Fairness:
    return Fairness(plain["by"], tuple(Treatment(**group) for group in plain["groups"]), plain["chosen_by"])


def _spread(plain: Mapping[str, Any]) -> Spread:
    return Spread(tuple(plain["edges"]), tuple(plain["counts"]))
