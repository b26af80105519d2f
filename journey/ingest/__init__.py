"""Files to events: `load_events(con, source, mapping)` loads a log whole or not at all and returns its receipt.

`preview_file(path)` looks at a file first; `load_customers` and `load_consent` load the tables that stand beside events.
"""

from journey.ingest.guess import Guess
from journey.ingest.ledger import LoadReceipt
from journey.ingest.load import load_events
from journey.ingest.preview import Preview, preview_file
from journey.ingest.tables import load_consent, load_customers

__all__ = ["Guess", "LoadReceipt", "Preview", "load_consent", "load_customers", "load_events", "preview_file"]
