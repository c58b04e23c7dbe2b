//! How well each form and dialect is read, kept in a file that may only get better.
//!
//! `tests/ratchet.toml` has a line a dialect: pages and cells read right, for information, and everything that went
//! wrong, zeros left out. A count above the file's fails; a dialect that the file does not have yet must have
//! nothing wrong, invented or misplaced. `NIANBAO_RATCHET=write cargo test --test extraction` writes it anew.

use std::collections::BTreeMap;
use std::fmt::Write as _;

/// What became of a dialect's pages: name of a count, count.
pub type Counts = BTreeMap<String, u32>;

/// Dialects by `form dialect`.
pub type Ratchet = BTreeMap<String, Counts>;

/// More of these is not worse.
const GOOD: [&str; 4] = ["pages", "right", "untold", "sentences"];

/// Never allowed where nothing is known yet.
const HARM: [&str; 3] = ["wrong", "invented", "sentences_elsewhere"];

/// What to do about a difference that is meant.
pub const ADVICE: &str = "if this is meant (say, the generator draws other pages), write the file anew and say why in the commit: \
    NIANBAO_RATCHET=write cargo test --test extraction";

/// The ratchet as a file.
pub fn print(ratchet: &Ratchet) -> String {
    let mut out = String::from(
        "# How the generated pages of tests/extraction.rs are read. Counts may only fall; zeros are left out.\n\
         # Written by: NIANBAO_RATCHET=write cargo test --test extraction\n\n",
    );
    for (dialect, counts) in ratchet {
        let pairs: Vec<String> = counts
            .iter()
            .filter(|(_, count)| **count > 0)
            .map(|(name, count)| format!("{name} = {count}"))
            .collect();
        // Writing to a String cannot fail.
        let _ = writeln!(out, "\"{dialect}\" = {{ {} }}", pairs.join(", "));
    }
    out
}

/// What is worse than the file says, and what is better.
pub fn compare(file: &Ratchet, now: &Ratchet) -> (Vec<String>, Vec<String>) {
    let (mut worse, mut better) = (Vec::new(), Vec::new());
    for (dialect, counts) in now {
        let known = file.get(dialect);
        for (name, count) in counts {
            if GOOD.contains(&name.as_str()) {
                continue;
            }
            let allowed = match known {
                Some(known) => known.get(name).copied().unwrap_or(0),
                None if HARM.contains(&name.as_str()) => 0,
                None => continue,
            };
            let line = format!("{dialect}: {name} {count}, was {allowed}");
            match count.cmp(&allowed) {
                std::cmp::Ordering::Greater => worse.push(line),
                std::cmp::Ordering::Less => better.push(line),
                std::cmp::Ordering::Equal => {}
            }
        }
    }
    (worse, better)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ratchet(text: &str) -> Ratchet {
        toml::from_str(text).unwrap()
    }

    #[test]
    fn only_a_rise_is_worse() {
        let file = ratchet("'a' = { pages = 2, right = 9, missing = 3 }\n'gone' = { wrong = 1 }");
        let cases = [
            ("'a' = { pages = 1, right = 5, missing = 3 }", 0, 0),
            ("'a' = { missing = 4 }", 1, 0),
            ("'a' = { missing = 2 }", 0, 1),
            ("'a' = { wrong = 1 }", 1, 0),
            ("'a' = { wrong = 0, missing = 0 }", 0, 1),
            ("'new' = { missing = 100, title = 12 }", 0, 0),
            ("'new' = { invented = 1 }", 1, 0),
            ("'new' = { sentences_elsewhere = 1 }", 1, 0),
        ];
        for (now, worse, better) in cases {
            let found = compare(&file, &ratchet(now));
            assert_eq!((found.0.len(), found.1.len()), (worse, better), "{now}");
        }
    }

    #[test]
    fn what_is_printed_reads_back() {
        let now =
            ratchet("'2021 AsPrinted' = { right = 9, missing = 3 }\n'2019 x' = { pages = 1 }");
        assert_eq!(ratchet(&print(&now)), now);
    }
}
