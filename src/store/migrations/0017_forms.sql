-- Schema 17: a question about one form need not look through the tables of the others.

-- In which forms' tables the current version has cells: 1 for 2008, 2 for 2014, 4 for 2019, 8 for 2021, added up. Filled, for
-- reports that are there, when the forms are compared.
ALTER TABLE report ADD COLUMN forms INTEGER NOT NULL DEFAULT 0 CHECK (forms >= 0);
