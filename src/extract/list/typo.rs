//! Labels with one wrong character.

use crate::extract::lexicon::ListForm;

/// Characters that tell rows apart: a label that differs in one of them is another label.
const TELLING: &str = "不非未无否免上下新旧予前后内外总主依有增减收支正负大小多少男女专兼全部本他其0123456789零〇一二三四五六七八九十百千万亿";
/// Shorter labels are too near to each other.
const CHARACTERS: usize = 5;

/// The only row a label is one added, lost or changed character away from; `None` where there are two, where the
/// character tells rows apart, or where the label is short.
pub fn nearest(list: &ListForm, core: &str) -> Option<usize> {
    let label: Vec<char> = core.chars().collect();
    if label.len() < CHARACTERS {
        return None;
    }
    let mut found: Option<usize> = None;
    for (known, rows) in &list.rows {
        // A Chinese character has three bytes.
        if known.len().abs_diff(core.len()) > 4 || !is_one_edit(&label, known) {
            continue;
        }
        match (rows.as_slice(), found) {
            ([row], None) => found = Some(*row),
            ([row], Some(same)) if same == *row => {}
            _ => return None,
        }
    }
    let row = found?;
    let close = std::iter::once(&list.table.rows[row].label).chain(&list.table.rows[row].aliases);
    let plain = close
        .map(|spelling| crate::normalize::Label::new(spelling).core)
        .chain(
            list.rows
                .iter()
                .filter(|(_, rows)| rows.as_slice() == [row])
                .map(|(known, _)| known.clone()),
        )
        .any(|known| {
            is_one_edit(&label, &known)
                && edited(&label, &known).iter().all(|c| !TELLING.contains(*c))
        });
    plain.then_some(row)
}

/// Whether one character added, lost or changed makes one text the other.
fn is_one_edit(label: &[char], known: &str) -> bool {
    let mut length = 0;
    let mut start = 0;
    let mut same = true;
    for (at, character) in known.chars().enumerate() {
        same &= label.get(at) == Some(&character);
        start += usize::from(same);
        length = at + 1;
    }
    if label.len().abs_diff(length) > 1 || (label.len() == length && start == length) {
        return false;
    }
    let tail = label
        .iter()
        .rev()
        .zip(known.chars().rev())
        .take_while(|(left, right)| **left == *right)
        .count();
    let shorter = label.len().min(length);
    let needed = if label.len() == length {
        length - 1
    } else {
        shorter
    };
    start + tail >= needed && length > 3
}

/// The characters in which two texts one edit apart differ.
fn edited(label: &[char], known: &str) -> Vec<char> {
    let known: Vec<char> = known.chars().collect();
    let start = label
        .iter()
        .zip(&known)
        .take_while(|(left, right)| left == right)
        .count();
    let most = label.len().min(known.len()) - start;
    let tail = label
        .iter()
        .rev()
        .zip(known.iter().rev())
        .take(most)
        .take_while(|(left, right)| left == right)
        .count();
    label[start..label.len() - tail]
        .iter()
        .chain(&known[start..known.len() - tail])
        .copied()
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extract::lexicon::Lexicon;
    use crate::model::FormId;
    use crate::normalize::Label;

    #[test]
    fn one_wrong_character_is_a_typo_unless_it_tells() {
        let list = |form| {
            Lexicon::get()
                .lists
                .iter()
                .find(|list| list.table.form == form)
                .unwrap()
        };
        let guess = |form, text: &str| {
            let list = list(form);
            nearest(list, &Label::new(text).core).map(|row| list.table.rows[row].id.as_str())
        };
        let new = FormId::F2014;
        assert_eq!(
            guess(new, "4.信函申请敎"),
            Some("applications.received.letter")
        );
        assert_eq!(guess(new, "信函申请"), None, "short");
        assert_eq!(
            guess(new, "信函的申请数"),
            Some("applications.received.letter")
        );
        assert_eq!(guess(new, "申请办结数"), None, "is exact");
        // The character tells.
        assert_eq!(guess(new, "同意不公开答复数"), None);
        assert_eq!(guess(new, "同意公开答复总数"), None);
        // Two rows are as near.
        assert_eq!(guess(new, "政务微x公开政府信息数"), None);
        assert_eq!(
            guess(FormId::F2008, "同意公开答复教"),
            Some("h.ans.granted")
        );
        assert_eq!(guess(FormId::F2008, "免予公开范围9"), None);
        assert_eq!(guess(FormId::F2008, "不予公开答复总数"), None);
    }
}
