"""What another policy would have brought, from the log of this one."""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from journey.actions.catalog import actions_in_force
from journey.actions.off_policy.decided import Decided, decided_in_table
from journey.actions.off_policy.direct import expected_rewards
from journey.actions.off_policy.estimates import Logs, estimate
from journey.actions.off_policy.events import decided_in_events
from journey.actions.off_policy.overlap import overlap
from journey.actions.off_policy.question import PolicyQuestion, in_words
from journey.actions.off_policy.result import Choice, PolicyValue
from journey.actions.uplift.learners import one_thread
from journey.answers import Evidence, People, data_until
from journey.errors import QuestionError
from journey.rules.held import hold
from journey.scope import Scope, refuse_unknown
from journey.warehouse import Warehouse, quote

FEWEST = 10
OF_TABLE = """-- Today's policy: what each action brought.  The rows are those of the log in the question.
select {action} as action, count(*) as decisions, avg({reward}) as reward
from rows_of_the_log
group by {action}"""


def measure_policy_value(con: Warehouse, question: PolicyQuestion, scope: Scope) -> PolicyValue:
    """The mean reward of a decision under another policy, by four estimators, beside today's.

    Of a table the scope says nothing; of events it says which decisions count, and of whom.
    Raises: QuestionError: columns, actions or chances that do not fit.  LoadError: a file that cannot be read.
    """
    if question.of_events:
        return hold(con, "policy value", (question, scope, actions_in_force(con)), lambda: _of_events(con, question, scope), most=8)
    unit = str(question.reward)
    return _judged(question, decided_in_table(question), _evidence_of_table(con, question), unit)


def policy_customers(con: Warehouse, question: PolicyQuestion, scope: Scope, mark: Mapping[str, object]) -> People:
    """Who is behind a mark: {"agrees": true | false}, decided on as the policy might have, or not; {} is everybody decided on.

    Raises: QuestionError: another mark; a log without a column of customers.
    """
    refuse_unknown(mark, ("agrees",), "customers of a policy")
    agrees = mark.get("agrees")
    if agrees is not None and not isinstance(agrees, bool):
        raise QuestionError(f'"agrees" is {agrees!r}; it is true or false.')
    found = measure_policy_value(con, question, scope)
    if found.ids is None:
        raise QuestionError('The log names no customers. Say in "customer" which column holds their ids.')
    inside = found.agreeing if found.agreeing is not None else np.zeros(len(found.ids), bool)
    chosen = np.ones(len(found.ids), bool) if agrees is None else inside == agrees
    return People(tuple(sorted({one for one, here in zip(found.ids, chosen, strict=True) if here})))


def _of_events(con: Warehouse, question: PolicyQuestion, scope: Scope) -> PolicyValue:
    decided, planned, evidence, unit = decided_in_events(con, question, scope)
    return replace(_judged(question, decided, evidence, unit), planned=planned)


def _judged(question: PolicyQuestion, decided: Decided, evidence: Evidence, unit: str) -> PolicyValue:
    people, n = len(np.unique(decided.group)), len(decided.reward)
    evidence = replace(evidence, population=people, warnings=(*evidence.warnings, *decided.warnings))
    bare = PolicyValue(question, evidence, unit, people, ids=decided.ids, agreeing=decided.done > 0)
    if n < FEWEST:
        return replace(bare, missing=decided.lacks or f"{n:,} of {FEWEST:,} decisions needed")
    logs = _logs(decided, question.seed)
    told = overlap(logs, question.clip, decided.unheard)
    return replace(
        bare,
        evidence=replace(evidence, warnings=(*evidence.warnings, *told.warnings)),
        estimates=estimate(logs, question.clip),
        overlap=told,
        choices=_choices(decided),
    )


def _logs(decided: Decided, seed: int) -> Logs:
    """With what a model expects, where the policy's chance of every action is told."""
    logs = Logs(decided.reward, decided.chance, decided.done, decided.group)
    if decided.target is None:
        return logs
    with one_thread():
        each = expected_rewards(decided.values, decided.reward, decided.action, len(decided.actions), decided.group, seed)
    return replace(logs, expected=(decided.target * each).sum(axis=1), guessed=each[np.arange(len(logs)), decided.action])


def _choices(decided: Decided) -> tuple[Choice, ...]:
    today = np.bincount(decided.action, minlength=len(decided.actions)) / len(decided.action)
    share = [None] * len(decided.actions) if decided.target is None else [float(one) for one in decided.target.mean(axis=0)]
    return tuple(Choice(name, share[place], float(today[place])) for place, name in enumerate(decided.actions))


def _evidence_of_table(con: Warehouse, question: PolicyQuestion) -> Evidence:
    sql = OF_TABLE.format(action=quote(str(question.action)), reward=quote(str(question.reward)))
    definition = (
        f"The mean of {question.reward!r} per decision, had another policy chosen {question.action!r}: {in_words(question)} "
        "Times, where there are any, in UTC."
    )
    return Evidence(definition, sql, {}, 0, data_until(con))
