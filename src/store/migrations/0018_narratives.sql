-- Schema 18: narratives take less room. Headings, of which there are few, are kept once, and the rows of the index of
-- narratives are numbered within their year, so that the distances it stores are short.

-- A kind of section with the heading it stood under. One that no section has any more stays.
CREATE TABLE section_heading (
  id INTEGER PRIMARY KEY,
  kind TEXT NOT NULL CHECK (kind = 'preamble' OR kind = 'overview' OR kind = 'active_disclosure' OR kind = 'requests'
    OR kind = 'disputes' OR kind = 'problems' OR kind = 'other' OR kind = 'appendix'),
  heading TEXT                             -- as printed; NULL: without one
) STRICT;
CREATE UNIQUE INDEX section_heading_same ON section_heading (heading, kind);

-- A section is found by its number: no index beside the table. Ask for it by `id`.
CREATE TABLE section_text (
  id INTEGER PRIMARY KEY,                  -- version × 2^20 + position
  heading_id INTEGER NOT NULL REFERENCES section_heading (id),
  text TEXT NOT NULL,
  start_byte INTEGER NOT NULL,
  end_byte INTEGER NOT NULL,
  part INTEGER NOT NULL DEFAULT 0 CHECK (part BETWEEN 0 AND 65535)
) STRICT;

INSERT INTO section_heading (kind, heading) SELECT DISTINCT kind, heading FROM section ORDER BY kind, heading;
INSERT INTO section_text (id, heading_id, text, start_byte, end_byte, part)
  SELECT s.id, h.id, s.text, s.start_byte, s.end_byte, s.part
  FROM section s JOIN section_heading h ON h.kind = s.kind AND h.heading IS s.heading ORDER BY s.id;

DROP TRIGGER version_gone;
DROP VIEW narrative;
DROP VIEW mention_list;
DROP TABLE section;
-- A section as one row.
CREATE VIEW section AS
SELECT s.id, s.id >> 20 AS version_id, s.id & 1048575 AS position, h.kind, h.heading, s.text, s.start_byte, s.end_byte, s.part
FROM section_text s LEFT JOIN section_heading h ON h.id = s.heading_id;

CREATE TRIGGER version_gone AFTER DELETE ON version BEGIN
  DELETE FROM section_text WHERE id BETWEEN OLD.id << 20 AND OLD.id << 20 | 1048575;
END;

CREATE VIEW narrative AS
SELECT r.id AS report_id, a.name AS agency, a.code AS agency_code, r.year, r.scope, v.official, s.id & 1048575 AS position, h.kind,
  h.heading, s.text, v.id AS version_id, s.start_byte, s.end_byte, s.part
FROM report r
JOIN version v ON v.id = r.version_id
JOIN section_text s ON s.id BETWEEN v.id << 20 AND v.id << 20 | 1048575
JOIN section_heading h ON h.id = s.heading_id
LEFT JOIN agency a ON a.id = r.agency_id;

CREATE VIEW mention_list AS
SELECT r.id AS report_id, a.name AS agency, r.year AS report_year, r.scope, m.position,
  CASE WHEN m.scale = 0 THEN m.mantissa
    ELSE CASE WHEN m.mantissa < 0 THEN '-' ELSE '' END ||
      substr(m.digits, 1, length(m.digits) - m.scale) || '.' || substr(m.digits, -m.scale) END AS value,
  m.unit, m.kind, m.direction, m.approximate, m.negated, m.year, m.period, m.channel, m.part_of, m.about,
  h.kind AS section, m.text, m.version_id, m.start_byte, m.end_byte, m.part
FROM report r
JOIN (SELECT *, substr('0000000000000000000' || ltrim(CAST(mantissa AS TEXT), '-'),
    -max(length(ltrim(CAST(mantissa AS TEXT), '-')), scale + 1)) AS digits FROM mention) m
  ON m.version_id = r.version_id
LEFT JOIN section_text s ON s.id = (m.version_id << 20 | m.section)
LEFT JOIN section_heading h ON h.id = s.heading_id
LEFT JOIN agency a ON a.id = r.agency_id;

-- Under which number the index of narratives has a version: `id >> 24` is the year, newest first. The rows of
-- `narrative_index` are `id << 4 | position`; it is made anew when the file is opened (src/store/search.rs).
CREATE TABLE narrative_row (
  id INTEGER PRIMARY KEY,
  version_id INTEGER NOT NULL UNIQUE REFERENCES version (id) ON DELETE CASCADE
) STRICT;
