"""Stages written as text read back as the same stages."""

import pytest

from journey.catalogs import default_text, parse
from journey.rules.staged import STARTERS, StageRule, read_stage_rules
from journey.rules.staged_text import event_lists, stages_text, with_events


@pytest.mark.parametrize("name", STARTERS)
def test_what_is_written_reads_back_as_it_was(name: str) -> None:
    stages = read_stage_rules(parse(default_text(name), name))
    assert read_stage_rules(parse(stages_text(stages), name)) == stages


def test_names_may_hold_anything() -> None:
    stages = (
        StageRule('a "b" \\ \n é \x7f 🐈', "x", {"did": {"any_of": ["]", '"', "x = 1"]}, "times": ">=2"}, 1),
        StageRule("rest", "", {"all": []}, 2),
    )
    assert read_stage_rules(parse(stages_text(stages), "stages")) == stages


def test_the_events_of_a_rule_are_found_and_changed_in_their_place() -> None:
    stage = StageRule("s", "", {"any": [{"did": {"any_of": ["a", "b"]}}, {"all": [{"distinct": "session", "of": {"any_of": ["c"]}}]}]}, 1)
    assert event_lists(stage.rule) == [(("any", 0, "did", "any_of"), ("a", "b")), (("any", 1, "all", 0, "of", "any_of"), ("c",))]
    changed = with_events(stage, ("any", 1, "all", 0, "of", "any_of"), ["d", "e"])
    assert event_lists(changed.rule)[1][1] == ("d", "e") and event_lists(changed.rule)[0] == event_lists(stage.rule)[0]
