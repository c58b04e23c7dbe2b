//! Pages that send their reader on without a click.
//!
//! In: a page. Out: where to: by `<meta http-equiv=refresh>`, or by a script of a small page that does little else.
//! Scripts are not run: only an address that stands in them as it is counts.

use url::Url;

use super::tree::Tree;
use super::urls::{self, Base};

/// A page of more elements is no forwarding by script.
const ELEMENTS: usize = 30;
/// A script of more bytes decides something.
const SCRIPT: usize = 1000;
/// A refresh later than this, in seconds, is for who keeps the page open.
const SOON: u32 = 30;

/// What stands before the address in a script.
const SETS: [&str; 6] = [
    "location.href",
    "location.replace(",
    "location.assign(",
    "window.location",
    "self.location",
    "location",
];

/// Where the page leads on to; `None` where it does not, or to itself.
pub(super) fn find(tree: &Tree<'_>, url: &Url, base: &Base) -> Option<Url> {
    let target = by_meta(tree, base).or_else(|| by_script(tree, base))?;
    (target != *url).then_some(target)
}

fn by_meta(tree: &Tree<'_>, base: &Base) -> Option<Url> {
    let metas = tree.nodes().iter().filter(|node| node.name == "meta");
    metas
        .filter(|node| {
            node.raw_attribute("http-equiv")
                .is_some_and(|name| name.trim().eq_ignore_ascii_case("refresh"))
        })
        .find_map(|node| {
            let content = node.attribute("content")?;
            let (seconds, rest) = content.split_once([';', ','])?;
            let seconds: u32 = seconds.trim().split('.').next()?.parse().ok()?;
            let rest = rest.trim();
            let named = rest
                .get(..3)
                .is_some_and(|name| name.eq_ignore_ascii_case("url"));
            let target = if named {
                rest[3..].trim_start().strip_prefix('=')?
            } else {
                rest
            };
            let target = target.trim().trim_matches(['"', '\'']);
            urls::resolve(base, target).filter(|_| seconds <= SOON)
        })
}

fn by_script(tree: &Tree<'_>, base: &Base) -> Option<Url> {
    if tree.nodes().len() > ELEMENTS {
        return None;
    }
    tree.scripts
        .iter()
        .filter(|script| script.len() <= SCRIPT)
        .find_map(|script| {
            // A script that asks first may not mean everyone.
            if ["if", "function", "cookie", "eval"]
                .iter()
                .any(|word| script.contains(word))
            {
                return None;
            }
            SETS.iter().find_map(|set| {
                let at = script.find(set)? + set.len();
                let rest = script[at..].trim_start();
                let rest = rest.strip_prefix('=').unwrap_or(rest).trim_start();
                let quote = rest.chars().next().filter(|c| matches!(c, '"' | '\''))?;
                let target = rest[1..].split(quote).next()?;
                urls::resolve(base, target)
            })
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_that_lead_on() {
        let cases = [
            (
                "<meta http-equiv=Refresh content='0;URL=/nb/'>",
                Some("/nb/"),
            ),
            (
                "<meta http-equiv=refresh content='0; url=\"index_1.html\"'>",
                Some("/a/index_1.html"),
            ),
            ("<meta http-equiv=refresh content='600;url=/x'>", None),
            ("<meta http-equiv=refresh content='5'>", None),
            (
                "<script>window.location.href='./nb/index.html';</script>",
                Some("/a/nb/index.html"),
            ),
            (
                "<script>location.replace(\"/zw?a=1\")</script>",
                Some("/zw?a=1"),
            ),
            ("<script>window.location = \"/zw\"</script>", Some("/zw")),
            ("<script>if (mobile) location.href='/m/';</script>", None),
            (
                "<script>document.cookie='x';location.href='/a/';</script>",
                None,
            ),
            ("<script>location.href=u+'/a/';</script>", None),
            ("<script>location.href='/a/b.html';</script>", None),
        ];
        let url = Url::parse("http://a.example/a/b.html").unwrap();
        for (page, want) in cases {
            let found = find(&Tree::parse(page), &url, &Base::from(&url));
            let found = found.map(|url| url.as_str().replace("http://a.example", ""));
            assert_eq!(found.as_deref(), want, "{page}");
        }
    }
}
