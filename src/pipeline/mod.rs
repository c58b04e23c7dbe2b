//! The stages put together. Only this module composes them.

mod read;

pub use read::{Origin, Unreadable, read};
