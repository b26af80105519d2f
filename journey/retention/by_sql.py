"""A retention by its definition: the rows of the query, laid out as arrays."""

from dataclasses import dataclass

import numpy as np
import polars as pl

from journey.retention.bound import Bound
from journey.retention.definition import AWAY, BEHIND, COUNTS, POPULATION, SPREAD
from journey.retention.marks import NEVER, Array, Counts, entries, most_groups
from journey.retention.question import RetentionQuestion
from journey.warehouse import Warehouse, ask_sql, one


@dataclass(frozen=True)
class BySql:
    con: Warehouse
    question: RetentionQuestion
    bound: Bound

    def counts(self) -> Counts:
        width = entries(self.question, self.bound.periods)
        rows = ask_sql(self.con, self.bound.ctes + COUNTS, self.bound.params).filter(pl.col("place") < width)
        found = self._sizes(rows) if self.question.breakdown is not None else []
        groups = found[: most_groups(self.bound.periods)]
        cohorts = self.bound.periods.scoped
        customers = np.zeros((1 + len(groups), cohorts, width), np.int64)
        latest = np.full((1 + len(groups), cohorts), NEVER, np.int64)
        cohort, place, count = (rows[name].to_numpy() for name in ("cohort", "place", "customers"))
        joined = rows["latest"].fill_null(NEVER).to_numpy()
        number = rows["grp"].replace_strict(groups, list(range(1, 1 + len(groups))), default=0, return_dtype=pl.Int64).to_numpy()
        for which, whose in ((number * 0, np.ones(len(rows), bool)), (number, number > 0)):
            np.add.at(customers, (which[whose], cohort[whose], place[whose]), count[whose])
            np.maximum.at(latest, (which[whose], cohort[whose]), joined[whose])
        return Counts(groups, len(found), customers, latest)

    def _sizes(self, rows: pl.DataFrame) -> list[str]:
        """The values of the breakdown, largest first."""
        sizes = rows.filter(pl.col("place") == 0).group_by("grp").agg(pl.col("customers").sum())
        return sizes.sort(["customers", "grp"], descending=[True, False])["grp"].to_list()

    def population(self) -> int:
        return int(one(self.con, self.bound.ctes + POPULATION, self.bound.params))

    def sums(self, groups: list[str], complete: Array) -> Array:
        sums = np.zeros((len(complete), complete.shape[2], 6))
        for everyone, asked in ((True, complete[:1]), (False, complete[1:])):
            names = [""] if everyone else groups
            number, cohort, place = (column.tolist() for column in np.nonzero(asked))
            if not number:
                continue
            cells = {"cell_grp": [names[n] for n in number], "cell_cohort": cohort, "cell_place": place, "everyone": everyone}
            first = 0 if everyone else 1
            for value, entry, *found in ask_sql(self.con, self.bound.ctes + SPREAD, self.bound.params | cells).iter_rows():
                sums[first + names.index(value), entry] = [float(one) for one in found]
        return sums

    def behind(self, cohorts: list[int], place: int, group: str | None, came_back: bool) -> list[str]:
        values = {"told": cohorts, "place": place, "group": group or "", "any_group": group is None}
        rows = ask_sql(self.con, self.bound.ctes + (BEHIND if came_back else AWAY), self.bound.params | values)
        return rows["id"].to_list()
