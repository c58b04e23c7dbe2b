-- Schema 10: full text over the narratives, one Han character a token (src/store/search.rs cuts the text, fills the
-- index and keeps it up; `meta` key `narrative_index` is the version of its rules).
--
-- The index keeps no text of its own: `section` has it. A row is a section of a version: its rowid holds the year (newest first),
-- the version, the place and the kind. The tokenizer takes what is between spaces as it is.
CREATE VIRTUAL TABLE narrative_index USING fts5(text, content='', contentless_delete=1, tokenize='ascii');
-- One segment a transaction; more than the narratives of a transaction take.
INSERT INTO narrative_index (narrative_index, rank) VALUES ('hashsize', 16777216);

-- The sections of current versions.
CREATE VIEW narrative AS
SELECT r.id AS report_id, a.name AS agency, a.code AS agency_code, r.year, r.scope, v.official, s.position, s.kind,
  s.heading, s.text, s.version_id, s.start_byte, s.end_byte, s.part
FROM report r
JOIN version v ON v.id = r.version_id
JOIN section s ON s.version_id = v.id
LEFT JOIN agency a ON a.id = r.agency_id;
