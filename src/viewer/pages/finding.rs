//! One finding: rule, evidence, innocent explanations, and what people say of it.

use jiff::Timestamp;
use maud::{Markup, html};
use serde::Serialize;
use serde_json::Value;

use super::{parts, terms};
use crate::audit::across::why_in_chinese;
use crate::decisions::{self, Decisions, What};
use crate::model::CellStatus;
use crate::pipeline;
use crate::present::Cell;
use crate::query::{self, WatchLine};
use crate::store::Store;
use crate::viewer::home::{View, Viewer, ViewerError};
use crate::viewer::language::Language;
use crate::viewer::links::Address;
use crate::viewer::names::ReportName;
use crate::viewer::page::{Page, Table};
use crate::viewer::shell::Shell;

/// A finding.
#[derive(Debug, Serialize)]
pub struct Finding {
    /// The report's name in addresses.
    pub report: Option<ReportName>,
    /// That of the report it is compared with.
    other_report: Option<ReportName>,
    #[serde(flatten)]
    pub line: WatchLine,
}

/// The finding of an id.
pub fn load(view: &View<'_>, id: &str) -> Result<Finding, ViewerError> {
    let line = query::watch_one(view.store, id)?.ok_or(ViewerError::NotFound)?;
    of_line(view, line)
}

/// A finding with the names of its reports.
pub fn of_line(view: &View<'_>, line: WatchLine) -> Result<Finding, ViewerError> {
    let name = |report_id| view.names.of_report_id(view.store, report_id);
    Ok(Finding {
        report: name(line.report_id)?,
        other_report: line.other_report_id.map(name).transpose()?.flatten(),
        line,
    })
}

/// Writes down what a person says of a finding: `verdict` is `confirm`, `dismiss` or `reopen`, with a `reason` and, if told, `by`.
pub fn decide<'f>(
    viewer: &Viewer,
    id: &str,
    field: &dyn Fn(&str) -> Option<&'f str>,
) -> Result<Address, ViewerError> {
    let said = |name: &str| field(name).map(str::trim).filter(|text| !text.is_empty());
    let reason = said("reason").ok_or_else(|| {
        ViewerError::Bad("give a reason: it is kept with the decision 请写明理由".into())
    })?;
    // Known before anything is written.
    viewer.ask(|view| {
        query::watch_one(view.store, id)?
            .map(|_| ())
            .ok_or(ViewerError::NotFound)
    })?;
    let home = viewer.home();
    let _lock = home.lock()?;
    let path = home.decisions();
    let what = match said("verdict") {
        Some("confirm") => What::ConfirmFinding { finding: id.into() },
        Some("dismiss") => What::DismissFinding { finding: id.into() },
        Some("reopen") => {
            let known = Decisions::read(&path)?;
            let decision = known
                .of_findings()
                .get(id)
                .map(|decision| decision.id.clone());
            let id = decision.ok_or_else(|| ViewerError::Bad("nothing was said of it".into()))?;
            What::Undo { id }
        }
        _ => return Err(ViewerError::Bad("confirm, dismiss or reopen".into())),
    };
    decisions::append(&path, Timestamp::now(), said("by"), reason, what)?;
    let mut store = Store::open(&home.database())?;
    pipeline::put_verdicts(&mut store, &Decisions::read(&path)?)?;
    Ok(super::findings::address(id))
}

impl Finding {
    /// What it rests on.
    pub fn evidence(&self, shell: &Shell<'_>) -> Markup {
        let pieces = self.line.evidence.as_array().map_or(&[][..], Vec::as_slice);
        html! {
            @if pieces.is_empty() {
                p { (shell.of("没有可摘引的片段：请看报告本身。", "There is nothing to quote: look at the report itself.")) }
            }
            ul.evidence {
                @for piece in pieces { li { (self.piece(shell, piece)) } }
            }
        }
    }

    /// Law or rule, and what may explain it without fault.
    pub fn reasons(&self, shell: &Shell<'_>) -> Markup {
        let (line, of) = (&self.line, |zh, en| shell.of(zh, en));
        let innocent = if shell.language == Language::Zh {
            &line.innocent_zh
        } else {
            &line.innocent_en
        };
        html! {
            p { strong { (of("依据：", "Law or rule: ")) } (of(&line.basis_zh, &line.basis_en)) }
            p { strong { (of("可能的正常原因：", "Innocent explanations: ")) } }
            ul { @for text in texts(innocent) { li { (text) } } }
        }
    }

    fn piece(&self, shell: &Shell<'_>, piece: &Value) -> Markup {
        let text = |name: &str| piece.get(name).and_then(Value::as_str);
        let report = match text("of") {
            Some("other") => self.other_report,
            _ => self.report,
        };
        let number = |name: &str| match piece.get(name) {
            None | Some(Value::Null) => shell.of("无数字", "no number").to_owned(),
            Some(Value::String(text)) => text.clone(),
            Some(value) => value.to_string(),
        };
        html! {
            @match (text("kind"), text("cell")) {
                (Some("cell"), Some(cell)) => {
                    (piece.get("year").map(Value::to_string).unwrap_or_default()) " "
                    @match report {
                        Some(report) => (shell.link(&report.proof(cell), cell)),
                        None => (cell),
                    }
                    " " span.quiet { (terms::cell(cell, shell.language)) }
                    " = " (number("value"))
                }
                (Some("mention"), _) => {
                    (shell.of("正文：", "text: ")) q lang="zh" { (text("text").unwrap_or_default()) } " → " (number("value"))
                }
                (Some("derivation"), _) => {
                    (shell.of("按表推算 ", "from the table by ")) code { (text("id").unwrap_or_default()) } " = " (number("value"))
                }
                (Some("date"), _) => {
                    (text("day").unwrap_or_default()) " (" (text("source").unwrap_or_default()) ": "
                    q lang="zh" { (text("raw").unwrap_or_default()) } ")"
                }
                (Some("version"), _) => {
                    (text("first_seen").unwrap_or_default()) " – " (text("last_seen").unwrap_or_default()) " "
                    code.digest { (text("sha256").unwrap_or_default()) }
                }
                (Some("chain"), _) => {
                    @let why = text("why").unwrap_or_default();
                    @match (why_in_chinese(why), shell.language) {
                        (Some(chinese), Language::Zh) => (chinese),
                        _ => span lang="en" { (why) },
                    }
                }
                (Some("changed"), Some(cell)) => {
                    @match report {
                        Some(report) => (shell.link(&report.proof(cell), cell)),
                        None => (cell),
                    }
                    " " span.quiet { (terms::cell(cell, shell.language)) }
                    ": " (side(shell, piece.get("from"))) " → " (side(shell, piece.get("to")))
                }
                (Some("absence"), _) => {
                    (text("at").unwrap_or_default()) " " code { (text("answer").unwrap_or_default()) } " "
                    span.url { (text("url").unwrap_or_default()) } ", WARC " code { (text("file").unwrap_or_default()) }
                    (shell.of(" 偏移 ", " at ")) (number("offset"))
                }
                (Some("overlap"), _) => {
                    (number("characters")) (shell.of(" 个汉字相同，占本报告 ", " characters are the same, of "))
                    (number("own")) (shell.of(" 个的 ", " in this report: ")) (number("percent")) "%"
                }
                (Some("passage"), _) => {
                    (number("characters")) (shell.of(" 个汉字相同：", " characters are the same: "))
                    @let words = |name: &str| piece.get(name).and_then(|one| one.get("text")).and_then(Value::as_str).unwrap_or_default();
                    q lang="zh" { (words("this")) } (shell.of("；对照报告：", "; the other report: ")) q lang="zh" { (words("other")) }
                }
                _ => (fields(piece)),
            }
        }
    }

    fn form(&self, shell: &Shell<'_>) -> Markup {
        let of = |zh, en| shell.of(zh, en);
        let is_open = self.line.verdict == "open";
        html! {
            h2 { (of("核实结论", "Verdict")) }
            p {
                (parts::verdict(shell, &self.line.verdict))
                @if let Some(reason) = &self.line.verdict_reason { ": " span lang="zh" { (reason) } }
                @if let Some(by) = &self.line.verdict_by { " — " (by) }
                @if let Some(at) = &self.line.verdict_at { " (" time datetime=(at) { (at) } ")" }
            }
            @if let Some(token) = shell.token.filter(|_| shell.links.is_served()) {
                form.decide method="post" action=[shell.href(&super::findings::address(&self.line.id))] {
                    input type="hidden" name="token" value=(token);
                    p {
                        label for="reason" { (of("理由（必填，随结论保存）", "Reason (needed; kept with the verdict)")) }
                        textarea id="reason" name="reason" rows="2" required {}
                    }
                    p {
                        label for="by" { (of("核实人", "Who says so")) }
                        input id="by" name="by" autocomplete="name";
                    }
                    p {
                        @if is_open {
                            button name="verdict" value="confirm" { (of("确认属实", "Confirm")) } " "
                            button name="verdict" value="dismiss" { (of("排除", "Dismiss")) }
                        } @else {
                            button name="verdict" value="reopen" { (of("撤回结论", "Reopen")) }
                        }
                    }
                }
            }
        }
    }
}

/// One side of a cell that changed: its number, else the word for what stood there.
fn side(shell: &Shell<'_>, side: Option<&Value>) -> String {
    let known = side.and_then(|side| {
        let status = side.get(0)?.as_str()?;
        let status = CellStatus::ALL
            .into_iter()
            .find(|one| one.as_str() == status)?;
        Some((status, side.get(1).and_then(Value::as_i64)))
    });
    match known {
        Some((CellStatus::Number, Some(number))) => number.to_string(),
        Some((status, _)) => match Cell::missing(status, "").sign() {
            Some(sign) => sign.meaning(shell.language).to_owned(),
            None => shell
                .of("另一单位的数字", "a number in another unit")
                .to_owned(),
        },
        None => side.map(Value::to_string).unwrap_or_default(),
    }
}

/// Names and values of a piece of evidence that has no words of its own.
fn fields(piece: &Value) -> Markup {
    let fields = piece.as_object().into_iter().flatten();
    html! {
        @for (name, value) in fields.filter(|(name, _)| *name != "kind") {
            span.field { span.quiet { (name) } " "
                @match value {
                    Value::String(text) => span lang="zh" { (text) },
                    other => (other.to_string()),
                }
            }
            " "
        }
    }
}

fn texts(value: &Value) -> impl Iterator<Item = &str> {
    value
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
}

impl Page for Finding {
    fn title(&self, language: Language) -> String {
        let agency = self
            .line
            .agency
            .as_deref()
            .or(self.line.agency_code.as_deref());
        format!(
            "{} {}: {}",
            agency.unwrap_or("—"),
            self.line.year,
            parts::code_words(language, &self.line.code)
        )
    }

    fn body(&self, shell: &Shell<'_>) -> Markup {
        let of = |zh, en| shell.of(zh, en);
        let line = &self.line;
        html! {
            p { (parts::severity(shell, &line.severity)) " " code { (line.code) } " · " code { (line.id) } }
            p.message { (of(&line.message_zh, &line.message_en)) }
            dl.brief {
                div { dt { (of("报告", "Report")) } dd {
                    @match self.report { Some(report) => (shell.link(&report.address(), line.year)), None => (line.year) }
                    " · " (line.scope.name(shell.language))
                } }
                @if let Some(other) = self.other_report {
                    div { dt { (of("对照报告", "Compared with")) } dd { (shell.link(&other.address(), other.to_string())) } }
                }
                div { dt { (of("依据", "Law or rule")) } dd { (of(&line.basis_zh, &line.basis_en)) } }
                @if !line.rule.is_empty() { div { dt { (of("规则", "Identity")) } dd { code { (line.rule) } } } }
            }
            h2 { (of("可能的正常原因", "Innocent explanations")) }
            ul { @for text in texts(if shell.language == Language::Zh { &line.innocent_zh } else { &line.innocent_en }) { li { (text) } } }
            h2 { (of("证据", "Evidence")) }
            (self.evidence(shell))
            (self.form(shell))
        }
    }

    fn tables(&self) -> Vec<Table> {
        vec![super::findings::table([&self.line])]
    }
}
