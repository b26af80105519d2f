"""More conditions as rows of widgets: amounts, trends, dates, stalls, times since, stages entered and left, scores."""

from collections.abc import Callable, Mapping
from typing import Any

import streamlit as st

from journey.predict import named_predictions
from journey.rules import event_names, known_properties
from journey.rules.match import NUMBERS
from journey.rules.staged import stages_in_force
from journey.rules.words import OPS, tell_length
from pages.parts.frame import Page
from pages.parts.segments_draft import seeded
from pages.parts.segments_forms import AGE_OPS, AMOUNT_OPS, TIERS, changed_by
from pages.parts.segments_widgets import choose_length, choose_number, choose_step, others, select, within
from pages.parts.workspace import answer

MORE_KINDS = {
    "stall": "Stopped after",
    "time_since": "Time since",
    "sum": "Sum of",
    "mean": "Mean of",
    "distinct": "Distinct values",
    "trend": "Does more or less",
    "date": "Date near",
    "entered": "Entered a stage",
    "left": "Left a stage",
    "score": "Score",
}
CHANGES = {"<": "fell by more than", ">": "rose by more than"}
AGES = {"ge": "at least", "gt": "more than", "le": "at most", "lt": "less than"}
BESIDE = {"entered": ("from", "coming from"), "left": ("to", "and went to")}
BY_CHANCE = "chance"


def blank_of(page: Page, kind: str) -> Any:
    """A condition of that kind to begin with."""
    names = answer(page.con, page.version, event_names)
    first = names[0] if names else None
    stage = stages_in_force(page.con)[0].name
    return {
        "stall": {"stall": first, "for": "1d", "within": "7d"},
        "time_since": {"time_since": first, "op": "ge", "value": "14d"},
        "sum": {"sum": next(iter(_numbers(page)), ""), "op": "ge", "value": 100},
        "mean": {"mean": next(iter(_numbers(page)), ""), "op": "ge", "value": 100},
        "distinct": {"distinct": "session", "op": "ge", "value": 3},
        "trend": {"trend": None, "recent": "14d", "before": "28d", "change": "<-0.5"},
        "date": {"date": next(iter(_dates(page)), ""), "in": "14d"},
        "entered": {"entered": stage, "within": "7d"},
        "left": {"left": stage, "within": "7d"},
        "score": {"score": "churn", "tier": "high"},
    }[kind]


def _numbers(page: Page) -> list[str]:
    found = answer(page.con, page.version, known_properties)
    return sorted({prop.name for prop in found if prop.of == "event" and prop.type in NUMBERS})


def _dates(page: Page) -> list[str]:
    return sorted({prop.name for prop in answer(page.con, page.version, known_properties) if prop.type == "timestamp"})


def _amount(kind: str) -> Callable[[Page, str, Mapping[str, Any]], Any]:
    def row(page: Page, key: str, rule: Mapping[str, Any]) -> dict[str, Any]:
        known = _numbers(page)
        if kind == "distinct":
            known = ["session", *sorted({prop.name for prop in answer(page.con, page.version, known_properties) if prop.of == "event"})]
        name = select("Property", list(dict.fromkeys([*known, rule[kind]])), seeded(f"{key}_of", rule[kind]), 140)
        step = choose_step(page, f"{key}_event", rule.get("of"), "of any event")
        op = select("Is", list(AMOUNT_OPS), seeded(f"{key}_op", rule.get("op", "ge")), 120, OPS.__getitem__)
        value = choose_number(f"{key}_value", rule["value"])
        length = within(f"{key}_within", rule.get("within") or "")
        of = {"of": step} if step or "of" in rule else {}
        return {kind: name, **of, "op": op, "value": value, **({"within": length} if length else {}), **others(rule)}

    return row


def _trend(page: Page, key: str, rule: Mapping[str, Any]) -> dict[str, Any]:
    held, size = changed_by(rule) or ("<", 0.5)
    step = choose_step(page, f"{key}_event", rule["trend"], "anything")
    sign = select("Change", list(CHANGES), seeded(f"{key}_sign", held), 150, CHANGES.__getitem__)
    was = round(size * 100)
    share = int(st.number_input("Percent", 0, 1000, key=seeded(f"{key}_by", was), label_visibility="collapsed", width=90) or 0)
    recent, before = rule.get("recent", "14d"), rule.get("before", "28d")
    recent = choose_length(f"{key}_recent", recent, lambda text: f"% in {tell_length(text)}", "Recent", 130, False)
    before = choose_length(f"{key}_before", before, lambda text: f"against {tell_length(text)}", "Before", 150, False)
    change = f"<-{share / 100:g}" if sign == "<" else f">{share / 100:g}"
    kept = rule.get("change", change) if (sign, share) == (held, was) else change
    return {"trend": step, "recent": recent, "before": before, "change": kept, **others(rule)}


def _date(page: Page, key: str, rule: Mapping[str, Any]) -> dict[str, Any]:
    way = "in" if "in" in rule else "ago"
    name = select("Date", list(dict.fromkeys([*_dates(page), rule["date"]])), seeded(f"{key}_of", rule["date"]), 190)
    ways = {"in": "in the next", "ago": "in the last"}
    chosen = select("Way", list(ways), seeded(f"{key}_way", way), 130, ways.__getitem__)
    return {"date": name, chosen: choose_length(f"{key}_length", rule[way], tell_length, "Length", 130, False)}


def _stall(page: Page, key: str, rule: Mapping[str, Any]) -> dict[str, Any]:
    step = choose_step(page, f"{key}_event", rule["stall"])
    until = choose_step(page, f"{key}_until", rule.get("until"), "and nothing since", "Until")
    least = choose_length(f"{key}_for", rule["for"], lambda text: f"for {tell_length(text)}", "For", 130, False)
    most = choose_length(f"{key}_within", rule.get("within") or "", lambda text: f"at most {tell_length(text)}" if text else "however long")
    further = {"until": until} if until else {}
    return {"stall": step, "for": least, **further, **({"within": most} if most else {}), **others(rule)}


def _time_since(page: Page, key: str, rule: Mapping[str, Any]) -> dict[str, Any]:
    step = choose_step(page, f"{key}_event", rule["time_since"])
    op = select("Is", list(AGE_OPS), seeded(f"{key}_op", rule.get("op", "ge")), 120, AGES.__getitem__)
    value = choose_length(f"{key}_value", rule["value"], lambda text: f"{tell_length(text)} ago", "Length", 140, False)
    return {"time_since": step, "op": op, "value": value, **others(rule)}


def _crossed(kind: str) -> Callable[[Page, str, Mapping[str, Any]], Any]:
    def row(page: Page, key: str, rule: Mapping[str, Any]) -> dict[str, Any]:
        names = [stage.name for stage in stages_in_force(page.con)]
        side, words = BESIDE[kind]
        stage = select("Stage", list(dict.fromkeys([*names, rule[kind]])), seeded(f"{key}_stage", rule[kind]), 170)
        options = ["", *(name for name in dict.fromkeys([*names, rule.get(side, "")]) if name and name != stage)]
        whole = "from anywhere" if kind == "entered" else "to anywhere"
        other = select(
            "Beside", options, seeded(f"{key}_other", rule.get(side, "")), 200, lambda name: f"{words} {name}" if name else whole
        )
        length = choose_length(f"{key}_within", rule.get("within", "30d"), lambda text: f"within {tell_length(text)}", ever=False)
        return {kind: stage, **({side: other} if other else {}), "within": length}

    return row


def _score(page: Page, key: str, rule: Mapping[str, Any]) -> dict[str, Any]:
    known = list(answer(page.con, page.version, named_predictions))
    name = select("Score", list(dict.fromkeys([*known, rule["score"]])), seeded(f"{key}_of", rule["score"]), 150)
    ways = {tier: f"{tier} tier" for tier in TIERS} | {BY_CHANCE: "by its chance"}
    way = select("Way", list(ways), seeded(f"{key}_way", rule.get("tier", BY_CHANCE)), 140, ways.__getitem__)
    if way != BY_CHANCE:
        return {"score": name, "tier": way}
    op = select("Is", list(AMOUNT_OPS), seeded(f"{key}_op", rule.get("op", "ge")), 120, OPS.__getitem__)
    return {"score": name, "op": op, "value": choose_number(f"{key}_value", rule.get("value", 0.5))}


MORE_ROWS: dict[str, Callable[[Page, str, Any], Any]] = {
    "stall": _stall,
    "time_since": _time_since,
    "sum": _amount("sum"),
    "mean": _amount("mean"),
    "distinct": _amount("distinct"),
    "trend": _trend,
    "date": _date,
    "entered": _crossed("entered"),
    "left": _crossed("left"),
    "score": _score,
}
