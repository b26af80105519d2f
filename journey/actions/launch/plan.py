"""Planning a launch: the proposals of one rule, and for each customer without one the guardrail that forbade it."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from journey.actions.choose import Proposing, Wanted, proposing_for
from journey.actions.choose.situation import situation_of
from journey.actions.guardrails import blocking, standings, vetoes
from journey.actions.ledger import Proposal
from journey.errors import QuestionError
from journey.inference import Interval
from journey.rules import Binder, customers_where, nearest
from journey.scope import Scope, wall_clock
from journey.warehouse import Warehouse, ask_sql, one_moment


@dataclass(frozen=True)
class Launch:
    """What launching a rule would propose.

    due: customers of the scope for whom it holds.  proposing: the proposals, nothing of them booked.
    forbidden: guardrail -> customers, each told by the first that forbids the action for them.  unchosen: customers whom
    nothing forbids, and for whom doing nothing is worth more, or was drawn.
    """

    trigger: str
    action: str
    due: int
    proposing: Proposing
    forbidden: Mapping[str, int] = field(default_factory=dict)

    @property
    def proposals(self) -> tuple[Proposal, ...]:
        return self.proposing.proposals

    @property
    def treated(self) -> tuple[Proposal, ...]:
        """Those that will be done once somebody approves."""
        return tuple(one for one in self.proposals if one.arm == "treated")

    @property
    def held_out(self) -> int:
        return len(self.proposals) - len(self.treated)

    @property
    def unchosen(self) -> int:
        return self.due - len(self.proposals) - sum(self.forbidden.values()) - self.proposing.beyond

    @property
    def cost(self) -> float:
        """Money, if all are done."""
        return sum(one.cost for one in self.treated)

    @property
    def value(self) -> float | None:
        """Expected money, cost taken off, if all are done; None where it is not known of each."""
        values = [one.expected_value for one in self.treated]
        known = [value for value in values if value is not None]
        return sum(known) if known and len(known) == len(values) else None

    @property
    def interval(self) -> Interval | None:
        """95%: ends added up, as the effect is one unknown for all of them."""
        ends = [(one.low, one.high) for one in self.treated if one.low is not None and one.high is not None]
        if self.value is None or len(ends) < len(self.treated):
            return None
        return sum(low for low, _ in ends), sum(high for _, high in ends)


def plan_launch(con: Warehouse, trigger: str, scope: Scope, *, run: str, at: int | None = None) -> Launch:
    """The proposals of one rule for the customers of the scope's segment.  Nothing is written; the same facts plan alike.

    run: under what name they would be booked.  at: ms by the machine's clock, now where left out.
    Raises: QuestionError: no rule of that name.
    """
    at = wall_clock() if at is None else at
    with one_moment(con):
        situation = situation_of(con, scope, at)
        names = [one.name for one in situation.catalog.triggers]
        if trigger not in names:
            raise QuestionError(f"No rule is named {trigger!r}.{nearest(trigger, names)}")
        action = situation.catalog.action(situation.catalog.triggers[names.index(trigger)].action)
        due = _inside(con, sorted(situation.due.get(trigger, ())), scope)
        rng = np.random.default_rng(situation.as_of % 2**32)
        proposing = proposing_for(con, scope, Wanted(triggers=(trigger,)), run=run, rng=rng, at=at)
        chosen = {one.customer_id for one in proposing.proposals}
        forbidden: Counter[str] = Counter()
        stand = standings(con, [one for one in due if one not in chosen], situation.as_of, at, situation.catalog)
        if action is not None:
            for standing in stand.values():
                found = blocking(vetoes(action, standing, situation.catalog.guardrails, situation.as_of, at, situation.spent))
                forbidden.update([found[0].guardrail] if found else [])
        return Launch(trigger, "" if action is None else action.name, len(due), proposing, dict(forbidden.most_common()))


def _inside(con: Warehouse, ids: list[str], scope: Scope) -> list[str]:
    """Of these, the customers of the scope's segment."""
    if scope.segment is None or not ids:
        return ids
    binder = Binder(con)
    inside = customers_where(binder, scope.segment, scope)
    sql = f"select c.id from customers c where c.customer in ({inside}) and c.id in (select unnest({binder.bind(ids, 'ids')}::varchar[]))"
    return sorted(ask_sql(con, sql, binder.params)["id"].to_list())
