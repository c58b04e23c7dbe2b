//! Changed text for people: marks where there are no colours, colours where a terminal has them.

use super::visible;

/// What became of a piece of text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mark {
    /// It stands in both.
    Same,
    /// It is gone.
    Removed,
    /// It is new.
    Added,
}

/// Characters of unchanged text kept around a change.
const AROUND: usize = 20;

/// Pieces in a text: `[-gone-]{+new+}`, or red and green. Of what did not change only the neighbourhood is shown.
pub fn marked(pieces: &[(Mark, &str)], colours: bool) -> String {
    let mut shown = String::new();
    for (place, (mark, text)) in pieces.iter().enumerate() {
        let text: Vec<String> = text.split('\n').map(visible).collect();
        let text = text.join("\n");
        let (before, behind) = match (mark, colours) {
            (Mark::Same, _) => {
                shown.push_str(&near(&text, place > 0, place + 1 < pieces.len()));
                continue;
            }
            (Mark::Removed, false) => ("[-", "-]"),
            (Mark::Added, false) => ("{+", "+}"),
            (Mark::Removed, true) => ("\x1b[31;9m", "\x1b[0m"),
            (Mark::Added, true) => ("\x1b[32;4m", "\x1b[0m"),
        };
        for part in [before, text.as_str(), behind] {
            shown.push_str(part);
        }
    }
    shown
}

/// The beginning of a text, if it is `behind` a change, and its end, if it stands `before` one.
fn near(text: &str, behind: bool, before: bool) -> String {
    let count = text.chars().count();
    let head = if behind { AROUND } else { 0 };
    let tail = if before { AROUND } else { 0 };
    if count <= head + tail + 1 {
        return text.to_owned();
    }
    let start: String = text.chars().take(head).collect();
    let end: String = text.chars().skip(count - tail).collect();
    format!("{start}…{end}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changes_are_marked_and_their_neighbourhood_shown() {
        let long = "甲".repeat(60);
        let pieces = [
            (Mark::Same, long.as_str()),
            (Mark::Removed, "12"),
            (Mark::Added, "13\x1b[0m"),
            (Mark::Same, "件"),
        ];
        let shown = marked(&pieces, false);
        assert_eq!(shown.matches('甲').count(), AROUND);
        assert!(shown.contains("[-12-]{+13") && shown.ends_with("+}件"));
        assert!(
            !shown.contains('\x1b'),
            "what a page sends to the terminal is shown, not sent"
        );
        assert!(marked(&pieces, true).contains("\x1b[31;9m12\x1b[0m"));
    }
}
