"""An empty workspace again, so that a person's own log does not mix with the simulated shop."""

import shutil

from journey.index import forget_index
from journey.warehouse import SCHEMA, Warehouse, dataset_version, setting, write

TABLES = (
    "events", "customers", "customer_ids", "event_names", "properties", "consent", "quarantine", "loads", "settings", "dataset",
    "models", "scores", "proposals", "action_steps", "action_refusals", "deliveries", "action_runs", "experiment_plans",
    "experiment_looks", "experiment_decisions", "roi_scenarios",
)  # fmt: skip
KEPT = ("action_versions",)  # what a person wrote stays, as edited stages and journeys do
SIMULATED = "demo"


def start_over(con: Warehouse) -> None:
    """Drop every fact in one transaction.  The version goes on rising, so that no cache answers from before."""
    version = dataset_version(con) + 1
    with write(con) as db:
        for table in TABLES:
            db.execute(f"drop table {table}")
        db.execute(SCHEMA.read_text())
        db.execute("insert into dataset select ?, hash('journey')", [version])
    forget_index(con)
    if con.folder is not None:
        (con.folder / "demo_truth.json").unlink(missing_ok=True)
        shutil.rmtree(con.folder / "models", ignore_errors=True)


def make_room(con: Warehouse) -> bool:
    """Remove the simulated shop, where that is what the workspace holds; True where it was."""
    simulated = bool(setting(con, SIMULATED, False))
    if simulated:
        start_over(con)
    return simulated
