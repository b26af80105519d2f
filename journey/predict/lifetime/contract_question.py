"""A question of the worth of contracts as plain data, checked: cohorts already counted, or two events of the log."""

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from journey.errors import QuestionError
from journey.scope import choose, refuse_unknown

KEYS = ("survivors", "start", "end", "periods", "value", "discount")
UNITS = ("month", "week", "day")
MOST_PERIODS = 600


@dataclass(frozen=True)
class ContractQuestion:
    """survivors: customers still under contract after 0, 1, 2, ... periods; or start and end: the steps that begin and end one.

    periods: how many are looked ahead.  value: what a period brings, None where nothing says.  discount: per period.
    """

    survivors: tuple[int, ...] | None = None
    start: Any = None
    end: Any = None
    periods: int = 12
    value: float | None = None
    discount: float = 0.0
    period: str = "month"

    def as_plain(self) -> dict[str, Any]:
        """What `read_lifetime` reads back."""
        said = {key: getattr(self, key) for key in KEYS if getattr(self, key) is not None}
        if self.survivors is not None:
            said["survivors"] = list(self.survivors)
        return {"contract": said, "period": self.period}


def read_contract(plain: Mapping[str, Any]) -> ContractQuestion:
    """{"contract": {"survivors": [...]} | {"start", "end"}, "period"}.

    Raises: QuestionError: neither or both ways, a count that rises, a number out of range.
    """
    refuse_unknown(plain, ("contract", "period"), "a question of the worth of contracts")
    contract = plain["contract"]
    if not isinstance(contract, Mapping):
        raise QuestionError(f'contract is {contract!r}; write {{"survivors": [1000, 631, ...]}} or {{"start": event, "end": event}}.')
    refuse_unknown(contract, KEYS, "a contract")
    by_log = contract.get("start") is not None and contract.get("end") is not None
    if by_log == (contract.get("survivors") is not None):
        raise QuestionError('A contract takes "survivors", or both "start" and "end", the events that begin and end one.')
    survivors = None if by_log else _survivors(contract["survivors"])
    periods = contract.get("periods", 12)
    if isinstance(periods, bool) or not isinstance(periods, int) or not 1 <= periods <= MOST_PERIODS:
        raise QuestionError(f"periods is {periods!r}; it can be a whole number from 1 to {MOST_PERIODS}.")
    value, discount = contract.get("value"), contract.get("discount", 0)
    if value is not None and (not _number(value) or not 0 <= value < 1e12):
        raise QuestionError(f"value is {value!r}; it is what one period brings, 0 or more, or null.")
    if not _number(discount) or not 0 <= discount <= 1:
        raise QuestionError(f"discount is {discount!r}; it is a share per period, from 0 to 1, such as 0.01.")
    worth = None if value is None else float(value)
    step = (contract.get("start"), contract.get("end"))
    return ContractQuestion(survivors, *step, periods, worth, float(discount), choose(plain, "period", UNITS))


def _survivors(counts: Any) -> tuple[int, ...]:
    if (
        not isinstance(counts, Sequence)
        or isinstance(counts, str)
        or not 3 <= len(counts) <= MOST_PERIODS
        or not all(isinstance(n, int) and not isinstance(n, bool) and 0 <= n <= 10**12 for n in counts)
        or any(later > earlier for earlier, later in itertools.pairwise(counts))
        or counts[-1] == counts[0]
    ):
        raise QuestionError(
            f"survivors are {counts!r}; they are the customers after 0, 1, 2, ... periods: three whole numbers or more, none above "
            "the one before it, the last below the first."
        )
    return tuple(counts)


def _number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
