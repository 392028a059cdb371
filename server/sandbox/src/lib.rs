//! A Checkout Sessions API over HTTP, for tests and demos.
