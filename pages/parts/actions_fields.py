"""The fields of an action: each holds what is kept until a person changes it, and together they are plain data again."""

from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl
import streamlit as st

from journey.actions.catalog.action import RISKS
from journey.rules import event_names
from journey.rules.staged import stages_in_force
from journey.rules.words import tell_length, tell_step
from pages.parts.frame import Page
from pages.parts.text import literal
from pages.parts.workspace import answer

TURN = "action_turn"
CHANNELS = ("email", "phone", "sms", "push", "in app", "post")
LENGTHS = ("1h", "1d", "3d", "7d", "14d", "30d", "60d", "90d")
WORTHS = {"outcome": "What an outcome brings on average", "customer": "What this customer brings in 90 days", "sum": "A sum of money"}
PURPOSES = {"": "none: a service message"}
NAMED = "What became of it is kept under its name. For another name, duplicate it."
Plain = dict[str, Any]


def field(name: str, of: str) -> str:
    """The key of a field's widget; another turn begins all of them anew."""
    return f"action_{st.session_state.get(TURN, 0)}_{of}_{name}"


def begin_anew() -> None:
    st.session_state[TURN] = st.session_state.get(TURN, 0) + 1


def what_and_who(page: Page, kept: Plain, of: str, channels: Sequence[str], owners: Sequence[str], purposes: Sequence[str]) -> Plain:
    """Name, what, channel, owner, stages and the consent it needs."""
    named = bool(kept["name"])
    name = st.text_input(
        "Name",
        kept["name"],
        key=field("name", of),
        max_chars=80,
        disabled=named,
        help=NAMED if named else None,
        placeholder="Such as: Size advice",
    )
    what = st.text_area("What is done", kept["what"], key=field("what", of), height=72, max_chars=400)
    left, right = st.columns(2)
    channel = _one_of(left, "Channel", [*CHANNELS, *channels], kept["channel"], field("channel", of))
    owner = _one_of(right, "Owner", owners, kept["owner"], field("owner", of))
    purpose = _one_of(left, "Needs consent for", ["", *purposes, "marketing"], kept["purpose"], field("purpose", of), PURPOSES)
    names = [stage.name for stage in stages_in_force(page.con)]
    stages = right.multiselect(
        "For the stages",
        list(dict.fromkeys([*names, *kept["stages"]])),
        kept["stages"],
        key=field("stages", of),
        format_func=str.capitalize,
        placeholder="Every stage",
    )
    return {"name": name, "what": what, "channel": channel, "owner": owner, "purpose": purpose, "stages": stages}


def _one_of(place: Any, label: str, options: Sequence[str], kept: str, key: str, told: Mapping[str, str] | None = None) -> str:
    """One of those in use, or another that is typed."""
    known = list(dict.fromkeys([*options, kept, *([held] if (held := st.session_state.get(key)) else [])]))
    told = told or {}
    chosen = place.selectbox(
        label, known, known.index(kept), format_func=lambda one: told.get(one, one) or "nobody", accept_new_options=True, key=key
    )
    return str(chosen or "")


def money_fields(kept: Plain, of: str, currency: str | None) -> Plain:
    """What it costs each time, and what one outcome is worth."""
    left, right = st.columns([1, 2])
    of_money = f", {currency}" if currency else ""
    cost = left.number_input(f"Costs each{of_money}", 0.0, None, float(kept["cost"]), 0.05, key=field("cost", of))
    kind = kept["worth"] if kept["worth"] in WORTHS else "sum"
    chosen = right.selectbox(
        "One outcome is worth", list(WORTHS), list(WORTHS).index(kind), format_func=WORTHS.__getitem__, key=field("kind", of)
    )
    worth: Any = chosen
    if chosen == "sum":
        worth = right.number_input(f"Worth{of_money}", 0.0, None, float(kept["worth"]) if kind == "sum" else 10.0, key=field("worth", of))
    return {"cost": cost or 0.0, "worth": 0.0 if worth is None else worth}


def outcome_fields(page: Page, kept: Plain, shown: Any, of: str) -> Plain:
    """The outcome it is for: any of these events within that time.  shown: the kept outcome in the names of this log."""
    names = answer(page.con, page.version, event_names)
    held = _names(shown)
    left, right = st.columns([2, 1])
    if held is None:
        left.markdown(f"**For the outcome**  \n{literal(tell_step(kept['wanted']['did']))}")
        chosen: list[str] | None = None
    else:
        chosen = left.multiselect(
            "It is for this outcome", list(dict.fromkeys([*names, *held])), held, key=field("did", of), placeholder="Anything they do"
        )
    within = length_field(right, "Within", kept["wanted"]["within"], field("within", of))
    did = kept["wanted"]["did"] if chosen is None or chosen == held else _step(chosen)
    return {"wanted": {**kept["wanted"], "did": did, "within": within}}


def _names(step: Any) -> list[str] | None:
    """The names a step can have, [] for any; None where it is more than names."""
    if isinstance(step, Mapping):
        names = step.get("any_of", [] if not step else None)
        return list(names) if isinstance(names, list) and all(isinstance(name, str) for name in names) else None
    return [] if step is None else [str(step)]


def _step(names: Sequence[str]) -> Any:
    return {} if not names else names[0] if len(names) == 1 else {"any_of": list(names)}


def length_field(place: Any, label: str, kept: str, key: str) -> str:
    """A length of time; another than those offered can be typed, such as 10d."""
    options = list(dict.fromkeys([*LENGTHS, kept, *([held] if (held := st.session_state.get(key)) else [])]))
    chosen = place.selectbox(label, options, options.index(kept), format_func=tell_length, accept_new_options=True, key=key)
    return str(chosen or kept)


def effect_fields(kept: Plain, of: str, measured: str) -> Plain:
    """What somebody assumes it adds, in points.  measured: what is known of it, which goes before any assumption."""
    st.caption(literal(measured))
    assumed = kept.get("assumed") or {"likely": 0.02, "low": 0.0, "high": 0.04, "source": ""}
    if not st.toggle("Assume an effect, until it is measured", "assumed" in kept, key=field("assumes", of)):
        return {}
    columns = st.columns([1, 1, 1, 3])
    ends = {
        key: columns[place].number_input(
            f"{key.capitalize()}, points", -100.0, 100.0, round(100 * assumed[key], 6), 0.5, key=field(key, of)
        )
        for place, key in enumerate(("likely", "low", "high"))
    }
    source = columns[3].text_input("Who says so, or where it was read", assumed["source"], key=field("source", of), max_chars=200)
    return {"assumed": {**{key: round((value or 0.0) / 100, 8) for key, value in ends.items()}, "source": source}}


def care_fields(kept: Plain, of: str) -> Plain:
    """Risk, approval, whether it persuades, effort, cooldown, how long a proposal stands."""
    first = st.columns(4)
    risk = first[0].selectbox("Risk", RISKS, RISKS.index(kept["risk"]), key=field("risk", of))
    effort = first[1].number_input("Effort, 1 to 5", 1, 5, int(kept["effort"]), key=field("effort", of))
    cooldown = length_field(first[2], "Not again within", kept["cooldown"], field("cooldown", of))
    valid = length_field(first[3], "A proposal stands", kept["valid"], field("valid", of))
    with st.container(horizontal=True, gap="medium"):
        approval = st.toggle("A person must approve it", kept["approval"], key=field("approval", of))
        persuades = st.toggle(
            "It persuades", kept["persuades"], key=field("persuades", of), help="Minors and the vulnerable get nothing that persuades."
        )
        on = st.toggle("Switched on", kept["on"], key=field("on", of))
    return {
        "risk": risk,
        "effort": int(effort or 1),
        "cooldown": cooldown,
        "valid": valid,
        "approval": approval,
        "persuades": persuades,
        "on": on,
    }


def variant_fields(kept: Plain, of: str) -> Plain:
    """Ways of doing it, drawn at random by their weights; each is compared with the others later."""
    rows = kept.get("variant", [])
    schema = {"name": pl.String, "weight": pl.Float64, "hour": pl.Int64, "offer": pl.String, "message": pl.String}
    table = pl.DataFrame([{key: row.get(key) for key in schema} for row in rows], schema=schema)
    edited = st.data_editor(
        table,
        num_rows="dynamic",
        hide_index=True,
        key=field("variants", of),
        placeholder="",
        column_config={
            "name": st.column_config.TextColumn("Variant", width=130, required=True),
            "weight": st.column_config.NumberColumn("Weight", min_value=0.0, default=1.0, width=76),
            "hour": st.column_config.NumberColumn("Hour of day", min_value=0, max_value=23, width=90),
            "offer": st.column_config.TextColumn("Offer", width=200),
            "message": st.column_config.TextColumn("Message", width=320),
        },
    )
    found = [{key: value for key, value in row.items() if value is not None} for row in edited.to_dicts()]
    return {"variant": [row for row in found if row]} if any(found) else {}
