"""Where the log says who saw which variant, and which experiments it holds.

Tools name it in many ways: an event "Experiment viewed" with `experiment` and `variant`, "$feature_flag_called" with
`$feature_flag` and `$feature_flag_response`, or a `variant` that every event carries.  What is guessed can be overridden in
the question and, for good, in the workspace's settings.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from journey.answers import data_until
from journey.errors import QuestionError
from journey.rules import Binder, Property, known_properties
from journey.scope import refuse_unknown
from journey.warehouse import Warehouse, ask_sql, keep_setting, kept, setting, write

DAY = 86_400_000
SETTING = "exposure"
KEYS = ("event", "experiment", "variant")
EXPERIMENT_NAMES = (
    "featureflag", "experiment", "experimentname", "experimentid", "experimentkey", "abtest", "abtestname", "abtestid", "testname",
    "testid", "test", "flag", "flagkey", "flagname",
)  # fmt: skip
ALONE = (
    "featureflagresponse", "experimentvariant", "experimentgroup", "variantname", "variationname", "variant", "variation", "variantid",
    "variationid", "abgroup", "testgroup",
)  # fmt: skip
"""Names that say enough by themselves; those of BESIDE need the name of an experiment on the same event."""
BESIDE = ("group", "arm", "bucket", "treatment", "value", "response")
SHOWS = re.compile(r"expos|experiment|assign|flag|variant|variation|a/?b[ _-]?test", re.IGNORECASE)
MOST_VARIANTS = 20

CARRIED = """
-- Which events carry these properties?  Columns: name, rows, values (different ones of the variant).
select n.name, count(*) as rows, count(distinct {variant}) as "values"
from events e
join event_names n on n.event = e.event
where {variant} is not null and {named}
group by n.name
order by rows desc, n.name"""

SEEN = """
-- Which experiments does the log hold?  Columns: experiment, variant, customers, start and stop (ms, first and last exposure).
select {experiment} as experiment, {variant} as variant, count(distinct e.customer) as customers, min(e.ts) as start, max(e.ts) as stop
from events e
where {shown}
group by 1, 2
order by 1, 2"""


@dataclass(frozen=True)
class Exposure:
    """event: whose rows show a variant, None for any that carries it.  experiment, variant: its properties.

    experiment: None where the log holds one experiment only, which then goes by the name of the event or of the property.
    """

    event: str | None
    experiment: str | None
    variant: str

    @property
    def only(self) -> str:
        """The name of the experiment where no property names it."""
        return self.event or self.variant

    def as_plain(self) -> dict[str, Any]:
        return {"event": self.event, "experiment": self.experiment, "variant": self.variant}


@dataclass(frozen=True)
class Seen:
    """An experiment of the log.  start, stop: ms of its first and last exposure.  variants: name -> customers who saw it.

    running: exposures still come in: the last one is less than a day, or a tenth of its length if that is more (a week at
    most), before the data end.
    """

    name: str
    start: int
    stop: int
    variants: Mapping[str, int]
    running: bool


def read_exposure(plain: Any) -> Exposure:
    """{"event", "experiment", "variant"} -> where variants are shown.

    Raises: QuestionError: an unknown key, no variant, a name that is no text.
    """
    if not isinstance(plain, Mapping):
        raise QuestionError(f'exposure is {plain!r}; write {{"event": "Experiment viewed", "experiment": property, "variant": property}}.')
    refuse_unknown(plain, KEYS, "an exposure")
    for key in KEYS:
        value = plain.get(key)
        if (value is None and key == "variant") or (value is not None and (not isinstance(value, str) or not value)):
            raise QuestionError(
                f"The {key} of the exposure is {value!r}; write the name of {'an event' if key == 'event' else 'a property'}."
            )
    return Exposure(plain.get("event"), plain.get("experiment"), plain["variant"])


def keep_exposure(con: Warehouse, plain: Any) -> Exposure | None:
    """Hold on to where variants are shown, for all questions; None goes back to what is guessed."""
    found = None if plain is None else read_exposure(plain)
    with write(con):
        keep_setting(con, SETTING, None if found is None else found.as_plain())
    return found


def exposures(con: Warehouse) -> Exposure | None:
    """Where this log shows variants: as it was set, else as its names tell; None where it shows none."""
    told = setting(con, SETTING)
    return read_exposure(told) if told is not None else guessed_exposure(con)


def guessed_exposure(con: Warehouse) -> Exposure | None:
    """What the names of events and properties tell, once for every version of the data."""
    found: Exposure | None = kept(con, "exposure", lambda: _guess(con))
    return found


def _guess(con: Warehouse) -> Exposure | None:
    known = [prop for prop in known_properties(con) if prop.of == "event"]
    variants = _named(known, (*ALONE, *BESIDE))
    for experiment in (*_named(known, EXPERIMENT_NAMES), None):
        for variant in variants:
            if variant is experiment or (experiment is None and _plain(variant.name) not in ALONE):
                continue
            if found := _carried(con, experiment, variant):
                return found
    return None


def _named(known: list[Property], names: tuple[str, ...]) -> list[Property]:
    """Properties of these names, whatever their case and signs, in the order of the names."""
    return [prop for name in names for prop in known if _plain(prop.name) == name]


def _plain(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower())


def _carried(con: Warehouse, experiment: Property | None, variant: Property) -> Exposure | None:
    """The event that shows these: one named like it, else the only one, else any."""
    named = "true" if experiment is None else f"{experiment.sql()} is not null"
    rows = ask_sql(con, CARRIED.format(variant=variant.text(), named=named))
    names = rows["name"].to_list()
    if not names or (experiment is None and not 2 <= max(rows["values"].to_list()) <= MOST_VARIANTS):
        return None
    event = next((name for name in names if SHOWS.search(name)), names[0] if len(names) == 1 else None)
    return Exposure(event, None if experiment is None else experiment.name, variant.name)


@dataclass(frozen=True)
class Shown:
    """SQL over `events e`: the predicate of rows that show a variant of any experiment, and which of which."""

    sql: str
    experiment: str
    variant: str


def shown(binder: Binder, exposure: Exposure) -> Shown:
    """Of a property that the log never held nothing is shown; the binder warns, naming the nearest."""
    event = binder.match(exposure.event).sql
    variant = binder.property(exposure.variant)
    named = None if exposure.experiment is None else binder.property(exposure.experiment)
    if variant is None or (exposure.experiment is not None and named is None):
        return Shown("false", "''", "''")
    whole = f"{event} and {variant.text()} <> ''"  # a blank variant is none, nor is a missing one
    if named is None:
        return Shown(whole, binder.bind(exposure.only, "only"), variant.text())
    return Shown(f"{whole} and {named.sql()} is not null", named.text(), variant.text())


def experiments_in(con: Warehouse, exposure: Exposure | None = None) -> tuple[Seen, ...]:
    """All experiments that the log holds, by name; () where it shows no variants."""
    where = exposure or exposures(con)
    if where is None:
        return ()
    return kept(con, f"experiments of {where}", lambda: _seen(con, where))


def _seen(con: Warehouse, exposure: Exposure) -> tuple[Seen, ...]:
    binder = Binder(con)
    found = shown(binder, exposure)
    rows = ask_sql(con, SEEN.format(experiment=found.experiment, variant=found.variant, shown=found.sql), binder.params)
    end, told = data_until(con) or 0, []
    for name in dict.fromkeys(rows["experiment"].to_list()):
        of = rows.filter(rows["experiment"] == name)
        start, stop = int(of["start"].min()), int(of["stop"].max())  # type: ignore[arg-type]
        told.append(Seen(name, start, stop, dict(of.select("variant", "customers").iter_rows()), still_shown(start, stop, end)))
    return tuple(told)


def still_shown(start: int, stop: int, until: int) -> bool:
    """Whether exposures from start to stop are still coming in where the data reach until then; ms."""
    return until - stop < min(max(DAY, (stop - start) // 10), 7 * DAY)
