//! A corpus of any size with its truth: invented agencies over the years 2008 to 2025, each report a page in a WARC
//! file, defects planted in some of them, and things that look like defects and are none.
//!
//! In: a [`Plan`]. Out: WARC files and a file of [`Line`]s, both the same for the same plan. An agency is drawn from the
//! seed and its number alone, so agencies are made in any order, by any number of threads, and nothing is kept.
//!
//! Pages are not laid out one by one: a page of [`super::Case`] is drawn once for each year and layout with a mark in
//! place of every number, name and paragraph, and cut at the marks ([`Skeletons`]).

mod agencies;
mod drawn;
mod narrative;
mod numbers;
mod phrases;
mod skeleton;
mod story;
mod truth;
mod write;

pub use agencies::{Body, Kind, Level};
pub use numbers::{FormIndex, Habit};
pub use skeleton::{Fill, Skeleton, Skeletons};
pub use story::{Capture, Draft, Story, Version, deadline, story};
pub use truth::{AgencyLine, CorpusLine, Line, PlantedKind, PlantedLine, ReportLine, read_truth};
pub use write::{Written, write};

/// What to make.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Plan {
    /// Seed of every draw.
    pub seed: u64,
    /// How many agencies.
    pub agencies: usize,
    /// First and last report year.
    pub years: (i16, i16),
    /// Bytes of a page, on the average; 0 for no ballast at all.
    pub bytes: usize,
    /// Share of agencies with something planted, in percent.
    pub planted: usize,
}

impl Default for Plan {
    fn default() -> Self {
        Self {
            seed: 1,
            agencies: 6_000,
            years: (2008, 2025),
            bytes: 60_000,
            planted: 100,
        }
    }
}

impl Plan {
    /// The agencies that make about so many reports.
    #[must_use]
    pub fn of_reports(self, reports: usize) -> Self {
        // A few bodies were set up or dissolved within the years.
        let years = usize::try_from(self.years.1 - self.years.0 + 1).unwrap_or(1);
        Self {
            agencies: (reports * 27 / (years * 25)).max(1),
            ..self
        }
    }
}
