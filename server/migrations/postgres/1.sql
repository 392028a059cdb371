CREATE TABLE keys (name text PRIMARY KEY, value bytea NOT NULL);
CREATE TABLE stock (product text PRIMARY KEY, quantity bigint NOT NULL CHECK (quantity >= 0));
-- Whose a session is, and until when it may hold stock: set once.
CREATE TABLE sessions (session text PRIMARY KEY, visitor text NOT NULL, created bigint NOT NULL, held_until bigint);
CREATE INDEX sessions_by_age ON sessions (created);
CREATE TABLE holds (
  session text NOT NULL, product text NOT NULL, visitor text NOT NULL, address text NOT NULL,
  quantity bigint NOT NULL CHECK (quantity > 0), until bigint NOT NULL,
  PRIMARY KEY (session, product)
);
CREATE INDEX holds_of_visitor ON holds (visitor);
CREATE INDEX holds_of_address ON holds (address);
CREATE TABLE sales (session text PRIMARY KEY);
CREATE TABLE updates (
  number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  visitor text NOT NULL, session text NOT NULL, endpoint text NOT NULL, key text NOT NULL,
  intent text NOT NULL, request text, stripe_key text NOT NULL, begun bigint NOT NULL,
  status integer, message text,
  UNIQUE (visitor, session, endpoint, key)
);
CREATE INDEX unfinished_updates ON updates (session) WHERE status IS NULL;
CREATE INDEX updates_by_age ON updates (begun);
CREATE TABLE update_holds (
  number bigint NOT NULL REFERENCES updates ON DELETE CASCADE,
  product text NOT NULL, before bigint NOT NULL, after bigint NOT NULL
);
CREATE INDEX holds_of_update ON update_holds (number);
CREATE TABLE health (one integer PRIMARY KEY CHECK (one = 1), checks bigint NOT NULL);
