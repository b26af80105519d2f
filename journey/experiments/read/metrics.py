"""Metrics of an experiment as plain data: over the events of a log, or over the columns of a table."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from journey.errors import QuestionError
from journey.experiments.fields import is_number, short
from journey.experiments.metric import DIRECTIONS, KINDS, ROLES, Counted, ExperimentMetric
from journey.scope import UNITS, choose, read_duration, refuse_unknown

SOURCES = ("events", "table")
OF = ("did", "count", "sum")
SIDE = ("event", "where", "any_of", "of", "property", "revenue")
ANY = ("name", "kind", "role", "good", "denominator", "winsorise", "margin")
KEYS = {"events": (*ANY, *SIDE, "within", "before"), "table": (*ANY, "column", "covariate")}
LONGEST_NAME = 100
MOST = 40
WRITTEN = ("d", "h", "m", "s")


def read_metrics(plain: Any, of: str = "events") -> tuple[ExperimentMetric, ...]:
    """A list of metrics.  Where none is said to be the primary one, the first that is no guardrail is.

    Raises: QuestionError: no list, one name twice, two primary ones, only guardrails.
    """
    if not isinstance(plain, Sequence) or isinstance(plain, str) or not plain:
        raise QuestionError(f'metrics is {short(plain)}; list one at least, such as {{"name": "Orders", "kind": "share", ...}}.')
    if len(plain) > MOST:
        raise QuestionError(f"metrics lists {len(plain)}; at most {MOST} can be read at once. Leave some out.")
    return settled(tuple(read_metric(one, of) for one in plain))


def settled(metrics: tuple[ExperimentMetric, ...]) -> tuple[ExperimentMetric, ...]:
    """The same with one of them primary."""
    names = [metric.name for metric in metrics]
    if twice := next((name for name in names if names.count(name) > 1), None):
        raise QuestionError(f"Two metrics are named {twice!r}. Give each a name of its own.")
    primary = [metric.name for metric in metrics if metric.role == "primary"]
    if len(primary) > 1:
        raise QuestionError(
            f"{primary[0]!r} and {primary[1]!r} are both primary. One metric decides; call the others secondary, or guardrails."
        )
    first = next((at for at, metric in enumerate(metrics) if metric.role != "guardrail"), None)
    if first is None:
        raise QuestionError("All metrics are guardrails. Name the one that is meant to change as well.")
    return metrics if primary else (*metrics[:first], as_role(metrics[first], "primary"), *metrics[first + 1 :])


def as_role(metric: ExperimentMetric, role: str) -> ExperimentMetric:
    """The same metric, for something else.  A margin is a guardrail's."""
    return replace(metric, role=role) if role == "guardrail" else replace(metric, role=role, margin=None, relative=False)


def read_metric(plain: Any, of: str = "events") -> ExperimentMetric:
    """One metric.

    over events  {"name", "event" | "any_of", "where", "of": "did|count|sum", "property" | "revenue": true, "denominator": {..},
                  "within": "7d", "before": "28d", "winsorise": .99, "role", "good", "margin": .01 | {"relative": .02}}
    over a table {"name", "column", "kind", "denominator": column, "covariate": column, ...}

    Raises: QuestionError: an unknown key, what does not go together, a number that is none; the sentence names the metric.
    """
    if not isinstance(plain, Mapping):
        raise QuestionError(f'A metric is an object such as {{"name": "Orders", "event": "order"}}; this is {short(plain)}.')
    plain = {key: value for key, value in plain.items() if value is not None}
    name = _name(plain, of)
    try:
        refuse_unknown(plain, KEYS[of], f"a metric over {'the events' if of == 'events' else 'a table'}")
        return _over_table(plain, name) if of == "table" else _over_events(plain, name)
    except QuestionError as fault:
        raise QuestionError(f"Metric {name!r}: {fault}") from fault


def _name(plain: Mapping[str, Any], of: str) -> str:
    usual = plain.get("column") if of == "table" else "revenue" if plain.get("revenue") is True else plain.get("event")
    name = plain.get("name", usual)
    if not isinstance(name, str) or not 0 < len(name.strip()) <= LONGEST_NAME:
        raise QuestionError(f"A metric needs a name of 1 to {LONGEST_NAME} characters; found {short(name)}.")
    return name.strip()


def _over_events(plain: Mapping[str, Any], name: str) -> ExperimentMetric:
    below = plain.get("denominator")
    kind = _kind(plain, "ratio" if below is not None else "share" if _way(plain, "did") == "did" else "mean")
    value = _counted(plain, {"share": "did", "mean": _adds(plain), "ratio": _adds(plain)}[kind])
    if kind == "share" and value.of != "did":
        raise QuestionError(f'a share is of units that did it, so its "of" is "did"; it was given {value.of!r}. Ask for kind "mean".')
    if kind == "ratio" and below is None:
        raise QuestionError('a ratio needs a "denominator", such as {"event": "order", "of": "count"}.')
    if kind != "ratio" and below is not None:
        raise QuestionError(f'only a ratio has a "denominator"; this is a {kind}.')
    over = None if below is None else _denominator(below)
    within, before = _length(plain, "within"), _length(plain, "before")
    role, good = _purpose(plain)
    return ExperimentMetric(name, kind, role, good, value, over, within, _cut(plain, kind), None, before, *_margin(plain))


def _over_table(plain: Mapping[str, Any], name: str) -> ExperimentMetric:
    below = _column(plain, "denominator") if plain.get("denominator") is not None else None
    kind = _kind(plain, "share" if below is None else "ratio")
    if (kind == "ratio") != (below is not None):
        raise QuestionError('a ratio names the column of its "denominator", and nothing else does.')
    covariate = None if plain.get("covariate") is None else _column(plain, "covariate")
    value, over = Counted(column=_column(plain, "column")), None if below is None else Counted(column=below)
    role, good = _purpose(plain)
    return ExperimentMetric(name, kind, role, good, value, over, None, _cut(plain, kind), covariate, None, *_margin(plain))


def _kind(plain: Mapping[str, Any], usual: str) -> str:
    return str(choose({"kind": usual, **plain}, "kind", KINDS))


def _purpose(plain: Mapping[str, Any]) -> tuple[str, str]:
    """(role, good)."""
    return str(choose(plain, "role", ROLES)), str(choose(plain, "good", DIRECTIONS))


def _adds(plain: Mapping[str, Any]) -> str:
    return "sum" if plain.get("property") is not None or plain.get("revenue") else "count"


def _way(plain: Mapping[str, Any], usual: str) -> str:
    return str(choose({"of": "sum" if _adds(plain) == "sum" else usual, **plain}, "of", OF))


def _counted(plain: Mapping[str, Any], usual: str) -> Counted:
    """A step and how it is counted."""
    way, named, revenue = _way(plain, usual), plain.get("property"), plain.get("revenue", False)
    if not isinstance(revenue, bool):
        raise QuestionError(f'"revenue" is {short(revenue)}; write true for the revenue that is mapped.')
    if revenue and named is not None:
        raise QuestionError('it names both "property" and "revenue". Leave one out.')
    if named is not None and (not isinstance(named, str) or not named):
        raise QuestionError(f"property is {short(named)}; write its name.")
    if way == "sum" and named is None and not revenue:
        raise QuestionError('a sum needs the "property" whose values it adds up, or "revenue": true.')
    if way != "sum" and (named is not None or revenue):
        raise QuestionError(f'"property" and "revenue" are added up, so "of" is "sum"; it was given {way!r}.')
    return Counted(_step(plain, revenue), way, named, revenue)


def _step(plain: Mapping[str, Any], revenue: bool) -> Any:
    event, where, alternatives = plain.get("event"), plain.get("where"), plain.get("any_of")
    if where is not None and not isinstance(where, Mapping):
        raise QuestionError(f'"where" maps properties to what they must be, such as {{"device": "mobile"}}; it was given {short(where)}.')
    if alternatives is not None:
        if event is not None or where:
            raise QuestionError('it names "any_of" beside "event" or "where". Put the conditions into the steps of any_of.')
        if not isinstance(alternatives, list | tuple) or not alternatives:
            raise QuestionError(f"any_of lists the steps that will do, one at least; it was given {short(alternatives)}.")
        return {"any_of": list(alternatives)}
    if event is not None and not isinstance(event, str):
        raise QuestionError(f"event is {short(event)}; write the name of one.")
    if event is None and not where and not revenue and plain.get("property") is None:
        raise QuestionError('it needs an "event", or "any_of" several.')
    return {"event": event, "where": dict(where)} if where else event


def _denominator(plain: Any) -> Counted:
    """An event, whose occurrences are counted, or {"event", "where", "of", "property"}."""
    if isinstance(plain, str) and plain:
        return Counted(plain, "count")
    if not isinstance(plain, Mapping):
        raise QuestionError(f'its "denominator" is {short(plain)}; write an event, or {{"event": ..., "of": "count"}}.')
    refuse_unknown(plain, SIDE, "a denominator")
    return _counted(plain, _adds(plain))


def _column(plain: Mapping[str, Any], key: str) -> str:
    value = plain.get(key)
    if not isinstance(value, str) or not value:
        raise QuestionError(f"{key} is {short(value)}; write the name of a column.")
    return value


def _length(plain: Mapping[str, Any], key: str) -> int | None:
    found = read_duration(plain.get(key), key)
    if found == 0:
        raise QuestionError(f'{key} is {plain[key]!r}; write a time above 0, such as "7d", or leave it out.')
    return found


def _cut(plain: Mapping[str, Any], kind: str) -> float | None:
    value = plain.get("winsorise")
    if value is None:
        return None
    if not is_number(value) or not 0.5 <= value < 1:
        raise QuestionError(
            f"winsorise is {short(value)}; write the quantile above which values are cut, from 0.5 to below 1, such as 0.99."
        )
    if kind == "share":
        raise QuestionError("a share is of yes and no, so there is nothing to winsorise. Leave it out.")
    return float(value)


def _margin(plain: Mapping[str, Any]) -> tuple[float | None, bool]:
    """(margin, whether it is a share of control): of a guardrail, and of nothing else."""
    value, guards = plain.get("margin"), plain.get("role") == "guardrail"
    if value is None and not guards:
        return None, False
    if value is None:
        raise QuestionError(
            'a guardrail needs a "margin": the harm that is still tolerated, such as 0.01 in its unit or {"relative": 0.02} of control.'
        )
    if not guards:
        raise QuestionError('only a guardrail has a "margin". Give it the role "guardrail", or leave the margin out.')
    relative = isinstance(value, Mapping)
    if relative:
        refuse_unknown(value, ("relative",), "a margin")
        value = value.get("relative")
    if not is_number(value) or not value > 0:
        raise QuestionError(f'its margin is {short(plain["margin"])}; write a number above 0, or {{"relative": 0.02}}.')
    return float(value), relative


def metric_plain(metric: ExperimentMetric) -> dict[str, Any]:
    """What `read_metric` reads back as this metric."""
    found: dict[str, Any] = {"name": metric.name, "kind": metric.kind, "role": metric.role, "good": metric.good}
    if metric.value.column is not None:
        found["column"] = metric.value.column
        below: Any = None if metric.over is None else metric.over.column
    else:
        found |= _side_plain(metric.value)
        below = None if metric.over is None else _side_plain(metric.over)
    lengths = {key: duration_plain(value) for key, value in (("within", metric.within), ("before", metric.before))}
    margin = {"relative": metric.margin} if metric.relative else metric.margin
    more = {"denominator": below, **lengths, "winsorise": metric.winsorise, "covariate": metric.covariate, "margin": margin}
    return found | {key: value for key, value in more.items() if value is not None}


def _side_plain(side: Counted) -> dict[str, Any]:
    step = dict(side.step) if isinstance(side.step, Mapping) else {} if side.step is None else {"event": side.step}
    valued = {"revenue": True} if side.revenue else {} if side.property is None else {"property": side.property}
    return {**step, "of": side.of, **valued}


def duration_plain(ms: int | None) -> Any:
    """ms -> "7d", "12h", ...; seconds as a number where no unit fits."""
    if ms is None:
        return None
    return next((f"{ms // UNITS[unit]}{unit}" for unit in WRITTEN if ms % UNITS[unit] == 0), ms / 1000)
