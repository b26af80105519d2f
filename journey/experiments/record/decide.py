"""What was decided about an experiment, by whom and why, with what had been expected and what was seen at that moment."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from journey.answers import iso
from journey.errors import QuestionError
from journey.experiments.fields import said, said_by
from journey.experiments.plan import Planned, plan_of
from journey.experiments.plan.keep import one_writer
from journey.experiments.result import BROKEN, RUNNING, SHIP, STOP, Reading
from journey.inference import Interval
from journey.scope import wall_clock
from journey.warehouse import Warehouse, ask_sql, one, write

REOPENED = "reopened"
DECISIONS = (SHIP, STOP, RUNNING, BROKEN, REOPENED)
CLOSING = (SHIP, STOP, BROKEN)
LONGEST_WHY, LONGEST_LEARNED = 2_000, 2_000
SEEN = ("verdict", "state", "until", "reading", "confidence", "control", "srm", "crossed", "metrics", "plan_version", "data_until")

TAKEN = """-- Every decision, the first one first.
select
    decision,
    experiment,
    decided_at,     -- ms, by the clock of the machine
    decided_by,
    decided,
    why,
    learned,
    plan_hash,
    expected,       -- JSON
    seen,           -- JSON
    started_at,     -- ms, of the first exposure then
    stopped_at,
from experiment_decisions
where $experiment is null or experiment = $experiment
order by decision"""


@dataclass(frozen=True)
class Compared:
    """The effect that was planned for beside the one that was seen, of the primary metric in one variant.

    expected: the smallest worth finding, in the metric's unit.  seen, interval: of the difference, None where it is undefined.
    broken: the split was, so that what is seen tells nothing.
    """

    metric: str
    arm: str
    expected: float | None
    seen: float | None
    interval: Interval | None
    relative: float | None = None
    broken: bool = False

    @property
    def holds(self) -> bool | None:
        """Whether the seen interval holds the expected effect; None where either is not known, or the split is broken."""
        if self.broken or self.expected is None or self.interval is None:
            return None
        return self.interval[0] <= self.expected <= self.interval[1]

    @property
    def came(self) -> str | None:
        """as hoped | more | less: where the interval lies, in the direction that was hoped for; None as above."""
        if self.holds is None or self.interval is None or self.expected is None:
            return None
        if self.holds:
            return "as hoped"
        return "more" if (self.interval[0] > self.expected) == (self.expected > 0) else "less"

    def as_plain(self) -> dict[str, Any]:
        told = {"metric": self.metric, "arm": self.arm, "expected": self.expected, "seen": self.seen, "relative": self.relative}
        return {**told, "interval": None if self.interval is None else list(self.interval), "holds": self.holds, "came": self.came}


@dataclass(frozen=True)
class Decision:
    """A row of table experiment_decisions; expected and seen as plain data."""

    number: int
    experiment: str
    at: int
    by: str
    decided: str
    why: str
    learned: str
    plan_hash: str
    expected: Mapping[str, Any]
    seen: Mapping[str, Any]
    started_at: int | None
    stopped_at: int | None

    @property
    def closes(self) -> bool:
        """Whether nothing more is to be decided."""
        return self.decided in CLOSING

    @property
    def compared(self) -> tuple[Compared, ...]:
        """What was expected beside what was seen, for each variant."""
        return compared_of(self.expected, self.seen.get("metrics", ()), bool((self.seen.get("srm") or {}).get("alarm")))

    def as_plain(self) -> dict[str, Any]:
        said = {"decision": self.number, "decided": self.decided, "at": iso(self.at), "by": self.by, "why": self.why}
        return {
            **said,
            "learned": self.learned,
            "plan_hash": self.plan_hash,
            "expected": dict(self.expected),
            "seen": dict(self.seen),
            "compared": [one.as_plain() for one in self.compared],
        }


def decide(
    con: Warehouse,
    reading: Reading,
    decided: str,
    *,
    by: str,
    why: str,
    learned: str = "",
    at: int | None = None,
    after: int | None = None,
) -> Decision:
    """Record a decision with the reading it rests on; the same one said again is not recorded twice.

    after: the number of the last decision that the person had before them, 0 for none.
    Raises: QuestionError: no name or no reason, shipping with a broken split, or somebody decided meanwhile.
    """
    by, why, learned = said_by(by, "decides"), said(why, "Why", LONGEST_WHY), said(learned, "What was learned", LONGEST_LEARNED)
    _refuse_impossible(reading, decided, why)
    planned = plan_of(con, reading.name)
    with one_writer:
        before = decisions(con, reading.name)
        _refuse_stale(reading, before, decided, after)
        last = before[-1] if before else None
        if last is not None and (last.decided, last.by, last.why, last.learned) == (decided, by, why, learned):
            return last
        _append(con, [reading.name, wall_clock() if at is None else at, by, decided, why, learned, *_grounds(reading, planned)])
        return decisions(con, reading.name)[-1]


def decisions(con: Warehouse, experiment: str | None = None) -> tuple[Decision, ...]:
    """Every decision about one experiment, or about all, the first one first."""
    return tuple(_read(row) for row in ask_sql(con, TAKEN, {"experiment": experiment}).iter_rows())


def expected_of(planned: Planned | None) -> dict[str, Any]:
    """What a plan hoped for, as plain data; {} without one."""
    if planned is None:
        return {}
    plan, primary = planned.plan, planned.plan.primary
    told = {"metric": primary.name if primary else None, "effect": plan.effect, "baseline": plan.baseline}
    told |= {"hypothesis": plan.hypothesis, "units_per_arm": plan.units_per_arm, "days": plan.days, "version": planned.version}
    return {key: value for key, value in told.items() if value not in (None, "")}


def compared_of(expected: Mapping[str, Any], metrics: Sequence[Mapping[str, Any]], broken: bool) -> tuple[Compared, ...]:
    """What was hoped for beside what the primary metric shows, for each variant.  metrics: of a reading, as plain data."""
    return tuple(_compared(expected, one, broken) for one in metrics if one.get("role") == "primary")


def _refuse_impossible(reading: Reading, decided: str, why: str) -> None:
    if decided not in DECISIONS:
        raise QuestionError(f"decided is {decided!r}; it can be {', '.join(map(repr, DECISIONS))}.")
    if not why:
        raise QuestionError("Say why, in a sentence: it is what those who come later will look for.")
    if decided == SHIP and reading.split.alarm:
        raise QuestionError(
            f"{reading.name!r} cannot be shipped on this reading: its variants are not as large as they were meant to be, so they are "
            "not alike in other ways either. Find the cause and run it again, or record it as broken."
        )


def _refuse_stale(reading: Reading, before: Sequence[Decision], decided: str, after: int | None) -> None:
    last = before[-1] if before else None
    if after is not None and last is not None and last.number != after:
        raise QuestionError(f"{last.by} decided about {reading.name!r} meanwhile: {last.decided}. Look at it, then decide.")
    if decided == REOPENED and (last is None or not last.closes):
        raise QuestionError(f"Nothing is closed about {reading.name!r}, so there is nothing to open again.")


def _grounds(reading: Reading, planned: Planned | None) -> list[Any]:
    """The plan's hash, what was hoped for and what is seen, as they are kept."""
    plain = reading.as_plain()
    seen = {key: plain[key] for key in SEEN if key in plain}
    return [planned.hash if planned else "", _text(expected_of(planned)), _text(seen), reading.start, reading.stop]


def _text(plain: Mapping[str, Any]) -> str:
    return json.dumps(plain, ensure_ascii=False, sort_keys=True)


def _append(con: Warehouse, row: list[Any]) -> None:
    with write(con) as connection:
        number = one(con, "select coalesce(max(decision), 0) + 1 from experiment_decisions")
        connection.execute("insert into experiment_decisions values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", [number, *row])


def _read(row: Sequence[Any]) -> Decision:
    number, experiment, at, by, decided, why, learned, plan_hash, expected, seen, started, stopped = row
    grounds = json.loads(expected), json.loads(seen)
    return Decision(number, experiment, at, by, decided, why, learned, plan_hash, *grounds, started, stopped)


def _compared(expected: Mapping[str, Any], seen: Mapping[str, Any], broken: bool) -> Compared:
    """Where another metric decides than the planned one, nothing was expected of it."""
    name, interval = str(seen.get("name")), seen.get("interval")
    effect = expected.get("effect") if expected.get("metric") == name else None
    pair = (float(interval[0]), float(interval[1])) if interval else None
    return Compared(name, str(seen.get("arm")), effect, seen.get("difference"), pair, seen.get("relative"), broken)
