"""The question how an experiment goes, as plain data: over the log's exposures, over a table of units, or over sums."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from journey.errors import QuestionError
from journey.experiments.fields import is_number
from journey.experiments.metric import ExperimentMetric
from journey.experiments.read.exposure import Exposure, read_exposure
from journey.experiments.read.metrics import read_metrics
from journey.experiments.read.sums import ArmSums, metric_of_sums, read_arms
from journey.experiments.result import READINGS
from journey.scope import choose, refuse_unknown
from journey.tables.columns import as_text
from journey.tables.table import check_table

SOURCES = ("experiment", "table", "arms")
ANY = ("control", "metrics", "reading", "looks", "look", "confidence", "tuned_at", "split", "checks")
OF = {
    "experiment": ("experiment", *ANY, "exposure", "unit", "by", "over_time"),
    "table": ("table", *ANY, "variant", "unit", "by"),
    "arms": ("arms", *ANY),
}
KNOWN = tuple(dict.fromkeys(key for keys in OF.values() for key in keys))
MOST_LOOKS = 400
CUSTOMER = "customer"


@dataclass(frozen=True)
class ExperimentQuestion:
    """One of experiment (its name in the log), table (a file, rows, a frame; one or more rows per unit) and arms (sums).

    exposure: where the log shows variants; None as it is set or guessed.
    variant, unit: columns of a table, or unit: customer | property:<name>; None for the plan's, else the customer.
    control: the variant that others are compared with; None for the plan's, else the one that is called so.
    metrics: () for the plan's, else what the log makes plain (usual_metrics).
    reading, looks, confidence, tuned_at, split: None for the plan's, else always valid, none, .95, 5,000, equal shares.
    look: which of the looks of a planned reading this is; None where the plan's sizes tell.
    split: (variant, share) of the units meant for it, together 1.  by: a property, or a column, to break the primary metric by.
    over_time: how each metric went, look by look.  checks: whether what may be wrong is looked for.
    """

    experiment: str | None = None
    table: Any = None
    arms: tuple[ArmSums, ...] = ()
    exposure: Exposure | None = None
    variant: str | None = None
    control: str | None = None
    unit: str | None = None
    metrics: tuple[ExperimentMetric, ...] = ()
    reading: str | None = None
    looks: int | None = None
    look: int | None = None
    confidence: float | None = None
    tuned_at: int | None = None
    split: tuple[tuple[str, float], ...] | None = None
    by: str | None = None
    over_time: bool = False
    checks: bool = True

    @property
    def source(self) -> str:
        return "experiment" if self.experiment is not None else "table" if self.table is not None else "arms"

    @property
    def count_by(self) -> str:
        """What is counted, as rules ask: "customer" where a mark of the answer has customers behind it."""
        return CUSTOMER if self.source == "experiment" and self.unit in (None, CUSTOMER) else self.unit or "row"


def read_experiment(plain: Mapping[str, Any], files: bool = True) -> ExperimentQuestion:
    """A question from plain data.  files: whether the table may be a file; False for what a page or an address asks.

    Raises: QuestionError: an unknown key, none or several of experiment, table and arms, an option that cannot be.
    """
    plain = {key: value for key, value in plain.items() if value is not None}
    refuse_unknown(plain, KNOWN, "a question of an experiment")
    source = _source(plain)
    reading, looks = _chosen(plain, "reading", READINGS), _whole(plain, "looks", MOST_LOOKS)
    if reading == "planned" and looks is None and source != "experiment":
        raise QuestionError('A planned reading says how many looks were planned before the start: "looks": 14.')
    look = _whole(plain, "look", looks or MOST_LOOKS)
    return ExperimentQuestion(
        experiment=_text(plain, "experiment") if source == "experiment" else None,
        table=check_table(plain["table"], "table", files) if source == "table" else None,
        arms=read_arms(plain["arms"]) if source == "arms" else (),
        exposure=read_exposure(plain["exposure"]) if "exposure" in plain else None,
        variant=_text(plain, "variant") if source == "table" else None,
        control=_control(plain),
        unit=_unit(plain, source),
        metrics=_metrics(plain, source),
        reading=reading,
        looks=looks,
        look=look,
        confidence=_confidence(plain),
        tuned_at=_whole(plain, "tuned_at", 10**12),
        split=_split(plain),
        by=_text(plain, "by") if "by" in plain else None,
        over_time=choose(plain, "over_time", (False, True)),
        checks=choose(plain, "checks", (True, False)),
    )


def _source(plain: Mapping[str, Any]) -> str:
    given = [key for key in SOURCES if key in plain]
    if len(given) != 1:
        told = f"it was given {' and '.join(map(repr, given))}" if given else "none was given"
        raise QuestionError(
            f'A question of an experiment is about one of "experiment" (its name in the log), "table" (a row per unit) '
            f'and "arms" (sums); {told}.'
        )
    if unfit := [key for key in plain if key not in OF[given[0]] and plain[key] is not False]:
        where = {"experiment": "exposures in the log", "table": "a table", "arms": "sums"}[given[0]]
        raise QuestionError(f"{unfit[0]!r} has no meaning over {where}. Options there: {', '.join(OF[given[0]])}.")
    if given[0] == "table" and "metrics" not in plain:
        raise QuestionError('A table says which columns are read: "metrics": [{"name": "Bought", "column": "bought", "kind": "share"}].')
    return given[0]


def _metrics(plain: Mapping[str, Any], source: str) -> tuple[ExperimentMetric, ...]:
    if source == "arms":
        return (metric_of_sums(plain.get("metrics"), read_arms(plain["arms"])),)
    return read_metrics(plain["metrics"], "table" if source == "table" else "events") if "metrics" in plain else ()


def _control(plain: Mapping[str, Any]) -> str | None:
    value = plain.get("control")
    if value is not None and not isinstance(value, str | int | float):
        raise QuestionError(f"control is {value!r}; write the name of the variant that others are compared with.")
    return as_text(value)


def _unit(plain: Mapping[str, Any], source: str) -> str | None:
    if "unit" not in plain:
        return None
    unit = _text(plain, "unit")
    named = unit.startswith("property:") and len(unit) > len("property:")
    if source == "experiment" and unit != CUSTOMER and not named:
        raise QuestionError(f'unit is {unit!r}; it is "customer", or "property:" and the name of a property of the exposure.')
    return unit


def _confidence(plain: Mapping[str, Any]) -> float | None:
    value = plain.get("confidence")
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0.5 <= value < 1:
        raise QuestionError(f"confidence is {value!r}; write a share from 0.5 to below 1, such as 0.95.")
    return float(value)


def _split(plain: Mapping[str, Any]) -> tuple[tuple[str, float], ...] | None:
    """{"control": .5, "treatment": .5}; percentages do as well."""
    value = plain.get("split")
    if value is None:
        return None
    if not isinstance(value, Mapping) or len(value) < 2:
        raise QuestionError(f'split is {value!r}; write the share meant for each variant, such as {{"control": 0.5, "treatment": 0.5}}.')
    for name, share in value.items():
        if not is_number(share) or share <= 0:
            raise QuestionError(f"The share of {name!r} is {share!r}; write a number above 0.")
    total = sum(value.values())
    whole = next((one for one in (1, 100) if abs(total - one) <= 1e-6 * one), None)
    if whole is None:
        raise QuestionError(f"The shares of the split must add up to 1; found {' + '.join(f'{share:g}' for share in value.values())}.")
    return tuple((str(as_text(name)), share / total) for name, share in value.items())


def _text(plain: Mapping[str, Any], key: str) -> str:
    value = plain.get(key)
    if not isinstance(value, str) or not value.strip():
        what = {"experiment": "its name", "by": "a property, or a column of the table"}.get(key, "the name of a column")
        raise QuestionError(f"{key} is {value!r}; write {what}.")
    return value


def _chosen(plain: Mapping[str, Any], key: str, options: Sequence[str]) -> str | None:
    return None if key not in plain else str(choose(plain, key, options))


def _whole(plain: Mapping[str, Any], key: str, most: int) -> int | None:
    value = plain.get(key)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not 1 <= value <= most or value != int(value):
        raise QuestionError(f"{key} is {value!r}; write a whole number from 1 to {most:,}.")
    return int(value)
