"""Files to events."""

import json
from typing import Any
import polars as pl
from journey.warehouse import Warehouse, quote, write


def load_events(con: Warehouse, source: Any, mapping: Any = None) -> None:
    """INTERIM, replaced by the real loader: a frame with customer, event, ts and properties, into an empty workspace."""
    frame = source
    props = [c for c in frame.columns if c not in ("customer", "event", "ts", "session")]
    kinds = {pl.Int64: "bigint", pl.Float64: "double", pl.Boolean: "boolean"}
    with write(con) as db:
        types = {}
        for p in props:
            col = frame[p]
            if col.dtype == pl.String:
                num = col.cast(pl.Float64, strict=False)
                if num.null_count() == col.null_count() and col.null_count() < len(col):
                    frame = frame.with_columns(num if (num != num.round()).any() else num.cast(pl.Int64))
            types[p] = kinds.get(type(frame[p].dtype), kinds.get(frame[p].dtype, "varchar"))
            db.execute(f"alter table events add column {quote('p_' + p.lower())} {types[p]}")
            db.execute("insert into properties values ('event', ?, ?, ?, false)", [p, "p_" + p.lower(), types[p]])
        frame = frame.with_columns(pl.col("ts").dt.epoch("ms").alias("ts")).with_row_index("seq")
        db.register("incoming", frame.to_arrow())
        db.execute(
            "insert into event_names select row_number() over (order by event) - 1, event from (select distinct event from incoming)"
        )
        db.execute(
            "insert into customers select row_number() over (order by customer) - 1, customer, count(*), min(ts), max(ts) from incoming group by customer"
        )
        db.execute("insert into customer_ids select id, 'customer', customer, null from customers")
        cols = "".join(f", i.{quote(p)}" for p in props)
        db.execute(f"""insert into events
            select c.customer, i.ts, i.seq, n.event,
                   1 + sum(case when i.ts - prev > 1800000 then 1 else 0 end) over (partition by i.customer order by i.ts, i.seq rows unbounded preceding),
                   1, hash(i.seq){cols}
            from (select *, lag(ts) over (partition by customer order by ts, seq) as prev from incoming) i
            join customers c on c.id = i.customer join event_names n on n.name = i.event order by 1, 2, 3""")
        db.execute("update dataset set version = version + 1")
