//! Decisions of people, and what holds for any facts.

use proptest::prelude::*;

use super::*;

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
