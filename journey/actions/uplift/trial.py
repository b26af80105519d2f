"""Who was treated and who was not, with what was known of them before: from a table, or from a campaign that the log holds."""

from dataclasses import dataclass, replace

import numpy as np
import polars as pl

from journey.actions.uplift.learners import Learned
from journey.actions.uplift.question import UpliftQuestion
from journey.errors import QuestionError
from journey.features import Feature
from journey.inference.differences import p_of_counts
from journey.tables import Table, design, equals, numbers, read_table
from journey.tables.columns import as_text, required_numbers, texts

FEWEST = 100
"""Rows in each group, below which nothing is learned."""
FEWEST_PEOPLE = 20
"""Different customers in each group: what is learned is tried on others, so there must be some on both sides."""
FEWEST_CAME = 20
"""Of an outcome of yes or no: rows in which it came, and in which it did not, in all."""
OFF = 0.001
"""Chance of the sizes of the two groups, below which the dice did not fall as they were said to."""
TREATED, CONTROL, ANOTHER = 1, 0, -1


@dataclass(frozen=True, eq=False)
class Trial:
    """names: of the k features.  values: (n, k).  outcome: (n,).  arm: (n,) 1 treated, 0 control, -1 something else.

    chance: (n,) of what was done.  person: (n,) whole numbers, the same for rows of one customer.  ids: (n,) or None.
    treated, control: how the two groups are called.  lacks: why there are no rows, "" where there are.
    features: what the first columns are; none of a table, whose columns have names alone.
    """

    names: tuple[str, ...]
    values: np.ndarray
    outcome: np.ndarray
    arm: np.ndarray
    chance: np.ndarray
    person: np.ndarray
    ids: tuple[str, ...] | None
    treated: str
    control: str
    warnings: tuple[str, ...] = ()
    lacks: str = ""
    features: tuple[Feature, ...] = ()

    def __len__(self) -> int:
        return len(self.outcome)

    @property
    def compared(self) -> np.ndarray:
        """(n,) bool: rows of the two groups."""
        return self.arm != ANOTHER

    @property
    def binary(self) -> bool:
        return bool(np.isin(self.outcome, (0.0, 1.0)).all())

    def learned(self) -> Learned:
        return Learned(self.values, self.outcome, self.arm, self.chance, self.person)

    def missing(self) -> str:
        """What is missing to learn from, as part of a sentence; "" where nothing is."""
        if self.lacks:
            return self.lacks
        for arm, name in ((TREATED, self.treated), (CONTROL, self.control)):
            found = int((self.arm == arm).sum())
            if found < FEWEST:
                return f"{found:,} of {FEWEST:,} rows needed with {name!r}"
            people = len(np.unique(self.person[self.arm == arm]))
            if people < FEWEST_PEOPLE:
                return f"the rows with {name!r} are of {people:,} customers; {FEWEST_PEOPLE} different ones are needed"
        came = int((self.outcome[self.compared] == 1).sum())
        least = min(came, int(self.compared.sum()) - came)
        if self.binary and least < FEWEST_CAME:
            return f"the outcome is the same for all but {least:,} rows; {FEWEST_CAME} are needed that differ"
        if not self.binary and np.ptp(self.outcome[self.compared]) == 0:
            return "the outcome is the same for all rows"
        return ""


def trial_of_table(question: UpliftQuestion) -> Trial:
    """Raises: QuestionError: a column that is not there or not of numbers; arms that are not there."""
    columns = [question.treatment, question.outcome, *question.features]
    columns += [name for name in (question.propensity, question.customer) if isinstance(name, str)]
    if unfit := [name for name in question.features if name in (question.treatment, question.outcome)]:
        raise QuestionError(f"The feature {unfit[0]!r} is what was done or what came of it. Features are what was known before.")
    table = read_table(question.table, columns)
    treated = _treated(question, table)
    kept = equals(table.frame[question.treatment], treated) | equals(table.frame[question.treatment], question.control)
    whole, left_out = _whole(table.frame.filter(pl.Series(kept)), question)
    told = (*table.warnings, *([f"{left_out:,} rows without an outcome are left out."] if left_out else []))
    found = design(whole, question.features)
    arm = equals(whole[question.treatment], treated).astype(int)
    chance, said = _chance(whole, question, arm)
    ids = None if question.customer is None else tuple(map(str, texts(whole[question.customer]).fill_null("").to_list()))
    person = np.arange(len(arm)) if ids is None else np.unique(np.array(ids), return_inverse=True)[1]
    outcome = required_numbers(whole, question.outcome, "The outcome")
    return Trial(
        found.names, found.values, outcome, arm, chance, person, ids, str(as_text(treated)), str(as_text(question.control)), (*told, *said)
    )


def _treated(question: UpliftQuestion, table: Table) -> object:
    """The value of those treated: the one named, else the only other than the control's.

    Raises: QuestionError: none, or several; or a value that no row has.
    """
    column = table.frame[question.treatment]
    held = sorted({str(one) for one in texts(column).drop_nulls().unique().to_list()})
    for value in (question.control, question.treated):
        if value is not None and not equals(column, value).any():
            known = ", ".join(map(repr, held[:10])) or "nothing"
            raise QuestionError(f"No row has {value!r} in {question.treatment!r}. It holds: {known}.")
    if question.treated is not None:
        if as_text(question.treated) == as_text(question.control):
            raise QuestionError(f"treated and control are both {question.control!r}. Name two different values.")
        return question.treated
    others = [value for value in held if value != as_text(question.control)]
    if len(others) != 1:
        raise QuestionError(f'Beside {question.control!r}, {question.treatment!r} holds {others[:10]}. Say which is compared in "treated".')
    return others[0]


def _whole(frame: pl.DataFrame, question: UpliftQuestion) -> tuple[pl.DataFrame, int]:
    """The rows that have an outcome, and how many have none."""
    found = numbers(frame[question.outcome])
    if found is None:
        required_numbers(frame, question.outcome, "The outcome")
    kept = np.isfinite(found if found is not None else np.zeros(frame.height))
    return frame.filter(pl.Series(kept)), int((~kept).sum())


def _chance(frame: pl.DataFrame, question: UpliftQuestion, arm: np.ndarray) -> tuple[np.ndarray, tuple[str, ...]]:
    """(n,) the chance of what was done, and what to beware of."""
    if isinstance(question.propensity, str):
        found = required_numbers(frame, question.propensity, "The propensity")
        if not ((found > 0) & (found < 1)).all():
            raise QuestionError(
                f"The propensity {question.propensity!r} must lie between 0 and 1, without either, where all could get either."
            )
        return found, ()
    share = question.propensity if question.propensity is not None else float(arm.mean()) if len(arm) else 0.5
    told = "Who was treated is taken to have been drawn by dice, the same for all: a table does not tell. Else nothing here holds."
    chance = np.where(arm == TREATED, share, 1 - share)
    return chance, (told,) if question.propensity is None else _off_share(arm, share)


def _off_share(arm: np.ndarray, share: float) -> tuple[str, ...]:
    """A sentence where so many were treated as the dice that are stated would hardly ever have it."""
    n, treated = len(arm), int((arm == TREATED).sum())
    p = p_of_counts([treated, n - treated], [share, 1 - share])
    if p is None or p >= OFF:
        return ()
    return (
        f"Not to be trusted: of {n:,} rows {treated:,} were treated, where the propensity means {share * n:,.0f}. Luck would do that less "
        "than once in a thousand times. Look at who is in the table, and who is not.",
    )


def only(trial: Trial, chosen: np.ndarray) -> Trial:
    """The rows that are chosen.  chosen: (n,) bool."""
    ids = None if trial.ids is None else tuple(trial.ids[place] for place in np.flatnonzero(chosen))
    parts = {name: getattr(trial, name)[chosen] for name in ("values", "outcome", "arm", "chance", "person")}
    return replace(trial, ids=ids, **parts)
