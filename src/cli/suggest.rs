//! What somebody may have meant.

/// At most this many.
const MOST: usize = 5;
/// Less alike than this is not worth telling.
const ALIKE: f64 = 0.7;

/// The known words most like `wanted`, best first.
pub(super) fn near<'k>(wanted: &str, known: impl IntoIterator<Item = &'k str>) -> Vec<&'k str> {
    let mut scored: Vec<(f64, &str)> = known
        .into_iter()
        .map(|word| (likeness(wanted, word), word))
        .filter(|(score, _)| *score >= ALIKE)
        .collect();
    scored.sort_by(|one, other| other.0.total_cmp(&one.0).then(one.1.cmp(other.1)));
    scored.dedup_by(|one, other| one.1 == other.1);
    scored.truncate(MOST);
    scored.into_iter().map(|(_, word)| word).collect()
}

/// As [`near`]; where nothing is that near, the three nearest all the same.
pub(super) fn nearest<'k>(
    wanted: &str,
    known: impl IntoIterator<Item = &'k str> + Clone,
) -> Vec<&'k str> {
    let found = near(wanted, known.clone());
    if !found.is_empty() {
        return found;
    }
    let mut scored: Vec<(f64, &str)> = known
        .into_iter()
        .map(|word| (likeness(wanted, word), word))
        .collect();
    scored.sort_by(|one, other| other.0.total_cmp(&one.0).then(one.1.cmp(other.1)));
    scored.dedup_by(|one, other| one.1 == other.1);
    scored.into_iter().take(3).map(|(_, word)| word).collect()
}

/// How to find all cells.
pub(super) const ALL_CELLS: &str =
    "`nianbao query \"SELECT form, cell, labels FROM indicator\"` lists all cells";

/// `; did you mean a, b?`, or nothing.
pub(super) fn did_you_mean(near: &[&str]) -> String {
    if near.is_empty() {
        return String::new();
    }
    format!("; did you mean {}?", near.join(", "))
}

/// 0 to 1 for spelling, above 1 where one contains the other.
fn likeness(wanted: &str, word: &str) -> f64 {
    let alike = strsim::jaro_winkler(wanted, word).max(strsim::sorensen_dice(wanted, word));
    if !wanted.is_empty() && (word.contains(wanted) || wanted.contains(word)) {
        return 1.0 + alike;
    }
    alike
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn near_words_are_found_best_first() {
        let known = ["requests_received", "requests_closed", "review_total"];
        assert_eq!(near("request_recieved", known)[0], "requests_received");
        assert_eq!(near("closed", known), ["requests_closed"]);
        assert_eq!(
            near("云溪市教育", ["云溪市教育局", "白鹭区"]),
            ["云溪市教育局"]
        );
        assert!(near("zzz", known).is_empty());
        assert_eq!(nearest("zzz", known).len(), 3);
        assert_eq!(nearest("closed", known), ["requests_closed"]);
        assert_eq!(did_you_mean(&["a", "b"]), "; did you mean a, b?");
    }
}
