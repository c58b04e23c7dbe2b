//! Renames, mergers, divisions that changed.

use super::*;

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
fn districts_without_their_city_are_linked_on_one_host_and_never_joined() {
    let early: &[i16] = &[2016, 2017];
    let late: &[i16] = &[2018, 2019, 2020];
    let (here, there) = ("www.a.gov.cn", "www.b.gov.cn");
    let links = |rows: &[Row<'_>]| {
        let resolution = resolve(&facts(rows), &[]);
        assert_eq!(joins(&resolution), Vec::<String>::new(), "{rows:?}");
        assert!(resolution.links.iter().all(|link| link.apart.is_some()));
        let links = resolution.links.iter();
        links
            .map(|link| (link.earlier, link.later))
            .collect::<Vec<_>>()
    };
    assert_eq!(
        links(&[
            ("柳河区环境保护局", "", here, early),
            ("柳河区生态环境局", "", here, late),
            ("柳河区安全生产监督管理局", "", here, early),
            ("柳河区应急管理局", "", here, late),
        ]),
        [(1, 2), (3, 4)]
    );
    // Another host may be of another city's district of that name; another district is another anyway.
    assert_eq!(
        links(&[
            ("柳河区环境保护局", "", here, early),
            ("柳河区生态环境局", "", there, late),
            ("青岭区生态环境局", "", here, late),
        ]),
        []
    );
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
fn central_bodies_go_on_only_where_they_were_renamed() {
    let cases: [(&str, i16, &str, i16, &str); 6] = [
        ("环境保护部", 2017, "生态环境部", 2018, "renamed_to, one"),
        (
            "中华人民共和国环境保护部",
            2017,
            "中华人民共和国生态环境部",
            2018,
            "renamed_to, one",
        ),
        ("国土资源部", 2017, "自然资源部", 2018, "merged_into"),
        (
            "国家工商行政管理总局",
            2017,
            "国家市场监督管理总局",
            2018,
            "merged_into",
        ),
        ("铁道部", 2012, "交通运输部", 2013, "split_into"),
        (
            "国务院扶贫开发领导小组办公室",
            2020,
            "国家乡村振兴局",
            2021,
            "renamed_to, one",
        ),
    ];
    for (before, end, after, start, want) in cases {
        let (end, start) = ([end], [start]);
        let rows: [Row<'_>; 2] = [(before, "", "", &end), (after, "", "", &start)];
        let resolution = resolve(&facts(&rows), &[]);
        let [link] = resolution.links.as_slice() else {
            panic!("{before}: {:?}", resolution.links);
        };
        let one = if resolution.identities.len() == 1 {
            ", one"
        } else {
            ""
        };
        assert_eq!(format!("{}{one}", link.kind.as_str()), want, "{before}");
        assert_eq!(link.apart.is_none(), !one.is_empty());
    }
    // A county's bureau of such a name is none.
    let rows: [Row<'_>; 2] = [
        ("环境保护部", "", "", &[2017]),
        ("云溪县生态环境部", "", "", &[2018]),
    ];
    let resolution = resolve(&facts(&rows), &[]);
    assert_eq!(
        (resolution.identities.len(), resolution.links.len()),
        (2, 0)
    );
}
