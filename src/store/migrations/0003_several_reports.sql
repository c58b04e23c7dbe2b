-- Schema 3: a capture may hold several reports, one after the other; each has a reading.

CREATE TABLE reading_3 (
  capture_id INTEGER NOT NULL REFERENCES capture (id),
  position INTEGER NOT NULL CHECK (position >= 0),  -- number of the report in the capture, from 0
  version_id INTEGER NOT NULL REFERENCES version (id),
  reader_id INTEGER NOT NULL REFERENCES reader (id),
  run_id INTEGER NOT NULL REFERENCES run (id),
  digest BLOB NOT NULL CHECK (length(digest) = 16),  -- of all that was read; for idempotence only
  PRIMARY KEY (capture_id, position)
) STRICT, WITHOUT ROWID;
INSERT INTO reading_3 SELECT capture_id, 0, version_id, reader_id, run_id, digest FROM reading;
DROP TABLE reading;
ALTER TABLE reading_3 RENAME TO reading;
CREATE INDEX reading_version ON reading (version_id);
