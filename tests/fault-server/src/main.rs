//! A server that misbehaves on demand and records what it received.

fn main() {}
