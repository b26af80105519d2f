"""Reference values and public data, where the environment says where they are."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

FEATURES = ["recency", "history", "mens", "womens", "newbie", "history_segment", "zip_code", "channel"]
"""Of the Hillstrom customers: all that was known before the mail."""


def case(name: str) -> dict[str, Any]:
    """Inputs and expected values."""
    folder = os.environ.get("JOURNEY_CASES")
    if folder is None:
        pytest.skip("JOURNEY_CASES names no folder with reference values")
    found = json.loads((Path(folder) / "reference_values.json").read_text())
    return next(one for one in found if one["name"] == name)


def data(name: str) -> str:
    """The path of a public file."""
    folder = os.environ.get("JOURNEY_DATA")
    if folder is None:
        pytest.skip("JOURNEY_DATA names no folder with public data")
    return str(Path(folder) / name)
