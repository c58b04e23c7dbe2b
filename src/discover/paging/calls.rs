//! Pagers that a script prints: `createPageHTML(…)` of TRS and of 开普, and TRS's inline pager.
//!
//! TRS counts pages from 0 and names the second `index_1.html`; 开普 counts from 1, names the second `index_2.html`
//! and has the id of an element as first argument.

use url::Url;

use super::{Sheet, assigned, behind};
use crate::discover::urls::{self, Base};

/// A call is no longer, in bytes.
const CALL: usize = 300;

/// An argument of a call.
#[derive(Debug, PartialEq)]
enum Argument<'s> {
    Number(u32),
    Text(&'s str),
}

/// The first call of the function with values for arguments, or names that the script gives a value; its definition has
/// neither.
fn call<'s>(
    script: &'s str,
    is_wanted: impl Fn(&[Argument<'s>]) -> bool,
) -> Option<Vec<Argument<'s>>> {
    const NAME: &str = "createPageHTML";
    script.match_indices(NAME).take(50).find_map(|(at, _)| {
        let line = &script[script[..at].rfind('\n').map_or(0, |end| end + 1)..at];
        let is_comment = line.trim_start().starts_with("//");
        let rest = script[at + NAME.len()..].trim_start().strip_prefix('(')?;
        let end = rest.bytes().take(CALL).position(|byte| byte == b')')?;
        let arguments: Option<Vec<_>> = rest[..end]
            .split(',')
            .map(|text| value(text, script))
            .collect();
        arguments.filter(|arguments| !is_comment && is_wanted(arguments))
    })
}

fn argument(text: &str) -> Option<Argument<'_>> {
    let text = text.trim();
    if let Ok(number) = text.parse() {
        return Some(Argument::Number(number));
    }
    let inner = text.strip_prefix(['"', '\''])?.strip_suffix(['"', '\''])?;
    // A number in quotation marks is a number.
    Some(
        inner
            .parse()
            .map_or(Argument::Text(inner), Argument::Number),
    )
}

/// An argument, or what the script assigns to the name that stands for it (`var nPageCount = 3;`).
fn value<'s>(text: &'s str, script: &'s str) -> Option<Argument<'s>> {
    let name = text.trim();
    if let Some(found) = argument(name) {
        return Some(found);
    }
    let part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '$');
    if name.is_empty() || !name.chars().all(part) {
        return None;
    }
    script.match_indices(name).take(50).find_map(|(at, _)| {
        if script[..at].chars().next_back().is_some_and(part) {
            return None;
        }
        let rest = script[at + name.len()..].trim_start().strip_prefix('=')?;
        let end = rest.find([';', ',', '\n']).unwrap_or(rest.len());
        argument(&rest[..end])
    })
}

/// The pages of these numbers: `index_2.html`.
fn named(base: &Base, name: &str, numbers: impl Iterator<Item = u32>, extension: &str) -> Vec<Url> {
    let page = |number: u32| urls::resolve(base, &format!("{name}_{number}.{extension}"));
    numbers.filter_map(page).collect()
}

/// TRS: the call with a number first, or `var countPage`.
pub(super) fn trs(sheet: &Sheet<'_, '_>) -> Option<Vec<Url>> {
    let scripts = || sheet.tree.into_iter().flat_map(|tree| &tree.scripts);
    let is_trs = |arguments: &[Argument<'_>]| {
        matches!(
            arguments,
            [
                Argument::Number(_),
                Argument::Number(_),
                Argument::Text(_),
                Argument::Text(_),
                ..
            ]
        )
    };
    if let Some(arguments) = scripts().find_map(|script| call(script, is_trs)) {
        let [
            Argument::Number(total),
            Argument::Number(current),
            Argument::Text(name),
            Argument::Text(ext),
            ..,
        ] = arguments.as_slice()
        else {
            return None;
        };
        let numbers = behind(*current, total.saturating_sub(1));
        return Some(named(sheet.base, name, numbers, ext));
    }
    let script = scripts().find(|script| assigned(script, "countPage").is_some())?;
    let total = assigned(script, "countPage")?;
    let current = assigned(script, "currentPage").unwrap_or(0);
    let (own, extension) = own_name(sheet.url);
    let name = inline_name(script).unwrap_or(own);
    let extension = inline_extension(script).unwrap_or(extension);
    let numbers = behind(current, total.saturating_sub(1));
    Some(named(sheet.base, name, numbers, extension))
}

/// 开普: the call with an element's id first.
pub(super) fn kaipu(sheet: &Sheet<'_, '_>) -> Option<Vec<Url>> {
    let is_kaipu = |arguments: &[Argument<'_>]| {
        matches!(
            arguments,
            [
                Argument::Text(_),
                Argument::Number(_),
                Argument::Number(_),
                Argument::Text(_),
                Argument::Text(_),
                ..
            ]
        )
    };
    let mut scripts = sheet.tree.into_iter().flat_map(|tree| &tree.scripts);
    let arguments = scripts.find_map(|script| call(script, is_kaipu))?;
    let [
        _,
        Argument::Number(total),
        Argument::Number(current),
        Argument::Text(name),
        Argument::Text(ext),
        ..,
    ] = arguments.as_slice()
    else {
        return None;
    };
    let numbers = behind((*current).max(1), *total);
    Some(named(sheet.base, name, numbers, ext))
}

/// The page's own name without number, and its extension.
fn own_name(url: &Url) -> (&str, &str) {
    let (name, extension) = urls::file(url)
        .rsplit_once('.')
        .unwrap_or(("index", "html"));
    let is_numbered =
        |tail: &str| !tail.is_empty() && tail.bytes().all(|byte| byte.is_ascii_digit());
    match name.rsplit_once('_') {
        Some((stem, tail)) if is_numbered(tail) => (stem, extension),
        _ => (name, extension),
    }
}

/// `"index" + "_" + i` → `index`.
fn inline_name(script: &str) -> Option<&str> {
    let mut places = script
        .match_indices("\"_\"")
        .chain(script.match_indices("'_'"));
    places.find_map(|(at, _)| {
        let before = script[..at].trim_end().strip_suffix('+')?.trim_end();
        let before = before.strip_suffix(['"', '\''])?;
        let start = before.rfind(|c: char| !(c.is_ascii_alphanumeric() || c == '_' || c == '-'))?;
        let name = &before[start + 1..];
        (!name.is_empty()).then_some(name)
    })
}

/// `"." + "html"` → `html`.
fn inline_extension(script: &str) -> Option<&str> {
    script
        .match_indices(['"', '\''])
        .take(2000)
        .find_map(|(at, _)| {
            let rest = script[at + 1..]
                .trim_start()
                .strip_prefix('+')?
                .trim_start();
            let rest = rest.strip_prefix(['"', '\''])?;
            let known = ["shtml", "html", "htm", "jhtml"];
            let found = known.iter().find(|ending| rest.starts_with(**ending))?;
            script[..at].ends_with('.').then(|| &rest[..found.len()])
        })
}

#[cfg(test)]
mod tests {
    use super::super::{Sheet, follow};
    use crate::discover::tree::Tree;
    use crate::discover::urls::Base;
    use crate::profile::{Paging, Strategy};
    use url::Url;

    fn pages(url: &str, script: &str) -> Option<String> {
        let source = format!("<script>{script}</script>");
        let tree = Tree::parse(&source);
        let url = Url::parse(url).unwrap();
        let sheet = Sheet {
            url: &url,
            base: &Base::from(&url),
            source: &source,
            tree: Some(&tree),
            listing: None,
        };
        let both = [Paging::plain(Strategy::Trs), Paging::plain(Strategy::Kaipu)];
        let (pages, _) = follow(&sheet, &both.iter().collect::<Vec<_>>())?;
        let names: Vec<_> = pages
            .iter()
            .map(|page| page.path().trim_start_matches("/nb/"))
            .collect();
        Some(names.join(" "))
    }

    #[test]
    fn the_first_argument_tells_the_calls_apart() {
        let cases = [
            (
                "createPageHTML(3, 0, \"index\", \"html\");",
                Some("index_1.html index_2.html"),
            ),
            (
                "createPageHTML(3, 1, 'index', 'html', 45);",
                Some("index_2.html"),
            ),
            (
                "createPageHTML('3', '0', 'list', 'shtml')",
                Some("list_1.shtml list_2.shtml"),
            ),
            ("createPageHTML(1, 0, 'index', 'html')", Some("")),
            ("createPageHTML(0, 0, 'index', 'html')", Some("")),
            (
                "createPageHTML('page_div',3, 1,'index','shtml',45)",
                Some("index_2.shtml index_3.shtml"),
            ),
            (
                "createPageHTML('page_div',3, 3,'index','shtml',45)",
                Some(""),
            ),
            ("function createPageHTML(n, c, p, e) {}", None),
            ("// createPageHTML(3, 0, 'index', 'html');", None),
            (
                "var n = 3, c = 0;\nvar p = \"home\"; var e = 'htm';\ncreatePageHTML(n, c, p, e);",
                Some("home_1.htm home_2.htm"),
            ),
            ("var n = 3; createPageHTML(n, c, 'index', 'html');", None),
            (
                "createPageHTML(4294967295, 0, 'index', '');",
                Some("index_"),
            ),
        ];
        for (script, want) in cases {
            let found = pages("http://a.example/nb/index.html", script);
            if want == Some("index_") {
                assert_eq!(found.unwrap().split(' ').count(), 500);
            } else {
                assert_eq!(found.as_deref(), want, "{script}");
            }
        }
    }

    #[test]
    fn inline_pagers_have_names_in_pieces() {
        let script = "var currentPage = 0;//从0\nvar countPage = 3//共\nw('<a href=\"list\"+\"_\" + i + \".\"+\"htm\">');";
        let want = Some("list_1.htm list_2.htm");
        assert_eq!(pages("http://a.example/nb/", script).as_deref(), want);
        let script = "var countPage=3, currentPage = 1;";
        let found = pages("http://a.example/nb/index_1.shtml", script);
        assert_eq!(found.as_deref(), Some("index_2.shtml"));
    }
}
