"""What is known of each customer as of a day: one row per customer, one number per feature, blind to the future.

`take_snapshot` gives the features that models learn from and score by; `read_feature_catalog` what features.toml says.
"""

from journey.features.catalog import Entry, read_feature_catalog
from journey.features.definition import known_by_name
from journey.features.feature import FAMILIES, Feature, read_feature
from journey.features.snapshot import Snapshot, take_snapshot
from journey.features.told import TOLD, dates_back, holds_since

__all__ = [
    "FAMILIES",
    "TOLD",
    "Entry",
    "Feature",
    "Snapshot",
    "dates_back",
    "holds_since",
    "known_by_name",
    "read_feature",
    "read_feature_catalog",
    "take_snapshot",
]
