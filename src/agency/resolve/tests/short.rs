//! A district's bureau with its city's name and without.

use super::*;

/// Name, code, page (host or host and column), `SiteIDCode`, year.
type Page<'r> = (&'r str, &'r str, &'r str, &'r str, i16);

fn page_facts(pages: &[Page<'_>]) -> Vec<AgencyFact> {
    let facts = (1..)
        .zip(pages)
        .map(|(id, (name, code, page, site, year))| {
            // As the store does: the place of names that tell whose they are is empty.
            let url = format!("http://{page}/2021/a.html");
            let place = super::super::super::discriminator(name, Some(*year), Some(&url), "P");
            let mut one = fact(id, (name, code, &place, &[*year]));
            one.pages.extend(super::super::super::column_of(&url));
            one.sites = super::super::super::site_id(site).into_iter().collect();
            one
        });
    facts.collect()
}

fn of(pages: &[Page<'_>]) -> Vec<String> {
    let facts = page_facts(pages);
    let straight = resolve(&facts, &[]);
    for turn in 1..facts.len() {
        let mut turned = facts.clone();
        turned.rotate_left(turn);
        assert_eq!(straight, resolve(&turned, &[]), "{pages:?}");
    }
    joins(&straight)
}

const SHORT: &str = "鼓楼区财政局";
const LONG: &str = "南京市鼓楼区财政局";
const COLUMN: &str = "www.glq.gov.cn/zwgk/czj";

#[test]
fn one_column_of_one_citys_site_joins() {
    let short = (SHORT, "", COLUMN, "", 2019);
    let long = (LONG, "", COLUMN, "", 2020);
    assert_eq!(of(&[short, long]), ["2: 1 host"]);
    let resolution = resolve(&page_facts(&[short, long]), &[]);
    let identity = &resolution.identities[0];
    assert_eq!(identity.division.as_deref(), Some("320106"));
    assert_eq!(identity.level, Some(Level::County));
    // The long name stands for both, whichever is the later.
    assert_eq!(of(&[(SHORT, "", COLUMN, "", 2021), long]), ["2: 1 host"]);
    // Bodies of the same city and district beside them speak against nothing, nor do cities of no list.
    let beside = [
        short,
        long,
        ("南京市玄武区财政局", "", "www.glq.gov.cn/zwgk/xw", "", 2019),
        ("云溪市财政局", "", "www.glq.gov.cn/zwgk/yx", "", 2019),
        ("鼓楼区教育局", "", "www.glq.gov.cn/zwgk/jyj", "", 2019),
    ];
    assert_eq!(of(&beside), ["2: 1 host"]);
    // A city that is in no list, a municipality, a body of a town.
    for (short, long) in [
        ("云岭区财政局", "云溪市云岭区财政局"),
        ("海淀区财政局", "北京市海淀区财政局"),
        ("鼓楼区柳河街道办事处", "南京市鼓楼区柳河街道办事处"),
        ("江苏省鼓楼区财政局", "江苏省南京市鼓楼区财政局"),
        ("鼓楼区发改委", "南京市鼓楼区发展和改革委员会"),
    ] {
        let pages = [(short, "", COLUMN, "", 2019), (long, "", COLUMN, "", 2020)];
        assert_eq!(of(&pages), ["2: 1 host"], "{short} {long}");
    }
    // A reform later on takes both along.
    let renamed = [
        ("鼓楼区环保局", "", COLUMN, "", 2016),
        ("南京市鼓楼区环境保护局", "", COLUMN, "", 2017),
        ("南京市鼓楼区生态环境局", "", COLUMN, "", 2019),
    ];
    assert_eq!(of(&renamed), ["3: 1 host, 2 rename"]);
}

#[test]
fn codes_that_tell_the_city_join_other_columns() {
    let (one, other) = ("www.glq.gov.cn/zwgk/czj", "czj.glq.gov.cn/gk/czzj");
    let id = "3201060001";
    // One SiteIDCode, also on a platform.
    let pages = [(SHORT, "", one, id, 2019), (LONG, "", other, id, 2020)];
    assert_eq!(of(&pages), ["2: 1 host"]);
    let far = "gk.platform.example.com/a";
    let pages = [(SHORT, "", one, id, 2019), (LONG, "", far, id, 2020)];
    assert_eq!(of(&pages), ["2: 1 site"]);
    // Any page of the site tells whose it is.
    let pages = [
        (SHORT, "", one, "", 2019),
        (LONG, "", other, "", 2020),
        ("鼓楼区教育局", "", "www.glq.gov.cn/zwgk/jyj", id, 2019),
    ];
    assert_eq!(of(&pages), ["2: 1 host"]);
    // Without, another column is not enough.
    assert_eq!(of(&pages[..2]), Vec::<String>::new());
    // A code of the body itself needs no site.
    let code = code(7);
    let pages = [
        (SHORT, &code[..], "www.js.gov.cn/a/b", "", 2019),
        (LONG, &code, "www.nj.gov.cn/c", "", 2020),
    ];
    assert_eq!(of(&pages), ["2: 1 code"]);
}

#[test]
#[expect(clippy::too_many_lines, reason = "a table of situations")]
fn what_may_be_another_city_stays_apart() {
    let (one, other) = (code(1), code(2));
    let xuzhou = long_code();
    let short = (SHORT, "", COLUMN, "", 2019);
    let long = (LONG, "", COLUMN, "", 2020);
    let js = "www.js.gov.cn/zwgk/czj";
    let id = "3201060001";
    let cases: Vec<(&str, Vec<Page<'_>>)> = vec![
        (
            "another site",
            vec![short, (LONG, "", "www.nj.gov.cn/czj", "", 2020)],
        ),
        (
            "a province's platform",
            vec![(SHORT, "", js, "", 2019), (LONG, "", js, "", 2020)],
        ),
        (
            "a platform elsewhere",
            vec![
                (SHORT, "", "a.example.com/gk/czj", "", 2019),
                (LONG, "", "a.example.com/gk/czj", "", 2020),
            ],
        ),
        (
            "a body led from above",
            vec![
                ("鼓楼区税务局", "", "jiangsu.chinatax.gov.cn/nj", "", 2019),
                (
                    "南京市鼓楼区税务局",
                    "",
                    "jiangsu.chinatax.gov.cn/nj",
                    "",
                    2020,
                ),
            ],
        ),
        (
            "another column",
            vec![short, (LONG, "", "www.glq.gov.cn/zwgk/xzczj", "", 2020)],
        ),
        (
            "no column",
            vec![
                (SHORT, "", "www.glq.gov.cn", "", 2019),
                (LONG, "", "www.glq.gov.cn", "", 2020),
            ],
        ),
        (
            "two cities' of the name",
            vec![short, long, ("徐州市鼓楼区财政局", "", COLUMN, "", 2021)],
        ),
        (
            "another city's body on the site",
            vec![
                short,
                long,
                ("徐州市泉山区教育局", "", "www.glq.gov.cn/x", "", 2021),
            ],
        ),
        (
            "another city's county on the site",
            vec![
                short,
                long,
                ("沛县教育局", "", "www.glq.gov.cn/x", "", 2021),
            ],
        ),
        (
            "a province's body on the site",
            vec![
                short,
                long,
                ("江苏省财政厅", "", "www.glq.gov.cn/x", "", 2021),
            ],
        ),
        (
            "a central body on the site",
            vec![short, long, ("财政部", "", "www.glq.gov.cn/x", "", 2021)],
        ),
        (
            "two reports of a year",
            vec![short, (LONG, "", COLUMN, "", 2019)],
        ),
        (
            "two codes",
            vec![
                (SHORT, &one, COLUMN, "", 2019),
                (LONG, &other, COLUMN, "", 2020),
            ],
        ),
        (
            "a code with a wrong check digit",
            vec![
                (SHORT, &one, COLUMN, "", 2019),
                (LONG, "CODE", COLUMN, "", 2020),
            ],
        ),
        (
            "a wrong code is no identity",
            vec![(SHORT, "CODE", js, "", 2019), (LONG, "CODE", js, "", 2020)],
        ),
        (
            "a code of another city",
            vec![(SHORT, &xuzhou, COLUMN, "", 2019), long],
        ),
        (
            "a site of another city",
            vec![(SHORT, "", COLUMN, "3203020001", 2019), long],
        ),
        (
            "sites of two cities",
            vec![
                short,
                long,
                ("鼓楼区教育局", "", "www.glq.gov.cn/x", "3203020001", 2019),
            ],
        ),
        (
            "the site of a province",
            vec![
                (SHORT, "", js, "3200000001", 2019),
                (LONG, "", js, "3200000001", 2020),
            ],
        ),
        (
            "the site of a ministry",
            vec![
                (SHORT, "", js, "bm12000001", 2019),
                (LONG, "", js, "bm12000001", 2020),
            ],
        ),
        (
            "a site of its own city with another city's name",
            vec![
                (SHORT, "", js, id, 2019),
                ("徐州市鼓楼区财政局", "", js, id, 2020),
            ],
        ),
        (
            "another body",
            vec![("鼓楼区民政局", "", COLUMN, "", 2019), long],
        ),
        (
            "another district",
            vec![("新鼓楼区财政局", "", COLUMN, "", 2019), long],
        ),
        (
            "another province",
            vec![("福建省鼓楼区财政局", "", COLUMN, "", 2019), long],
        ),
        (
            "the city's own",
            vec![("南京市财政局", "", COLUMN, "", 2019), short],
        ),
        (
            "a zone",
            vec![("南京市鼓楼高新区财政局", "", COLUMN, "", 2019), short],
        ),
        ("no district", vec![("财政局", "", COLUMN, "", 2019), long]),
        (
            "a town of the district",
            vec![
                ("柳河街道办事处", "", COLUMN, "", 2019),
                ("南京市鼓楼区柳河街道办事处", "", COLUMN, "", 2020),
            ],
        ),
        (
            "a city of no list, and codes of two",
            vec![
                ("云岭区财政局", "", COLUMN, "", 2019),
                ("云溪市云岭区财政局", "", COLUMN, "", 2020),
                ("云岭区教育局", "", "www.glq.gov.cn/x", "3201060001", 2020),
                ("云岭区民政局", "", "www.glq.gov.cn/y", "3203020001", 2020),
            ],
        ),
        (
            "two cities of no list",
            vec![
                ("云岭区财政局", "", COLUMN, "", 2019),
                ("云溪市云岭区财政局", "", COLUMN, "", 2020),
                ("青溪市白岭区教育局", "", "www.glq.gov.cn/x", "", 2020),
            ],
        ),
    ];
    for (why, pages) in cases {
        assert_eq!(of(&pages), Vec::<String>::new(), "{why}");
    }
    // What copies say joins nothing.
    for copy in [0, 1] {
        let mut facts = page_facts(&[short, long]);
        facts[copy].is_copy = true;
        assert_eq!(joins(&resolve(&facts, &[])), Vec::<String>::new());
    }
    // Nor does a rule what a person parted.
    let facts = page_facts(&[short, long]);
    let apart = Decided::Apart {
        id: "a".into(),
        agency: named(&facts[0]),
    };
    assert_eq!(joins(&resolve(&facts, &[apart])), Vec::<String>::new());
    // Two sites of one body that report on one year: neither is joined.
    let pages = [
        (SHORT, "", COLUMN, "", 2019),
        (SHORT, "", "www.glczj.gov.cn/gk/x", "", 2019),
        (LONG, "", COLUMN, "", 2020),
        (LONG, &one[..], "www.glczj.gov.cn/gk/x", "", 2021),
    ];
    assert_eq!(of(&pages), ["4: 3 name"]);
}

#[test]
fn very_many_of_one_name_are_told_apart() {
    let mut facts = Vec::new();
    for number in 0..20_000_i64 {
        let host = format!("h{}.gov.cn/gk/czj", number / 2);
        let name = if number % 2 == 0 { SHORT } else { LONG };
        let own = code(u32::try_from(number / 2 + 1).unwrap());
        let code = if number % 2 == 0 { "" } else { &own[..] };
        let place = if number % 2 == 0 {
            host.split('/').next().unwrap()
        } else {
            ""
        };
        let mut one = fact(number, (name, code, place, &[2019]));
        one.pages.insert(host);
        one.years = [(i16::try_from(2000 + number % 2).unwrap(), "own".into())].into();
        facts.push(one);
    }
    assert_eq!(resolve(&facts, &[]).identities.len(), 10_000);
}
