-- Schema 12: findings across years, versions and texts; answers that a page is not there; what people said of findings.

-- Answers 404 and 410, by the address asked.
CREATE TABLE absence (
  url TEXT NOT NULL,
  at_us INTEGER NOT NULL,
  answer TEXT NOT NULL CHECK (answer IN ('404', '410', 'soft_gone')),
  file TEXT NOT NULL,                      -- of the archive
  offset INTEGER NOT NULL,                 -- of the record in it, in bytes
  PRIMARY KEY (url, at_us, file, offset)
) STRICT, WITHOUT ROWID;

-- A copy of the compiled-in sentences.
CREATE TABLE watch_code (
  code TEXT PRIMARY KEY,
  severity TEXT NOT NULL CHECK (severity IN ('info', 'warning', 'error')),
  zh TEXT NOT NULL,
  en TEXT NOT NULL,
  basis_zh TEXT NOT NULL,                  -- the law or rule
  basis_en TEXT NOT NULL,
  innocent_zh TEXT NOT NULL,               -- JSON array
  innocent_en TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- Made anew by each build from what the other tables say.
CREATE TABLE watch (
  id TEXT PRIMARY KEY,                     -- the same for the same finding in every build
  code TEXT NOT NULL REFERENCES watch_code (code),
  report_id INTEGER NOT NULL REFERENCES report (id) ON DELETE CASCADE,
  other_report_id INTEGER REFERENCES report (id) ON DELETE CASCADE,  -- NULL: about one report alone
  about TEXT NOT NULL,
  message_zh TEXT NOT NULL,
  message_en TEXT NOT NULL,
  rule TEXT NOT NULL,                      -- in data/identities.toml; '' for none
  evidence TEXT NOT NULL CHECK (evidence GLOB '[[]*]')
) STRICT;
CREATE INDEX watch_of_report ON watch (report_id);
CREATE INDEX watch_of_other ON watch (other_report_id) WHERE other_report_id IS NOT NULL;
CREATE INDEX watch_by_code ON watch (code);

-- What people said of findings, a copy of the home's decisions.jsonl.
CREATE TABLE verdict (
  finding TEXT PRIMARY KEY,
  word TEXT NOT NULL CHECK (word IN ('confirmed', 'dismissed')),
  reason TEXT NOT NULL,
  said_by TEXT,                            -- NULL: not told
  said_at TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE VIEW watch_list AS
SELECT w.id, w.code, c.severity, w.report_id, ifnull(k.label, g.name) AS agency, g.code AS agency_code, r.year, r.scope, w.other_report_id,
  w.about, w.message_zh, w.message_en, w.rule, c.basis_zh, c.basis_en, c.innocent_zh, c.innocent_en, w.evidence,
  ifnull(v.word, 'open') AS verdict, v.reason AS verdict_reason, v.said_by AS verdict_by, v.said_at AS verdict_at
FROM watch w
JOIN watch_code c ON c.code = w.code
JOIN report r ON r.id = w.report_id
LEFT JOIN agency_key k ON k.agency_id = r.agency_id
LEFT JOIN agency g ON g.id = k.key
LEFT JOIN verdict v ON v.finding = w.id;
