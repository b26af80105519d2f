"""The first sentence of the retention page: computed, and true of one customer as of a million."""

from collections.abc import Mapping

import polars as pl

from journey.answers import local_iso
from journey.charts.retention import period_name, start_label
from journey.charts.retention_curves import joined_between
from journey.charts.words import between, count, date, percent, several, short, signed
from journey.inference import wilson
from journey.retention import Comparison, Retention, RetentionTable, Waves
from pages.parts.retention_steps import told_step

FEW = 20


def sentence(retention: Retention, comparison: Comparison | None) -> str:
    """Newer against older where their difference is told from chance; else how many come back, early and late."""
    places = measured_places(retention)
    if not retention.table.size:
        return f"Nobody {_joined(retention)} in this period."
    if not places:
        return _too_early(retention)
    if comparison and comparison.told_apart:
        return _told_apart(retention, comparison)
    if comparison and comparison.halves:
        return f"{_share(retention, comparison.place)}, where newer and older cohorts cannot be told apart."
    if comparison:
        old = percent(comparison.older.shares[comparison.place])
        whom = joined_between(retention, comparison.older)
        return f"{_share(retention, comparison.place)}, not told from the {old} of {whom}."
    early = _share(retention, places[0])
    late = places[-1]
    return f"{early}." if late == places[0] else f"{early}, {_amount(retention, late)} in {_when(retention, late)}."


def caption(retention: Retention, comparison: Comparison | None, before: bool = False) -> str:
    """What was counted, over whom, and by how much the two sides differ.  before: a comparison with another span was asked for."""
    question = retention.question
    filled = sum(cohort.size > 0 for cohort in retention.cohorts)
    waiting = sum(cohort.size > 0 and not any(cohort.begun[1:]) for cohort in retention.cohorts)
    young = f", {'the newest' if waiting == 1 else count(waiting)} too new for a row" if 0 < waiting < filled else ""
    adjective = {"day": "daily", "week": "weekly", "month": "monthly"}[question.period]
    parts = [
        f"Customers who {_returned(retention)}, of those who {_joined(retention)}",
        f"{several(retention.evidence.population, 'customer')} in {several(filled, f'{adjective} cohort')}{young}",
    ]
    if comparison:
        low, high = (signed(100 * end, 1) for end in comparison.interval)
        parts.append(
            f"{period_name(question, comparison.place)}: difference {signed(100 * comparison.difference, 1)} points ({low} to {high})"
        )
    if before and comparison and comparison.halves:
        parts.append("half against half: the period before holds no cohort of surely new customers that could be compared")
    if retention.evidence.data_until is not None:
        parts.append(f"data until {date(retention.evidence.data_until, retention.timezone)}")
    return " · ".join(parts)


def no_cells(retention: Retention) -> str:
    """What to do where there is no cell to show."""
    if retention.table.size:
        return f"The cells appear once a {retention.question.period} has passed since the first customers joined."
    every = "" if not _ever(retention) else ", or “Every time” under More, which counts customers anew in every period"
    return f"Without anyone who {_joined(retention)} there are no cohorts. Choose a longer period at the head of the page{every}."


def waves_told(retention: Retention, waves: Waves | None) -> str:
    """When all cohorts came back at once, and what rose then; "" where they did not."""
    if waves is None:
        return ""
    question, shown = retention.question, waves.starts[-6:]
    names = [start_label(start, question, retention.timezone, retention.cohorts) for start in shown]
    listed = names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
    earlier = f" (and {count(len(waves.starts) - len(shown))} earlier)" if len(waves.starts) > len(shown) else ""
    rose = f" What rose most then: {short(waves.event)}." if waves.event else ""
    ask = " If that is not the customers’ own doing, choose a return event that is." if waves.event and question.returning is None else ""
    when = f"In the {question.period}{'s' if len(names) > 1 else ''} of {listed}{earlier}"
    return f"{when} cohorts of every age came back at once, {percent(waves.more, 0)} above what their age would have it.{rose}{ask}"


def groups_told(retention: Retention, groups: Mapping[str, RetentionTable]) -> str:
    """The share of each group in one period, with its interval."""
    if len(groups) == 1:
        return f"Everyone measured is in one group: {short(next(iter(groups)) or 'missing', 24)}."
    places = [k for k in measured_places(retention) if sum(table.mean[k] is not None for table in groups.values()) > 1]
    if not places:
        return "No two groups have a period that is over."
    place = places[-1]
    parts = [
        f"{short(name or 'missing', 24)} {percent(mean)} ({between(percent(interval[0]), percent(interval[1]))})"
        for name, table in groups.items()
        if (mean := table.mean[place]) is not None and (interval := table.intervals[place]) is not None
    ]
    return f"In {_when(retention, place)}: " + " · ".join(parts)


def remarks(retention: Retention, rows: int, settled: int | None = None) -> str:
    """What a reader of a heatmap of so many rows should beware of; "" where nothing."""
    texts = []
    ready = sum(cohort.size > 0 and any(cohort.begun[1:]) for cohort in retention.cohorts)
    if ready > rows:
        texts.append(f"The newest {count(rows)} of {count(ready)} cohorts are shown; curve and download hold all.")
    early = [cohort for cohort in retention.cohorts if cohort.size and cohort.start < (settled or 0)]
    if len(early) > 1 and _ever(retention):
        until = start_label(early[-1].start, retention.question, retention.timezone, retention.cohorts)
        texts.append(f"Cohorts up to {until} may also hold customers who came before the log begins; comparisons leave them out.")
    elif retention.holds_log_start and _ever(retention):
        texts.append("The first cohort also holds customers who came before the log begins; comparisons leave it out.")
    if retention.question.mode == "on_or_after":
        texts.append("Older cohorts had more time to come back “or later”, so cohorts are not compared.")
    if not _ever(retention):
        texts.append("A customer can be in several cohorts, so these are not compared, and the mean is no list of customers.")
    return " ".join(texts)


def measured_places(retention: Retention) -> list[int]:
    """The entries with a mean that more than half of the cohorts that could have it have completed."""
    ready = [cohort for cohort in retention.cohorts if cohort.size and any(cohort.complete[1:])]
    enough = len(ready) / 2
    return [
        k
        for k in range(1, len(retention.mean))
        if retention.mean[k] is not None and sum(k < len(c.complete) and c.complete[k] for c in ready) > enough
    ]


def _told_apart(retention: Retention, comparison: Comparison) -> str:
    new, old = comparison.newer.shares[comparison.place], comparison.older.shares[comparison.place]
    since = start_label(comparison.newer.since, retention.question, retention.timezone, retention.cohorts)
    way = "more" if comparison.difference > 0 else "less"
    before = "before" if comparison.halves else f"for {joined_between(retention, comparison.older)}"
    return (
        f"Customers who {_joined(retention)} since {since} come back {way}: "
        f"{percent(new)} in {_when(retention, comparison.place)}, against {percent(old)} {before}."
    )


def _too_early(retention: Retention) -> str:
    period = retention.question.period
    if retention.question.clock == "calendar" and not any(any(cohort.begun[1:]) for cohort in retention.cohorts if cohort.size):
        return f"Not enough data yet: nobody has had a {period} after joining in which to come back."
    return f"Not enough data yet: no {period} after joining is over."


def _share(retention: Retention, place: int) -> str:
    """ "24% of customers come back in week 1", or "3 of 7 customers came back ..." where a percentage would pretend."""
    returned, size = retention.table.totals(place)
    if size < FEW:
        return f"{count(returned)} of {several(size, 'customer')} came back in {_when(retention, place)}"
    return f"{percent(retention.mean[place])} of customers come back in {_when(retention, place)}"


def _amount(retention: Retention, place: int) -> str:
    returned, size = retention.table.totals(place)
    return f"{count(returned)} of {count(size)}" if size < FEW else percent(retention.mean[place])


def _when(retention: Retention, place: int) -> str:
    return period_name(retention.question, place) + (" or later" if retention.question.mode == "on_or_after" else "")


def _ever(retention: Retention) -> bool:
    return retention.question.first == "ever"


def _joined(retention: Retention) -> str:
    """ "joined" where any event starts a customer; else what they did."""
    if retention.question.target is None:
        return "joined" if _ever(retention) else "were active"
    return f"{'first ' if _ever(retention) else ''}did {short(told_step(retention.question.target), 28)}"


def _returned(retention: Retention) -> str:
    question = retention.question
    what = "did anything" if question.returning is None else f"did {short(told_step(question.returning), 28)}"
    often = f" {question.minimum_occurrences} times" if question.minimum_occurrences > 1 else ""
    when = {"on": "in the {}", "on_or_after": "in the {} or later", "brackets": "within the {}s shown"}[question.mode].format(
        question.period
    )
    return f"{what} again{often} {when}" if question.returning is None else f"{what}{often} {when}"


def alt(retention: Retention, comparison: Comparison | None) -> str:
    """What the figures show, for who cannot see them."""
    return f"{sentence(retention, comparison)} {caption(retention, comparison)}"


def table(retention: Retention) -> pl.DataFrame:
    """One row per cohort and period: the share with its 95% interval, and whether the period is over."""
    return pl.DataFrame(
        [
            {
                "joined": local_iso(cohort.start, retention.timezone)[:10],
                "customers": cohort.size,
                retention.question.period: period_name(retention.question, place),
                "came_back": cohort.returned[place],
                "share": cohort.share(place),
                "low": (interval := wilson(cohort.returned[place], cohort.size)) and interval[0],
                "high": interval and interval[1],
                "complete": cohort.complete[place],
            }
            for cohort in retention.cohorts
            for place in range(1, sum(cohort.begun))
        ]
    )
