-- The ledger of a crawl: what is to be fetched, what was, and where it lies in the archive.
-- Times are microseconds since 1970 (UTC). 0 in not_before_us: at once.

CREATE TABLE site (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE
) STRICT;

-- A host with its port, as it stands in the address.
CREATE TABLE lane (
  id INTEGER PRIMARY KEY,
  host TEXT NOT NULL UNIQUE,
  slow INTEGER NOT NULL DEFAULT 1 CHECK (slow >= 1),         -- the gap is so many times the policy's
  calm INTEGER NOT NULL DEFAULT 0,                           -- pages that came since the last refusal
  blocked INTEGER NOT NULL DEFAULT 0,                        -- refusals in a row
  errors INTEGER NOT NULL DEFAULT 0,                         -- failures in a row
  parks INTEGER NOT NULL DEFAULT 0,                          -- how often in a row it was parked
  not_before_us INTEGER NOT NULL DEFAULT 0,
  why TEXT NOT NULL DEFAULT '',                              -- why not before
  round INTEGER NOT NULL DEFAULT 0,                          -- the round that the budget below counts in
  pages INTEGER NOT NULL DEFAULT 0,
  bytes INTEGER NOT NULL DEFAULT 0,
  spent_ms INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE TABLE robots (
  origin TEXT PRIMARY KEY,                                   -- http://host:port
  status INTEGER,                                            -- NULL: no answer
  body BLOB NOT NULL,
  sha256 BLOB NOT NULL,
  fetched_us INTEGER NOT NULL,
  expires_us INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE file (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE
) STRICT;

CREATE TABLE url (
  id INTEGER PRIMARY KEY,
  digest BLOB NOT NULL UNIQUE CHECK (length(digest) = 16),   -- first half of the SHA-256 of url
  url TEXT NOT NULL,
  lane_id INTEGER NOT NULL,
  site_id INTEGER NOT NULL,
  role TEXT NOT NULL,
  rank INTEGER NOT NULL,                                     -- order within a lane, smallest first
  depth INTEGER NOT NULL,                                    -- links from the seed
  hops INTEGER NOT NULL,                                     -- redirects that led here
  parent_id INTEGER,                                         -- NULL: a seed
  seed_id INTEGER,                                           -- NULL: a seed, or asked for by hand
  column_id INTEGER,                                         -- first page of the list it is a page of
  page INTEGER NOT NULL DEFAULT 0,                           -- of a list, from 0
  barren INTEGER NOT NULL DEFAULT 0,                         -- list pages in a row without a new item
  items INTEGER,                                             -- entries when last read
  title TEXT,
  list_date TEXT,
  kind TEXT NOT NULL,
  year INTEGER,
  rule TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('pending', 'leased', 'done', 'failed', 'skipped')),
  attempts INTEGER NOT NULL DEFAULT 0,
  outcome TEXT,
  why TEXT,
  not_before_us INTEGER NOT NULL DEFAULT 0,
  round INTEGER NOT NULL DEFAULT 0,                          -- the round it was last settled in
  last_exchange_id INTEGER,
  page_exchange_id INTEGER,                                  -- the last that brought a page
  etag TEXT,
  last_modified TEXT,
  seen_us INTEGER NOT NULL,
  checked_us INTEGER                                         -- when last known to be as page_exchange_id has it
) STRICT;

-- The next of a lane is the first row of a range.
CREATE INDEX url_ready ON url (lane_id, site_id, not_before_us, rank, id) WHERE state = 'pending';
CREATE INDEX url_leased ON url (id) WHERE state = 'leased';
CREATE INDEX url_column ON url (column_id) WHERE role = 'list';
CREATE INDEX url_state ON url (lane_id, state);

CREATE TABLE exchange (
  id INTEGER PRIMARY KEY,
  url_id INTEGER NOT NULL,
  run_id INTEGER NOT NULL,
  at_us INTEGER NOT NULL,
  outcome TEXT NOT NULL,
  status INTEGER,                                            -- NULL: no HTTP answer
  why TEXT NOT NULL,
  record TEXT NOT NULL CHECK (record IN ('response', 'revisit', 'metadata')),
  record_id TEXT NOT NULL,
  file_id INTEGER NOT NULL,
  offset INTEGER NOT NULL,
  length INTEGER NOT NULL,
  sha256 BLOB,                                               -- of the payload; NULL where there is none
  sha1 TEXT,                                                 -- its WARC-Payload-Digest
  wire_bytes INTEGER NOT NULL,
  took_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX exchange_url ON exchange (url_id);

-- Payloads that a full record of ours has; a revisit may refer to these and to nothing else.
CREATE TABLE payload (
  sha256 BLOB PRIMARY KEY,
  exchange_id INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Up to here the archive is what this ledger says; what lies behind was never reported.
CREATE TABLE archive_end (
  one INTEGER PRIMARY KEY CHECK (one = 1),
  file TEXT NOT NULL,
  end INTEGER NOT NULL
) STRICT;

CREATE TABLE run (
  id INTEGER PRIMARY KEY,
  round INTEGER NOT NULL,
  started_us INTEGER NOT NULL,
  ended_us INTEGER,                                          -- NULL: running, or killed
  exit INTEGER,
  complete INTEGER NOT NULL DEFAULT 0,                       -- 1: nothing of the round was left to do
  summary TEXT                                               -- JSON
) STRICT;

-- Entries that pages under a seed listed, a round.
CREATE TABLE yield (
  seed_id INTEGER NOT NULL,
  round INTEGER NOT NULL,
  items INTEGER NOT NULL,
  PRIMARY KEY (seed_id, round)
) STRICT, WITHOUT ROWID;
