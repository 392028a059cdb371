//! `/update-tax`: for the page to call when the address has changed. Every update brings taxes and shipping up to
//! date, so this one has nothing of its own to do.

use super::{Endpoint, Latest};

/// Its declaration.
#[must_use]
pub fn endpoint() -> Endpoint {
    Endpoint { name: "updateTax", path: "/update-tax", fields: Vec::new(), latest: Latest::Never, apply: |_, _| Ok(()) }
}
