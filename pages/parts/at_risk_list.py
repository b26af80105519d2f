"""The list itself: the totals above it, a row for each customer, and what can be done with them."""

from functools import partial
from pathlib import Path
from typing import Any

import polars as pl
import streamlit as st

from journey.actions.choose import Proposing
from journey.charts.words import SIGNS, count, decimal, delta, money, percent, several
from journey.charts.worklist_said import chance_told, expected_told, stake_told, value_told
from journey.errors import JourneyError
from journey.worklist import Worklist
from pages.parts.at_risk_actions import action_columns, is_known, offer_proposing, proposed_for
from pages.parts.frame import Page, download_table
from pages.parts.people import NEXT, offer_page, offer_segment, open_selected
from pages.parts.text import literal

TABLE = "at_risk_table"
MODELS = "models.py"
ROW = 76  # four lines, so that the reasons can be read
OFF: dict[str, Any] = {"delta_color": "off", "delta_arrow": "off"}


def show_totals(found: Worklist) -> None:
    """How many are listed, for how many it is expected, what is at stake, and how far to trust it."""
    if not found.items or found.ranked == "quiet":
        return
    with st.grid(4, min_column_width=150, key="at_risk_totals"):
        _card("On the list", count(len(found.items)), f"of {several(found.scored, 'customer')}")
        leaving = "Expected to come true" if found.wanted else "Expected to leave"
        _card(leaving, count(found.expected), expected_told(found), literal(f"For them it comes true that a customer {found.outcome}."))
        _card("Value at stake", money(found.at_stake, found.currency), stake_told(found) or "no value is known")
        _card(*_trust(found))


def _card(label: str, value: str, beside: str, help_text: str | None = None) -> None:
    st.metric(label, literal(value), delta(beside), help=help_text, border=True, height="stretch", **OFF)


def _trust(found: Worklist) -> tuple[str, str, str, str]:
    """Of those ranked highest in the test, the share for whom it came, beside silence alone."""
    if found.tested is None:
        return "Right when tested", "–", "not tested", ""
    top, silent = found.tested.model["precision_at_capacity"], found.tested.recency["precision_at_capacity"]
    return "Right when tested", percent(top, 0), f"silence alone {percent(silent, 0)}", literal(found.trust)


def show_list(page: Page, found: Worklist) -> None:
    """A row for each customer; selecting one opens their page.  What could be done for them is filled in last."""
    if not found.items:
        st.caption("Nobody: take another tier, segment or prediction.")
        return
    place = st.empty()
    try:
        if not is_known(page, found):  # the first time, what actions add is worked out: the list is there meanwhile
            with place.container():
                _table(page, found, None, f"{TABLE}_first")
        proposed, fault = proposed_for(page, found), ""
    except JourneyError as found_fault:  # a catalog of actions that cannot be read takes the proposals away, and not the list
        proposed, fault = None, str(found_fault)
    with place.container():
        _table(page, found, proposed, TABLE)
    if proposed is None:
        st.caption(f":material/error: {literal(fault)}")
    else:
        offer_proposing(page, found, proposed)
    _actions(page, found)


def _table(page: Page, found: Worklist, proposed: Proposing | None, key: str) -> None:
    ids = [item.customer for item in found.items]
    row = 35 if found.ranked == "quiet" else ROW
    st.dataframe(
        _rows(page, found, proposed),
        hide_index=True,
        height=min(38 + row * len(ids), 620),
        row_height=row,
        key=key,
        selection_mode="single-row",
        on_select=partial(open_selected, page, ids, key),
        column_config=_columns(found),
    )


def _rows(page: Page, found: Worklist, proposed: Proposing | None) -> pl.DataFrame:
    items = found.items
    todo = {} if proposed is None else action_columns(page, found, {one.customer_id: one for one in proposed.proposals})
    valued = any(item.value is not None for item in items)
    brings = {"Expected to bring": [value_told(item, found.currency) for item in items]} if valued else {}
    if found.ranked == "quiet":
        return pl.DataFrame(
            {
                "Customer": [item.customer for item in items],
                "Quiet for": [f"{decimal(item.quiet, 0)} days" for item in items],
                "Usual gap": [f"{decimal(item.usual_gap)} days" for item in items],
                "Usual gaps": [item.quiet / item.usual_gap if item.usual_gap else None for item in items],
                **todo,
                "Stage": [item.stage.capitalize() for item in items],
                **brings,
            }
        )
    return pl.DataFrame(
        {
            "Customer": [item.customer for item in items],
            "Chance": [None if item.probability is None else round(item.probability, 2) for item in items],
            "95%": [chance_told(item) for item in items],
            **({"At stake": [item.at_stake for item in items]} if valued else {}),
            "Why": [item.why[:1].upper() + item.why[1:] for item in items],
            **todo,
            "Stage": [item.stage.capitalize() for item in items],
            "Quiet": [round(item.quiet, 1) for item in items],
            **brings,
            "Tier": [(item.tier or "").capitalize() for item in items],
        }
    )


def _columns(found: Worklist) -> dict[str, Any]:
    """Bars for what a list is read by; the reasons get the room."""
    stakes = [item.at_stake or 0.0 for item in found.items]
    gaps = [item.quiet / item.usual_gap for item in found.items if item.usual_gap]
    sign = SIGNS.get((found.currency or "").upper(), "")
    progress = st.column_config.ProgressColumn
    return {
        "Customer": st.column_config.TextColumn(width=84, pinned=True),
        "Chance": progress(format="percent", min_value=0.0, max_value=1.0, width=96),
        "95%": st.column_config.TextColumn(width=86),
        "At stake": progress(format=f"{sign}%.2f", min_value=0.0, max_value=max([*stakes, 0.01]), width=108),
        "Expected to bring": st.column_config.TextColumn(f"Brings in {found.question.horizon} days", width=170),
        "Why": st.column_config.TextColumn("Stands out by", width=240),
        "Proposed action": st.column_config.TextColumn(width=118),
        "Its value": st.column_config.TextColumn(width=64),
        "Quiet": st.column_config.NumberColumn("Quiet, days", format="%.1f", width=84),
        "Stage": st.column_config.TextColumn(width=96),
        "Usual gaps": progress("In usual gaps", format="%.1f", min_value=0.0, max_value=max([*gaps, 1.0])),
    }


def _actions(page: Page, found: Worklist) -> None:
    """What to do with the listed, and how far to trust the order."""
    rule = {"worklist": {**found.question.as_plain(), "scope": page.scope.as_plain()}}
    name = f"{'Quiet' if found.ranked == 'quiet' else 'At risk'}, first {len(found.items)}"
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.caption("Select a row to open the customer.")
        offer_segment(page, rule, name, "at_risk")
        script, (label, icon) = "paths.py", NEXT["paths.py"]
        offer_page(page, label, script, rule, name, "at_risk_paths", icon)
        download_table("at_risk", _download(found))
    if found.trust:
        st.caption(literal(f"How far to trust this: {found.trust}"))
        if (Path(__file__).parent.parent / MODELS).exists():
            st.page_link(MODELS, label="The proof, in full", icon=":material/verified:")


def _download(found: Worklist) -> pl.DataFrame:
    rows = []
    for item in found.items:
        low, high = item.interval or (None, None)
        least, most = item.value_interval or (None, None)
        rows.append(
            {
                "rank": item.rank,
                "customer": item.customer,
                "probability": item.probability,
                "probability_low": low,
                "probability_high": high,
                "tier": item.tier,
                "value": item.value,
                "value_low": least,
                "value_high": most,
                "at_stake": item.at_stake,
                "why": item.why,
                "stage": item.stage,
                "days_since_seen": item.quiet,
            }
        )
    return pl.DataFrame(rows, infer_schema_length=None)
