//! WARC and WACZ files of other programs: taken as they are, read as far as they can be.

#[path = "warcs/nights.rs"]
mod nights;
mod warcs;

#[path = "foreign/adversary.rs"]
mod adversary;
#[path = "foreign/month.rs"]
mod month;
#[path = "foreign/pages.rs"]
mod pages;
#[path = "foreign/revisits.rs"]
mod revisits;
#[path = "foreign/taking.rs"]
mod taking;

use std::path::Path;

use nianbao::archive::SystemClock;
use nianbao::home::Home;
use nianbao::pipeline::{Importer, Taken, foreign_kind};
use nianbao::query;
use nianbao::store::Store;

const URL: &str = "http://www.yunxi.example/2023.html";

fn import(home: &Home, path: &Path) -> Result<Vec<Taken>, String> {
    let store = Store::open(&home.database()).unwrap();
    let (mut importer, _) = Importer::open(home, &store, SystemClock).unwrap();
    let kind = foreign_kind(path).ok_or("no file of another program")?;
    importer
        .foreign(path, kind)
        .map_err(|error| error.to_string())
}

fn reports(database: &Path) -> Vec<(i16, u32, String, String)> {
    let store = Store::open_read_only(database).unwrap();
    let lines = query::list_reports(&store, &query::Filter::default()).unwrap();
    let line = lines.into_iter().map(|line| {
        (
            line.year.unwrap(),
            line.versions,
            line.first_seen,
            line.last_seen,
        )
    });
    line.collect()
}
