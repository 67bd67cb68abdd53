-- The order of a device's connections, beyond its latest report: a session is an unsigned number of 64 bits, and NULL
-- means that there is nothing to keep. `outcome_result` may be 3, withdrawn.

ALTER TABLE device ADD COLUMN newest_session int8;
ALTER TABLE device ADD COLUMN newest_at int8;
ALTER TABLE device ADD COLUMN ended_session int8;
ALTER TABLE device ADD COLUMN ended_at int8;
ALTER TABLE device ADD COLUMN listed int2 NOT NULL DEFAULT 0;      -- hardware by the registry: 0 unknown, 1 matches, 2 differs
ALTER TABLE device ADD COLUMN relapses int2 NOT NULL DEFAULT 0;

ALTER TABLE registration ADD COLUMN sequence int8 NOT NULL DEFAULT 0; -- of the latest directive in products that it has left
ALTER TABLE registration ADD COLUMN newest_session int8;
ALTER TABLE registration ADD COLUMN newest_at int8;
ALTER TABLE registration ADD COLUMN ended_session int8;
ALTER TABLE registration ADD COLUMN ended_at int8;

DROP VIEW devices;
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
    CASE outcome_result WHEN 0 THEN 'succeeded' WHEN 1 THEN 'failed' WHEN 2 THEN 'runs_another' WHEN 3 THEN 'withdrawn' END AS outcome_result,
    name, groups, newest_session,
    to_timestamp(newest_at / 1000.0) AS newest_at,
    ended_session,
    to_timestamp(ended_at / 1000.0) AS ended_at,
    CASE listed WHEN 0 THEN 'unknown' WHEN 1 THEN 'matches' WHEN 2 THEN 'differs' END AS listed,
    relapses
FROM device;
