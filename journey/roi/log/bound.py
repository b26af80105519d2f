"""What the questions to the log have in common: the stretch of time, what counts as doing, what an event brought in."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl

from journey.answers import extent
from journey.errors import QuestionError
from journey.features.earned import read_earned
from journey.metrics import held_by, lacking, read_metrics
from journey.metrics.catalog import shape_of
from journey.predict import named_predictions
from journey.predict.named import usual_pause
from journey.roi.log.definition import COUNTED, ORDERS, VISITORS
from journey.roi.log.question import InputsQuestion
from journey.rules import Binder, in_segment
from journey.rules.match import nearest
from journey.scope import Scope
from journey.warehouse import Warehouse, ask_sql

DAY = 86_400_000
MONTH = 30 * DAY
NOTHING = "cast(null as double)"


@dataclass(frozen=True)
class Asked:
    """A query with its values, as it ran.  row: its one row by column."""

    sql: str
    params: Mapping[str, Any]
    row: Mapping[str, Any]
    warnings: tuple[str, ...]


@dataclass(frozen=True)
class Log:
    """What is asked of which log.  first: ms of the first event.  end: just after the last that counts.

    pause: ms of silence after which a customer counts as gone.  passive: events that no customer does: what was sent to them,
    delivered or booked.
    """

    con: Warehouse
    question: InputsQuestion
    scope: Scope
    first: int
    end: int
    pause: int
    passive: tuple[str, ...]

    @property
    def since(self) -> int:
        return self.end - MONTH

    @property
    def whole(self) -> bool:
        """Whether the log reaches back over the 30 days."""
        return self.first <= self.since

    @property
    def length(self) -> str:
        """How much the log holds, in words."""
        days = round((self.end - self.first) / DAY)
        return "less than a day" if days < 1 else f"{days:,} day{'' if days == 1 else 's'}"

    def ask(self, text: str, until: int | None = None) -> Asked:
        """The one row of a query over the 30 days before `until`, else before the end."""
        sql, binder = self._filled(text, until)
        return Asked(sql, binder.params, ask_sql(self.con, sql, binder.params).row(0, named=True), tuple(binder.warnings))

    def ids(self, text: str, until: int | None = None) -> tuple[str, ...]:
        sql, binder = self._filled(text, until)
        return tuple(ask_sql(self.con, sql, binder.params)["id"].cast(pl.String).to_list())

    @property
    def warnings(self) -> tuple[str, ...]:
        """Of steps that the log never held."""
        return tuple(dict.fromkeys(self._filled(VISITORS, None)[1].warnings + self._filled(ORDERS, None)[1].warnings))

    def _filled(self, text: str, until: int | None) -> tuple[str, Binder]:
        until, binder = self.end if until is None else until, Binder(self.con)
        parts = {"counted": COUNTED[self.question.of], "did": self._did(binder), "amount": self._amount(binder)}
        parts["inside"] = in_segment(binder, Scope(None, until, self.scope.timezone, self.scope.segment))
        if "{step}" in text:
            event = self.question.event
            parts["step"] = parts["did"] if event is None else binder.match(event).sql
            parts["goal"] = self._goal(binder)
        if "{of_goal}" in text:
            parts["of_goal"] = "true" if self.question.goal is None else binder.match(self.question.goal).sql
        binder.params |= {"since": until - MONTH, "until": until, "end": self.end}
        sql = text.format(**parts)
        binder.params = {name: value for name, value in binder.params.items() if f"${name}" in sql}
        return sql, binder

    def _did(self, binder: Binder) -> str:
        """The predicate over events that a customer did something themselves."""
        if not self.passive:
            return "true"
        names = binder.bind(list(self.passive), "passive")
        return f"e.event not in (select n.event from event_names n where list_contains({names}, n.name))"

    def _amount(self, binder: Binder) -> str:
        earned = read_earned(self.con)
        return NOTHING if earned is None else f"({earned.sql(binder)})"

    @property
    def earns(self) -> bool:
        return read_earned(self.con) is not None

    @property
    def told_who(self) -> bool:
        """Whether the log says who a customer is: without revenue it says of nobody that they pay."""
        return self.earns or self.question.of == "active"

    @property
    def goal(self) -> Any:
        """The step that visitors are to reach; None where any payment will do, or where nothing is known of one."""
        if self.question.goal is not None or self.earns:
            return self.question.goal
        held = held_by(self.con)
        for named in read_metrics(self.con):
            if lacking(named.shape, held) is None and named.shape.is_share and not named.shape.is_cohort and named.good == "up":
                return shape_of(self.con, named)[1].side.step
        return None

    def _goal(self, binder: Binder) -> str:
        if self.goal is not None:
            return binder.match(self.goal).sql
        return f"{self._amount(binder)} > 0" if self.earns else "false"


def open_log(con: Warehouse, question: InputsQuestion, scope: Scope) -> Log | None:
    """None of an empty workspace, and where the scope stops before the log begins.

    Raises: QuestionError: no prediction of that name.
    """
    known = extent(con)
    if known is None:
        return None
    named = named_predictions(con)
    if question.prediction not in named and question.prediction != "churn":
        listed = ", ".join(map(repr, named)) or "none"
        raise QuestionError(
            f"No prediction is named {question.prediction!r}.{nearest(question.prediction, list(named))} Known are: {listed}."
        )
    end = min(known[1] + 1, scope.stop or known[1] + 1)
    passive = named["churn"].outcome.other_than if "churn" in named else ()
    return None if end <= known[0] else Log(con, question, scope, known[0], end, usual_pause(con) * DAY, passive)
