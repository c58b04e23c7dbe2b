//! The call by which a publishing system (TRS) prints the links to an article's other pages.
//!
//! In: a script's text. Out: what `createPageHTML(3, 0, "t20210131_4711", "html")` says. Nothing is run.

use std::sync::LazyLock;

use memchr::memmem::Finder;

/// An article over several pages, as its script gives it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pager {
    /// How many pages.
    pub total: u32,
    /// Which of them this is, from 0.
    pub current: u32,
    /// File name without number and extension: page 0 is `name.extension`, page 1 `name_1.extension`.
    pub name: String,
    /// Without the dot.
    pub extension: String,
}

const CALL: &[u8] = b"createPageHTML(";
/// A call is no longer.
const CALL_BYTES: usize = 300;

static CALLS: LazyLock<Finder<'_>> = LazyLock::new(|| Finder::new(CALL));

/// The first call with numbers and names, if there is one; the function's own definition has none.
pub(super) fn find_call(script: &str) -> Option<Pager> {
    CALLS.find_iter(script.as_bytes()).find_map(|at| {
        let rest = script.get(at + CALL.len()..)?;
        let end = rest
            .bytes()
            .take(CALL_BYTES)
            .position(|byte| byte == b')')?;
        let mut parts = rest.get(..end)?.split(',').map(str::trim);
        let mut number = || parts.next()?.parse::<u32>().ok();
        let (total, current) = (number()?, number()?);
        let mut text = || {
            let part = parts.next()?;
            let text = part.trim_matches(['"', '\'']);
            (text.len() < part.len() && !text.is_empty()).then(|| text.to_owned())
        };
        Some(Pager {
            total,
            current,
            name: text()?,
            extension: text()?,
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calls_are_told_from_the_definition() {
        let want = Pager {
            total: 3,
            current: 1,
            name: "t20210131_4711".into(),
            extension: "html".into(),
        };
        let cases = [
            ("createPageHTML(3, 1, \"t20210131_4711\", \"html\");", true),
            ("createPageHTML(3,1,'t20210131_4711','html')", true),
            (
                "function createPageHTML(_n, _c, _p, _e){} createPageHTML(3, 1, 't20210131_4711', 'html');",
                true,
            ),
            ("function createPageHTML(_n, _c, _p, _e){}", false),
            ("createPageHTML(3, 1", false),
            ("createPageHTML(3, 1, , )", false),
        ];
        for (script, found) in cases {
            assert_eq!(
                find_call(script).as_ref(),
                found.then_some(&want),
                "{script}"
            );
        }
    }
}
