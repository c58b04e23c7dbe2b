-- Schema 9: a build of the whole archive that was stopped goes on where it was.

-- While one is under way (`meta` has `whole`, by which program and data): the captures that it has put. Else empty.
CREATE TABLE seen (
  capture_id INTEGER PRIMARY KEY
) STRICT;
