CREATE TABLE IF NOT EXISTS keys (name TEXT PRIMARY KEY, value BLOB NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS stock (product TEXT PRIMARY KEY, quantity INTEGER NOT NULL CHECK (quantity >= 0)) STRICT;
CREATE TABLE IF NOT EXISTS holds (
  session TEXT NOT NULL, product TEXT NOT NULL, visitor TEXT NOT NULL,
  quantity INTEGER NOT NULL CHECK (quantity > 0), until INTEGER NOT NULL,
  PRIMARY KEY (session, product)
) STRICT;
CREATE INDEX IF NOT EXISTS holds_of_visitor ON holds (visitor);
CREATE TABLE IF NOT EXISTS sales (session TEXT PRIMARY KEY) STRICT;
CREATE TABLE IF NOT EXISTS updates (
  number INTEGER PRIMARY KEY,
  visitor TEXT NOT NULL, session TEXT NOT NULL, endpoint TEXT NOT NULL, key TEXT NOT NULL,
  intent TEXT NOT NULL, request TEXT, stripe_key TEXT NOT NULL, begun INTEGER NOT NULL,
  status INTEGER, message TEXT,
  UNIQUE (visitor, session, endpoint, key)
) STRICT;
CREATE INDEX IF NOT EXISTS unfinished_updates ON updates (session) WHERE status IS NULL;
CREATE TABLE IF NOT EXISTS update_holds (
  number INTEGER NOT NULL REFERENCES updates ON DELETE CASCADE,
  product TEXT NOT NULL, before INTEGER NOT NULL, after INTEGER NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS holds_of_update ON update_holds (number);
