"""The guardrails that hold for every action: told in words, and their fields to edit."""

from typing import Any

import polars as pl
import streamlit as st

from journey.actions.catalog import ActionCatalog, Guardrails, read_guardrails
from journey.charts.actions_said import guardrail_lines
from journey.errors import JourneyError
from journey.rules import event_names, known_properties
from journey.warehouse import setting
from pages.parts.actions_fields import begin_anew, field, length_field
from pages.parts.actions_keep import keep_entry, written
from pages.parts.actions_text import show_versions
from pages.parts.frame import Page
from pages.parts.text import literal
from pages.parts.workspace import answer

OF = "guardrails"
OPTIONAL = ("zone", "holdout_by", "budget")  # left out where a person chooses nothing


def edit_guardrails(page: Page, catalog: ActionCatalog) -> None:
    """What is never done, in sentences; the fields behind a quiet button."""
    currency = setting(page.con, "currency")
    with st.container(border=True, key="guardrails"):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.subheader("Guardrails, for every action", anchor=False, width="stretch")
            editing = st.toggle("Edit", key="guardrails_edit", bind="query-params")
        if editing:
            _edit(page, written(page).guardrails, currency)
            return
        with st.grid(3, min_column_width=250, key="guardrails_told"):
            for title, text in guardrail_lines(catalog.guardrails, currency):
                st.markdown(f"**{literal(title)}**  \n{literal(text)}")


def _edit(page: Page, kept: Guardrails, currency: str | None) -> None:
    rest = {key: value for key, value in kept.as_plain().items() if key not in OPTIONAL}  # what has no field here stays as it is
    now = rest | _reach(page, kept) | _share_and_money(page, kept, currency) | _contacts(page, kept)
    try:
        read = read_guardrails(now)
    except JourneyError as fault:
        st.error(literal(fault), icon=":material/error:")
        read = kept
    pressed = st.button("**Keep the guardrails**", key="guardrails_keep", icon=":material/save:", disabled=read == kept)
    if pressed and keep_entry(page, "guardrails", None, now):
        begin_anew()
        st.rerun()
    show_versions(page, "guardrails")


def _reach(page: Page, kept: Guardrails) -> dict[str, Any]:
    """How often, when, and whom never."""
    left, right = st.columns([3, 2], gap="large")
    with left:
        st.markdown("**At most so many contacts of one customer**")
        caps = st.data_editor(
            pl.DataFrame([cap.as_plain() for cap in kept.caps], schema={"times": pl.Int64, "within": pl.String, "channel": pl.String}),
            num_rows="dynamic",
            hide_index=True,
            placeholder="",
            key=field("caps", OF),
            column_config={
                "times": st.column_config.NumberColumn("Times", min_value=0, step=1, width=80, required=True),
                "within": st.column_config.TextColumn("Within", width=100, help="such as 1d, 7d, 30d", required=True),
                "channel": st.column_config.TextColumn("Channel, or empty for all", width=180),
            },
        )
    properties = sorted({prop.name for prop in answer(page.con, page.version, known_properties) if prop.of == "customer"})
    with right:
        quiet = st.toggle("Quiet hours, in the customer's own day", kept.quiet is not None, key=field("quiet", OF))
        first, last = kept.quiet or (20, 8)
        columns = st.columns(2)
        hours = [
            int(columns[place].number_input(label, 0, 24, hour, key=field(label, OF), disabled=not quiet) or 0)
            for place, (label, hour) in enumerate((("From hour", first), ("To hour", last)))
        ]
        zone = _property("Their time zone stands in", kept.zone, properties, "the workspace's zone for all")
        protected = st.multiselect(
            "Minors and the vulnerable are marked by",
            list(dict.fromkeys([*properties, *kept.protected])),
            list(kept.protected),
            key=field("protected", OF),
            placeholder="No property",
            accept_new_options=True,
        )
    rows = [{key: value for key, value in row.items() if value not in (None, "")} for row in caps.to_dicts()]
    named = {} if zone is None else {"zone": zone}
    return {"caps": [row for row in rows if row], "quiet": hours if quiet else [], "protected": protected, **named}


def _property(label: str, kept: str | None, known: list[str], nothing: str) -> str | None:
    options = list(dict.fromkeys(["", *known, *([kept] if kept else [])]))
    return st.selectbox(label, options, options.index(kept or ""), format_func=lambda name: name or nothing, key=field(label, OF)) or None


def _share_and_money(page: Page, kept: Guardrails, currency: str | None) -> dict[str, Any]:
    of_money = f", {currency}" if currency else ""
    properties = sorted({prop.name for prop in answer(page.con, page.version, known_properties) if prop.of == "customer"})
    first = st.columns(4)
    holdout = first[0].number_input("Held out, percent", 0.0, 100.0, round(100 * kept.holdout, 6), 1.0, key=field("holdout", OF))
    with first[1]:
        by = _property("Who is held out stands in", kept.holdout_by, properties, "drawn by our own dice")
    margin = first[2].number_input("Kept of revenue, percent", 0.0, 100.0, round(100 * kept.margin, 6), 1.0, key=field("margin", OF))
    fatigue = first[3].number_input(
        f"A contact wears{of_money}", 0.0, None, kept.fatigue, 0.05, key=field("fatigue", OF), help="For each other contact in 7 days."
    )
    second = st.columns(4)
    capped = second[0].toggle("A budget", kept.budget is not None, key=field("budget", OF))
    most = second[1].number_input(
        f"At most{of_money}", 0.0, None, kept.budget.most if kept.budget else 500.0, 50.0, key=field("most", OF), disabled=not capped
    )
    within = length_field(second[2], "Within any", kept.budget.as_plain()["within"] if kept.budget else "30d", field("within", OF))
    flood = second[3].number_input(
        "Stop at times the usual",
        1.0,
        None,
        kept.most_at_once,
        1.0,
        key=field("flood", OF),
        help="More of one action in one run waits for a person.",
    )
    explore = st.toggle(
        "Learn by trying",
        kept.explore,
        key=field("explore", OF),
        help="Runs choose at random in proportion to how likely each action is best.",
    )
    personal = st.toggle(
        "An effect for each customer",
        kept.personal,
        key=field("personal", OF),
        help="For actions that were seen to help some customers more than others; learning it takes a while.",
    )
    named: dict[str, Any] = {} if by is None else {"holdout_by": by}
    named |= {"budget": {"most": most or 0.0, "within": within}} if capped else {}
    shares = {"holdout": round((holdout or 0.0) / 100, 8), "margin": round((margin or 0.0) / 100, 8)}
    return {**shares, "fatigue": fatigue or 0.0, "most_at_once": flood or 1.0, "explore": explore, "personal": personal, **named}


def _contacts(page: Page, kept: Guardrails) -> dict[str, Any]:
    """Which events of the log are contacts already, by channel; one narrowed by a property stays as it is written."""
    names = answer(page.con, page.version, event_names)
    st.markdown("**Contacts that the log holds already**")
    found: dict[str, list[Any]] = {}
    columns = st.columns(max(2, len(kept.contacts)))
    for place, (channel, steps) in enumerate(kept.contacts.items()):
        plain = [step for step in steps if isinstance(step, str)]
        chosen = columns[place].multiselect(
            literal(f"By {channel}"),
            list(dict.fromkeys([*names, *plain])),
            plain,
            key=field(f"contacts_{channel}", OF),
            placeholder="No event",
        )
        found[channel] = [*chosen, *(step for step in steps if not isinstance(step, str))]
    return {"contacts": found}
