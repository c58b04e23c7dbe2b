-- Schema 1: everything that does not depend on the forms. The tables and views of the forms are
-- generated from the catalog (src/store/schema.rs) each time it changes.
--
-- Two clocks. What agencies publish: report, version, capture.fetched_at_us. What this program does:
-- run, reader, reading. A parser fix is a new run, never a new version.
-- Times are microseconds since 1970-01-01T00:00:00Z; days are ISO 8601 text.

CREATE TABLE meta (
  key TEXT PRIMARY KEY,
  value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- Reference data, a copy of the compiled-in catalog.
CREATE TABLE form (
  id TEXT PRIMARY KEY,
  first_year INTEGER NOT NULL,
  last_year INTEGER,                       -- NULL: in force
  basis TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE indicator (
  id INTEGER PRIMARY KEY,                  -- stable within this database
  form TEXT NOT NULL REFERENCES form (id),
  cell TEXT NOT NULL,                      -- the cell id of the outside contract
  position INTEGER NOT NULL,               -- order on the printed form; -1: not of the form any more
  table_id TEXT NOT NULL,
  row_id TEXT NOT NULL,
  column_id TEXT NOT NULL,                 -- '' outside a matrix
  labels TEXT NOT NULL,                    -- printed labels, outermost first, ' / ' between
  unit TEXT,                               -- NULL: the filler writes it into the cell
  quantity TEXT NOT NULL CHECK (quantity IN ('count', 'change', 'money')),
  table_anchor INTEGER NOT NULL,           -- the smallest id of the same table
  row_anchor INTEGER NOT NULL,             -- the smallest id of the same row
  column_anchor INTEGER NOT NULL,          -- the smallest id of the same column
  UNIQUE (form, cell)
) STRICT;

CREATE TABLE finding_code (
  code TEXT PRIMARY KEY,
  meaning TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- The archive's side.
CREATE TABLE address (
  id INTEGER PRIMARY KEY,
  url TEXT NOT NULL UNIQUE
) STRICT;

CREATE TABLE warc (
  id INTEGER PRIMARY KEY,
  file TEXT NOT NULL UNIQUE
) STRICT;

CREATE TABLE capture (
  id INTEGER PRIMARY KEY,
  sha256 BLOB NOT NULL CHECK (length(sha256) = 32),
  address_id INTEGER REFERENCES address (id),  -- NULL: imported without an address
  fetched_at_us INTEGER NOT NULL,
  content_type TEXT,                       -- NULL: not declared
  size INTEGER NOT NULL CHECK (size >= 0), -- payload bytes
  warc_id INTEGER REFERENCES warc (id),    -- NULL: not in an archive
  warc_offset INTEGER CHECK (warc_offset >= 0),
  warc_length INTEGER CHECK (warc_length >= 0),
  CHECK ((warc_id IS NULL) = (warc_offset IS NULL))
) STRICT;
CREATE UNIQUE INDEX capture_identity ON capture (sha256, fetched_at_us, ifnull(address_id, 0));
CREATE INDEX capture_address ON capture (address_id);

-- Our side.
CREATE TABLE run (
  id INTEGER PRIMARY KEY,
  program TEXT NOT NULL,
  started_at_us INTEGER NOT NULL
) STRICT;                                  -- only runs that changed something

CREATE TABLE reader (
  id INTEGER PRIMARY KEY,
  program TEXT NOT NULL,
  profile TEXT NOT NULL,
  UNIQUE (program, profile)
) STRICT;

-- What agencies publish.
CREATE TABLE agency (
  id INTEGER PRIMARY KEY,
  name TEXT CHECK (name <> ''),            -- NULL: only the code is known
  code TEXT CHECK (code <> ''),            -- NULL: not found
  CHECK (name IS NOT NULL OR code IS NOT NULL)
) STRICT;
CREATE UNIQUE INDEX agency_identity ON agency (ifnull(name, ''), ifnull(code, ''));
CREATE INDEX agency_name ON agency (name);

CREATE TABLE report (
  id INTEGER PRIMARY KEY,
  agency_id INTEGER REFERENCES agency (id),    -- NULL: not found
  year INTEGER,                            -- the year reported on; NULL: not found
  scope TEXT NOT NULL CHECK (scope IN ('own', 'consolidated', 'unknown')),
  page TEXT NOT NULL DEFAULT '',           -- identity where agency or year is unknown: URL or digest
  version_id INTEGER,                      -- the current version
  CHECK ((page = '') = (agency_id IS NOT NULL AND year IS NOT NULL))
) STRICT;
-- NULLs are distinct in an index; the second one keeps reports of unknown agency or year apart.
CREATE UNIQUE INDEX report_identity ON report (agency_id, year, scope, page);
CREATE UNIQUE INDEX report_page ON report (page, scope, ifnull(agency_id, 0), ifnull(year, 0)) WHERE page <> '';

-- One content of a report. Its details (cells, sections, findings, …) are those read from `capture_id`.
CREATE TABLE version (
  id INTEGER PRIMARY KEY,
  report_id INTEGER NOT NULL REFERENCES report (id),
  content_digest BLOB NOT NULL CHECK (length(content_digest) = 16),
  first_seen_us INTEGER NOT NULL,
  last_seen_us INTEGER NOT NULL CHECK (last_seen_us >= first_seen_us),
  capture_id INTEGER NOT NULL REFERENCES capture (id),
  reader_id INTEGER NOT NULL REFERENCES reader (id),
  title TEXT,
  form TEXT REFERENCES form (id),          -- NULL: no statutory table recognised
  published TEXT CHECK (published GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'),
  official TEXT NOT NULL CHECK (official IN ('official', 'mirror_suspected', 'unknown')),
  charset TEXT NOT NULL,
  charset_evidence TEXT NOT NULL CHECK (charset_evidence IN ('bom', 'http', 'meta', 'detected')),
  replacements INTEGER NOT NULL CHECK (replacements >= 0),
  signals TEXT CHECK (signals GLOB '[[]*]'),   -- JSON array of text; NULL: none
  UNIQUE (report_id, content_digest)
) STRICT;
CREATE INDEX version_capture ON version (capture_id);

-- Which capture was read as which version, and by which run.
CREATE TABLE reading (
  capture_id INTEGER PRIMARY KEY REFERENCES capture (id),
  version_id INTEGER NOT NULL REFERENCES version (id),
  reader_id INTEGER NOT NULL REFERENCES reader (id),
  run_id INTEGER NOT NULL REFERENCES run (id),
  digest BLOB NOT NULL CHECK (length(digest) = 16)  -- of all that was read; for idempotence only
) STRICT;
CREATE INDEX reading_version ON reading (version_id);

-- Captures that were read and are no report.
CREATE TABLE refusal (
  capture_id INTEGER PRIMARY KEY REFERENCES capture (id),
  run_id INTEGER NOT NULL REFERENCES run (id),
  reason TEXT NOT NULL CHECK (reason <> ''),
  detail TEXT NOT NULL
) STRICT;

-- Details of a version.
CREATE TABLE section (
  id INTEGER PRIMARY KEY,
  version_id INTEGER NOT NULL REFERENCES version (id) ON DELETE CASCADE,
  position INTEGER NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('preamble', 'overview', 'active_disclosure', 'requests',
    'disputes', 'problems', 'other', 'appendix')),
  heading TEXT,
  text TEXT NOT NULL,
  start_byte INTEGER NOT NULL,
  end_byte INTEGER NOT NULL,
  UNIQUE (version_id, position)
) STRICT;

CREATE TABLE date_evidence (
  version_id INTEGER NOT NULL REFERENCES version (id) ON DELETE CASCADE,
  position INTEGER NOT NULL,
  day TEXT NOT NULL CHECK (day GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'),
  source TEXT NOT NULL CHECK (source IN ('byline', 'meta', 'url', 'text')),
  raw TEXT NOT NULL,
  PRIMARY KEY (version_id, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE mention (
  version_id INTEGER NOT NULL REFERENCES version (id) ON DELETE CASCADE,
  position INTEGER NOT NULL,
  text TEXT NOT NULL,
  mantissa INTEGER NOT NULL,
  scale INTEGER NOT NULL CHECK (scale BETWEEN 0 AND 18),
  approximate INTEGER NOT NULL CHECK (approximate IN (0, 1)),
  about TEXT,                              -- a cell id; NULL: not known
  PRIMARY KEY (version_id, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE finding (
  version_id INTEGER NOT NULL REFERENCES version (id) ON DELETE CASCADE,
  position INTEGER NOT NULL,
  code TEXT NOT NULL REFERENCES finding_code (code),
  severity TEXT NOT NULL CHECK (severity IN ('info', 'warning', 'error')),
  message TEXT NOT NULL,
  place TEXT NOT NULL,                     -- '': the whole report
  PRIMARY KEY (version_id, position)
) STRICT, WITHOUT ROWID;
CREATE INDEX finding_by_code ON finding (code);

-- Where each cell stood; packed (src/store/places.rs).
CREATE TABLE place (
  version_id INTEGER PRIMARY KEY REFERENCES version (id) ON DELETE CASCADE,
  packed BLOB NOT NULL
) STRICT;

-- What the wide tables cannot say. A NULL there is a blank cell, unless a row here covers it:
-- the cell's own, else its column's, its row's, its table's (so the words sort). Rows for more
-- than one cell speak only of cells that are NULL in the wide table.
CREATE TABLE exception (
  version_id INTEGER NOT NULL REFERENCES version (id) ON DELETE CASCADE,
  extent TEXT NOT NULL CHECK (extent IN ('cell', 'column', 'row', 'table')),
  indicator_id INTEGER NOT NULL REFERENCES indicator (id),  -- the cell, or the anchor of the extent
  status TEXT NOT NULL CHECK (status IN ('number', 'blank', 'mark', 'text', 'unreadable',
    'row_absent', 'column_absent', 'table_absent',
    'not_part')),                          -- not_part: the report says nothing of the cell
  raw TEXT,                                -- NULL: '' or, for a number, its plain printing
  mantissa INTEGER,                        -- a number the wide column cannot hold: other unit, decimals
  scale INTEGER CHECK (scale BETWEEN 0 AND 18),
  unit TEXT,                               -- NULL: the form's; '': none
  PRIMARY KEY (version_id, extent, indicator_id),
  CHECK (status = 'number' OR mantissa IS NULL),
  CHECK ((mantissa IS NULL) = (scale IS NULL)),
  CHECK (status <> 'number' OR extent = 'cell'),
  CHECK (status <> 'number' OR mantissa IS NOT NULL OR (raw IS NOT NULL AND unit IS NULL))
) STRICT, WITHOUT ROWID;

-- Agencies of which some pages give the code and some do not are one, where only one code is known
-- for the name. `key` is the agency to group by.
CREATE VIEW agency_key AS
SELECT a.id AS agency_id,
  CASE WHEN a.code IS NULL
      AND (SELECT count(*) FROM agency b WHERE b.name = a.name AND b.code IS NOT NULL) = 1
    THEN (SELECT b.id FROM agency b WHERE b.name = a.name AND b.code IS NOT NULL)
    ELSE a.id END AS key
FROM agency a;

CREATE VIEW report_list AS
SELECT r.id AS report_id, a.name AS agency, a.code AS agency_code, r.year, r.scope, v.form, v.title,
  v.published, v.official, lower(hex(c.sha256)) AS sha256, d.url,
  strftime('%Y-%m-%dT%H:%M:%SZ', v.first_seen_us / 1000000, 'unixepoch') AS first_seen,
  strftime('%Y-%m-%dT%H:%M:%SZ', v.last_seen_us / 1000000, 'unixepoch') AS last_seen,
  (SELECT count(*) FROM version w WHERE w.report_id = r.id) AS versions,
  (SELECT count(*) FROM finding f WHERE f.version_id = v.id AND f.severity = 'error') AS errors,
  (SELECT count(*) FROM finding f WHERE f.version_id = v.id AND f.severity = 'warning') AS warnings,
  v.id AS version_id
FROM report r
JOIN version v ON v.id = r.version_id
JOIN capture c ON c.id = v.capture_id
LEFT JOIN agency a ON a.id = r.agency_id
LEFT JOIN address d ON d.id = c.address_id;

CREATE VIEW finding_list AS
SELECT r.id AS report_id, a.name AS agency, r.year, r.scope, f.code, f.severity, f.message, f.place
FROM report r
JOIN finding f ON f.version_id = r.version_id
LEFT JOIN agency a ON a.id = r.agency_id;

CREATE VIEW refusal_list AS
SELECT lower(hex(c.sha256)) AS sha256, d.url, x.reason, x.detail,
  strftime('%Y-%m-%dT%H:%M:%SZ', c.fetched_at_us / 1000000, 'unixepoch') AS fetched_at
FROM refusal x
JOIN capture c ON c.id = x.capture_id
LEFT JOIN address d ON d.id = c.address_id;
