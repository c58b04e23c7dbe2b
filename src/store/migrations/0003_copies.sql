-- Schema 2: suspected copies bear no witness to what an agency published, and when.

-- The verdict on each capture, also those that do not lead their version.
ALTER TABLE reading ADD COLUMN official TEXT NOT NULL DEFAULT 'unknown'
  CHECK (official IN ('official', 'mirror_suspected', 'unknown'));
UPDATE reading SET official = (SELECT v.official FROM version v WHERE v.id = version_id);

CREATE INDEX version_copy ON version (id) WHERE official = 'mirror_suspected';

-- `versions` counts what the agency published; copies count only where there is nothing else.
-- A copy is a report's current version only then.
DROP VIEW report_list;
CREATE VIEW report_list AS
SELECT r.id AS report_id, a.name AS agency, a.code AS agency_code, r.year, r.scope, v.form, v.title,
  v.published, v.official, lower(hex(c.sha256)) AS sha256, d.url,
  strftime('%Y-%m-%dT%H:%M:%SZ', v.first_seen_us / 1000000, 'unixepoch') AS first_seen,
  strftime('%Y-%m-%dT%H:%M:%SZ', v.last_seen_us / 1000000, 'unixepoch') AS last_seen,
  (SELECT count(*) FROM version w WHERE w.report_id = r.id
    AND (w.official = 'mirror_suspected') = (v.official = 'mirror_suspected')) AS versions,
  (SELECT count(*) FROM finding f WHERE f.version_id = v.id AND f.severity = 'error') AS errors,
  (SELECT count(*) FROM finding f WHERE f.version_id = v.id AND f.severity = 'warning') AS warnings,
  v.id AS version_id
FROM report r
JOIN version v ON v.id = r.version_id
JOIN capture c ON c.id = v.capture_id
LEFT JOIN agency a ON a.id = r.agency_id
LEFT JOIN address d ON d.id = c.address_id;

DROP VIEW finding_list;
CREATE VIEW finding_list AS
SELECT r.id AS report_id, a.name AS agency, r.year, r.scope, v.official, f.code, f.severity, f.message, f.place
FROM report r
JOIN version v ON v.id = r.version_id
JOIN finding f ON f.version_id = v.id
LEFT JOIN agency a ON a.id = r.agency_id;
