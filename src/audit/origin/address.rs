//! An address → what its host says.

use url::{Host, Url};

use super::hosts::{Class, HostRules, domain, plain};
use super::signal::{Sign, Signal, Weight, short};

/// What an address says of a page's origin.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Place {
    /// A host of a public body.
    Official {
        /// The host.
        host: String,
        /// On the list, not by its suffix.
        listed: bool,
    },
    /// A named host that belongs to somebody else, or to nobody known.
    Foreign {
        /// The host.
        host: String,
        /// What is known of it.
        class: Class,
    },
    /// Nothing can be said.
    Silent(Silence),
}

/// Why an address says nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Silence {
    /// There is none.
    NoAddress,
    /// Not http, or broken.
    Unreadable(String),
    /// An IP address: real sites are served from them too.
    RawIp(String),
    /// A name of a local network.
    Local(String),
    /// A public archive.
    Archive(String),
}

impl Place {
    /// The named host, if it is one of the open network.
    pub(super) fn host(&self) -> Option<&str> {
        match self {
            Self::Official { host, .. } | Self::Foreign { host, .. } => Some(host),
            Self::Silent(_) => None,
        }
    }

    /// The host as a signal; none without an address.
    pub(super) fn signal(&self) -> Option<Signal> {
        let (sign, weight, evidence) = match self {
            Self::Official { host, listed } => {
                let sign = if *listed {
                    Sign::HostAllowed
                } else {
                    Sign::HostOfficial
                };
                (sign, Weight::For, host)
            }
            Self::Foreign { host, class } => match class {
                Class::Imitates => (Sign::HostImitates, Weight::Proof, host),
                Class::Education => (Sign::HostEducation, Weight::Note, host),
                _ => (Sign::HostUnlisted, Weight::Note, host),
            },
            Self::Silent(Silence::NoAddress) => return None,
            Self::Silent(Silence::Unreadable(text)) => {
                (Sign::AddressUnreadable, Weight::Note, text)
            }
            Self::Silent(Silence::RawIp(host)) => (Sign::RawIpHost, Weight::Note, host),
            Self::Silent(Silence::Local(host)) => (Sign::LocalHost, Weight::Note, host),
            Self::Silent(Silence::Archive(host)) => (Sign::HostArchive, Weight::Note, host),
        };
        Some(Signal::new(sign, weight, evidence))
    }
}

/// Where an address leads, as a browser reads it.
pub(super) fn place(address: Option<&str>, hosts: &HostRules) -> Place {
    let Some(text) = address.map(str::trim).filter(|text| !text.is_empty()) else {
        return Place::Silent(Silence::NoAddress);
    };
    let unreadable = || Place::Silent(Silence::Unreadable(short(text)));
    let Some(url) = read(text) else {
        return unreadable();
    };
    match url.host() {
        Some(Host::Ipv4(address)) => Place::Silent(Silence::RawIp(address.to_string())),
        Some(Host::Ipv6(address)) => Place::Silent(Silence::RawIp(address.to_string())),
        Some(Host::Domain(name)) => plain(name).map_or_else(unreadable, |host| named(host, hosts)),
        None => unreadable(),
    }
}

fn named(host: String, hosts: &HostRules) -> Place {
    match hosts.class(&host) {
        Class::Official => Place::Official {
            host,
            listed: false,
        },
        Class::Allowed => Place::Official { host, listed: true },
        Class::Archive => Place::Silent(Silence::Archive(host)),
        _ if is_local(&host) => Place::Silent(Silence::Local(host)),
        class => Place::Foreign { host, class },
    }
}

fn is_local(host: &str) -> bool {
    let last = host.rsplit('.').next().unwrap_or_default();
    !host.contains('.') || matches!(last, "localhost" | "local" | "lan" | "internal" | "test")
}

/// A web address; one without a scheme is read as a browser's address bar does.
fn read(text: &str) -> Option<Url> {
    let url = match Url::parse(text) {
        Ok(url) if matches!(url.scheme(), "http" | "https") => url,
        // `www.x.gov.cn:8080/a` reads as a scheme, too.
        _ if !text.contains("://") => Url::parse(&format!("http://{text}")).ok()?,
        _ => return None,
    };
    Some(url)
}

/// The named host of an address or of a bare name, as hosts are compared; `None` for anything else.
pub(super) fn host_of(text: &str) -> Option<String> {
    if let Some(name) = domain(text) {
        return Some(name).filter(|name| name.contains('.'));
    }
    match read(text)?.host()? {
        Host::Domain(name) => plain(name).filter(|name| name.contains('.')),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn word(address: &str) -> Option<&'static str> {
        place(Some(address), HostRules::get())
            .signal()
            .map(|signal| signal.sign.as_str())
    }

    #[test]
    fn hosts_are_told_apart_as_browsers_read_them() {
        let official = [
            "http://www.yunxi.gov.cn/a.html",
            "https://gov.cn",
            "HTTP://WWW.YUNXI.GOV.CN",
            "http://www.yunxi.gov.cn.:8080/x",
            "http://user:pw@www.yunxi.gov.cn/",
            "http://www。yunxi。gov。cn/",
            "http://ｗｗｗ.yunxi.ｇｏｖ.cn/",
            "http:\\\\www.yunxi.gov.cn\\a",
            " http://www.yunxi.gov.cn/ ",
            "http://www.yunxi.%67ov.cn/",
            "www.yunxi.gov.cn/a",
            "www.yunxi.gov.cn:8080/a",
            "//www.yunxi.gov.cn/a",
            "http://云溪.政务/",
            "http://a_b.yunxi.gov.cn/",
        ];
        for address in official {
            assert_eq!(word(address), Some("host_official"), "{address}");
        }
        let cases = [
            ("http://www.moe.edu.cn/x", "host_allowed"),
            ("http://jw.yunxi.edu.cn/", "host_education"),
            (
                "https://web.archive.org/web/2020/http://www.yunxi.gov.cn/",
                "host_archive",
            ),
            ("http://www.yunxi.gov.cn.example.org/", "host_imitates"),
            ("http://yunxi.gov.cn.cn/", "host_imitates"),
            ("http://xgov.cn/", "host_unlisted"),
            ("http://www.yunxigov.cn/", "host_unlisted"),
            ("http://www.yunxi.gov.cn@example.org/", "host_unlisted"),
            ("http://example.org\\@www.yunxi.gov.cn/", "host_unlisted"),
            ("http://example.org#@www.yunxi.gov.cn/", "host_unlisted"),
            ("http://example.org?x=.gov.cn", "host_unlisted"),
            ("http://example.org/www.yunxi.gov.cn", "host_unlisted"),
            ("http://www.yunxi.gоv.cn/", "host_unlisted"), // Cyrillic о
            ("http://www.yunxi.gov.com/", "host_unlisted"),
            ("http://gov.cn-x.com/", "host_unlisted"),
            ("http://10.1.2.3:8080/a", "raw_ip_host"),
            ("http://[2001:db8::1]/a", "raw_ip_host"),
            ("http://3232235777/", "raw_ip_host"),
            ("http://localhost/a", "local_host"),
            ("http://server/a", "local_host"),
            ("file:///a.html", "address_unreadable"),
            ("gov.cn://www.example.org", "address_unreadable"),
            ("http://www..gov.cn/", "address_unreadable"),
            ("http://a b/", "address_unreadable"),
        ];
        for (address, want) in cases {
            assert_eq!(word(address), Some(want), "{address}");
        }
        assert_eq!(word(" "), None);
    }
}
