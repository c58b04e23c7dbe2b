//! Ways to answer badly, a closed list. Each can stand at a path of its own or be switched on for any page.

use std::io::Write as _;
use std::time::Duration;

use super::answer::{Answer, Page, Step, head};
use super::host::Request;
use super::listing;

macro_rules! behaviours {
    ($($variant:ident = $word:literal, $meaning:literal;)*) => {
        /// A way to answer badly.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Behaviour {
            $(#[doc = $meaning] $variant),*
        }

        impl Behaviour {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// Its word, which is in [`Behaviour::path`].
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word),* }
            }

            /// What it does.
            pub const fn meaning(self) -> &'static str {
                match self { $(Self::$variant => $meaning),* }
            }
        }
    };
}

behaviours! {
    Forbidden = "403", "403 with a small page.";
    Waf = "waf", "A firewall's page under status 200.";
    Captcha = "captcha", "A page with a captcha under status 200.";
    Challenge412 = "412", "412 with a script and cookies, as a check for browsers sends it.";
    Challenge521 = "521", "521 with a script that sets a cookie and loads again.";
    TooManySeconds = "429-seconds", "429 with Retry-After: 2.";
    TooManyDate = "429-date", "429 with Retry-After as a date in three seconds.";
    TooManyBare = "429", "429 without Retry-After.";
    Unavailable = "503", "503 with Retry-After: 2.";
    UnavailableBare = "503-bare", "503 without Retry-After.";
    ServerError = "500", "500 with a stack trace.";
    BadGateway = "502", "502 of a proxy.";
    NotFound = "404", "404 with a page.";
    Gone = "410", "410.";
    SoftNotFound = "soft-404", "A page that says 404 under status 200.";
    Empty200 = "empty", "200 with no body.";
    NoContent = "204", "204.";
    PartialUnasked = "206", "206 with Content-Range, though no range was asked for.";
    NotModifiedUnasked = "304", "304, though no condition was sent.";
    RedirectGbk = "redirect-gbk", "302 with raw GBK bytes in Location.";
    RedirectUtf8 = "redirect-utf8", "302 with raw UTF-8 bytes in Location.";
    RedirectMeta = "redirect-meta", "A meta refresh.";
    RedirectScript = "redirect-script", "A script that sets location.href.";
    RedirectSelf = "redirect-self", "302 to itself.";
    RedirectPair = "redirect-pair", "302 to a page that sends back.";
    RedirectMetaLoop = "redirect-meta-loop", "A meta refresh to itself.";
    RedirectEndless = "redirect-endless", "302 to ever new addresses.";
    RedirectHost = "redirect-host", "302 to another host, elsewhere.example.";
    RedirectPrivate = "redirect-private", "302 to <http://10.0.0.1>/ and so to a private address.";
    RedirectMetadata = "redirect-link-local", "302 to <http://169.254.169.254>/, a link-local address.";
    RedirectFile = "redirect-file", "302 to <file:///etc/passwd>.";
    RedirectNowhere = "redirect-nowhere", "302 without Location.";
    RedirectBroken = "redirect-broken", "302 with a Location that is no address.";
    SlowHeader = "slow-header", "A byte of the header every 200 ms.";
    SlowBody = "slow-body", "A byte of the body every 200 ms.";
    HangAtOnce = "hang", "The request is taken, nothing comes.";
    HangInHeader = "hang-in-header", "Half a header, then nothing.";
    HangInBody = "hang-in-body", "Half a body, then nothing.";
    EndlessHeader = "endless-header", "Header lines without end.";
    EndlessLine = "endless-line", "A header line without end.";
    EndlessBody = "endless-body", "A body without end, without length.";
    EndlessChunks = "endless-chunks", "Chunks without end.";
    LengthLong = "length-long", "Content-Length greater than the body.";
    LengthShort = "length-short", "Content-Length smaller than the body.";
    LengthTwice = "length-twice", "Two Content-Length lines that differ.";
    LengthNegative = "length-negative", "Content-Length: -1.";
    LengthHuge = "length-huge", "Content-Length: 99999999999999999999.";
    LengthAndChunks = "length-and-chunks", "Content-Length and chunks.";
    ChunkBad = "chunk-bad", "A chunk size that is no number.";
    ChunkCut = "chunk-cut", "Chunks that break off.";
    ChunkHuge = "chunk-huge", "A chunk size of 2^63.";
    HeaderNoColon = "header-no-colon", "A header line without colon.";
    HeaderSpace = "header-space", "A space before a header's colon.";
    HeaderNul = "header-nul", "A NUL in a header's value.";
    HeaderGbk = "header-gbk", "GBK bytes in a header's value and name.";
    HeaderFolded = "header-folded", "A header folded over two lines.";
    HeaderEmptyName = "header-empty-name", "A header line that begins with a colon.";
    HeaderBareLf = "header-bare-lf", "Lines that end in LF alone.";
    HeaderBareCr = "header-bare-cr", "A CR in a header's value.";
    HeaderLong = "header-long", "A header line of 200,000 bytes.";
    HeaderMany = "header-many", "3,000 header lines.";
    StatusNoReason = "status-no-reason", "A status line that ends after the number.";
    StatusOdd = "status-odd", "Status 999.";
    StatusText = "status-text", "A status line with a word for the number.";
    StatusVersion = "status-version", "HTTP/3.7 in the status line.";
    Interim = "interim", "100 and 103 before the answer.";
    InterimEndless = "interim-endless", "100 without end.";
    Http10 = "http-1.0", "HTTP/1.0, the body ends with the connection.";
    Http09 = "http-0.9", "A page without any header.";
    NotHttp = "not-http", "The greeting of a mail server.";
    CloseAtOnce = "close", "The connection is closed without an answer.";
    ResetAtOnce = "reset", "The connection is reset without an answer.";
    ResetInHeader = "reset-in-header", "Reset in the header.";
    ResetInBody = "reset-in-body", "Reset in the body.";
    GzipUnasked = "gzip", "gzip, though identity was asked for.";
    GzipBomb = "gzip-bomb", "256 MiB of zeros in 260 kB of gzip.";
    GzipBroken = "gzip-broken", "Content-Encoding: gzip, and no gzip.";
    GzipTwice = "gzip-twice", "Content-Encoding: gzip, gzip.";
    WrongType = "wrong-type", "A page with Content-Type image/png.";
    NoType = "no-type", "A page without Content-Type.";
    WrongCharset = "wrong-charset", "GBK bytes under charset=utf-8.";
    Nested = "nested", "A page of 100,000 nested elements.";
    LongLine = "long-line", "A page of one attribute of 2 MB.";
    Links = "links", "A page with 50,000 links.";
    Binary = "binary", "Random bytes as text/html.";
    CookieWall = "cookie-wall", "302 to itself with a cookie, until the cookie comes back.";
}

const TEXT: &str = "<!DOCTYPE html>\n<html><head><meta charset=\"utf-8\"><title>云溪市统计局2023年政府信息公开工作年度报告</title></head>\n<body><h1>云溪市统计局2023年政府信息公开工作年度报告</h1><p>　　本报告根据条例编制，全年收到政府信息公开申请三件，均按时答复。</p></body></html>\n";

const HTML: &str = "Content-Type: text/html; charset=utf-8";

impl Behaviour {
    /// The one a word names.
    pub fn named(word: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|one| one.as_str() == word)
    }

    /// Where it stands on a hostile host.
    pub fn path(self) -> String {
        format!("/hostile/{}.html", self.as_str())
    }

    /// Whether the exchange ends only when the client ends it (or after two minutes).
    pub const fn is_endless(self) -> bool {
        matches!(
            self,
            Self::SlowHeader
                | Self::SlowBody
                | Self::HangAtOnce
                | Self::HangInHeader
                | Self::HangInBody
                | Self::EndlessHeader
                | Self::EndlessLine
                | Self::EndlessBody
                | Self::EndlessChunks
                | Self::InterimEndless
        )
    }

    /// The answer to a request.
    pub fn answer(self, request: &Request) -> Answer {
        match self {
            Self::Forbidden
            | Self::Waf
            | Self::Captcha
            | Self::Challenge412
            | Self::Challenge521
            | Self::TooManySeconds
            | Self::TooManyDate
            | Self::TooManyBare
            | Self::Unavailable
            | Self::UnavailableBare
            | Self::ServerError
            | Self::BadGateway
            | Self::NotFound
            | Self::Gone
            | Self::SoftNotFound => self.refusal(),
            Self::RedirectGbk
            | Self::RedirectUtf8
            | Self::RedirectMeta
            | Self::RedirectScript
            | Self::RedirectSelf
            | Self::RedirectPair
            | Self::RedirectMetaLoop
            | Self::RedirectEndless
            | Self::RedirectHost
            | Self::RedirectPrivate
            | Self::RedirectMetadata
            | Self::RedirectFile
            | Self::RedirectNowhere
            | Self::RedirectBroken
            | Self::CookieWall => self.redirect(request),
            Self::GzipUnasked
            | Self::GzipBomb
            | Self::GzipBroken
            | Self::GzipTwice
            | Self::WrongType
            | Self::NoType
            | Self::WrongCharset
            | Self::Nested
            | Self::LongLine
            | Self::Links
            | Self::Binary
            | Self::Empty200
            | Self::NoContent
            | Self::PartialUnasked
            | Self::NotModifiedUnasked => self.content(),
            _ => self.wire(),
        }
    }

    fn refusal(self) -> Answer {
        let page = |title: &str, text: &str| {
            format!(
                "<html><head><meta charset=\"utf-8\"><title>{title}</title></head><body><h1>{title}</h1><p>{text}</p></body></html>"
            )
        };
        match self {
            Self::Forbidden => Answer::html(403, &page("403 Forbidden", "nginx")),
            Self::Waf => Answer::html(200, &page("访问被拦截", "您的请求带有不合法参数，已被网站管理员设置拦截！可能原因：您提交的内容包含危险的攻击请求。事件编号：20250324-0001")),
            Self::Captcha => Answer::html(200, "<html><head><meta charset=\"utf-8\"><title>安全验证</title></head><body><form action=\"/verify\" method=\"post\"><p>请输入验证码后继续访问</p><img src=\"/captcha.jpg\"><input name=\"captcha\"></form></body></html>"),
            Self::Challenge412 => Answer::full(412, &[HTML, "Set-Cookie: FSSBBIl1UgzbN7N80S=a9f0; Path=/; HttpOnly", "Cache-Control: no-store"], b"<!DOCTYPE html><html><head><meta id=\"9DhefwqGPrzGxEp9hPaoag\" content=\"{}\" r='m'><script r='m'>$_ts=window['$_ts'];if(!$_ts)$_ts={};$_ts.nsd=83741;$_ts.cd=\"qEqxrrAlWaGtrA\";</script><script src=\"/TXzQOJqkGUcS/dZ.js\" r='m'></script></head><body></body></html>"),
            Self::Challenge521 => Answer::full(521, &[HTML, "Set-Cookie: __jsluid_h=8d4e; max-age=31536000; path=/; HttpOnly"], b"<script>document.cookie=('_')+('_')+('jsl_clearance=1742781600.1|-1|x;max-age=3600;path=/');location.href=location.pathname+location.search</script>"),
            Self::TooManySeconds => Answer::full(429, &[HTML, "Retry-After: 2"], page("429", "too many requests").as_bytes()),
            Self::TooManyDate => {
                let line = format!("Retry-After: {}", date_in(Duration::from_secs(3)));
                Answer::full(429, &[HTML, &line], page("429", "too many requests").as_bytes())
            }
            Self::TooManyBare => Answer::html(429, &page("429", "too many requests")),
            Self::Unavailable => Answer::full(503, &[HTML, "Retry-After: 2"], page("503", "maintenance").as_bytes()),
            Self::UnavailableBare => Answer::html(503, &page("503 Service Unavailable", "nginx")),
            Self::ServerError => Answer::html(500, &page("HTTP Status 500", "java.lang.NullPointerException at org.apache.jsp.index_jsp._jspService")),
            Self::BadGateway => Answer::html(502, &page("502 Bad Gateway", "nginx")),
            Self::Gone => Answer::html(410, &page("410 Gone", "nginx")),
            Self::SoftNotFound => Answer::html(200, &page("404 页面不存在", "抱歉，您访问的页面不存在或已删除！5秒后返回首页。")),
            _ => Answer::html(404, &page("404 Not Found", "nginx")),
        }
    }

    fn redirect(self, request: &Request) -> Answer {
        let own = request.path.as_str();
        match self {
            Self::RedirectGbk => {
                let mut location = b"/".to_vec();
                location.extend_from_slice(&encoding_rs::GBK.encode("年报/正文.html").0);
                Answer::redirect(302, &location)
            }
            Self::RedirectUtf8 => Answer::redirect(302, "/年报/正文.html".as_bytes()),
            Self::RedirectMeta => Answer::html(
                200,
                "<html><head><meta http-equiv=\"refresh\" content=\"0;url=/hostile/target.html\"></head><body></body></html>",
            ),
            Self::RedirectScript => Answer::html(
                200,
                "<html><head><script type=\"text/javascript\">window.location.href=\"/hostile/target.html\";</script></head><body></body></html>",
            ),
            Self::RedirectSelf => Answer::redirect(302, own.as_bytes()),
            Self::RedirectPair => {
                let back = own
                    .strip_suffix("?back")
                    .map_or_else(|| format!("{own}?back"), str::to_owned);
                Answer::redirect(302, back.as_bytes())
            }
            Self::RedirectMetaLoop => Answer::html(
                200,
                &format!(
                    "<html><head><meta http-equiv=\"refresh\" content=\"0; url='{own}'\"></head><body></body></html>"
                ),
            ),
            Self::RedirectEndless => {
                let number: u64 = request
                    .parameter("n")
                    .and_then(|n| n.parse().ok())
                    .unwrap_or(0);
                Answer::redirect(
                    302,
                    format!("{}?n={}", request.bare_path(), number + 1).as_bytes(),
                )
            }
            Self::RedirectHost => {
                Answer::redirect(301, b"http://elsewhere.example/zwgk/report.html")
            }
            Self::RedirectPrivate => Answer::redirect(302, b"http://10.0.0.1/report.html"),
            Self::RedirectMetadata => {
                Answer::redirect(302, b"http://169.254.169.254/latest/meta-data/")
            }
            Self::RedirectFile => Answer::redirect(302, b"file:///etc/passwd"),
            Self::RedirectBroken => Answer::redirect(302, b"http://[::1/%%%"),
            Self::CookieWall => {
                if request
                    .header("cookie")
                    .is_some_and(|cookie| cookie.contains("wall=1"))
                {
                    return Answer::html(200, TEXT);
                }
                let mut bytes = head(302, &["Content-Length: 0", "Set-Cookie: wall=1; path=/"]);
                bytes.extend_from_slice(format!("Location: {own}\r\n\r\n").as_bytes());
                Answer {
                    status: Some(302),
                    steps: vec![Step::Send(bytes)],
                    keep_alive: true,
                }
            }
            _ => Answer::full(302, &[], b""),
        }
    }

    fn content(self) -> Answer {
        match self {
            Self::GzipUnasked => Answer::full(
                200,
                &[HTML, "Content-Encoding: gzip"],
                &gzip(TEXT.as_bytes()),
            ),
            Self::GzipBomb => Answer::full(200, &[HTML, "Content-Encoding: gzip"], &bomb()),
            Self::GzipBroken => {
                Answer::full(200, &[HTML, "Content-Encoding: gzip"], TEXT.as_bytes())
            }
            Self::GzipTwice => Answer::full(
                200,
                &[HTML, "Content-Encoding: gzip, gzip"],
                &gzip(&gzip(TEXT.as_bytes())),
            ),
            Self::WrongType => Answer::full(200, &["Content-Type: image/png"], TEXT.as_bytes()),
            Self::NoType => Answer::full(200, &[], TEXT.as_bytes()),
            Self::WrongCharset => Answer::full(200, &[HTML], &encoding_rs::GBK.encode(TEXT).0),
            Self::Nested => Answer::html(200, &"<div>".repeat(100_000)),
            Self::LongLine => Answer::html(
                200,
                &format!("<html><body title=\"{}\">", "长".repeat(700_000)),
            ),
            Self::Links => {
                let links: String = (0..50_000)
                    .map(|number| format!("<li><a href=\"/hostile/links/{number}.html\">第{number}号{}年政府信息公开工作年度报告</a></li>", 2008 + number % 17))
                    .collect();
                Answer::html(200, &format!("<html><body><ul>{links}</ul></body></html>"))
            }
            Self::Binary => {
                let mut state = 0x9e37_79b9_u32;
                let bytes: Vec<u8> = (0..200_000)
                    .map(|_| {
                        state ^= state << 13;
                        state ^= state >> 17;
                        state ^= state << 5;
                        state.to_le_bytes()[0]
                    })
                    .collect();
                Answer::full(200, &[HTML], &bytes)
            }
            Self::NoContent | Self::NotModifiedUnasked => {
                let status = if self == Self::NoContent { 204 } else { 304 };
                let mut bytes = head(status, &[]);
                bytes.extend_from_slice(b"\r\n");
                Answer {
                    status: Some(status),
                    steps: vec![Step::Send(bytes)],
                    keep_alive: true,
                }
            }
            Self::PartialUnasked => {
                let range = format!("Content-Range: bytes 0-99/{}", TEXT.len());
                Answer::full(206, &[HTML, &range], &TEXT.as_bytes()[..100])
            }
            _ => Answer::full(200, &[HTML], b""),
        }
    }

    /// Answers that are wrong as HTTP.
    fn wire(self) -> Answer {
        let send = |status: u16, header: &[&str], rest: &str| {
            let mut bytes = head(status, header);
            bytes.extend_from_slice(rest.as_bytes());
            Answer::raw(Some(status), vec![Step::Send(bytes)])
        };
        let text = |bytes: String| Answer::raw(Some(200), vec![Step::Send(bytes.into_bytes())]);
        let steps = |first: &str, more: Vec<Step>| {
            let mut steps = vec![Step::Send(first.as_bytes().to_vec())];
            steps.extend(more);
            Answer::raw(Some(200), steps)
        };
        let ok = "HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n";
        let length = format!("Content-Length: {}\r\n", TEXT.len());
        // A body right and complete; only the header is odd.
        let odd = |line: &str| text(format!("{ok}{line}\r\n{length}\r\n{TEXT}"));
        let pause = Duration::from_millis(200);
        let long = Duration::from_mins(2);
        let none = Duration::ZERO;
        match self {
            Self::SlowHeader => steps(
                ok,
                vec![
                    Step::Send(b"X-Slow: ".to_vec()),
                    Step::Repeat(b"a".to_vec(), pause, 600),
                ],
            ),
            Self::SlowBody => steps(
                &format!("{ok}Content-Length: 100000\r\n\r\n"),
                vec![Step::Repeat(b"a".to_vec(), pause, 600)],
            ),
            Self::HangAtOnce => Answer::raw(None, vec![Step::Wait(long)]),
            Self::HangInHeader => steps("HTTP/1.1 200 OK\r\nContent-Ty", vec![Step::Wait(long)]),
            Self::HangInBody => steps(
                &format!("{ok}{length}\r\n{}", &TEXT[..50]),
                vec![Step::Wait(long)],
            ),
            Self::EndlessHeader => steps(
                ok,
                vec![Step::Repeat(
                    b"X-More: of the same\r\n".repeat(400),
                    none,
                    500_000,
                )],
            ),
            Self::EndlessLine => steps(
                &format!("{ok}X-Long: "),
                vec![Step::Repeat(b"aaaaaaaa".repeat(1024), none, 500_000)],
            ),
            Self::EndlessBody => steps(
                &format!("{ok}\r\n"),
                vec![Step::Repeat(b"<p>more</p>\n".repeat(1024), none, 300_000)],
            ),
            Self::EndlessChunks => {
                let chunk = format!("3000\r\n{}\r\n", "<p>more</p>\n".repeat(1024));
                steps(
                    &format!("{ok}Transfer-Encoding: chunked\r\n\r\n"),
                    vec![Step::Repeat(chunk.into_bytes(), none, 300_000)],
                )
            }
            Self::LengthLong => text(format!(
                "{ok}Content-Length: {}\r\n\r\n{TEXT}",
                TEXT.len() + 1000
            )),
            Self::LengthShort => text(format!(
                "{ok}Content-Length: {}\r\n\r\n{TEXT}",
                TEXT.len() - 60
            )),
            Self::LengthTwice => text(format!("{ok}{length}Content-Length: 7\r\n\r\n{TEXT}")),
            Self::LengthNegative => text(format!("{ok}Content-Length: -1\r\n\r\n{TEXT}")),
            Self::LengthHuge => text(format!(
                "{ok}Content-Length: 99999999999999999999\r\n\r\n{TEXT}"
            )),
            Self::LengthAndChunks => text(format!(
                "{ok}{length}Transfer-Encoding: chunked\r\n\r\n{:x}\r\n{TEXT}\r\n0\r\n\r\n",
                TEXT.len()
            )),
            Self::ChunkBad => text(format!(
                "{ok}Transfer-Encoding: chunked\r\n\r\nzz\r\n{TEXT}\r\n0\r\n\r\n"
            )),
            Self::ChunkCut => text(format!(
                "{ok}Transfer-Encoding: chunked\r\n\r\n{:x}\r\n{TEXT}\r\n400\r\nabc",
                TEXT.len()
            )),
            Self::ChunkHuge => text(format!(
                "{ok}Transfer-Encoding: chunked\r\n\r\n8000000000000000\r\n{TEXT}"
            )),
            Self::HeaderNoColon => odd("this line has no colon"),
            Self::HeaderSpace => odd("X-Space : before the colon"),
            Self::HeaderNul => odd("X-Nul: a\0b"),
            Self::HeaderGbk => {
                let mut bytes = ok.as_bytes().to_vec();
                bytes.extend_from_slice(
                    &encoding_rs::GBK
                        .encode("X-Name: 云溪市人民政府\r\n政府: x\r\n")
                        .0,
                );
                bytes.extend_from_slice(format!("{length}\r\n{TEXT}").as_bytes());
                Answer::raw(Some(200), vec![Step::Send(bytes)])
            }
            Self::HeaderFolded => odd("X-Folded: one\r\n two"),
            Self::HeaderEmptyName => odd(": nothing before the colon"),
            Self::HeaderBareLf => text(format!("{ok}{length}\r\n").replace("\r\n", "\n") + TEXT),
            Self::HeaderBareCr => odd("X-Cr: a\rb"),
            Self::HeaderLong => odd(&format!("X-Long: {}", "a".repeat(200_000))),
            Self::HeaderMany => {
                let lines: Vec<String> = (0..3000)
                    .map(|number| format!("X-{number}: {number}"))
                    .collect();
                odd(&lines.join("\r\n"))
            }
            Self::StatusNoReason => text(format!("HTTP/1.1 200\r\n{length}\r\n{TEXT}")),
            Self::StatusOdd => {
                let mut answer = text(format!("HTTP/1.1 999 Odd\r\n{length}\r\n{TEXT}"));
                answer.status = Some(999);
                answer
            }
            Self::StatusText => text(format!("HTTP/1.1 OK OK\r\n{length}\r\n{TEXT}")),
            Self::StatusVersion => text(format!("HTTP/3.7 200 OK\r\n{length}\r\n{TEXT}")),
            Self::Interim => text(format!(
                "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\n{ok}{length}\r\n{TEXT}"
            )),
            Self::InterimEndless => Answer::raw(
                None,
                vec![Step::Repeat(
                    b"HTTP/1.1 100 Continue\r\n\r\n".repeat(40),
                    Duration::from_millis(1),
                    100_000,
                )],
            ),
            Self::Http10 => text(format!(
                "HTTP/1.0 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n\r\n{TEXT}"
            )),
            Self::Http09 => Answer::raw(None, vec![Step::Send(TEXT.as_bytes().to_vec())]),
            Self::NotHttp => Answer::raw(
                None,
                vec![Step::Send(b"220 mail.example ESMTP ready\r\n".to_vec())],
            ),
            Self::CloseAtOnce => Answer::raw(None, Vec::new()),
            Self::ResetAtOnce => Answer::raw(None, vec![Step::Reset]),
            Self::ResetInHeader => steps(
                "HTTP/1.1 200 OK\r\nContent-Ty",
                vec![Step::Wait(Duration::from_millis(50)), Step::Reset],
            ),
            Self::ResetInBody => steps(
                &format!("{ok}{length}\r\n{}", &TEXT[..50]),
                vec![Step::Wait(Duration::from_millis(50)), Step::Reset],
            ),
            _ => send(200, &[HTML], &format!("{length}\r\n{TEXT}")),
        }
    }
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    // Into memory: cannot fail, and a shorter answer would be hostile as well.
    drop(encoder.write_all(bytes));
    encoder.finish().unwrap_or_default()
}

fn bomb() -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    let zeros = vec![0; 1 << 20];
    for _ in 0..256 {
        drop(encoder.write_all(&zeros));
    }
    encoder.finish().unwrap_or_default()
}

/// An HTTP date so long from now.
pub fn date_in(time: Duration) -> String {
    let now = std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .unwrap_or_default();
    http_date((now + time).as_secs())
}

/// RFC 9110, 5.6.7. Days to date after Hinnant's `civil_from_days`.
pub fn http_date(seconds: u64) -> String {
    const DAYS: [&str; 7] = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"];
    const MONTHS: [&str; 12] = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ];
    let (days, rest) = (seconds / 86_400, seconds % 86_400);
    let shifted = days + 719_468;
    let era = shifted / 146_097;
    let of_era = shifted % 146_097;
    let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = if shifted_month < 10 {
        shifted_month + 3
    } else {
        shifted_month - 9
    };
    let year = year_of_era + era * 400 + u64::from(month <= 2);
    let name = usize::try_from(days % 7).unwrap_or(0);
    let month = usize::try_from(month - 1).unwrap_or(0);
    format!(
        "{}, {day:02} {} {year} {:02}:{:02}:{:02} GMT",
        DAYS[name],
        MONTHS[month],
        rest / 3600,
        rest / 60 % 60,
        rest % 60
    )
}
