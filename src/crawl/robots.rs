//! robots.txt → whether an address may be asked for, and which line says so (RFC 9309).
//!
//! In: the bytes of a robots.txt, an agent, an address. Out: a [`Decision`] that names the rule, its line and its group;
//! `Crawl-delay`; sitemaps. Pure: never fetches, knows no clock. Never panics on any input, and takes time linear in file and
//! address, whatever `*` stand in a pattern.
//!
//! Where the RFC leaves room this follows Google's reference parser: keys by their beginning and with its list of typos, a
//! blank for the colon, groups that go on until the first rule. Where the two differ it follows the RFC: percent signs before
//! unreserved characters are resolved on both sides, and `index.html` is a name like others. `tests/robots.rs` compares on real files.

use std::borrow::Cow;
use std::time::Duration;

use memchr::memmem;
use url::Url;

/// Bytes of a file that are read: RFC 9309, 2.5, asks for at least so many. What is behind is not looked at, nor the line cut by it.
pub const MOST_BYTES: usize = 500 * 1024;

/// How long a file may be relied on: RFC 9309, 2.4.
pub const VALID: Duration = Duration::from_hours(24);

/// Redirects to be followed for a robots.txt: RFC 9309, 2.3.1.2.
pub const MOST_REDIRECTS: usize = 5;

/// Keys that mean `Disallow`, by their beginning; the typos are those of the reference parser.
const DISALLOW: [&str; 6] = [
    "disallow",
    "dissallow",
    "dissalow",
    "disalow",
    "diasllow",
    "disallaw",
];

/// A robots.txt, read.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Robots {
    groups: Vec<Group>,
    rules: Vec<Rule>,
    sitemaps: Vec<String>,
}

/// Whether an address may be asked for, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    /// Whether it may.
    pub allowed: bool,
    /// The rule that decides, as printed: `Disallow: /search`; `None` where no rule fits.
    pub rule: Option<String>,
    /// The rule's line, from 1.
    pub line: Option<u32>,
    /// The agent of the group that counts: `nianbao`, or `*`; `None` where the file has no group for us.
    pub group: Option<String>,
    /// What else decides: the file's own address, the answer to asking for the file; `None` where the file decides.
    pub because: Option<String>,
}

impl Decision {
    /// What decides, in a line for people: `robots.txt, line 2: Disallow: /search`.
    pub fn why(&self) -> String {
        match &self.rule {
            Some(rule) => {
                let line = self.line.map(|line| format!("line {line}: "));
                format!("robots.txt, {}{rule}", line.unwrap_or_default())
            }
            None => self.because.clone().unwrap_or_default(),
        }
    }
}

/// Agents that share rules.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
struct Group {
    /// Product tokens in lowercase; `*` for all.
    agents: Vec<String>,
    /// Each delay asked for, and how many of the agents stood before it: it is theirs.
    delays: Vec<(usize, Duration)>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Rule {
    /// Index into `Robots::groups`.
    group: usize,
    allow: bool,
    /// As printed, without blanks around.
    printed: String,
    pattern: Pattern,
    line: u32,
}

/// A path pattern, normalised; see [`normalize`].
#[derive(Debug, Clone, PartialEq, Eq)]
struct Pattern {
    /// What must stand at the beginning.
    first: Vec<u8>,
    /// What must follow, anywhere behind, in this order.
    rest: Vec<Vec<u8>>,
    /// Whether the last piece must stand at the end.
    anchored: bool,
    /// Octets, by which the most specific rule is found.
    weight: usize,
}

impl Robots {
    /// Reads a file. Any bytes are a file; what is no rule is passed over.
    pub fn parse(bytes: &[u8]) -> Self {
        let bytes = cut(bytes);
        let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
        let mut robots = Self::default();
        // A group ends with the first agent after a rule.
        let mut ruled = true;
        for (line, text) in (1..).zip(lines(bytes)) {
            let Some((key, value)) = record(text) else {
                continue;
            };
            match Key::of(key) {
                Some(Key::Agent) => {
                    if ruled {
                        robots.groups.push(Group::default());
                        ruled = false;
                    }
                    if let Some(group) = robots.groups.last_mut() {
                        group.agents.push(token(value));
                    }
                }
                Some(Key::Rule { allow }) if !robots.groups.is_empty() => {
                    ruled = true;
                    // An empty pattern is no rule: it ends the list of agents, and matches nothing.
                    if !value.is_empty() {
                        let word = if allow { "Allow" } else { "Disallow" };
                        robots.rules.push(Rule {
                            group: robots.groups.len() - 1,
                            allow,
                            printed: format!("{word}: {}", String::from_utf8_lossy(value)),
                            pattern: Pattern::new(value),
                            line,
                        });
                    }
                }
                Some(Key::Delay) => {
                    if let (Some(group), Some(delay)) = (robots.groups.last_mut(), seconds(value)) {
                        group.delays.push((group.agents.len(), delay));
                    }
                }
                Some(Key::Sitemap) => {
                    robots
                        .sitemaps
                        .push(String::from_utf8_lossy(value).into_owned());
                }
                Some(Key::Rule { .. }) | None => {}
            }
        }
        robots
    }

    /// Whether `agent` may ask for `url`. Of the agent its product token counts: `nianbao` of `nianbao/1.0 (+mailto:…)`.
    pub fn verdict(&self, agent: &str, url: &Url) -> Decision {
        let Some(agent) = self.agent_of(agent) else {
            return Decision::allowed(None);
        };
        if url.path() == "/robots.txt" {
            return Decision {
                because: Some("robots.txt itself is always allowed".to_owned()),
                ..Decision::allowed(Some(agent))
            };
        }
        let path = path_of(url);
        let speaks: Vec<bool> = self
            .groups
            .iter()
            .map(|group| group.agents.contains(&agent))
            .collect();
        let mut best: Option<&Rule> = None;
        for rule in &self.rules {
            let counts = speaks.get(rule.group).copied().unwrap_or(false);
            if counts && better(rule, best) && rule.pattern.matches(&path) {
                best = Some(rule);
            }
        }
        match best {
            None => Decision::allowed(Some(agent)),
            Some(rule) => Decision {
                allowed: rule.allow,
                rule: Some(rule.printed.clone()),
                line: Some(rule.line),
                group: Some(agent),
                because: None,
            },
        }
    }

    /// The delay between requests that the file asks of `agent`: of its own group, or of `*` where it has none of its own; the longest
    /// of several. Not in the RFC. `None` where none is asked for or it is no number. Not capped: what is too long is for the caller to say.
    pub fn crawl_delay(&self, agent: &str) -> Option<Duration> {
        let agent = self.agent_of(agent)?;
        self.groups
            .iter()
            .filter_map(|group| {
                let place = group.agents.iter().position(|own| *own == agent)?;
                let own = group.delays.iter().filter(|(before, _)| place < *before);
                own.map(|(_, delay)| *delay).max()
            })
            .max()
    }

    /// Addresses of sitemaps as printed, in the order of the file.
    pub fn sitemaps(&self) -> &[String] {
        &self.sitemaps
    }

    /// The agent whose groups count: ours by name, else `*`; `None` where the file has neither.
    fn agent_of(&self, agent: &str) -> Option<String> {
        let own = token(agent.as_bytes());
        let known = |agent: &str| {
            self.groups
                .iter()
                .any(|group| group.agents.iter().any(|one| one == agent))
        };
        if !own.is_empty() && known(&own) {
            return Some(own);
        }
        known("*").then(|| "*".to_owned())
    }
}

impl Decision {
    fn allowed(group: Option<String>) -> Self {
        Self {
            allowed: true,
            rule: None,
            line: None,
            group,
            because: None,
        }
    }
}

/// What asking for a robots.txt came to. Good for [`VALID`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RobotsState {
    /// There is a file.
    Rules(Robots),
    /// There is none, so all is allowed; with the reason for people.
    AllAllowed(String),
    /// The file could not be had, so nothing is allowed until it can; with the reason for people.
    NothingAllowed(String),
}

impl RobotsState {
    /// Whether `agent` may ask for `url`.
    pub fn verdict(&self, agent: &str, url: &Url) -> Decision {
        match self {
            Self::Rules(robots) => robots.verdict(agent, url),
            Self::AllAllowed(why) => Decision {
                because: Some(why.clone()),
                ..Decision::allowed(None)
            },
            Self::NothingAllowed(why) => Decision {
                allowed: url.path() == "/robots.txt",
                because: Some(why.clone()),
                ..Decision::allowed(None)
            },
        }
    }

    /// The file's [`Robots::crawl_delay`]; `None` where there is no file.
    pub fn crawl_delay(&self, agent: &str) -> Option<Duration> {
        match self {
            Self::Rules(robots) => robots.crawl_delay(agent),
            Self::AllAllowed(_) | Self::NothingAllowed(_) => None,
        }
    }
}

/// What the last answer to asking for robots.txt means. `status` is `None` where no answer came (name, connection, time, no HTTP). Redirects
/// are the caller's to follow, [`MOST_REDIRECTS`] at most; one that is left counts as no file (RFC 9309, 2.3.1.2). `bytes` is the decoded body.
///
/// 429 is taken as a server that cannot answer now, not as a missing file: who is asked to slow down has not been told that all is allowed.
pub fn from_status(status: Option<u16>, bytes: &[u8]) -> RobotsState {
    match status {
        Some(200..=299) => RobotsState::Rules(Robots::parse(bytes)),
        Some(429) => RobotsState::NothingAllowed(
            "robots.txt answers 429: nothing is asked for until it can be had".to_owned(),
        ),
        Some(status @ 400..=499) => RobotsState::AllAllowed(format!(
            "robots.txt answers {status}: there is none, all is allowed"
        )),
        Some(status @ 300..=399) => RobotsState::AllAllowed(format!(
            "robots.txt answers {status} and leads nowhere: there is none, all is allowed"
        )),
        Some(status) => RobotsState::NothingAllowed(format!(
            "robots.txt answers {status}: nothing is asked for until it can be had"
        )),
        None => RobotsState::NothingAllowed(
            "robots.txt cannot be reached: nothing is asked for until it can be had".to_owned(),
        ),
    }
}

/// What a line is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Key {
    Agent,
    Rule { allow: bool },
    Delay,
    Sitemap,
}

impl Key {
    fn of(key: &[u8]) -> Option<Self> {
        let begins = |words: &[&str]| {
            words.iter().any(|word| {
                key.get(..word.len())
                    .is_some_and(|start| start.eq_ignore_ascii_case(word.as_bytes()))
            })
        };
        if begins(&["user-agent", "useragent", "user agent"]) {
            Some(Self::Agent)
        } else if begins(&["allow"]) {
            Some(Self::Rule { allow: true })
        } else if begins(&DISALLOW) {
            Some(Self::Rule { allow: false })
        } else if begins(&["sitemap", "site-map"]) {
            Some(Self::Sitemap)
        } else if begins(&["crawl-delay", "crawldelay"]) {
            Some(Self::Delay)
        } else {
            None
        }
    }
}

/// The part of a file that is read: whole lines only.
fn cut(bytes: &[u8]) -> &[u8] {
    let Some(most) = bytes.get(..MOST_BYTES) else {
        return bytes;
    };
    if bytes.len() == MOST_BYTES {
        return bytes;
    }
    let end = most.iter().rposition(|byte| matches!(byte, b'\n' | b'\r'));
    &most[..end.unwrap_or(0)]
}

/// Lines that end in LF, CR or CR LF.
fn lines(bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut rest = Some(bytes);
    std::iter::from_fn(move || {
        let bytes = rest?;
        let Some(end) = memchr::memchr2(b'\n', b'\r', bytes) else {
            rest = None;
            return Some(bytes);
        };
        let next = if bytes[end..].starts_with(b"\r\n") {
            end + 2
        } else {
            end + 1
        };
        rest = Some(&bytes[next..]);
        Some(&bytes[..end])
    })
}

/// Key and value of a line, without comment and blanks around; `None` where it has none.
fn record(line: &[u8]) -> Option<(&[u8], &[u8])> {
    let end = memchr::memchr(b'#', line).unwrap_or(line.len());
    let line = line[..end].trim_ascii();
    let (key, value) = if let Some(colon) = memchr::memchr(b':', line) {
        (&line[..colon], &line[colon + 1..])
    } else {
        // As the reference parser: a blank may stand for the colon if exactly two words are there.
        let blank = memchr::memchr2(b' ', b'\t', line)?;
        let value = line[blank..].trim_ascii();
        if value.iter().any(u8::is_ascii_whitespace) {
            return None;
        }
        (&line[..blank], value)
    };
    let key = key.trim_ascii();
    (!key.is_empty()).then(|| (key, value.trim_ascii()))
}

/// The product token of an agent, in lowercase; `*` for a value that is `*` or begins with `*` and a blank.
fn token(value: &[u8]) -> String {
    if value.first() == Some(&b'*') && value.get(1).is_none_or(u8::is_ascii_whitespace) {
        return "*".to_owned();
    }
    value
        .iter()
        .take_while(|byte| byte.is_ascii_alphabetic() || matches!(byte, b'-' | b'_'))
        .map(|byte| char::from(byte.to_ascii_lowercase()))
        .collect()
}

/// A number of seconds, with or without decimals, and nothing else; read to the millisecond, rounded up.
fn seconds(value: &[u8]) -> Option<Duration> {
    let text = std::str::from_utf8(value).ok()?;
    let (whole, part) = text.split_once('.').unwrap_or((text, ""));
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() && part.is_empty() || !digits(whole) || !digits(part) {
        return None;
    }
    let whole: u64 = if whole.is_empty() {
        0
    } else {
        // What is beyond a number is at least beyond every cap.
        whole.parse().unwrap_or(u64::from(u32::MAX))
    };
    let mut millis = 0_u64;
    for place in 0..3 {
        let digit = part.as_bytes().get(place).map_or(0, |byte| byte - b'0');
        millis = millis * 10 + u64::from(digit);
    }
    let more = part.bytes().skip(3).any(|byte| byte != b'0');
    let whole = whole.min(u64::from(u32::MAX));
    Some(Duration::from_millis(
        whole * 1000 + millis + u64::from(more),
    ))
}

/// Whether a rule decides over the best so far: more octets, or as many and `Allow`.
fn better(rule: &Rule, best: Option<&Rule>) -> bool {
    best.is_none_or(|best| (rule.pattern.weight, rule.allow) > (best.pattern.weight, best.allow))
}

/// What a pattern is held against: path and query, normalised.
fn path_of(url: &Url) -> Vec<u8> {
    let mut path = Cow::Borrowed(url.path());
    if path.is_empty() {
        path = Cow::Borrowed("/");
    }
    if let Some(query) = url.query() {
        path = Cow::Owned(format!("{path}?{query}"));
    }
    normalize(path.as_bytes())
}

impl Pattern {
    fn new(value: &[u8]) -> Self {
        let anchored = value.ends_with(b"$");
        let open = value.strip_suffix(b"$").unwrap_or(value);
        let mut pieces = open.split(|byte| *byte == b'*').map(normalize);
        let first = pieces.next().unwrap_or_default();
        let rest: Vec<Vec<u8>> = pieces.collect();
        let octets: usize = rest.iter().map(|piece| piece.len() + 1).sum();
        Self {
            weight: first.len() + octets + usize::from(anchored),
            first,
            rest,
            anchored,
        }
    }

    /// Pieces are taken at their first place from left to right, which leaves the most for those behind: no way has to be tried twice.
    fn matches(&self, path: &[u8]) -> bool {
        let Some(mut left) = path.strip_prefix(self.first.as_slice()) else {
            return false;
        };
        let Some((last, between)) = self.rest.split_last() else {
            return !self.anchored || left.is_empty();
        };
        for piece in between {
            let Some(at) = memmem::find(left, piece) else {
                return false;
            };
            left = &left[at + piece.len()..];
        }
        if self.anchored {
            left.ends_with(last)
        } else {
            memmem::find(left, last).is_some()
        }
    }
}

/// One spelling of percent signs (RFC 9309, 2.2.2): those before unreserved characters are resolved, others have their digits in
/// uppercase, and all that cannot stand in an address gets them. `*` and `$`, which mean something in patterns, are `%2A` and `%24`
/// wherever they are letters (2.2.3); a pattern's wildcards are taken out before.
fn normalize(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len());
    let mut rest = bytes;
    while let Some((byte, after)) = rest.split_first() {
        rest = after;
        if *byte != b'%' {
            put(&mut out, *byte, plain(*byte));
        } else if let Some(coded) = octet(after) {
            rest = &after[2..];
            put(&mut out, coded, unreserved(coded));
        } else {
            out.push(b'%');
        }
    }
    out
}

fn put(out: &mut Vec<u8>, byte: u8, as_it_is: bool) {
    const HEX: &[u8; 16] = b"0123456789ABCDEF";
    if as_it_is {
        out.push(byte);
    } else {
        out.extend([
            b'%',
            HEX[usize::from(byte >> 4)],
            HEX[usize::from(byte & 15)],
        ]);
    }
}

/// The octet that two hexadecimal digits stand for.
fn octet(bytes: &[u8]) -> Option<u8> {
    let digit = |byte: u8| char::from(byte).to_digit(16);
    let (high, low) = (digit(*bytes.first()?)?, digit(*bytes.get(1)?)?);
    u8::try_from(high * 16 + low).ok()
}

/// RFC 3986, 2.3.
const fn unreserved(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~')
}

/// What stands in an address without percent sign: unreserved and reserved characters (RFC 3986, 2.2), but for `*` and `$`.
const fn plain(byte: u8) -> bool {
    unreserved(byte)
        || matches!(
            byte,
            b':' | b'/'
                | b'?'
                | b'#'
                | b'['
                | b']'
                | b'@'
                | b'!'
                | b'&'
                | b'\''
                | b'('
                | b')'
                | b'+'
                | b','
                | b';'
                | b'='
        )
}

#[cfg(test)]
#[path = "robots_tests.rs"]
mod tests;
