"""The metrics of a plan: the one that decides, what must not get worse, what is watched besides; each a row of choices."""

from collections.abc import Mapping
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from journey.charts.experiments_plan_metrics import NEEDS_EVENT, NEEDS_PROPERTY, NEEDS_REVENUE, WAYS, Row, counted_by, is_share, row_of
from journey.metrics.catalog import revenue_of
from journey.rules import event_names, known_properties
from journey.rules.match import NUMBERS
from pages.parts.experiments_plan_draft import Plain, drafts, seeded, turn
from pages.parts.frame import Page, literal
from pages.parts.workspace import answer

HEADS = {
    "primary": ("The metric that decides", ""),
    "guardrail": ("What must not get worse", "Add a guardrail"),
    "secondary": ("What is watched besides", "Add a metric"),
}
NONE = ""
LENGTHS = {NONE: "until the end", "1d": "1 day", "3d": "3 days", "7d": "7 days", "14d": "14 days", "28d": "28 days"}
BEFORE = {NONE: "no", "14d": "14 days before", "28d": "28 days before", "56d": "56 days before"}
CUTS = {NONE: "no", "0.999": "at 99.9%", "0.99": "at 99%", "0.95": "at 95%"}
GOOD = {"up": "should rise", "down": "should fall"}
MOST = 12
FINER = ("within", "before", "winsorise")
KEPT = (*FINER, "margin")
USUAL_MARGIN = 0.05


def metric_fields(page: Page, of: str, plain: Plain) -> tuple[list[Plain], DeltaGenerator]:
    """The rows of all roles: primary, guardrails, others; and the place below the primary one.  of: whose draft it is."""
    below = st.container()
    held = [dict(metric) for metric in plain.get("metrics", ())]
    found: list[Plain] = []
    for role, (head, more) in HEADS.items():
        rows = [metric for metric in held if metric.get("role", "secondary") == role]
        if role == "primary":
            rows = (rows or [first for first in [_first(page, [], role)] if first])[:1]
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(f"**{head}**", width="stretch")
            new = _first(page, held, role) if more and len(held) < MOST else None
            if new is not None:
                st.button(more, key=f"plan_add_{role}", icon=":material/add:", type="tertiary", on_click=_add, args=(of, new))
        found += [_row(page, of, metric, role, place) for place, metric in enumerate(rows)]
        below = st.container() if role == "primary" else below
    return found, below


def _add(of: str, metric: Plain) -> None:
    """A guardrail is not watched besides: what was is taken out there."""
    held = drafts()[of].setdefault("metrics", [])
    if metric["role"] == "guardrail":
        held[:] = [one for one in held if one.get("role", "secondary") != "secondary" or row_of(one) != row_of(metric)]
    held.append(metric)
    turn()


def _drop(of: str, role: str, place: int) -> None:
    """Take out the metric at this place among those of its role."""
    metrics = drafts()[of]["metrics"]
    metrics.remove([metric for metric in metrics if metric.get("role", "secondary") == role][place])
    turn()


def _lacks_revenue(page: Page, held: list[Plain]) -> bool:
    """Whether there is revenue, and neither the metric that decides nor a guardrail counts it."""
    rows = [row_of(metric) for metric in held if metric.get("role") in ("primary", "guardrail")]
    return revenue_of(page.con) is not None and Row("revenue") not in rows


def _first(page: Page, held: list[Plain], role: str) -> Plain | None:
    """A metric to begin with: revenue is the usual guardrail, else another event each time; None of a log without events."""
    place = len(held)
    names = answer(page.con, page.version, event_names)
    if not names:
        return None
    guards = role == "guardrail"
    row = Row("revenue") if guards and _lacks_revenue(page, held) else Row("share", names[place % len(names)])
    margin = {"margin": {"relative": USUAL_MARGIN}} if guards else {}
    return {"name": row.name, "role": role, "good": "up", **counted_by(row), **margin}


def _row(page: Page, whose: str, metric: Plain, role: str, place: int) -> Plain:
    """One metric as its row says."""
    of, row = f"{role}_{place}", row_of(metric)
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small", key=f"plan_metric_{of}"):
        if row is None:
            st.markdown(literal(str(metric.get("name", ""))), width="stretch", help="Written by hand, and kept as it is.")
            new, usual = dict(metric), str(metric.get("name", ""))
        else:
            chosen = _counted(page, row, of)
            usual = chosen.name
            new = {key: value for key, value in metric.items() if key in KEPT} | counted_by(chosen)
        good = st.selectbox(
            "Good is",
            list(GOOD),
            format_func=GOOD.__getitem__,
            key=seeded(f"good_{of}", metric.get("good", "up")),
            label_visibility="collapsed",
            width=114,
        )
        new |= {"role": role, "good": good or "up"}
        if role == "guardrail":
            new |= {"margin": _margin(new, of)}
        with st.popover("", icon=":material/tune:", help="Name, time, outliers, noise"):
            named = metric.get("name") if row is None or metric.get("name") != row.name else ""
            if row is not None and chosen != row:  # another thing is counted: the name it was given goes
                named = st.session_state[seeded(f"name_{of}", "")] = ""
            new = _finer(new, str(named or ""), usual, of)
        if role != "primary":
            hint = f"Take out {new['name']}"
            key, does = f"plan_drop_{of}", literal(hint)
            st.button("", key=key, icon=":material/close:", type="tertiary", help=does, on_click=_drop, args=(whose, role, place))
    return new


def _counted(page: Page, row: Row, of: str) -> Row:
    """What is counted, from selects that offer only what the log holds."""
    names = answer(page.con, page.version, event_names)
    sums = [prop.name for prop in answer(page.con, page.version, known_properties) if prop.of == "event" and prop.type in NUMBERS]
    ways = [way for way in WAYS if _can(page, way, sums, row)]
    way = st.selectbox("What", ways, format_func=WAYS.__getitem__, key=seeded(f"way_{of}", row.way), width=152) or row.way
    summed = _pick("Property", sums, row.summed, f"sum_{of}") if way in NEEDS_PROPERTY else None
    event = _pick("Event", names, row.event, f"event_{of}") if way in NEEDS_EVENT else None
    below = _pick("for each", names, row.below, f"below_{of}") if way == "per" else None
    return Row(way, event, summed, below)


def _can(page: Page, way: str, sums: list[str], row: Row) -> bool:
    if way == row.way:
        return True
    return (way not in NEEDS_REVENUE or revenue_of(page.con) is not None) and (way not in NEEDS_PROPERTY or bool(sums))


def _pick(label: str, options: list[str], held: str | None, of: str) -> str | None:
    """A name that the log does not hold yet stays; the reading will say that it is not there."""
    shown = list(dict.fromkeys([*options, *([held] if held else [])]))
    return st.selectbox(label, shown, key=seeded(of, held or (shown[0] if shown else None)), width="stretch")


def _margin(metric: Mapping[str, Any], of: str) -> Any:
    """How much worse is still tolerated: of control in percent, or in the metric's own unit."""
    held = metric.get("margin") or {"relative": 0.02}
    relative, share = isinstance(held, Mapping), is_share(metric)
    own = "points" if share else "of its unit"
    value = float(held["relative"] if isinstance(held, Mapping) else held)
    unit = st.session_state.get(seeded(f"unit_{of}", "% of control" if relative else own), own)
    scale = 100.0 if unit != "of its unit" else 1.0
    label = "Tolerated" if metric.get("good", "up") == "up" else "Tolerated rise"
    typed = st.number_input(label, 0.0001, None, key=seeded(f"margin_{of}", round(value * scale, 6)), format="%g", width=110)
    chosen = st.selectbox("in", ["% of control", own], key=seeded(f"unit_{of}", "% of control"), width=130)
    size = max(float(typed or 0.0), 0.0001) / scale
    return {"relative": size} if chosen == "% of control" else size


def _finer(metric: Plain, named: str, usual: str, of: str) -> Plain:
    """What is rarely changed: its name, how long after the exposure, outliers, and the noise taken away by the time before."""
    typed = st.text_input("Name", key=seeded(f"name_{of}", named), placeholder=usual, max_chars=100)
    kept = {"name": " ".join((typed or "").split()) or usual} | {key: value for key, value in metric.items() if key not in (*FINER, "name")}
    chosen = {"within": _one("Counts after being shown", LENGTHS, metric.get("within"), f"within_{of}")}
    if not is_share(metric):
        chosen["winsorise"] = _one("Cut the largest values", CUTS, metric.get("winsorise"), f"cut_{of}")
    chosen["before"] = _one("Take away noise by what they did", BEFORE, metric.get("before"), f"before_{of}")
    st.caption("What customers did before being shown tells part of what they do after. Taking it away (CUPED) narrows the interval.")
    return kept | {key: float(value) if key == "winsorise" else value for key, value in chosen.items() if value}


def _one(label: str, options: Mapping[str, str], held: Any, of: str) -> str | None:
    now = NONE if held is None else str(held)
    offered = options if now in options else {**options, now: now}
    return st.selectbox(label, list(offered), format_func=offered.__getitem__, key=seeded(of, now))
