-- Schema 2: the rows of statistics lists as printed (`statistics` of the record).
--
-- What a row says of itself is the same in thousands of reports and is kept once. A cell that is an observation of
-- the report as well is not stored again: `observed` and `observed_column` say where it stands among the row's cells.

-- What stands beside the values of a row. Never deleted: other reports print the same.
CREATE TABLE statistic_label (
  id INTEGER PRIMARY KEY,
  form TEXT NOT NULL REFERENCES form (id),
  row_id TEXT CHECK (row_id <> ''),        -- the form's row; NULL: not known to the form
  row_group TEXT CHECK (row_group <> ''),
  label TEXT NOT NULL,
  code TEXT CHECK (code <> ''),
  unit TEXT CHECK (unit <> '')             -- as printed
) STRICT;
CREATE UNIQUE INDEX statistic_label_identity ON statistic_label (label, form, ifnull(row_id, ''),
  ifnull(row_group, ''), ifnull(code, ''), ifnull(unit, ''));

-- The value columns of a version's lists: a row for each head, kind and year.
CREATE TABLE statistic_column (
  version_id INTEGER NOT NULL REFERENCES version (id) ON DELETE CASCADE,
  position INTEGER NOT NULL,
  head TEXT CHECK (head <> ''),            -- NULL: none
  kind TEXT NOT NULL CHECK (kind IN ('year', 'cumulative', 'month', 'unknown')),
  year INTEGER,                            -- NULL: not of one year, or not known of which
  PRIMARY KEY (version_id, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE statistic_row (
  version_id INTEGER NOT NULL REFERENCES version (id) ON DELETE CASCADE,
  position INTEGER NOT NULL,
  label_id INTEGER NOT NULL REFERENCES statistic_label (id),
  observed INTEGER,                        -- which of its cells is the observation; NULL: none
  observed_column INTEGER,
  indicator_id INTEGER REFERENCES indicator (id),  -- of that observation
  PRIMARY KEY (version_id, position),
  CHECK ((observed IS NULL) = (observed_column IS NULL)),
  CHECK ((observed IS NULL) = (indicator_id IS NULL))
) STRICT, WITHOUT ROWID;

CREATE TABLE statistic_cell (
  version_id INTEGER NOT NULL REFERENCES version (id) ON DELETE CASCADE,
  row INTEGER NOT NULL,                    -- statistic_row.position
  position INTEGER NOT NULL,
  column INTEGER NOT NULL,                 -- statistic_column.position
  status TEXT NOT NULL CHECK (status IN ('number', 'blank', 'mark', 'text', 'unreadable')),
  raw TEXT,                                -- NULL: '' or, for a number, its plain printing
  mantissa INTEGER,
  scale INTEGER CHECK (scale BETWEEN 0 AND 18),
  unit TEXT CHECK (unit <> ''),
  table_number INTEGER,                    -- NULL: flattened text
  grid_row INTEGER,                        -- NULL: it is not known where it stood
  grid_column INTEGER,
  start_byte INTEGER,
  end_byte INTEGER,
  PRIMARY KEY (version_id, row, position),
  CHECK ((mantissa IS NULL) = (scale IS NULL)),
  CHECK ((status = 'number') = (mantissa IS NOT NULL))
) STRICT, WITHOUT ROWID;
