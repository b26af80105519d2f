"""What is asked of a dry run: a rule, and the moments of the past at which to look who was due for it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from journey.actions.catalog import ActionCatalog
from journey.errors import QuestionError
from journey.rules import nearest
from journey.scope import Scope, read_duration, read_time, refuse_unknown

DAY = 86_400_000
WINDOW_MS = 28 * DAY
MOST_LOOKS = 120


@dataclass(frozen=True)
class DryRunQuestion:
    """rule: tried; trigger: the one of the catalog it is of, None for a rule of its own.  action: for its cooldown.

    start, stop: texts of times, None for 28 days before the end.  every_ms: from one look to the next.
    """

    rule: Any
    trigger: str | None = None
    action: str | None = None
    start: str | None = None
    stop: str | None = None
    every_ms: int = DAY


def read_dry_run(plain: Mapping[str, Any]) -> DryRunQuestion:
    """{"rule": rule | "trigger": name, "action": name, "from": time, "to": time, "every": "1d"}.

    Raises: QuestionError: neither a rule nor a trigger, or both; a time that is none; no time between looks.
    """
    refuse_unknown(plain, ("rule", "trigger", "action", "from", "to", "every"), "a dry run")
    rule, trigger = plain.get("rule"), plain.get("trigger")
    if (rule is None) == (trigger is None):
        raise QuestionError('A dry run tries either a rule, {"rule": rule}, or a trigger of the catalog, {"trigger": name}.')
    for key in ("trigger", "action"):
        if plain.get(key) is not None and not isinstance(plain[key], str):
            raise QuestionError(f"{key} of a dry run is {plain[key]!r}; write its name in the catalog.")
    every = read_duration(plain.get("every", "1d"), "every")
    if not every:
        raise QuestionError('A dry run looks again and again: write how often, such as "every": "1d".')
    for key in ("from", "to"):
        read_time(plain.get(key), ZoneInfo("UTC"), key)
    return DryRunQuestion(rule, trigger, plain.get("action"), plain.get("from"), plain.get("to"), every)


def in_catalog(question: DryRunQuestion, catalog: ActionCatalog) -> DryRunQuestion:
    """The question with the rule and the action of the trigger it names.

    Raises: QuestionError: no trigger or no action of that name.
    """
    rule, action = question.rule, question.action
    if question.trigger is not None:
        known = {trigger.name: trigger for trigger in catalog.triggers}
        if question.trigger not in known:
            raise QuestionError(f"No trigger is named {question.trigger!r}.{nearest(question.trigger, list(known))}")
        rule, action = known[question.trigger].when, action or known[question.trigger].action
    if action is not None and catalog.action(action) is None:
        raise QuestionError(f"No action is named {action!r}.{nearest(action, [one.name for one in catalog.actions])}")
    return DryRunQuestion(rule, question.trigger, action, question.start, question.stop, question.every_ms)


def looks_of(question: DryRunQuestion, scope: Scope, as_of: int) -> tuple[int, ...]:
    """The moments looked at, ms, ascending: back from the end in equal steps, none before the start.

    Raises: QuestionError: a start after the end, or more looks than are allowed.
    """
    stop = read_time(question.stop, scope.zone, "to")
    stop = as_of if stop is None else stop
    start = read_time(question.start, scope.zone, "from")
    start = scope.start if start is None and scope.start is not None and scope.start < stop else start
    first = stop - WINDOW_MS + question.every_ms if start is None else start
    if first > stop and start is not None:
        raise QuestionError(f'The dry run begins ({question.start}) after its end. Give an earlier time in "from", or a later one in "to".')
    count = max(0, stop - first) // question.every_ms + 1
    if count > MOST_LOOKS:
        raise QuestionError(f"That is {count:,} looks; {MOST_LOOKS} are the most of one dry run. Look less often, or over a shorter time.")
    return tuple(stop - step * question.every_ms for step in reversed(range(count)))
