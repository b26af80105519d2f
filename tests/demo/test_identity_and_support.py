"""Ids that log in, devices that are shared, and tickets that say in many words what troubles people."""

import polars as pl

from journey.demo import Shop


def test_ids_and_people_are_counted(shop: Shop, events: pl.DataFrame) -> None:
    truth = shop.truth["identity"]
    assert events["who"].n_unique() == truth["customers_after_merging"]
    assert shop.events["customer"].drop_nulls().n_unique() == truth["customer_ids"]
    assert shop.events["anonymous_id"].drop_nulls().n_unique() == truth["anonymous_ids"]
    assert 10_000 < truth["anonymous_ids_that_log_in"] < truth["anonymous_ids"]
    assert abs(truth["customers_after_merging"] - truth["people_seen"]) < 0.06 * truth["people_seen"]


def test_devices_with_two_logins_are_shared_ones(shop: Shop) -> None:
    logins = shop.events.drop_nulls(["customer", "anonymous_id"]).group_by("anonymous_id").agg(pl.col("customer").n_unique())
    two = logins.filter(pl.col("customer") > 1)["anonymous_id"].to_list()
    assert len(two) > 40
    assert set(two) <= set(shop.truth["identity"]["shared_devices"])


def test_every_buyer_is_known(shop: Shop) -> None:
    assert shop.events.filter(pl.col("event").is_in(["Payment", "Purchase"]))["customer"].null_count() == 0


def test_tickets_are_varied_and_their_topic_stays_hidden(shop: Shop) -> None:
    tickets = shop.events.filter(pl.col("event") == "Support ticket")
    assert tickets["text"].n_unique() > 0.75 * tickets.height
    assert tickets["text"].str.contains("[{}]").any() is False
    assert sorted(tickets["ticket"].to_list()) == list(shop.truth["tickets"]["intent"])
    assert not {"topic", "intent"} & set(shop.events.columns)
    labelled = tickets.with_columns(topic=pl.col("ticket").replace_strict(shop.truth["tickets"]["intent"]))
    assert labelled["topic"].n_unique() == len(shop.truth["tickets"]["intents"]) == 8
    assert labelled.filter(pl.col("text").str.contains("Plus"))["topic"].unique().to_list() == ["Plus billing"]


def test_satisfaction_falls_with_the_wait(shop: Shop) -> None:
    closed = shop.events.filter((pl.col("event") == "Ticket closed") & pl.col("csat").is_not_null())
    assert closed["csat"].is_between(1, 5).all()
    assert float(closed.select(pl.corr("csat", "wait_hours")).item()) < -0.3


def test_a_low_survey_follows_trouble(shop: Shop) -> None:
    asked = shop.events.filter(pl.col("event") == "Survey answered")
    assert asked["csat"].is_between(1, 5).all()
    assert 3.5 < float(asked["csat"].mean() or 0) < 4.5  # type: ignore[arg-type]


def test_consent_may_be_withdrawn_and_is_unknown_for_some(shop: Shop) -> None:
    marketing = shop.consent.filter(pl.col("purpose") == "marketing")
    assert marketing.group_by("customer").len().filter(pl.col("len") == 2).height > 200
    assert marketing["customer"].n_unique() < shop.customers.height
    assert set(shop.consent["purpose"].unique().to_list()) == {"marketing", "analytics", "personalisation"}
    assert shop.customers["email"].str.ends_with("@example.com").all()
