"""After the warm start every question that the index answers is answered by it."""

from pathlib import Path
from typing import Any

import pytest

from journey.ask import ask
from journey.index import open_index, use_index
from journey.serve.kernels import QUESTIONS, warm_kernels
from journey.warehouse import open_warehouse
from tests.drawn import drawn

LOG = ("ann 09:00 a 09:05 b{kind=x,price=3} 09:10 c", "bob 08:00 a{kind=y} +1d 08:00 b{kind=x} 09:00 c{price=1}", "cat 07:00 c 07:01 a")
SHARED = ("definition", "sql", "parameters", "warnings")


@pytest.fixture(scope="module")
def notes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("notes")


@pytest.fixture(scope="module")
def warm(notes: Path) -> Any:
    with open_warehouse(":memory:") as empty:
        warm_kernels(lambda: empty, notes).join(300)
    yield
    use_index(False)


def test_a_later_start_uses_the_index_at_once(warm: None, notes: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    use_index(False)
    monkeypatch.setattr("journey.serve.kernels.compile_kernels", lambda: pytest.fail("compiled anew"))
    with drawn(*LOG) as con:
        thread = warm_kernels(lambda: con, notes)
        assert open_index(con) is not None
        thread.join(60)


def test_other_sources_are_compiled_anew(warm: None, notes: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    compiled: list[bool] = []
    monkeypatch.setattr("journey.serve.kernels.compile_kernels", lambda: compiled.append(True))
    monkeypatch.setattr("journey.serve.kernels.QUESTIONS", [])
    with open_warehouse(":memory:") as empty:
        warm_kernels(lambda: empty, notes).join(60)
    assert compiled


@pytest.mark.parametrize("question", QUESTIONS, ids=str)
def test_the_answer_is_the_same_with_and_without_the_index(warm: None, question: dict[str, Any]) -> None:
    with drawn(*LOG) as con:
        assert open_index(con) is not None
        fast = ask(con, question)
    use_index(False)
    with drawn(*LOG) as con:
        assert open_index(con) is None
        assert {**fast, **dict.fromkeys(SHARED)} == {**ask(con, question), **dict.fromkeys(SHARED)}
    use_index()
