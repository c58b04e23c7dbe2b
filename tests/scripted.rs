//! List pages whose pagers, records, columns and entries exist in scripts only. What a script says as it stands is
//! followed; what it does not say is told: a list that goes on unseen is never taken for whole.

#[path = "scripted/cases.rs"]
mod cases;

use cases::{Case, Want};
use nianbao::discover::{Discovery, Page, discover};
use nianbao::model::Role;
use nianbao::profile::Sites;
use url::Url;

const HOST: &str = "http://www.qingling.example";

fn run(case: &Case) -> Discovery {
    let url = Url::parse(HOST).unwrap().join(case.path).unwrap();
    let page = Page {
        url: &url,
        role: case.role,
        bytes: case.source.as_bytes(),
        content_type: Some("text/html; charset=utf-8"),
        title_of_link: None,
    };
    discover(&page, Sites::compiled())
}

/// Path, title and date of each entry.
fn items(found: &Discovery) -> Vec<(String, String, Option<String>)> {
    let leads = found.leads.iter().filter(|lead| lead.role == Role::Item);
    leads
        .map(|lead| {
            let path = lead.url.as_str().replace(HOST, "");
            let date = lead.list_date.map(|date| date.to_string());
            (path, lead.title.clone().unwrap_or_default(), date)
        })
        .collect()
}

fn lists(found: &Discovery) -> String {
    let leads = found.leads.iter().filter(|lead| lead.role == Role::List);
    let paths: Vec<_> = leads
        .map(|lead| lead.url.as_str().replace(HOST, ""))
        .collect();
    paths.join(" ")
}

/// What is wrong with a page's reading; empty where nothing is.
fn faults(case: &Case) -> Vec<String> {
    let found = run(case);
    let mut faults = Vec::new();
    let Want {
        entries,
        lists: want,
        note,
    } = &case.want;
    let own = items(&found);
    if own != *entries {
        faults.push(format!("entries {own:?}"));
    }
    if lists(&found) != *want {
        faults.push(format!("lists {:?}, not {want:?}", lists(&found)));
    }
    let told: Vec<&String> = found
        .notes
        .iter()
        .filter(|note| note.contains("cut short"))
        .collect();
    let is_told = match note {
        Some(words) => told.iter().any(|told| told.contains(words)),
        None => told.is_empty(),
    };
    if !is_told {
        faults.push(format!("notes {:?}, not {note:?}", found.notes));
    }
    for lead in found.leads.iter().filter(|lead| lead.role == Role::Item) {
        if lead.year.is_some_and(|year| !(2021..=2023).contains(&year)) {
            faults.push(format!("year {:?}", lead.year));
        }
    }
    faults
}

#[test]
fn what_scripts_say_is_followed_and_what_they_hide_is_told() {
    let all = cases::all();
    assert!(all.len() >= 60, "{}", all.len());
    let wrong: Vec<String> = all
        .iter()
        .filter_map(|case| {
            let faults = faults(case);
            (!faults.is_empty()).then(|| format!("{}: {}", case.name, faults.join("; ")))
        })
        .collect();
    println!(
        "{} of {} pages read rightly",
        all.len() - wrong.len(),
        all.len()
    );
    assert!(
        wrong.is_empty(),
        "{} of {}:\n{}",
        wrong.len(),
        all.len(),
        wrong.join("\n")
    );
}

#[test]
fn hostile_scripts_end_soon() {
    let many = |piece: &str| piece.repeat(2_000_000 / piece.len());
    let link = "<a href='javascript:goPage(2)'>下一页</a>";
    let scripts = [
        many("function goPage(n){"),
        many("function goPage(n){location.href='a'+n;}"),
        format!("function goPage(n){{ return {}n; }}", many("(")),
        format!("function goPage(n){{ location.href={}n; }}", many("n+")),
        "function goPage(n){ return goPage(n+1)+goPage(n+2); }".to_owned(),
        "function goPage(n){ var s=\"aaaaaaaaaa\"; s+=s;s+=s;s+=s;s+=s;s+=s;s+=s;s+=s;s+=s;s+=s;s+=s;s+=s;s+=s;s+=s;s+=s;s+=s;s+=s;s+=s;s+=s;s+=s;s+=s;s+=s;s+=s;s+=s; location.href=s; }".to_owned(),
        format!("var a={}", many("[{a:")),
        format!("var a={}", many("[{a:1},")),
        format!("var a=[{}]", many("{url:'/1.html',title:'x'},")),
        many("laypage.render({count:1,jump:function(o){"),
        many("\"\\"),
        many("`${"),
        many("/*"),
        many("a=a;"),
    ];
    for script in &scripts {
        let source = format!("<title>政府信息公开年报</title>{link}<script>{script}</script>");
        let case = Case::hostile(source);
        let start = std::time::Instant::now();
        let found = run(&case);
        let took = start.elapsed();
        assert!(took.as_secs() < 5, "{took:?} {}", &script[..40]);
        assert!(found.leads.len() <= 5100, "{}", found.leads.len());
    }
    // Links by the thousand, each with a script of its own.
    let source = format!(
        "<script>function goPage(n){{location.href='list_'+n+'.html'}}</script>{}",
        many("<a href='javascript:goPage(2)'>2</a>")
    );
    let start = std::time::Instant::now();
    run(&Case::hostile(source));
    assert!(start.elapsed().as_secs() < 10, "{:?}", start.elapsed());
}
