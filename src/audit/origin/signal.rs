//! The closed list of signals, and how much each weighs.

use std::fmt;

/// How much a signal decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Weight {
    /// Speaks for the agency.
    For,
    /// Listed for the reader; decides nothing.
    Note,
    /// Decides together with others.
    Sign,
    /// Decides alone, outside official hosts.
    Proof,
}

macro_rules! signs {
    ($($(#[$doc:meta])* $name:ident = $word:literal),* $(,)?) => {
        /// What a signal is about.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Sign { $($(#[$doc])* $name),* }

        impl Sign {
            /// Every sign, in the order of the documentation.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            /// The word that stands before the evidence. Never changes.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $word),* }
            }
        }
    };
}

signs! {
    /// The host lies under a suffix registered to public bodies only.
    HostOfficial = "host_official",
    /// The host is on the list of `data/hosts.toml` or of the home.
    HostAllowed = "host_allowed",
    /// A university or school.
    HostEducation = "host_education",
    /// A public archive of pages.
    HostArchive = "host_archive",
    /// A named host that is in no list.
    HostUnlisted = "host_unlisted",
    /// An official host's name inside another name: `www.x.gov.cn.example.org`.
    HostImitates = "host_imitates",
    /// An IP address instead of a name.
    RawIpHost = "raw_ip_host",
    /// A name without a dot, or one of a local network.
    LocalHost = "local_host",
    /// No web address, or one that cannot be read.
    AddressUnreadable = "address_unreadable",
    /// Meta `SiteDomain` names another host.
    SiteDomainDiffers = "site_domain_differs",
    /// Meta `Url` names another host.
    UrlDiffers = "url_differs",
    /// `<title>` names something else.
    TitleOther = "title_other",
    /// `<title>` advertises downloads or entrances.
    TitleSpam = "title_spam",
    /// Words of betting sites.
    BettingWords = "betting_words",
    /// Words of pornographic sites.
    AdultWords = "adult_words",
    /// Pinyin in brackets behind words.
    BracketedPinyin = "bracketed_pinyin",
    /// Traditional characters strewn over a simplified text, or Cyrillic letters in Latin words.
    MixedScripts = "mixed_scripts",
    /// A blank where `+` belongs.
    PlusLost = "plus_lost",
    /// The index number's division is not the agency's.
    IndexDivisionDiffers = "index_division_differs",
    /// The page gives two different codes.
    IndexCodeDiffers = "index_code_differs",
}

impl Sign {
    /// Signs that rest on one fact share a number.
    pub(super) const fn fact(self) -> Self {
        match self {
            Self::UrlDiffers => Self::SiteDomainDiffers,
            other => other,
        }
    }
}

/// One signal with what it rests on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signal {
    /// What.
    pub sign: Sign,
    /// How much it decides here.
    pub weight: Weight,
    /// What was seen, in words; never empty.
    pub evidence: String,
}

impl Signal {
    pub(super) fn new(sign: Sign, weight: Weight, evidence: impl Into<String>) -> Self {
        Self {
            sign,
            weight,
            evidence: evidence.into(),
        }
    }
}

impl fmt::Display for Signal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.sign.as_str(), self.evidence)
    }
}

/// What a page says, short enough for a line: `text` up to 60 characters, control characters gone.
pub(super) fn short(text: &str) -> String {
    let mut characters = text.chars().filter(|c| !c.is_control());
    let mut short: String = characters.by_ref().take(60).collect();
    if characters.next().is_some() {
        short.push('…');
    }
    short
}
