"""Times as they come - ISO texts, epoch numbers, local formats - as milliseconds since 1970 UTC."""

from dataclasses import dataclass

import polars as pl

from journey.errors import LoadError
from journey.warehouse import Warehouse, literal, quote

LOCAL_FORMATS = (
    "%Y%m%d",
    "%Y%m%d%H%M%S",
    "%Y/%m/%d %H:%M:%S",
    "%Y/%m/%d %H:%M",
    "%d.%m.%Y %H:%M:%S",
    "%d.%m.%Y %H:%M",
    "%d.%m.%Y",
    "%d/%m/%Y %H:%M:%S",
    "%m/%d/%Y %H:%M:%S",
    "%d/%m/%Y %H:%M",
    "%m/%d/%Y %H:%M",
    "%d/%m/%Y",
    "%m/%d/%Y",
    "%m/%d/%Y %I:%M:%S %p",
    "%d/%m/%Y %I:%M:%S %p",
    "%d %b %Y %H:%M:%S",
    "%a, %d %b %Y %H:%M:%S %z",
    "%d/%b/%Y:%H:%M:%S %z",
)
EARLIEST = -62135596800000  # year 1
LATEST = 253402300799999  # year 9999
ISO = r"^\s*[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}([T ].*)?$"
NUMBER = r"^\s*-?[0-9]+(\.[0-9]+)?\s*$"
PER_MS = {"s": (1000, 1), "ms": (1, 1), "us": (1, 1_000), "ns": (1, 1_000_000)}


@dataclass(frozen=True)
class TimeForm:
    """How a column tells the time.  form: typed | epoch | iso | local; told: the same in words, for the preview."""

    form: str
    told: str
    format: str | None = None


NO_TIMES = TimeForm("iso", "ISO-8601 times")  # what is expected of a column that holds nothing yet


def time_form(con: Warehouse, values: pl.Series, format: str | None = None) -> TimeForm | None:
    """What the values look like; None where they do not look like times.

    Raises:
        LoadError: day and month cannot be told apart, and both readings fit every value.
    """
    if values.dtype.is_temporal() and values.dtype not in (pl.Time, pl.Duration):
        zone = getattr(values.dtype, "time_zone", None)
        return TimeForm("typed", f"dates and times{', ' + zone if zone else ' without a zone'}")
    if format:
        return TimeForm("local", f"times written as {format}", format)
    values = values.drop_nulls()
    if values.is_empty():
        return None
    if values.dtype.is_numeric():
        return _epoch(con, values.cast(pl.String))
    if values.dtype != pl.String:
        return None
    numbers, isos = (int(values.str.contains(pattern).sum()) / len(values) for pattern in (NUMBER, ISO))
    if numbers > 0.8:
        return _epoch(con, values)
    if isos > 0.2 and isos + numbers > 0.5:
        return TimeForm("iso", "ISO-8601 " + _zones(values) + (" and epoch numbers" if numbers else ""))
    return _local(con, values)


def _zones(values: pl.Series) -> str:
    zoned = int(values.str.contains(r"(Z|[+-][0-9]{2}(:?[0-9]{2})?)\s*$").sum())
    return "with a zone" if zoned == len(values) else "with and without a zone" if zoned else "without a zone"


def _epoch(con: Warehouse, texts: pl.Series) -> TimeForm | None:
    days = int(texts.str.contains(r"^(19|20)[0-9]{6}([0-9]{6})?$").sum())
    if days > 0.8 * len(texts) and (compact := _fitting(con, texts, LOCAL_FORMATS[:2])):
        return TimeForm("local", f"times written as {compact[0]}", compact[0])
    size = texts.cast(pl.Float64, strict=False).abs().median()
    if not isinstance(size, float) or size < 1e8:
        return None
    unit = "seconds" if size < 1e11 else "milliseconds" if size < 1e14 else "microseconds" if size < 1e17 else "nanoseconds"
    return TimeForm("epoch", f"{unit} since 1970")


def _local(con: Warehouse, texts: pl.Series) -> TimeForm | None:
    fits = _fitting(con, texts, LOCAL_FORMATS)
    if len(fits) > 1:
        raise LoadError(
            f"Times like {texts[0]!r} can be read as {fits[0]} and as {fits[1]}, and every value fits both. "
            f"Say which, under File options or with --map format={fits[0]!r}."
        )
    return TimeForm("local", f"times written as {fits[0]}", fits[0]) if fits else None


def _fitting(con: Warehouse, texts: pl.Series, formats: tuple[str, ...]) -> list[str]:
    """The formats that read nearly all of the values, the best ones."""
    db = con.connection
    db.register("times", pl.DataFrame({"t": texts.str.strip_chars()}))
    counts = db.execute(
        "select " + ", ".join(f"count(try_strptime(t, {literal(format)}))" for format in formats) + ", count(*) from times"
    ).fetchall()[0]
    db.unregister("times")
    if counts is None or max(counts[:-1]) < 0.8 * counts[-1]:
        return []
    return [format for format, count in zip(formats, counts, strict=False) if count == max(counts[:-1])]


def ms_sql(column: str, dtype: pl.DataType, form: TimeForm, zone: str, unit: str | None) -> str:
    """SQL for the time in ms; null where a value is no time or lies beyond the years 1 to 9999.

    A text that names a zone keeps it; one that names none is of `zone`.  A local time that a clock change skips is read
    one hour later; one that happens twice is read as the second.
    """
    value = quote(column)
    if form.form == "typed":
        zoned = getattr(dtype, "time_zone", None) is not None
        return _ms(f"{value}::timestamptz" if zoned else _local_time(f"{value}::timestamp", zone))
    if form.form == "local" and form.format is not None:
        parsed = f"try_strptime(trim({value}::varchar), {literal(form.format)})"
        return _ms(parsed if "%z" in form.format.lower() else _local_time(parsed, zone))
    if dtype.is_numeric():
        return _epoch_ms(f"{value}::double", unit)
    # a column may mix both, row by row: what is a number is an epoch, what is not is a text
    texts, numbers = _iso_ms(f"{value}::varchar", zone), _epoch_ms(f"try_cast({value}::varchar as double)", unit)
    return f"coalesce({texts}, {numbers})" if form.form == "iso" else f"coalesce({numbers}, {texts})"


def _iso_ms(value: str, zone: str) -> str:
    """A cast to TIMESTAMP would drop the offset silently, so zones go through TIMESTAMPTZ."""
    aware = f"try_cast(trim({value}) as timestamptz)"
    if zone == "UTC":
        return _ms(aware)
    zoned = f"regexp_matches({value}, '(Z|z|[+-][0-9]{{2}}(:?[0-9]{{2}})?| [A-Za-z/_]+)\\s*$') and length(trim({value})) > 10"
    return _ms(f"case when {zoned} then {aware} else {_local_time(f'try_cast(trim({value}) as timestamp)', zone)} end")


def _local_time(timestamp: str, zone: str) -> str:
    return timestamp if zone == "UTC" else f"timezone({literal(zone)}, {timestamp})"


def _ms(timestamp: str) -> str:
    """The range keeps infinity out, and years that no calendar shows."""
    return f"case when {timestamp} between timestamp '0001-01-01' and timestamp '9999-12-31 23:59:59.999' then epoch_ms({timestamp}) end"


def _epoch_ms(number: str, unit: str | None) -> str:
    """Without a unit each number tells its own by its size: seconds until 5138, milliseconds from 1973 on."""
    if unit:
        times, by = PER_MS[unit]
        scaled = f"round({number} * {times})" if by == 1 else f"floor({number} / {by})"
    else:
        scaled = (
            f"case when abs({number}) < 1e11 then round({number} * 1000) when abs({number}) < 1e14 then floor({number}) "
            f"when abs({number}) < 1e17 then floor({number} / 1000) else floor({number} / 1000000) end"
        )
    return f"case when isfinite({number}) and {scaled} between {EARLIEST} and {LATEST} then ({scaled})::bigint end"
