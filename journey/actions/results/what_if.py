"""What if each action were done for everybody it is for, now: effort against what it is expected to bring."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from journey.actions.catalog import Action, ActionCatalog, actions_in_force
from journey.actions.choose.candidate import Money, Situation, fatigue
from journey.actions.choose.situation import situation_of, worths_of
from journey.actions.effects import Effect
from journey.actions.effects.measure import ledger_height
from journey.actions.guardrails import GUARDRAILS, Standing, blocking, standings, vetoes
from journey.actions.results.plan import One, Plan, best_of, plan
from journey.answers import Evidence, People, data_until, iso
from journey.errors import QuestionError
from journey.inference import Z95
from journey.rules import Binder, customers_where
from journey.rules.held import hold
from journey.scope import Scope, refuse_unknown, wall_clock
from journey.warehouse import Warehouse, ask_sql, one_moment, setting

KNOWN = "select id from customers order by id"
MINUTE = 60_000


@dataclass(frozen=True)
class WhatIfQuestion:
    """budget: money for each action, None for the catalog's own limit.  capacity: customers each action could be done for."""

    budget: float | None = None
    capacity: int | None = None

    def as_plain(self) -> dict[str, Any]:
        return {"budget": self.budget, "capacity": self.capacity}


@dataclass(frozen=True)
class Option:
    """One action.  due: ids for whom its rules hold, or all it is for where it has none.  allowed: of them, whom nothing forbids.

    held_out: of them, who would be allowed and are held out.  in_the_way: guardrail -> whom it forbids it for, each told by
    the first that does.  all: done for everybody allowed; best: for those worth it, within budget and capacity.
    """

    action: Action
    effect: Effect
    due: tuple[str, ...]
    allowed: tuple[str, ...]
    held_out: tuple[str, ...]
    in_the_way: Mapping[str, tuple[str, ...]]
    all: Plan
    best: Plan

    @property
    def sentence(self) -> str:
        if self.action.lacking:
            return f"It is at rest: the log holds no {' or '.join(self.action.lacking)}."
        if not self.action.on:
            return "It is switched off."
        if not self.due:
            return "It is due for nobody now."
        if not self.allowed:
            told = [f"{GUARDRAILS[name].lower()} {len(ids):,}" for name, ids in self.in_the_way.items()]
            told += [f"held out {len(self.held_out):,}"] if self.held_out else []
            return f"It is due for {len(self.due):,} and allowed for nobody: {', '.join(told)}."
        if self.all.outcomes is None:
            return f"What it adds is not known yet; {len(self.allowed):,} customers could be tried."
        if self.best.net is None:
            return "What an outcome is worth cannot be said, so it has no value in money."
        if not self.best.customers:
            return "It is worth its cost for nobody it could be done for now."
        net = self.best.net
        return f"Done for the best {self.best.customers:,}: {net.value:,.0f} [{net.low:,.0f}, {net.high:,.0f}]."

    def as_plain(self) -> dict[str, Any]:
        return {
            "action": self.action.name,
            "channel": self.action.channel,
            "effort": self.action.effort,
            "cost": self.action.cost,
            "due": len(self.due),
            "allowed": len(self.allowed),
            "held_out": len(self.held_out),
            "in_the_way": {guardrail: len(ids) for guardrail, ids in self.in_the_way.items()},
            "all": self.all.as_plain(),
            "best": self.best.as_plain(),
            "effect": self.effect.as_plain(),
            "sentence": self.sentence,
        }


@dataclass(frozen=True)
class WhatIf:
    """options: the most money first; of equals, and of what is not known, the least effort first."""

    question: WhatIfQuestion
    options: tuple[Option, ...]
    as_of: int | None
    currency: str | None
    evidence: Evidence

    def as_plain(self) -> dict[str, Any]:
        return {
            **self.evidence.as_plain(),
            **self.question.as_plain(),
            "as_of": iso(self.as_of),
            "currency": self.currency,
            "actions": [one.as_plain() for one in self.options],
        }


def read_what_if(plain: Mapping[str, Any]) -> WhatIfQuestion:
    """{"budget": 500 | null, "capacity": 200 | null} -> the question.

    Raises: QuestionError: an unknown key, a number out of range.
    """
    refuse_unknown(plain, ("budget", "capacity"), "a question of what actions would bring")
    budget, capacity = plain.get("budget"), plain.get("capacity")
    if budget is not None and (isinstance(budget, bool) or not isinstance(budget, int | float) or not 0 <= budget < 1e12):
        raise QuestionError(f"budget is {budget!r}; write money, 0 or more, or null for the limit of the catalog.")
    if capacity is not None and (isinstance(capacity, bool) or not isinstance(capacity, int) or not 0 <= capacity < 1e9):
        raise QuestionError(f"capacity is {capacity!r}; write a whole number of customers, or null for no limit.")
    return WhatIfQuestion(None if budget is None else float(budget), capacity)


def measure_what_if(con: Warehouse, question: WhatIfQuestion, scope: Scope, at: int | None = None) -> WhatIf:
    """Every action of the catalog, as of the scope's stop, for the customers of its segment.

    at: ms by the clock of the machine, for what the ledger holds.
    """
    now = wall_clock() if at is None else at
    asked = (actions_in_force(con), question, scope, now // MINUTE, ledger_height(con))
    return hold(con, "what if", asked, lambda: _measured(con, question, scope, now), most=4)


def what_if_customers(con: Warehouse, question: WhatIfQuestion, scope: Scope, mark: Mapping[str, Any]) -> People:
    """Who is behind a number: {"action": name, "group": "due" | "allowed" | "held_out" | "best"} or {"action", "guardrail": name}.

    Raises: QuestionError: another mark.
    """
    refuse_unknown(mark, ("action", "group", "guardrail"), "a mark of what actions would bring")
    options = {one.action.name: one for one in measure_what_if(con, question, scope).options}
    if mark.get("action") not in options:
        raise QuestionError(f"action is {mark.get('action')!r}; it can be {', '.join(map(repr, options)) or 'none: the catalog is empty'}.")
    option = options[mark["action"]]
    groups = {"due": option.due, "allowed": option.allowed, "held_out": option.held_out, "best": option.best.ids}
    named, key = (option.in_the_way, "guardrail") if "guardrail" in mark else (groups, "group")
    if mark.get(key) not in named or len(mark) != 2:
        raise QuestionError(f"{key} is {mark.get(key)!r}; it can be {', '.join(map(repr, named)) or 'none: nothing is in the way'}.")
    return People(tuple(sorted(named[mark[key]])))


@dataclass(frozen=True)
class _Now:
    """What holds for all: known once, looked at for every action."""

    situation: Situation
    standing: Mapping[str, Standing]
    worth: Mapping[tuple[str, str], Money | None]

    @property
    def catalog(self) -> ActionCatalog:
        return self.situation.catalog


def _measured(con: Warehouse, question: WhatIfQuestion, scope: Scope, at: int) -> WhatIf:
    with one_moment(con):
        situation = situation_of(con, scope, at)
        due = {action.name: _due(con, situation, action, scope) for action in situation.catalog.actions}
        everybody = sorted({one for ids in due.values() for one in ids})
        standing = standings(con, everybody, situation.as_of, at, situation.catalog) if everybody else {}
        now = _Now(situation, standing, worths_of(con, situation.catalog, everybody, situation.as_of))
        limit = situation.catalog.guardrails.budget
        budget = max(limit.most - situation.spent, 0.0) if question.budget is None and limit is not None else question.budget
        options = [_option(action, due[action.name], now, budget, question.capacity) for action in situation.catalog.actions]
        options.sort(key=lambda one: (one.best.net is None, -(one.best.net.value if one.best.net else 0.0), one.action.effort))
        known = data_until(con)
        currency = (setting(con, "revenue") or {}).get("currency") or setting(con, "currency")
        evidence = Evidence(_definition(budget, question.capacity), KNOWN, {}, len(everybody), known, situation.warnings)
        return WhatIf(question, tuple(options), situation.as_of if known is not None else None, currency, evidence)


def _due(con: Warehouse, situation: Situation, action: Action, scope: Scope) -> tuple[str, ...]:
    """Ids for whom one of its rules that are on holds; without any rule, everybody in its stages who meets what it requires."""
    if action.lacking or not action.on:
        return ()
    parts: list[Any] = [] if scope.segment is None else [scope.segment]
    if triggers := situation.catalog.triggers_of(action.name):
        ids = sorted({one for trigger in triggers for one in situation.due.get(trigger.name, ())})
        if not parts:
            return tuple(ids)
        parts.append({"customers": ids})
    else:
        parts += [action.when] if action.when is not None else []
        parts += [{"any": [{"stage": stage} for stage in action.stages]}] if action.stages else []
    binder = Binder(con)
    who = customers_where(binder, {"all": parts}, Scope(None, situation.as_of, scope.timezone))
    return tuple(ask_sql(con, f"select c.id from customers c where c.customer in ({who}) order by c.id", binder.params)["id"].to_list())


def _option(action: Action, due: Sequence[str], now: _Now, budget: float | None, capacity: int | None) -> Option:
    allowed, held_out = [], []
    in_the_way: dict[str, list[str]] = {}
    for one in due:
        standing = now.standing[one]
        found = vetoes(action, standing, now.catalog.guardrails, now.situation.as_of, now.situation.at, now.situation.spent)
        if forbidding := blocking(found):
            in_the_way.setdefault(forbidding[0].guardrail, []).append(one)
        elif found:
            held_out.append(one)
        else:
            allowed.append(_one(action, standing, now))
    best = best_of(allowed, budget, capacity)
    return Option(
        action=action,
        effect=now.situation.effects.of(action.name),
        due=tuple(due),
        allowed=tuple(one.customer_id for one in allowed),
        held_out=tuple(held_out),
        in_the_way={guardrail: tuple(ids) for guardrail, ids in in_the_way.items()},
        all=plan(action.name, allowed, now.situation.effects),
        best=plan(action.name, best, now.situation.effects),
    )


def _one(action: Action, standing: Standing, now: _Now) -> One:
    worth = now.worth.get((action.name, standing.customer_id))
    return One(
        customer_id=standing.customer_id,
        stage=standing.stage,
        effect=now.situation.effects.of(action.name, standing.stage),
        worth=None if worth is None else worth[0],
        worth_sd=0.0 if worth is None else (worth[2] - worth[1]) / (2 * Z95),
        cost=action.cost + fatigue(standing, now.catalog.guardrails, now.situation.as_of, now.situation.at),
    )


def _definition(budget: float | None, capacity: int | None) -> str:
    limits = [f"{budget:,.2f} of money" if budget is not None else "", f"{capacity:,} customers" if capacity is not None else ""]
    within = f" within {' and '.join(limit for limit in limits if limit)} for each action" if any(limits) else ""
    return (
        "Due are customers for whom a rule of the action holds now; of an action without rules, all it is for. Allowed are those whom no "
        "guardrail forbids, the holdout left out. Outcomes are those that would not have come by themselves: the effect in each customer's "
        "stage, added up; money is outcomes times what one is worth, less cost and fatigue. The best are those worth more than they cost, "
        f"the most money for its cost first{within}. Each action is looked at alone: done together they would meet each other's caps. "
        "Intervals 95%: the effect of a stage is one unknown for all its customers. Times in UTC."
    )
