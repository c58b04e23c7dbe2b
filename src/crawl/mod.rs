//! Getting pages: politely, within bounds, into the archive.
//!
//! In: addresses and what is known of their hosts. Out: exchanges. Never reads a report.

pub mod robots;
