//! Selectors against a tree.
//!
//! In: a tree and a selector of a profile. Out: which elements match. Every element is looked at once for every part
//! of the selector: what matched above and before it is carried along as bits, so no search goes back.

use super::tree::{NodeId, Ref, Tree};
use crate::profile::{Combinator, Complex, Compound, Css};

/// The elements that match, in the order of the page.
pub(super) fn select(tree: &Tree<'_>, css: &Css) -> Vec<NodeId> {
    let flags = matches(tree, css);
    (0..flags.len()).filter(|id| flags[*id]).collect()
}

/// Whether any element matches.
pub(super) fn matches_any(tree: &Tree<'_>, css: &Css) -> bool {
    css.alternatives().iter().any(|complex| {
        let Some((_, last)) = complex.parts.last() else {
            return false;
        };
        // Where the last part fits nowhere, the whole does not.
        if !fits_any(tree, last) {
            return false;
        }
        complex.parts.len() == 1 || {
            let mut flags = vec![false; tree.nodes().len()];
            walk(tree, complex, &mut flags);
            flags.contains(&true)
        }
    })
}

/// Whether a compound fits any element; looks only at those that it could fit.
fn fits_any(tree: &Tree<'_>, compound: &Compound) -> bool {
    let holds = |id: NodeId| fits(&tree.node(id), compound);
    let has_name = || {
        let mut tests = compound.attributes.iter();
        !compound.ids.is_empty()
            || !compound.classes.is_empty()
            || tests.any(|test| matches!(test.name.as_str(), "id" | "class"))
    };
    if compound.tag.as_deref() == Some("a") {
        tree.anchors().iter().copied().any(holds)
    } else if has_name() {
        tree.named().iter().copied().any(holds)
    } else {
        (0..tree.nodes().len()).any(holds)
    }
}

/// For every element whether it matches.
pub(super) fn matches(tree: &Tree<'_>, css: &Css) -> Vec<bool> {
    let mut flags = vec![false; tree.nodes().len()];
    for complex in css.alternatives() {
        match complex.parts.as_slice() {
            [(_, compound)] => {
                for (flag, node) in flags.iter_mut().zip(tree.nodes().iter()) {
                    *flag |= fits(&node, compound);
                }
            }
            _ => walk(tree, complex, &mut flags),
        }
    }
    flags
}

/// Bit `i` of `here`: the first `i + 1` parts match, the last at this element. `above`: at one of its ancestors.
fn walk(tree: &Tree<'_>, complex: &Complex, flags: &mut [bool]) {
    let parts = &complex.parts;
    let mut here = vec![0_u32; flags.len()];
    let mut above = vec![0_u32; flags.len()];
    for (id, node) in tree.nodes().iter().enumerate() {
        let at_parent = node.parent.map_or(0, |parent| here[parent]);
        above[id] = at_parent | node.parent.map_or(0, |parent| above[parent]);
        let before = node.previous.map_or(0, |previous| here[previous]);
        for (number, (combinator, compound)) in parts.iter().enumerate() {
            let leads = number == 0 || {
                let seen = match combinator {
                    Combinator::Descendant => above[id],
                    Combinator::Child => at_parent,
                    Combinator::Next => before,
                };
                seen & (1 << (number - 1)) != 0
            };
            if leads && fits(&node, compound) {
                here[id] |= 1 << number;
            }
        }
        flags[id] |= here[id] & (1 << (parts.len() - 1)) != 0;
    }
}

/// Whether an element has all that a compound asks for.
fn fits(node: &Ref<'_, '_>, compound: &Compound) -> bool {
    compound.tag.as_ref().is_none_or(|tag| *tag == node.name)
        && compound.ids.iter().all(|id| {
            let own = node.raw_attribute("id");
            own.is_some_and(|own| same(own.trim(), id))
        })
        && (compound.classes.is_empty() || has_classes(node, &compound.classes))
        && compound.places.iter().all(|nth| nth.has(node.place))
        && compound.attributes.iter().all(|test| {
            let value = node.attribute(&test.name);
            test.passes(value.as_deref())
        })
        && !compound.not.iter().any(|inner| fits(node, inner))
}

/// Whether a name is the wanted one, which is in small letters.
fn same(name: &str, wanted: &str) -> bool {
    name.eq_ignore_ascii_case(wanted) || !name.is_ascii() && name.to_lowercase() == wanted
}

fn has_classes(node: &Ref<'_, '_>, wanted: &[String]) -> bool {
    let Some(own) = node.raw_attribute("class") else {
        return false;
    };
    wanted
        .iter()
        .all(|want| own.split_ascii_whitespace().any(|name| same(name, want)))
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = "<div class='Main box' id=M><ul><li class=a>1</li><li data-x='p q' title='abc'>2</li>\
        <li><a href='/x/1.html'>3</a></li></ul></div><p><a href=b.pdf>4</a><span>5</span></p>";

    #[test]
    fn selectors_match_as_in_browsers() {
        let tree = Tree::parse(PAGE);
        let cases = [
            ("li", "1 2 3"),
            (".main.box li", "1 2 3"),
            ("#m > ul > li:nth-child(2)", "2"),
            ("#m > li", ""),
            ("li + li", "2 3"),
            ("li.a + li", "2"),
            ("li:not(.a)", "2 3"),
            ("li:not([title])", "1 3"),
            ("[data-x~=q]", "2"),
            ("[data-x~='p q']", ""),
            ("[title^=ab]", "2"),
            ("[title$=bc]", "2"),
            ("[title*=b]", "2"),
            ("[title=ab]", ""),
            ("a[href$='.pdf'], li a", "3 4"),
            ("div a, p > *", "3 4 5"),
            ("ul li:nth-child(odd)", "1 3"),
            ("body li", ""),
        ];
        for (text, want) in cases {
            let css: Css = text.parse().unwrap();
            let found: Vec<String> = select(&tree, &css)
                .iter()
                .map(|id| tree.text(*id))
                .collect();
            assert_eq!(found.join(" "), want, "{text}");
            assert_eq!(matches_any(&tree, &css), !want.is_empty(), "{text}");
        }
    }

    #[test]
    fn matching_does_not_go_back() {
        let page = format!("{}<b>x", "<div class=a>".repeat(110));
        let page = page.repeat(400);
        let tree = Tree::parse(&page);
        let css: Css = format!("{}i", ".a div ".repeat(10)).parse().unwrap();
        assert!(select(&tree, &css).is_empty());
    }
}
