-- Schema 16: what findings mean, in Chinese too. Filled from the program's list of codes, as `meaning` is.

ALTER TABLE finding_code ADD COLUMN meaning_zh TEXT NOT NULL DEFAULT '';
