-- What is one server's alone, and until when: renewed every few seconds, so that no connection has to hold it.
CREATE TABLE claims (what text PRIMARY KEY, holder text NOT NULL, until timestamptz NOT NULL);
