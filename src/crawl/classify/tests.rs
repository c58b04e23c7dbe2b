use proptest::prelude::*;

use super::*;

fn url() -> Url {
    Url::parse("http://www.a.example/zwgk/1.html").unwrap()
}

fn judge_with(status: &str, fields: &str, page: &str) -> Verdict {
    let wire = format!("HTTP/1.1 {status}\r\n{fields}\r\n{page}");
    classify(&url(), wire.as_bytes(), Some(page))
}

fn outcome(status: &str, page: &str) -> Outcome {
    judge_with(status, "", page).outcome
}

/// A page as publishing systems make them: a menu of links, a head, the text, a foot.
fn page(title: &str, text: &str) -> String {
    let menu = "<li><a href=\"/x\">政务公开</a></li>".repeat(30);
    format!(
        "<html><head><title>{title}</title><script src=/jquery.js></script></head><body><ul>{menu}</ul>\
         <h1>{title}</h1><div>{text}</div><p>主办：云溪县教育局　备案号：云ICP备00000000号</p></body></html>"
    )
}

#[test]
fn statuses_have_their_meaning() {
    use Outcome as O;
    let page = page("年度报告", "本年度工作情况如下。");
    let cases = [
        ("200 OK", O::Ok),
        ("200", O::Ok),
        ("203 x", O::Ok),
        ("206 Partial Content", O::ErrorPage),
        ("304 Not Modified", O::NotModified),
        ("301 Moved", O::ErrorPage),
        ("400 Bad Request", O::ErrorPage),
        ("401 x", O::Blocked),
        ("403 禁止", O::Blocked),
        ("404 Not Found", O::Gone),
        ("405 x", O::Blocked),
        ("410 Gone", O::Gone),
        ("412 x", O::Challenge),
        ("418 x", O::Blocked),
        ("429 x", O::Throttled),
        ("451 x", O::Blocked),
        ("500 x", O::ErrorPage),
        ("502 x", O::ErrorPage),
        ("503 x", O::ErrorPage),
        ("521 x", O::ErrorPage),
        ("567 x", O::Blocked),
        ("999 x", O::ErrorPage),
        ("000 x", O::ErrorPage),
        ("OK", O::Protocol),
    ];
    for (status, want) in cases {
        // 412 is told by its script, which has no menu beside it.
        let page = if status.starts_with("412") {
            "<script>var a</script>"
        } else {
            &page
        };
        assert_eq!(outcome(status, page), want, "{status}");
    }
    assert_eq!(outcome("412 x", "no"), O::Blocked);
    assert_eq!(outcome("200 OK", ""), O::ErrorPage);
    assert_eq!(outcome("204 No Content", ""), O::ErrorPage);
    // No text: a PDF.
    let pdf = classify(&url(), b"HTTP/1.1 200 OK\r\n\r\n%PDF-1.4", None);
    assert_eq!((pdf.outcome, pdf.advice), (O::Ok, None));
}

#[test]
fn challenges_are_told_by_their_scripts() {
    let ruishu = "<html><head><meta id=\"9x\" content=\"qWc1\" r='m'><script>$_ts=window['$_ts'];</script>\
                  <script src=/a/b.js r='m'></script></head><body></body></html>";
    let jsl = "<script>document.cookie=('_')+('_')+'jsl_clearance=1|0';location.href=location.pathname</script>";
    let cookie = "<html><script>document.cookie='a=b';window.location.reload();</script></html>";
    let slider = "<title>访问验证</title><body>请按住滑块，拖动到最右边<script>x</script>";
    let captcha = "<body><form>请输入验证码<input><img src=/c></form></body>";
    let shell = "<title>某县政府</title><noscript>We're sorry but this site doesn't work properly without JavaScript \
                 enabled.</noscript><div id=app></div><script src=/app.js></script>";
    for (status, page) in [
        ("412 x", ruishu),
        ("202 Accepted", ruishu),
        ("200 OK", ruishu),
        ("521 x", jsl),
        ("200 OK", cookie),
        ("403 x", slider),
        ("200 OK", slider),
        ("200 OK", captcha),
        ("200 OK", shell),
    ] {
        let verdict = judge_with(status, "", page);
        assert_eq!(
            verdict.outcome,
            Outcome::Challenge,
            "{status} {page} {}",
            verdict.why
        );
        assert!(verdict.advice.unwrap().contains("needs_browser"));
        assert!(
            verdict.why.starts_with(&format!("status {}", &status[..3])),
            "{}",
            verdict.why
        );
    }
    let by_header = judge_with(
        "521 x",
        "Set-Cookie: __jsluid_h=1\r\n",
        "<script>x()</script>",
    );
    assert_eq!(by_header.outcome, Outcome::Challenge);
    assert_eq!(by_header.rule, Some("jiasule_header"));
    assert_eq!(
        by_header.why,
        "status 521, header \"__jsl\" (rule jiasule_header)"
    );
}

#[test]
fn firewalls_are_told_by_their_words() {
    for words in [
        "很抱歉，由于您访问的URL有可能对网站造成安全威胁，您的访问被阻断。您的请求ID是：a1b2",
        "您的请求带有不合法参数，已被网站管理员设置拦截！",
        "网站防火墙 您的请求被拦截",
        "当前访问疑似黑客攻击，已被创宇盾拦截",
        "The requested URL was rejected. Please consult with your administrator. Your support ID is: 1",
        "Request Blocked. Event ID: 1-2-3",
        "Access Denied You don't have permission to access \"http://www.a.example/\" on this server.",
    ] {
        for status in ["200 OK", "403 x", "404 x", "503 x"] {
            let verdict = judge_with(
                status,
                "",
                &format!("<html><body><p>{words}</p></body></html>"),
            );
            assert_eq!(
                verdict.outcome,
                Outcome::Blocked,
                "{status} {words}: {}",
                verdict.why
            );
        }
    }
}

#[test]
fn missing_pages_are_told_under_200() {
    let menu = "<a href=/x>政务公开</a>".repeat(40);
    for (title, words) in [
        ("404", "首页"),
        ("404 Not Found", "nginx"),
        (
            "某县人民政府",
            "您访问的页面不存在或已被删除，3秒后返回首页",
        ),
        ("提示信息", "很抱歉，您要访问的内容不存在"),
        ("页面不存在", ""),
        ("x", "对不起，找不到您访问的页面"),
    ] {
        let page = format!("<title>{title}</title>{menu}<div>{words}</div><script>x</script>");
        let verdict = judge_with("200 OK", "", &page);
        assert_eq!(
            verdict.outcome,
            Outcome::SoftGone,
            "{title} {words}: {}",
            verdict.why
        );
    }
    // The way back to the front page does not make it a redirect.
    let page = "<title>404</title><meta http-equiv=refresh content='3;url=/'><p>页面不存在</p>";
    assert_eq!(outcome("200 OK", page), Outcome::SoftGone);
    assert_eq!(outcome("404 x", page), Outcome::Gone);
    assert_eq!(outcome("500 x", page), Outcome::ErrorPage);
}

#[test]
fn failures_are_told_under_200() {
    for page in [
        "<title>Internal Server Error</title>x",
        "<h1>HTTP Status 500 – Internal Server Error</h1>",
        "<p>网站维护中，请稍后访问</p>",
    ] {
        assert_eq!(outcome("200 OK", page), Outcome::ErrorPage, "{page}");
    }
    assert_eq!(
        outcome("200 OK", "<p>您的访问过于频繁，请稍后再试</p>"),
        Outcome::Throttled
    );
}

/// Every word of every rule, in pages that speak of it and have something to say.
#[test]
fn a_page_with_something_to_say_is_a_page() {
    let file: toml::Table = include_str!("../../../data/refusals.toml").parse().unwrap();
    let mut words = vec!["验证码".to_owned(), "404".to_owned(), "403".to_owned()];
    for rule in file["rule"].as_array().unwrap() {
        for key in ["title_is", "title", "text", "noscript", "markup"] {
            let list = rule.get(key).and_then(toml::Value::as_array);
            words.extend(
                list.into_iter()
                    .flatten()
                    .map(|word| word.as_str().unwrap().to_owned()),
            );
        }
    }
    assert!(words.len() > 100);
    let text =
        "本机关全年收到政府信息公开申请若干件，均在法定期限内答复，未发生行政复议和行政诉讼。"
            .repeat(16);
    for word in &words {
        let report = page(
            word,
            &format!(
                "<p>{word}</p><script>{word}</script><p>{text}</p><noscript>{word}</noscript>"
            ),
        );
        let verdict = judge_with("200 OK", "", &report);
        assert_eq!(verdict.outcome, Outcome::Ok, "{word}: {}", verdict.why);
    }
}

/// Short pages that mention such things in passing: notices, not refusals.
#[test]
fn short_notices_are_pages() {
    for (title, text) in [
        (
            "关于采购网站防火墙的公告",
            "我局拟采购网站防火墙一套，预算五万元，有意者请于三月十日前与办公室联系，电话 0000-0000000。发布时间：2026-03-01 来源：办公室 浏览次数：12 次。附件请在下方下载。",
        ),
        (
            "关于启用验证码登录的通知",
            "各单位：自四月一日起，政务邮箱登录须输入短信验证码，请各单位及时更新联系人手机号码，确保正常使用。特此通知。云溪县信息中心 2026年3月1日",
        ),
        (
            "关于政府信息不存在的答复",
            "您申请的政府信息经检索，本机关未制作、未获取，该政府信息不存在。如不服本答复，可在六十日内申请行政复议。",
        ),
        (
            "云政发〔2024〕404号",
            "关于表彰的决定。各乡镇人民政府：现予印发，请遵照执行。",
        ),
        ("2024年政府信息公开工作年度报告", "附件：2024年年报.pdf"),
    ] {
        let verdict = judge_with("200 OK", "", &page(title, text));
        assert_eq!(verdict.outcome, Outcome::Ok, "{title}: {}", verdict.why);
    }
    // A column of links whose titles are a refusal's words.
    let list = "<li><a href=/x>关于开展人机验证、验证码和页面不存在问题整改的通知</a><span>2026-03-01</span></li>".repeat(15);
    assert_eq!(outcome("200 OK", &page("通知公告", &list)), Outcome::Ok);
}

#[test]
fn documents_may_name_what_refusals_name() {
    let innocents = [
        (
            "云溪县审计局2023年政府信息公开工作年度报告",
            "2023年，我局在门户网站公开财政审计结果十二件，更新机构职能一次，收到依申请公开一件并按期答复。全年开展网站自查四次，已修复页面不存在等错误链接，\
             部署网站防火墙，并对栏目作了归并。下一步将继续规范公开流程，加强对下属单位的指导，提升干部业务能力。",
        ),
        (
            "关于撤销公告的说明",
            "因工作人员录入有误，我局三月一日在本栏目发布的招聘公告与三月三日的公告重复。经研究，该信息已被删除重复部分，保留的公告内容、报名时间与岗位要求均不变，\
             已报名的人员无需再次报名。如有疑问，请在工作日与人事科联系，由此带来的不便，敬请谅解。特此说明。",
        ),
        (
            "关于政务服务系统升级维护的公告",
            "为提升政务服务能力，定于三月十日二十时至三月十一日八时对政务服务系统进行升级。升级期间，网上预约、材料提交与进度查询等功能将提示系统维护中，窗口业务照常办理。\
             请需要办事的群众提前安排时间，急需办理的事项可以拨打服务热线，由值班人员登记并在恢复后优先办理。升级完成后不再另行通知，由此带来的不便，敬请谅解。",
        ),
    ];
    for (title, text) in innocents {
        let short = format!("<title>{title}</title><p>{text}</p>");
        assert_eq!(outcome("200 OK", &short), Outcome::Ok, "{title}");
    }
    let refusals = [
        ("政府信息公开年报", "页面不存在", Outcome::SoftGone),
        ("页面没有找到", "稍后带您进入网站首页", Outcome::SoftGone),
        ("提示", "抱歉，本网站不支持境外IP访问。", Outcome::Blocked),
        ("提示", "访问速度过快，请稍后再试", Outcome::Throttled),
        ("访问认证", "请完成以下验证后继续访问", Outcome::Challenge),
        ("Welcome to nginx!", "Welcome to nginx!", Outcome::ErrorPage),
        // The title of what was there, above the words that it is not.
        (
            "云溪县审计局2023年政府信息公开工作年度报告",
            "您访问的页面不存在或已被删除",
            Outcome::SoftGone,
        ),
        (
            "关于公开2023年年报的通知",
            "您的访问被拦截",
            Outcome::Blocked,
        ),
        // A notice that stands before every page of a site.
        (
            "关于网站升级维护的公告",
            "因系统升级，网站暂时无法访问，请谅解。",
            Outcome::ErrorPage,
        ),
        (
            "关于门户网站系统升级维护的公告",
            "尊敬的用户：为了给您提供更好的服务，我们将于三月十日二十时至三月十二日八时对门户网站进行系统升级，升级期间网站暂时无法访问，各栏目、信箱与查询功能都将停止。\
             请您届时再来，由此带来的不便，敬请谅解。云溪县信息中心",
            Outcome::ErrorPage,
        ),
    ];
    for (title, text, want) in refusals {
        let short = format!("<title>{title}</title><p>{text}</p>");
        assert_eq!(outcome("200 OK", &short), want, "{title} {text}");
    }
    let cipher = "<meta id=a content='qq.x'><script src=/c.js r=\"m\"></script>";
    assert_eq!(outcome("202 Accepted", cipher), Outcome::Challenge);
    let later = "<script>setTimeout(function(){ location.href='/nb/'; }, 100);</script>";
    assert_eq!(outcome("200 OK", later), Outcome::Redirect);
    let never = "<script>setTimeout(function(){ location.href='/nb/'; }, 900000);</script>";
    assert_eq!(outcome("200 OK", never), Outcome::Ok);
}

#[test]
fn redirects_name_their_target() {
    let to = |status: &str, fields: &str, page: &str| {
        let verdict = judge_with(status, fields, page);
        let target = verdict.redirect.map(|url| url.to_string());
        assert_eq!(verdict.outcome == Outcome::Redirect, target.is_some());
        target
    };
    for status in ["301 x", "302 x", "303 x", "307 x", "308 x"] {
        let target = to(status, "location: ../y#z\r\n", "");
        assert_eq!(
            target.as_deref(),
            Some("http://www.a.example/y"),
            "{status}"
        );
    }
    assert_eq!(to("302 x", "Location: javascript:x\r\n", ""), None);
    assert_eq!(to("304 x", "Location: /y\r\n", ""), None);
    assert_eq!(to("200 OK", "Location: /y\r\n", "x"), None);
    let page = "<script>window.location.href='/y'</script>";
    assert_eq!(
        to("200 OK", "", page).as_deref(),
        Some("http://www.a.example/y")
    );
    let wire = b"HTTP/1.1 302 x\r\nLocation: /\xc4\xea\xb1\xa8\r\n\r\n";
    let target = classify(&url(), wire, None).redirect.unwrap();
    assert_eq!(target.as_str(), "http://www.a.example/%C4%EA%B1%A8");
}

#[test]
fn servers_say_when_to_come_back() {
    let verdict = judge_with("503 x", "Retry-After: 120\r\n", "x");
    assert_eq!(verdict.outcome, Outcome::Throttled);
    assert_eq!(verdict.retry_after, Some(RetryAfter::Seconds(120)));
    let verdict = judge_with(
        "429 x",
        "Retry-After: Sun, 06 Nov 1994 08:49:37 GMT\r\n",
        "x",
    );
    assert!(matches!(verdict.retry_after, Some(RetryAfter::At(_))));
    let verdict = judge_with("503 x", "Retry-After: soon\r\n", "x");
    assert_eq!(
        (verdict.outcome, verdict.retry_after),
        (Outcome::ErrorPage, None)
    );
    assert_eq!(
        judge_with("200 OK", "Retry-After: 120\r\n", "x").retry_after,
        None
    );
}

#[test]
fn an_answer_that_broke_off_is_no_page() {
    let exchange = |page: &str, truncated| Exchange {
        request: Vec::new(),
        response: format!("HTTP/1.1 200 OK\r\n\r\n{page}").into_bytes(),
        before: Vec::new(),
        status: Some(200),
        address: ([127, 0, 0, 1], 80).into(),
        started_at: jiff::Timestamp::UNIX_EPOCH,
        took: std::time::Duration::ZERO,
        truncated,
        tls: None,
        notes: Vec::new(),
        room: crate::crawl::Room::default(),
    };
    let judge = |page: &str, truncated| {
        classify_exchange(&url(), &exchange(page, truncated), Some(page)).outcome
    };
    let half = "<p>本年度收到申请";
    let whole = "<p>本年度收到申请1件</p></HTML>\r\n";
    assert_eq!(judge(half, None), Outcome::Ok);
    assert_eq!(judge(half, Some(Truncated::Time)), Outcome::Timeout);
    assert_eq!(judge(half, Some(Truncated::Disconnect)), Outcome::Protocol);
    assert_eq!(judge(half, Some(Truncated::Length)), Outcome::Ok);
    assert_eq!(judge(whole, Some(Truncated::Time)), Outcome::Ok);
    assert_eq!(judge(whole, Some(Truncated::Disconnect)), Outcome::Ok);
    assert_eq!(
        judge("<title>404</title>", Some(Truncated::Time)),
        Outcome::SoftGone
    );
    for page in [half, whole, "<title>404</title>"] {
        assert_eq!(judge(page, Some(Truncated::Stopped)), Outcome::Timeout);
    }
}

/// Pieces of pages, put together at random.
fn pieces() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "<script>",
        "</script>",
        "<noscript>",
        "</noscript>",
        "<title>",
        "</title>",
        "<a href=x>",
        "</a>",
        "<!--",
        "-->",
        "<meta http-equiv=refresh content='0;url=/x'>",
        "location.href='/x';",
        "if(a)",
        "{",
        "}",
        "'",
        "\"",
        "\\u00",
        "页面不存在",
        "验证码",
        "您的访问被阻断",
        "$_ts",
        "document.cookie",
        "&#x",
        "&nbsp;",
        "<p ",
        ">",
        "年",
        "\0",
    ]);
    prop::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn any_page_has_a_verdict(page in pieces(), status in 100_u16..1000) {
        let verdict = judge_with(&format!("{status} x"), "", &page);
        prop_assert!(!verdict.why.is_empty());
        prop_assert_eq!(verdict.outcome == Outcome::Redirect, verdict.redirect.is_some());
    }

    #[test]
    fn nothing_around_a_report_makes_it_less(before in pieces(), after in pieces()) {
        let text = "本机关全年收到政府信息公开申请若干件，均在法定期限内答复。".repeat(25);
        // What swallows the text for browsers too is closed first.
        let closed = "--></script></noscript></title></a>'>\">";
        let verdict = judge_with("200 OK", "", &format!("<html>{before}{closed}<p>{text}</p>{after}"));
        prop_assert_eq!(verdict.outcome, Outcome::Ok, "{}", verdict.why);
    }
}
