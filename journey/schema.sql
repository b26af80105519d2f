-- Every table of a workspace, with the meaning and the unit of every column.
-- One room writes each table; the others read it.  Times are integer milliseconds since 1970-01-01 UTC, half-open.

-- Written by ingest: one row about the facts as a whole.
create table if not exists dataset (
    version integer not null,               -- rises by one with every change to the facts, and keys every cache
    id_hash_check ubigint not null          -- what hash('journey') was when the first row was keyed: see event_key
);

-- Written by ingest and demo: what the workspace knows of its own meaning.
-- In memory, where there is no folder, catalogs keeps its edited texts here as well.
create table if not exists settings (
    name varchar primary key,               -- currency, revenue, session_gap, timezone, demo, demo_truth, file:<name>
    value varchar not null                  -- JSON
);

-- Written by ingest: one row per load that was committed.
-- received = stored + duplicates + quarantined, always.
create table if not exists loads (
    load integer primary key,               -- number, from 1 in order of loading
    kind varchar not null,                  -- events | customers | consent
    files varchar not null,                 -- JSON list of file names as the person gave them
    content_hash varchar not null,          -- SHA-256 of the files' bytes and the mapping
    mapping varchar not null,               -- JSON, as it was applied
    received bigint not null,               -- rows in the files, without headers
    stored bigint not null,                 -- rows that became rows of events, customers or consent
    duplicates bigint not null,             -- rows that an earlier load or file already held
    quarantined bigint not null,            -- rows put aside in table quarantine
    started_at bigint not null,             -- ms
    seconds double not null                 -- from the first byte to the commit
);

-- Written by ingest: rows that could not be stored, as they came.
create table if not exists quarantine (
    load integer not null,                  -- number in loads
    file varchar not null,                  -- name, as in loads
    line bigint,                            -- from 1, the header included; null where the format has no lines
    reason varchar not null,                -- a sentence
    raw varchar not null                    -- the row as text, cut at 10,000 characters
);

-- Written by ingest: the names of events, dictionary-encoded.
create table if not exists event_names (
    event usmallint primary key,            -- code, from 0
    name varchar not null unique            -- as in the source
);

-- Written by ingest: every property, and the column that holds it.
-- Names are data and may be anything; columns are ours: p_ or c_ and a slug of the name, made unique.
create table if not exists properties (
    of varchar not null,                    -- event | customer
    name varchar not null,                  -- as in the source, or as the mapping renames it
    "column" varchar not null,              -- in table events (p_...) or customers (c_...)
    type varchar not null,                  -- varchar | double | bigint | boolean | timestamp (bigint ms)
    personal boolean not null,              -- its values are kept as keyed hashes
    primary key (of, name)
);

-- Written by identity: one row per person, numbered densely from 0 in order of id.
-- More columns c_... are added as a customers table brings properties.
create table if not exists customers (
    customer integer primary key,           -- given anew where a load adds people
    id varchar not null unique,             -- the id that is shown: the identified one where there is one
    events bigint not null,                 -- how many are stored of this person
    first_ts bigint,                        -- ms; null for a customer without events
    last_ts bigint                          -- ms; likewise
);

-- Written by identity: every id that was seen, and the person it belongs to.
create table if not exists customer_ids (
    id varchar not null,                    -- as in the source
    kind varchar not null,                  -- customer | anonymous
    customer integer not null,              -- number in customers
    linked_at bigint,                       -- ms; when an anonymous id first identified; null for an id of its own
    number integer not null,                -- given once, in order of arrival: events say by it which id they came with
    primary key (kind, id)
);

-- Written by timeline: one row per event, stored in the order (customer, ts, seq).
-- More columns p_... are added as sources bring properties.
create table if not exists events (
    customer integer not null,              -- number in customers
    ts bigint not null,                     -- ms
    seq bigint not null,                    -- order of loading over all loads; breaks ties in ts
    event usmallint not null,               -- code in event_names
    session integer not null,               -- from 1 per customer; a new one after more than 30 minutes, or as the data says
    load integer not null,                  -- number in loads, of the load that brought it
    event_key ubigint not null,             -- hash of the event id, or of the row's content and its occurrence in its file
    came_as integer not null,               -- number in customer_ids of the id the row came with, so that a person can be resolved anew
    session_key ubigint                     -- hash of the session as the data names it; null where sessions are cut by the gap
);

-- Written by ingest: what a customer allowed, for what, since when.  No row for a purpose means unknown.
create table if not exists consent (
    customer integer not null,              -- number in customers
    purpose varchar not null,               -- as in the source
    given boolean not null,                 -- allowed, or withdrawn
    ts bigint not null                      -- ms, since when
);

-- Written by predict: what became of each version of each model.  The last row of a version says what it is now.
-- The models themselves are files of plain numbers, models/<name>/<version>.json; in memory they are settings.
create table if not exists models (
    change integer primary key,             -- from 1, in order
    name varchar not null,                  -- of the prediction
    version integer not null,               -- from 1 per name
    state varchar not null,                 -- challenger | champion (in use, one per name) | retired
    since bigint not null,                  -- ms, when it came into this state
    reason varchar not null,                -- a sentence
    dataset integer not null                -- version of the dataset then
);

-- Written by predict: what the model in use says of each customer, one row per name and customer.
-- Customers are known by their ids, which no load changes; rows of an older dataset version are stale.
create table if not exists scores (
    name varchar not null,                  -- of the prediction
    version integer not null,               -- of the model, in models
    customer_id varchar not null,           -- id in customers
    as_of bigint not null,                  -- ms; events before it were seen
    dataset integer not null,               -- version of the dataset that was scored
    probability double not null,            -- 0 to 1, that the outcome comes
    low double not null,                    -- 95% interval of the share among those who look like this
    high double not null,
    tier varchar not null,                  -- high | medium | low, by fixed thresholds
    contributions double[],                 -- log-odds added by each feature, in the model's order; null where not worked out
    seen double[]                           -- the features in their units, in the same order; NaN where unknown; null likewise
);
alter table scores add column if not exists seen double[];  -- a workspace of before has none until it is scored anew

-- Written by actions: every text of the catalog of actions that was kept, so that each can be taken up again.
create table if not exists action_versions (
    version integer primary key,            -- from 1, in order
    done_at bigint not null,                -- ms, by the clock of the machine
    done_by varchar not null,              -- who kept it, as they name themselves
    reason varchar not null,                -- a sentence
    text varchar not null                   -- TOML, whole
);

-- Written by actions: what was proposed for whom.  Rows are only added.
create table if not exists proposals (
    proposal varchar primary key,           -- a key of customer, action and occasion: the same decision is one row, however often it is made
    customer_id varchar not null,           -- id in customers
    action varchar not null,                -- name in the catalog
    variant varchar not null,               -- name within the action; '' where it has none
    channel varchar not null,               -- of the action, then
    trigger_name varchar not null,          -- name of the trigger that proposed it; '' where none did
    stage varchar not null,                 -- of the customer, at as_of
    arm varchar not null,                   -- treated | holdout: those held out never get anything and are compared
    propensity double not null,             -- chance at which this action was chosen among those allowed, 0 to 1, holdout aside
    variant_propensity double not null,     -- chance at which the variant was drawn, 0 to 1
    expected_value double,                  -- money; null where it is not known
    low double,                             -- its 95% interval
    high double,
    cost double not null,                   -- money
    as_of bigint not null,                  -- ms; events before it were seen
    act_by bigint not null,                 -- ms, by the clock of the data: later it is not worth doing
    proposed_at bigint not null,            -- ms, by the clock of the machine
    run varchar not null,                   -- the run or the person that proposed it, such as "daily 12"
    catalog integer not null,               -- version in action_versions; 0 for the shipped text
    card varchar not null                   -- JSON: what the card said
);

-- Written by actions: what became of each proposal.  Rows are only added; the last one of a proposal says what it is now.
create table if not exists action_steps (
    step bigint primary key,                -- from 1, in order
    proposal varchar not null,              -- in proposals
    state varchar not null,                 -- waiting | held | approved | rejected | replaced | exported | sent | failed | expired | withdrawn
    done_at bigint not null,                -- ms, by the clock of the machine
    done_by varchar not null,              -- who, as they name themselves, or the run
    reason varchar not null,                -- a sentence; '' where none is needed
    step_key varchar not null unique,       -- what makes the step one: given twice, it is done once
    by_person boolean not null              -- decided by somebody, not by a run
);

-- Written by actions: what a guardrail forbade at the ledger's door, when booking, approving or handing over.
create table if not exists action_refusals (
    refusal bigint primary key,             -- from 1, in order
    refusal_key varchar not null unique,    -- the same refusal again (of a run, or while sending is retried) is one row
    proposal varchar not null,              -- its key; it is in proposals only where it had been booked
    customer_id varchar not null,           -- id in customers
    action varchar not null,                -- name in the catalog
    door varchar not null,                  -- booking | approval | delivery
    guardrail varchar not null,             -- which forbade it: cap, cooldown, consent, ...
    why varchar not null,                   -- a sentence
    done_at bigint not null,                -- ms, by the clock of the machine
    done_by varchar not null                -- the run or the person that tried
);

-- Written by actions: each attempt to hand a proposal over to somebody else's system.
create table if not exists deliveries (
    delivery bigint primary key,            -- from 1, in order
    proposal varchar not null,              -- in proposals
    target varchar not null,                -- name of the webhook, or file:<key> of an export
    attempt integer not null,               -- from 1 per proposal and target
    done_at bigint not null,                -- ms, by the clock of the machine
    status integer,                         -- of HTTP; null where there was no answer, and for a file
    told varchar not null,                  -- what came back, cut at 500 characters
    next_at bigint                          -- ms, before which it is not tried again; null where it is over: accepted, refused for good
);

-- Written by actions: each run that nobody watched, and what it did.
create table if not exists action_runs (
    run integer primary key,                -- from 1, in order
    kind varchar not null,                  -- daily | page
    started_at bigint not null,             -- ms, by the clock of the machine
    ended_at bigint,                        -- ms; null while it runs, or where it was cut short
    outcome varchar not null,               -- running | done | failed
    told varchar not null                   -- JSON: a list of {"step", "done", "seconds", "sentence"}
);

-- Written by experiments: every text of the plan of an experiment.  Rows are only added; the first locked one is the plan,
-- those after it are changes, and are shown as such.
create table if not exists experiment_plans (
    experiment varchar not null,            -- its name, as the exposures in the log say it
    version integer not null,               -- from 1 per experiment
    kept_at bigint not null,                -- ms, by the clock of the machine
    kept_by varchar not null,               -- who, as they name themselves
    reason varchar not null,                -- a sentence; '' for the first
    locked boolean not null,                -- false while it is a draft
    plan varchar not null,                  -- JSON, keys sorted
    hash varchar not null,                  -- SHA-256 of all the row says and of the hash before: no text can be put in place of another
    primary key (experiment, version)
);

-- Written by experiments: that somebody looked at the reading, once per state of the data.
create table if not exists experiment_looks (
    look integer primary key,               -- from 1, in order
    experiment varchar not null,
    looked_at bigint not null,              -- ms, by the clock of the machine
    data_until bigint not null,             -- ms; events up to then were seen
    units integer not null,                 -- that counted then
    unique (experiment, data_until)
);

-- Written by experiments: what was decided.  Rows are only added; the last one of an experiment says what holds.
create table if not exists experiment_decisions (
    decision integer primary key,           -- from 1, in order
    experiment varchar not null,
    decided_at bigint not null,             -- ms, by the clock of the machine
    decided_by varchar not null,            -- who, as they name themselves
    decided varchar not null,               -- ship | stop | keep running | broken | reopened
    why varchar not null,                   -- a sentence
    learned varchar not null,               -- what is to be remembered; '' where nothing is
    plan_hash varchar not null,             -- of the plan in force then; '' where there was none
    expected varchar not null,              -- JSON: what the plan hoped for
    seen varchar not null,                  -- JSON: verdict, split and estimates, as read then
    started_at bigint,                      -- ms: the first and the last exposure in the log then
    stopped_at bigint
);

-- Written by roi: assumptions that somebody kept under a name.  A name kept again replaces the row.
create table if not exists roi_scenarios (
    name varchar primary key,
    kept_at bigint not null,                -- ms, by the clock of the machine
    kept_by varchar not null,               -- who, as they name themselves
    question varchar not null,              -- JSON, as ask takes it
    note varchar not null                   -- a sentence; '' where there is none
);
