"""A shop with a few customers and three actions, and proposals as a run would make them.

ann, bob, cid, dee   allow marketing         eve   said nothing of it
fay                  is marked as minor      hal   is held out

The log ends on 2026-03-02 at 12:00; wall clocks in tests count from NOW, noon of a later day.
"""

from dataclasses import replace
from typing import Any

import polars as pl

from journey.actions.ledger import Proposal, book, decide, find_entry, proposal_key
from journey.catalogs import write_catalog
from journey.ingest import load_consent, load_customers, load_events
from journey.scope import read_time, read_zone
from journey.warehouse import Warehouse
from tests.drawn import drawn_frame
from tests.lent import lent_as

NOW = read_time("2026-06-01T12:00:00", read_zone("UTC"), "now") or 0
END = read_time("2026-03-02T12:00:00", read_zone("UTC"), "end") or 0
HOUR, DAY = 3_600_000, 86_400_000
PEOPLE = ("ann", "bob", "cid", "dee", "eve", "fay", "hal")
CATALOG = """
[guardrails]
caps = [{ times = 1, within = "1d" }, { times = 2, within = "7d" }]
quiet = [20, 8]
zone = "zone"
protected = ["minor"]
holdout = 0.1
holdout_by = "held"
# more

[[action]]
name = "Mail"
channel = "email"
owner = "Marketing"
cost = 0.1
cooldown = "14d"
valid = "3d"
wanted = { did = "buy", within = "7d" }
[[action.variant]]
name = "Morning"
[[action.variant]]
name = "Evening"
weight = 2

[[action]]
name = "Call"
channel = "phone"
owner = "Service"
purpose = ""
cost = 3.0
cooldown = "2d"
persuades = false
wanted = { did = "buy", within = "7d" }

[[action]]
name = "Note"
channel = "email"
purpose = ""
approval = false
cooldown = "1d"
wanted = { did = "buy", within = "7d" }
"""


LEDGER = ("deliveries", "action_steps", "action_refusals", "proposals")
BUILT: list[Warehouse] = []


def shop(guardrails: str = "") -> Warehouse:
    """The shop with an empty ledger.  guardrails: more lines of TOML for them.  Its log is not to be added to: see `new_shop`."""
    if not BUILT:
        BUILT.append(new_shop())
    con = BUILT[0]
    con.connection.execute(";".join(f"delete from {table}" for table in LEDGER))
    write_catalog(con, "actions", CATALOG.replace("# more", guardrails))
    return con


def new_shop(con: Warehouse | None = None) -> Warehouse:
    """One of its own."""
    if con is None:
        con = lent_as("the shop of actions", load_shop)
    else:
        load_shop(con)
    write_catalog(con, "actions", CATALOG)
    return con


def load_shop(con: Warehouse) -> None:
    lines = [f"{one} 09:00 visit{{price=1}} 11:00 buy{{price={20 + place}}}" for place, one in enumerate(PEOPLE)]
    load_events(con, drawn_frame(*lines, "zoe 12:00 visit"))
    told = {"customer": PEOPLE, "minor": [one == "fay" for one in PEOPLE], "held": [one == "hal" for one in PEOPLE]}
    load_customers(con, pl.DataFrame({**told, "zone": ["UTC"] * len(PEOPLE)}))
    consents(con, {one: True for one in PEOPLE if one != "eve"}, "2026-03-01")


def consents(con: Warehouse, said: dict[str, bool], day: str) -> None:
    rows = {"customer": list(said), "purpose": ["marketing"] * len(said), "given": list(said.values()), "ts": [day] * len(said)}
    load_consent(con, pl.DataFrame(rows))


def proposal(customer: str = "ann", action: str = "Mail", occasion: Any = "march", **changed: Any) -> Proposal:
    """What a run proposes: "Mail" by email, worth 2 to 4, valid for three days of the machine's clock."""
    channel = "phone" if action == "Call" else "email"
    made = Proposal(
        proposal=proposal_key(customer, action, occasion),
        customer_id=customer,
        action=action,
        variant="Morning" if action == "Mail" else "",
        channel=channel,
        trigger_name="Quiet",
        stage="",
        arm="holdout" if customer == "hal" else "treated",
        propensity=1.0,
        variant_propensity=1.0,
        expected_value=3.0,
        low=2.0,
        high=4.0,
        cost={"Mail": 0.1, "Call": 3.0}.get(action, 0.0),
        as_of=END + 1,
        act_by=END + 1 + 3 * DAY,
        proposed_at=NOW,
        run="daily 1",
    )
    return replace(made, **changed)


def ready(con: Warehouse, customer: str = "ann", action: str = "Mail", occasion: str = "march", at: int = NOW) -> str:
    """A proposal that was approved."""
    (key,) = book(con, [proposal(customer, action, occasion)], by="daily 1", at=at).new
    if find_entry(con, key).state == "waiting":
        decide(con, key, "approved", by="Ann", at=at)
    return key
