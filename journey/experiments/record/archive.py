"""The question what was tried and learned, and its answer: every experiment that was planned, seen in the log, or decided."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from journey.answers import Evidence, iso
from journey.errors import QuestionError
from journey.experiments.plan import Planned
from journey.experiments.record.decide import Compared, Decision, compared_of, expected_of
from journey.experiments.result import Reading
from journey.scope import choose, refuse_unknown

PLANNED, RUNNING, OVER, DECIDED = "planned", "running", "over", "decided"
STATES = (PLANNED, RUNNING, OVER, DECIDED)
LONGEST = 300


@dataclass(frozen=True)
class ArchiveQuestion:
    """about: words, or a whole question; None for everything.  state: as in STATES, None for any.  experiment: one name, None for any.

    readings: whether those that are over and of which nothing is decided are read, as they were planned; running ones never are:
    to read is to look.
    """

    about: str | None = None
    state: str | None = None
    experiment: str | None = None
    readings: bool = False


@dataclass(frozen=True)
class Remembered:
    """One experiment.

    start, stop: ms of the first and last exposure in the log, else as planned; None where neither is known.  stop is None too
    while it runs and no end is planned.
    customers: who saw it, each once; variants: name -> how many saw that one, 0 of those that are only planned.
    planned: its plan, None without one.  decisions: the last one holds.  reading: where it was asked for, of one that is over and
    undecided.  found: words of the question -> weight of where they stand.
    """

    experiment: str
    state: str
    start: int | None
    stop: int | None
    customers: int
    variants: Mapping[str, int]
    planned: Planned | None
    decisions: tuple[Decision, ...] = ()
    found: Mapping[str, int] | None = None
    reading: Reading | None = None

    @property
    def hypothesis(self) -> str:
        return self.planned.plan.hypothesis if self.planned else str(self._last_expected.get("hypothesis", ""))

    @property
    def owner(self) -> str:
        return self.planned.plan.owner if self.planned else ""

    @property
    def about(self) -> tuple[str, ...]:
        return self.planned.plan.about if self.planned else ()

    @property
    def decision(self) -> Decision | None:
        """The one that holds; None where nothing was decided, or it was opened again."""
        last = self.decisions[-1] if self.decisions else None
        return last if last is not None and last.decided != "reopened" else None

    @property
    def learned(self) -> tuple[str, ...]:
        """What was learned, the latest first, whether or not it was opened again since."""
        return tuple(dict.fromkeys(decision.learned for decision in reversed(self.decisions) if decision.learned))

    @property
    def compared(self) -> tuple[Compared, ...]:
        """Expected against seen: of the decision that holds, else of the reading."""
        if self.decision is not None or self.reading is None:
            return () if self.decision is None else self.decision.compared
        return compared_of(expected_of(self.planned), [one.as_plain() for one in self.reading.estimates], self.reading.split.alarm)

    @property
    def verdict(self) -> str | None:
        """What the reading said: when it was decided, else now."""
        if self.decision is not None:
            return str(self.decision.seen.get("verdict") or "") or None
        return None if self.reading is None else self.reading.verdict.sentence

    @property
    def metrics(self) -> tuple[str, ...]:
        """The names of what was compared, the primary one first."""
        if self.planned:
            listed = sorted(self.planned.plan.metrics, key=lambda metric: metric.role != "primary")
            return tuple(metric.name for metric in listed)
        seen = self.decisions[-1].seen.get("metrics", ()) if self.decisions else ()
        return tuple(dict.fromkeys(str(one.get("name")) for one in seen))

    @property
    def _last_expected(self) -> Mapping[str, Any]:
        return self.decisions[-1].expected if self.decisions else {}

    def searched(self) -> dict[str, str]:
        """What is searched, by where it stands."""
        plan = self.planned.plan if self.planned else None
        return {
            "experiment": self.experiment,
            "about": " ".join(self.about),
            "hypothesis": self.hypothesis,
            "metrics": " ".join(self.metrics),
            "variants": " ".join([*self.variants, *(plan.variants if plan else ())]),
            "owner": self.owner,
            "why": " ".join(decision.why for decision in self.decisions),
            "learned": " ".join(self.learned),
        }

    def as_plain(self) -> dict[str, Any]:
        decision = self.decision
        return {
            "experiment": self.experiment,
            "state": self.state,
            "start": iso(self.start),
            "stop": iso(self.stop),
            "customers": self.customers,
            "variants": dict(self.variants),
            "hypothesis": self.hypothesis or None,
            "metrics": list(self.metrics),
            "owner": self.owner or None,
            "about": list(self.about),
            "plan": None if self.planned is None else self.planned.as_plain(),
            "verdict": self.verdict,
            "decision": None if decision is None else decision.decided,
            "who": None if decision is None else decision.by,
            "why": None if decision is None else decision.why,
            "decided_at": None if decision is None else iso(decision.at),
            "learned": list(self.learned),
            "compared": [one.as_plain() for one in self.compared],
            "decisions": [one.as_plain() for one in self.decisions],
        }


@dataclass(frozen=True)
class Archive:
    """experiments: the best finds first, of all the latest first.  words: what was searched for.  of: how many there are in all."""

    about: str | None
    words: tuple[str, ...]
    experiments: tuple[Remembered, ...]
    of: int
    evidence: Evidence

    def as_plain(self) -> dict[str, Any]:
        told = {"about": self.about, "words": list(self.words), "of": self.of}
        return {**told, "experiments": [one.as_plain() for one in self.experiments], **self.evidence.as_plain()}


def read_archive(plain: Mapping[str, Any]) -> ArchiveQuestion:
    """Raises: QuestionError: an unknown key or state, an about that is no text."""
    refuse_unknown(plain, ("about", "state", "experiment", "readings"), "a question of experiments")
    about, name = plain.get("about"), plain.get("experiment")
    for key, value in (("about", about), ("experiment", name)):
        if value is not None and (not isinstance(value, str) or len(value) > LONGEST):
            raise QuestionError(f"{key} is a text of at most {LONGEST} characters; found {str(value)[:80]!r}.")
    state, readings = choose(plain, "state", (None, *STATES)), choose(plain, "readings", (True, False))
    return ArchiveQuestion(about or None, state, name, readings)
