"""The stages of the catalog, as rules: ordered, named, each a rule; the first that holds wins; the last takes the rest."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from journey.catalogs import default_text, is_edited, parse, read_catalog
from journey.errors import QuestionError
from journey.rules.match import event_names, nearest
from journey.scope import read_duration, refuse_unknown
from journey.warehouse import Warehouse, ask_sql, kept

STAGES = "the stages"
FEWEST_TOLD, LEAST_SHARE = 2, 0.005  # stages told, each by such a share of the events: less is a few strays
MOST = 30
SHOP, ANY_LOG = "stages", "stages_any_log"
STARTERS = {
    SHOP: "Shop",
    "stages_saas": "Subscribed software",
    "stages_media": "Content and media",
    "stages_b2b": "Between companies",
    ANY_LOG: "Any log",
}
"""The shipped catalogs of stages, and what they are for."""
EVERYONE: Mapping[str, Any] = {"all": []}


@dataclass(frozen=True)
class StageRule:
    """why: what the stage means, a sentence.  step: its place in the journey, or None where it is set apart from it."""

    name: str
    why: str
    rule: Any
    step: int | None


def stages_in_force(con: Warehouse) -> tuple[StageRule, ...]:
    """The stages of the workspace's catalog, in the order in which their rules are tried, in the log's own event names."""
    return fit_names(con, read_stage_rules(read_catalog(con, catalog_in_force(con))))


def fit_names(con: Warehouse, stages: Sequence[StageRule]) -> tuple[StageRule, ...]:
    """Names of events that the log writes another way ("Add to cart" for "add_to_cart") are taken as the log writes them."""
    spelled = _spelled(con)
    return tuple(replace(stage, rule=_fitted(stage.rule, spelled)) for stage in stages)


def fit_rule(con: Warehouse, rule: Any) -> Any:
    """One rule in the log's own spelling of the names that stand in its lists."""
    return _fitted(rule, _spelled(con))


def _spelled(con: Warehouse) -> dict[str, list[str]]:
    spelled: dict[str, list[str]] = {}
    for name in event_names(con):
        spelled.setdefault(_plain(name), []).append(name)
    return spelled


def _fitted(rule: Any, spelled: Mapping[str, list[str]]) -> Any:
    if isinstance(rule, list | tuple):
        return [_fitted(part, spelled) for part in rule]
    if not isinstance(rule, Mapping):
        return rule
    fitted = {key: _fitted(value, spelled) for key, value in rule.items()}
    for key in ("any_of", "other_than"):
        if isinstance(names := fitted.get(key), list):
            found = [known for name in names for known in (spelled.get(_plain(name), [name]) if isinstance(name, str) else [name])]
            fitted[key] = [name for place, name in enumerate(found) if name not in found[:place]]
    return fitted


def _plain(name: str) -> str:
    return "".join(sign for sign in name.casefold() if sign.isalnum()) or name


def catalog_in_force(con: Warehouse) -> str:
    """The catalog that a person edited or chose; else the starter set that fits the log best."""
    return "stages" if is_edited(con, "stages") else proposed(con)


@dataclass(frozen=True)
class Fit:
    """How well a starter set fits a log.

    rules: its stages of the journey whose rules look for events by name.  found: those of them whose events the log
    holds, half a percent of all at least: less is a few strays.  told: the share of the log's events that they name.
    matched: these names, the commonest first.
    """

    name: str
    rules: int
    found: int
    told: float
    matched: tuple[str, ...]

    @property
    def score(self) -> float:
        """The share of rules that find their events, times the share of events that they name: 0 to 1."""
        return self.found / self.rules * self.told if self.rules else 0.0

    def as_plain(self) -> dict[str, Any]:
        return {
            "set": self.name,
            "rules": self.rules,
            "found": self.found,
            "told": self.told,
            "score": self.score,
            "matched": [*self.matched],
        }


def fit_sets(con: Warehouse) -> tuple[Fit, ...]:
    """Every starter set, the best first; the one for any log, which names no events, last."""
    return kept(
        con, "stage sets", lambda: tuple(sorted((_fit(con, name) for name in STARTERS), key=lambda fit: (not fit.rules, -fit.score)))
    )


def proposed(con: Warehouse) -> str:
    """The starter set of the highest score whose rules find two events and more at two stages and more; else the one for any log."""
    if not event_names(con):
        return SHOP
    return next((fit.name for fit in fit_sets(con) if min(fit.found, len(fit.matched)) >= FEWEST_TOLD), ANY_LOG)


def _fit(con: Warehouse, name: str) -> Fit:
    counts = _event_counts(con)
    total = sum(counts.values())
    stages = fit_names(con, read_stage_rules(parse(default_text(name), name)))
    named = [signals for stage in stages if stage.step is not None and (signals := named_events(stage.rule))]
    held = [sum(counts.get(signal, 0) for signal in signals) for signals in named]
    matched = sorted({signal for signals in named for signal in signals if signal in counts}, key=lambda signal: (-counts[signal], signal))
    told = sum(counts[signal] for signal in matched) / total if total else 0.0
    return Fit(name, len(named), sum(n > 0 and n >= LEAST_SHARE * total for n in held), told, tuple(matched))


def _event_counts(con: Warehouse) -> dict[str, int]:
    sql = "select n.name, count(*) as events\nfrom events e join event_names n using (event)\ngroup by n.name"
    return kept(con, "events by name", lambda: dict(ask_sql(con, sql).iter_rows()))


def quiet_ms(stages: Sequence[StageRule]) -> int:
    """The longest time that the rules of the stages set apart look back over, ms; 0 where they look at no time."""
    return max([span for stage in stages if stage.step is None for span in _spans(stage.rule)], default=0)


def _spans(rule: Any) -> list[int]:
    if isinstance(rule, list | tuple):
        return [span for part in rule for span in _spans(part)]
    if not isinstance(rule, Mapping):
        return []
    lengths = ("since", "within", "recent", "before", "ago", "for", *(("value",) if "time_since" in rule else ()))
    named = [(key, value) for key, value in rule.items() if key in lengths and value is not None]
    spans = [read_duration(value, key) or 0 for key, value in named if not isinstance(value, Mapping)]
    return spans + [span for part in rule.values() for span in _spans(part)]


def named_events(rule: Any) -> set[str]:
    """The names of events that a rule looks for; how long ago (`since`) is none of them."""
    if isinstance(rule, list | tuple):
        return set().union(*map(named_events, rule))
    if not isinstance(rule, Mapping):
        return set()
    names = {
        name
        for key in ("did", "did_not", "stall", "until", "time_since", "of", "trend", "since", "event")
        if isinstance(name := rule.get(key), str) and not _is_time(key, name)
    }
    names |= {name for key in ("any_of", "sequence") for name in _texts(rule.get(key))}
    return names | set().union(*(named_events(part) for part in rule.values()))


def _is_time(key: str, text: str) -> bool:
    return key == "since" and re.fullmatch(r"\s*\d+(\.\d+)?\s*[a-z]+\s*", text) is not None


def _texts(steps: Any) -> set[str]:
    if isinstance(steps, str):
        return {steps}
    return set().union(*map(_texts, steps)) if isinstance(steps, list | tuple) else set()


def read_stage_rules(plain: Any) -> tuple[StageRule, ...]:
    """{"stage": [{"name", "why", "step", "rule"}]}, or the list alone, in the order in which rules are tried.

    The last stage takes everyone whom no rule before it names, so it has no rule of its own.  Where no stage has a
    step, the journey runs from the last stage to the first: the furthest is tried first.
    Raises: QuestionError: no stage, a name twice, an unknown key, a rule that is missing.
    """
    if isinstance(plain, Mapping):
        refuse_unknown(plain, ("stage",), "the stages")
        plain = plain.get("stage")
    if not isinstance(plain, list | tuple) or not 1 <= len(plain) <= MOST:
        raise QuestionError(f"Stages are a list of 1 to {MOST} tables [[stage]]; found {_short(plain)}.")
    stages = tuple(_read_one(item, last=k == len(plain) - 1) for k, item in enumerate(plain))
    if twice := [stage.name for k, stage in enumerate(stages) if stage.name in [other.name for other in stages[:k]]]:
        raise QuestionError(f"Two stages are named {twice[0]!r}. Give each a name of its own.")
    if all(stage.step is None for stage in stages):
        stages = tuple(replace(stage, step=len(stages) - place) for place, stage in enumerate(stages))
    steps = [stage.step for stage in stages if stage.step is not None]
    if len(set(steps)) < len(steps):
        raise QuestionError(f"Two stages have the same step; found {steps}. Number them by their places in the journey.")
    return stages


def stage_rule(stages: Sequence[StageRule], name: Any) -> dict[str, Any]:
    """Who is in a stage, as one rule: its own holds, and none that is tried before it."""
    names = [stage.name for stage in stages]
    if name not in names:
        raise QuestionError(f"No stage is named {name!r}.{nearest(str(name), names)} Known are: {', '.join(map(repr, names))}.")
    place = names.index(name)
    return {"all": [*({"not": stage.rule} for stage in stages[:place]), stages[place].rule]}


def _read_one(plain: Any, last: bool) -> StageRule:
    if isinstance(plain, StageRule):
        return plain
    if not isinstance(plain, Mapping):
        raise QuestionError(f"{_short(plain)} is not a stage. A stage is a table with a name, a why and a rule.")
    refuse_unknown(plain, ("name", "why", "step", "rule"), "a stage")
    name, rule, step = plain.get("name"), plain.get("rule"), plain.get("step")
    if not isinstance(name, str) or not 0 < len(name.strip()) <= 60:
        raise QuestionError(f"A stage needs a name of 1 to 60 characters; found {_short(name)}.")
    if step is not None and (isinstance(step, bool) or not isinstance(step, int)):
        raise QuestionError(f"The step of the stage {name!r} is {_short(step)}; it is a whole number, its place in the journey.")
    if last and rule is not None and rule != EVERYONE:
        raise QuestionError(
            f"The last stage, {name!r}, takes everyone whom no rule before it names, so it has no rule. Take its rule away."
        )
    if not last and rule is None:
        raise QuestionError(f"The stage {name!r} has no rule. Only the last may go without: it takes everyone else.")
    return StageRule(name.strip(), str(plain.get("why", "")), EVERYONE if last else rule, step)


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 80 else text[:77] + "..."
