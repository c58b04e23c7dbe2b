//! Which agency has a report for which year. Pure.

use std::fmt::Write as _;

use super::width::{display_width, left, right, shorten, trimmed, visible};

/// What is known of one agency's report for one year.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Coverage {
    /// Read; no finding of severity error.
    Read,
    /// Read, with errors found.
    Doubtful,
    /// Read, but none of its tables was recognised.
    WithoutTables,
    /// Read; every day it gives lies after the law's.
    Late,
    /// Read, and not there any more.
    Withdrawn,
    /// Nothing but a suspected copy on a foreign host.
    CopyOnly,
    /// Captured, but no report could be read from it.
    Unreadable,
    /// Listed; its site refuses us.
    Blocked,
    /// Listed; not fetched yet, or not for another reason.
    NotFetched,
    /// Expected and not there.
    Missing,
    /// Not known to be due: nothing says that the agency existed, or reports elsewhere.
    NotExpected,
}

impl Coverage {
    /// Every value.
    pub const ALL: [Self; 11] = [
        Self::Read,
        Self::Doubtful,
        Self::WithoutTables,
        Self::Late,
        Self::Withdrawn,
        Self::CopyOnly,
        Self::Unreadable,
        Self::Blocked,
        Self::NotFetched,
        Self::Missing,
        Self::NotExpected,
    ];

    const fn symbol(self) -> &'static str {
        match self {
            Self::Read => "●",
            Self::Doubtful => "◐",
            Self::WithoutTables => "○",
            Self::Late => "▲",
            Self::Withdrawn => "▼",
            Self::CopyOnly => "◇",
            Self::Unreadable => "×",
            Self::Blocked => "■",
            Self::NotFetched => "?",
            Self::Missing => "·",
            Self::NotExpected => " ",
        }
    }

    const fn meaning(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Doubtful => "read, with errors",
            Self::WithoutTables => "read, without tables",
            Self::Late => "read, late",
            Self::Withdrawn => "read, withdrawn since",
            Self::CopyOnly => "suspected copy only",
            Self::Unreadable => "captured, not readable",
            Self::Blocked => "listed, refused to us",
            Self::NotFetched => "listed, not fetched",
            Self::Missing => "missing",
            Self::NotExpected => "not known to be due",
        }
    }
}

/// One agency's years.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CoverageRow {
    /// Its name.
    pub agency: String,
    /// One value a year of [`CoverageMatrix::years`]; a row too short is missing at its end.
    pub years: Vec<Coverage>,
}

/// Agencies × years.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct CoverageMatrix {
    /// The report years, in order.
    pub years: Vec<i16>,
    /// The agencies, in order.
    pub rows: Vec<CoverageRow>,
}

/// Columns a year takes with its space.
const YEAR: usize = 5;

impl CoverageMatrix {
    /// At most `width` columns wide (but one year at least): years that do not fit follow in
    /// further panels. Below each year how many reports were read of those expected.
    pub fn render(&self, width: usize) -> String {
        let names: Vec<String> = self.rows.iter().map(|row| visible(&row.agency)).collect();
        let widest = names.iter().map(|name| display_width(name)).max();
        let name_width = widest
            .unwrap_or(0)
            .max(4)
            .min(width.saturating_sub(YEAR).max(4));
        let name_width = name_width.min((width / 2).max(4));
        let fitting = (width.saturating_sub(name_width) / YEAR).max(1);
        let mut text = String::new();
        for (panel, years) in self.years.chunks(fitting).enumerate() {
            if panel > 0 {
                text.push('\n');
            }
            self.panel(&mut text, &names, name_width, panel * fitting, years);
        }
        self.legend(&mut text);
        trimmed(&text)
    }

    fn panel(
        &self,
        text: &mut String,
        names: &[String],
        name_width: usize,
        first: usize,
        years: &[i16],
    ) {
        text.push_str(&left("机关", name_width));
        for year in years {
            let _ = write!(text, " {year:>4}");
        }
        text.push('\n');
        for (row, name) in self.rows.iter().zip(names) {
            text.push_str(&left(&shorten(name, name_width), name_width));
            for index in first..first + years.len() {
                text.push_str("  ");
                text.push_str(&left(row.at(index).symbol(), YEAR - 2));
            }
            text.push('\n');
        }
        text.push_str(&left("read", name_width));
        for index in first..first + years.len() {
            text.push_str(&right(&self.share(index), YEAR));
        }
        text.push('\n');
    }

    /// `read/expected`, or the percentage where that is too long.
    fn share(&self, index: usize) -> String {
        let count = |wanted: fn(Coverage) -> bool| {
            let rows = self.rows.iter().map(|row| row.at(index));
            rows.filter(|coverage| wanted(*coverage)).count()
        };
        let expected = count(|coverage| coverage != Coverage::NotExpected);
        let read = count(|coverage| {
            matches!(
                coverage,
                Coverage::Read
                    | Coverage::Doubtful
                    | Coverage::WithoutTables
                    | Coverage::Late
                    | Coverage::Withdrawn
            )
        });
        let share = format!("{read}/{expected}");
        if share.len() < YEAR {
            return share;
        }
        // Rounded down: 100% is said only of all.
        format!("{}%", read * 100 / expected.max(1))
    }

    fn legend(&self, text: &mut String) {
        let used = |coverage: Coverage| {
            (0..self.years.len()).any(|index| self.rows.iter().any(|row| row.at(index) == coverage))
        };
        let entries: Vec<String> = Coverage::ALL
            .into_iter()
            .filter(|coverage| *coverage != Coverage::NotExpected && used(*coverage))
            .map(|coverage| format!("{} {}", coverage.symbol(), coverage.meaning()))
            .collect();
        if !entries.is_empty() {
            let _ = writeln!(text, "\n{}", entries.join("   "));
        }
    }
}

impl CoverageRow {
    fn at(&self, index: usize) -> Coverage {
        self.years.get(index).copied().unwrap_or(Coverage::Missing)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matrix() -> CoverageMatrix {
        use Coverage::{Doubtful, Missing, NotExpected, Read, Unreadable};
        let row = |agency: &str, years: &[Coverage]| CoverageRow {
            agency: agency.into(),
            years: years.to_vec(),
        };
        CoverageMatrix {
            years: vec![2019, 2020, 2021],
            rows: vec![
                row("某某市人民政府", &[Read, Doubtful, Read]),
                row("某县", &[Missing, Unreadable, Read]),
                row("新设机关", &[NotExpected, NotExpected]),
            ],
        }
    }

    #[test]
    fn agencies_and_years_line_up() {
        let want = "\
机关           2019 2020 2021
某某市人民政府  ●    ◐    ●
某县            ·    ×    ●
新设机关                  ·
read            1/2  1/2  2/3

● read   ◐ read, with errors   × captured, not readable   · missing
";
        assert_eq!(matrix().render(80), want);
    }

    #[test]
    fn narrow_terminals_get_panels() {
        let want = "\
机关       2019 2020
某某市人…   ●    ◐
某县        ·    ×
新设机关
read        1/2  1/2

机关       2021
某某市人…   ●
某县        ●
新设机关    ·
read        2/3

● read   ◐ read, with errors   × captured, not readable   · missing
";
        assert_eq!(matrix().render(20), want);
    }

    #[test]
    fn nothing_is_an_empty_matrix() {
        assert_eq!(CoverageMatrix::default().render(80), "");
    }
}
