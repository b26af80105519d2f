"""A question for what the log says of the inputs, as plain data."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from journey.errors import QuestionError
from journey.scope import choose, refuse_unknown

OF = ("active", "paying")
KEYS = ("of", "event", "goal", "prediction", "threshold")
PREDICTION = "churn"


@dataclass(frozen=True)
class InputsQuestion:
    """of: who is a customer: active (did something in the 30 days) | paying (paid in them).

    event: the step at which visitors meet what is changed, None for any doing.  goal: the step they are to reach, None for
    any payment, or for what the metrics call a conversion.  prediction: the name of the model that finds leavers.
    threshold: the chance from which on they are treated, None for the lowest whose customers the team can all reach.
    """

    of: str = "active"
    event: Any = None
    goal: Any = None
    prediction: str = PREDICTION
    threshold: float | None = None

    def as_plain(self) -> dict[str, Any]:
        """What `read_inputs` reads back as this question."""
        return {key: getattr(self, key) for key in KEYS}


def read_inputs(plain: Mapping[str, Any]) -> InputsQuestion:
    """Raises: QuestionError: an unknown key or option, a threshold outside 0 to 1."""
    refuse_unknown(plain, KEYS, "a question for the inputs of ROI")
    threshold, prediction = plain.get("threshold"), plain.get("prediction", PREDICTION)
    if threshold is not None and (isinstance(threshold, bool) or not isinstance(threshold, int | float) or not 0 <= threshold <= 1):
        raise QuestionError(f"threshold is {threshold!r}; it is a chance from 0 to 1, or null for what the team can reach.")
    if not isinstance(prediction, str) or not prediction.strip():
        raise QuestionError(f'prediction is {prediction!r}; write the name of a prediction, such as "churn".')
    return InputsQuestion(
        choose(plain, "of", OF), plain.get("event"), plain.get("goal"), prediction, None if threshold is None else float(threshold)
    )
