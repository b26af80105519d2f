"""What the log says of the inputs, and what stands for those of which it says nothing."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from journey.answers import Evidence, iso
from journey.inference import Interval
from journey.roi.inputs import NAMED, PUBLISHED, SELL


@dataclass(frozen=True)
class Assumption:
    """What the log says of one input, or what stands for it where it says nothing.

    value: central.  interval: 95%, None of what was counted and of what is assumed.  spread: as a question takes it: a
    number, or an object.  low, high, step: of a slider.  unit: customers | visitors | share | money | money a month.
    source: measured | assumed.  sentence: how it was measured, or why it is assumed.
    n: of how many customers or orders; 0 of what is assumed.  behind: how many customers stand behind the mark
    {"input": name}, None where there are none to list.  sql, params: the defining query, "" where there is none.
    """

    input: str
    value: float
    interval: Interval | None
    low: float
    high: float
    step: float
    source: str
    sentence: str
    spread: Any
    n: int = 0
    behind: int | None = None
    sql: str = ""
    params: Mapping[str, Any] = field(default_factory=dict)

    @property
    def label(self) -> str:
        return NAMED[self.input].label

    @property
    def unit(self) -> str:
        return NAMED[self.input].unit

    @property
    def models(self) -> tuple[str, ...]:
        """In which it is used: retention, conversion, saved_only."""
        return NAMED[self.input].models

    def as_plain(self) -> dict[str, Any]:
        return {
            "input": self.input,
            "label": self.label,
            "value": self.value,
            "interval": None if self.interval is None else list(self.interval),
            "spread": self.spread,
            "range": [self.low, self.high],
            "step": self.step,
            "unit": self.unit,
            "source": self.source,
            "sentence": self.sentence,
            "n": self.n,
            "customers": self.behind,
            "models": list(self.models),
            "sql": self.sql,
            "parameters": dict(self.params),
        }


@dataclass(frozen=True)
class Inputs:
    """An assumption for every input of every model, in the order of INPUTS.  since, until: ms, the 30 days that were read; None
    where nothing is loaded."""

    assumptions: tuple[Assumption, ...]
    since: int | None
    until: int | None
    currency: str | None
    evidence: Evidence

    def of(self, name: str) -> Assumption:
        """Raises: StopIteration: no such input."""
        return next(one for one in self.assumptions if one.input == name)

    def question(self, model: str) -> dict[str, Any]:
        """The question of ROI that these make, as plain data.

        Of conversion the lift that stands in is relative to it, 0 where so many buy that no more could, and what is changed costs
        nothing for each visitor.
        """
        named: dict[str, Any] = {"preset": model} if model == PUBLISHED else {"model": model}
        told = {one.input: one.spread for one in self.assumptions if model in one.models}
        if model != SELL:
            return named | told
        room = self.of("conversion").value * (1 + self.of("lift").value) <= 1
        return named | told | {"lift_is": "relative", "cost_per_treated": 0.0} | ({} if room else {"lift": 0.0})

    def as_plain(self) -> dict[str, Any]:
        return {
            "inputs": {one.input: one.as_plain() for one in self.assumptions},
            "since": iso(self.since),
            "until": iso(self.until),
            "currency": self.currency,
            **self.evidence.as_plain(),
        }
