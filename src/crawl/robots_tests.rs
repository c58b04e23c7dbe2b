//! Tables of files, addresses and verdicts.

use super::*;

fn url(path: &str) -> Url {
    Url::parse(&format!("http://www.yunxi.example{path}")).unwrap()
}

fn allowed(file: &str, path: &str) -> bool {
    Robots::parse(file.as_bytes())
        .verdict("nianbao", &url(path))
        .allowed
}

#[test]
fn verdicts() {
    let all = |rules: &str| format!("User-agent: *\n{rules}");
    let cases = [
        ("", "/a", true),
        ("Disallow: /", "/a", true), // no group, no rule
        (&all("Disallow:"), "/a", true),
        (&all("Disallow: /"), "/a", false),
        (&all("Disallow: /"), "/robots.txt", true),
        (&all("Disallow: /a"), "/", true),
        (&all("Disallow: /a"), "/ab", false),
        (&all("Disallow: /a"), "/A", true),
        (&all("Disallow: /a/"), "/a", true),
        (&all("Disallow: a"), "/a", true), // a pattern begins with / or *
        (&all("Disallow: *a"), "/bca", false),
        // Longest match, whatever the order; allow wins ties.
        (&all("Disallow: /a\nAllow: /a/b"), "/a/b", true),
        (&all("Allow: /a/b\nDisallow: /a"), "/a/c", false),
        (&all("Allow: /a\nDisallow: /a"), "/a", true),
        (&all("Disallow: /a\nAllow: /a"), "/a", true),
        (&all("Allow: /p\nDisallow: /"), "/page", true),
        (&all("Allow: /$\nDisallow: /"), "/", true),
        (&all("Allow: /$\nDisallow: /"), "/a", false),
        (&all("Allow: /page\nDisallow: /*.htm"), "/page.htm", false),
        (&all("Allow: /page\nDisallow: /*.ph"), "/page.ph", true),
        // Wildcards.
        (&all("Disallow: /*.php$"), "/x/y.php", false),
        (&all("Disallow: /*.php$"), "/y.php?z=1", true),
        (&all("Disallow: /*.php$"), "/y.php.php", false),
        (&all("Disallow: /a*$"), "/abc", false),
        (&all("Disallow: /**b"), "/ab", false),
        (&all("Disallow: /a$b"), "/a$b", false), // $ elsewhere is a letter
        (&all("Disallow: /a$b"), "/a", true),
        (&all("Disallow: /a%2Ab"), "/a*b", false),
        (&all("Disallow: /a%2Ab"), "/axb", true),
        (&all("Disallow: /a%24"), "/a$", false),
        (&all("Disallow: /a%24"), "/a", true),
        (&all("Disallow: /*a*a*a$"), "/aba", true),
        (&all("Disallow: /*ab*ab$"), "/ab", true), // pieces do not overlap
        // Queries.
        (&all("Disallow: /*?"), "/a?b", false),
        (&all("Disallow: /*?"), "/a", true),
        (&all("Disallow: /a?b=1"), "/a?b=12&c", false),
        (&all("Disallow: /a?b=1"), "/a?c&b=1", true),
        // Percent signs: RFC 9309, 2.2.2.
        (
            &all("Disallow: /foo/bar?baz=http%3A%2F%2Fa"),
            "/foo/bar?baz=http%3a%2f%2fa",
            false,
        ),
        (&all("Disallow: /foo/bar/ツ"), "/foo/bar/%E3%83%84", false),
        (&all("Disallow: /foo/bar/%e3%83%84"), "/foo/bar/ツ", false),
        (&all("Disallow: /foo/bar/%62%61%7A"), "/foo/bar/baz", false),
        (&all("Disallow: /foo/bar/baz"), "/foo/bar/%62%61%7A", false),
        (&all("Disallow: /a%2Fb"), "/a/b", true), // reserved: another address
        (&all("Disallow: /a b"), "/a%20b", false),
        (&all("Disallow: /100%"), "/100%", false),
        (&all("Disallow: /a|b"), "/a%7Cb", false),
    ];
    for (file, path, want) in cases {
        assert_eq!(allowed(file, path), want, "{file:?} {path}");
    }
}

#[test]
fn groups() {
    let cases = [
        // The own group alone counts, whatever its place and letter case.
        (
            "User-agent: *\nDisallow: /\nUser-agent: Nianbao\nDisallow: /x",
            "/a",
            true,
        ),
        (
            "User-agent: NIANBAO/9.1\nDisallow: /a\n\nUser-agent: *\nAllow: /",
            "/a",
            false,
        ),
        (
            "User-agent: nianbao\n\nUser-agent: *\nDisallow: /",
            "/a",
            false,
        ), // one group, two agents
        (
            "User-agent: nianbao\nDisallow:\n\nUser-agent: *\nDisallow: /",
            "/a",
            true,
        ),
        ("User-agent: nianbao-news\nDisallow: /", "/a", true),
        ("User-agent: nian\nDisallow: /", "/a", true),
        (
            "User-agent: other\nUser-agent: nianbao\nDisallow: /",
            "/a",
            false,
        ),
        // Groups of the same agent are one.
        (
            "User-agent: nianbao\nDisallow: /b\nUser-agent: o\nDisallow: /c\nUser-agent: nianbao\nDisallow: /a",
            "/a",
            false,
        ),
        (
            "User-agent: nianbao\nDisallow: /b\nUser-agent: o\nDisallow: /c\nUser-agent: nianbao\nDisallow: /a",
            "/b",
            false,
        ),
        (
            "User-agent: nianbao\nDisallow: /b\nUser-agent: o\nDisallow: /c\nUser-agent: nianbao\nDisallow: /a",
            "/c",
            true,
        ),
        // Other lines do not end the list of agents.
        (
            "User-agent: nianbao\nSitemap: /s\nCrawl-delay: 1\nHost: x\nUser-agent: o\nDisallow: /",
            "/a",
            false,
        ),
        ("User-agent: * # all\nDisallow: /", "/a", false),
        ("User-agent: * of you\nDisallow: /", "/a", false),
        ("User-agent: *bot\nDisallow: /", "/a", true),
        // How lines may look.
        ("\u{feff}User-agent: *\nDisallow: /", "/a", false),
        ("User-agent: *\r\nDisallow: /\r\n", "/a", false),
        ("User-agent: *\rDisallow: /\r", "/a", false),
        ("user-AGENT:*\n dISALLOW :/ #x", "/a", false),
        ("User-agent *\nDisallow /", "/a", false),
        ("User-agent *\nDisallow / x", "/a", true),
        ("User agent: *\nDissallow: /", "/a", false),
        ("Useragent: *\nDisallaw: /", "/a", false),
        ("User-agent: *\n: /\nDisallow: /", "/a", false),
        (
            "<html><body>User-agent: *<br>Disallow: /</body>",
            "/a",
            true,
        ),
    ];
    for (file, path, want) in cases {
        assert_eq!(allowed(file, path), want, "{file:?} {path}");
    }
}

#[test]
fn a_decision_explains_itself() {
    let robots = Robots::parse(
        b"# rules\nUser-agent: *\nDisallow: /a # no\n\nUser-agent: nianbao\nDisallow: /b\nAllow: /b/c",
    );
    let decision = robots.verdict("nianbao/0.1 (+mailto:a@yunxi.example)", &url("/b/c/d"));
    assert!(decision.allowed);
    assert_eq!(decision.rule.as_deref(), Some("Allow: /b/c"));
    assert_eq!(decision.line, Some(7));
    assert_eq!(decision.group.as_deref(), Some("nianbao"));
    let decision = robots.verdict("other", &url("/a"));
    assert_eq!(decision.rule.as_deref(), Some("Disallow: /a"));
    assert_eq!(
        (decision.line, decision.group.as_deref()),
        (Some(3), Some("*"))
    );
    let decision = robots.verdict("nianbao", &url("/a"));
    assert!(decision.allowed && decision.rule.is_none());
    assert_eq!(decision.group.as_deref(), Some("nianbao"));
    let decision = Robots::default().verdict("nianbao", &url("/a"));
    assert!(decision.allowed && decision.group.is_none());
}

#[test]
fn delays_and_sitemaps() {
    let robots = Robots::parse(
        b"Sitemap: https://a.example/1.xml\nCrawl-delay: 99\nUser-agent: *\nCrawl-delay: 2.5\nUser-agent: slow\nCrawl-delay: 10\nDisallow: /x\n\
          User-agent: nianbao\nDisallow: /y\nUser-agent: odd\nCrawl-delay: soon\nUser-agent: odd\nCrawl-delay: 7s\nsite-map:  /2.xml",
    );
    let seconds = |agent| robots.crawl_delay(agent).map(|delay| delay.as_millis());
    assert_eq!(seconds("anybody"), Some(10_000)); // the second one speaks for both of the group
    assert_eq!(seconds("slow"), Some(10_000));
    assert_eq!(seconds("nianbao"), None);
    assert_eq!(seconds("odd"), None);
    assert_eq!(robots.sitemaps(), ["https://a.example/1.xml", "/2.xml"]);
    for (text, want) in [
        ("0", Some(0)),
        ("1.0005", Some(1001)),
        (".5", Some(500)),
        ("3.", Some(3000)),
        ("99999999999999999999", Some(u64::from(u32::MAX) * 1000)),
        ("", None),
        (".", None),
        ("-1", None),
        ("1,5", None),
        ("1e3", None),
    ] {
        let read =
            super::seconds(text.as_bytes()).map(|delay| u64::try_from(delay.as_millis()).unwrap());
        assert_eq!(read, want, "{text}");
    }
}

#[test]
fn statuses() {
    let file = b"User-agent: *\nDisallow: /a";
    let verdict = |status| {
        let state = from_status(status, file);
        let one = |path| state.verdict("nianbao", &url(path)).allowed;
        (one("/a"), one("/b"), one("/robots.txt"))
    };
    for status in [200, 206] {
        assert_eq!(verdict(Some(status)), (false, true, true), "{status}");
    }
    for status in [301, 302, 400, 401, 403, 404, 410, 412] {
        assert_eq!(verdict(Some(status)), (true, true, true), "{status}");
    }
    for status in [429, 500, 503, 521, 100, 999] {
        assert_eq!(verdict(Some(status)), (false, false, true), "{status}");
    }
    assert_eq!(verdict(None), (false, false, true));
    let why = from_status(Some(503), b"")
        .verdict("nianbao", &url("/a"))
        .because;
    assert!(why.is_some_and(|why| why.contains("503")));
}

#[test]
fn the_file_is_cut_at_a_line() {
    let mut file = b"User-agent: *\nDisallow: /a\n".to_vec();
    while file.len() < MOST_BYTES - 9 {
        file.extend_from_slice(b"#\n");
    }
    file.truncate(MOST_BYTES - 9);
    file.extend_from_slice(b"\nDisallow: /\nAllow: /a\n");
    let robots = Robots::parse(&file);
    assert!(!robots.verdict("nianbao", &url("/a")).allowed);
    assert!(robots.verdict("nianbao", &url("/b")).allowed);
    assert_eq!(
        Robots::parse(&vec![b'x'; MOST_BYTES + 1]),
        Robots::default()
    );
}

#[test]
fn hostile_files_take_bounded_time() {
    let since = std::time::Instant::now();
    let long = url(&format!("/{}", "a".repeat(2_000)));
    let stars = format!("User-agent: *\nDisallow: /{}b$\n", "*a".repeat(100_000));
    assert!(allowed(&stars, long.path()));
    let many = format!("User-agent: *\n{}", "Disallow: /*a*a*a*b\n".repeat(25_000));
    assert!(allowed(&many, long.path()));
    let groups = "User-agent: *\nCrawl-delay: 1\n".repeat(17_000) + "Disallow: /";
    let robots = Robots::parse(groups.as_bytes());
    assert_eq!(robots.crawl_delay("x"), Some(Duration::from_secs(1)));
    let agents = "User-agent: x\n".repeat(18_000) + &"Disallow: /x\n".repeat(18_000);
    assert!(!allowed(&agents.replace(": x", ": *"), "/x"));
    assert!(
        since.elapsed() < Duration::from_secs(5),
        "{:?}",
        since.elapsed()
    );
}

#[test]
fn any_bytes_are_a_file() {
    let mut state = 1_u32;
    for _ in 0..2_000 {
        let mut file = b"User-agent: *\nDisallow: /".to_vec();
        for _ in 0..40 {
            state ^= state << 13;
            state ^= state >> 17;
            state ^= state << 5;
            let letters = b"\0\r\n:*$%#aA/ \xEF\xBB\xBF\xFFDisallow:\n";
            file.push(letters[state as usize % letters.len()]);
        }
        let robots = Robots::parse(&file);
        robots.verdict("nianbao", &url("/a%2?b*$"));
        robots.crawl_delay("*");
    }
}
