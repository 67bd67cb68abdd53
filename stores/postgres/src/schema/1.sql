-- Moments are milliseconds since 1970-01-01T00:00:00Z. A stamp names the write that put a row there, 64 random bits.
-- Columns that change at each connect are in no index, and a page has space for new versions of its rows: so an update
-- stays within its page and touches no index.

-- Marks this schema as the store's, with its version.
CREATE TABLE fleet_store (version int4 NOT NULL);

CREATE TABLE device (
    product           int8 NOT NULL,
    stamp             int8 NOT NULL,
    added_at          int8 NOT NULL,
    sequence          int8 NOT NULL,
    security_counter  int8 NOT NULL,
    seen_at           int8,              -- NULL: never since it was added, and so is all that it said
    session           int8,              -- 64 bits without a sign
    version_since     int8,
    attempt_at        int8,              -- NULL: no update is on its way
    outcome_at        int8,              -- NULL: no update ever ended
    lock              int4,
    version           int4,
    attempt_target    int4,
    attempt_from      int4,
    outcome_target    int4,
    standing          int2 NOT NULL,     -- 0 member, 1 quarantined, 2 denied
    failures          int2 NOT NULL,
    image             int2,              -- 0 unknown, 1 matches, 2 differs
    platform          int2,              -- 0 unknown, 1 matches, 2 differs
    attempt_progress  int2,              -- 0 offered, 1 downloading, 2 downloaded
    outcome_result    int2,              -- 0 succeeded, 1 failed, 2 runs another version
    development       bool NOT NULL,
    forced            bool NOT NULL,
    takes_updates     bool,
    online            bool,
    id                bytea NOT NULL,    -- 12 bytes
    system            text,
    name              text,              -- NULL: neither name nor groups
    groups            jsonb,             -- an array of numbers
    PRIMARY KEY (product, id)
) WITH (fillfactor = 70);

CREATE TABLE registration (
    stamp             int8 NOT NULL,
    product           int8,
    claimed_by        int8,              -- an account, 64 bits without a sign; or a customer's number,
    customer_of       int8,              -- where this names the product they are a customer of
    security_counter  int8 NOT NULL,     -- confirmed in products that it has left
    registered        bool NOT NULL,     -- on a manufacturing list
    id                bytea NOT NULL,    -- 12 bytes
    platform          text,
    PRIMARY KEY (id)
);

CREATE TABLE tally (
    product  int8 NOT NULL,
    value    int8 NOT NULL,
    counter  int4 NOT NULL,              -- 65536 * what is counted + the version; see the view `counters`
    slot     int4 NOT NULL,              -- the counter's value is the sum over its slots
    PRIMARY KEY (product, counter, slot)
) WITH (fillfactor = 70);

CREATE TABLE event (
    product      int8 NOT NULL,
    sequence     int8 NOT NULL,          -- from 0, without a gap
    stamp        int8 NOT NULL,
    at           int8 NOT NULL,          -- when it was logged
    happened_at  int8 NOT NULL,
    sent         int8 NOT NULL,          -- to how many of the subscriptions, from the first on
    slot         int2 NOT NULL,          -- that of the device: its events are all in one
    origin       int2 NOT NULL,          -- 0 member, 1 quarantined, 2 foreign, 3 owner locked
    device       bytea NOT NULL,         -- 12 bytes
    name         text NOT NULL,
    data         text NOT NULL,
    id           text,                   -- the caller's
    error        text,                   -- the kind of error that it reports
    matched      jsonb,                  -- the subscriptions, an array of numbers; NULL: none
    exceeded     jsonb,                  -- the limit that the others were dropped for
    PRIMARY KEY (product, slot, sequence)
);

CREATE TABLE record (
    stamp    int8 NOT NULL,
    account  int8,                       -- the account that the key names, 64 bits without a sign
    product  int8,                       -- the product that the key names
    key      bytea NOT NULL,
    kind     text NOT NULL,
    body     jsonb NOT NULL,
    PRIMARY KEY (key)
);

CREATE VIEW devices AS SELECT
    product,
    encode(id, 'hex') AS id,
    CASE standing WHEN 0 THEN 'member' WHEN 1 THEN 'quarantined' WHEN 2 THEN 'denied' END AS standing,
    development, forced, failures, lock, sequence, security_counter, system,
    to_timestamp(added_at / 1000.0) AS added_at,
    to_timestamp(seen_at / 1000.0) AS seen_at,
    session,
    to_timestamp(version_since / 1000.0) AS version_since,
    version,
    CASE image WHEN 0 THEN 'unknown' WHEN 1 THEN 'matches' WHEN 2 THEN 'differs' END AS image,
    CASE platform WHEN 0 THEN 'unknown' WHEN 1 THEN 'matches' WHEN 2 THEN 'differs' END AS platform,
    takes_updates, online,
    to_timestamp(attempt_at / 1000.0) AS attempt_at,
    attempt_target, attempt_from,
    CASE attempt_progress WHEN 0 THEN 'offered' WHEN 1 THEN 'downloading' WHEN 2 THEN 'downloaded' END
        AS attempt_progress,
    to_timestamp(outcome_at / 1000.0) AS outcome_at,
    outcome_target,
    CASE outcome_result WHEN 0 THEN 'succeeded' WHEN 1 THEN 'failed' WHEN 2 THEN 'runs_another' END AS outcome_result,
    name, groups
FROM device;

CREATE VIEW registry AS SELECT
    encode(id, 'hex') AS id, product, claimed_by, customer_of, platform, registered, security_counter
FROM registration;

CREATE VIEW counters AS SELECT
    product,
    CASE counter >> 16
        WHEN 1 THEN 'members' WHEN 2 THEN 'quarantined' WHEN 3 THEN 'denied' WHEN 4 THEN 'online'
        WHEN 5 THEN 'never_seen' WHEN 6 THEN 'locked' WHEN 7 THEN 'development' WHEN 8 THEN 'wrong_platform'
        WHEN 9 THEN 'pending' WHEN 10 THEN 'failing' WHEN 11 THEN 'image_differs' WHEN 12 THEN 'no_version'
        WHEN 13 THEN 'version'
    END AS counter,
    CASE counter >> 16 WHEN 13 THEN counter & 65535 END AS version,
    sum(value) AS value
FROM tally GROUP BY product, tally.counter;

CREATE VIEW events AS SELECT
    product, slot, sequence,
    to_timestamp(at / 1000.0) AS at,
    to_timestamp(happened_at / 1000.0) AS happened_at,
    encode(device, 'hex') AS device,
    CASE origin WHEN 0 THEN 'member' WHEN 1 THEN 'quarantined' WHEN 2 THEN 'foreign' WHEN 3 THEN 'owner_locked' END AS origin,
    name, data, id, error, matched, sent
FROM event;

CREATE VIEW audit AS SELECT
    product,
    to_timestamp((body ->> 'at')::int8 / 1000.0) AS at,
    body ->> 'actor' AS actor,
    body ->> 'command' AS command,
    body ->> 'subject' AS subject
FROM record WHERE kind = 'audit';
