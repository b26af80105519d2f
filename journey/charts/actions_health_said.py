"""Whether proposing, deciding and delivering goes as it should, in words."""

from collections.abc import Sequence

from journey.actions.daily.run import CUT_SHORT, FAILED, RUNNING, Run, RunStep
from journey.actions.guardrails import GUARDRAILS
from journey.actions.ledger.health import Health, Refusals, Target
from journey.charts.words import count, moment, several, short, span

DOORS = {"booking": "when proposed", "approval": "when approved", "delivery": "when handed over"}
STEPS = {
    "load": "Load what is new",
    "restage": "Tell stages",
    "rescore": "Score customers",
    "expire": "Let lapse what is past its time",
    "propose": "Propose",
    "deliver": "Hand over",
    "alert": "Look for what needs a person",
}


def waiting_told(health: Health) -> tuple[str, str]:
    """("12", "oldest 3.2 h")."""
    if not health.waiting:
        return "0", "nothing waits"
    return count(health.waiting), f"oldest {span((health.oldest_ms or 0) / 1000)}"


def handed(health: Health) -> int:
    """Proposals handed over in the days shown, each once: what is exported and then sent was sent."""
    return sum(day.steps.get("exported", 0) + day.steps.get("sent", 0) for day in health.days)


def refusals_rows(refusals: Sequence[Refusals], timezone: str) -> dict[str, list[str | int]]:
    return {
        "Guardrail": [GUARDRAILS.get(one.guardrail, one.guardrail.capitalize()) for one in refusals],
        "Refused": [one.count for one in refusals],
        "Where": [DOORS.get(one.door, one.door) for one in refusals],
        "Last": [moment(one.last_at, timezone) for one in refusals],
        "The last one, why": [one.why for one in refusals],
    }


def target_told(target: Target) -> str:
    """ "12 attempts in 14 days, 2 failed, the last: 503 busy"."""
    told = f"{several(target.attempts, 'attempt')} in 14 days"
    if not target.failed:
        return f"{told}, none failed"
    return f"{told}, {count(target.failed)} failed, the last: {short(target.told or 'no answer', 120)}"


def run_title(run: Run | None) -> str:
    if run is None:
        return "No daily run yet"
    return run.sentence


def run_caption(run: Run | None, timezone: str) -> str:
    if run is None:
        return "Loads what is new, tells stages, scores, proposes, lets lapse and hands over: python -m journey daily, or here, by hand."
    return f"Begun {moment(run.started_at, timezone)}. Run again, it does what is new since; nothing is done twice."


def run_icon(run: Run | None) -> str:
    if run is None:
        return "schedule"
    return {FAILED: "error", CUT_SHORT: "error", RUNNING: "progress_activity"}.get(run.outcome, "check_circle")


def step_told(step: RunStep) -> str:
    return STEPS.get(step.step, step.step.capitalize())
