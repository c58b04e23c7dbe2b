use proptest::prelude::*;

use super::*;

/// Name, code, place, years.
type Row<'r> = (&'r str, &'r str, &'r str, &'r [i16]);

fn fact(id: i64, (name, code, place, years): Row<'_>) -> AgencyFact {
    let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    AgencyFact {
        id,
        name: some(name),
        code: some(code),
        place: place.into(),
        years: years.iter().map(|year| (*year, "own".into())).collect(),
        ..AgencyFact::default()
    }
}

fn facts(rows: &[Row<'_>]) -> Vec<AgencyFact> {
    (1..).zip(rows).map(|(id, row)| fact(id, *row)).collect()
}

/// Ids of each identity of several, the key first, with the rules of the others.
fn joins(resolution: &Resolution) -> Vec<String> {
    let several = resolution
        .identities
        .iter()
        .filter(|identity| identity.members.len() > 1);
    several
        .map(|identity| {
            let others = identity
                .members
                .iter()
                .filter(|member| member.id != identity.key);
            let others: Vec<String> = others
                .map(|member| format!("{} {}", member.id, member.rule.as_str()))
                .collect();
            format!("{}: {}", identity.key, others.join(", "))
        })
        .collect()
}

fn joined(rows: &[Row<'_>]) -> Vec<String> {
    joins(&resolve(&facts(rows), &[]))
}

/// A valid code of a body.
fn code(number: u32) -> String {
    let body = format!("{number:08}");
    (0..11)
        .map(|check| {
            if check == 10 {
                'X'
            } else {
                char::from_digit(check, 10).unwrap()
            }
        })
        .map(|check| format!("{body}{check}"))
        .find(|code| Code::parse(code).is_some())
        .unwrap()
}

/// A valid code of a body registered in 320324.
fn long_code() -> String {
    "0123456789ABCDEFGHJKLMNPQRTUWXY"
        .chars()
        .map(|check| format!("11320324{}{check}", code(1_430_045)))
        .find(|code| Code::parse(code).is_some())
        .unwrap()
}

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
fn renames_join_only_where_nothing_speaks_against_it() {
    let early: &[i16] = &[2016, 2017];
    let late: &[i16] = &[2018, 2019, 2020];
    let rename: [Row<'_>; 2] = [
        ("云溪县环保局", "", "", early),
        ("云溪县生态环境局", "", "", late),
    ];
    let resolution = resolve(&facts(&rename), &[]);
    assert_eq!(joins(&resolution), ["2: 1 rename"]);
    assert_eq!(resolution.links.len(), 1);
    assert_eq!(resolution.links[0].apart, None);
    assert_eq!(
        (resolution.links[0].earlier, resolution.links[0].later),
        (1, 2)
    );
    // Codes change with the body.
    let (one, other) = (code(1), code(2));
    let coded: [Row<'_>; 2] = [
        ("云溪县环境保护局", &one, "", early),
        ("云溪县生态环境局", &other, "", late),
    ];
    assert_eq!(joined(&coded), ["2: 1 rename"]);
    let unsafe_rows: [(&[Row<'_>], usize); 8] = [
        // Another division; the division not told; another level's body.
        (
            &[
                ("青岭县环境保护局", "", "", early),
                ("云溪县生态环境局", "", "", late),
            ],
            0,
        ),
        (
            &[
                ("环境保护局", "", "a.gov.cn/x", early),
                ("生态环境局", "", "a.gov.cn/x", late),
            ],
            0,
        ),
        (
            &[
                ("徐州市环境保护局", "", "", early),
                ("徐州市云溪区生态环境局", "", "", late),
            ],
            0,
        ),
        // Years overlap, or are outside of the reform.
        (
            &[
                ("云溪县环境保护局", "", "", &[2017, 2019]),
                ("云溪县生态环境局", "", "", late),
            ],
            1,
        ),
        (
            &[
                ("云溪县环境保护局", "", "", &[2015]),
                ("云溪县生态环境局", "", "", &[2016, 2019]),
            ],
            1,
        ),
        (
            &[
                ("云溪县环境保护局", "", "", &[2020]),
                ("云溪县生态环境局", "", "", &[2021]),
            ],
            1,
        ),
        // Two of either.
        (
            &[
                ("云溪县环境保护局", &one, "", &[2016]),
                ("云溪县环境保护局", &other, "", &[2017]),
                ("云溪县生态环境局", "", "", late),
            ],
            2,
        ),
        // Years not known.
        (
            &[
                ("云溪县环境保护局", "", "", &[]),
                ("云溪县生态环境局", "", "", late),
            ],
            1,
        ),
    ];
    for (rows, links) in unsafe_rows {
        let resolution = resolve(&facts(rows), &[]);
        assert_eq!(joins(&resolution), Vec::<String>::new(), "{rows:?}");
        assert_eq!(resolution.links.len(), links, "{rows:?}");
        assert!(resolution.links.iter().all(|link| link.apart.is_some()));
    }
    // A body known from copies alone is no evidence.
    let mut copied = facts(&rename);
    copied[0].is_copy = true;
    assert_eq!(joins(&resolve(&copied, &[])), Vec::<String>::new());
}

#[test]
fn mergers_and_splits_are_shown_and_never_joined() {
    let rows: [Row<'_>; 5] = [
        ("云溪县工商局", "", "", &[2016, 2017]),
        ("云溪县质监局", "", "", &[2017]),
        ("云溪县物价局", "", "", &[2017]),
        ("云溪县市场监管局", "", "", &[2019]),
        ("云溪县发改委", "", "", &[2017, 2019]),
    ];
    let resolution = resolve(&facts(&rows), &[]);
    assert_eq!(joins(&resolution), Vec::<String>::new());
    let told: Vec<String> = resolution
        .links
        .iter()
        .map(|link| format!("{} {} {}", link.earlier, link.kind.as_str(), link.later))
        .collect();
    assert_eq!(
        told,
        [
            "1 merged_into 4",
            "2 merged_into 4",
            "3 split_into 4",
            "3 split_into 5"
        ]
    );
    assert!(resolution.links.iter().all(|link| link.apart.is_some()));
    // A single predecessor in the data does not make a merger a rename.
    let rows: [Row<'_>; 2] = [
        ("云溪县国土资源局", "", "", &[2017]),
        ("云溪县自然资源局", "", "", &[2019]),
    ];
    assert_eq!(joined(&rows), Vec::<String>::new());
}

#[test]
fn divisions_that_were_renamed_take_their_bureaus_along() {
    let rows: [Row<'_>; 3] = [
        ("北京市密云县教育局", "", "", &[2013, 2014]),
        ("北京市密云区教育局", "", "", &[2015, 2016]),
        ("北京市密云县民政局", "", "", &[2014, 2015]),
    ];
    let mut with_late = rows.to_vec();
    with_late.push(("北京市密云区民政局", "", "", &[2016]));
    let resolution = resolve(&facts(&with_late), &[]);
    assert_eq!(joins(&resolution), ["2: 1 division"]);
    assert_eq!(resolution.links.len(), 2);
    // One after the other: the district, then the body.
    let rows: [Row<'_>; 3] = [
        ("北京市密云县环境保护局", "", "", &[2013, 2014]),
        ("北京市密云区环境保护局", "", "", &[2015, 2017]),
        ("北京市密云区生态环境局", "", "", &[2018]),
    ];
    assert_eq!(joined(&rows), ["3: 1 division, 2 rename"]);
    // A division that went into another is not joined.
    let rows: [Row<'_>; 2] = [
        ("北京市崇文区教育局", "", "", &[2009]),
        ("北京市东城区教育局", "", "", &[2010]),
    ];
    let resolution = resolve(&facts(&rows), &[]);
    assert_eq!(joins(&resolution), Vec::<String>::new());
    assert_eq!(resolution.links[0].kind, LinkKind::MergedInto);
    // The county-level city and the prefecture of one name.
    let rows: [Row<'_>; 3] = [
        ("铜仁市教育局", "", "era 522201", &[2010]),
        ("铜仁市教育局", "", "era 520600", &[2011]),
        ("铜仁地区教育局", "", "", &[2010]),
    ];
    assert_eq!(joined(&rows), ["2: 3 division"]);
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

fn named(fact: &AgencyFact) -> Named {
    Named {
        name: fact.name.clone(),
        code: fact.code.clone(),
        place: fact.place.clone(),
    }
}

#[test]
fn what_people_decide_counts_most() {
    let rows: [Row<'_>; 4] = [
        ("云溪县发改委", "", "", &[2019]),
        ("云溪县发展和改革委员会", "", "", &[2020]),
        ("云溪县发展和改革局", "", "", &[2021]),
        ("教育局", "", "a.gov.cn/x", &[2021]),
    ];
    let facts = facts(&rows);
    let join = |id: &str, places: &[usize]| Decided::Join {
        id: id.into(),
        agencies: places.iter().map(|at| named(&facts[*at])).collect(),
    };
    let apart = |id: &str, at: usize| Decided::Apart {
        id: id.into(),
        agency: named(&facts[at]),
    };
    let told = |decisions: &[Decided]| joins(&resolve(&facts, decisions));
    assert_eq!(told(&[]), ["2: 1 name"]);
    assert_eq!(told(&[join("a", &[2, 0])]), ["3: 1 decision, 2 name"]);
    assert_eq!(told(&[apart("a", 0)]), Vec::<String>::new());
    // Apart undoes what was decided before it, and is undone by what comes later.
    assert_eq!(
        told(&[join("a", &[2, 0]), apart("b", 0)]),
        Vec::<String>::new()
    );
    assert_eq!(
        told(&[apart("b", 0), join("a", &[2, 0])]),
        ["3: 1 decision"]
    );
    let gone = Decided::Apart {
        id: "c".into(),
        agency: Named {
            name: Some("青岭县".into()),
            code: None,
            place: String::new(),
        },
    };
    let resolution = resolve(&facts, &[gone, join("d", &[0, 3])]);
    assert_eq!(resolution.unmatched, ["c"]);
    assert_eq!(joins(&resolution), ["1: 2 name, 4 decision"]);
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

fn any_fact() -> impl Strategy<Value = (String, Option<u32>, String, Vec<i16>, bool)> {
    (
        "(|江苏省|徐州市|江苏省徐州市|云溪县|云溪市|鼓楼区|徐州市鼓楼区|巢湖市|密云县|北京市密云区|第八师)(教育局|环保局|生态环境局|工商局|市场监管局|城关镇人民政府|政府办|人民政府|发改委)",
        proptest::option::weighted(0.3, 1_u32..4),
        "(a.gov.cn|b.gov.cn/x|a.gov.cn/y|page 1)",
        proptest::collection::vec(2008_i16..2026, 0..5),
        proptest::bool::weighted(0.1),
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn the_order_has_no_bearing_and_no_fact_is_lost(
        rows in proptest::collection::vec(any_fact(), 1..14), turn in 0_usize..14,
    ) {
        let mut facts: Vec<AgencyFact> = Vec::new();
        for (name, number, place, years, is_copy) in rows {
            let code = number.map(code);
            let needs = !matches!(Name::parse(&name, None).path(), Path::Whole(_));
            let mut one = fact(0, (&name, code.as_deref().unwrap_or(""), if needs { &place } else { "" }, &years));
            one.is_copy = is_copy;
            one.id = i64::try_from(facts.len()).unwrap();
            if !facts.iter().any(|known| named(known) == named(&one)) {
                facts.push(one);
            }
        }
        let straight = resolve(&facts, &[]);
        let turn = turn % facts.len();
        facts.rotate_left(turn);
        facts.reverse();
        prop_assert_eq!(&straight, &resolve(&facts, &[]));
        let labels: BTreeSet<&str> = straight.identities.iter().map(|one| one.label.as_str()).collect();
        prop_assert_eq!(labels.len(), straight.identities.len());
        let mut ids: Vec<i64> = straight.identities.iter().flat_map(|one| one.members.iter().map(|member| member.id)).collect();
        ids.sort_unstable();
        prop_assert_eq!(ids, (0..i64::try_from(facts.len()).unwrap()).collect::<Vec<_>>());
        for identity in &straight.identities {
            let members: Vec<&AgencyFact> = identity.members.iter().map(|member| facts.iter().find(|fact| fact.id == member.id).unwrap()).collect();
            // Two divisions are never one, but where the data says that one became the other.
            let wholes: BTreeSet<String> = members.iter().filter_map(|fact| match Name::parse(fact.name.as_deref()?, era(&fact.place)).path() {
                Path::Whole(whole) => Some(whole),
                _ => None,
            }).collect();
            let renamed = BTreeSet::from(["110228 密云县".to_owned(), "110118 密云区".to_owned()]);
            prop_assert!(wholes.len() <= 1 || wholes == renamed, "{:?}", wholes);
            for member in &identity.members {
                prop_assert_eq!(member.id == identity.key, member.rule == Rule::Own);
            }
        }
    }
}
