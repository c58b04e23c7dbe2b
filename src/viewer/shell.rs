//! What all pages have around them.

use std::cell::RefCell;

use maud::{DOCTYPE, Markup, html};

use super::language::Language;
use super::links::{Address, Links, Twin};
use super::page::{AnyPage, Table};

/// What a page is shown in.
#[derive(Debug, Clone, Copy)]
pub struct Shell<'s> {
    /// The language of the interface.
    pub language: Language,
    /// Where other pages are.
    pub links: Links,
    /// The page's own address.
    pub address: &'s Address,
    /// What a form must send back to be heeded; `None` where nothing can be decided.
    pub token: Option<&'s str>,
    /// Takes down which pages are linked to; `None` where nobody asks.
    pub linked: Option<&'s RefCell<Vec<Address>>>,
}

impl Shell<'_> {
    /// The one of two texts that is in the reader's language.
    pub fn of<'t>(&self, zh: &'t str, en: &'t str) -> &'t str {
        self.language.of(zh, en)
    }

    /// A link to a page, or its text alone where the site has no such page.
    pub fn link(&self, address: &Address, text: impl maud::Render) -> Markup {
        if let Some(href) = self.href(address) {
            html! { a href=(href) { (text) } }
        } else {
            html! { (text) }
        }
    }

    /// The address of a page as it stands in `href`; `None` where the site has no such page.
    pub fn href(&self, address: &Address) -> Option<String> {
        let href = self.links.page(self.language, address)?;
        if let Some(linked) = self.linked {
            linked.borrow_mut().push(address.clone());
        }
        Some(href)
    }

    /// The links to a table's file, and to the page's JSON.
    pub fn downloads(&self, tables: &[Table]) -> Markup {
        html! {
            @for table in tables {
                @if let Some(href) = self.links.twin(self.address, Twin::Csv(&table.name)) {
                    li { a href=(href) { "CSV: " (table.name) } }
                }
            }
            @if let Some(href) = self.links.twin(self.address, Twin::Json) {
                li { a href=(href) { "JSON" } }
            }
        }
    }
}

/// What a page of a static site may do: its own styles, pictures and frames.
const SITE_POLICY: &str = "default-src 'none'; style-src 'self'; img-src 'self'; frame-src 'self'; base-uri 'none'; form-action 'none'";

/// The parts of the viewer: path, Chinese, English, and whether a static site has it.
const PARTS: [(&str, &str, &str, bool); 7] = [
    ("", "概览", "Overview", true),
    ("agencies", "机关", "Agencies", true),
    ("compare", "比较", "Compare", false),
    ("search", "检索", "Search", false),
    ("findings", "核查", "Findings", true),
    ("status", "采集", "Crawl", true),
    ("codebook", "指标", "Codebook", true),
];

/// The whole HTML file of a page.
pub fn document(shell: &Shell<'_>, page: &dyn AnyPage) -> String {
    let title = page.title(shell.language);
    let tables = page.tables();
    let body = page.body(shell);
    frame(
        shell,
        &title,
        &html! {
            (body)
            @if !shell.address.parts.is_empty() || !tables.is_empty() {
                aside.downloads aria-label=(shell.of("下载", "Downloads")) {
                    h2 { (shell.of("本页数据", "The data of this page")) }
                    ul { (shell.downloads(&tables)) }
                }
            }
        },
    )
}

/// A page with nothing but a message.
pub fn message(shell: &Shell<'_>, title: &str, text: &str) -> String {
    frame(shell, title, &html! { p { (text) } })
}

fn frame(shell: &Shell<'_>, title: &str, body: &Markup) -> String {
    let here = shell.address.parts.first().map_or("", String::as_str);
    let part = |path: &str| match path {
        "" => Address::default(),
        path => Address::of([path]),
    };
    let text = html! {
        (DOCTYPE)
        html lang=(shell.of("zh-CN", "en")) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                meta name="referrer" content="same-origin";
                @if !shell.links.is_served() { meta http-equiv="Content-Security-Policy" content=(SITE_POLICY); }
                meta name="generator" content=(concat!("nianbao ", env!("CARGO_PKG_VERSION")));
                title { (title) " · 年报 nianbao" }
                link rel="stylesheet" href=(shell.links.asset("style.css"));
                link rel="icon" href=(shell.links.asset("icon.svg")) type="image/svg+xml";
                @for language in Language::ALL {
                    @if let Some(href) = shell.links.page(language, shell.address) {
                        link rel="alternate" hreflang=(language.as_str()) href=(href);
                    }
                }
            }
            body {
                a.skip href="#main" { (shell.of("跳到正文", "Skip to content")) }
                header {
                    p.brand { (shell.link(&Address::default(), "年报 nianbao")) }
                    nav aria-label=(shell.of("主导航", "Main")) {
                        ul {
                            @for (path, zh, en, in_site) in PARTS {
                                @if in_site || shell.links.is_served() {
                                    @let is_here = here == path;
                                    li {
                                        a href=[shell.href(&part(path))] aria-current=[is_here.then_some("page")] {
                                            (shell.of(zh, en))
                                        }
                                    }
                                }
                            }
                        }
                    }
                    p.languages {
                        @for language in Language::ALL {
                            @if language == shell.language {
                                span aria-current="true" lang=(language.as_str()) { (language.own_name()) }
                            } @else if let Some(href) = shell.links.page(language, shell.address) {
                                a href=(href) lang=(language.as_str()) hreflang=(language.as_str()) { (language.own_name()) }
                            }
                            " "
                        }
                    }
                }
                main id="main" tabindex="-1" {
                    h1 { (title) }
                    (body)
                }
                footer {
                    p {
                        (shell.of(
                            "数值均照网页原样记录，空白、符号、缺行各有标记，不作零处理。",
                            "Every number stands as its page prints it; blanks, marks and missing rows are marked as such and are never 0.",
                        ))
                    }
                    p { "nianbao " (env!("CARGO_PKG_VERSION")) }
                }
            }
        }
    };
    text.into_string()
}
