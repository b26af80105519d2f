"""What is asked of the next best action: for whom."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from journey.errors import QuestionError
from journey.scope import refuse_unknown


@dataclass(frozen=True)
class NextQuestion:
    """customer: any id of theirs."""

    customer: str


def read_next_action(plain: Mapping[str, Any]) -> NextQuestion:
    """{"customer": id}.  Raises: QuestionError: an unknown key, or no id."""
    refuse_unknown(plain, ("customer",), "a question of the next best action")
    customer = plain.get("customer")
    if isinstance(customer, bool) or not isinstance(customer, str | int) or not str(customer).strip():
        raise QuestionError(f'A question of the next best action says for whom: {{"customer": id}}; it was given {customer!r}.')
    return NextQuestion(str(customer).strip())
