-- The order of a device's connections, beyond its latest report: a session is an unsigned number of 64 bits, and NULL
-- means that there is nothing to keep. `outcome_result` may be 3, withdrawn.

ALTER TABLE device ADD COLUMN newest_session INTEGER;
ALTER TABLE device ADD COLUMN newest_at INTEGER;
ALTER TABLE device ADD COLUMN ended_session INTEGER;
ALTER TABLE device ADD COLUMN ended_at INTEGER;
ALTER TABLE device ADD COLUMN listed INTEGER NOT NULL DEFAULT 0;     -- hardware by the registry: 0 unknown, 1 matches, 2 differs
ALTER TABLE device ADD COLUMN relapses INTEGER NOT NULL DEFAULT 0;

ALTER TABLE registration ADD COLUMN sequence INTEGER NOT NULL DEFAULT 0; -- of the latest directive in products that it has left
ALTER TABLE registration ADD COLUMN newest_session INTEGER;
ALTER TABLE registration ADD COLUMN newest_at INTEGER;
ALTER TABLE registration ADD COLUMN ended_session INTEGER;
ALTER TABLE registration ADD COLUMN ended_at INTEGER;

DROP VIEW devices;
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
    CASE outcome_result WHEN 0 THEN 'succeeded' WHEN 1 THEN 'failed' WHEN 2 THEN 'runs_another' WHEN 3 THEN 'withdrawn' END AS outcome_result,
    name, groups, newest_session,
    strftime('%Y-%m-%dT%H:%M:%SZ', newest_at / 1000, 'unixepoch') AS newest_at,
    ended_session,
    strftime('%Y-%m-%dT%H:%M:%SZ', ended_at / 1000, 'unixepoch') AS ended_at,
    CASE listed WHEN 0 THEN 'unknown' WHEN 1 THEN 'matches' WHEN 2 THEN 'differs' END AS listed,
    relapses
FROM device;
