-- Whose a session is, and until when it may hold stock: set once.
CREATE TABLE sessions (
  session TEXT PRIMARY KEY, visitor TEXT NOT NULL, created INTEGER NOT NULL, held_until INTEGER
) STRICT;
INSERT INTO sessions
  SELECT session, min(visitor), coalesce(max(begun), unixepoch()), NULL FROM updates GROUP BY session;
INSERT INTO sessions
  SELECT session, min(visitor), unixepoch(), max(until) FROM holds WHERE true GROUP BY session
  ON CONFLICT DO UPDATE SET held_until = excluded.held_until;
ALTER TABLE holds ADD COLUMN address TEXT NOT NULL DEFAULT '';
CREATE INDEX holds_of_address ON holds (address);
CREATE TABLE health (one INTEGER PRIMARY KEY CHECK (one = 1), checks INTEGER NOT NULL) STRICT;
