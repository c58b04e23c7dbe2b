//! Files that go with the pages: nothing is loaded from elsewhere.

/// A file of the viewer.
#[derive(Debug, Clone, Copy)]
pub(super) struct Asset {
    /// Its name below `assets/`.
    pub name: &'static str,
    /// Its media type.
    pub media_type: &'static str,
    /// Its text.
    pub text: &'static str,
}

/// All of them.
pub(super) const ALL: [Asset; 2] = [
    Asset {
        name: "style.css",
        media_type: "text/css; charset=utf-8",
        text: include_str!("assets/style.css"),
    },
    Asset {
        name: "icon.svg",
        media_type: "image/svg+xml",
        text: include_str!("assets/icon.svg"),
    },
];

/// The file of a name.
pub(super) fn asset(name: &str) -> Option<Asset> {
    ALL.into_iter().find(|asset| asset.name == name)
}
