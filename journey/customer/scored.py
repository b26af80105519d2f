"""What the models in use say of one customer, with every reason; and where none can, what is missing."""

from dataclasses import dataclass
from typing import Any

from journey.errors import WorkspaceError
from journey.predict import Chance, Named, named_predictions
from journey.predict.outcome import in_words
from journey.predict.store import champion, chance_of
from journey.predict.store.files import kept_plain
from journey.predict.store.train import ATTEMPT
from journey.warehouse import Warehouse


@dataclass(frozen=True)
class Score:
    """name: of the prediction.  question: what it answers.  outcome: "does nothing for 30 days".

    wanted: whether it is good when it comes true.  version: of the model in use.  chance: None where `missing` says why.
    """

    name: str
    question: str
    outcome: str
    wanted: bool
    version: int | None
    chance: Chance | None
    missing: str

    def as_plain(self) -> dict[str, Any]:
        told = {"model": self.name, "question": self.question, "outcome": self.outcome, "wanted": self.wanted, "version": self.version}
        chance = {} if self.chance is None else {key: value for key, value in self.chance.as_plain().items() if key != "customer"}
        return {**told, **chance, "missing": self.missing}


def scores_of(con: Warehouse, customer: str) -> tuple[Score, ...]:
    """One for each prediction that the log can tell, at the end of the data.  customer: the id as it is shown."""
    return tuple(_score(con, named, customer) for named in named_predictions(con).values())


def _score(con: Warehouse, named: Named, customer: str) -> Score:
    used = champion(con, named.name)
    told = (named.name, named.question, in_words(named.outcome), named.wanted)
    if used is None:
        return Score(*told, None, None, _untrained(con, named.name))
    try:
        found = chance_of(con, named.name, customer)
    except WorkspaceError as fault:  # the model's file is gone, or of another shape: the sentence says so
        return Score(*told, used.version, None, str(fault))
    missing = "" if found is not None else "Not asked about: they did nothing lately, or it came true already."
    return Score(*told, used.version, found, missing)


def _untrained(con: Warehouse, name: str) -> str:
    attempt = kept_plain(con, name, ATTEMPT) or {}
    if attempt.get("missing"):
        return f"Not enough to learn from yet: {attempt['missing']}."
    return "Tried, and no better than what is known without a model." if attempt else "No model has been learned yet."
