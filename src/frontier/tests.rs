use jiff::{SignedDuration, Timestamp};

use super::*;
use crate::model::{ItemKind, Outcome, Role};

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_700_000_000 + second).unwrap()
}

fn due() -> Due {
    Due {
        recent_year: 2023,
        revisit: SignedDuration::from_hours(24 * 30),
        round: SignedDuration::from_hours(20),
    }
}

fn seed(url: &str, role: Role) -> Seed {
    Seed {
        url: url.into(),
        host: "a.example".into(),
        site: "a".into(),
        role,
        now: true,
    }
}

fn found(url: &str, role: Role) -> Found {
    Found {
        url: url.into(),
        host: "a.example".into(),
        role,
        title: Some("年报".into()),
        list_date: None,
        kind: ItemKind::Report,
        year: Some(2020),
        rule: "list.item".into(),
        hop: false,
        refused: None,
    }
}

fn recorded(second: i64, payload: u8) -> Recorded {
    Recorded {
        at: at(second),
        status: Some(200),
        record: "response",
        record_id: format!("<urn:uuid:{second}>"),
        file: "a.warc.gz".into(),
        offset: 100 * second.unsigned_abs(),
        length: 100,
        sha256: Some(vec![payload; 32]),
        sha1: None,
        whole: true,
        wire_bytes: 10,
        took_ms: 1,
    }
}

fn done(lease: &Lease, second: i64, payload: u8, leads: Vec<Found>) -> Completion {
    Completion {
        lease: lease.clone(),
        outcome: Outcome::Ok,
        why: "200".into(),
        next: Next::Done,
        recorded: Some(recorded(second, payload)),
        etag: None,
        last_modified: None,
        found: Some(leads),
        lane: None,
        robots: None,
    }
}

fn open() -> (tempfile::TempDir, Frontier) {
    let directory = tempfile::tempdir().unwrap();
    let frontier = Frontier::open(&directory.path().join("frontier.db")).unwrap();
    (directory, frontier)
}

fn take(frontier: &mut Frontier, now: Timestamp) -> Lease {
    let mut leases = frontier.lease("a.example", now, 1).unwrap();
    assert_eq!(leases.len(), 1, "nothing is due");
    leases.remove(0)
}

fn commit(frontier: &mut Frontier, run: &Run, completion: Completion) -> Committed {
    let now = completion.recorded.as_ref().map_or(at(0), |one| one.at);
    let mut committed = frontier
        .commit(run, &Rules::default(), &[completion], None, now)
        .unwrap();
    committed.remove(0)
}

#[test]
fn what_was_leased_by_a_killed_process_is_due_again_and_what_was_done_is_not() {
    let (directory, mut frontier) = open();
    let seeds = [
        seed("http://a.example/1", Role::Item),
        seed("http://a.example/2", Role::Item),
    ];
    let run = frontier.begin(&seeds, None, &due(), at(0)).unwrap();
    let first = take(&mut frontier, at(0));
    let second = take(&mut frontier, at(0));
    assert!(frontier.lease("a.example", at(0), 9).unwrap().is_empty());
    commit(&mut frontier, &run, done(&first, 1, 1, vec![]));
    drop(frontier);

    let mut frontier = Frontier::open(&directory.path().join("frontier.db")).unwrap();
    let again = frontier.begin(&seeds, None, &due(), at(9)).unwrap();
    assert!(again.resumed && again.round == run.round);
    assert_eq!(frontier.hosts().unwrap(), ["a.example"]);
    let left = frontier.lease("a.example", at(9), 9).unwrap();
    assert_eq!(left.len(), 1);
    assert_eq!(left[0].url, second.url);
}

#[test]
fn an_answer_that_the_end_of_a_run_cut_is_due_again_and_nothing_refers_to_it() {
    let (_directory, mut frontier) = open();
    let seeds = [seed("http://a.example/1", Role::Item)];
    let run = frontier.begin(&seeds, None, &due(), at(0)).unwrap();
    let lease = take(&mut frontier, at(0));
    let mut cut = done(&lease, 1, 1, vec![]);
    (cut.outcome, cut.next, cut.found) = (Outcome::Timeout, Next::Unfinished, None);
    if let Some(recorded) = &mut cut.recorded {
        recorded.whole = false;
    }
    assert_eq!(commit(&mut frontier, &run, cut.clone()).change, None);
    assert_eq!(frontier.payload(&[1; 32]).unwrap(), None);
    let again = take(&mut frontier, at(1));
    assert_eq!((again.attempts, again.last_page.clone()), (0, None));
    // A page that is cut at a limit is all there is of it.
    (cut.lease, cut.outcome, cut.next) = (again, Outcome::Ok, Next::Done);
    assert_eq!(commit(&mut frontier, &run, cut).change, Some(Change::New));
    assert!(frontier.payload(&[1; 32]).unwrap().is_some());
}

#[test]
fn a_finished_round_is_followed_by_one_with_what_is_due() {
    let (_directory, mut frontier) = open();
    let seeds = [seed("http://a.example/list", Role::List)];
    let run = frontier.begin(&seeds, None, &due(), at(0)).unwrap();
    let list = take(&mut frontier, at(0));
    let mut recent = found("http://a.example/new", Role::Item);
    recent.year = Some(2024);
    let leads = vec![recent, found("http://a.example/old", Role::Item)];
    let committed = commit(&mut frontier, &run, done(&list, 1, 1, leads));
    assert_eq!(committed.hosts, ["a.example"]);
    assert_eq!(committed.change, Some(Change::New));
    for payload in [2, 3] {
        let item = take(&mut frontier, at(2));
        commit(&mut frontier, &run, done(&item, 2, payload, vec![]));
    }
    frontier.end(&run, 0, true, "{}", at(3)).unwrap();

    let run = frontier.begin(&seeds, None, &due(), at(86_400)).unwrap();
    assert!(!run.resumed && run.round == 2);
    let urls: Vec<String> = frontier
        .lease("a.example", at(86_400), 9)
        .unwrap()
        .into_iter()
        .map(|lease| lease.url)
        .collect();
    assert_eq!(urls, ["http://a.example/list", "http://a.example/new"]);
    frontier.end(&run, 0, true, "{}", at(86_401)).unwrap();
    let month = 86_400 * 31;
    frontier.begin(&seeds, None, &due(), at(month)).unwrap();
    let leases = frontier.lease("a.example", at(month), 9).unwrap();
    assert_eq!(leases.len(), 3);
    let old = leases
        .iter()
        .find(|lease| lease.url.ends_with("old"))
        .unwrap();
    assert_eq!(old.last_page.as_ref().unwrap().sha256, vec![3; 32]);
}

#[test]
fn pages_compare_with_the_last_page_and_not_with_a_refusal() {
    let (_directory, mut frontier) = open();
    let seeds = [seed("http://a.example/1", Role::Item)];
    let mut changes = Vec::new();
    for (day, (outcome, payload)) in [
        (Outcome::Ok, 1),
        (Outcome::Blocked, 9),
        (Outcome::Ok, 1),
        (Outcome::Ok, 2),
        (Outcome::NotModified, 0),
    ]
    .into_iter()
    .enumerate()
    {
        let now = 86_400 * i64::try_from(day).unwrap();
        let run = frontier.begin(&seeds, None, &due(), at(now)).unwrap();
        let lease = take(&mut frontier, at(now));
        let mut completion = done(&lease, now, payload, vec![]);
        completion.outcome = outcome;
        changes.push(commit(&mut frontier, &run, completion).change);
        frontier.end(&run, 0, true, "{}", at(now)).unwrap();
    }
    assert_eq!(
        changes,
        [
            Some(Change::New),
            None,
            Some(Change::Unchanged),
            Some(Change::Changed),
            Some(Change::Unchanged)
        ]
    );
    let told = frontier.explain("http://a.example/1").unwrap().unwrap();
    assert_eq!(told.history.len(), 5);
    assert_eq!(told.history[1].outcome, "blocked");
}

#[test]
fn a_list_is_cut_short_for_as_long_as_its_last_page_was() {
    let (_directory, mut frontier) = open();
    let seeds = [seed("http://a.example/list", Role::List)];
    let mut told = Vec::new();
    for (day, (outcome, why)) in [
        (Outcome::Ok, "status 200; list cut short: by POST"),
        (Outcome::NotModified, "status 304"),
        (Outcome::Blocked, "status 403"),
        (Outcome::NotModified, "status 304"),
        (Outcome::Ok, "status 200"),
        (Outcome::NotModified, "status 304"),
    ]
    .into_iter()
    .enumerate()
    {
        let now = 86_400 * i64::try_from(day).unwrap();
        let run = frontier.begin(&seeds, None, &due(), at(now)).unwrap();
        let lease = take(&mut frontier, at(now));
        let mut completion = done(&lease, now, 1, vec![]);
        (completion.outcome, completion.why) = (outcome, why.into());
        commit(&mut frontier, &run, completion);
        let cut = frontier.cut_lists().unwrap();
        told.push(cut.first().map(|list| list.why.clone()));
        frontier.end(&run, 0, true, "{}", at(now)).unwrap();
    }
    let cut = Some("by POST".to_owned());
    assert_eq!(told, [cut.clone(), cut.clone(), None, cut, None, None]);
}

#[test]
fn redirects_in_a_circle_are_told() {
    let (_directory, mut frontier) = open();
    let seeds = [seed("http://a.example/0", Role::Item)];
    let run = frontier.begin(&seeds, None, &due(), at(0)).unwrap();
    let mut outcomes = Vec::new();
    for next in [
        "http://a.example/1",
        "http://a.example/2",
        "http://a.example/0",
    ] {
        let lease = take(&mut frontier, at(0));
        let mut hop = found(next, Role::Item);
        hop.hop = true;
        let mut completion = done(&lease, 1, 1, vec![hop]);
        completion.outcome = Outcome::Redirect;
        outcomes.push(commit(&mut frontier, &run, completion).outcome);
    }
    assert_eq!(
        outcomes,
        [
            Outcome::Redirect,
            Outcome::Redirect,
            Outcome::TooManyRedirects
        ]
    );
    assert!(frontier.lease("a.example", at(1), 9).unwrap().is_empty());
}

#[test]
fn a_list_without_new_entries_is_not_paged_on_for_ever() {
    let (_directory, mut frontier) = open();
    let seeds = [seed("http://a.example/p0", Role::List)];
    let run = frontier.begin(&seeds, None, &due(), at(0)).unwrap();
    let mut pages = 0;
    while let Some(lease) = frontier.lease("a.example", at(0), 1).unwrap().pop() {
        if lease.role == Role::Item {
            commit(&mut frontier, &run, done(&lease, 1, 1, vec![]));
            continue;
        }
        pages += 1;
        assert!(pages < 20, "endless");
        let leads = vec![
            found("http://a.example/same", Role::Item),
            found(&format!("http://a.example/p{pages}"), Role::List),
        ];
        commit(&mut frontier, &run, done(&lease, 1, 1, leads));
    }
    assert_eq!(pages, 4, "one with a new entry, three without");
    let told = frontier.explain("http://a.example/p4").unwrap().unwrap();
    assert_eq!(told.outcome.as_deref(), Some("budget_spent"));
}

#[test]
fn a_list_has_a_cap_of_pages() {
    let (_directory, mut frontier) = open();
    let seeds = [seed("http://a.example/p0", Role::List)];
    let run = frontier.begin(&seeds, None, &due(), at(0)).unwrap();
    let rules = Rules {
        list_pages: 5,
        ..Rules::default()
    };
    let mut pages = 0;
    while let Some(lease) = frontier.lease("a.example", at(0), 1).unwrap().pop() {
        let mut leads = Vec::new();
        if lease.role == Role::List {
            pages += 1;
            assert!(pages < 20, "endless");
            leads.push(found(&format!("http://a.example/i{pages}"), Role::Item));
            leads.push(found(&format!("http://a.example/p{pages}"), Role::List));
        }
        let completion = done(&lease, 1, 1, leads);
        frontier
            .commit(&run, &rules, &[completion], None, at(1))
            .unwrap();
    }
    assert_eq!(pages, 6, "the first and five more");
}

#[test]
fn a_seed_that_lists_nothing_any_more_is_told() {
    let (_directory, mut frontier) = open();
    let seeds = [seed("http://a.example/", Role::List)];
    for (day, entries) in [(0, 1), (1, 0), (2, 0)] {
        let now = at(86_400 * day);
        let run = frontier.begin(&seeds, None, &due(), now).unwrap();
        for lease in frontier.lease("a.example", now, 9).unwrap() {
            let leads = (0..entries).map(|_| found("http://a.example/1", Role::Item));
            let leads = if lease.role == Role::List {
                leads.collect()
            } else {
                vec![]
            };
            commit(&mut frontier, &run, done(&lease, 86_400 * day, 1, leads));
        }
        let told = frontier.dried_up(run.round).unwrap();
        assert_eq!(told.len(), usize::from(day > 0), "day {day}");
        frontier.end(&run, 0, true, "{}", now).unwrap();
    }
}

#[test]
fn a_retry_waits_and_a_host_is_remembered() {
    let (directory, mut frontier) = open();
    let seeds = [seed("http://a.example/1", Role::Item)];
    let run = frontier.begin(&seeds, None, &due(), at(0)).unwrap();
    let lease = take(&mut frontier, at(0));
    let mut completion = done(&lease, 1, 1, vec![]);
    completion.outcome = Outcome::Throttled;
    completion.next = Next::Again(at(60));
    let mut lane = Lane::new("a.example");
    lane.slow = 2;
    lane.not_before = Some(at(60));
    completion.lane = Some(lane.clone());
    commit(&mut frontier, &run, completion);
    drop(frontier);
    let mut frontier = Frontier::open(&directory.path().join("frontier.db")).unwrap();
    let run = frontier.begin(&seeds, None, &due(), at(30)).unwrap();
    assert!(frontier.lease("a.example", at(30), 1).unwrap().is_empty());
    assert_eq!(frontier.next_at("a.example").unwrap(), Some(at(60)));
    assert_eq!(frontier.lane("a.example", run.round).unwrap(), lane);
    let lease = take(&mut frontier, at(61));
    assert_eq!(lease.attempts, 1);
}

#[test]
fn only_the_sites_asked_for_are_worked_at() {
    let (_directory, mut frontier) = open();
    let mut other = seed("http://a.example/b", Role::List);
    other.site = "b".into();
    let seeds = [seed("http://a.example/a", Role::List), other];
    frontier
        .begin(&seeds, Some(&["b".into()]), &due(), at(0))
        .unwrap();
    let leases = frontier.lease("a.example", at(0), 9).unwrap();
    assert_eq!(leases.len(), 1);
    assert_eq!(leases[0].site, "b");
}

#[test]
fn a_foreign_file_is_left_alone() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("frontier.db");
    let other = rusqlite::Connection::open(&path).unwrap();
    other.execute_batch("CREATE TABLE t (a)").unwrap();
    assert!(matches!(
        Frontier::open(&path),
        Err(FrontierError::Foreign { .. })
    ));
}

#[test]
fn lists_tell_what_they_name_and_what_came_of_it() {
    let (_directory, mut frontier) = open();
    let seeds = [seed("http://a.example/list", Role::List)];
    let run = frontier.begin(&seeds, None, &due(), at(0)).unwrap();
    let list = take(&mut frontier, at(0));
    let item = |name: &str, year| {
        let mut one = found(&format!("http://a.example/{name}"), Role::Item);
        one.year = year;
        one
    };
    let mut news = item("news", Some(2020));
    news.kind = ItemKind::News;
    let leads = vec![
        item("c", Some(2022)),
        item("a", Some(2020)),
        item("b", Some(2021)),
        news,
    ];
    commit(&mut frontier, &run, done(&list, 1, 1, leads));
    for lease in frontier.lease("a.example", at(2), 9).unwrap() {
        let mut completion = done(&lease, 2, 2, vec![]);
        match lease.url.as_str() {
            "http://a.example/b" => {
                completion.outcome = Outcome::Blocked;
                completion.next = Next::Failed;
                completion.why = "403".into();
            }
            "http://a.example/c" => completion.next = Next::Back,
            _ => {}
        }
        if lease.url != "http://a.example/c" {
            commit(&mut frontier, &run, completion);
        }
    }
    let columns = frontier.columns().unwrap();
    assert_eq!(columns.len(), 1);
    let column = &columns[0];
    assert_eq!(column.url, "http://a.example/list");
    assert_eq!(column.read, Some(at(1)));
    assert!(column.whole && !column.unclear);
    let told: Vec<_> = column
        .items
        .iter()
        .map(|one| (one.year, one.outcome, one.at))
        .collect();
    assert_eq!(
        told,
        [
            (2020, Some(Outcome::Ok), Some(at(2))),
            (2021, Some(Outcome::Blocked), Some(at(2))),
            (2022, None, None),
        ]
    );
    // The same, asked for by an address or by how a title begins.
    let none: [String; 0] = [];
    let named = |text: &str| vec![text.to_owned()];
    let by_url = frontier.columns_of(&named("http://a.example/b"), &none);
    assert_eq!(by_url.unwrap(), columns);
    let title = column.items[0].title.clone();
    for (start, want) in [
        (title.unwrap_or_default().chars().take(2).collect(), 1),
        ("某县".to_owned(), 0),
        (String::new(), 0),
    ] {
        let found = frontier
            .columns_of(&none, std::slice::from_ref(&start))
            .unwrap();
        assert_eq!(found.len(), want.min(start.len()), "{start:?}");
    }
    assert_eq!(
        frontier
            .columns_of(&named("http://b.example/"), &none)
            .unwrap(),
        []
    );
    // A page of the list that was not had, and an entry that says nothing, leave open what there is.
    let mut more = done(
        &list,
        3,
        3,
        vec![found("http://a.example/list2", Role::List)],
    );
    let mut dark = item("d", None);
    dark.kind = ItemKind::Unknown;
    more.found.as_mut().unwrap().push(dark);
    commit(&mut frontier, &run, more);
    let column = frontier.columns().unwrap().remove(0);
    assert!(!column.whole && column.unclear);
    let asked = |frontier: &Frontier| {
        let column = frontier.columns_of(&named("http://a.example/b"), &none);
        column.unwrap().remove(0)
    };
    assert_eq!(asked(&frontier), column);
    // A ledger of before is asked another way.
    let connection = Connection::open(frontier.path()).unwrap();
    connection.execute_batch("DROP INDEX url_listed").unwrap();
    assert_eq!(asked(&frontier), column);
}
