//! What follows from a change, whichever endpoint made it.

pub mod complimentary;
pub mod shipping;
pub mod tax;
