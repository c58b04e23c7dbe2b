-- Schema 19: answers that a page is not there name its address and their file by number.

INSERT INTO address (url) SELECT DISTINCT url FROM absence WHERE url NOT IN (SELECT url FROM address) ORDER BY url;
INSERT INTO warc (file) SELECT DISTINCT file FROM absence WHERE file NOT IN (SELECT file FROM warc) ORDER BY file;

-- Answers 404 and 410, by the address asked.
CREATE TABLE address_absence (
  address_id INTEGER NOT NULL REFERENCES address (id),
  at_us INTEGER NOT NULL,
  answer TEXT NOT NULL CHECK (answer = '404' OR answer = '410' OR answer = 'soft_gone'),
  warc_id INTEGER NOT NULL REFERENCES warc (id),
  offset INTEGER NOT NULL,                 -- of the record in the file, in bytes
  PRIMARY KEY (address_id, at_us, warc_id, offset)
) STRICT, WITHOUT ROWID;
INSERT INTO address_absence (address_id, at_us, answer, warc_id, offset)
  SELECT d.id, a.at_us, a.answer, w.id, a.offset FROM absence a JOIN address d ON d.url = a.url JOIN warc w ON w.file = a.file
  ORDER BY 1, 2, 4, 5;

DROP TABLE absence;
CREATE VIEW absence AS
SELECT d.url, a.at_us, a.answer, w.file, a.offset
FROM address_absence a JOIN address d ON d.id = a.address_id JOIN warc w ON w.id = a.warc_id;
