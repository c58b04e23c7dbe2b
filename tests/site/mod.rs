//! A test site on the loopback: several hosts and platforms, well behaved and hostile, with a log of what was asked.
//!
//! In: [`Host`]s. Out: a running [`Site`], its address, and [`Site::log`]: each request with its start and end. Hosts are
//! told apart by the `Host` header; a crawler reaches them by overrides (`Site::overrides`). Binds 127.0.0.N only, never
//! another address, and stops when dropped. Threads and blocking sockets, so that it shares nothing with what it tests.
//!
//! Test targets, and the program's own demo, include it by path: `mod site;` or `#[path = "site/mod.rs"] mod site;`. It uses
//! the standard library and two crates that the program has anyway (`encoding_rs` for GBK, `flate2` for the gzip bomb).
//!
//! ```text
//! let site = Site::start(vec![
//!     Host::new("www.yunxi.example").column(Column::reports(Platform::Trs, "/zwgk/zfxxgknb/", 300)),
//!     Host::new("www.qingling.example").address(2).robots("User-agent: *\nDisallow: /private/\n"),
//!     Host::hostile("hostile.example"),
//! ])?;
//! crawl(site.overrides());
//! site.edition("www.yunxi.example", "/zwgk/zfxxgknb/202503/t20250310_90000.html", 1);
//! site.fault("www.yunxi.example", "", Some(Behaviour::Challenge412)); // all its pages, until None
//! site.assert_polite("www.yunxi.example", Duration::from_millis(100));
//! ```

#![expect(
    clippy::format_collect,
    clippy::format_push_string,
    clippy::match_same_arms,
    clippy::similar_names,
    clippy::too_many_lines,
    reason = "pages and answers are written out as they are read"
)]
#![allow(
    dead_code,
    unused_imports,
    reason = "every target that includes the site uses a part of it"
)]

mod answer;
mod behaviour;
mod column;
mod host;
mod journal;
mod listing;
mod report;
mod server;
mod traps;

pub use answer::{Answer, Page, Step, head};
pub use behaviour::Behaviour;
pub use column::{Body, Column, Item, Platform};
pub use host::{Host, Request};
pub use journal::{Finish, Served};
pub use report::Report;
pub use server::Site;
