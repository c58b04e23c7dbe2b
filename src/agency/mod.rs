//! Which public bodies are one, and where they stand.
//!
//! In: what pages say of the bodies that published them (names, codes, sites, addresses, years). Out: identities, each with
//! the rule and evidence by which its names were joined; division and level; links to predecessors and successors. Pure.
//!
//! Two bodies taken for one would make a series that nobody published, so everything here is joined for a reason that is
//! written down, and what is not certain stays apart: `nianbao agency merge` is there for people who know better.

mod code;
mod division;
mod links;
mod name;
mod place;
mod reform;
mod resolve;

pub use code::Code;
pub use division::{Divisions, Level};
pub use name::{Name, Path};
pub use place::{column_of, discriminator, site_id, site_of};
pub use resolve::{
    AgencyFact, Decided, Identity, Link, LinkKind, Member, Named, Resolution, Rule, resolve,
};
