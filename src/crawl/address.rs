//! Which addresses may be connected to.
//!
//! In: an address, the ranges a user allows. Out: whether a connection may be made to it. A page decides where its
//! links and redirects lead, so without this a hostile page could make us read services of the network we run in.
//! Asked about the very address that is connected to, never about a name.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::str::FromStr;

/// What an address is, as far as it is not for anybody's use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum AddressClass {
    /// `0.0.0.0/8`, `::`: this host, this network.
    Unspecified,
    /// `127.0.0.0/8`, `::1`.
    Loopback,
    /// `10.0.0.0/8`, `172.16.0.0/12`, `192.168.0.0/16`, `fc00::/7`, `fec0::/10`.
    Private,
    /// `100.64.0.0/10`: behind the address translation of a provider (RFC 6598).
    Shared,
    /// `169.254.0.0/16`, `fe80::/10`; the metadata services of clouds are here.
    LinkLocal,
    /// `224.0.0.0/4`, `ff00::/8`.
    Multicast,
    /// `192.0.2.0/24`, `198.51.100.0/24`, `203.0.113.0/24`, `2001:db8::/32`, `3fff::/20`.
    Documentation,
    /// `198.18.0.0/15`, `2001:2::/48`.
    Benchmark,
    /// `64:ff9b::/96`, `64:ff9b:1::/48`, `2002::/16`, `2001::/32`: an IPv4 address lies in it, of another network's choice.
    Translated,
    /// What the registries reserve.
    Reserved,
}

impl AddressClass {
    /// The word for messages.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Unspecified => "unspecified",
            Self::Loopback => "loopback",
            Self::Private => "private",
            Self::Shared => "shared (carrier NAT)",
            Self::LinkLocal => "link-local",
            Self::Multicast => "multicast",
            Self::Documentation => "documentation",
            Self::Benchmark => "benchmark",
            Self::Translated => "translated IPv4",
            Self::Reserved => "reserved",
        }
    }

    /// The class of an address; `None` for one that is anybody's. IPv4 written as IPv6 is taken as IPv4.
    pub fn of(ip: IpAddr) -> Option<Self> {
        match ip.to_canonical() {
            IpAddr::V4(ip) => of_v4(ip),
            IpAddr::V6(ip) => of_v6(ip),
        }
    }
}

/// Ranges that are not to be connected to: <https://www.iana.org/assignments/iana-ipv4-special-registry>.
fn of_v4(ip: Ipv4Addr) -> Option<AddressClass> {
    Some(match ip.octets() {
        [0, ..] => AddressClass::Unspecified,
        [127, ..] => AddressClass::Loopback,
        [10, ..] | [172, 16..=31, ..] | [192, 168, ..] => AddressClass::Private,
        [100, 64..=127, ..] => AddressClass::Shared,
        [169, 254, ..] => AddressClass::LinkLocal,
        [224..=239, ..] => AddressClass::Multicast,
        [192, 0, 2, _] | [198, 51, 100, _] | [203, 0, 113, _] => AddressClass::Documentation,
        [198, 18..=19, ..] => AddressClass::Benchmark,
        [192, 0, 0, _] | [192, 88, 99, _] | [240..=255, ..] => AddressClass::Reserved,
        _ => return None,
    })
}

/// Only `2000::/3` is given out: <https://www.iana.org/assignments/iana-ipv6-special-registry>.
fn of_v6(ip: Ipv6Addr) -> Option<AddressClass> {
    Some(match ip.segments() {
        [0, 0, 0, 0, 0, 0, 0, 0] => AddressClass::Unspecified,
        [0, 0, 0, 0, 0, 0, 0, 1] => AddressClass::Loopback,
        [0xfc00..=0xfdff | 0xfec0..=0xfeff, ..] => AddressClass::Private,
        [0xfe80..=0xfebf, ..] => AddressClass::LinkLocal,
        [0xff00..=0xffff, ..] => AddressClass::Multicast,
        [0x2001, 0x0db8, ..] | [0x3fff, 0..=0x0fff, ..] => AddressClass::Documentation,
        [0x2001, 2, 0, ..] => AddressClass::Benchmark,
        [0x0064, 0xff9b, 0, 0, 0, 0, ..]
        | [0x0064, 0xff9b, 1, ..]
        | [0x2001, 0, ..]
        | [0x2002, ..] => AddressClass::Translated,
        [0x2001, 0x0001..=0x01ff, ..] => AddressClass::Reserved,
        [0x2000..=0x3fff, ..] => return None,
        _ => AddressClass::Reserved,
    })
}

/// Why a range of addresses is not taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "{text:?} is no range of addresses; write 127.0.0.0/8, 10.1.2.3 or fd00::/8, with no bits set behind the prefix"
)]
pub struct CidrError {
    /// As written.
    pub text: String,
}

/// A range of addresses: those that share the first bits of one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cidr {
    base: IpAddr,
    prefix: u32,
}

impl Cidr {
    /// Whether an address lies in it. IPv4 written as IPv6 is taken as IPv4.
    pub fn contains(&self, ip: IpAddr) -> bool {
        match (self.base, ip.to_canonical()) {
            (IpAddr::V4(base), IpAddr::V4(ip)) => {
                let shift = 32 - self.prefix;
                (u64::from(base.to_bits()) >> shift) == (u64::from(ip.to_bits()) >> shift)
            }
            (IpAddr::V6(base), IpAddr::V6(ip)) => {
                let differ = base.to_bits() ^ ip.to_bits();
                differ.leading_zeros() >= self.prefix
            }
            _ => false,
        }
    }
}

impl FromStr for Cidr {
    type Err = CidrError;

    fn from_str(text: &str) -> Result<Self, CidrError> {
        let wrong = || CidrError { text: text.into() };
        let (address, prefix) = match text.trim().split_once('/') {
            Some((address, prefix)) => (address, Some(prefix)),
            None => (text.trim(), None),
        };
        let base: IpAddr = address.parse().map_err(|_| wrong())?;
        let (bits, zeros) = match base {
            IpAddr::V4(ip) => (32, ip.to_bits().trailing_zeros()),
            IpAddr::V6(ip) => (128, ip.to_bits().trailing_zeros()),
        };
        let prefix = match prefix {
            // No sign: `parse` would take `+8`.
            Some(prefix) if prefix.bytes().all(|byte| byte.is_ascii_digit()) => {
                prefix.parse().map_err(|_| wrong())?
            }
            Some(_) => return Err(wrong()),
            None => bits,
        };
        // `10.1.2.3/8` may mean one host or the whole network: asked for, not guessed.
        if prefix > bits || bits - prefix > zeros || base != base.to_canonical() {
            return Err(wrong());
        }
        Ok(Self { base, prefix })
    }
}

/// An address that is not connected to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{ip} is {}", class.as_str())]
pub struct Refused {
    /// The address.
    pub ip: IpAddr,
    /// What it is.
    pub class: AddressClass,
}

/// Which addresses are connected to: those that are anybody's, and what a user allows besides.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AddressPolicy {
    /// Ranges allowed besides.
    pub allowed: Vec<Cidr>,
}

impl AddressPolicy {
    /// Refuses nothing: for addresses that the operator named, never for those that a page did.
    pub fn any() -> Self {
        let whole = |base: IpAddr| Cidr { base, prefix: 0 };
        Self {
            allowed: vec![
                whole(IpAddr::V4(std::net::Ipv4Addr::UNSPECIFIED)),
                whole(IpAddr::V6(std::net::Ipv6Addr::UNSPECIFIED)),
            ],
        }
    }

    /// A policy that allows ranges besides (`allow_addresses` of the configuration).
    ///
    /// # Errors
    ///
    /// The first text that is no range.
    pub fn allowing<S: AsRef<str>>(ranges: &[S]) -> Result<Self, CidrError> {
        let allowed = ranges.iter().map(|range| range.as_ref().parse());
        Ok(Self {
            allowed: allowed.collect::<Result<_, _>>()?,
        })
    }

    /// Whether a connection may be made.
    ///
    /// # Errors
    ///
    /// [`Refused`] with what the address is.
    pub fn check(&self, ip: IpAddr) -> Result<(), Refused> {
        let Some(class) = AddressClass::of(ip) else {
            return Ok(());
        };
        if !self.allowed.iter().any(|range| range.contains(ip)) {
            return Err(Refused { ip, class });
        }
        // Whoever allows the translator's prefix has not allowed their own network behind it.
        if let IpAddr::V6(six) = ip
            && let [0x0064, 0xff9b, 0, 0, 0, 0, high, low] = six.segments()
        {
            let [a, b] = high.to_be_bytes();
            let [c, d] = low.to_be_bytes();
            return self.check(IpAddr::from([a, b, c, d]));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ip(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn only_what_is_anybodys_is_connected_to() {
        use AddressClass as C;
        let cases = [
            ("0.0.0.0", Some(C::Unspecified)),
            ("0.1.2.3", Some(C::Unspecified)),
            ("10.0.0.1", Some(C::Private)),
            ("100.63.255.255", None),
            ("100.64.0.1", Some(C::Shared)),
            ("100.127.255.255", Some(C::Shared)),
            ("100.128.0.0", None),
            ("127.0.0.1", Some(C::Loopback)),
            ("127.255.0.9", Some(C::Loopback)),
            ("169.254.169.254", Some(C::LinkLocal)),
            ("172.15.255.255", None),
            ("172.16.0.0", Some(C::Private)),
            ("172.31.255.255", Some(C::Private)),
            ("172.32.0.0", None),
            ("192.0.0.8", Some(C::Reserved)),
            ("192.0.1.1", None),
            ("192.0.2.1", Some(C::Documentation)),
            ("192.88.99.1", Some(C::Reserved)),
            ("192.168.1.1", Some(C::Private)),
            ("198.17.255.255", None),
            ("198.18.0.1", Some(C::Benchmark)),
            ("198.51.100.7", Some(C::Documentation)),
            ("203.0.113.7", Some(C::Documentation)),
            ("223.255.255.255", None),
            ("224.0.0.1", Some(C::Multicast)),
            ("240.0.0.1", Some(C::Reserved)),
            ("255.255.255.255", Some(C::Reserved)),
            ("59.252.1.1", None),
            ("::", Some(C::Unspecified)),
            ("::1", Some(C::Loopback)),
            ("::127.0.0.1", Some(C::Reserved)),
            ("::ffff:127.0.0.1", Some(C::Loopback)),
            ("::ffff:10.0.0.1", Some(C::Private)),
            ("::ffff:59.252.1.1", None),
            ("64:ff9b::7f00:1", Some(C::Translated)),
            ("64:ff9b::3bfc:101", Some(C::Translated)),
            ("64:ff9b:1::1", Some(C::Translated)),
            ("100::1", Some(C::Reserved)),
            ("2001::1", Some(C::Translated)),
            ("2001:2::1", Some(C::Benchmark)),
            ("2001:10::1", Some(C::Reserved)),
            ("2001:db8::1", Some(C::Documentation)),
            ("2001:da8::1", None),
            ("2002:7f00:1::", Some(C::Translated)),
            ("240e::1", None),
            ("2408:8000::1", None),
            ("3fff:fff::1", Some(C::Documentation)),
            ("3fff:1000::1", None),
            ("4000::1", Some(C::Reserved)),
            ("5f00::1", Some(C::Reserved)),
            ("fc00::1", Some(C::Private)),
            ("fd12:3456::1", Some(C::Private)),
            ("fe80::1", Some(C::LinkLocal)),
            ("fec0::1", Some(C::Private)),
            ("ff02::1", Some(C::Multicast)),
        ];
        let policy = AddressPolicy::default();
        for (text, class) in cases {
            let refused = policy.check(ip(text)).err().map(|refused| refused.class);
            assert_eq!(refused, class, "{text}");
        }
    }

    #[test]
    fn ranges_are_allowed_besides() {
        let policy = AddressPolicy::allowing(&["127.0.0.0/8", "10.1.2.3", "fd00::/8"]).unwrap();
        for text in ["127.0.0.9", "::ffff:127.0.0.9", "10.1.2.3", "fd01::7"] {
            assert_eq!(policy.check(ip(text)), Ok(()), "{text}");
        }
        for text in ["10.1.2.4", "fc01::7", "::1", "192.168.0.1"] {
            assert!(policy.check(ip(text)).is_err(), "{text}");
        }
        let all = AddressPolicy::allowing(&["0.0.0.0/0", "::/0"]).unwrap();
        assert!(all.check(ip("192.168.0.1")).is_ok() && all.check(ip("fe80::1")).is_ok());
        let translated = AddressPolicy::allowing(&["64:ff9b::/96"]).unwrap();
        assert!(translated.check(ip("64:ff9b::3bfc:101")).is_ok());
        assert!(translated.check(ip("64:ff9b::a00:1")).is_err());
    }

    #[test]
    fn what_is_no_range_is_refused() {
        for text in [
            "",
            "a",
            "10.0.0.0/33",
            "10.0.0.0/-1",
            "10.0.0.0/+8",
            "10.0.0.0/",
            "10.1.2.3/8",
            "fd00::1/8",
            "::ffff:10.0.0.0/104",
            "localhost",
        ] {
            assert!(text.parse::<Cidr>().is_err(), "{text:?}");
        }
    }
}
