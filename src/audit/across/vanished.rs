//! Reports that vanished together: a site that was rebuilt is told once, and withdraws nothing.

use std::collections::HashSet;

/// Between these two times a report went from all its addresses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Vanished {
    /// The report.
    pub report_id: i64,
    /// When it was last had, microseconds since 1970.
    pub had_us: i64,
    /// When the last of its addresses first answered that it is not there; after `had_us`.
    pub gone_us: i64,
}

/// An address that has had a report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// The report.
    pub report_id: i64,
    /// When a capture first had it there, microseconds since 1970.
    pub first_us: i64,
    /// When one last had it.
    pub last_us: i64,
}

/// Of what the reports are all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Extent {
    /// All that a host has, of whatever bodies: those never asked for again may be at most as many as those that are gone.
    Site,
    /// All of one body.
    Body,
}

/// Reports that vanished at one time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mass {
    /// Since when none of them was there, microseconds since 1970.
    pub at_us: i64,
    /// The reports, in their order.
    pub members: Vec<i64>,
    /// Whether reports came to addresses that had none before.
    pub goes_on: bool,
}

/// Fewer that are gone at once may each have a reason of their own.
const FEWEST: usize = 3;

/// The reports that can have vanished at one moment, if they are all or nearly all (nine in ten) of those that were asked for since.
/// Reports that were never asked for again say nothing. `None` where fewer than three did, or more of the others stayed.
pub fn mass(gone: &[Vanished], standing: &[Standing], extent: Extent) -> Option<Mass> {
    let at_us = moment(gone)?;
    let is_member = |one: &&Vanished| one.had_us < at_us && at_us <= one.gone_us;
    let members: Vec<i64> = gone
        .iter()
        .filter(is_member)
        .map(|one| one.report_id)
        .collect();
    let own: HashSet<i64> = members.iter().copied().collect();
    // Those that left before or later were there, or were not, for reasons of their own.
    let stayed = reports(standing, &own, |one| {
        one.first_us < at_us && at_us <= one.last_us
    });
    let before = reports(standing, &own, |one| one.first_us < at_us);
    let unasked = before.len().saturating_sub(stayed.len());
    let is_all = members.len() * 10 >= (members.len() + stayed.len()) * 9;
    let is_known = extent == Extent::Body || unasked <= members.len();
    (members.len() >= FEWEST && is_all && is_known).then(|| Mass {
        at_us,
        goes_on: standing.iter().any(|one| one.first_us >= at_us),
        members,
    })
}

/// The first moment at which the most of them can have gone.
fn moment(gone: &[Vanished]) -> Option<i64> {
    let mut had: Vec<i64> = gone.iter().map(|one| one.had_us).collect();
    let mut ends: Vec<i64> = gone.iter().map(|one| one.gone_us).collect();
    had.sort_unstable();
    ends.sort_unstable();
    let open = |at: i64| {
        let left = ends.partition_point(|end| *end < at);
        had.partition_point(|had| *had < at).saturating_sub(left)
    };
    // Of the greatest the first.
    let best = ends
        .iter()
        .rev()
        .max_by_key(|end| (open(**end), std::cmp::Reverse(**end)));
    best.copied()
}

fn reports(
    standing: &[Standing],
    without: &HashSet<i64>,
    holds: impl Fn(&Standing) -> bool,
) -> HashSet<i64> {
    let others = standing
        .iter()
        .filter(|one| !without.contains(&one.report_id));
    let fit = others.filter(|one| holds(one));
    fit.map(|one| one.report_id).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn gone(report_id: i64, had_us: i64, gone_us: i64) -> Vanished {
        Vanished {
            report_id,
            had_us,
            gone_us,
        }
    }

    fn standing(report_id: i64, first_us: i64, last_us: i64) -> Standing {
        Standing {
            report_id,
            first_us,
            last_us,
        }
    }

    #[test]
    fn what_can_have_gone_at_one_moment_is_one_mass() {
        let three = [gone(1, 10, 100), gone(2, 90, 120), gone(3, 50, 110)];
        let found = mass(&three, &[], Extent::Body).unwrap();
        assert_eq!(
            (found.at_us, found.members, found.goes_on),
            (100, vec![1, 2, 3], false)
        );
        // The third had gone before the second was last seen.
        let apart = [gone(1, 10, 100), gone(2, 90, 120), gone(3, 50, 80)];
        assert_eq!(mass(&apart, &[], Extent::Body), None);
        assert_eq!(mass(&three[..2], &[], Extent::Body), None);
        assert_eq!(mass(&[], &[], Extent::Body), None);
    }

    #[test]
    fn it_is_none_where_others_stayed() {
        let three = [gone(1, 10, 100), gone(2, 10, 100), gone(3, 10, 100)];
        assert_eq!(mass(&three, &[standing(4, 5, 100)], Extent::Body), None);
        // One of ten may stay.
        let nine: Vec<Vanished> = (1..10).map(|id| gone(id, 10, 100)).collect();
        assert!(mass(&nine, &[standing(20, 5, 300)], Extent::Body).is_some());
        // New addresses are no sign that old ones stayed, but that the site goes on.
        let new = [standing(4, 100, 300)];
        assert!(mass(&three, &new, Extent::Body).unwrap().goes_on);
        // Of a whole site too many may not have been asked for again.
        let unasked: Vec<Standing> = (4..8).map(|id| standing(id, 5, 50)).collect();
        assert!(mass(&three, &unasked, Extent::Body).is_some());
        assert_eq!(mass(&three, &unasked, Extent::Site), None);
        assert!(mass(&three, &unasked[..3], Extent::Site).is_some());
    }
}
