"""An experiment that somebody else has added up: units and conversions, or mean and standard deviation, of each variant."""

from collections.abc import Hashable
from typing import Any

import streamlit as st

from pages.parts.frame import Page

SHARES, MEANS = "Shares", "Means"
OF, ROWS = "sums_of", "sums_variants"
MANY = ("2 variants", "3 variants", "4 variants", "5 variants", "6 variants")
NAMES = ("Control", "Treatment", "Variant C", "Variant D", "Variant E", "Variant F")
COLUMNS = {SHARES: (("n", "Units"), ("conversions", "Did it")), MEANS: (("n", "Units"), ("mean", "Mean"), ("sd", "Standard deviation"))}


def sums_source(page: Page) -> tuple[str, dict[str, Any], Hashable] | None:
    """(name, question, what equal sums have in common); None while a number is missing."""
    with st.container(border=True, key="experiment_sums"):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.subheader("Sums of each variant", anchor=False, width="stretch")
            of = st.segmented_control(
                "What is compared",
                list(COLUMNS),
                default=None if OF in st.session_state else SHARES,
                required=True,
                key=OF,
                bind="query-params",
                persist_state="session",
                label_visibility="collapsed",
            )
            rows = int(
                st.selectbox(
                    "Variants",
                    list(MANY),
                    key=ROWS,
                    bind="query-params",
                    persist_state="session",
                    label_visibility="collapsed",
                    width=130,
                ).split()[0]
            )
        st.caption("The first is control. Nothing of it is stored; the address holds it, so that it can be shared.")
        arms = [_arm(place, of if of in COLUMNS else SHARES) for place in range(rows)]
    whole = [arm for arm in arms if arm is not None]
    if len(whole) < rows:
        st.caption(f":material/edit: {len(whole)} of {rows} variants have a name and all their numbers.")
        return None
    return "Sums", {"arms": whole, "control": whole[0]["name"]}, tuple(tuple(arm.items()) for arm in whole)


def _arm(place: int, of: str) -> dict[str, Any] | None:
    """One variant as the question takes it, None while a number of it is missing.  Whether the numbers can be is asked there."""
    with st.grid(len(COLUMNS[of]) + 1, min_column_width=110):
        name = st.text_input(
            "Variant",
            NAMES[place],
            key=f"sums_name_{place}",
            max_chars=60,
            bind="query-params",
            persist_state="session",
            label_visibility=_label(place),
        )
        found = {key: _number(place, key, told) for key, told in COLUMNS[of]}
    if not name.strip() or any(value is None for value in found.values()):
        return None
    arm = {"name": name.strip(), "n": int(found["n"] or 0)}
    if of == SHARES:
        return arm | {"conversions": int(found["conversions"] or 0)}
    return arm | {"mean": found["mean"], "variance": float(found["sd"] or 0.0) ** 2}


def _number(place: int, key: str, told: str) -> float | None:
    """None while it is empty."""
    named = f"sums_{key}_{place}"
    more: dict[str, Any] = {"bind": "query-params", "persist_state": "session", "label_visibility": _label(place), "placeholder": told}
    if key in ("n", "conversions"):
        return st.number_input(told, min_value=0, value=None, step=1, key=named, **more)
    return st.number_input(told, min_value=0.0 if key == "sd" else None, value=None, step=0.01, format="%.6g", key=named, **more)


def _label(place: int) -> Any:
    """The first row is the head of the table."""
    return "visible" if not place else "collapsed"
