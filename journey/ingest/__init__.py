"""Files to events: `load_events(con, source, mapping)` loads a log whole or not at all and returns its receipt."""

from journey.ingest.ledger import LoadReceipt
from journey.ingest.load import load_events

__all__ = ["LoadReceipt", "load_events"]
