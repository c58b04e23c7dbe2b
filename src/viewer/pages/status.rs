//! What the crawl did and has still to do.

use maud::{Markup, html};
use serde::Serialize;

use crate::frontier::{Frontier, HostState, LastRun, Listed, SeedState};
use crate::model::Outcome;
use crate::query::{self, RunLine};
use crate::viewer::home::{View, ViewerError};
use crate::viewer::language::Language;
use crate::viewer::page::{Page, Table};
use crate::viewer::shell::Shell;

/// Addresses listed of a kind.
const MOST: u32 = 200;

/// The crawl's ledger in numbers.
#[derive(Debug, Serialize)]
pub struct Crawl {
    /// The last run of the crawl; `None` where nothing was crawled yet.
    last_run: Option<LastRun>,
    /// Hosts with what became of their addresses.
    hosts: Vec<HostState>,
    /// Seeds with their yield.
    seeds: Vec<SeedState>,
    /// Pages that only a browser gets.
    needs_browser: Vec<Listed>,
    /// Pages that were refused.
    blocked: Vec<Listed>,
    /// The last builds that changed the database.
    builds: Vec<RunLine>,
}

/// What the ledger says.
pub fn load(view: &View<'_>) -> Result<Crawl, ViewerError> {
    let builds = query::last_runs(view.store, 10)?;
    let Some(frontier) = Frontier::open_if_any(&view.home.frontier())? else {
        return Ok(Crawl {
            last_run: None,
            hosts: Vec::new(),
            seeds: Vec::new(),
            needs_browser: Vec::new(),
            blocked: Vec::new(),
            builds,
        });
    };
    Ok(Crawl {
        last_run: frontier.last_run()?,
        hosts: frontier.host_states()?,
        seeds: frontier.seed_states()?,
        needs_browser: frontier.listed(Outcome::Challenge.as_str(), MOST)?,
        blocked: frontier.listed(Outcome::Blocked.as_str(), MOST)?,
        builds,
    })
}

impl Page for Crawl {
    fn title(&self, language: Language) -> String {
        language.of("采集情况", "Crawl").into()
    }

    fn body(&self, shell: &Shell<'_>) -> Markup {
        let of = |zh, en| shell.of(zh, en);
        html! {
            @match &self.last_run {
                None => p { (of("尚未采集过；数据来自导入的文件。", "Nothing was crawled yet; what there is was imported.")) },
                Some(run) => p {
                    (of("最近一次采集：", "Last run of the crawl: ")) (run.started) " "
                    @match (run.ended, run.exit) {
                        (Some(at), Some(exit)) => { (of("结束于 ", "ended ")) (at) (of("，退出码 ", ", exit code ")) (exit) }
                        _ => (of("未结束：正在运行或被中断", "has not ended: it is running, or was killed")),
                    }
                },
            }
            @if !self.hosts.is_empty() {
                div.wide role="region" tabindex="0" aria-label=(of("各站点", "Hosts")) {
                    table {
                        caption { (of("各站点地址数", "Addresses by host")) }
                        thead { tr {
                            th scope="col" { (of("站点", "Host")) }
                            @for (zh, en) in [("待取", "pending"), ("已取", "done"), ("失败", "failed"), ("被拒", "refused"), ("不取", "not asked for")] {
                                th scope="col" .number { (of(zh, en)) }
                            }
                            th scope="col" { (of("暂停至", "Left alone until")) }
                        } }
                        tbody {
                            @for host in &self.hosts {
                                tr {
                                    th scope="row" { (host.host) }
                                    @for count in [host.pending, host.done, host.failed, host.blocked, host.skipped] { td.number { (count) } }
                                    td { @match host.not_before { Some(until) => { (until) " " (host.why) }, None => "—" } }
                                }
                            }
                        }
                    }
                }
            }
            @if !self.seeds.is_empty() {
                div.wide role="region" tabindex="0" aria-label=(of("种子", "Seeds")) {
                    table {
                        caption { (of("种子", "Seeds")) }
                        thead { tr {
                            th scope="col" { (of("地址", "Address")) }
                            th scope="col" .number { (of("条目", "Entries")) }
                            th scope="col" .number { (of("待取", "Pending")) }
                            th scope="col" { (of("结果", "Outcome")) }
                        } }
                        tbody {
                            @for seed in &self.seeds {
                                tr {
                                    th scope="row" .url { (seed.url) }
                                    td.number { @match seed.items { Some(items) => (items), None => (of("未读", "not read")) } }
                                    td.number { (seed.pending) }
                                    td {
                                        (seed.outcome.as_deref().unwrap_or(&seed.state))
                                        @if seed.items == Some(0) && seed.items_before > Some(0) {
                                            " " strong.bad { (of("不再列出任何条目", "lists nothing any more")) }
                                        }
                                    }
                                }
                            }
                        }
                    }
                }
            }
            (listed(shell, of("需要浏览器才能取得", "Only a browser gets these"), &self.needs_browser))
            (listed(shell, of("被拒绝", "Refused"), &self.blocked))
            h2 { (of("最近的入库", "Last builds")) }
            ul { @for run in &self.builds { li { (run.started) " · " (run.program) } } }
        }
    }

    fn tables(&self) -> Vec<Table> {
        let hosts = self.hosts.iter().map(|host| {
            let mut row = vec![host.host.clone()];
            let counts = [
                host.pending,
                host.done,
                host.failed,
                host.blocked,
                host.skipped,
            ];
            row.extend(counts.map(|count| count.to_string()));
            row
        });
        let seeds = self.seeds.iter().map(|seed| {
            vec![
                seed.url.clone(),
                seed.site.clone(),
                seed.state.clone(),
                seed.outcome.clone().unwrap_or_default(),
                seed.items
                    .map(|items| items.to_string())
                    .unwrap_or_default(),
                seed.pending.to_string(),
            ]
        });
        vec![
            Table::of(
                "hosts",
                &["host", "pending", "done", "failed", "blocked", "skipped"],
                hosts,
            ),
            Table::of(
                "seeds",
                &["url", "site", "state", "outcome", "items", "pending"],
                seeds,
            ),
        ]
    }
}

fn listed(shell: &Shell<'_>, title: &str, all: &[Listed]) -> Markup {
    html! {
        @if !all.is_empty() {
            h2 { (title) }
            ul {
                @for one in all {
                    li { span.url { (one.url) } " " span.quiet { (one.why) } }
                }
            }
            @if all.len() == MOST as usize { p.quiet { (shell.of("仅列前若干条。", "The first of them.")) } }
        }
    }
}
