"""What an experiment is read from, whichever way it came: units of the log or of a table, or sums."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import polars as pl

from journey.answers import Evidence, data_until
from journey.errors import QuestionError
from journey.experiments.metric import ExperimentMetric
from journey.experiments.moments import Moments
from journey.experiments.plan import Planned
from journey.experiments.read.in_force import control_among, is_control_among, refuse_foreign
from journey.experiments.read.log import Log, units_in, units_sql
from journey.experiments.read.question import ExperimentQuestion
from journey.experiments.read.table import units_of_table
from journey.experiments.read.words import log_words, sums_words, table_words
from journey.experiments.units import Units
from journey.scope import Scope
from journey.warehouse import Warehouse

SUMS = """-- The sums that were given.  Columns: arm, n, mean, variance (of the sample).
select unnest($arm) as arm, unnest($n) as n, unnest($mean) as mean, unnest($variance) as variance"""
OF_SUMS = "the sums"


@dataclass(frozen=True)
class Source:
    """name: of the experiment.  arms: control first, () where nobody is known.  shares: meant for them, None for all alike.

    units: None of sums, whose moments are given.  groups: (n,) what a table says of each unit, where the question asks by it.
    """

    name: str
    arms: tuple[str, ...]
    metrics: tuple[ExperimentMetric, ...]
    shares: Mapping[str, float] | None
    evidence: Evidence
    units: Units | None = None
    given: Mapping[str, Moments] = field(default_factory=dict)
    log: Log | None = None
    planned: Planned | None = None
    groups: pl.Series | None = None

    @property
    def control(self) -> str:
        return self.arms[0] if self.arms else ""

    @property
    def crossed(self) -> int:
        return 0 if self.units is None else self.units.crossed

    def counts(self) -> Mapping[str, int]:
        """arm -> units."""
        return {arm: self.given[arm].n for arm in self.arms} if self.units is None else self.units.counts()

    def moments(self, k: int) -> Mapping[str, Moments]:
        """arm -> what the k-th metric adds up to."""
        return self.given if self.units is None else self.units.moments(k)

    def open(self, k: int) -> int:
        """Units whose time is not over."""
        return 0 if self.units is None or not self.units.open else self.units.open[k]


def source_of(con: Warehouse, question: ExperimentQuestion, scope: Scope, log: Log | None) -> Source:
    """What the question is about, read.  log: the experiment, where it is one of the log."""
    if log is not None:
        return _of_log(con, log)
    return (_of_table if question.source == "table" else _of_sums)(con, question, scope)


def _of_log(con: Warehouse, log: Log) -> Source:
    units = units_in(con, log)
    told = log.told
    text = units_sql(log) if log.arms else log.seen_sql
    left = [f"{arm!r} is not compared, since no share was meant for it; units that saw it: {n:,}." for arm, n in log.left_out.items()]
    warnings = (*told.warnings, *log.binder.warnings, *left)
    evidence = Evidence(log_words(log), text, log.params, units.frame.height, data_until(con), warnings)
    return Source(told.experiment, log.arms, told.metrics, told.shares, evidence, units, {}, log, told.planned)


def _of_table(con: Warehouse, question: ExperimentQuestion, scope: Scope) -> Source:
    found = units_of_table(con, question)
    warnings = (*found.warnings, *([OUTSIDE] if scope != Scope() else []))
    evidence = Evidence(table_words(question, found.name), found.text, found.params, found.units.frame.height, None, warnings)
    shares = None if question.split is None else dict(question.split)
    return Source(found.name, found.units.arms, question.metrics, shares, evidence, found.units, groups=found.groups)


OUTSIDE = "A table and sums are read whole: the scope is about the events of the log."


def _of_sums(con: Warehouse, question: ExperimentQuestion, scope: Scope) -> Source:
    given = {arm.name: arm.moments for arm in question.arms}
    names = list(given)
    usual = None if is_control_among(names, question.control) else names[0]  # sums are listed with control first
    control = control_among(names, question.control or usual, OF_SUMS)
    meant = [name for name, _ in question.split or ()]
    refuse_foreign(names, meant, "the list of arms")
    if unknown := [name for name in meant if name not in given]:
        raise QuestionError(f"The split names {unknown[0]!r}, which is no arm. Arms are: {', '.join(map(repr, given))}.")
    arms = (control, *(name for name in given if name != control))
    ordered = [given[name] for name in arms]
    params = {
        "arm": list(arms),
        "n": [one.n for one in ordered],
        "mean": [one.y for one in ordered],
        "variance": [one.yy for one in ordered],
    }
    warnings = (OUTSIDE,) if scope != Scope() else ()
    evidence = Evidence(sums_words(question, control), SUMS, params, sum(one.n for one in ordered), None, warnings)
    shares = None if question.split is None else dict(question.split)
    return Source(OF_SUMS, arms, question.metrics, shares, evidence, None, given)
