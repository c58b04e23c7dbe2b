//! Whether a page comes from the agency or is a copy on a foreign host.
//!
//! In go the address, what the page's head says of itself, and the report's text; out come [`Official`] and
//! the [`Signal`]s it rests on. Pure. Never says what a copy altered, and never drops a page. The rule and the
//! innocent explanations of every signal are in `docs/origin.md`.
//!
//! To accuse an agency's own page is worse than to miss a copy: most signals are listed and decide nothing
//! alone, and an official host is never called a copy.

mod address;
mod claims;
mod divisions;
mod hosts;
mod lexicon;
mod script;
mod signal;
mod title;
mod words;

pub use divisions::Divisions;
pub use hosts::{HostError, HostRules};
pub use lexicon::Lexicon;
pub use signal::{Sign, Signal, Weight};

use crate::model::{Code, Finding, Official};
use address::Place;

/// What is known of a page. Everything may be missing.
#[derive(Debug, Clone, Copy, Default)]
pub struct Evidence<'e> {
    /// Where it was fetched.
    pub url: Option<&'e str>,
    /// The text of `<title>`.
    pub page_title: Option<&'e str>,
    /// What the meta tags say.
    pub metas: MetaTags<'e>,
    /// The report's title as printed.
    pub report_title: Option<&'e str>,
    /// The agency's name.
    pub agency: Option<&'e str>,
    /// Codes from index numbers, check digits right, the agency's first.
    pub codes: &'e [String],
    /// The narrative, in any pieces.
    pub texts: &'e [&'e str],
}

/// Meta tags of 政府网站发展指引; `None` where missing, empty ones count as missing.
#[derive(Debug, Clone, Copy, Default)]
pub struct MetaTags<'e> {
    /// `SiteName`.
    pub site_name: Option<&'e str>,
    /// `SiteDomain`.
    pub site_domain: Option<&'e str>,
    /// `ColumnName`.
    pub column_name: Option<&'e str>,
    /// `ArticleTitle`.
    pub article_title: Option<&'e str>,
    /// `Url`.
    pub url: Option<&'e str>,
    /// `Keywords`.
    pub keywords: Option<&'e str>,
}

/// What was concluded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Judgement {
    /// The verdict.
    pub official: Official,
    /// What speaks for and against, the host first.
    pub signals: Vec<Signal>,
}

/// Different signs that make a copy, on a named host that is nobody's.
const SIGNS_ON_FOREIGN_HOST: usize = 2;
/// The same where the host says nothing: no address, a raw one, a public archive.
const SIGNS_ANYWHERE: usize = 3;

/// Judges a page.
pub fn judge(evidence: &Evidence<'_>, hosts: &HostRules) -> Judgement {
    let place = address::place(evidence.url, hosts);
    let mut signals = Vec::new();
    signals.extend(place.signal());
    claims::compare(evidence, &place, hosts, &mut signals);
    title::compare(evidence, &mut signals);
    words::look(evidence, &mut signals);
    script::look(evidence.texts, &mut signals);
    divisions::compare(evidence, &mut signals);
    Judgement {
        official: decide(&place, &signals),
        signals,
    }
}

/// The rule of `docs/origin.md`.
fn decide(place: &Place, signals: &[Signal]) -> Official {
    let has = |weight| signals.iter().any(|signal| signal.weight == weight);
    // Two that rest on the same fact are one.
    let mut signs: Vec<_> = signals
        .iter()
        .filter(|signal| signal.weight == Weight::Sign)
        .map(|signal| signal.sign.fact())
        .collect();
    signs.sort_unstable();
    signs.dedup();
    let proven = has(Weight::Proof);
    match place {
        Place::Official { .. } if proven => Official::Unknown,
        Place::Official { .. } => Official::Official,
        Place::Foreign { .. } if proven || signs.len() >= SIGNS_ON_FOREIGN_HOST => {
            Official::MirrorSuspected
        }
        Place::Silent(_) if proven || signs.len() >= SIGNS_ANYWHERE => Official::MirrorSuspected,
        Place::Foreign { .. } | Place::Silent(_) => Official::Unknown,
    }
}

/// What there is to find about a judgement: a suspected copy, with the signals that speak against it.
pub fn finding(judgement: &Judgement) -> Option<Finding> {
    if judgement.official != Official::MirrorSuspected {
        return None;
    }
    let against: Vec<String> = judgement
        .signals
        .iter()
        .filter(|signal| matches!(signal.weight, Weight::Proof | Weight::Sign))
        .map(ToString::to_string)
        .collect();
    Some(Finding::new(Code::MirrorSuspected, "", against.join("; ")))
}
