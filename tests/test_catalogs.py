"""Catalogs: the shipped text until a person writes their own, whole or not at all."""

from pathlib import Path

import pytest

from journey.catalogs import CatalogError, catalog_text, default_text, is_edited, read_catalog, reset_catalog, write_catalog
from journey.rules.staged import read_stage_rules
from journey.warehouse import open_warehouse
from tests.lent import empty_warehouse


@pytest.mark.parametrize("place", ["memory", "folder"])
def test_an_edited_catalog_holds_until_it_is_reset(place: str, tmp_path: Path) -> None:
    with open_warehouse(":memory:" if place == "memory" else tmp_path / "w") as con:
        assert catalog_text(con, "stages") == default_text("stages")
        write_catalog(con, "stages", "a = 1\n")
        assert (read_catalog(con, "stages"), is_edited(con, "stages")) == ({"a": 1}, True)
        with pytest.raises(CatalogError, match="line 1"):
            write_catalog(con, "stages", "a = = 2")
        assert read_catalog(con, "stages") == {"a": 1}
        reset_catalog(con, "stages")
        assert catalog_text(con, "stages") == default_text("stages")


def test_a_file_broken_by_hand_is_named(tmp_path: Path) -> None:
    with open_warehouse(tmp_path / "w") as con:
        (tmp_path / "w" / "stages.toml").write_text("[[stage")
        with pytest.raises(CatalogError, match=r"stages\.toml.*reset it"):
            read_catalog(con, "stages")


@pytest.mark.parametrize("name", ["../secret", "nothing", "A b"])
def test_only_catalogs_are_read(name: str) -> None:
    with empty_warehouse() as con, pytest.raises(CatalogError):
        read_catalog(con, name)


@pytest.mark.parametrize("name", ["stages", "stages_any_log"])
def test_the_shipped_stages_are_stages(name: str) -> None:
    with empty_warehouse() as con:
        assert 5 <= len(read_stage_rules(read_catalog(con, name))) <= 10
