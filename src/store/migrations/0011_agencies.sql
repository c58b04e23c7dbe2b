-- Schema 11: which agencies are one, by which rule; what came before and after. Both tables follow from the rest and from what
-- people decided (decisions.jsonl), and are made anew at the end of each build (src/pipeline/agencies.rs).

-- What tells a name from the same name elsewhere: '' where the name does, else site, column, page, or the division that it meant
-- in the report's year.
ALTER TABLE agency ADD COLUMN place TEXT NOT NULL DEFAULT '';
DROP INDEX agency_identity;
CREATE UNIQUE INDEX agency_identity ON agency (ifnull(name, ''), ifnull(code, ''), place);

ALTER TABLE version ADD COLUMN site_id TEXT CHECK (site_id <> '');   -- SiteIDCode of the page; NULL: none
-- Captures read before have neither.
UPDATE reading SET digest = x'00000000000000000000000000000000';

DROP VIEW agency_key;
-- A row an agency. `key` is the agency to group by; division and level are those of the whole.
CREATE TABLE agency_key (
  agency_id INTEGER PRIMARY KEY REFERENCES agency (id) ON DELETE CASCADE,
  key INTEGER NOT NULL REFERENCES agency (id) ON DELETE CASCADE,
  label TEXT NOT NULL,                     -- name of the key, with what tells it from others of the same name
  division TEXT CHECK (division <> ''),    -- GB/T 2260, six digits, or xpcc-08; NULL: not known
  level TEXT CHECK (level IN ('national', 'province', 'prefecture', 'county', 'township')),  -- NULL: not known
  rule TEXT NOT NULL CHECK (rule IN ('own', 'name', 'host', 'column', 'site', 'code', 'division', 'rename', 'decision')),
  evidence TEXT NOT NULL,                  -- '': rule own
  CHECK ((rule = 'own') = (agency_id = key))
) STRICT;
CREATE INDEX agency_key_key ON agency_key (key);
CREATE INDEX agency_key_division ON agency_key (division) WHERE division IS NOT NULL;

-- An agency is one of its own until the end of the build.
INSERT INTO agency_key (agency_id, key, label, rule, evidence)
  SELECT id, id, ifnull(name, code), 'own', '' FROM agency;
CREATE TRIGGER agency_made AFTER INSERT ON agency BEGIN
  INSERT INTO agency_key (agency_id, key, label, rule, evidence)
    VALUES (NEW.id, NEW.id, ifnull(NEW.name, NEW.code), 'own', '');
END;
CREATE TRIGGER agency_gone BEFORE DELETE ON agency BEGIN
  UPDATE agency_key SET key = agency_id, rule = 'own', evidence = '' WHERE key = OLD.id AND agency_id <> OLD.id;
END;

-- Predecessors and successors. Joined are only renames that nothing speaks against.
CREATE TABLE agency_link (
  earlier_id INTEGER NOT NULL REFERENCES agency (id) ON DELETE CASCADE,
  later_id INTEGER NOT NULL REFERENCES agency (id) ON DELETE CASCADE,
  kind TEXT NOT NULL CHECK (kind IN ('renamed_to', 'merged_into', 'split_into')),
  since TEXT NOT NULL,                     -- day of the plan, or a year
  until TEXT,                              -- by when local bodies followed; NULL: at once
  evidence TEXT NOT NULL CHECK (evidence <> ''),
  apart TEXT CHECK (apart <> ''),          -- why the two are not one; NULL: they are
  PRIMARY KEY (earlier_id, later_id, kind, evidence)
) STRICT, WITHOUT ROWID;
CREATE INDEX agency_link_later ON agency_link (later_id);
