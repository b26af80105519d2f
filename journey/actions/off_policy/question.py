"""The question what another policy would have brought, as plain data."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from journey.actions.uplift.question import read_propensity, read_whole
from journey.errors import QuestionError
from journey.scope import refuse_unknown
from journey.tables.table import check_table

EVENTS, CATALOG = "events", "catalog"
KEYS = ("log", "action", "reward", "propensity", "policy", "features", "customer", "clip", "seed")
KINDS = ("all", "uniform", "column", "chance", "chances", "like", CATALOG)
REWARDS = ("money", "did")


@dataclass(frozen=True)
class Policy:
    """What the other policy does.

    kind   what
    all      the one action that it does for everybody
    uniform  None: each action of the log alike
    column   the column that holds the action it would have chosen
    chance   the column that holds its chance of what was done
    chances  by action, the column that holds its chance of it
    like     (a log, columns): what is done in that log, as shares of its actions for each value of the columns
    catalog  None: the action with the highest expected value by stage, learned from other customers than each it is chosen for
    """

    kind: str
    what: Any = None


@dataclass(frozen=True)
class PolicyQuestion:
    """log: a table, or "events" for the campaign of the log that tried `action`, an action of the catalog.

    action, reward, propensity, customer, features: columns of a table; propensity: or one chance for all, or None where the
    shares of the actions are taken for their chances.  Of events, reward is "money" (the outcome's revenue times the margin,
    less the cost of the action) or "did" (whether the outcome came), None for money where a revenue is mapped.
    clip: no weight above it counts; None for none.
    """

    log: Any
    action: str | None
    reward: str | None
    propensity: str | float | None
    policy: Policy
    features: tuple[str, ...] = ()
    customer: str | None = None
    clip: float | None = None
    seed: int = 7

    @property
    def of_events(self) -> bool:
        return isinstance(self.log, str) and self.log == EVENTS


def read_policy_value(plain: Mapping[str, Any], files: bool = True) -> PolicyQuestion:
    """{"log", "action", "reward", "propensity", "policy", "features", "customer", "clip", "seed"}.

    files: whether the log may be a file; False for what a page or an address asks.
    Raises: QuestionError: an unknown key, a log or a policy that cannot be read.
    """
    refuse_unknown(plain, KEYS, "a question of a policy's value")
    log = plain.get("log", EVENTS)
    of_events = isinstance(log, str) and log == EVENTS
    action, reward = (_name(plain, key, required=not of_events) for key in ("action", "reward"))
    if of_events and reward not in (None, *REWARDS):
        raise QuestionError(f"reward is {reward!r}; of events it can be {', '.join(map(repr, REWARDS))}.")
    for key in ("propensity", "features", "customer"):
        if of_events and plain.get(key) is not None:
            raise QuestionError(f"{key!r} names part of a table; of events the catalog says where the chances stand.")
    return PolicyQuestion(
        log=log if of_events else check_table(log, "log", files),
        action=action,
        reward=reward,
        propensity=read_propensity(plain.get("propensity")),
        policy=_policy(plain.get("policy"), of_events, files),
        features=_names(plain.get("features") or (), "features"),
        customer=_name(plain, "customer", required=False),
        clip=_clip(plain.get("clip")),
        seed=read_whole(plain, "seed", 7, 0, 2**31 - 1),
    )


def _policy(value: Any, of_events: bool, files: bool) -> Policy:
    if value == CATALOG and of_events:
        return Policy(CATALOG)
    if isinstance(value, str | int | float) and not isinstance(value, bool):
        return Policy("named", value)
    if not isinstance(value, Mapping) or len([key for key in value if key in KINDS]) != 1:
        raise QuestionError(
            f'policy is {value!r}; write an action that everybody gets, {{"uniform": true}}, {{"column": name}}, {{"chance": name}}, '
            '{"chances": {action: column}}, {"like": log, "by": [columns]}, or "catalog" where the log is "events".'
        )
    kind = next(key for key in value if key in KINDS)
    refuse_unknown(value, (kind, "by") if kind == "like" else (kind,), f"a policy with {kind!r}")
    if of_events and kind not in ("all", "uniform"):
        raise QuestionError(f'A policy by {kind!r} is of a table; of events it can be an action, {{"uniform": true}} or "catalog".')
    return Policy(kind, _what(kind, value, files))


def _what(kind: str, value: Mapping[str, Any], files: bool) -> Any:
    given = value[kind]
    if kind == "uniform":
        if given is not True:
            raise QuestionError(f'"uniform" is true or left out; it was given {given!r}.')
        return None
    if kind == "like":
        return check_table(given, "like", files), _names(value.get("by") or (), "by")
    if kind == "chances":
        if not isinstance(given, Mapping) or not given or not all(isinstance(name, str) for name in given.values()):
            raise QuestionError(f'"chances" names a column for each action, such as {{"mail": "p_mail"}}; it was given {given!r}.')
        return tuple(given.items())
    if kind == "all" and (isinstance(given, bool) or not isinstance(given, str | int | float)):
        raise QuestionError(f'"all" names the action that everybody gets; it was given {given!r}.')
    if kind in ("column", "chance") and not isinstance(given, str):
        raise QuestionError(f"{kind!r} names a column; it was given {given!r}.")
    return given


def _names(value: Any, key: str) -> tuple[str, ...]:
    if not isinstance(value, list | tuple) or not all(isinstance(one, str) and one for one in value):
        raise QuestionError(f"{key} is {value!r}; list columns.")
    return tuple(dict.fromkeys(value))


def _name(plain: Mapping[str, Any], key: str, required: bool) -> str | None:
    value = plain.get(key)
    if value is None and not required:
        return None
    if not isinstance(value, str) or not value:
        raise QuestionError(f"{key} is {value!r}; write the name of a column.")
    return value


def _clip(value: Any) -> float | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value < 1e12:
        raise QuestionError(f"clip is {value!r}; write the largest weight that counts, above 0, or leave it out.")
    return float(value)


def in_words(question: PolicyQuestion) -> str:
    """How it is estimated, in sentences."""
    clipped = "" if question.clip is None else f" No weight counts above {question.clip:g}."
    return (
        "each decision weighed by how much likelier that policy makes what was done (IPS, and divided by the sum of weights, SNIPS), "
        "by a model that had not seen the customer (DM, whose error leaves out that of the model), and by both (DR). "
        f"Errors by customer, intervals 95% by Student's t with one degree of freedom less than decisions count.{clipped}"
    )
