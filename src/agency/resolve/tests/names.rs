//! Names, codes and sites.

use super::*;

#[test]
fn same_names_are_joined_with_their_division_only() {
    let none: [&str; 0] = [];
    // Aliases and longer paths of one county.
    let rows: [Row<'_>; 5] = [
        ("云溪县发展和改革委员会", "", "", &[2019]),
        ("云溪县发改委", "", "", &[2020]),
        ("江苏省云溪县发改委", "", "", &[2021]),
        ("青岭县发改委", "", "", &[2020]),
        ("云溪县发展和改革局", "", "", &[2018]),
    ];
    assert_eq!(joined(&rows), ["1: 2 name, 3 name"]);
    // One name in two cities, two provinces, on two sites, in two columns.
    for rows in [
        [
            ("徐州市鼓楼区教育局", "", "", &[2019][..]),
            ("南京市鼓楼区教育局", "", "", &[2020][..]),
        ],
        [
            ("鼓楼区教育局", "", "a.gov.cn", &[2019]),
            ("鼓楼区教育局", "", "b.gov.cn", &[2020]),
        ],
        [
            ("鼓楼区教育局", "", "page x", &[2019]),
            ("鼓楼区教育局", "", "page y", &[2020]),
        ],
        [
            ("教育局", "", "a.gov.cn/x", &[2019]),
            ("教育局", "", "a.gov.cn/y", &[2020]),
        ],
        [
            ("教育局", "", "a.gov.cn/x", &[2019]),
            ("云溪县教育局", "", "", &[2020]),
        ],
        [
            ("县教育局", "", "a.gov.cn/x", &[2019]),
            ("云溪县教育局", "", "", &[2020]),
        ],
        [
            ("城关镇人民政府", "", "a.gov.cn/x", &[2019]),
            ("云溪县城关镇人民政府", "", "", &[2020]),
        ],
        [
            ("云溪县教育局", "", "", &[2019]),
            ("云溪市教育局", "", "", &[2020]),
        ],
        [
            ("云溪县人民政府", "", "", &[2019]),
            ("云溪县人民政府办公室", "", "", &[2019]),
        ],
        [
            ("巢湖市教育局", "", "era 341400", &[2010]),
            ("巢湖市教育局", "", "era 340181", &[2011]),
        ],
        [
            ("鼓楼区教育局", "", "www.js.gov.cn/a/b", &[2019]),
            ("鼓楼区教育局", "", "www.js.gov.cn/a/c", &[2019]),
        ],
        [
            ("石河子市教育局", "", "", &[2019]),
            ("第八师教育局", "", "", &[2020]),
        ],
    ] {
        assert_eq!(joined(&rows), none, "{rows:?}");
    }
    // Two provinces in the longer paths: then the short one may be of either.
    let rows: [Row<'_>; 3] = [
        ("江苏省云溪县教育局", "", "", &[2019]),
        ("安徽省云溪县教育局", "", "", &[2020]),
        ("云溪县教育局", "", "", &[2021]),
    ];
    assert_eq!(joined(&rows), none);
    // One site, one column.
    let rows: [Row<'_>; 2] = [
        ("鼓楼区教育局", "", "jyj.glq.gov.cn", &[2019]),
        ("鼓楼区教育局", "", "www.glq.gov.cn", &[2020]),
    ];
    assert_eq!(joined(&rows), ["2: 1 host"]);
    let rows: [Row<'_>; 2] = [
        ("教育局", "", "a.gov.cn/x", &[2019]),
        ("教育局", &code(7), "a.gov.cn/x", &[2020]),
    ];
    assert_eq!(joined(&rows), ["2: 1 column"]);
}

#[test]
fn codes_join_and_part() {
    let (one, other) = (code(1), code(2));
    let rows: [Row<'_>; 2] = [
        ("云溪县教育局", &one, "", &[2019]),
        ("云溪县教育局", "", "", &[2020]),
    ];
    assert_eq!(joined(&rows), ["1: 2 name"]);
    // Two codes for a name: whose the page without a code is cannot be told.
    let rows: [Row<'_>; 3] = [
        ("云溪县教育局", &one, "", &[2019]),
        ("云溪县教育局", &other, "", &[2020]),
        ("云溪县教育局", "", "", &[2021]),
    ];
    assert_eq!(joined(&rows), Vec::<String>::new());
    // A name without division, by its code; and a code alone.
    let rows: [Row<'_>; 3] = [
        ("教育局", &one, "a.gov.cn/x", &[2019]),
        ("云溪县教育局", &one, "", &[2020]),
        ("", &one, "", &[2018]),
    ];
    assert_eq!(joined(&rows), ["2: 1 code, 3 code"]);
    // A portal's code on pages of several bureaus joins none of them.
    let rows: [Row<'_>; 3] = [
        ("云溪县教育局", &one, "", &[2019]),
        ("云溪县民政局", &one, "", &[2020]),
        ("云溪县水务局", &one, "", &[2021]),
    ];
    assert_eq!(joined(&rows), Vec::<String>::new());
    for rows in [
        [
            ("云溪县教育局", &one[..], "", &[2019][..]),
            ("云溪县民政局", &one, "", &[2020][..]),
        ],
        [
            ("云溪县教育局", &one, "", &[2019]),
            ("青岭县教育局", &one, "", &[2020]),
        ],
        [
            ("云溪县教育局", &one, "", &[2019, 2020]),
            ("云溪县教育和体育局", &one, "", &[2020]),
        ],
        [
            ("云溪县人民政府", &one, "", &[2019]),
            ("云溪县人民政府办公室", &one, "", &[2020]),
        ],
        // Another division; two columns of one year, which may have their portal's code.
        [
            ("鼓楼区教育局", &one, "a.gov.cn", &[2019]),
            ("云溪县教育局", &one, "", &[2020]),
        ],
        [
            ("教育局", &one, "a.gov.cn/x", &[2019]),
            ("教育局", &one, "a.gov.cn/y", &[2019]),
        ],
        // The portal's code on pages of the city's bureau and of its county's.
        [
            ("市教育局", &one, "a.gov.cn/x", &[2019]),
            ("云溪县教育局", &one, "", &[2020]),
        ],
        [
            ("市教育局", &one, "a.gov.cn/x", &[2019]),
            ("县教育局", &one, "a.gov.cn/y", &[2020]),
        ],
        // Two reports of a year, whatever the names tell.
        [
            ("教育局", &one, "a.gov.cn/x", &[2019]),
            ("云溪县教育局", &one, "", &[2019, 2020]),
        ],
        [("", &one, "", &[2019]), ("云溪县教育局", &one, "", &[2019])],
        // A wrong check digit is a text like others.
        [
            ("教育局", "CODE1", "a.gov.cn/x", &[2019]),
            ("云溪县教育局", "CODE1", "", &[2020]),
        ],
    ] {
        assert_eq!(joined(&rows), Vec::<String>::new(), "{rows:?}");
    }
    // The level's word is that of the division.
    let rows: [Row<'_>; 2] = [
        ("县教育局", &one, "a.gov.cn/x", &[2019]),
        ("云溪县教育局", &one, "", &[2020]),
    ];
    assert_eq!(joined(&rows), ["2: 1 code"]);
    // A scope that is not known may be that of the other report.
    for (first, second, want) in [
        ("own", "consolidated", &["1: 2 code"][..]),
        ("own", "unknown", &[]),
        ("unknown", "consolidated", &[]),
        ("unknown", "unknown", &[]),
    ] {
        let mut facts = facts(&[
            ("云溪县教育局", &one, "", &[]),
            ("教育局", &one, "a.gov.cn/x", &[]),
        ]);
        for (fact, scope) in facts.iter_mut().zip([first, second]) {
            fact.years.insert((2019, scope.into()));
        }
        assert_eq!(joins(&resolve(&facts, &[])), want, "{first} {second}");
    }
    // One code, one division, one after the other, a word in common: one body.
    let rows: [Row<'_>; 2] = [
        ("云溪县教育局", &one, "", &[2018]),
        ("云溪县教育和体育局", &one, "", &[2019]),
    ];
    assert_eq!(joined(&rows), ["2: 1 code"]);
}

#[test]
fn site_ids_join_columns_whose_years_do_not_meet() {
    let with_site = |rows: &[Row<'_>], site: &str| {
        let mut facts = facts(rows);
        for fact in &mut facts {
            fact.sites.insert(site.into());
        }
        joins(&resolve(&facts, &[]))
    };
    let apart: [Row<'_>; 2] = [
        ("教育局", "", "a.gov.cn/x", &[2019]),
        ("教育局", "", "a.gov.cn/y", &[2020]),
    ];
    assert_eq!(with_site(&apart, "3203240001"), ["2: 1 site"]);
    let meet: [Row<'_>; 2] = [
        ("教育局", "", "a.gov.cn/x", &[2019]),
        ("教育局", "", "a.gov.cn/y", &[2019]),
    ];
    assert_eq!(with_site(&meet, "3203240001"), Vec::<String>::new());
    let mut unknown = facts(&meet);
    unknown[0].years = [(2019, "unknown".into())].into();
    for fact in &mut unknown {
        fact.sites.insert("3203240001".into());
    }
    assert_eq!(joins(&resolve(&unknown, &[])), Vec::<String>::new());
    let (one, other) = (code(1), code(2));
    let codes: [Row<'_>; 2] = [
        ("教育局", &one, "a.gov.cn/x", &[2019]),
        ("教育局", &other, "a.gov.cn/y", &[2020]),
    ];
    assert_eq!(with_site(&codes, "3203240001"), Vec::<String>::new());
    // A bureau with its division does not need it, and is not joined by it.
    let named: [Row<'_>; 2] = [
        ("云溪县教育局", "", "", &[2019]),
        ("教育局", "", "a.gov.cn/y", &[2020]),
    ];
    assert_eq!(with_site(&named, "3203240001"), Vec::<String>::new());
}

#[test]
fn copies_are_evidence_of_nothing() {
    let (one, other) = (code(1), code(2));
    let with_copy = |rows: &[Row<'_>], copy: usize| {
        let mut facts = facts(rows);
        facts[copy].is_copy = true;
        joins(&resolve(&facts, &[]))
    };
    // Neither its code nor its province parts the others, nor is it one with what they contradict.
    let rows: [Row<'_>; 3] = [
        ("云溪县教育局", &one, "", &[2019]),
        ("云溪县教育局", "", "", &[2020]),
        ("云溪县教育局", &other, "", &[]),
    ];
    assert_eq!(with_copy(&rows, 2), ["1: 2 name"]);
    let rows: [Row<'_>; 3] = [
        ("江苏省云溪县教育局", "", "", &[2019]),
        ("云溪县教育局", "", "", &[2020]),
        ("安徽省云溪县教育局", "", "", &[]),
    ];
    assert_eq!(with_copy(&rows, 2), ["1: 2 name"]);
    // Its code joins nobody, and tells no division.
    let rows: [Row<'_>; 3] = [
        ("云溪县教育局", "", "", &[2019]),
        ("云溪县教育局", &one, "", &[]),
        ("教育局", &one, "a.gov.cn/x", &[2020]),
    ];
    assert_eq!(with_copy(&rows, 1), ["1: 2 name"]);
    let long = long_code();
    let rows: [Row<'_>; 2] = [
        ("云溪县教育局", "", "", &[2019]),
        ("云溪县教育局", &long, "", &[]),
    ];
    let mut facts = facts(&rows);
    facts[1].is_copy = true;
    let division = |facts: &[AgencyFact]| resolve(facts, &[]).identities[0].division.clone();
    assert_eq!(division(&facts), None);
    facts[1].is_copy = false;
    assert_eq!(division(&facts).as_deref(), Some("320324"));
}

#[test]
fn division_and_level_are_told_where_they_are_known() {
    let told = |row: Row<'_>| {
        let resolution = resolve(&[fact(1, row)], &[]);
        let identity = &resolution.identities[0];
        let level = identity.level.map_or("?", Level::as_str);
        format!("{} {level}", identity.division.as_deref().unwrap_or("?"))
    };
    let code = long_code();
    let cases = [
        (("徐州市教育局", ""), "320300 prefecture"),
        (("徐州市沛县教育局", ""), "320322 county"),
        (("徐州市沛县云山镇人民政府", ""), "320322 township"),
        (("教育部", ""), "? national"),
        (("第八师石河子市教育局", ""), "xpcc-08 prefecture"),
        (("云溪县教育局", ""), "? county"),
        (("云溪市教育局", ""), "? ?"),
        // By who registered the code, where the name does not say otherwise.
        (("云溪县教育局", &code[..]), "320324 county"),
        (("云溪市教育局", &code), "320324 county"),
        (("教育局", &code), "320324 county"),
        (("江苏省徐州市云溪县教育局", &code), "320324 county"),
        (("江苏省南京市云溪县教育局", &code), "? county"),
        (("安徽省云溪县教育局", &code), "? county"),
        (("徐州市教育局", &code), "320300 prefecture"),
    ];
    for ((name, code), want) in cases {
        assert_eq!(told((name, code, "", &[2020])), want, "{name} {code}");
    }
}

#[test]
fn names_of_several_are_told_apart() {
    let rows: [Row<'_>; 3] = [
        ("教育局", "", "a.gov.cn/x", &[2019]),
        ("教育局", "", "page http://b.gov.cn/1.htm", &[2020]),
        ("民政局", "", "a.gov.cn/y", &[2020]),
    ];
    let labels: Vec<String> = resolve(&facts(&rows), &[])
        .identities
        .into_iter()
        .map(|identity| identity.label)
        .collect();
    assert_eq!(
        labels,
        [
            "教育局 (a.gov.cn/x)",
            "教育局 (http://b.gov.cn/1.htm)",
            "民政局"
        ]
    );
}

#[test]
fn labels_tell_names_apart_by_what_only_one_has() {
    let (one, other) = (code(1), code(2));
    // A portal's code on pages of two columns, and another code in one of them.
    let rows: [Row<'_>; 4] = [
        ("教育局", &one, "a.gov.cn/x", &[2019]),
        ("教育局", &one, "a.gov.cn/y", &[2019]),
        ("教育局", &other, "a.gov.cn/x", &[2019]),
        ("教育局", "", "b.gov.cn/x", &[2019]),
    ];
    let labels: Vec<String> = resolve(&facts(&rows), &[])
        .identities
        .into_iter()
        .map(|identity| identity.label)
        .collect();
    assert_eq!(
        labels,
        [
            format!("教育局 ({one}, a.gov.cn/x)"),
            "教育局 (a.gov.cn/y)".into(),
            format!("教育局 ({other})"),
            "教育局 (b.gov.cn/x)".into()
        ]
    );
}

#[test]
fn chains_of_sites_end() {
    // Each column shares a SiteIDCode with the next.
    let mut facts = Vec::new();
    for number in 0..20_000_i64 {
        let place = format!("a{number}.gov.cn/x");
        let mut one = fact(number, ("教育局", "", &place, &[]));
        for site in [number, number + 1] {
            one.sites.insert(format!("{:010}", 3_203_000_000 + site));
        }
        facts.push(one);
    }
    let resolution = resolve(&facts, &[]);
    let most = resolution
        .identities
        .iter()
        .map(|one| one.members.len())
        .max();
    assert!(most <= Some(500), "{most:?}");
}

#[test]
fn a_code_that_stands_for_none_joins_nobody() {
    for code in ["00000000-0", "000000000"] {
        let rows: [Row<'_>; 2] = [
            ("教育局", code, "a.gov.cn/x", &[2019]),
            ("教育局", code, "b.gov.cn/y", &[2020]),
        ];
        assert_eq!(joined(&rows), Vec::<String>::new(), "{code}");
    }
}
