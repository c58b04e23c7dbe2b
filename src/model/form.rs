//! The statutory forms: which tables, rows and columns exist, what they are called, what they count.
//!
//! Read once from `data/forms/*.toml`, compiled in; unknown keys are refused. A form here is
//! the printed template, never a page.

use std::collections::HashMap;
use std::fmt;
use std::str::FromStr;
use std::sync::LazyLock;

use serde::{Deserialize, Serialize, Serializer};

use super::report::SectionKind;
use super::unit::Unit;

/// A statutory template, named after the first report year it was made for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum FormId {
    /// Regulation 2007, art. 31–32; the Shanghai list of 54 numbered rows.
    F2008,
    /// 国办发〔2014〕32号, 政府信息公开情况统计表.
    F2014,
    /// 国办公开办函〔2019〕60号.
    F2019,
    /// 国办公开办函〔2021〕30号.
    F2021,
}

impl FormId {
    /// Every form, oldest first.
    pub const ALL: [Self; 4] = [Self::F2008, Self::F2014, Self::F2019, Self::F2021];

    /// Its part of `report.forms` in the database: sets of forms are sums of these.
    pub const fn bit(self) -> u8 {
        match self {
            Self::F2008 => 1,
            Self::F2014 => 2,
            Self::F2019 => 4,
            Self::F2021 => 8,
        }
    }

    /// The name used in JSON and SQL.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::F2008 => "2008",
            Self::F2014 => "2014",
            Self::F2019 => "2019",
            Self::F2021 => "2021",
        }
    }
}

impl FromStr for FormId {
    type Err = ();

    fn from_str(word: &str) -> Result<Self, ()> {
        Self::ALL
            .into_iter()
            .find(|form| form.as_str() == word)
            .ok_or(())
    }
}

impl fmt::Display for FormId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Serialize for FormId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

/// What values an indicator may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Quantity {
    /// A whole number, never negative.
    #[default]
    Count,
    /// A whole number with a sign (本年增/减).
    Change,
    /// An amount of money, decimals allowed.
    Money,
}

/// How a table lays out its cells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Shape {
    /// Rows × columns; every pair is a cell.
    Matrix,
    /// One row of values under a tree of labels.
    Cells,
    /// One value a row, beside label and unit; with columns, [`LIST_YEAR`] and [`LIST_CUMULATIVE`].
    List,
}

/// The column of a [`Shape::List`] that holds the report year's values.
pub const LIST_YEAR: &str = "year";
/// The column of a [`Shape::List`] that holds what has come together since 2008.
pub const LIST_CUMULATIVE: &str = "cumulative";

/// The number of an indicator in [`Catalog::indicators`]. Stable within one program version only;
/// the store keeps form and cell id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct IndicatorId(pub u16);

/// One cell of one form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Indicator {
    /// Its number.
    pub id: IndicatorId,
    /// The form it belongs to. Forms 2019 and 2021 share cell ids but not indicators.
    pub form: FormId,
    /// The cell id of the outside contract: `requests.new@total`, `rules.issued`, `review.total`.
    pub cell: String,
    /// The table's id within the form.
    pub table: String,
    /// The row's id within the table (where there are no columns the cell id).
    pub row: String,
    /// The column's id; empty in [`Shape::Cells`] and in a [`Shape::List`] of one value column.
    pub column: String,
    /// The printed labels that lead to it, outermost first, then the column's.
    pub path: Vec<String>,
    /// The unit the form states; `None` where the filler writes it into the cell.
    pub unit: Option<Unit>,
    /// What values it may take.
    pub quantity: Quantity,
}

/// A column of a [`Shape::Matrix`] table, or of a [`Shape::List`] with several value columns.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Column {
    /// Id within the table.
    pub id: String,
    /// As the form prints it.
    pub label: String,
    /// The label printed above it and its neighbours, if any.
    pub group: Option<String>,
    /// Other spellings seen.
    #[serde(default)]
    pub aliases: Vec<String>,
    /// The unit the form states.
    pub unit: Option<Unit>,
    /// What values it takes.
    #[serde(default)]
    pub kind: Quantity,
}

/// A row of a table, or a cell of a [`Shape::Cells`] table.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Row {
    /// Id within the table.
    pub id: String,
    /// As the form prints it, enumeration marks included.
    pub label: String,
    /// Labels of the groups around it, outermost first.
    #[serde(default)]
    pub path: Vec<String>,
    /// Other spellings seen.
    #[serde(default)]
    pub aliases: Vec<String>,
    /// Words a free spelling must all contain.
    #[serde(default)]
    pub all_of: Vec<String>,
    /// Words it must not contain.
    #[serde(default)]
    pub none_of: Vec<String>,
    /// The label alone is ambiguous outside its group or enumeration mark.
    #[serde(default)]
    pub needs_group: bool,
    /// Enumeration mark printed apart from the label in [`Shape::List`] tables.
    #[serde(default)]
    pub number: String,
    /// Printed row code (`01` … `54`), if the form has one.
    pub code: Option<String>,
    /// The row it is a part of, in [`Shape::List`] tables.
    pub parent: Option<String>,
    /// Printed by some provinces only: a page without it lacks nothing.
    #[serde(default)]
    pub optional: bool,
    /// The unit the form states; in a list, a row without one is a heading and no indicator.
    pub unit: Option<Unit>,
    /// What values it takes (lists and cells; in a matrix the column says).
    #[serde(default)]
    pub kind: Quantity,
}

/// One table of a form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableForm {
    /// The form.
    pub form: FormId,
    /// Id within the form: `requests`, `article20.1`.
    pub id: String,
    /// The section it stands in.
    pub section: SectionKind,
    /// Printed title.
    pub title: String,
    /// Layout.
    pub shape: Shape,
    /// The note in the corner cell, if the form prints one.
    pub corner: Option<String>,
    /// Labels of groups with their other spellings: the form's first.
    pub path_aliases: Vec<Vec<String>>,
    /// Columns of a matrix or of a list with several value columns, in printed order; else empty.
    pub columns: Vec<Column>,
    /// Rows (or cells), in printed order.
    pub rows: Vec<Row>,
    /// Heads of the label, unit, code and value columns of a list, and of value columns that must not be read.
    pub heads: ListHeads,
    /// Indicators by row, then column; `None` for heading rows of a list.
    cells: Vec<Option<IndicatorId>>,
}

/// Printed heads of a [`Shape::List`] table's columns.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ListHeads {
    /// Over the labels.
    pub label: Vec<String>,
    /// Over the units.
    pub unit: Vec<String>,
    /// Over the row codes.
    pub code: Vec<String>,
    /// Over the value of the year.
    pub value: Vec<String>,
    /// Over other values (`本月累计`, `历年累计`).
    pub other_value: Vec<String>,
}

impl TableForm {
    /// The indicator at `row` × `column` (`column` 0 where there are no columns); `None` for a heading row.
    pub fn indicator(&self, row: usize, column: usize) -> Option<IndicatorId> {
        let width = self.columns.len().max(1);
        if column >= width {
            return None;
        }
        self.cells.get(row * width + column).copied().flatten()
    }

    /// Every indicator of the table, in printed order.
    pub fn indicators(&self) -> impl Iterator<Item = IndicatorId> + '_ {
        self.cells.iter().copied().flatten()
    }
}

/// One statutory template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Form {
    /// Its id.
    pub id: FormId,
    /// First report year it was made for.
    pub first_year: i16,
    /// Last one; `None` while in force.
    pub last_year: Option<i16>,
    /// The notice it comes from.
    pub basis: String,
    /// Its tables, in printed order.
    pub tables: Vec<TableForm>,
}

/// All forms and their indicators.
#[derive(Debug)]
pub struct Catalog {
    /// Forms, oldest first.
    pub forms: Vec<Form>,
    /// Every indicator of every form; the position is the [`IndicatorId`].
    pub indicators: Vec<Indicator>,
    by_cell: HashMap<(FormId, String), IndicatorId>,
}

/// Why the forms in `data/` are not usable.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CatalogError {
    /// Not TOML, or a key or value that the schema does not know.
    #[error("data/forms/{form}.toml: {source}")]
    Syntax {
        /// The file.
        form: &'static str,
        /// What the TOML reader says, with line and column.
        source: Box<toml::de::Error>,
    },
    /// Well-formed but contradictory.
    #[error("data/forms/{form}.toml: {problem}")]
    Meaning {
        /// The file.
        form: &'static str,
        /// What contradicts what.
        problem: String,
    },
}

const SOURCES: [(FormId, &str); 4] = [
    (FormId::F2008, include_str!("../../data/forms/2008.toml")),
    (FormId::F2014, include_str!("../../data/forms/2014.toml")),
    (FormId::F2019, include_str!("../../data/forms/2019.toml")),
    (FormId::F2021, include_str!("../../data/forms/2021.toml")),
];

static CATALOG: LazyLock<Catalog> = LazyLock::new(|| {
    Catalog::parse(&SOURCES).unwrap_or_else(|error| panic!("compiled-in reference data: {error}"))
});

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FormFile {
    id: String,
    first_year: i16,
    last_year: Option<i16>,
    basis: String,
    table: Vec<TableFile>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TableFile {
    id: String,
    section: SectionKind,
    title: String,
    shape: Shape,
    #[serde(default)]
    separator: String,
    corner: Option<String>,
    #[serde(default)]
    path_aliases: Vec<Vec<String>>,
    #[serde(default)]
    columns: Vec<Column>,
    #[serde(default)]
    rows: Vec<Row>,
    #[serde(default)]
    cells: Vec<Row>,
    #[serde(default)]
    label_heads: Vec<String>,
    #[serde(default)]
    unit_heads: Vec<String>,
    #[serde(default)]
    code_heads: Vec<String>,
    #[serde(default)]
    value_heads: Vec<String>,
    #[serde(default)]
    other_value_heads: Vec<String>,
}

impl Catalog {
    /// The compiled-in catalog. A test parses it, so the panic of a broken one cannot ship.
    pub fn get() -> &'static Self {
        &CATALOG
    }

    /// The form with this id.
    pub fn form(&self, id: FormId) -> &Form {
        let position = FormId::ALL.iter().position(|form| *form == id);
        &self.forms[position.unwrap_or_default()]
    }

    /// The indicator with this number.
    pub fn indicator(&self, id: IndicatorId) -> &Indicator {
        &self.indicators[usize::from(id.0)]
    }

    /// The indicator of a cell id in a form; `None` where the form has no such cell.
    pub fn find(&self, form: FormId, cell: &str) -> Option<IndicatorId> {
        self.by_cell.get(&(form, cell.to_owned())).copied()
    }

    /// The indicators of a form, in printed order; ids are consecutive.
    pub fn of_form(&self, form: FormId) -> impl Iterator<Item = &Indicator> {
        self.indicators
            .iter()
            .filter(move |indicator| indicator.form == form)
    }

    fn parse(sources: &[(FormId, &'static str)]) -> Result<Self, CatalogError> {
        let mut catalog = Self {
            forms: Vec::new(),
            indicators: Vec::new(),
            by_cell: HashMap::new(),
        };
        for (id, text) in sources {
            let form = id.as_str();
            let file: FormFile = toml::from_str(text).map_err(|source| CatalogError::Syntax {
                form,
                source: Box::new(source),
            })?;
            if file.id != form {
                let problem = format!("is the file of form {}", file.id);
                return Err(CatalogError::Meaning { form, problem });
            }
            let mut tables = Vec::new();
            for table in file.table {
                tables.push(catalog.add_table(*id, table)?);
            }
            catalog.forms.push(Form {
                id: *id,
                first_year: file.first_year,
                last_year: file.last_year,
                basis: file.basis,
                tables,
            });
        }
        Ok(catalog)
    }

    fn add_table(&mut self, form: FormId, file: TableFile) -> Result<TableForm, CatalogError> {
        let meaning = |problem: String| CatalogError::Meaning {
            form: form.as_str(),
            problem,
        };
        let rows = match file.shape {
            Shape::Cells => file.cells,
            Shape::Matrix | Shape::List => file.rows,
        };
        let has_columns = !file.columns.is_empty() && !file.separator.is_empty();
        let fits = match file.shape {
            Shape::Matrix => has_columns,
            Shape::Cells => file.columns.is_empty() && file.separator.is_empty(),
            Shape::List => {
                let known = |column: &Column| [LIST_YEAR, LIST_CUMULATIVE].contains(&&*column.id);
                file.columns.is_empty() == file.separator.is_empty()
                    && file.columns.iter().all(known)
            }
        };
        if !fits {
            return Err(meaning(format!(
                "table {}: columns and a separator belong to a matrix, year and cumulative to a list",
                file.id
            )));
        }
        for row in &rows {
            if let Some(parent) = &row.parent
                && !rows.iter().any(|other| other.id == *parent)
            {
                return Err(meaning(format!("row {}: no parent {parent}", row.id)));
            }
        }
        let mut cells = Vec::new();
        for row in &rows {
            let mut path = row.path.clone();
            path.push(row.label.clone());
            if file.columns.is_empty() {
                let heading = file.shape == Shape::List && row.unit.is_none();
                cells.push(if heading {
                    None
                } else {
                    Some(self.add_indicator(Indicator {
                        id: IndicatorId(0),
                        form,
                        cell: row.id.clone(),
                        table: file.id.clone(),
                        row: row.id.clone(),
                        column: String::new(),
                        path,
                        unit: row.unit,
                        quantity: row.kind,
                    })?)
                });
                continue;
            }
            // In a list the row says what is counted, in a matrix the column.
            let of_list = file.shape == Shape::List;
            for column in &file.columns {
                if of_list && row.unit.is_none() {
                    cells.push(None);
                    continue;
                }
                let mut path = path.clone();
                path.extend(column.group.clone());
                path.push(column.label.clone());
                cells.push(Some(self.add_indicator(Indicator {
                    id: IndicatorId(0),
                    form,
                    cell: format!("{}{}{}", row.id, file.separator, column.id),
                    table: file.id.clone(),
                    row: row.id.clone(),
                    column: column.id.clone(),
                    path,
                    unit: if of_list { row.unit } else { column.unit },
                    quantity: if of_list { row.kind } else { column.kind },
                })?));
            }
        }
        Ok(TableForm {
            form,
            id: file.id,
            section: file.section,
            title: file.title,
            shape: file.shape,
            corner: file.corner,
            path_aliases: file.path_aliases,
            columns: file.columns,
            rows,
            heads: ListHeads {
                label: file.label_heads,
                unit: file.unit_heads,
                code: file.code_heads,
                value: file.value_heads,
                other_value: file.other_value_heads,
            },
            cells,
        })
    }

    fn add_indicator(&mut self, mut indicator: Indicator) -> Result<IndicatorId, CatalogError> {
        let meaning = |problem: String| CatalogError::Meaning {
            form: indicator.form.as_str(),
            problem,
        };
        let number = u16::try_from(self.indicators.len())
            .map_err(|_| meaning("more than 65,536 indicators".into()))?;
        let id = IndicatorId(number);
        let key = (indicator.form, indicator.cell.clone());
        if self.by_cell.insert(key, id).is_some() {
            return Err(meaning(format!("cell {} twice", indicator.cell)));
        }
        indicator.id = id;
        self.indicators.push(indicator);
        Ok(id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_have_their_known_sizes() {
        let catalog = Catalog::get();
        // 198 cells (2019), 200 (2021); 54 numbered rows of the Shanghai list with 7 that some provinces
        // have, 24 rows of Fujian in two columns. Of the 65 rows of form 2014 seven are headings.
        let sizes = FormId::ALL.map(|form| catalog.of_form(form).count());
        assert_eq!(sizes, [54 + 7 + 2 * 24, 58, 198, 200]);
        let id = catalog.find(FormId::F2021, "requests.new@total").unwrap();
        assert_eq!(catalog.indicator(id).cell, "requests.new@total");
        assert_eq!(catalog.indicator(id).unit, Some(Unit::Jian));
        assert!(catalog.find(FormId::F2021, "procurement.amount").is_none());
    }

    #[test]
    fn unknown_keys_are_refused() {
        let text = "id = \"2008\"\nfirst_year = 2008\nbasis = \"\"\ncolour = 1\ntable = []\n";
        let error = Catalog::parse(&[(FormId::F2008, text)]).unwrap_err();
        assert!(matches!(error, CatalogError::Syntax { .. }), "{error}");
    }
}
