//! Forms that ask by GET: what they send is an address.
//!
//! In: a page, a form's name, values given to its fields. Out: the address it asks for; `None` for forms that post, and
//! for those whose fields cannot all be told.

use std::fmt::Write as _;

use crate::discover::tree::{NodeId, Tree};

/// Fields of a form.
const FIELDS: usize = 40;

/// Where a form leads with these values; without a name the page's only one.
pub(super) fn address(
    tree: &Tree<'_>,
    name: Option<&str>,
    set: &[(String, String)],
) -> Option<String> {
    let form = find(tree, name)?;
    let node = tree.node(form);
    let way = node.attribute("method").unwrap_or_default();
    if !(way.is_empty() || way.eq_ignore_ascii_case("get"))
        || set.iter().any(|(_, value)| value == "\0")
    {
        return None;
    }
    let mut address = node.attribute("action").unwrap_or_default().into_owned();
    if address.contains(['?', '#', '{']) || address.starts_with("javascript:") {
        return None;
    }
    let mut changed = false;
    let mut sign = '?';
    for id in (form + 1..node.end).take(4000) {
        let field = tree.node(id);
        let Some(own) = field.attribute("name").filter(|name| !name.is_empty()) else {
            continue;
        };
        match &*field.name {
            "select" | "textarea" => return None,
            "input" => {}
            _ => continue,
        }
        let kind = field
            .attribute("type")
            .unwrap_or_default()
            .to_ascii_lowercase();
        match kind.as_str() {
            "" | "hidden" | "text" | "search" => {}
            "button" | "submit" | "image" | "reset" => continue,
            _ => return None,
        }
        let id = field.attribute("id").unwrap_or_default();
        let given = set
            .iter()
            .rev()
            .find(|(name, _)| *name == own || *name == id);
        changed |= given.is_some();
        let value = given.map_or_else(
            || field.attribute("value").unwrap_or_default(),
            |(_, value)| value.as_str().into(),
        );
        let is_plain = |text: &str| {
            text.bytes()
                .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.' | b'/'))
        };
        if !is_plain(&value) || !is_plain(&own) || address.len() > FIELDS * 50 {
            return None;
        }
        write!(address, "{sign}{own}={value}").ok()?;
        sign = '&';
    }
    changed.then_some(address)
}

fn find(tree: &Tree<'_>, name: Option<&str>) -> Option<NodeId> {
    let mut forms = (0..tree.nodes().len()).filter(|id| tree.node(*id).name == "form");
    let is_named = |id: NodeId, name: &str| {
        ["id", "name"]
            .iter()
            .any(|key| tree.node(id).raw_attribute(key) == Some(name))
    };
    match name {
        Some(name) => forms.find(|id| is_named(*id, name)),
        None => forms.next().filter(|_| forms.next().is_none()),
    }
}
