"""The kept models as a question: {"ask": "models", "name": "churn"} answers what their cards tell."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from journey.answers import Evidence, People, data_until
from journey.errors import QuestionError
from journey.predict.store.cards import SCORES, ModelCard, model_cards
from journey.predict.tiers import TIERS
from journey.rules import nearest
from journey.scope import Scope, refuse_unknown
from journey.warehouse import Warehouse, ask_sql

BEHIND = (
    "select s.customer_id as id from scores s join customers c on c.id = s.customer_id where s.name = $name and s.tier = $tier order by id"
)


@dataclass(frozen=True)
class ModelsQuestion:
    """name: of one prediction; None for all."""

    name: str | None = None


@dataclass(frozen=True, eq=False)
class Models:
    """cards: those in use first."""

    cards: tuple[ModelCard, ...]
    evidence: Evidence

    def as_plain(self) -> dict[str, Any]:
        return {"models": [card.as_plain() for card in self.cards], **self.evidence.as_plain()}


def read_models(plain: Mapping[str, Any]) -> ModelsQuestion:
    """Raises: QuestionError: an unknown key, a name that is no text."""
    refuse_unknown(plain, ("name",), "a question of models")
    name = plain.get("name")
    if name is not None and not isinstance(name, str):
        raise QuestionError(f'"name" is {name!r}; it is the name of a prediction, such as "churn", or null for all.')
    return ModelsQuestion(name)


def measure_models(con: Warehouse, question: ModelsQuestion, scope: Scope) -> Models:
    """The cards.  They are of everybody and of the dates of their tests, whatever the scope.

    Raises: QuestionError: no prediction of that name; a scope.
    """
    if scope.start is not None or scope.stop is not None or scope.segment is not None:
        raise QuestionError("Kept models are proved on everybody as of their own dates: ask for them without a period or a segment.")
    cards = model_cards(con)
    known = [card.name for card in cards]
    if question.name is not None and question.name not in known:
        listed = ", ".join(map(repr, known)) or "none"
        raise QuestionError(f"No prediction is named {question.name!r}.{nearest(question.name, known)} Known are: {listed}.")
    chosen = tuple(card for card in cards if question.name in (None, card.name))
    definition = (
        "Each prediction with the version in use, or the latest that did not win: its proof on customers later than all it learned from, "
        "with 95% intervals, beside what is known without a model; its drift since; groups of customers beside each other; every change. "
        "Tiers: high from 70%, medium from 40%. Times in UTC."
    )
    population = sum(card.scores.customers for card in chosen if card.scores)
    return Models(chosen, Evidence(definition, SCORES.strip(), {}, population, data_until(con)))


def models_customers(con: Warehouse, question: ModelsQuestion, scope: Scope, mark: Mapping[str, Any]) -> People:
    """{"tier": "high" | "medium" | "low"} of the one prediction that is named.

    Raises: QuestionError: another mark, no name.
    """
    refuse_unknown(mark, ("tier",), "customers of a model")
    tiers = [tier for tier, _ in TIERS]
    if question.name is None or mark.get("tier") not in tiers:
        raise QuestionError(f'Customers of a model are named by {{"tier": one of {", ".join(tiers)}}}, of one "name"; found {dict(mark)}.')
    found = ask_sql(con, BEHIND, {"name": question.name, "tier": mark["tier"]})
    return People(tuple(found["id"].to_list()))
