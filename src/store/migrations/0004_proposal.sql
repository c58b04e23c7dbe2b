-- What would make contradictory numbers of a version agree. Never applied: no other table is touched.

CREATE TABLE proposal (
  version_id INTEGER NOT NULL REFERENCES version (id) ON DELETE CASCADE,
  position INTEGER NOT NULL,
  cause TEXT NOT NULL CHECK (cause <> ''),
  fault TEXT NOT NULL CHECK (fault IN ('page', 'reading', 'unknown')),
  confidence TEXT NOT NULL CHECK (confidence IN ('high', 'medium', 'low')),
  is_unique INTEGER NOT NULL CHECK (is_unique IN (0, 1)),
  alternatives INTEGER NOT NULL CHECK (alternatives >= 0),
  identities TEXT NOT NULL CHECK (identities GLOB '[[]*]'),   -- JSON array of text
  message TEXT NOT NULL,
  PRIMARY KEY (version_id, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE proposal_change (
  version_id INTEGER NOT NULL,
  position INTEGER NOT NULL,               -- of the proposal
  number INTEGER NOT NULL,                 -- within it
  indicator_id INTEGER NOT NULL REFERENCES indicator (id),
  printed_mantissa INTEGER,                -- NULL: the cell has no number
  printed_scale INTEGER CHECK (printed_scale BETWEEN 0 AND 18),
  proposed_mantissa INTEGER,               -- NULL: it would have none, or which is not settled
  proposed_scale INTEGER CHECK (proposed_scale BETWEEN 0 AND 18),
  PRIMARY KEY (version_id, position, number),
  FOREIGN KEY (version_id, position) REFERENCES proposal (version_id, position) ON DELETE CASCADE,
  CHECK ((printed_mantissa IS NULL) = (printed_scale IS NULL)),
  CHECK ((proposed_mantissa IS NULL) = (proposed_scale IS NULL))
) STRICT, WITHOUT ROWID;

-- A changed cell a row; numbers as the digits without the point, and how many of them stand behind it.
CREATE VIEW proposal_list AS
SELECT r.id AS report_id, a.name AS agency, r.year, r.scope, p.position AS proposal, p.cause, p.fault, p.confidence,
  p.is_unique, p.alternatives, i.form, i.cell, c.printed_mantissa, c.printed_scale, c.proposed_mantissa,
  c.proposed_scale, p.message
FROM report r
JOIN proposal p ON p.version_id = r.version_id
JOIN proposal_change c ON c.version_id = p.version_id AND c.position = p.position
JOIN indicator i ON i.id = c.indicator_id
LEFT JOIN agency a ON a.id = r.agency_id;
