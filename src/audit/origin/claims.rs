//! What the page's meta tags say of its host.

use super::Evidence;
use super::address::{Place, host_of};
use super::hosts::{Class, HostRules};
use super::signal::{Sign, Signal, Weight, short};

/// Compares `SiteDomain` and `Url` with the host. They are often empty, stale or an alias, so a difference is a sign
/// only where they name an official host and the page lies on one that is nobody's.
pub(super) fn compare(
    evidence: &Evidence<'_>,
    place: &Place,
    hosts: &HostRules,
    signals: &mut Vec<Signal>,
) {
    let Some(host) = place.host() else {
        return;
    };
    let tags = [
        (
            Sign::SiteDomainDiffers,
            "SiteDomain",
            evidence.metas.site_domain,
        ),
        // A path alone says nothing of the host.
        (
            Sign::UrlDiffers,
            "Url",
            evidence.metas.url.filter(|url| url.contains("://")),
        ),
    ];
    for (sign, name, content) in tags {
        let named: Vec<String> = names(content.unwrap_or_default());
        if named.is_empty() || named.iter().any(|name| same_site(name, host)) {
            continue;
        }
        let official =
            |name: &String| matches!(hosts.class(name), Class::Official | Class::Allowed);
        let claimed = matches!(place, Place::Foreign { .. }) && named.iter().any(official);
        let weight = if claimed { Weight::Sign } else { Weight::Note };
        let evidence = format!(
            "meta {name} says {}, the host is {host}",
            short(&named.join(", "))
        );
        signals.push(Signal::new(sign, weight, evidence));
    }
}

/// The hosts that a tag names; several are written with any separator.
fn names(content: &str) -> Vec<String> {
    content
        .split([',', ';', '|', '，', '；', '、', ' ', '\u{3000}'])
        .filter(|part| part.contains('.'))
        .take(8)
        .filter_map(host_of)
        .collect()
}

/// The same but for `www.`, or one below the other.
fn same_site(one: &str, other: &str) -> bool {
    let bare = |name: &str| {
        name.strip_prefix("www.")
            .map_or_else(|| name.to_owned(), str::to_owned)
    };
    let (one, other) = (bare(one), bare(other));
    let below = |inner: &str, outer: &str| {
        inner
            .strip_suffix(outer)
            .is_some_and(|before| before.ends_with('.'))
    };
    one == other || below(&one, &other) || below(&other, &one)
}
