-- Schema 13: less on the disk. What was stored can all be had from the views as before.

-- Lists print the same rows in thousands of reports: what does not differ between them is kept once. `pattern` is the rows in
-- short, to find it again. Never deleted, as labels are not.
CREATE TABLE statistic_layout (
  id INTEGER PRIMARY KEY,
  pattern TEXT NOT NULL UNIQUE
) STRICT;

CREATE TABLE statistic_layout_row (
  layout_id INTEGER NOT NULL REFERENCES statistic_layout (id),
  position INTEGER NOT NULL,
  label_id INTEGER NOT NULL REFERENCES statistic_label (id),
  observed INTEGER,                        -- which of its cells is the observation; NULL: none
  observed_column INTEGER,
  indicator_id INTEGER REFERENCES indicator (id),  -- of that observation
  PRIMARY KEY (layout_id, position),
  CHECK ((observed IS NULL) = (observed_column IS NULL)),
  CHECK ((observed IS NULL) = (indicator_id IS NULL))
) STRICT, WITHOUT ROWID;

CREATE TABLE statistic_list (
  version_id INTEGER PRIMARY KEY REFERENCES version (id) ON DELETE CASCADE,
  layout_id INTEGER NOT NULL REFERENCES statistic_layout (id)
) STRICT;

CREATE TEMP TABLE old_list AS
  SELECT version_id, group_concat(label_id || ':' || ifnull(observed, '') || ':' || ifnull(observed_column, '') || ':' ||
    ifnull(indicator_id, ''), ' ' ORDER BY position) AS pattern
  FROM statistic_row GROUP BY version_id;
INSERT INTO statistic_layout (pattern) SELECT pattern FROM old_list GROUP BY pattern ORDER BY min(version_id);
INSERT INTO statistic_list SELECT o.version_id, l.id FROM old_list o JOIN statistic_layout l USING (pattern);
INSERT INTO statistic_layout_row
  SELECT f.layout_id, r.position, r.label_id, r.observed, r.observed_column, r.indicator_id
  FROM (SELECT layout_id, min(version_id) AS version_id FROM statistic_list GROUP BY layout_id) f
  JOIN statistic_row r ON r.version_id = f.version_id;
DROP TABLE old_list;
DROP TABLE statistic_row;
CREATE VIEW statistic_row AS
SELECT s.version_id, r.position, r.label_id, r.observed, r.observed_column, r.indicator_id
FROM statistic_list s JOIN statistic_layout_row r ON r.layout_id = s.layout_id;

-- Indexes held the whole of what they find again: digests and addresses. A few bytes of them find it as well; whoever looks
-- compares the rest. Captures of one address come one after the other, so their index is filled in order.
DROP INDEX capture_identity;
DROP INDEX capture_address;
CREATE UNIQUE INDEX capture_identity ON capture (address_id, fetched_at_us, substr(sha256, 1, 8));
CREATE UNIQUE INDEX capture_unaddressed ON capture (sha256, fetched_at_us) WHERE address_id IS NULL;
DROP INDEX capture_record;
DROP INDEX capture_payload;
CREATE INDEX capture_record ON capture (substr(record_key, 1, 5)) WHERE record_key IS NOT NULL;
CREATE INDEX capture_payload ON capture (substr(payload_key, 1, 5)) WHERE payload_key IS NOT NULL;

CREATE TABLE address_13 (
  id INTEGER PRIMARY KEY,
  url TEXT NOT NULL                        -- each once
) STRICT;
INSERT INTO address_13 SELECT id, url FROM address ORDER BY id;
DROP TABLE address;
ALTER TABLE address_13 RENAME TO address;
-- The end of an address and the beginning of its host (src/store/archived.rs, ADDRESS).
CREATE INDEX address_url ON address (substr(url, -12), substr(url, 9, 12));

-- What a date was read from is mostly the date itself, or the page's address.
CREATE TABLE dated (
  version_id INTEGER NOT NULL REFERENCES version (id) ON DELETE CASCADE,
  position INTEGER NOT NULL,
  day TEXT NOT NULL CHECK (day GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'),
  source TEXT NOT NULL CHECK (source IN ('byline', 'meta', 'url', 'text')),
  raw TEXT,                                -- NULL: the day; where the source is url, the address of the version's capture
  PRIMARY KEY (version_id, position)
) STRICT, WITHOUT ROWID;
INSERT INTO dated SELECT version_id, position, day, source, CASE
    WHEN source <> 'url' THEN nullif(raw, day)
    ELSE nullif(raw, ifnull((SELECT a.url FROM version v JOIN capture c ON c.id = v.capture_id
      JOIN address a ON a.id = c.address_id WHERE v.id = version_id), '')) END
  FROM date_evidence;
DROP TABLE date_evidence;
CREATE VIEW date_evidence AS
SELECT e.version_id, e.position, e.day, e.source, CASE WHEN e.raw IS NOT NULL THEN e.raw WHEN e.source <> 'url' THEN e.day
  ELSE ifnull((SELECT a.url FROM version v JOIN capture c ON c.id = v.capture_id JOIN address a ON a.id = c.address_id
    WHERE v.id = e.version_id), e.day) END AS raw
FROM dated e;
