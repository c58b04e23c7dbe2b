//! Official or copy: a table of pages as they are met, half of them innocent and odd; and whole pages.

#[path = "generator/mod.rs"]
mod generator;

use std::path::Path;

use generator::{Case, Dialect};
use nianbao::audit::origin::{Evidence, HostRules, MetaTags, Sign, finding, judge};
use nianbao::model::{Code, FormId, Official, Report};
use nianbao::pipeline::{Origin, read, read_with};
use nianbao::profile::Profile;
use serde_json::Value;

/// What a page says; the defaults are an ordinary one of an ordinary county, without an address.
#[derive(Clone, Copy)]
struct Page<'p> {
    url: &'p str,
    title: &'p str,
    site: &'p str,
    domain: &'p str,
    link: &'p str,
    keywords: &'p str,
    report: &'p str,
    agency: &'p str,
    code: &'p str,
    text: &'p str,
}

const PAGE: Page<'static> = Page {
    url: "",
    title: "云溪县教育局2023年政府信息公开工作年度报告_云溪县人民政府",
    site: "云溪县人民政府",
    domain: "",
    link: "",
    keywords: "",
    report: "云溪县教育局2023年政府信息公开工作年度报告",
    agency: "云溪县教育局",
    code: "",
    text: "2023年，云溪县教育局认真贯彻《中华人民共和国政府信息公开条例》，主动公开信息120条。",
};
const GOV: &str = "http://www.yunxi.gov.cn/xxgknb/5120.html";
const FOREIGN: &str = "http://www.copy.example/5120.html";
const ON_GOV: Page<'static> = Page { url: GOV, ..PAGE };
const ON_FOREIGN: Page<'static> = Page {
    url: FOREIGN,
    ..PAGE
};
const CLAIM: Page<'static> = Page {
    domain: "www.yunxi.gov.cn",
    ..ON_FOREIGN
};
const RAW: &str = "http://192.0.2.7:8080/xxgknb/5120.html";

/// The page's verdict and its signals' words.
fn judged(page: &Page<'_>) -> (Official, Vec<&'static str>) {
    let some = |text: &'_ str| (!text.is_empty()).then(|| text.to_owned());
    let (url, title, site) = (some(page.url), some(page.title), some(page.site));
    let (domain, link, keywords) = (some(page.domain), some(page.link), some(page.keywords));
    let (report, agency) = (some(page.report), some(page.agency));
    let codes: Vec<String> = page.code.split_whitespace().map(str::to_owned).collect();
    let evidence = Evidence {
        url: url.as_deref(),
        page_title: title.as_deref(),
        metas: MetaTags {
            site_name: site.as_deref(),
            site_domain: domain.as_deref(),
            url: link.as_deref(),
            keywords: keywords.as_deref(),
            ..MetaTags::default()
        },
        report_title: report.as_deref(),
        agency: agency.as_deref(),
        codes: &codes,
        texts: &[page.text],
    };
    let judgement = judge(&evidence, HostRules::get());
    let found = finding(&judgement);
    assert_eq!(
        found.is_some(),
        judgement.official == Official::MirrorSuspected
    );
    assert!(
        found.is_none_or(|found| found.code == Code::MirrorSuspected && !found.message.is_empty())
    );
    for signal in &judgement.signals {
        assert!(!signal.evidence.is_empty(), "{signal}");
    }
    let words = judgement.signals.iter().map(|signal| signal.sign.as_str());
    (judgement.official, words.collect())
}

type Row = (&'static str, Page<'static>, Official, &'static str);

fn check(rows: &[Row]) {
    let mut wrong = Vec::new();
    for (what, page, official, words) in rows {
        let got = judged(page);
        let want: Vec<&str> = words.split_whitespace().collect();
        if got != (*official, want) {
            wrong.push(format!("{what}: {got:?}, want {official:?} {words}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

use Official::{MirrorSuspected as Copy, Official as Own, Unknown};

#[rustfmt::skip] // A row a line.
const INNOCENT: &[Row] = &[
    ("nothing known", PAGE, Unknown, ""),
    ("an ordinary page", ON_GOV, Own, "host_official"),
    ("a listed host", Page { url: "https://www.cas.cn/xxgk/1.html", ..PAGE }, Own, "host_allowed"),
    ("a raw address", Page { url: RAW, domain: "www.yunxi.gov.cn", link: GOV, ..PAGE }, Unknown, "raw_ip_host"),
    ("an intranet", Page { url: "http://oa/1", ..PAGE }, Unknown, "local_host"),
    ("a file", Page { url: "file:///a.html", ..PAGE }, Unknown, "address_unreadable"),
    ("a public archive", Page { url: "https://web.archive.org/web/2020/http://www.yunxi.gov.cn/1", domain: "www.yunxi.gov.cn", ..PAGE }, Unknown, "host_archive"),
    ("a university", Page { url: "http://xxgk.yunxi.edu.cn/1", report: "云溪大学信息公开年度报告", agency: "云溪大学", ..PAGE }, Unknown, "host_education"),
    ("an alias that says where it belongs", Page { domain: "www.yunxi.gov.cn", ..ON_FOREIGN }, Unknown, "host_unlisted site_domain_differs"),
    ("one fact in two tags is one", Page { domain: "www.yunxi.gov.cn", link: GOV, ..ON_FOREIGN }, Unknown, "host_unlisted site_domain_differs url_differs"),
    ("SiteDomain without www", Page { domain: "yunxi.gov.cn", ..ON_GOV }, Own, "host_official"),
    ("SiteDomain with a scheme", Page { domain: "http://www.yunxi.gov.cn/", ..ON_GOV }, Own, "host_official"),
    ("SiteDomain of the parent", Page { domain: "yunxi.gov.cn", url: "http://jyj.yunxi.gov.cn/1", ..PAGE }, Own, "host_official"),
    ("several in SiteDomain", Page { domain: "www.yx.gov.cn；www.yunxi.gov.cn", ..ON_GOV }, Own, "host_official"),
    ("stale SiteDomain", Page { domain: "www.oldyunxi.gov.cn", ..ON_GOV }, Own, "host_official site_domain_differs"),
    ("SiteDomain is words", Page { domain: "云溪县", ..ON_GOV }, Own, "host_official"),
    ("SiteDomain is a mark", Page { domain: "-", ..ON_FOREIGN }, Unknown, "host_unlisted"),
    ("Url is a path", Page { link: "/xxgknb/5120.html", ..ON_GOV }, Own, "host_official"),
    ("the same foreign name in SiteDomain", Page { domain: "copy.example", ..ON_FOREIGN }, Unknown, "host_unlisted"),
    ("title is the site's", Page { title: "云溪之窗", ..ON_GOV }, Own, "host_official"),
    ("title is the column chain", Page { title: "_政府信息公开年报_云溪县人民政府", ..ON_FOREIGN }, Unknown, "host_unlisted"),
    ("title of a system", Page { title: "无标题文档", ..ON_FOREIGN }, Unknown, "host_unlisted"),
    ("title in Latin", Page { title: "Document", ..ON_FOREIGN }, Unknown, "host_unlisted"),
    ("title too short", Page { title: "首页", ..ON_FOREIGN }, Unknown, "host_unlisted"),
    ("title is another body's", Page { title: "栖霞岭县财政局", ..ON_FOREIGN }, Unknown, "host_unlisted"),
    ("title odd and nothing else", Page { title: "美丽山水田园风光", ..ON_FOREIGN }, Unknown, "host_unlisted title_other"),
    ("title odd on an official host", Page { title: "美丽山水田园风光", domain: "www.oldyunxi.gov.cn", ..ON_GOV }, Own, "host_official site_domain_differs title_other"),
    ("an official app", Page { title: "云溪办APP下载-云溪县政务服务", ..ON_GOV }, Own, "host_official title_spam"),
    ("no report title to compare with", Page { title: "美丽山水田园风光", report: "", agency: "", site: "", ..ON_FOREIGN }, Unknown, "host_unlisted"),
    ("a lottery administration", Page { title: "云溪市体育彩票管理中心2022年政府信息公开年报", report: "云溪市体育彩票管理中心2022年政府信息公开年报", agency: "云溪市体育彩票管理中心", keywords: "体育彩票,福利彩票,竞彩,开奖公告", text: "全市体育彩票销售网点投注设备更新，中福在线停售，彩票公益金公开12条，体彩大乐透开奖信息每期公布。", ..ON_FOREIGN }, Unknown, "host_unlisted"),
    ("police against gambling", Page { text: "打击网络赌博、六合彩、老虎机和电信网络诈骗，查处“百家乐平台”“真人视讯”“bet365”等赌博窝点12个，扫黄打非收缴淫秽色情出版物300册。", ..ON_FOREIGN }, Unknown, "host_unlisted"),
    ("police keywords", Page { keywords: "打击六合彩,查处老虎机", ..ON_FOREIGN }, Unknown, "host_unlisted"),
    ("a hotline and statistics of sex", Page { text: "12345热线办理2300件，按性别、年龄分组公布，成人教育、无码通行、有码认证。", ..ON_FOREIGN }, Unknown, "host_unlisted"),
    ("towns and firms named like sites", Page { report: "开云镇人民政府2023年政府信息公开年报", agency: "开云镇人民政府", title: "开云镇人民政府2023年政府信息公开年报", text: "金沙县、太阳城社区、山东半岛体育联盟、三亿体育人口、注册送达、一级三级片区、澳门威尼斯人展馆、永利村、皇冠假日酒店。", ..ON_FOREIGN }, Unknown, "host_unlisted"),
    ("one word that may be chance", Page { text: "旅游推介会在PG电子产业园举行。", ..ON_FOREIGN }, Unknown, "host_unlisted betting_words"),
    ("a rare character's sound", Page { text: "局长张垚（yáo）主持，副局长李堃（kūn）参加。", ..ON_FOREIGN }, Unknown, "host_unlisted"),
    ("abbreviations", Page { text: "公共数据开放平台（app）、政府网站（www）、微信（weixin）、增长（GDP）、细颗粒物（PM2.5）、在线（online）。", ..ON_FOREIGN }, Unknown, "host_unlisted"),
    ("a page on place names", Page { text: "云溪（yún xī）、青岭（qīng lǐng）、白鹭（bái lù）三处地名标志更新。", ..ON_FOREIGN }, Unknown, "host_unlisted bracketed_pinyin"),
    ("traditional characters in names and quotations", Page { text: "书法家張國華題寫“為人民服務，開門辦學，實事求是，學習雷鋒，團結緊張，嚴肅活潑”牌匾，對外友協赴港。", ..ON_FOREIGN }, Unknown, "host_unlisted"),
    ("a page in traditional script", Page { text: "本縣認真貫徹落實政府信息公開條例，進一步規範公開內容，加強組織領導，開設專欄，發佈各類信息，辦理羣眾來信，圍繞經濟發展和民生實事，對財政資金、徵地補償、環境監測、學校招生等領域進行重點公開，積極回應關切。", ..ON_FOREIGN }, Unknown, "host_unlisted"),
    ("other alphabets", Page { text: "外事办译文Москва、Санкт-Петербург，PM2.5为35μg/m³，α粒子、Ω值。", ..ON_FOREIGN }, Unknown, "host_unlisted"),
    ("a lost sign", Page { text: "推进互联网 政务服务。", ..ON_GOV }, Own, "host_official plus_lost"),
    ("a lost sign elsewhere", Page { text: "推进互联网\u{3000}政务服务。", ..ON_FOREIGN }, Unknown, "host_unlisted plus_lost"),
    ("the sign is there", Page { text: "推进“互联网+政务服务”、互联网＋监管。", ..ON_GOV }, Own, "host_official"),
    ("index number of the province", Page { agency: "江苏省教育厅", code: "11320000000000000X", ..ON_GOV }, Own, "host_official"),
    ("index number of the city", Page { agency: "淮安市人民政府办公室", code: "11320800000000000X", ..ON_GOV }, Own, "host_official"),
    ("a county of the city", Page { agency: "江苏省淮安市某区教育局", code: "11320812000000000X", ..ON_GOV }, Own, "host_official"),
    ("registered with the province", Page { agency: "淮安市税务局", code: "11320000000000000X", ..ON_GOV }, Own, "host_official"),
    ("registered centrally", Page { agency: "江苏省气象局", code: "11100000000000000X", ..ON_GOV }, Own, "host_official"),
    ("a city that got another code", Page { agency: "毕节市人民政府", code: "11522400000000000X", ..ON_GOV }, Own, "host_official"),
    ("a county that nobody listed", Page { agency: "云溪县教育局", code: "11990900000000000X", ..ON_GOV }, Own, "host_official"),
    ("the corps in Xinjiang", Page { agency: "新疆生产建设兵团教育局", code: "11660000000000000X", ..ON_GOV }, Own, "host_official"),
    ("an unknown province", Page { agency: "江苏省教育厅", code: "11990000000000000X", ..ON_GOV }, Own, "host_official"),
    ("an old code", Page { agency: "江苏省教育厅", code: "014000000", ..ON_GOV }, Own, "host_official"),
    ("another city of the province", Page { agency: "淮安市教育局", code: "11320100000000000X", ..ON_GOV }, Own, "host_official index_division_differs"),
    ("old and new code of one body", Page { code: "11320800014000000X 014000000", ..ON_GOV }, Own, "host_official"),
    ("two codes", Page { code: "11320800014000000X 014000123", ..ON_GOV }, Own, "host_official index_code_differs"),
    ("another province, and nothing else", Page { agency: "江苏省教育厅", code: "11330000000000000X", ..ON_FOREIGN }, Unknown, "host_unlisted index_division_differs"),
];

#[test]
fn innocent_pages_are_not_accused() {
    assert!(INNOCENT.len() >= 45);
    check(INNOCENT);
}

const SPAM: &str = "开云体育(官方网站)登录入口 - 手机版APP下载";
#[rustfmt::skip]
const STREWN: &str = "云溪县教育局認真贯彻条例，進一步规范公开内容，加強组织领导，開设专栏，發布各类信息，辦理群众来信，围绕经济发展和民生實事，對财政资金、征地补偿、环境监测、学校招生等领域進行重点公开，积极回应关切。全年發布信息一百二十条，辦理申请十二件，均在法定期限内答复，没有收取费用，也没有因政府信息公开引起的行政复议和行政訴訟，工作人员參加业务培训两次，學习最新规定和典型案例，机构人员保持稳定。";

#[rustfmt::skip] // A row a line.
const COPIES: &[Row] = &[
    ("title of a betting site", Page { title: SPAM, ..ON_FOREIGN }, Copy, "host_unlisted title_spam title_other betting_words"),
    ("the same without an address", Page { title: SPAM, ..PAGE }, Copy, "title_spam title_other betting_words"),
    ("the same on a raw address", Page { title: SPAM, url: RAW, ..PAGE }, Copy, "raw_ip_host title_spam title_other betting_words"),
    ("the same at a university", Page { title: SPAM, url: "http://old.yunxi.edu.cn/1", ..PAGE }, Copy, "host_education title_spam title_other betting_words"),
    ("the same behind a public archive", Page { title: SPAM, url: "http://web.archive.org/web/1/http://x/", ..PAGE }, Copy, "host_archive title_spam title_other betting_words"),
    ("an official host is never called a copy", Page { title: SPAM, ..ON_GOV }, Unknown, "host_official title_spam title_other betting_words"),
    ("brand beside the report's own title", Page { title: "bet365-云溪县教育局2023年政府信息公开工作年度报告", ..ON_FOREIGN }, Copy, "host_unlisted betting_words"),
    ("keywords", Page { keywords: "百家乐,送彩金,老虎机", ..ON_FOREIGN }, Copy, "host_unlisted betting_words"),
    ("report title itself", Page { report: "云溪县PG电子局2023年政府信息公开年报", ..ON_FOREIGN }, Copy, "host_unlisted betting_words"),
    ("words of the text replaced", Page { text: "2023年，云溪县乐鱼体育认真贯彻《中华人民共和国乐鱼体育信息公开条例》。", ..ON_FOREIGN }, Copy, "host_unlisted betting_words"),
    ("the same without an address", Page { text: "2023年，云溪县乐鱼体育认真贯彻《中华人民共和国乐鱼体育信息公开条例》。", ..PAGE }, Copy, "betting_words"),
    ("case does not count", Page { text: "欢迎使用Manbetx，MANBETX客户端。", ..ON_FOREIGN }, Copy, "host_unlisted betting_words"),
    ("one word and a claim", Page { text: "云溪县教育局与真人视讯共同推进公开。", ..CLAIM }, Copy, "host_unlisted site_domain_differs betting_words"),
    ("pornographic title", Page { title: "国产精品一区二区三区在线", ..ON_FOREIGN }, Copy, "host_unlisted title_other adult_words"),
    ("pornographic keywords", Page { keywords: "麻豆传媒,久久精品", ..ON_FOREIGN }, Copy, "host_unlisted adult_words"),
    ("pornographic text", Page { text: "主动公开久久精品信息120条，国产精品一区在线。", ..ON_FOREIGN }, Copy, "host_unlisted adult_words"),
    ("imitated host", Page { url: "http://www.yunxi.gov.cn.copy.example/1", ..PAGE }, Copy, "host_imitates"),
    ("imitated host in full width", Page { url: "http://www.yunxi.gov.cn．copy．example/1", ..PAGE }, Copy, "host_imitates"),
    ("claim and another title", Page { title: "最新电影高清在线播放", ..CLAIM }, Copy, "host_unlisted site_domain_differs title_other"),
    ("claim in Url and another title", Page { title: "某某旅游网景点大全", link: GOV, ..ON_FOREIGN }, Copy, "host_unlisted url_differs title_other"),
    ("user name in front of the host", Page { title: "某某旅游网景点大全", url: "http://www.yunxi.gov.cn@copy.example/1", domain: "www.yunxi.gov.cn", ..PAGE }, Copy, "host_unlisted site_domain_differs title_other"),
    ("an allowed name in a tag is a claim", Page { title: "某某旅游网景点大全", domain: "www.cas.cn", ..ON_FOREIGN }, Copy, "host_unlisted site_domain_differs title_other"),
    ("claim and pinyin", Page { text: "教育局（jiào yù jú）认真（rèn zhēn）贯彻（guàn chè）条例。", ..CLAIM }, Copy, "host_unlisted site_domain_differs bracketed_pinyin"),
    ("pinyin without tones", Page { text: "教育局(jiaoyuju)认真(renzhen)贯彻(guan che)条例。", ..CLAIM }, Copy, "host_unlisted site_domain_differs bracketed_pinyin"),
    ("claim and traditional characters", Page { text: STREWN, ..CLAIM }, Copy, "host_unlisted site_domain_differs mixed_scripts"),
    ("claim and Cyrillic letters", Page { text: "政府网站和аpp、wеb服务。", ..CLAIM }, Copy, "host_unlisted site_domain_differs mixed_scripts"),
    ("spam and another title", Page { title: "某某体育app下载大全", ..ON_FOREIGN }, Copy, "host_unlisted title_spam title_other"),
    ("another province and a claim", Page { agency: "江苏省教育厅", code: "11330000000000000X", title: "江苏省教育厅", ..CLAIM }, Copy, "host_unlisted site_domain_differs index_division_differs"),
    ("two signs do not do without a host", Page { title: "最新电影高清在线播放", text: STREWN, ..PAGE }, Unknown, "title_other mixed_scripts"),
    ("two signs do not do on a raw address", Page { title: "最新电影高清在线播放", text: STREWN, url: RAW, ..PAGE }, Unknown, "raw_ip_host title_other mixed_scripts"),
    ("three do", Page { title: "最新电影app下载", text: STREWN, ..PAGE }, Copy, "title_spam title_other mixed_scripts"),
    ("signs do not count on official hosts", Page { title: "最新电影app下载", text: STREWN, ..ON_GOV }, Own, "host_official title_spam title_other mixed_scripts"),
];

#[test]
fn copies_are_suspected() {
    assert!(COPIES.len() >= 30);
    check(COPIES);
}

fn report(bytes: &[u8], url: Option<&str>) -> Report {
    let origin = Origin {
        url,
        content_type: None,
    };
    read(bytes, origin, Profile::generic()).unwrap()
}

#[test]
fn generated_pages_are_official_on_official_hosts_and_unknown_without() {
    let mut pages = 0;
    for seed in 0..12 {
        for form in FormId::ALL {
            for dialect in Dialect::ALL.iter().filter(|dialect| dialect.fits(form)) {
                let case = Case::of(seed, form, *dialect);
                let bytes = case.render();
                let address = case.url().replace(".example/", ".gov.cn/");
                let Ok(official) = read(
                    &bytes,
                    Origin {
                        url: Some(&address),
                        content_type: None,
                    },
                    Profile::generic(),
                ) else {
                    continue;
                };
                pages += 1;
                let place = format!("seed {seed} {form} {dialect:?}");
                assert_eq!(official.provenance.official, Official::Official, "{place}");
                assert!(!has_finding(&official), "{place}");
                let unknown = report(&bytes, None);
                assert_eq!(unknown.provenance.official, Official::Unknown, "{place}");
                assert_eq!(unknown.provenance.signals, [""; 0], "{place}");
                let own = report(&bytes, Some(&case.url()));
                assert_eq!(own.provenance.official, Official::Unknown, "{place}");
                assert_eq!(
                    own.provenance.signals.len(),
                    1,
                    "{:?}",
                    own.provenance.signals
                );
            }
        }
    }
    assert!(pages > 100, "{pages}");
}

fn has_finding(report: &Report) -> bool {
    let mut findings = report.findings.iter();
    findings.any(|finding| finding.code == Code::MirrorSuspected)
}

fn fixture(path: &str) -> Vec<u8> {
    std::fs::read(
        Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("fixtures")
            .join(path),
    )
    .unwrap()
}

#[test]
fn fixtures_are_judged_as_expected() {
    let expected: Value = serde_json::from_slice(&fixture("pages/expected.json")).unwrap();
    let mut copies = 0;
    for want in expected["pages"].as_array().unwrap() {
        let file = want["file"].as_str().unwrap();
        let bytes = fixture(&format!("pages/{file}"));
        let report = report(&bytes, want["url"].as_str());
        let official = want["official"].as_str().unwrap_or("unknown");
        assert_eq!(report.provenance.official.as_str(), official, "{file}");
        assert_eq!(
            has_finding(&report),
            official == "mirror_suspected",
            "{file}"
        );
        let words: Vec<&str> = report
            .provenance
            .signals
            .iter()
            .map(|signal| signal.split(':').next().unwrap())
            .collect();
        let signals: Vec<&str> = want["signals"]
            .as_array()
            .map(|signals| signals.iter().filter_map(Value::as_str).collect())
            .unwrap_or_default();
        assert_eq!(words, signals, "{file}: {:?}", report.provenance.signals);
        copies += usize::from(official == "mirror_suspected");
    }
    assert_eq!(copies, 1);
    // On its own host the original is official, the altered bytes are not.
    let original = report(
        &fixture("pages/missing-end-tags.html"),
        Some("http://www.qixialing.gov.cn/1"),
    );
    assert_eq!(original.provenance.official, Official::Official);
    let taken = report(
        &fixture("pages/copied-page.html"),
        Some("http://www.qixialing.gov.cn/1"),
    );
    assert_eq!(taken.provenance.official, Official::Unknown);
}

#[test]
fn a_home_may_add_official_hosts() {
    let bytes = fixture("demo/yunxi-2019.html");
    let origin = Origin {
        url: Some("https://www.yunxi.example/1.html"),
        content_type: None,
    };
    let hosts = HostRules::with(&["www.yunxi.example"]).unwrap();
    let report = read_with(&bytes, origin, Profile::generic(), &hosts).unwrap();
    assert_eq!(report.provenance.official, Official::Official);
    assert_eq!(
        report.provenance.signals,
        ["host_allowed: www.yunxi.example"]
    );
}

#[test]
fn hostile_evidence_is_taken_in_stride() {
    let long = "真人视讯".repeat(20_000)
        + &"（".repeat(50_000)
        + &"аa".repeat(50_000)
        + &"“".repeat(50_000);
    let many = "x.gov.cn,".repeat(50_000);
    let started = std::time::Instant::now();
    let page = Page {
        url: FOREIGN,
        title: long.as_str(),
        site: &long,
        domain: &many,
        link: &long,
        keywords: &long,
        report: &long,
        agency: &long,
        code: "",
        text: &long,
    };
    let (official, _) = judged(&page);
    assert_eq!(official, Official::MirrorSuspected);
    assert!(started.elapsed().as_secs() < 10, "{:?}", started.elapsed());
}

#[test]
fn words_are_distinct_and_documented() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/origin.md");
    let document = std::fs::read_to_string(path).unwrap();
    let mut words: Vec<&str> = Sign::ALL.iter().map(|sign| sign.as_str()).collect();
    for word in &words {
        assert!(document.contains(&format!("| `{word}` |")), "{word}");
    }
    words.sort_unstable();
    words.dedup();
    assert_eq!(words.len(), Sign::ALL.len());
}
