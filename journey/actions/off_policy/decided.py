"""The decisions of a log as arrays, with what the other policy would have done in each."""

from dataclasses import dataclass

import numpy as np
import polars as pl

from journey.actions.off_policy.question import Policy, PolicyQuestion
from journey.errors import QuestionError
from journey.tables import design, equals, numbers, read_table
from journey.tables.columns import as_text, required_numbers, texts

MOST_ACTIONS = 500
MOST_CELLS = 40_000_000  # decisions times actions, beyond which nothing is worked out for each


@dataclass(frozen=True, eq=False)
class Decided:
    """actions: what was done, by name.  action: (n,) places in it.  reward, chance, group: (n,).  values: (n, k) what was known.

    target: (n, actions), the policy's chance of each; None where only that of what was done is told.  done: (n,) that chance.
    unheard: share of the policy's choices that the log never tried.  ids: (n,) customers, or None.  lacks: why there are no
    decisions, "" where there are.
    """

    actions: tuple[str, ...]
    action: np.ndarray
    reward: np.ndarray
    chance: np.ndarray
    group: np.ndarray
    values: np.ndarray
    target: np.ndarray | None
    done: np.ndarray
    unheard: float = 0.0
    ids: tuple[str, ...] | None = None
    warnings: tuple[str, ...] = ()
    lacks: str = ""


def decided_in_table(question: PolicyQuestion) -> Decided:
    """Raises: QuestionError: columns that are not there or not of numbers, chances out of range, an action that was never done."""
    table = read_table(question.log, _columns(question))
    frame = table.frame.filter(pl.col(str(question.action)).is_not_null())
    if not frame.height:
        raise QuestionError(f"No row of {table.name} says what was done: the column {question.action!r} is empty.")
    named = texts(frame[str(question.action)])
    actions = tuple(sorted(named.unique().to_list()))
    if len(actions) > MOST_ACTIONS:
        raise QuestionError(f"{question.action!r} holds {len(actions):,} different actions; at most {MOST_ACTIONS} can be told apart.")
    action = np.searchsorted(np.array(actions), named.to_numpy().astype(str))
    chance, told = _chance(frame, question, action, len(actions))
    target, done, unheard = _target(frame, question, actions, action)
    ids = None if question.customer is None else tuple(map(str, texts(frame[question.customer]).fill_null("").to_list()))
    lost = table.frame.height - frame.height
    return Decided(
        actions=actions,
        action=action,
        reward=required_numbers(frame, str(question.reward), "The reward"),
        chance=chance,
        group=np.arange(frame.height) if ids is None else np.unique(np.array(ids), return_inverse=True)[1],
        values=design(frame, question.features).values,
        target=target,
        done=done,
        unheard=unheard,
        ids=ids,
        warnings=(*table.warnings, *told, *([f"{lost:,} rows that do not say what was done are left out."] if lost else [])),
    )


def _columns(question: PolicyQuestion) -> list[str]:
    named = [question.action, question.reward, question.propensity, question.customer, *question.features]
    policy = question.policy
    if policy.kind in ("column", "chance"):
        named.append(policy.what)
    if policy.kind == "chances":
        named += [column for _, column in policy.what]
    if policy.kind == "like":
        named += policy.what[1]
    return [name for name in named if isinstance(name, str)]


def _chance(frame: pl.DataFrame, question: PolicyQuestion, action: np.ndarray, actions: int) -> tuple[np.ndarray, tuple[str, ...]]:
    if isinstance(question.propensity, str):
        found = required_numbers(frame, question.propensity, "The propensity")
        if not ((found > 0) & (found <= 1)).all():
            raise QuestionError(f"The propensity {question.propensity!r} is the chance of what was done: above 0, and at most 1.")
        return found, ()
    if question.propensity is not None:
        return np.full(len(action), float(question.propensity)), ()
    share = np.bincount(action, minlength=actions) / len(action)
    return share[action], ("No propensity is named: each action is taken to have been drawn with its share of the log, the same for all.",)


def _target(
    frame: pl.DataFrame, question: PolicyQuestion, actions: tuple[str, ...], action: np.ndarray
) -> tuple[np.ndarray | None, np.ndarray, float]:
    """-> ((n, actions) chances or None, (n,) that of what was done, share of choices that the log never tried)."""
    policy, n = _spelled_out(frame, question.policy, question, actions), len(action)
    if policy.kind == "chance":
        found = _chances(frame, policy.what)
        return None, found, 0.0
    if n * len(actions) > MOST_CELLS:
        raise QuestionError(f"{n:,} decisions among {len(actions):,} actions are too many to work out each. Give a sample of them.")
    target = _matrix(frame, policy, question, actions)
    whole = target.sum(axis=1)
    if (whole > 1 + 1e-6).any():
        raise QuestionError(f"The policy's chances sum up to {whole.max():.3g} in a row; they can be 1 at most.")
    return target, target[np.arange(n), action], float(max(0.0, 1 - whole.mean())) if whole.mean() < 1 - 1e-6 else 0.0


def _spelled_out(frame: pl.DataFrame, policy: Policy, question: PolicyQuestion, actions: tuple[str, ...]) -> Policy:
    """A policy written as one name: an action that everybody gets."""
    if policy.kind not in ("named", "all"):
        return policy
    name = as_text(policy.what)
    if name not in actions:
        known = ", ".join(map(repr, actions[:10]))
        raise QuestionError(f'No row did {name!r}. Actions are: {known}. A column is written {{"column": name}} or {{"chance": name}}.')
    return Policy("all", name)


def _matrix(frame: pl.DataFrame, policy: Policy, question: PolicyQuestion, actions: tuple[str, ...]) -> np.ndarray:
    n = frame.height
    if policy.kind == "uniform":
        return np.full((n, len(actions)), 1 / len(actions))
    if policy.kind == "all":
        return np.tile(np.array([float(name == policy.what) for name in actions]), (n, 1))
    if policy.kind == "column":
        return np.column_stack([equals(frame[policy.what], name) for name in actions]).astype(float)
    if policy.kind == "chances":
        given = {as_text(name): column for name, column in policy.what}
        return np.column_stack([_chances(frame, given[name]) if name in given else np.zeros(n) for name in actions])
    return _like(frame, policy, question, actions)


def _chances(frame: pl.DataFrame, name: str) -> np.ndarray:
    found = numbers(frame[name])
    if found is None or not ((found >= 0) & (found <= 1)).all():
        raise QuestionError(f"The column {name!r} must hold the policy's chances, 0 to 1, in every row.")
    return found


def _like(frame: pl.DataFrame, policy: Policy, question: PolicyQuestion, actions: tuple[str, ...]) -> np.ndarray:
    """The shares of the actions in another log, among its rows with the same values of the columns named.

    Where that log's policy changed with time or with more than those columns, this is its average.
    """
    source, by = policy.what
    other = read_table(source, [str(question.action), *by]).frame.filter(pl.col(str(question.action)).is_not_null())
    done, cells = texts(other[str(question.action)]).to_list(), _cells(other, by)
    place = {name: number for number, name in enumerate(actions)}
    counts: dict[tuple[str, ...], np.ndarray] = {}
    for name, cell in zip(done, cells, strict=True):
        counts.setdefault(cell, np.zeros(len(actions) + 1))[place.get(name, len(actions))] += 1
    nothing = np.zeros(len(actions) + 1)
    rows = [counts.get(cell, nothing) for cell in _cells(frame, by)]
    found = np.array(rows)
    return found[:, :-1] / np.maximum(found.sum(axis=1), 1)[:, None]


def _cells(frame: pl.DataFrame, by: tuple[str, ...]) -> list[tuple[str, ...]]:
    columns = [texts(frame[name]).fill_null("").to_list() for name in by]
    return list(zip(*columns, strict=True)) if columns else [()] * frame.height
