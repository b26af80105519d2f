"""How the files are handed out to several processes: the slow ones first, and all that needs a browser to one of them.

What is the same for every test is done once a process: the garbage of collecting is not looked for, what is imported is not
looked through at every page shown, and the packages are searched for components of Streamlit a single time.
"""

import gc
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from streamlit.components.v2 import manifest_scanner

ROOT = Path(__file__).parent
BROWSER = "tests/browser/"
# Long files of few tests, longest first.  Begun last, one of them would keep a single core busy while the others idle.
FIRST = [
    "browser",
    "demo",
    "ingest/test_faults.py",
    "funnels/test_oracle.py",
    "paths/test_two_ways.py",
    "paths/test_definition.py",
    "test_ask.py",
    "test_marks.py",
    "rules/test_conditions.py",
    "predict",
    "pages",
    "funnels",
    "paths",
    "stages",
    "retention",
    "lifecycle",
    "journeys",
]


def rank(path: Path) -> int:
    """Where a file stands: among the first by the longest name that fits it, or after them all."""
    within = path.relative_to(ROOT)
    names = [within.as_posix(), *(folder.as_posix() for folder in within.parents)]
    return next((FIRST.index(name) for name in names if name in FIRST), len(FIRST))


manifest_scanner.scan_component_manifests = cache(manifest_scanner.scan_component_manifests)  # 70 ms for each page opened


def pytest_collection() -> None:
    gc.disable()


def pytest_collection_finish() -> None:
    gc.enable()
    gc.freeze()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: rank(item.path))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """By file, in the order of collection; every process that meets a browser test would start a browser and a server."""
    if config.getoption("dist") != "loadfile":
        return None
    from xdist.scheduler import LoadFileScheduling

    class OneBrowser(LoadFileScheduling):
        def _split_scope(self, nodeid: str) -> str:
            return BROWSER if nodeid.startswith(BROWSER) else str(super()._split_scope(nodeid))

    config.option.loadscopereorder = False  # it would put files of many tests first, however quick these are
    return OneBrowser(config, log)
