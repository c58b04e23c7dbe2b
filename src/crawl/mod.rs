//! Getting pages: politely, as received, and never twice without need.
//!
//! In: addresses. Out: exchanges with the bytes of the wire, what they mean, and where they lead. Never reads a report.

mod address;
mod classify;
pub mod engine;
pub mod hook;
pub mod lanes;
mod location;
mod markup;
pub mod robots;
pub mod transport;
mod writer;

pub use address::{AddressClass, AddressPolicy, Cidr, CidrError, Refused};
pub use classify::{RetryAfter, Verdict, advice, classify, classify_exchange};
pub use location::{page_redirect, resolve};
pub use transport::{
    Ask, Certificates, Exchange, FetchError, Http, HttpOptions, Limits, Phase, Room, TlsFacts,
    Transport, Truncated,
};
