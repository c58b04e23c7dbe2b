-- Schema 6: numbers in the narrative with what they count. No program of an older schema wrote a mention.

DROP TABLE mention;

CREATE TABLE mention (
  version_id INTEGER NOT NULL REFERENCES version (id) ON DELETE CASCADE,
  position INTEGER NOT NULL,               -- in the report, from 0
  text TEXT NOT NULL,                      -- the clause, as published
  mantissa INTEGER NOT NULL,
  scale INTEGER NOT NULL CHECK (scale BETWEEN 0 AND 18),
  unit TEXT,                               -- as printed; NULL: none
  approximate INTEGER NOT NULL CHECK (approximate IN (0, 1)),
  negated INTEGER NOT NULL CHECK (negated IN (0, 1)),
  kind TEXT NOT NULL CHECK (kind IN ('count', 'amount', 'percent', 'change')),
  direction TEXT CHECK (direction IN ('up', 'down')),
  year INTEGER,                            -- the year it speaks of; NULL: several or not certain
  period TEXT NOT NULL CHECK (period IN ('year', 'implied', 'part', 'cumulative', 'unclear')),
  channel TEXT CHECK (channel IN ('website', 'wechat', 'weibo', 'app', 'new_media', 'gazette', 'press',
    'newspaper', 'broadcast', 'bulletin', 'online', 'letter', 'fax', 'email', 'in_person')),
  part_of INTEGER,                         -- position of the whole; NULL: of none
  about TEXT,                              -- cell ids joined by +; NULL: not certain
  section INTEGER NOT NULL,                -- position of its section
  start_byte INTEGER NOT NULL,             -- its paragraph
  end_byte INTEGER NOT NULL,
  part INTEGER NOT NULL CHECK (part >= 0), -- what the bytes count in
  PRIMARY KEY (version_id, position)
) STRICT, WITHOUT ROWID;

-- Mentions of current versions. `report_year` is the report's, `year` the one the number speaks of.
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
LEFT JOIN section s ON s.version_id = m.version_id AND s.position = m.section
LEFT JOIN agency a ON a.id = r.agency_id;
