"""The names that columns go by, per role, the likeliest first; written as `plain_name` writes them."""

import re

NAMES: dict[str, tuple[str, ...]] = {
    "customer": tuple(
        [
            "customer",
            "customer_id",
            "customerid",
            "cust_id",
            "user_id",
            "userid",
            "user",
            "uid",
            "distinct_id",
            "account_id",
            "member_id",
            "person_id",
            "contact_id",
            "subscriber_id",
            "case:concept:name",
            "case_id",
            "caseid",
            "case",
            "user_pseudo_id",
            "enrolment_id",
            "enrollment_id",
            "student_id",
            "id_student",
            "patient_id",
            "profile_id",
            "client_id",
            "visitor_id",
            "visitorid",
            "customer_email",
            "user_email",
            "email_address",
            "email",
            "anonymous_id",
            "anonymousid",
            "device_id",
            "cookie_id",
            "id",
        ]
    ),
    "event": tuple(
        [
            "event",
            "event_name",
            "eventname",
            "activity",
            "concept:name",
            "action",
            "event_type",
            "eventtype",
            "activity_name",
            "action_name",
            "event_action",
            "step",
            "page",
            "name",
            "type",
            "verb",
        ]
    ),
    "ts": tuple(
        [
            "ts",
            "timestamp",
            "event_timestamp",
            "event_time",
            "eventtime",
            "time",
            "datetime",
            "time:timestamp",
            "occurred_at",
            "created_at",
            "received_at",
            "sent_at",
            "date_time",
            "server_time",
            "time_stamp",
            "ts_approx",
            "event_date",
            "at",
            "date",
            "day",
            "when",
        ]
    ),
    "event_id": tuple(["event_id", "eventid", "message_id", "messageid", "insert_id", "uuid", "event_uuid", "log_id"]),
    "session": tuple(["session", "session_id", "sessionid", "visit_id", "visitid", "ga_session_id", "session_key"]),
    "anonymous": tuple(
        ["anonymous_id", "anonymousid", "anonymous", "anon_id", "user_pseudo_id", "device_id", "cookie_id", "visitor_id", "client_id"]
    ),
    "valid_from": tuple(["valid_from", "effective_from", "as_of", "since", "updated_at"]),
    "purpose": tuple(["purpose", "consent_purpose", "consent_type", "topic", "channel"]),
    "given": tuple(["given", "consent_given", "granted", "allowed", "consent", "opted_in", "opt_in", "status", "value"]),
}
WANTED = {
    "events": ("ts", "customer", "event", "anonymous", "session", "event_id"),
    "customers": ("customer", "valid_from"),
    "consent": ("customer", "purpose", "given", "ts"),
}
REQUIRED = {"events": ("ts", "customer", "event"), "customers": ("customer",), "consent": ("customer", "purpose", "given", "ts")}
SAID = {
    "ts": "when it happened",
    "event": "what happened",
    "customer": "whom a row belongs to",
    "purpose": "what a consent is for",
    "given": "whether it was given",
}
ANONYMOUS_BY_NAME = ("anonymous_id", "anonymousid", "anonymous", "anon_id", "user_pseudo_id")
REVENUE = tuple(
    ["revenue", "amount", "price", "total", "value", "dollars", "order_value", "payment_amount", "paymentamount", "sales", "gmv"]
)


def plain_name(name: str) -> str:
    """User ID, userId, $user_id and properties.user_id are user_id."""
    last = name.rsplit(".", 1)[-1].strip().lstrip("$_")
    return re.sub(r"[\s-]+", "_", re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", last)).lower()
