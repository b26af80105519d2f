"""What waits for a person: approve, reject, release, hand over, take back."""

from collections.abc import Callable, Sequence
from typing import Any

import polars as pl
import streamlit as st

from journey.actions.catalog import ActionCatalog
from journey.actions.ledger import Entry, queue
from journey.charts.actions_queue_said import action_of, interval_of, lapses_told, waiting_caption, waiting_title, why_of
from journey.charts.words import SIGNS, several
from journey.rules.segment import measure_segment
from journey.scope import Scope
from journey.warehouse import setting
from pages.parts.actions_decided import at_now, decide_these, show_done
from pages.parts.actions_handed import show_approved, show_runs
from pages.parts.actions_person import UNNAMED, name_person
from pages.parts.actions_reasons import REJECT, ask_reason
from pages.parts.frame import Page
from pages.parts.people import go_to
from pages.parts.text import literal
from pages.parts.workspace import answer

MOST = 2_000
ROW = 58  # three lines, so that the reasons can be read
ALL = "all"
STATES = ("waiting", "held")
FILTERS = {"queue_action": "All actions", "queue_trigger": "All triggers", "queue_owner": "All owners"}


def show_queue(page: Page, catalog: ActionCatalog) -> None:
    """What waits, what was stopped, what is approved and not handed over yet, and the runs that can be taken back."""
    inside = _inside(page)
    waiting, held = (
        [one for one in queue(page.con, state, None) if inside is None or one.proposal.customer_id in inside] for state in STATES
    )
    with st.container(border=True, key="queue"):
        _show_waiting(page, catalog, waiting)
    if held:
        with st.container(border=True, key="queue_held"):
            _show_held(page, catalog, held)
    show_approved(page, catalog)
    show_runs(page)


def _inside(page: Page) -> frozenset[str] | None:
    """Ids of those in the segment at the head of the page; None for everyone."""
    if page.scope.segment is None:
        return None
    found = answer(page.con, page.version, measure_segment, page.scope.segment, Scope(timezone=page.scope.timezone))
    return frozenset(found.people.ids)


def _show_waiting(page: Page, catalog: ActionCatalog, entries: Sequence[Entry]) -> None:
    currency = setting(page.con, "currency")
    with st.container(horizontal=True, vertical_alignment="center"):
        with st.container(width="stretch", gap="xxsmall"):
            st.subheader(literal(waiting_title(entries)), anchor=False)
            st.caption(literal(waiting_caption(entries, currency, at_now())))
        name_person()
    show_done("queue")
    if not entries:
        return
    shown = _filtered(catalog, entries)
    if not shown:
        st.caption("None of them: choose other filters.")
        return
    if len(shown) > MOST:
        st.caption(f"The first {MOST:,} of {len(shown):,} are listed, the most valuable first: decide on them, and the next follow.")
        shown = shown[:MOST]
    chosen = _table(catalog, shown, currency, "queue_table")
    _decide(page, [shown[row] for row in chosen])


def _filtered(catalog: ActionCatalog, entries: Sequence[Entry]) -> list[Entry]:
    """Three choices in a row, each offered only where there is one to make."""
    owners = {action.name: action.owner or "nobody" for action in catalog.actions}
    tells: tuple[Callable[[Entry], str], ...] = (
        lambda entry: entry.proposal.action,
        lambda entry: entry.proposal.trigger_name or "a person",
        lambda entry: owners.get(entry.proposal.action, "nobody"),
    )
    shown = list(entries)
    with st.container(horizontal=True, gap="small"):
        for (key, everything), tell in zip(FILTERS.items(), tells, strict=True):
            chosen = _choose(key, everything, sorted({tell(entry) for entry in entries}))
            shown = [entry for entry in shown if chosen in (ALL, tell(entry))]
    return shown


def _choose(key: str, everything: str, names: list[str]) -> str:
    if len(names) < 2:
        return ALL
    if st.session_state.get(key) not in (None, ALL, *names):
        st.session_state.pop(key)

    def told(name: str) -> str:
        return everything if name == ALL else literal(name)

    return st.selectbox(everything, [ALL, *names], key=key, bind="query-params", format_func=told, label_visibility="collapsed", width=200)


def _table(catalog: ActionCatalog, entries: Sequence[Entry], currency: str | None, key: str, held: bool = False) -> list[int]:
    """The rows that are selected in it."""
    event: Any = st.dataframe(
        _rows(catalog, entries, currency, held),
        hide_index=True,
        height=min(38 + ROW * len(entries), 560),
        row_height=ROW,
        key=f"{key}_{st.session_state.get('ledger_turn', 0)}",
        selection_mode="multi-row",
        on_select="rerun",
        column_config=_columns(entries, currency),
    )
    return [row for row in event["selection"]["rows"] if row < len(entries)]


def _rows(catalog: ActionCatalog, entries: Sequence[Entry], currency: str | None, held: bool) -> pl.DataFrame:
    at = at_now()
    valued = any(entry.proposal.expected_value is not None for entry in entries)
    worth = {"Expected value": [e.proposal.expected_value for e in entries], "95%": [interval_of(e, currency) for e in entries]}
    return pl.DataFrame(
        {
            "Customer": [entry.proposal.customer_id for entry in entries],
            "Action": [action_of(entry) for entry in entries],
            **(worth if valued else {}),
            **({"Why it was held": [entry.why for entry in entries]} if held else {}),
            "Why": [why_of(entry) for entry in entries],
            "Stage": [entry.proposal.stage.capitalize() for entry in entries],
            "Lapses": [lapses_told(entry.proposal.lapses_at, at) for entry in entries],
            "Remarks": [_remarks(catalog, entry) for entry in entries],
        },
        infer_schema_length=None,
    )


def _remarks(catalog: ActionCatalog, entry: Entry) -> str:
    """What to know before it is approved: its risk, that it is held out, that the catalog has changed."""
    action = catalog.action(entry.proposal.action)
    if action is None:
        return "no longer in the catalog"
    told = [f"{action.risk} risk"] if action.risk != "low" else []
    if not action.on:
        told.append("switched off since")
    if entry.proposal.arm == "holdout":
        told.append("held out: never sent")
    return "; ".join([entry.proposal.channel, *told])


def _columns(entries: Sequence[Entry], currency: str | None) -> dict[str, Any]:
    sign = SIGNS.get((currency or "").upper(), "")
    most = max([0.01, *(entry.proposal.expected_value or 0.0 for entry in entries)])
    text = st.column_config.TextColumn
    return {
        "Customer": text(width=84, pinned=True),
        "Action": text(width=128),
        "Expected value": st.column_config.ProgressColumn(format=f"{sign}%.2f", min_value=0.0, max_value=most, width=104),
        "95%": text(width=104),
        "Why it was held": text(width=260),
        "Why": text(width=214),
        "Stage": text(width=82),
        "Lapses": text("Act by", width=64),
        "Remarks": text(width=120),
    }


def _decide(page: Page, chosen: Sequence[Entry]) -> None:
    keys = [entry.proposal.proposal for entry in chosen]
    n = len(keys)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.button(
            f"**Approve {n:,}**" if n else "**Approve**",
            key="queue_approve",
            icon=":material/check:",
            disabled=not n,
            on_click=decide_these,
            args=(keys, "approved", "", "queue"),
        )
        with st.popover(f"Reject {n:,}" if n else "Reject", icon=":material/close:", disabled=not n):
            reason = ask_reason("queue_reject", REJECT)
            st.button(
                f"Reject {several(n, 'proposal')}",
                key="queue_reject",
                disabled=not reason,
                on_click=decide_these,
                args=(keys, "rejected", reason, "queue"),
            )
        if n == 1:
            st.button(
                "Open the customer",
                key="queue_open",
                type="tertiary",
                icon=":material/person:",
                on_click=go_to,
                args=(page, "customer.py", None, {"customer": chosen[0].proposal.customer_id}),
            )
        st.caption("Select rows; the box above them selects all." if not n else UNNAMED if not st.session_state.get("acting_as") else "")


def _show_held(page: Page, catalog: ActionCatalog, entries: Sequence[Entry]) -> None:
    """Stopped by something unusual: a person looks, and releases or rejects."""
    with st.container(horizontal=True):
        st.subheader(f"{several(len(entries), 'proposal')} held: something about them is unusual", anchor=False)
    st.caption("Released, they wait for approval like any other; nothing of them is sent until then.")
    chosen = [entries[row] for row in _table(catalog, entries, setting(page.con, "currency"), "held_table", held=True)]
    keys = [entry.proposal.proposal for entry in chosen]
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.button(
            f"**Release {len(keys):,}**" if keys else "**Release**",
            key="held_release",
            icon=":material/lock_open:",
            disabled=not keys,
            on_click=decide_these,
            args=(keys, "released", "", "queue"),
        )
        with st.popover("Reject", icon=":material/close:", disabled=not keys):
            reason = ask_reason("held_reject", REJECT)
            st.button(
                f"Reject {several(len(keys), 'proposal')}",
                key="held_reject",
                disabled=not reason,
                on_click=decide_these,
                args=(keys, "rejected", reason, "queue"),
            )
