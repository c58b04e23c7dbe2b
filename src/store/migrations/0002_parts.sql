-- Schema 2: byte ranges may count in a part of the payload: a member of a DOCX, the content of a PDF page, a
-- page that a report goes on on. `place.packed` carries parts of its own (src/store/places.rs).

ALTER TABLE version ADD COLUMN parts TEXT CHECK (parts GLOB '[[]*]');  -- JSON array of name and sha256; NULL: the payload itself
ALTER TABLE section ADD COLUMN part INTEGER NOT NULL DEFAULT 0 CHECK (part BETWEEN 0 AND 65535);
