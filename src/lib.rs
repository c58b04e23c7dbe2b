//! **nianbao** (年报) archives and reads the annual reports that every Chinese public body must publish on
//! its information disclosure work (政府信息公开工作年度报告), and makes 18 years of them answerable.
//!
//! The flow, and the only direction of imports (`ARCHITECTURE.md`, held by `tests/architecture.rs`):
//!
//! ```text
//! crawl | import → archive → decode → parse → normalize → extract → audit → store → query → present
//! ```

pub mod agency;
pub mod archive;
pub mod audit;
pub mod charts;
pub mod cli;
pub mod crawl;
pub mod decisions;
pub mod decode;
pub mod discover;
pub mod export;
pub mod extract;
pub mod facsimile;
pub mod frontier;
pub mod home;
pub mod model;
pub mod normalize;
pub mod parse;
pub mod pipeline;
pub mod present;
pub mod profile;
pub mod query;
pub mod store;
pub mod viewer;
