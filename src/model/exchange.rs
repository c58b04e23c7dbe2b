//! The vocabulary of getting pages: what came of an exchange, what an address is for, what an item is.
//!
//! Shared by `discover`, `crawl`, `frontier` and what prints their answers. Closed words, kept in the
//! ledger and explained one by one in `docs/crawl.md`.

use serde::{Serialize, Serializer};

macro_rules! words {
    ($(#[$outer:meta])* $name:ident { $($variant:ident = $word:literal, $meaning:literal;)* }) => {
        $(#[$outer])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum $name {
            $(#[doc = $meaning] $variant),*
        }

        impl $name {
            /// Every one, in the order of the documents.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// The word used in JSON and SQL.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word),* }
            }

            /// What it means, in a sentence.
            pub const fn meaning(self) -> &'static str {
                match self { $(Self::$variant => $meaning),* }
            }

            /// The one a word names; `None` for any other word.
            pub fn named(word: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|one| one.as_str() == word)
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }
    };
}

words! {
    /// What came of asking for an address. The bytes of every answer are archived whatever it is.
    Outcome {
        Ok = "ok", "A page came.";
        NotModified = "not_modified", "The server says that the page is as it was (304).";
        Redirect = "redirect", "The page sends its reader elsewhere, by status, meta refresh or script.";
        Gone = "gone", "The server says that there is no such page (404, 410).";
        SoftGone = "soft_gone", "A page came that says there is no such page, under status 200.";
        Blocked = "blocked", "The server or a firewall before it refuses us (403 and the like, or its page under status 200).";
        Challenge = "challenge", "A check for browsers stands before the page: script, cookie or captcha (412, 521).";
        Throttled = "throttled", "The server asks us to come later (429, 503 with Retry-After).";
        ErrorPage = "error_page", "The server failed or answered with another error (other 4xx, 5xx).";
        Dns = "dns", "The host's name has no address.";
        Connect = "connect", "No connection to the host, or it closed before answering.";
        Tls = "tls", "No common encryption with the host.";
        Timeout = "timeout", "The answer did not come, or not end, in time.";
        Protocol = "protocol", "The answer is no HTTP, or broke off.";
        AddressRefused = "address_refused", "The host's name leads to a private, loopback or link-local address that is not allowed.";
        RobotsDisallowed = "robots_disallowed", "robots.txt forbids it; it was not asked for.";
        RobotsUnreachable = "robots_unreachable", "robots.txt could not be had, so nothing of the host was asked for.";
        OutOfScope = "out_of_scope", "The address is not in the seed's scope; it was not asked for.";
        BudgetSpent = "budget_spent", "The host's budget of pages, bytes, time or errors is spent; it was not asked for.";
        TooManyRedirects = "too_many_redirects", "Redirects led in a circle or on beyond the cap.";
    }
}

impl Outcome {
    /// Whether the page's content is known to be what it was or new: a capture that tells of the page itself.
    pub const fn is_page(self) -> bool {
        matches!(self, Self::Ok | Self::NotModified)
    }

    /// Whether somebody keeps us out. Never a change of the page, never an empty report.
    pub const fn is_blocking(self) -> bool {
        matches!(self, Self::Blocked | Self::Challenge | Self::Throttled)
    }

    /// Whether the server says that the page is not there any more.
    pub const fn is_gone(self) -> bool {
        matches!(self, Self::Gone | Self::SoftGone)
    }
}

words! {
    /// What an address is fetched for.
    Role {
        Robots = "robots", "The host's robots.txt.";
        Root = "root", "A site's front page or another page to find the column from.";
        Sitemap = "sitemap", "A sitemap or an index of sitemaps.";
        List = "list", "A page of the column that lists reports.";
        Item = "item", "An entry of the column: a report, or what stands beside reports.";
        Part = "part", "A later page of a report over several.";
        Attachment = "attachment", "A file that a report's page hands out.";
    }
}

words! {
    /// What an entry of a column is, by its title alone; the page itself decides later.
    ItemKind {
        Report = "report", "An annual report on information disclosure.";
        OtherAgency = "other_agency", "Such a report of another body than the column's.";
        Statistics = "statistics", "A statistics table without the report.";
        WebsiteReport = "website_report", "The yearly report on a government website (政府网站工作年度报表).";
        Guide = "guide", "A guide, catalogue or regulation on information disclosure.";
        News = "news", "News or a notice.";
        Unknown = "unknown", "The title does not tell.";
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_lead_back() {
        for outcome in Outcome::ALL {
            assert_eq!(Outcome::named(outcome.as_str()), Some(*outcome));
        }
        for role in Role::ALL {
            assert_eq!(Role::named(role.as_str()), Some(*role));
        }
        assert_eq!(ItemKind::named("nonsense"), None);
    }
}
