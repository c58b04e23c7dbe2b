-- Schema 14: less on the disk once more, and fewer rows a report. What was stored can all be had from the views as before.

-- The cells of lists, but for those that are observations, were a row each. Which there are, and in which columns, thousands of
-- reports have in common: that is the layout's. A version has their values alone: `numbers` is a JSON array, an entry a cell in
-- the layout's order: an integer is a number as printed plainly, null a blank, a text a mark, and an array
-- [status, raw, mantissa, scale] anything else; raw is null for '' and for a number's plain printing.
DROP VIEW statistic_row;
CREATE TABLE statistic_layout_14 (
  id INTEGER PRIMARY KEY,
  pattern TEXT NOT NULL UNIQUE             -- rows, columns and cells in short, to find it again
) STRICT;
CREATE TABLE statistic_layout_cell (
  layout_id INTEGER NOT NULL REFERENCES statistic_layout (id),
  number INTEGER NOT NULL,                 -- in `numbers`
  row INTEGER NOT NULL,                    -- statistic_layout_row.position
  position INTEGER NOT NULL,               -- in the row
  column INTEGER NOT NULL,                 -- statistic_layout_column.position
  unit TEXT CHECK (unit <> ''),
  PRIMARY KEY (layout_id, number)
) STRICT, WITHOUT ROWID;
CREATE TABLE statistic_layout_column (
  layout_id INTEGER NOT NULL REFERENCES statistic_layout (id),
  position INTEGER NOT NULL,
  head TEXT CHECK (head <> ''),            -- NULL: none
  kind TEXT NOT NULL CHECK (kind IN ('year', 'cumulative', 'month', 'unknown')),
  year INTEGER,                            -- NULL: not of one year, or not known of which
  is_relative INTEGER NOT NULL CHECK (is_relative IN (0, 1)),  -- whether `year` is added to the report's
  PRIMARY KEY (layout_id, position)
) STRICT, WITHOUT ROWID;

CREATE TEMP TABLE old_pattern AS
SELECT s.version_id, l.pattern || ifnull((SELECT '|' || group_concat(c.position || ':' || quote(c.head) || ':' || c.kind || ':' ||
    ifnull(c.year, ''), ' ' ORDER BY c.position) FROM statistic_column c WHERE c.version_id = s.version_id), '') ||
  ifnull((SELECT '|' || group_concat(x.row || ':' || x.position || ':' || x.column || ':' || ifnull(x.unit, ''), ' '
    ORDER BY x.row, x.position) FROM statistic_cell x WHERE x.version_id = s.version_id), '') AS pattern,
  s.layout_id AS old_id
FROM statistic_list s JOIN statistic_layout l ON l.id = s.layout_id;
-- Patterns are written otherwise from here on, so these are told by a sign that no new one has: nothing finds them again.
INSERT INTO statistic_layout_14 (pattern) SELECT '#' || pattern FROM old_pattern GROUP BY pattern ORDER BY min(version_id);
CREATE TEMP TABLE old_list AS
SELECT o.version_id, l.id AS layout_id, o.old_id FROM old_pattern o JOIN statistic_layout_14 l ON l.pattern = '#' || o.pattern;
CREATE TEMP TABLE old_first AS SELECT layout_id, min(version_id) AS version_id, old_id FROM old_list GROUP BY layout_id;
CREATE TABLE statistic_layout_row_14 (
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
INSERT INTO statistic_layout_row_14
  SELECT f.layout_id, r.position, r.label_id, r.observed, r.observed_column, r.indicator_id
  FROM old_first f JOIN statistic_layout_row r ON r.layout_id = f.old_id;
INSERT INTO statistic_layout_column
  SELECT f.layout_id, c.position, c.head, c.kind, c.year, 0
  FROM old_first f JOIN statistic_column c ON c.version_id = f.version_id;
INSERT INTO statistic_layout_cell
  SELECT f.layout_id, row_number() OVER (PARTITION BY f.layout_id ORDER BY x.row, x.position) - 1, x.row, x.position, x.column, x.unit
  FROM old_first f JOIN statistic_cell x ON x.version_id = f.version_id;
CREATE TABLE statistic_list_14 (
  version_id INTEGER PRIMARY KEY REFERENCES version (id) ON DELETE CASCADE,
  layout_id INTEGER NOT NULL REFERENCES statistic_layout (id),
  numbers TEXT CHECK (numbers GLOB '[[]*]'),  -- NULL: no cell but observations
  places BLOB                              -- where those cells stood, packed as in `place`; NULL: not known
) STRICT;
INSERT INTO statistic_list_14
  SELECT o.version_id, o.layout_id, (SELECT json_group_array(json(CASE
      WHEN status = 'number' AND scale = 0 AND raw IS NULL THEN CAST(mantissa AS TEXT)
      WHEN status = 'blank' AND raw IS NULL THEN 'null'
      WHEN status = 'mark' AND raw IS NOT NULL THEN json_quote(raw)
      ELSE json_array(status, raw, mantissa, scale) END) ORDER BY row, position)
    FROM statistic_cell x WHERE x.version_id = o.version_id HAVING count(*) > 0), NULL
  FROM old_list o;
DROP TABLE old_first;
DROP TABLE old_list;
DROP TABLE old_pattern;
DROP TABLE statistic_cell;
DROP TABLE statistic_column;
DROP TABLE statistic_list;
DROP TABLE statistic_layout_row;
DROP TABLE statistic_layout;
ALTER TABLE statistic_layout_14 RENAME TO statistic_layout;
ALTER TABLE statistic_layout_row_14 RENAME TO statistic_layout_row;
ALTER TABLE statistic_list_14 RENAME TO statistic_list;
-- Places of cells that are no observations come with the next reading.
UPDATE reading SET digest = x'00000000000000000000000000000000' WHERE version_id IN
  (SELECT version_id FROM statistic_list WHERE numbers IS NOT NULL);

CREATE VIEW statistic_row AS
SELECT s.version_id, r.position, r.label_id, r.observed, r.observed_column, r.indicator_id
FROM statistic_list s JOIN statistic_layout_row r ON r.layout_id = s.layout_id;
CREATE VIEW statistic_column AS
SELECT s.version_id, c.position, c.head, c.kind, CASE WHEN c.is_relative THEN r.year + c.year ELSE c.year END AS year
FROM statistic_list s JOIN statistic_layout_column c ON c.layout_id = s.layout_id
JOIN version v ON v.id = s.version_id JOIN report r ON r.id = v.report_id;
CREATE VIEW statistic_cell AS
SELECT s.version_id, c.row, c.position, c.column,
  CASE n.type WHEN 'integer' THEN 'number' WHEN 'null' THEN 'blank' WHEN 'text' THEN 'mark' ELSE n.value ->> 0 END AS status,
  CASE n.type WHEN 'text' THEN n.value WHEN 'array' THEN n.value ->> 1 END AS raw,
  CASE n.type WHEN 'integer' THEN n.value WHEN 'array' THEN n.value ->> 2 END AS mantissa,
  CASE n.type WHEN 'integer' THEN 0 WHEN 'array' THEN n.value ->> 3 END AS scale, c.unit
FROM statistic_list s CROSS JOIN json_each(s.numbers) n
CROSS JOIN statistic_layout_cell c ON c.layout_id = s.layout_id AND c.number = n.key;

-- Days with what they were read from: a JSON array of texts, '2021-01-20b~', in the order of their places. Behind the day a letter
-- (byline, meta, url, text), then nothing (the day itself; of an address, that of the version's capture), or '~' (2021年1月20日)
-- or '@' (the day) with what follows it, or '=' and the text as it stood.
--
-- `title` has signs for what is elsewhere (src/store/short.rs): the agency's name and the year, common endings.
-- `signals` is '[]' where the one signal is that the address's own host is official.
CREATE TABLE version_14 (
  id INTEGER PRIMARY KEY,
  report_id INTEGER NOT NULL REFERENCES report (id),
  content_digest BLOB NOT NULL CHECK (length(content_digest) = 16),  -- no two of a report have the same
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
  parts TEXT CHECK (parts GLOB '[[]*]'),   -- JSON array of name and sha256; NULL: the payload itself
  whole INTEGER NOT NULL DEFAULT 1 CHECK (whole IN (0, 1)),
  site_id TEXT CHECK (site_id <> ''),      -- SiteIDCode of the page; NULL: none
  dates TEXT CHECK (dates GLOB '[[]*]')    -- NULL: none
) STRICT;
INSERT INTO version_14
  SELECT id, report_id, content_digest, first_seen_us, last_seen_us, capture_id, reader_id,
    CASE WHEN title GLOB '*[' || char(1) || '-' || char(7) || ']*' THEN char(7) || title ELSE title END, form, published, official,
    charset, charset_evidence, replacements, signals, parts, whole, site_id,
    (SELECT json_group_array(day || substr(source, 1, 1) || ifnull(CASE WHEN raw = day THEN '@' ELSE '=' || raw END, '')
        ORDER BY position) FROM dated d WHERE d.version_id = v.id HAVING count(*) > 0)
  FROM version v;
DROP VIEW date_evidence;
DROP TABLE dated;
DROP TABLE version;
ALTER TABLE version_14 RENAME TO version;
CREATE INDEX version_report ON version (report_id);
CREATE INDEX version_capture ON version (capture_id);
CREATE INDEX version_copy ON version (id) WHERE official = 'mirror_suspected';

CREATE VIEW version_title AS
SELECT v.id AS version_id, CASE WHEN substr(v.title, 1, 1) = char(7) THEN substr(v.title, 2)
  ELSE replace(replace(replace(replace(v.title, char(4), '政府信息公开年度报告'), char(3), '政府信息公开工作年度报告'),
    char(2), ifnull(r.year, '')), char(1), ifnull(a.name, '')) END AS title
FROM version v JOIN report r ON r.id = v.report_id LEFT JOIN agency a ON a.id = r.agency_id;

CREATE VIEW date_evidence AS
SELECT v.id AS version_id, e.key AS position, substr(e.value, 1, 10) AS day,
  CASE substr(e.value, 11, 1) WHEN 'b' THEN 'byline' WHEN 'm' THEN 'meta' WHEN 'u' THEN 'url' ELSE 'text' END AS source,
  CASE substr(e.value, 12, 1)
    WHEN '' THEN CASE WHEN substr(e.value, 11, 1) = 'u' THEN ifnull((SELECT d.url FROM capture c JOIN address d
      ON d.id = c.address_id WHERE c.id = v.capture_id), substr(e.value, 1, 10)) ELSE substr(e.value, 1, 10) END
    WHEN '~' THEN CAST(substr(e.value, 1, 4) AS INTEGER) || '年' || CAST(substr(e.value, 6, 2) AS INTEGER) || '月' ||
      CAST(substr(e.value, 9, 2) AS INTEGER) || '日' || substr(e.value, 13)
    WHEN '@' THEN substr(e.value, 1, 10) || substr(e.value, 13)
    ELSE substr(e.value, 13) END AS raw
FROM version v JOIN json_each(v.dates) e;

-- A section is found by its number: no index beside the table. Ask for it by `id`.
CREATE TABLE section_14 (
  id INTEGER PRIMARY KEY,                  -- version × 2^20 + position
  version_id INTEGER NOT NULL GENERATED ALWAYS AS (id >> 20) VIRTUAL,
  position INTEGER NOT NULL GENERATED ALWAYS AS (id & 1048575) VIRTUAL,
  kind TEXT NOT NULL CHECK (kind IN ('preamble', 'overview', 'active_disclosure', 'requests',
    'disputes', 'problems', 'other', 'appendix')),
  heading TEXT,
  text TEXT NOT NULL,
  start_byte INTEGER NOT NULL,
  end_byte INTEGER NOT NULL,
  part INTEGER NOT NULL DEFAULT 0 CHECK (part BETWEEN 0 AND 65535)
) STRICT;
INSERT INTO section_14 (id, kind, heading, text, start_byte, end_byte, part)
  SELECT version_id << 20 | position, kind, heading, text, start_byte, end_byte, part FROM section ORDER BY version_id, position;
DROP TABLE section;
ALTER TABLE section_14 RENAME TO section;
CREATE TRIGGER version_gone AFTER DELETE ON version BEGIN
  DELETE FROM section WHERE id BETWEEN OLD.id << 20 AND OLD.id << 20 | 1048575;
END;

DROP VIEW narrative;
CREATE VIEW narrative AS
SELECT r.id AS report_id, a.name AS agency, a.code AS agency_code, r.year, r.scope, v.official, s.position, s.kind,
  s.heading, s.text, v.id AS version_id, s.start_byte, s.end_byte, s.part
FROM report r
JOIN version v ON v.id = r.version_id
JOIN section s ON s.id BETWEEN v.id << 20 AND v.id << 20 | 1048575
LEFT JOIN agency a ON a.id = r.agency_id;

DROP VIEW mention_list;
CREATE VIEW mention_list AS
SELECT r.id AS report_id, a.name AS agency, r.year AS report_year, r.scope, m.position,
  CASE WHEN m.scale = 0 THEN m.mantissa
    ELSE CASE WHEN m.mantissa < 0 THEN '-' ELSE '' END ||
      substr(m.digits, 1, length(m.digits) - m.scale) || '.' || substr(m.digits, -m.scale) END AS value,
  m.unit, m.kind, m.direction, m.approximate, m.negated, m.year, m.period, m.channel, m.part_of, m.about,
  s.kind AS section, m.text, m.version_id, m.start_byte, m.end_byte, m.part
FROM report r
JOIN (SELECT *, substr('0000000000000000000' || ltrim(CAST(mantissa AS TEXT), '-'),
    -max(length(ltrim(CAST(mantissa AS TEXT), '-')), scale + 1)) AS digits FROM mention) m
  ON m.version_id = r.version_id
LEFT JOIN section s ON s.id = (m.version_id << 20 | m.section)
LEFT JOIN agency a ON a.id = r.agency_id;

DROP VIEW report_list;
CREATE VIEW report_list AS
SELECT r.id AS report_id, a.name AS agency, a.code AS agency_code, r.year, r.scope, v.form,
  (SELECT t.title FROM version_title t WHERE t.version_id = v.id) AS title,
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

-- Captures of one address within one microsecond are told apart by comparing them (src/store/writer.rs).
DROP INDEX capture_identity;
CREATE INDEX capture_identity ON capture (address_id, fetched_at_us);
