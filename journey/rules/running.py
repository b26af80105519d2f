"""Facts as of several moments, each event read once.

An event counts from the first moment after it until it is older than a condition allows.  So it is two changes: one that
adds it when it comes, one that takes it away when it is too old.  Changes are summed up from moment to moment.

    moments 10, 20, 30; an event at 12 that counts for 10      change    +1 at 20, -1 at 30      (20 <= 12 + 10 < 30)

Whole numbers agree exactly with the definition at each single moment; sums of fractions within rounding.
"""

from collections.abc import Sequence

from journey.rules.facts import Fact, Facts
from journey.rules.match import Binder

BEFORE_ALL = -(2**62)
# What a fact is summed up by, from the changes of one moment, and from moment to moment.
SUMMED = ("sum({0})", "sum({0}) over known")
CALLS = {
    "visits": ("max({0})", "max({0}) over known"),
    "last": ("max({0})", "max({0}) over known"),
    "latest": ("arg_max({0}.value, row({0}.ts, {0}.seq))", "last_value({0} ignore nulls) over known"),
}


class Running(Facts):
    """Collects facts as of each of several moments; known customers and facts carry theirs as `moment`."""

    def __init__(self, binder: Binder, moments: Sequence[int]) -> None:
        super().__init__(binder, max(moments))
        self.each = sorted(set(moments))
        self.moments = binder.bind(self.each, "moments")

    @property
    def known_at(self) -> str:
        return "k.moment"

    def earlier(self, ms: int) -> "Running":
        return Running(self.binder, [moment - ms for moment in self.each])

    def then_held(self, then: Facts, predicate: str, ms: int) -> str:
        later = self.binder.bind(ms, "later")
        return f"((k.customer, k.moment) in ({then.query(f'k.customer, k.moment + {later}', predicate)}))"

    def query(self, select: str, where: str = "true") -> str:
        ctes = [self._slots(), *self._sources()]
        if self.facts:
            ctes += [*self._firsts(), self._changes(), self._changed(), self._summed()]
        joined = "\njoin facts f on f.customer = k.customer and f.moment = k.moment" if self.facts else ""
        known = "(select s.moment, c.* from customers c, slots s) k"
        return "with " + ",\n".join(ctes) + f"\nselect {select}\nfrom {known}{joined}\nwhere {self._is_known()} and {where}"

    def _slots(self) -> str:
        """The moments in order; a time belongs to the first moment after it."""
        return (
            f"slots as (\n  select\n    moment,\n    coalesce(lag(moment) over (order by moment), {BEFORE_ALL}) as previous\n"
            f"  from (select unnest({self.moments}) as moment) m\n)"
        )

    def _firsts(self) -> list[str]:
        """For each count of distinct values: its events, with the time at which the same value was last seen before."""
        return [
            f"{name}_seen as (\n  select\n    e.customer,\n    e.ts,\n"
            f"    lag(e.ts) over (partition by e.customer, {fact.value} order by e.ts, e.seq) as before\n"
            f"  from {fact.source} e\n  where {fact.mark} and {fact.value} is not null\n)"
            for fact, name in self.facts.items()
            if fact.kind == "distinct"
        ]

    def _changes(self) -> str:
        """What each event adds and, when it is too old, takes away; one column per fact, null where it says nothing of it."""
        branches = [self._coming(source) for source in self._used()]
        lengths = dict.fromkeys((fact.source, fact.within) for fact in self.facts if fact.within and fact.kind != "distinct")
        branches += [self._going(source, within) for source, within in lengths if within]
        branches += [branch for fact, name in self.facts.items() if fact.kind == "distinct" for branch in self._distinct(fact, name)]
        return "changes as (\n  " + "\n  union all\n  ".join(branches) + "\n)"

    def _coming(self, source: str) -> str:
        said = {name: self._said(fact) for fact, name in self.facts.items() if fact.source == source and fact.kind != "distinct"}
        return f"select e.customer, e.ts as at_ts, {self._columns(said)} from {source} e"

    def _going(self, source: str, within: str) -> str:
        leaving = {fact: name for fact, name in self.facts.items() if (fact.source, fact.within) == (source, within)}
        said = {name: self._said(fact, -1) for fact, name in leaving.items() if fact.kind != "distinct"}
        marks = " or ".join(dict.fromkeys(fact.mark for fact in leaving))
        return f"select e.customer, e.ts + {within} as at_ts, {self._columns(said)} from {source} e where {marks}"

    def _distinct(self, fact: Fact, name: str) -> list[str]:
        """A value counts from when it is seen until it is too old, once: while an earlier sighting counts, a later does not."""
        if fact.within is None:
            return [f"select e.customer, e.ts as at_ts, {self._columns({name: '1'})} from {name}_seen e where e.before is null"]
        comes = f"greatest(e.ts, coalesce(e.before + {fact.within}, e.ts))"
        return [
            f"select e.customer, {comes} as at_ts, {self._columns({name: '1'})} from {name}_seen e",
            f"select e.customer, e.ts + {fact.within} as at_ts, {self._columns({name: '-1'})} from {name}_seen e",
        ]

    def _said(self, fact: Fact, sign: int = 1) -> str:
        """What a row says of a fact."""
        if fact.kind in ("last", "visits"):
            return f"case when {fact.mark} then e.{'ts' if fact.kind == 'last' else 'session'} end"
        if fact.kind == "latest":
            return f"case when {fact.mark} and {fact.value} is not null then {{'value': {fact.value}, 'ts': e.ts, 'seq': e.seq}} end"
        value = fact.value if fact.kind in ("sum", "mean") else "1"
        return f"case when {fact.mark} then {'-' if sign < 0 else ''}{value} end"

    def _columns(self, said: dict[str, str]) -> str:
        """All facts' columns in one order; a mean has a second one, for the number of its values."""
        parts = []
        for fact, name in self.facts.items():
            parts.append(f"{said.get(name, 'null')} as {name}")
            if fact.kind == "mean":
                sign = "-1" if said.get(name, "").startswith(f"case when {fact.mark} then -") else "1"
                parts.append(
                    f"{f'case when {fact.mark} and {fact.value} is not null then {sign} end' if name in said else 'null'} as {name}_n"
                )
        return ", ".join(parts)

    def _changed(self) -> str:
        """The changes of each customer that belong to a moment, together."""
        columns = ",\n    ".join(f"{CALLS.get(kind, SUMMED)[0].format(f'd.{name}')} as {name}" for name, kind in self._kinds())
        return (
            f"changed as (\n  select\n    s.moment,\n    d.customer,\n    {columns}\n  from changes d\n"
            "  join slots s on d.at_ts >= s.previous and d.at_ts < s.moment\n  group by s.moment, d.customer\n)"
        )

    def _summed(self) -> str:
        """What is known of each customer at each moment."""
        columns = {name: CALLS.get(kind, SUMMED)[1].format(f"d.{name}") for name, kind in self._kinds()}
        for fact, name in self.facts.items():
            if fact.kind == "mean":
                columns[name] = f"{columns[name]} / nullif({columns.pop(f'{name}_n')}, 0)"
        listed = ",\n    ".join(f"{column} as {name}" for name, column in columns.items())
        return (
            f"facts as (\n  select\n    s.moment,\n    c.customer,\n    {listed}\n  from customers c\n  cross join slots s\n"
            "  left join changed d on d.customer = c.customer and d.moment = s.moment\n"
            "  window known as (partition by c.customer order by s.moment rows unbounded preceding)\n)"
        )

    def _kinds(self) -> list[tuple[str, str]]:
        """Columns of the changes, and their kinds."""
        return [(name + end, fact.kind) for fact, name in self.facts.items() for end in (("", "_n") if fact.kind == "mean" else ("",))]
