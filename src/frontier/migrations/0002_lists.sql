-- Schema 2: the lists that name a report, and what a list names, without going through all addresses.

CREATE INDEX url_listed ON url (parent_id) WHERE role = 'item';
CREATE INDEX url_titled ON url (title) WHERE role = 'item' AND title IS NOT NULL;
