-- Schema 8: builds that read what is new only; pages seen again (revisits), pages that were cut off.

ALTER TABLE capture ADD COLUMN truncated TEXT CHECK (truncated <> '');   -- why the payload is not whole; NULL: nothing says so
ALTER TABLE capture ADD COLUMN revisit_of INTEGER REFERENCES capture (id);  -- whose record has the payload; NULL: its own
ALTER TABLE capture ADD COLUMN record_key BLOB CHECK (length(record_key) = 16);    -- of WARC-Record-ID; NULL: none, or a revisit's
ALTER TABLE capture ADD COLUMN payload_key BLOB CHECK (length(payload_key) = 16);  -- of WARC-Payload-Digest; NULL as above
CREATE INDEX capture_record ON capture (record_key) WHERE record_key IS NOT NULL;
CREATE INDEX capture_payload ON capture (payload_key) WHERE payload_key IS NOT NULL;
CREATE INDEX capture_revisit ON capture (revisit_of) WHERE revisit_of IS NOT NULL;
CREATE INDEX capture_warc ON capture (warc_id, warc_offset) WHERE warc_id IS NOT NULL;

-- 0: all its captures are cut off. Such a version is current only where there is no whole one.
ALTER TABLE version ADD COLUMN whole INTEGER NOT NULL DEFAULT 1 CHECK (whole IN (0, 1));

-- How far each file of the archive was read.
CREATE TABLE warc_state (
  warc_id INTEGER PRIMARY KEY REFERENCES warc (id),
  end INTEGER NOT NULL CHECK (end >= 0),   -- the records before this byte were read
  mark BLOB NOT NULL CHECK (length(mark) = 32)  -- SHA-256 of the file's first and last bytes up to there
) STRICT;

-- What went wrong on the way, to be told again by builds that do not read it again.
CREATE TABLE warc_trouble (
  warc_id INTEGER NOT NULL REFERENCES warc (id),
  offset INTEGER NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('damage', 'failure')),
  message TEXT NOT NULL,
  PRIMARY KEY (warc_id, offset, kind, message)
) STRICT, WITHOUT ROWID;

-- Revisit records whose page was not found yet, or found by its digest alone: asked for again by every build.
CREATE TABLE revisit (
  warc_id INTEGER NOT NULL REFERENCES warc (id),
  offset INTEGER NOT NULL,
  length INTEGER NOT NULL,
  url TEXT NOT NULL,
  fetched_at_us INTEGER NOT NULL,
  refers_to BLOB CHECK (length(refers_to) = 16),    -- key of the record id
  refers_url TEXT,
  refers_us INTEGER,
  payload BLOB CHECK (length(payload) = 16),        -- key of the payload digest
  PRIMARY KEY (warc_id, offset)
) STRICT, WITHOUT ROWID;

-- Pages of reports over several, by what their addresses have in common; fresh ones are still to be put together.
CREATE TABLE paged (
  capture_id INTEGER PRIMARY KEY REFERENCES capture (id) ON DELETE CASCADE,
  stem TEXT NOT NULL,
  fresh INTEGER NOT NULL CHECK (fresh IN (0, 1))
) STRICT;
CREATE INDEX paged_stem ON paged (stem);
CREATE INDEX paged_fresh ON paged (stem) WHERE fresh = 1;

-- Readings that shall be made again.
CREATE INDEX reading_due ON reading (capture_id) WHERE digest = x'00000000000000000000000000000000';
-- What counts as another content has changed.
UPDATE reading SET digest = x'00000000000000000000000000000000';

-- `versions` counts what the agency published: no copies, and nothing known only in part, where there is something else.
DROP VIEW report_list;
CREATE VIEW report_list AS
SELECT r.id AS report_id, a.name AS agency, a.code AS agency_code, r.year, r.scope, v.form, v.title,
  v.published, v.official, lower(hex(c.sha256)) AS sha256, d.url,
  strftime('%Y-%m-%dT%H:%M:%SZ', v.first_seen_us / 1000000, 'unixepoch') AS first_seen,
  strftime('%Y-%m-%dT%H:%M:%SZ', v.last_seen_us / 1000000, 'unixepoch') AS last_seen,
  (SELECT count(*) FROM version w WHERE w.report_id = r.id AND w.whole >= v.whole
    AND (w.official = 'mirror_suspected') = (v.official = 'mirror_suspected')) AS versions,
  (SELECT count(*) FROM finding f WHERE f.version_id = v.id AND f.severity = 'error') AS errors,
  (SELECT count(*) FROM finding f WHERE f.version_id = v.id AND f.severity = 'warning') AS warnings,
  v.id AS version_id, v.whole
FROM report r
JOIN version v ON v.id = r.version_id
JOIN capture c ON c.id = v.capture_id
LEFT JOIN agency a ON a.id = r.agency_id
LEFT JOIN address d ON d.id = c.address_id;
