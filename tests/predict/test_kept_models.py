"""Models that are kept: the same from the same data, put in use only where they win, rolled back, scored, told on cards."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from journey.ask import ask
from journey.cli import main
from journey.errors import QuestionError, WorkspaceError
from journey.features import take_snapshot
from journey.ingest import load_customers, load_events
from journey.predict import save_prediction
from journey.predict.measure import LAST
from journey.predict.store import (
    ModelCard,
    Trained,
    champion,
    chance_of,
    forget_scores,
    history,
    kept_record,
    model_cards,
    roll_back,
    score,
    train,
)
from journey.predict.store.duel import judge
from journey.predict.store.files import folder_of
from journey.predict.store.groups import groups_of
from journey.predict.store.looking import end_of_data, look_as
from journey.predict.store.record import Record, keep_record, read_record
from journey.predict.store.states import promote
from journey.warehouse import Warehouse, ask_sql, one, open_warehouse, write
from tests.drawn import drawn, drawn_frame
from tests.lent import empty_warehouse

DAY = 86_400_000
START = 1_767_225_600_000  # 2026-01-01, UTC
MAPPING = {"customer": "customer", "event": "event", "ts": "ts", "unit": "ms"}
NAME = "quiet"


def log(seed: int, people: int = 1_300, days: int = 130) -> pl.DataFrame:
    """Customers come often or seldom, each in their own rhythm, until they stop for good; those who met errors stop sooner."""
    rng = np.random.default_rng(seed)
    begin, met = rng.uniform(0, days * 0.7, people), rng.random(people) < 0.4
    life, pause = rng.exponential(np.where(met, 15, 90)), rng.choice([2, 9], people)
    rows = []
    for person in range(people):
        stop = min(begin[person] + life[person], days)
        visits = np.sort(rng.uniform(begin[person], stop, 1 + rng.poisson((stop - begin[person]) / pause[person])))
        for place, day in enumerate(visits):
            what = "error" if met[person] and place % 2 == 0 else ("search" if rng.random() < 0.3 else "visit")
            rows.append((f"c{person:05d}", what, int(START + day * DAY)))
    return pl.DataFrame(rows, schema={"customer": pl.String, "event": pl.String, "ts": pl.Int64}, orient="row")


def shop(place: str | Path, seed: int = 3) -> Warehouse:
    con = open_warehouse(place)
    events = log(seed)
    load_events(con, events, MAPPING)
    ids = events["customer"].unique().sort()
    load_customers(con, pl.DataFrame({"customer": ids, "plan": ["plus" if k % 3 == 0 else "free" for k in range(len(ids))]}))
    save_prediction(con, {"name": NAME, "question": "Who goes quiet?", "outcome": {"inactive_for": "21d"}, "capacity": 100})
    return con


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Warehouse, tuple[Trained, ...]]]:
    with shop(tmp_path_factory.mktemp("trained") / "w") as con:
        yield con, train(con, [NAME])


Kept = tuple[Warehouse, tuple[Trained, ...]]


def card_of(con: Warehouse) -> ModelCard:
    return next(card for card in model_cards(con) if card.name == NAME)


def numbers(record: Record) -> dict[str, object]:
    """All that is kept but when and as which version."""
    return {key: value for key, value in record.as_plain().items() if key not in ("trained_at", "version")}


def test_the_first_model_is_put_in_use_where_it_beats_what_is_known_without_one(trained: Kept) -> None:
    con, told = trained
    assert [(one.name, one.version, one.state) for one in told] == [(NAME, 1, "champion")]
    assert "better than what is known without a model: recency alone" in told[0].reason
    assert [(change.version, change.state) for change in history(con, NAME)][:2] == [(1, "challenger"), (1, "champion")]


def test_a_model_is_kept_as_plain_data_that_reads_back_the_same(trained: Kept) -> None:
    con, _ = trained
    record = kept_record(con, NAME, 1)
    assert con.folder is not None
    text = (con.folder / "models" / NAME / "1.json").read_text()
    assert json.loads(json.dumps(read_record(json.loads(text)).as_plain())) == json.loads(text)
    look = look_as(con, record, record.plan.test)
    assert np.array_equal(record.fitted.probability(look.rows.values), read_record(json.loads(text)).fitted.probability(look.rows.values))


def test_scores_are_those_of_the_model_and_of_todays_features(trained: Kept) -> None:
    con, _ = trained
    record, as_of = kept_record(con, NAME, 1), end_of_data(con)
    kept = ask_sql(con, "select * from scores where name = $name order by customer_id", {"name": NAME})
    seen = take_snapshot(con, as_of, None, customers=kept["customer_id"].to_list(), like=record.features)
    p = dict(zip(seen.ids, record.fitted.probability(seen.values), strict=True))
    assert kept["probability"].to_list() == pytest.approx([p[customer] for customer in kept["customer_id"]], abs=1e-12)
    assert kept.filter(pl.col("tier") == "high")["probability"].min() >= 0.7  # type: ignore[operator]
    assert ((kept["low"] <= kept["probability"]) & (kept["probability"] <= kept["high"])).all()
    told = kept.filter(pl.col("contributions").is_not_null()).row(0, named=True)
    base = record.fitted.contributions(seen.values[:1])[0]
    odds = base + sum(told["contributions"])
    assert 1 / (1 + np.exp(-odds)) == pytest.approx(told["probability"], abs=1e-5)  # kept as 32-bit numbers


def test_one_customer_is_told_what_everybody_was(trained: Kept) -> None:
    con, _ = trained
    customer, probability = ask_sql(con, "select customer_id, probability from scores order by probability desc limit 1").row(0)
    chance = chance_of(con, NAME, customer)
    assert chance is not None
    assert chance.probability == pytest.approx(probability, abs=1e-12)
    assert chance_of(con, NAME, "nobody") is None
    assert chance_of(con, "nothing", customer) is None


def test_reasons_add_up_to_the_score_wherever_they_come_from(trained: Kept) -> None:
    con, _ = trained
    customer = one(con, "select customer_id from scores where contributions is not null order by probability desc limit 1")
    kept = chance_of(con, NAME, customer)
    with write(con) as db:
        db.execute("update scores set seen = null where customer_id = ?", [customer])
    anew = chance_of(con, NAME, customer)
    assert kept is not None and anew is not None
    for chance in (kept, anew):
        odds = chance.base + sum(one.contribution for one in chance.reasons)
        assert odds == pytest.approx(np.log(chance.probability / (1 - chance.probability)), abs=1e-9)
    assert [(one.feature, one.value) for one in kept.reasons] == [(one.feature, one.value) for one in anew.reasons]
    assert [one.contribution for one in kept.reasons] == pytest.approx([one.contribution for one in anew.reasons], abs=1e-7)


def test_rules_choose_by_the_kept_scores(trained: Kept) -> None:
    con, _ = trained
    answer = ask(con, {"ask": "segment", "where": {"score": NAME, "op": "gt", "value": 0.5}})
    assert answer["customers"] == one(con, "select count(*) from scores where probability > 0.5")
    assert answer["warnings"] == []


def test_a_card_tells_all_there_is(trained: Kept) -> None:
    con, _ = trained
    card = card_of(con)
    plain = json.loads(json.dumps(card.as_plain()))
    assert (plain["state"], plain["version"], plain["missing"]) == ("champion", 1, "")
    assert plain["metrics"]["n"] == sum(one["n"] for one in plain["reliability"])
    assert plain["metrics"]["log_loss"] < min(plain["baselines"][name]["log_loss"] for name in ("recency", "majority"))
    assert len(plain["stability"]) == 1 + len(kept_record(con, NAME, 1).earlier)
    assert {one["by"] for one in plain["fairness"]} == {"plan"}
    assert sum(group["n"] for group in plain["fairness"][0]["groups"]) == plain["metrics"]["n"]
    assert plain["drift"]["found"][0]["label"] == "The chances given"
    assert sum(plain["scores"]["tiers"].values()) == plain["scores"]["customers"] == one(con, "select count(*) from scores")
    assert plain["scores"]["stale"] is False
    assert card.base_rate is not None and card.base_rate.interval is not None


def test_the_same_data_and_seed_give_the_same_numbers_and_the_old_model_stays(trained: Kept) -> None:
    con, _ = trained
    con.shared.pop(LAST)  # what was learned is kept for the next question of the same data: learn it again
    told = train(con, [NAME])
    assert numbers(kept_record(con, NAME, 1)) == numbers(kept_record(con, NAME, told[0].version or 0))
    assert (told[0].state, told[0].reason) == ("retired", "It says the same of every customer as version 1, which stays in use.")
    used = champion(con, NAME)
    assert used is not None and used.version == 1


def test_a_challenger_is_judged_on_the_same_later_customers(trained: Kept) -> None:
    con, _ = trained
    good = kept_record(con, NAME, 1)
    test = look_as(con, good, good.plan.test)
    poor = replace(good, version=9, fitted=replace(good.fitted, slope=good.fitted.slope * 0.1))
    won, lost = judge(con, good, test, poor), judge(con, poor, test, good)
    assert (won.state, lost.state) == ("champion", "challenger")
    assert "better than version 9" in won.reason
    assert "not better beyond chance than version 1" in lost.reason
    later = replace(poor, plan=replace(poor.plan, calibrate=poor.plan.test))
    assert "has learned from later dates" in judge(con, good, test, later).reason


def test_one_call_goes_back_to_the_version_before(trained: Kept) -> None:
    con, _ = trained
    before = kept_record(con, NAME, 1)
    keep_record(con, replace(before, version=7))
    with pytest.raises(QuestionError, match="none to go back to"):
        roll_back(con, NAME)
    promote(con, NAME, 7, "For a test.")
    assert card_of(con).scores is not None and card_of(con).scores.stale  # type: ignore[union-attr]
    assert roll_back(con, NAME).version == 1
    assert card_of(con).as_plain()["scores"]["version"] == 1
    states = {change.version: change.state for change in history(con, NAME)}
    assert (states[1], states[7]) == ("champion", "retired")
    with pytest.raises(QuestionError, match="none to go back to"):
        roll_back(con, NAME)
    with pytest.raises(QuestionError, match="Train one"):
        roll_back(con, "nothing")


def test_a_model_whose_file_is_gone_or_changed_says_what_to_do(trained: Kept) -> None:
    con, _ = trained
    with pytest.raises(WorkspaceError, match="Train it anew"):
        kept_record(con, NAME, 99)
    assert con.folder is not None
    (con.folder / "models" / NAME / "98.json").write_text('{"shape": 0}')
    with pytest.raises(WorkspaceError, match="another version of the product"):
        kept_record(con, NAME, 98)
    whole = json.loads((con.folder / "models" / NAME / "1.json").read_text())
    (con.folder / "models" / NAME / "98.json").write_text(json.dumps({**whole, "fitted": {}}))
    with pytest.raises(WorkspaceError, match=r"damaged .* Train it anew"):
        kept_record(con, NAME, 98)


def test_scores_grow_stale_with_new_data_and_those_deleted_have_none(trained: Kept) -> None:
    con, _ = trained
    customer = one(con, "select min(customer_id) from scores")
    load_events(con, drawn_frame("aaa 2026-05-01 10:00 visit", f"{customer} 2026-05-01 10:00 visit"))
    card = card_of(con)
    assert card.scores is not None and card.scores.stale
    with write(con):
        forget_scores(con, [customer])
    assert one(con, "select count(*) from scores where customer_id = $id", {"id": customer}) == 0
    assert score(con, [NAME])[NAME] == one(con, "select count(*) from scores")
    card = card_of(con)
    assert card.scores is not None and not card.scores.stale


def test_answers_that_pages_keep_are_asked_anew_once_customers_are_scored(trained: Kept) -> None:
    from pages.parts.workspace import answer

    con, _ = trained
    kept = answer(con, 1, model_cards)
    assert answer(con, 1, model_cards) is kept
    score(con, [NAME])
    assert answer(con, 1, model_cards) is not kept


def test_too_little_to_learn_from_is_told_and_nothing_is_kept() -> None:
    con = drawn("ann 09:00 visit +2d visit", "bob visit")
    save_prediction(con, {"name": NAME, "outcome": {"inactive_for": "21d"}})
    told = train(con, [NAME])
    assert (told[0].version, told[0].reason) == (None, "Not enough to learn from yet: the log spans 2 of the 90 days needed.")
    card = card_of(con)
    assert card.why == told[0].reason
    assert (card.used, card.scores, card.as_plain()["state"]) == (None, None, "none")
    with pytest.raises(QuestionError, match="No prediction is named 'quit'"):
        train(con, ["quit"])


def test_groups_are_told_of_those_whose_name_was_known_by_then() -> None:
    # dev looked around on a laptop on day 0, and signed in on day 6; what is known of dev since is no group of day 3
    rows = [("ann", "phone", 0), (None, "laptop", 0), ("dev", "laptop", 6)]
    events = pl.DataFrame(rows, schema=["customer", "device", "day"], orient="row").select(
        "customer", "device", event=pl.lit("visit"), ts=START + pl.col("day") * DAY
    )
    con = empty_warehouse()
    load_events(con, events, {**MAPPING, "anonymous": "device"})
    load_customers(con, pl.DataFrame({"customer": ["ann", "dev"], "plan": ["free", "plus"]}))
    assert groups_of(con, np.array([0, 1]), START + 3 * DAY) == {"plan": ["free", None]}
    assert groups_of(con, np.array([1, 0]), START + 9 * DAY) == {"plan": ["plus", "free"]}


def test_an_empty_workspace_has_nothing_to_train(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--workspace", str(tmp_path / "w"), "train"]) == 0
    assert "nothing to predict" in capsys.readouterr().err


@pytest.mark.parametrize(("name", "folder"), [("churn", "churn"), ("../etc", "etc-"), ("Wer geht?", "wer_geht-"), ("é", "model-")])
def test_a_name_makes_a_folder_of_its_own(name: str, folder: str) -> None:
    assert folder_of(name).startswith(folder)
    assert "/" not in folder_of(name) and "." not in folder_of(name)


def test_a_model_that_cannot_be_read_is_told_and_trained_anew(trained: Kept) -> None:
    con, _ = trained
    assert con.folder is not None
    used = champion(con, NAME)
    assert used is not None
    (con.folder / "models" / NAME / f"{used.version}.json").write_text(json.dumps({"shape": 0}))
    assert "Train it anew" in next(card for card in model_cards(con) if card.name == NAME).missing
    told = train(con, [NAME])[0]
    assert told.state == "champion"
    assert chance_of(con, NAME, one(con, "select customer_id from scores limit 1")) is not None
