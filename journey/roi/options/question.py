"""A question of which of several things to do first, as plain data."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from journey.errors import QuestionError
from journey.roi.inputs import MOST as MOST_EFFORT
from journey.roi.question import DRAWS, LEAST_DRAWS, MOST_DRAWS, SEED, RoiQuestion, read_roi, read_whole
from journey.scope import choose, refuse_unknown

KEYS = ("options", "effort_is", "draws", "seed")
OF_OPTION = ("name", "effort", "question", "scenario")
EFFORTS = ("days", "money")
MOST = 30


@dataclass(frozen=True)
class Proposal:
    """One thing that could be done.  effort: above 0.  question: what it brings, None where a kept scenario says."""

    name: str
    effort: float
    question: RoiQuestion | None
    scenario: str | None

    def as_plain(self) -> dict[str, Any]:
        told = {"scenario": self.scenario} if self.question is None else {"question": self.question.as_plain()}
        return {"name": self.name, "effort": self.effort, **told}


@dataclass(frozen=True)
class OptionsQuestion:
    """effort_is: days | money; it ranks, and is not taken off what an option brings.  draws, seed: of all of them."""

    options: tuple[Proposal, ...]
    effort_is: str = "days"
    draws: int = DRAWS
    seed: int = SEED

    def as_plain(self) -> dict[str, Any]:
        """What `read_options` reads back as this question."""
        options = [one.as_plain() for one in self.options]
        return {"options": options, "effort_is": self.effort_is, "draws": self.draws, "seed": self.seed}


def read_options(plain: Mapping[str, Any]) -> OptionsQuestion:
    """{"options": [{"name", "effort", "question": {..} | "scenario": name}], "effort_is": "days"} -> the question.

    Raises: QuestionError: no options, two of one name, an effort that is not above 0, a question that cannot be asked.
    """
    refuse_unknown(plain, KEYS, "a question of options")
    listed = plain.get("options")
    if not isinstance(listed, list | tuple) or not 1 <= len(listed) <= MOST:
        raise QuestionError(
            f'"options" lists 1 to {MOST} things that could be done, such as {{"name": "Calls", "effort": 10, "question": {{..}}}}.'
        )
    options = tuple(_option(one) for one in listed)
    twice = [one.name for one in options if sum(other.name == one.name for other in options) > 1]
    if twice:
        raise QuestionError(f"Two options are called {twice[0]!r}. Give each a name of its own.")
    draws = read_whole(plain.get("draws", DRAWS), "draws", LEAST_DRAWS, MOST_DRAWS)
    return OptionsQuestion(options, choose(plain, "effort_is", EFFORTS), draws, read_whole(plain.get("seed", SEED), "seed", 0, 2**63 - 1))


def _option(plain: Any) -> Proposal:
    if not isinstance(plain, Mapping):
        raise QuestionError(f'{plain!r} is no option; write {{"name": "Calls", "effort": 10, "question": {{..}}}}.')
    refuse_unknown(plain, OF_OPTION, "an option")
    name, effort, asked, kept = (plain.get(key) for key in OF_OPTION)
    if (asked is None) == (kept is None):
        raise QuestionError(f'The option {name!r} takes either "question", of ROI, or "scenario", the name of a kept one.')
    name = kept if name is None else name
    if not isinstance(name, str) or not 0 < len(name.strip()) <= 80:
        raise QuestionError(f"An option needs a name of 1 to 80 characters; found {name!r}.")
    if isinstance(effort, bool) or not isinstance(effort, int | float) or not 0 < effort <= MOST_EFFORT:
        raise QuestionError(f"The effort of {name!r} is {effort!r:.80}; it is a number above 0, of days or of money.")
    if asked is not None and not isinstance(asked, Mapping):
        raise QuestionError(f"The question of {name!r} is {asked!r}; it is an object, as a question of ROI is.")
    if kept is not None and not isinstance(kept, str):
        raise QuestionError(f"The scenario of {name!r} is {kept!r}; write the name of a kept one.")
    question = None if asked is None else read_roi({key: value for key, value in asked.items() if key != "ask"})
    return Proposal(name.strip(), float(effort), question, kept)
