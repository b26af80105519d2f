"""Whatever is done in whatever order, nothing is lost, nothing repeated, and no guardrail passed.

Ten thousand calls with the workspace closed and opened in between, and killed in the middle of writing: `python -m
bench.proof ledger`.
"""

from pathlib import Path

import pytest

from journey.actions.ledger.rows import append_proposals
from tests.actions.ledger_model import World
from tests.actions.ledger_proof import breaches, differences, prepared, tried
from tests.actions.shop import NOW, proposal


def test_random_operations_do_what_a_second_ledger_in_memory_foretells(tmp_path: Path) -> None:
    counts = tried(tmp_path / "ws", 120, seed=12, most=5)
    assert counts["operations"] > 240 and min(counts[each] for each in ("sent", "exported", "held", "expired", "reopen")) > 0


def test_what_is_lost_repeated_or_forbidden_is_found() -> None:
    con = prepared(None)
    assert not differences(con, World()) and not breaches(con)
    steps = "insert into action_steps values ({}, 'x', '{}', {}, 'hook', '', '{}', false)"
    con.connection.execute(steps.format(1, "waiting", NOW, "a"))
    assert "1 steps for 0" in differences(con, World())[0]
    append_proposals(con, [proposal("hal", proposal="x", arm="treated")])
    con.connection.execute(steps.format(2, "sent", NOW, "b"))
    assert [told.split(" ", 1)[1] for told in breaches(con)] == [
        "reached hal, who is held out.",
        "was handed over without a person's approval.",
    ]


@pytest.mark.parametrize("seed", [1, 2])
def test_the_same_seed_draws_the_same_operations(seed: int) -> None:
    import random

    def drawn() -> list[object]:
        rng, world = random.Random(seed), World()
        return [(done := world.next(rng), world.apply(done)) for _ in range(50)]

    assert repr(drawn()) == repr(drawn())
