//! Two passages side by side, what differs marked.

use std::fmt::Write as _;

use similar::{ChangeTag, TextDiff};
use unicode_width::UnicodeWidthChar as _;

use super::visible;
use super::width::left;

/// Columns of the terminal from which on the passages stand beside each other.
const WIDE: usize = 80;

/// Two passages with what they are called: beside each other with `[` `]` around what the other does not have, or one under the
/// other where there are less than 80 columns.
pub fn side_by_side(sides: [(&str, &str); 2], columns: usize) -> String {
    let mut shown = String::new();
    if columns < WIDE {
        for (title, text) in sides {
            // Writing to a String cannot fail.
            let _ = writeln!(shown, "  {}", visible(title));
            for line in wrapped(&visible(text), columns.saturating_sub(4).max(8)) {
                let _ = writeln!(shown, "    {line}");
            }
        }
        return shown;
    }
    let [this, other] = marked([&visible(sides[0].1), &visible(sides[1].1)]);
    let width = (columns.min(160) - 5) / 2;
    let column = |title: &str, text: &str| {
        let mut lines = wrapped(&visible(title), width);
        lines.extend(wrapped(text, width));
        lines
    };
    let columns = [column(sides[0].0, &this), column(sides[1].0, &other)];
    for at in 0..columns[0].len().max(columns[1].len()) {
        let cell = |side: usize| columns[side].get(at).map_or("", String::as_str);
        let line = format!("  {} | {}", left(cell(0), width), cell(1));
        shown.push_str(line.trim_end());
        shown.push('\n');
    }
    shown
}

/// Both texts with brackets around what the other does not have.
fn marked(texts: [&str; 2]) -> [String; 2] {
    let diff = TextDiff::from_chars(texts[0], texts[1]);
    let mut marked = [String::new(), String::new()];
    let mut open = [false, false];
    for change in diff.iter_all_changes() {
        let of = match change.tag() {
            ChangeTag::Equal => [true, true],
            ChangeTag::Delete => [true, false],
            ChangeTag::Insert => [false, true],
        };
        let differs = change.tag() != ChangeTag::Equal;
        for side in 0..2 {
            if !of[side] {
                continue;
            }
            if open[side] != differs {
                marked[side].push(if differs { '[' } else { ']' });
                open[side] = differs;
            }
            marked[side].push_str(change.value());
        }
    }
    for side in 0..2 {
        if open[side] {
            marked[side].push(']');
        }
    }
    marked
}

/// A text in lines of at most `width` columns; Chinese is broken anywhere.
fn wrapped(text: &str, width: usize) -> Vec<String> {
    let mut lines = Vec::new();
    let (mut line, mut taken) = (String::new(), 0);
    for sign in text.chars() {
        let wide = sign.width().unwrap_or(0);
        if taken + wide > width {
            lines.push(std::mem::take(&mut line));
            taken = 0;
        }
        line.push(sign);
        taken += wide;
    }
    if !line.is_empty() {
        lines.push(line);
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::super::display_width;
    use super::*;

    const SIDES: [(&str, &str); 2] = [
        ("this", "把云溪县的12卷旧件逐条核对"),
        ("other", "将云溪县的旧件逐条核对\x1b[0m"),
    ];

    #[test]
    fn differences_are_marked_beside_each_other() {
        let shown = side_by_side(SIDES, 80);
        let lines: Vec<&str> = shown.lines().collect();
        assert!(lines[0].starts_with("  this ") && lines[0].ends_with("| other"));
        assert!(lines[1].starts_with("  [把]云溪县的[12卷]旧件逐条核对 "));
        assert!(lines[1].contains("| [将]云溪县的旧件逐条核对["));
        assert!(lines.iter().all(|line| display_width(line) <= 80));
        assert!(!shown.contains('\x1b'));
    }

    #[test]
    fn a_narrow_terminal_has_them_one_under_the_other() {
        let shown = side_by_side(SIDES, 20);
        assert!(shown.starts_with("  this\n    把云溪县的12卷旧"), "{shown}");
        assert!(shown.lines().all(|line| display_width(line) <= 20));
        assert!(!shown.contains("[把"), "{shown}");
    }

    #[test]
    fn long_texts_are_broken() {
        let long = "长".repeat(100);
        let shown = side_by_side([("a", &long), ("b", &long)], 100);
        assert_eq!(shown.matches('长').count(), 200);
        assert!(shown.lines().all(|line| display_width(line) <= 100));
    }
}
