"""Keeping plans: every text is kept whole, with who kept it, when and why; what comes after the lock is a change, and shown as one."""

import threading
from dataclasses import replace

from journey.errors import QuestionError
from journey.experiments.fields import said, said_by
from journey.experiments.plan.chain import Link, hash_of, plan_text
from journey.experiments.plan.plan import Plan, missing, plan_from, plan_plain
from journey.experiments.plan.planned import Planned, links_of, plan_of
from journey.rules import Binder, in_segment
from journey.rules.outcome import answered
from journey.rules.saved import written_out
from journey.scope import Scope, wall_clock
from journey.warehouse import Warehouse, write

one_writer = threading.RLock()
"""Held from reading the plan in force to keeping the next, so that of two people's changes none is lost."""


def keep_plan(con: Warehouse, plan: Plan, *, by: str, reason: str = "", at: int | None = None, after: int | None = None) -> Planned:
    """Keep a plan: a draft until it is locked, a change from then on.  The text in force again changes nothing.

    by: who does it.  reason: a sentence, needed for a change.  at: ms, by the clock of the machine where it is not given.
    after: the version that the person had before them; 0 for none.
    Raises: QuestionError: nobody's name, a change without a reason, or of a plan that somebody else has changed meanwhile.
    """
    by, reason = said_by(by, "keeps a plan"), said(reason)
    plan = plan_from(plan_plain(plan))
    with one_writer:
        links = links_of(con, plan.experiment)
        _refuse_stale(links, after)
        locked = bool(links) and links[-1].locked
        text = plan_text(plan_plain(_settled(con, plan) if locked else plan))
        if not links or links[-1].plan != text:
            if locked:
                _refuse_change(plan, reason)
            _append(con, links, Link(plan.experiment, 0, _now(at), by, reason, locked, text, ""))
    return _in_force(con, plan.experiment)


def lock_plan(con: Warehouse, experiment: str, *, by: str, at: int | None = None, after: int | None = None) -> Planned:
    """Lock the plan as it stands; where it is locked already, nothing changes.

    A saved segment is written out, and so is where the log shows variants: the plan says so itself, whatever is saved or set later.
    Raises: QuestionError: there is no plan, its segment cannot be read, or it lacks something that must be said before anybody looks.
    """
    by = said_by(by, "locks a plan")
    with one_writer:
        links = links_of(con, experiment)
        _refuse_stale(links, after)
        if not links:
            raise QuestionError(f"No plan is kept for {experiment!r}. Keep one first, then lock it.")
        if not links[-1].locked:
            plan = plan_from(links[-1].plain)
            lacking = missing(plan)
            if lacking:
                raise QuestionError(f"The plan of {experiment!r} cannot be locked yet. {' '.join(lacking)}")
            text = plan_text(plan_plain(_settled(con, plan)))
            _append(con, links, replace(links[-1], kept_at=_now(at), kept_by=by, reason="", locked=True, plan=text))
    return _in_force(con, experiment)


def _settled(con: Warehouse, plan: Plan) -> Plan:
    """With its segment written out, and where variants are shown: what is saved under a name, or set for the workspace, may change.

    Raises: QuestionError: a rule that cannot be read.
    """
    from journey.experiments.read.exposure import exposures  # that room reads plans itself

    where = exposures(con) if plan.exposure is None else None
    plan = plan if where is None else replace(plan, exposure=where.as_plain())
    if plan.segment is None:
        return plan
    rule = written_out(con, plan.segment)
    in_segment(Binder(con), Scope(segment=answered(con, rule, Scope())))
    return replace(plan, segment=rule)


def _refuse_stale(links: tuple[Link, ...], after: int | None) -> None:
    if after is not None and links and links[-1].version != after:
        last = links[-1]
        raise QuestionError(f"{last.kept_by} has changed this plan meanwhile: it is at version {last.version}. Look at it, then change it.")


def _refuse_change(plan: Plan, reason: str) -> None:
    lacking = missing(plan)
    if lacking:
        raise QuestionError(f"The plan of {plan.experiment!r} is locked and cannot go without what it said. {' '.join(lacking)}")
    if not reason:
        raise QuestionError(f"The plan of {plan.experiment!r} is locked: a change needs a reason, and is shown with it. Say why.")


def _append(con: Warehouse, links: tuple[Link, ...], link: Link) -> None:
    link = replace(link, version=len(links) + 1)
    link = replace(link, hash=hash_of(link, links[-1].hash if links else ""))
    row = [link.experiment, link.version, link.kept_at, link.kept_by, link.reason, link.locked, link.plan, link.hash]
    with write(con) as connection:
        connection.execute("insert into experiment_plans values (?, ?, ?, ?, ?, ?, ?, ?)", row)


def _now(at: int | None) -> int:
    return wall_clock() if at is None else at


def _in_force(con: Warehouse, experiment: str) -> Planned:
    found = plan_of(con, experiment)
    if found is None:
        raise QuestionError(f"No plan is kept for {experiment!r}.")
    return found
