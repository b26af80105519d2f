"""The rules of the house: who may import whom, which package is used in which room, how large a file may grow."""

import ast
import re
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parent.parent
FILES = sorted([*ROOT.glob("journey/**/*.py"), *ROOT.glob("pages/**/*.py"), ROOT / "app.py"])
BANDS = [
    {"errors", "inference", "scope", "answers", "periods", "catalogs", "spreadsheet", "warehouse"},
    {"ingest", "identity", "timeline", "index", "rules"},
    {"occurrences", "features", "tables"},
    {"funnels", "paths", "sessions", "retention", "lifecycle", "metrics", "segments", "stages", "journeys", "attribution", "predict"},
    {"actions", "experiments", "roi", "customer", "worklist"},
    {"charts", "stream"},
    {"ask", "cli", "serve", "demo", "__main__"},
]
ROOMS = {
    "streamlit": ("app.py", "pages/"),
    "plotly": ("journey/charts/",),
    "sklearn": ("journey/predict/", "journey/stages/", "journey/segments/", "journey/actions/"),
    "statsmodels": ("journey/inference/", "journey/experiments/", "journey/predict/", "journey/attribution/", "journey/roi/"),
    "scipy": ("journey/inference/", "journey/experiments/", "journey/predict/", "journey/attribution/", "journey/roi/"),
    "shap": ("journey/predict/",),
    "numba": ("journey/index/",),
    "confluent_kafka": ("journey/stream/kafka.py",),
    "urllib3": ("journey/actions/delivery/post.py",),  # the one place from which anything is sent
    "requests": (),
    "httpx": (),
}
CONDUCTED = {"identity", "timeline", "index"}
NO_ROOM = {"utils", "util", "helpers", "common", "manager", "base", "core", "misc"}
LONGEST = 300
LONGEST_PAGE = 90


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@cache
def imports(path: Path) -> frozenset[str]:
    """Dotted names of all that the file imports, wherever in it, by name at run time too."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
        elif isinstance(node, ast.Call) and _called(node) == "import_module":
            found |= {arg.value for arg in node.args if isinstance(arg, ast.Constant) and isinstance(arg.value, str)}
    return frozenset(found)


def _called(node: ast.Call) -> str:
    """The last word of what is called."""
    return getattr(node.func, "attr", getattr(node.func, "id", ""))


def room_of(path: Path) -> str:
    parts = path.relative_to(ROOT / "journey").parts
    return parts[0].removesuffix(".py")


def rooms_imported(path: Path) -> set[str]:
    return {dotted.split(".")[1] for dotted in imports(path) if dotted.startswith("journey.")}


def band(room: str) -> int:
    return next(number for number, rooms in enumerate(BANDS) if room in rooms)


def test_imports_point_down() -> None:
    inner = [path for path in FILES if name(path).startswith("journey/") and name(path) != "journey/__init__.py"]
    for importing, other in ((path, other) for path in inner for other in rooms_imported(path) - {room_of(path)}):
        room = room_of(importing)
        if room == "ingest" and other in CONDUCTED:
            continue  # loading conducts the rooms of facts
        if band(room) in (0, len(BANDS) - 1) and band(other) <= band(room):
            continue  # the ground and the doors stand in a row of their own, in the order below
        assert band(other) < band(room), f"{name(importing)} imports journey.{other}, which is not below it"


def test_the_ground_has_no_circles() -> None:
    order = {"errors": set(), "inference": set(), "warehouse": {"errors"}, "scope": {"errors"}}
    for path in FILES:
        if name(path).startswith("journey/") and room_of(path) in order:
            assert rooms_imported(path) - {room_of(path)} <= order[room_of(path)], name(path)


def test_packages_stay_in_their_rooms() -> None:
    for path in FILES:
        for package in {dotted.split(".")[0] for dotted in imports(path)} & ROOMS.keys():
            kernel = package == "numba" and path.name == "kernel.py"
            assert kernel or name(path).startswith(ROOMS[package]), f"{package} is used in {name(path)}"


def test_the_warehouse_opens_workspaces_and_the_parser_its_own() -> None:
    opening = {name(path) for path in FILES if re.search(r"\bduckdb\.connect\b", path.read_text())}
    assert opening == {"journey/warehouse.py", "journey/ingest/parse.py"}


def test_pages_hold_no_sql() -> None:
    for path in (path for path in FILES if name(path).startswith("pages/")):
        nodes = ast.walk(ast.parse(path.read_text()))
        texts = [node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)]
        sql = [text for text in texts if re.match(r"\s*(select|with|insert|update|delete)\s.*\bfrom\b", text, re.I | re.S)]
        assert not sql, name(path)


def test_charts_ask_nothing() -> None:
    for path in (path for path in FILES if name(path).startswith("journey/charts/")):
        assert "warehouse" not in rooms_imported(path), name(path)
        assert "duckdb" not in imports(path), name(path)


def test_files_stay_readable() -> None:
    for path in FILES:
        lines = len(path.read_text().splitlines())
        page = path.parent == ROOT / "pages"
        assert lines <= (LONGEST_PAGE if page else LONGEST), f"{name(path)} has {lines} lines"
        assert not {part.removesuffix(".py") for part in path.relative_to(ROOT).parts} & NO_ROOM, name(path)


def test_nothing_injects_html() -> None:
    for path in FILES:
        text = path.read_text()
        assert "unsafe_allow_html" not in text, name(path)
        assert 'type="primary"' not in text, name(path)


def test_every_module_says_what_it_is() -> None:
    silent = [name(path) for path in FILES if not ast.get_docstring(ast.parse(path.read_text()))]
    assert not silent
