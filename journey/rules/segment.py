"""The rule language: who a rule names, as of a moment.

A rule is plain data.  It holds or does not hold for each known customer, as of a moment: events at or after it are
never seen, so a rule asked of a past date knows nothing of what came later.  Two customers' rules never depend on each
other.  `not` is a true complement: a condition that cannot be decided (a mean of no events, a change from nothing) does
not hold.  Stages are looked at, not followed: entering and leaving compare the two ends of the window, 30 days where none
is written, so a stage entered and left again inside it is neither.

    {"all": [rules]}  {"any": [rules]}  {"not": rule}     of no rules, all holds and any does not
    "name"                                               a saved segment
    {"customers": [ids]}                                 those listed
    {"stage": name}                                      those in a stage of the catalog in force: its rule, and none before it
    {"entered": stage, "from": stage, "within": "30d"}   in it at the moment, and elsewhere (or not known) when the window began
    {"left": stage, "to": stage, "within": "30d"}        in it when the window began, and elsewhere at the moment
    and the conditions of journey.rules.conditions
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from journey.answers import Evidence, People, data_until, iso
from journey.errors import QuestionError
from journey.inference import Interval, wilson
from journey.rules.conditions import CONDITIONS
from journey.rules.facts import Facts
from journey.rules.match import Binder, nearest
from journey.rules.outcome import ANSWERS
from journey.rules.saved import saved_segments
from journey.rules.staged import STAGES, stage_rule, stages_in_force
from journey.scope import Scope, read_duration, refuse_unknown
from journey.warehouse import Warehouse, ask_sql, one

DEEPEST = 40
ELSEWHERE = ANSWERS
BESIDE = {"entered": "from", "left": "to"}
KNOWN = ("all", "any", "not", "customers", "stage", *BESIDE, *CONDITIONS)
WITHIN = "30d"


@dataclass(frozen=True)
class Segment:
    """For whom a rule holds.  people: they; known: customers known at the moment, of whom they are a share."""

    people: People
    known: int
    evidence: Evidence

    @property
    def share(self) -> float | None:
        return self.people.count / self.known if self.known else None

    @property
    def interval(self) -> Interval | None:
        return wilson(self.people.count, self.known)

    def as_plain(self) -> dict[str, Any]:
        interval = None if self.interval is None else list(self.interval)
        return {"customers": self.people.count, "share": self.share, "interval": interval, **self.evidence.as_plain()}


def read_segment(plain: Mapping[str, Any]) -> Any:
    """{"where": rule} -> the rule."""
    refuse_unknown(plain, ("where",), "a question of a segment")
    if plain.get("where") is None:
        raise QuestionError('A question of a segment says who: {"where": rule}.')
    return plain["where"]


def measure_segment(con: Warehouse, rule: Any, scope: Scope) -> Segment:
    """The customers for whom a rule holds as of the scope's stop, and what share they are of those known then.

    The scope's own segment, where it has one, narrows both.
    """
    binder = Binder(con)
    facts = Facts(binder, as_of(binder, scope))
    within = "true" if scope.segment is None else holds(facts, scope.segment)
    sql = facts.query(f"k.id, {holds(facts, rule)} as holds", within)
    rows = ask_sql(con, f"{sql}\norder by k.id", binder.params)
    definition = (
        "Customers for whom the rule holds, by what they did before "
        f"{'the end of the data' if scope.stop is None else iso(scope.stop)}, of all customers known by then. "
        "Share with its Wilson 95% interval. Times in UTC."
    )
    evidence = Evidence(definition, sql, binder.params, rows.height, data_until(con), tuple(binder.warnings))
    return Segment(People(tuple(rows.filter(rows["holds"])["id"].to_list())), rows.height, evidence)


def customers_where(binder: Binder, rule: Any, scope: Scope) -> str:
    """A query of one column, `customer`: those for whom the rule holds as of the scope's stop, or of the data's end.

    Raises: QuestionError: a rule that cannot be read; a saved name that is not kept; a rule only `ask` can resolve.
    """
    facts = Facts(binder, as_of(binder, scope))
    return facts.query("k.customer", holds(facts, rule))


def in_segment(binder: Binder, scope: Scope, alias: str = "e") -> str:
    """The predicate over rows `{alias}` that have a customer: those of the scope's segment, all where it has none."""
    return "true" if scope.segment is None else f"{alias}.customer in ({customers_where(binder, scope.segment, scope)})"


def as_of(binder: Binder, scope: Scope) -> int:
    """The moment before which events are seen: the scope's stop, else just after the last event."""
    return scope.stop if scope.stop is not None else int(one(binder.con, "select coalesce(max(last_ts) + 1, 0) from customers"))


def holds(facts: Facts, rule: Any, above: tuple[str, ...] = (), depth: int = 0) -> str:
    """The predicate over known customers that a rule holds; true or false, never null.

    above: the saved segments this rule stands in, so that none can refer to itself.
    """
    if depth > DEEPEST:
        raise QuestionError(f"The rule is nested more than {DEEPEST} deep. Save parts of it as segments and name them.")
    if isinstance(rule, str):
        return _saved(facts, rule, above, depth)
    if not isinstance(rule, Mapping):
        raise QuestionError(f"{rule!r} is not a rule. Write a saved segment's name or one of: {', '.join(KNOWN)}.")
    kind = next((key for key in rule if key in KNOWN), None)
    if kind is None:
        raise _unreadable(rule)
    if kind in ("all", "any", "not"):
        refuse_unknown(rule, (kind,), f"a rule with {kind!r}")
        return _combined(facts, kind, rule[kind], above, depth)
    if kind == "customers":
        return _listed(facts, rule)
    if kind == "stage":
        return _staged(facts, rule, above, depth)
    if kind in BESIDE:
        return _crossed(facts, kind, rule, above, depth)
    return CONDITIONS[kind](facts, rule)


def _combined(facts: Facts, kind: str, parts: Any, above: tuple[str, ...], depth: int) -> str:
    if kind == "not":
        return f"(not {holds(facts, parts, above, depth + 1)})"
    if isinstance(parts, str | Mapping) or not isinstance(parts, list | tuple):
        raise QuestionError(f"{kind!r} takes a list of rules; it was given {parts!r}.")
    inner = [holds(facts, part, above, depth + 1) for part in parts]
    empty = "true" if kind == "all" else "false"
    return "(" + (" and " if kind == "all" else " or ").join(inner) + ")" if inner else empty


def _saved(facts: Facts, name: str, above: tuple[str, ...], depth: int) -> str:
    if name in above:
        raise QuestionError(f"The segment {name!r} refers to itself, by way of {' and '.join(map(repr, above))}. Change one of them.")
    known = saved_segments(facts.binder.con)
    if name not in known:
        raise QuestionError(f"No segment is saved as {name!r}.{nearest(name, list(known)) or _all_saved(list(known))}")
    return holds(facts, known[name], (*above, name), depth + 1)


def _all_saved(names: list[str]) -> str:
    return f" Saved are: {', '.join(map(repr, names[:10]))}." if names else " None is saved yet."


def _listed(facts: Facts, rule: Mapping[str, Any]) -> str:
    refuse_unknown(rule, ("customers",), "a list of customers")
    ids = rule["customers"]
    if isinstance(ids, str | Mapping) or not isinstance(ids, list | tuple):
        raise QuestionError(f'"customers" takes a list of ids; it was given {ids!r}.')
    return f"k.id in (select unnest({facts.binder.bind([str(one) for one in ids], 'ids')}::varchar[]))"


def _staged(facts: Facts, rule: Mapping[str, Any], above: tuple[str, ...], depth: int) -> str:
    refuse_unknown(rule, ("stage",), "a rule with 'stage'")
    if STAGES in above:
        raise QuestionError('A rule of the stages refers to "stage", so to itself. Write what the customers did instead.')
    return holds(facts, stage_rule(stages_in_force(facts.binder.con), rule["stage"]), (*above, STAGES), depth + 1)


def _crossed(facts: Facts, kind: str, rule: Mapping[str, Any], above: tuple[str, ...], depth: int) -> str:
    """A stage entered or left between the two ends of a window; the stage on the other side narrows it where it is named."""
    refuse_unknown(rule, (kind, BESIDE[kind], "within"), f"a rule with {kind!r}")
    within, other = read_duration(rule.get("within", WITHIN), "within"), rule.get(BESIDE[kind])
    if not within:
        raise QuestionError(f'{kind!r} compares the two ends of a window. Write how long it is, such as "within": "30d".')
    if other is not None and other == rule[kind]:
        raise QuestionError(
            f"A customer cannot have {kind} the stage {other!r} and be there on both sides. Name another in {BESIDE[kind]!r}."
        )
    then = facts.earlier(within)

    def inside(at: Facts, stage: Any) -> str:
        return _staged(at, {"stage": stage}, above, depth)

    now_in, then_in = (rule[kind], other) if kind == "entered" else (other, rule[kind])
    now = f"(not {inside(facts, rule[kind])})" if now_in is None else inside(facts, now_in)
    was = facts.then_held(then, inside(then, rule[kind] if then_in is None else then_in), within)
    return f"({now} and {f'(not {was})' if then_in is None else was})"


def _unreadable(rule: Mapping[str, Any]) -> QuestionError:
    if elsewhere := [key for key in rule if key in ELSEWHERE]:
        return QuestionError(
            f"A rule on {elsewhere[0]!r} depends on another answer and cannot stand here. Ask for its customers, "
            'and use {"customers": [ids]} or save them as a segment.'
        )
    found = ", ".join(map(repr, rule)) or "an empty rule"
    return QuestionError(f"No known condition in the rule with {found}. Known are: {', '.join((*KNOWN, *ELSEWHERE))}.")
