"""One card for each prediction: what a person should know before they trust its scores, and before they change it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from journey.answers import iso
from journey.inference.fairness import Fairness
from journey.inference.reliability import Bin
from journey.predict.measures import Measured, Metrics
from journey.predict.named import Named, named_predictions
from journey.predict.outcome import Outcome, in_words
from journey.predict.store.drifting import DriftReport, kept_drift
from journey.predict.store.files import kept_plain
from journey.predict.store.record import Proved, Record, readable_record
from journey.predict.store.states import CHALLENGER, CHAMPION, Change, champions, history, now
from journey.predict.store.train import ATTEMPT
from journey.warehouse import Warehouse, ask_sql, dataset_version, one_moment

SCORES = """
select s.name, max(s.version) as version, max(s.as_of) as as_of, max(s.dataset) as dataset, count(*) as customers,
    count(case when s.tier = 'high' then 1 end) as high,
    count(case when s.tier = 'medium' then 1 end) as medium,
    count(case when s.tier = 'low' then 1 end) as low
from scores s
join customers c on c.id = s.customer_id
group by s.name"""


@dataclass(frozen=True)
class Kept:
    """The scores that are kept.  as_of: ms.  tiers: customers by tier.  stale: whether the data, or the model in use, changed since."""

    version: int
    as_of: int
    customers: int
    tiers: dict[str, int]
    stale: bool

    def as_plain(self) -> dict[str, Any]:
        told = {"version": self.version, "as_of": iso(self.as_of), "customers": self.customers}
        return {**told, "tiers": self.tiers, "stale": self.stale}


@dataclass(frozen=True, eq=False)
class ModelCard:
    """Everything there is to tell of one prediction.

    used: the version in use, None where there is none.  challenger: the latest that did not win, with what it lacks in its change.
    missing: what is missing to learn from, "" where nothing is, or before the first training.  tried: whether it ever was.
    history: every change, oldest first.  named: None where the catalog tells it no longer.
    """

    name: str
    named: Named | None
    outcome: Outcome
    used: Record | None
    challenger: Record | None
    history: tuple[Change, ...]
    scores: Kept | None
    drift: DriftReport | None
    missing: str
    tried: bool

    @property
    def question(self) -> str:
        return self.named.question if self.named else ""

    @property
    def foretells(self) -> str:
        """The end of "the chance that a customer ..."; names of events are data."""
        return in_words(self.outcome)

    @property
    def shown(self) -> Record | None:
        """The version to look at: the one in use, else the challenger."""
        return self.used or self.challenger

    @property
    def trained_at(self) -> int | None:
        """ms."""
        return self.shown.trained_at if self.shown else None

    @property
    def window(self) -> tuple[int, int] | None:
        """Times of the first and last event that were there to learn from and test on, ms."""
        return (self.shown.first, self.shown.last) if self.shown else None

    @property
    def metrics(self) -> Metrics | None:
        """On customers later than all that was learned from."""
        return self.shown.proof.model if self.shown else None

    @property
    def baselines(self) -> dict[str, Metrics]:
        """The same numbers of what is known without a model."""
        return {"recency": self.shown.proof.recency, "majority": self.shown.proof.majority} if self.shown else {}

    @property
    def base_rate(self) -> Measured | None:
        return self.metrics.found["base_rate"] if self.metrics else None

    @property
    def reliability(self) -> tuple[Bin, ...]:
        return self.metrics.bins if self.metrics else ()

    @property
    def stability(self) -> tuple[Proved, ...]:
        """The test, and the tests of models learned in the same way as of earlier dates, in order of date."""
        return (*self.shown.earlier, self.shown.proof) if self.shown else ()

    @property
    def fairness(self) -> tuple[Fairness, ...]:
        return self.shown.fairness if self.shown else ()

    @property
    def alerts(self) -> tuple[str, ...]:
        return self.drift.alerts if self.drift else ()

    @property
    def why(self) -> str:
        """Why it is in use, or why it is not: a sentence."""
        if self.shown is not None:
            mine = [change for change in self.history if change.version == self.shown.version]
            return mine[-1].reason if mine else ""
        if not self.tried:
            return "It has not been trained yet: python -m journey train."
        return f"Not enough to learn from yet: {self.missing}."

    def as_plain(self) -> dict[str, Any]:
        record = self.shown
        return {
            "name": self.name,
            "question": self.question,
            "outcome": self.outcome.as_plain(),
            "foretells": self.foretells,
            "state": CHAMPION if self.used else CHALLENGER if self.challenger else "none",
            "version": record and record.version,
            "why": self.why,
            "missing": self.missing,
            "trained_at": iso(self.trained_at),
            "window": None if record is None else {"start": iso(record.first), "stop": iso(record.last)},
            "model": record and record.fitted.kind,
            "metrics": None if self.metrics is None else self.metrics.as_plain(),
            "baselines": {name: metrics.as_plain() for name, metrics in self.baselines.items()},
            "reliability": [one.as_plain() for one in self.reliability],
            "thresholds": [one.as_plain() for one in record.proof.thresholds] if record else [],
            "stability": [{"as_of": iso(one.as_of), **one.model.as_plain()} for one in self.stability],
            "drift": self.drift and self.drift.as_plain(),
            "fairness": [one.as_plain() for one in self.fairness],
            "scores": self.scores and self.scores.as_plain(),
            "history": [change.as_plain() for change in self.history],
        }


def model_cards(con: Warehouse) -> tuple[ModelCard, ...]:
    """A card for each prediction that the log can tell, or that a model is kept of: those in use first.

    A version that cannot be read has none, and says so in what is missing.
    Raises: QuestionError: a catalog that cannot be read.
    """
    with one_moment(con):
        named = named_predictions(con)
        changes = history(con)
        scores = _scores(con, {change.name: change.version for change in champions(con)})
        names = list(dict.fromkeys([*named, *(change.name for change in changes)]))
        cards = [_card(con, name, named.get(name), scores.get(name)) for name in names]
    return tuple(sorted((card for card in cards if card is not None), key=lambda card: (card.used is None, card.challenger is None)))


def _card(con: Warehouse, name: str, named: Named | None, scores: Kept | None) -> ModelCard | None:
    states = {change.state: change.version for change in now(con, name)}
    used, unreadable = readable_record(con, name, states.get(CHAMPION))
    challenger, _ = readable_record(con, name, states.get(CHALLENGER))
    record = used or challenger
    if named is None and record is None:
        return None
    attempt = kept_plain(con, name, ATTEMPT) or {}
    drift = kept_drift(kept_plain(con, name, "drift"), used) if used else None
    outcome = record.outcome if record else named.outcome if named else None
    if outcome is None:
        return None
    return ModelCard(
        name, named, outcome, used, challenger, history(con, name), scores, drift,
        unreadable or str(attempt.get("missing", "")), bool(attempt),
    )  # fmt: skip


def _scores(con: Warehouse, used: Mapping[str, int]) -> dict[str, Kept]:
    """used: name -> version in use."""
    present = dataset_version(con)
    return {
        name: Kept(version, as_of, customers, {"high": high, "medium": medium, "low": low}, (dataset, version) != (present, used.get(name)))
        for name, version, as_of, dataset, customers, high, medium, low in ask_sql(con, SCORES).iter_rows()
    }
