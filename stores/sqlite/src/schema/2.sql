CREATE TABLE event (
    product      INTEGER NOT NULL,
    slot         INTEGER NOT NULL,      -- that of the device: its events are all in one
    sequence     INTEGER NOT NULL,      -- from 0, without a gap
    stamp        INTEGER NOT NULL,
    at           INTEGER NOT NULL,      -- when it was logged
    happened_at  INTEGER NOT NULL,
    device       BLOB NOT NULL,         -- 12 bytes
    origin       INTEGER NOT NULL,      -- 0 member, 1 quarantined, 2 foreign, 3 owner locked
    name         TEXT NOT NULL,
    data         TEXT NOT NULL,
    id           TEXT,                  -- the caller's
    error        TEXT,                  -- the kind of error that it reports
    matched      TEXT,                  -- the subscriptions, a JSON array of numbers; NULL: none
    sent         INTEGER NOT NULL,      -- to how many of them, from the first on
    exceeded     TEXT,                  -- the limit that the others were dropped for, as JSON
    PRIMARY KEY (product, slot, sequence)
) STRICT, WITHOUT ROWID;

CREATE VIEW events AS SELECT
    product, slot, sequence,
    strftime('%Y-%m-%dT%H:%M:%SZ', at / 1000, 'unixepoch') AS at,
    strftime('%Y-%m-%dT%H:%M:%SZ', happened_at / 1000, 'unixepoch') AS happened_at,
    lower(hex(device)) AS device,
    CASE origin WHEN 0 THEN 'member' WHEN 1 THEN 'quarantined' WHEN 2 THEN 'foreign' WHEN 3 THEN 'owner_locked' END AS origin,
    name, data, id, error, matched, sent
FROM event;
