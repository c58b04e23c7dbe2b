-- Schema 7: a capture may hold several reports, one after the other; each has a reading.

CREATE TABLE reading_7 (
  capture_id INTEGER NOT NULL REFERENCES capture (id),
  position INTEGER NOT NULL CHECK (position >= 0),  -- number of the report in the capture, from 0
  version_id INTEGER NOT NULL REFERENCES version (id),
  reader_id INTEGER NOT NULL REFERENCES reader (id),
  run_id INTEGER NOT NULL REFERENCES run (id),
  digest BLOB NOT NULL CHECK (length(digest) = 16),  -- of all that was read; for idempotence only
  official TEXT NOT NULL CHECK (official IN ('official', 'mirror_suspected', 'unknown')),  -- the verdict on it
  PRIMARY KEY (capture_id, position)
) STRICT, WITHOUT ROWID;
INSERT INTO reading_7 SELECT capture_id, 0, version_id, reader_id, run_id, digest, official FROM reading;
DROP TABLE reading;
ALTER TABLE reading_7 RENAME TO reading;
CREATE INDEX reading_version ON reading (version_id);

-- The rows of a list may stand on the report's second page.
ALTER TABLE statistic_cell ADD COLUMN part INTEGER NOT NULL DEFAULT 0 CHECK (part BETWEEN 0 AND 65535);
