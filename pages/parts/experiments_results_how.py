"""How an experiment is read: always valid unless it was planned otherwise, each way with what it asks of whoever looks."""

from dataclasses import dataclass
from typing import Any

import streamlit as st

from journey.charts.experiments_said import READINGS
from journey.experiments.judge.how import LOOKS, HowRead, assumes
from journey.experiments.plan import Planned

READING, CONFIDENCE, AT_LOOKS = "experiment_reading", "experiment_confidence", "experiment_looks"
PLANNED = "as_planned"
CONFIDENCES = {"90%": 0.9, "95%": 0.95, "99%": 0.99}


@dataclass(frozen=True)
class Manner:
    """As the question takes it; None for the plan's, else the usual."""

    reading: str | None = None
    looks: int | None = None
    confidence: float | None = None

    def as_plain(self) -> dict[str, Any]:
        found = {"reading": self.reading, "looks": self.looks, "confidence": self.confidence}
        return {key: value for key, value in found.items() if value is not None}


def choose_reading(planned: Planned | None) -> Manner:
    """A quiet popover: most never open it."""
    locked = planned if planned is not None and planned.locked else None
    options = [PLANNED, *READINGS] if locked else list(READINGS)
    if st.session_state.get(READING) not in (None, *options):
        st.session_state.pop(READING)
    told = st.query_params.get(READING)  # as the address writes it: on the first run the widget does not know it yet
    now = st.session_state.get(READING) or next((key for key in options if _label(key, locked) == told), options[0])
    with st.popover(_label(now, locked), icon=":material/tune:", help="How it is read, and what that assumes"):
        confidence = _choose_confidence(locked)
        chosen = st.radio(
            "How it is read",
            options,
            format_func=lambda key: _label(key, locked),
            captions=[_assumed(key, locked, confidence) for key in options],
            key=READING,
            bind="query-params",
            persist_state="session",
            width=460,
        )
        looks = None
        if chosen == "planned":
            usual = locked.plan.looks if locked and locked.plan.looks else LOOKS
            looks = int(st.number_input("Looks planned before the start", 1, 400, usual, key=AT_LOOKS, width=200))
    return Manner(None if chosen == PLANNED else chosen, looks, confidence)


def _label(key: str, locked: Planned | None) -> str:
    if key == PLANNED and locked is not None:
        return f"As planned: {READINGS[locked.plan.reading].lower()}"
    return READINGS.get(key, READINGS["always_valid"])


def _assumed(key: str, locked: Planned | None, confidence: float | None) -> str:
    plan = locked.plan if locked else None
    level = confidence or (plan.confidence if plan else 0.95)
    kind = plan.reading if key == PLANNED and plan else key
    more = {"tuned_at": plan.tuned_at} if plan and plan.tuned_at else {}
    return assumes(HowRead(kind, level, (plan.looks if plan else None) or LOOKS, **more))


def _choose_confidence(locked: Planned | None) -> float | None:
    """None where it is the plan's, or the usual 95%."""
    usual = locked.plan.confidence if locked else 0.95
    options = CONFIDENCES if usual in CONFIDENCES.values() else {**CONFIDENCES, f"{usual:.4%}".rstrip("0").rstrip(".%") + "%": usual}
    if st.session_state.get(CONFIDENCE) not in (None, *options):
        st.session_state.pop(CONFIDENCE)
    first = next(told for told, level in options.items() if level == usual)
    chosen = st.segmented_control(
        "Confidence",
        list(options),
        default=None if CONFIDENCE in st.session_state else first,
        required=True,
        key=CONFIDENCE,
        bind="query-params",
        persist_state="session",
    )
    level = options.get(chosen or first, usual)
    return None if level == usual else level
