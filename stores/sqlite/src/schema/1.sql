-- Moments are milliseconds since 1970-01-01T00:00:00Z. A stamp names the write that put a row there, 64 random bits.

CREATE TABLE device (
    product           INTEGER NOT NULL,
    id                BLOB NOT NULL,       -- 12 bytes
    stamp             INTEGER NOT NULL,
    standing          INTEGER NOT NULL,    -- 0 member, 1 quarantined, 2 denied
    development       INTEGER NOT NULL,
    forced            INTEGER NOT NULL,
    failures          INTEGER NOT NULL,
    lock              INTEGER,
    sequence          INTEGER NOT NULL,
    security_counter  INTEGER NOT NULL,
    system            TEXT,
    added_at          INTEGER NOT NULL,
    seen_at           INTEGER,             -- NULL: never since it was added, and so are the next seven
    session           INTEGER,             -- 64 bits without a sign
    version_since     INTEGER,
    version           INTEGER,
    image             INTEGER,             -- 0 unknown, 1 matches, 2 differs
    platform          INTEGER,             -- 0 unknown, 1 matches, 2 differs
    takes_updates     INTEGER,
    online            INTEGER,
    attempt_at        INTEGER,             -- NULL: no update is on its way
    attempt_target    INTEGER,
    attempt_from      INTEGER,
    attempt_progress  INTEGER,             -- 0 offered, 1 downloading, 2 downloaded
    outcome_at        INTEGER,             -- NULL: no update ever ended
    outcome_target    INTEGER,
    outcome_result    INTEGER,             -- 0 succeeded, 1 failed, 2 runs another version
    name              TEXT,                -- NULL: neither name nor groups
    groups            TEXT,                -- a JSON array of numbers
    PRIMARY KEY (product, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE registration (
    id          BLOB NOT NULL PRIMARY KEY, -- 12 bytes
    stamp       INTEGER NOT NULL,
    product     INTEGER,
    claimed_by  INTEGER,                   -- an account, 64 bits without a sign; or a customer's number,
    customer_of INTEGER,                   -- where this names the product they are a customer of
    platform    TEXT,
    registered  INTEGER NOT NULL,          -- 1: on a manufacturing list
    security_counter INTEGER NOT NULL      -- confirmed in products that it has left
) STRICT, WITHOUT ROWID;

CREATE TABLE tally (
    product  INTEGER NOT NULL,
    counter  INTEGER NOT NULL,             -- 65536 * what is counted + the version; see the view `counters`
    slot     INTEGER NOT NULL,             -- the counter's value is the sum over its slots
    value    INTEGER NOT NULL,
    PRIMARY KEY (product, counter, slot)
) STRICT, WITHOUT ROWID;

CREATE TABLE record (
    key      BLOB NOT NULL PRIMARY KEY,
    stamp    INTEGER NOT NULL,
    kind     TEXT NOT NULL,
    account  INTEGER,                      -- the account that the key names, 64 bits without a sign
    product  INTEGER,                      -- the product that the key names
    body     TEXT NOT NULL                 -- JSON
) STRICT, WITHOUT ROWID;

CREATE VIEW devices AS SELECT
    product,
    lower(hex(id)) AS id,
    CASE standing WHEN 0 THEN 'member' WHEN 1 THEN 'quarantined' WHEN 2 THEN 'denied' END AS standing,
    development, forced, failures, lock, sequence, security_counter, system,
    strftime('%Y-%m-%dT%H:%M:%SZ', added_at / 1000, 'unixepoch') AS added_at,
    strftime('%Y-%m-%dT%H:%M:%SZ', seen_at / 1000, 'unixepoch') AS seen_at,
    session,
    strftime('%Y-%m-%dT%H:%M:%SZ', version_since / 1000, 'unixepoch') AS version_since,
    version,
    CASE image WHEN 0 THEN 'unknown' WHEN 1 THEN 'matches' WHEN 2 THEN 'differs' END AS image,
    CASE platform WHEN 0 THEN 'unknown' WHEN 1 THEN 'matches' WHEN 2 THEN 'differs' END AS platform,
    takes_updates, online,
    strftime('%Y-%m-%dT%H:%M:%SZ', attempt_at / 1000, 'unixepoch') AS attempt_at,
    attempt_target, attempt_from,
    CASE attempt_progress WHEN 0 THEN 'offered' WHEN 1 THEN 'downloading' WHEN 2 THEN 'downloaded' END
        AS attempt_progress,
    strftime('%Y-%m-%dT%H:%M:%SZ', outcome_at / 1000, 'unixepoch') AS outcome_at,
    outcome_target,
    CASE outcome_result WHEN 0 THEN 'succeeded' WHEN 1 THEN 'failed' WHEN 2 THEN 'runs_another' END AS outcome_result,
    name, groups
FROM device;

CREATE VIEW registry AS SELECT lower(hex(id)) AS id, product, claimed_by, customer_of, platform, registered FROM registration;

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

CREATE VIEW audit AS SELECT
    product,
    strftime('%Y-%m-%dT%H:%M:%SZ', (body ->> 'at') / 1000, 'unixepoch') AS at,
    body ->> 'actor' AS actor,
    body ->> 'command' AS command,
    body ->> 'subject' AS subject
FROM record WHERE kind = 'audit';
