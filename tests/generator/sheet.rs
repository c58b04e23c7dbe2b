//! A table before it becomes markup: rows of cells with spans, each a label or a value of the form.

/// What stands in a cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Content {
    /// Words that are not a value, a line each.
    Label(Vec<String>),
    /// The value of the cell with this id.
    Value(String),
    /// Words in a place for values that belong to no cell of the form (remarks, other totals).
    Foreign(String),
    /// Nothing.
    Empty,
}

/// One `<td>`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cell {
    /// What stands in it.
    pub content: Content,
    /// Rows it claims.
    pub rowspan: usize,
    /// Columns it claims.
    pub colspan: usize,
}

impl Cell {
    /// A label over one row and column.
    pub fn label(text: impl Into<String>) -> Self {
        Self::of(Content::Label(vec![text.into()]))
    }

    /// A value.
    pub fn value(id: impl Into<String>) -> Self {
        Self::of(Content::Value(id.into()))
    }

    /// An empty cell.
    pub fn empty() -> Self {
        Self::of(Content::Empty)
    }

    /// Text that is no value of the form.
    pub fn foreign(text: impl Into<String>) -> Self {
        Self::of(Content::Foreign(text.into()))
    }

    /// Any content over one row and column.
    pub fn of(content: Content) -> Self {
        Self {
            content,
            rowspan: 1,
            colspan: 1,
        }
    }

    /// With these spans.
    pub fn span(mut self, rowspan: usize, colspan: usize) -> Self {
        self.rowspan = rowspan;
        self.colspan = colspan;
        self
    }
}

/// One `<tr>`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Row {
    /// Its cells.
    pub cells: Vec<Cell>,
    /// It belongs to the header.
    pub header: bool,
}

impl Row {
    /// A row of the header.
    pub fn header(cells: Vec<Cell>) -> Self {
        Self {
            cells,
            header: true,
        }
    }

    /// A row of the body.
    pub fn body(cells: Vec<Cell>) -> Self {
        Self {
            cells,
            header: false,
        }
    }
}

/// One `<table>`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Sheet {
    /// Paragraph printed right above it, if any.
    pub caption: Option<String>,
    /// Its rows.
    pub rows: Vec<Row>,
}

impl Sheet {
    /// A sheet of rows without caption.
    pub fn new(rows: Vec<Row>) -> Self {
        Self {
            caption: None,
            rows,
        }
    }

    /// Columns of its first row.
    pub fn width(&self) -> usize {
        let first = self.rows.first();
        first.map_or(0, |row| row.cells.iter().map(|cell| cell.colspan).sum())
    }
}
