-- What is too old is found without reading all there is.
CREATE INDEX updates_by_age ON updates (begun);
CREATE INDEX sessions_by_age ON sessions (created);
