//! One page: what is on it and how it is written.

use std::collections::BTreeMap;

use jiff::civil::Date;
use nianbao::model::form::Shape;
use nianbao::model::{Catalog, CellStatus, FormId, Unit};

use super::agency::{self, Agency};
use super::dialect::{Charset, Declared, Dialect, Headings, Numbers, Template};
use super::layout::{has_optional, is_printed, missing_rows, sheets};
use super::numbers::{MARKS, expect, spell};
use super::prose::{self, Facts, Section};
use super::rng::Rng;
use super::template;
use super::truth::{ExpectedCell, Planted, Truth};
use super::untold::untold;
use super::values::{self, Values};

/// What a page says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Content {
    /// Who reports.
    pub agency: Agency,
    /// Report year.
    pub year: i16,
    /// Day of publication.
    pub published: Date,
    /// Title.
    pub title: String,
    /// Column of the site it stands in.
    pub column: &'static str,
    /// The number of every cell, before spelling.
    pub values: Values,
    /// The narrative.
    pub sections: Vec<Section>,
    /// Contradictions in it.
    pub planted: Vec<Planted>,
}

/// A page to be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Case {
    /// Seed of every draw.
    pub seed: u64,
    /// Form of the tables.
    pub form: FormId,
    /// Layout of the tables.
    pub dialect: Dialect,
    /// Spelling of the numbers.
    pub numbers: Numbers,
    /// The page around the text.
    pub template: Template,
    /// Depth of [`Template::LayoutTables`], 1 to 5.
    pub layers: usize,
    /// Charset of the bytes.
    pub charset: Charset,
    /// What is said about it.
    pub declared: Declared,
    /// Chrome is added until the page has about this many bytes; 0 for none.
    pub size_bytes: usize,
    /// Wording of the headings; [`Case::narrate`] writes them.
    pub headings: Headings,
    /// What the page says.
    pub content: Content,
    /// Cells printed as given here instead of their value.
    pub raw: BTreeMap<String, String>,
}

impl Case {
    /// Draws a page of any form and dialect.
    pub fn draw(seed: u64) -> Self {
        let mut rng = Rng::new(seed, "form and dialect");
        let form = *rng.pick(&[
            FormId::F2021,
            FormId::F2021,
            FormId::F2021,
            FormId::F2019,
            FormId::F2019,
            FormId::F2014,
            FormId::F2008,
        ]);
        let dialects: Vec<Dialect> = Dialect::ALL
            .iter()
            .copied()
            .filter(|dialect| dialect.fits(form))
            .collect();
        let dialect = *rng.pick(&dialects);
        Self::of(seed, form, dialect)
    }

    /// Draws a page of a form in a dialect that [fits](Dialect::fits) it.
    pub fn of(seed: u64, form: FormId, dialect: Dialect) -> Self {
        let mut rng = Rng::new(seed, "case");
        let mut case = Self {
            numbers: *rng.pick(Numbers::ALL),
            template: *rng.pick(Template::ALL),
            layers: 1 + rng.below(5),
            charset: *rng.pick(Charset::ALL),
            declared: *rng.pick(Declared::ALL),
            headings: *rng.pick(Headings::ALL),
            ..Self::plain(seed, form, dialect)
        };
        case.narrate();
        if rng.chance(40) {
            case.litter(&mut rng);
        }
        if rng.chance(25) {
            case.plant(&mut rng);
        }
        case
    }

    /// A page of drawn content but the plainest writing: UTF-8, rightly declared, a TRS page,
    /// plain numbers, no blanks, no contradictions.
    pub fn plain(seed: u64, form: FormId, dialect: Dialect) -> Self {
        let mut rng = Rng::new(seed, "content");
        let agency = agency::draw(&mut rng);
        let year = agency::year(form, &mut rng);
        let values = values::draw(form, &mut rng);
        let content = Content {
            published: agency::published(year, &mut rng),
            title: agency::title(&agency.name, year, &mut rng),
            agency,
            year,
            column: "政府信息公开年报",
            values,
            sections: Vec::new(),
            planted: Vec::new(),
        };
        let mut case = Self {
            seed,
            form,
            dialect,
            numbers: Numbers::Plain,
            template: Template::Trs,
            layers: 1,
            charset: Charset::Utf8,
            declared: Declared::Right,
            size_bytes: 0,
            headings: Headings::Statutory,
            content,
            raw: BTreeMap::new(),
        };
        case.money_units(&mut rng);
        case.narrate();
        case
    }

    /// With a contradiction drawn from `rng`; forms without the tables for it get the narrative's.
    fn plant(&mut self, rng: &mut Rng) {
        let cell = prose::received_cell(self.form).to_owned();
        let said = self.content.values.get(&cell).map_or(0, |n| n.mantissa()) + rng.range(1, 7);
        let narrative = Planted::Narrative { cell, said };
        let column = (*rng.pick(&values::COLUMNS)).to_owned();
        let rows = values::outcome_rows(self.form);
        let planted = if rows.is_empty() {
            narrative
        } else {
            match rng.below(5) {
                0 => Planted::RowSum {
                    row: rng.pick(&rows).clone(),
                },
                1 => Planted::OutcomeSum { column },
                2 => Planted::Flow { column },
                3 => Planted::DisputeSum {
                    cell: "review.total".into(),
                },
                _ => narrative,
            }
        };
        *self = self.with_planted(planted);
    }

    /// The same page with a contradiction more. Cells are changed only where the form has them;
    /// the narrative is written anew.
    pub fn with_planted(&self, planted: Planted) -> Self {
        let mut case = self.clone();
        values::plant(&mut case.content.values, &planted);
        case.content.planted.push(planted);
        case.narrate();
        case
    }

    /// Writes the narrative anew from the values.
    pub fn narrate(&mut self) {
        let content = &self.content;
        let facts = Facts {
            form: self.form,
            agency: &content.agency.name,
            year: content.year,
            scope: content.agency.scope,
            values: &content.values,
            // Plain text has no references for what GBK lacks.
            rare_character: self.dialect != Dialect::FlatText
                && Rng::new(self.seed, "rare character").chance(50),
            headings: self.headings,
        };
        let mut rng = Rng::new(self.seed, "narrative");
        self.content.sections = prose::draw(facts, &content.planted, &mut rng);
    }

    /// Amounts in cells whose form states no unit are printed with one.
    fn money_units(&mut self, rng: &mut Rng) {
        let open = Catalog::get()
            .of_form(self.form)
            .filter(|indicator| indicator.unit.is_none());
        for indicator in open {
            let Some(value) = self.content.values.get(&indicator.cell) else {
                continue;
            };
            let raw = format!("{value}{}", rng.pick(&["元", "万元"]));
            self.raw.insert(indicator.cell.clone(), raw);
        }
    }

    /// Blanks, marks and words in some cells. Flattened text has no blanks: there an empty cell
    /// cannot be told from the space between cells.
    fn litter(&mut self, rng: &mut Rng) {
        let share = rng.below(30);
        let kind = rng.below(4);
        for indicator in Catalog::get().of_form(self.form) {
            if !rng.chance(share) {
                continue;
            }
            let value = self.content.values.get(&indicator.cell);
            let raw = match kind {
                0 | 1 if self.dialect.is_flat() && self.dialect != Dialect::FlatBlanksLost => {
                    "—".to_owned()
                }
                0 | 1 => String::new(),
                2 => (*rng.pick(&MARKS)).to_owned(),
                _ => value.map_or_else(String::new, |value| format!("{value}余")),
            };
            self.raw.insert(indicator.cell.clone(), raw);
        }
    }

    /// The same page with one cell printed as `raw`; no change where the page lacks the row.
    pub fn with_raw(&self, cell: &str, raw: &str) -> Self {
        let mut case = self.clone();
        case.raw.insert(cell.to_owned(), raw.to_owned());
        case
    }

    /// The same page in a `<form>`.
    pub fn in_form(&self) -> Self {
        Self {
            template: Template::InForm,
            ..self.clone()
        }
    }

    /// The same page in layout tables `layers` deep.
    pub fn in_layout_tables(&self, layers: usize) -> Self {
        Self {
            template: Template::LayoutTables,
            layers,
            ..self.clone()
        }
    }

    /// The same page in other bytes.
    pub fn encoded(&self, charset: Charset, declared: Declared) -> Self {
        Self {
            charset,
            declared,
            ..self.clone()
        }
    }

    /// The page's address on its platform.
    pub fn url(&self) -> String {
        let id = 40_000 + self.seed % 50_000;
        let content = &self.content;
        let url = agency::url(&content.agency, content.published, self.template, id);
        if self.dialect == Dialect::FlatText {
            return url.replace(".html", ".txt").replace(".htm", ".txt");
        }
        url
    }

    /// How a cell is printed, without the space around it.
    pub fn printed(&self, cell: &str) -> String {
        if let Some(raw) = self.raw.get(cell) {
            return raw.clone();
        }
        let value = self.content.values.get(cell);
        value.map_or_else(String::new, |value| {
            spell(*value, self.unit(cell), self.numbers)
        })
    }

    fn unit(&self, cell: &str) -> Option<Unit> {
        let catalog = Catalog::get();
        let id = catalog.find(self.form, cell)?;
        catalog.indicator(id).unit
    }

    /// What a reader must find.
    pub fn truth(&self) -> Truth {
        let content = &self.content;
        Truth {
            title: content.title.clone(),
            agency: content.agency.name.clone(),
            year: content.year,
            published: content.published,
            scope: content.agency.scope,
            form: self.form,
            cells: self.cells(),
            untold: untold(self),
            sections: content
                .sections
                .iter()
                .map(|section| (section.kind, section.paragraphs.clone()))
                .collect(),
            planted: content.planted.clone(),
        }
    }

    /// Every cell of the form as it is meant to be read.
    pub fn cells(&self) -> BTreeMap<String, ExpectedCell> {
        let mut cells = BTreeMap::new();
        let tables = Catalog::get().form(self.form).tables.iter();
        for table in tables.filter(|table| is_printed(self, table)) {
            let missing = missing_rows(self, table);
            let optional = |id: &str| table.rows.iter().any(|row| row.id == id && row.optional);
            for id in table.indicators() {
                let indicator = Catalog::get().indicator(id);
                if optional(&indicator.row) && !has_optional(self) {
                    continue;
                }
                let expected = if missing.contains(&indicator.row) {
                    ExpectedCell::row_absent(indicator.unit)
                } else {
                    expect(&self.printed(&indicator.cell), indicator.unit)
                };
                cells.insert(indicator.cell.clone(), expected);
            }
        }
        cells
    }

    /// How many statutory tables the page has (as `<table>` elements).
    pub fn statutory_tables(&self) -> usize {
        if !self.dialect.has_tables() {
            return 0;
        }
        let kinds = nianbao::model::SectionKind::ALL;
        kinds.iter().map(|kind| sheets(self, *kind).len()).sum()
    }

    /// How many `<table>` elements the page has.
    pub fn tables(&self) -> usize {
        if self.dialect == Dialect::FlatText {
            return 0;
        }
        self.statutory_tables() + template::layout_tables(self)
    }

    /// Numbers a reader must find: cells with a value.
    pub fn number_count(&self) -> usize {
        let cells = self.truth().cells;
        cells
            .values()
            .filter(|cell| cell.status == CellStatus::Number)
            .count()
    }

    /// Whether the form's numbers stand in one list.
    pub fn is_list(&self) -> bool {
        let tables = &Catalog::get().form(self.form).tables;
        tables.iter().any(|table| table.shape == Shape::List)
    }
}
