//! What storing a report takes that needs no database, made where reports are read, on all cores: digests, packed places,
//! the tokens of its text. The one writer then only writes.

use std::cell::RefCell;

use crate::model::{Catalog, CellStatus, Report};

use super::StoreError;
use super::digest::{self, Digest};
use super::places::Packer;
use super::search::cut_text;
use super::statistics::List;

thread_local! {
    /// A compressor is costly to make and is emptied before each use.
    static PACKER: RefCell<Packer> = RefCell::new(Packer::new());
    /// What is digested, in one piece.
    static ROOM: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
}

/// A section's id is its version's and, in the last twenty bits, its position: one more would be another version's.
const MOST_SECTIONS: usize = 1 << 20;

/// A report made ready for [`super::Writer::put_prepared`]; goes with that report alone.
#[derive(Debug)]
pub struct Prepared {
    /// Of all that was read.
    pub(super) reading: Digest,
    /// Of what the agency published.
    pub(super) content: Digest,
    /// Numbers of the observations, in the catalog's order.
    pub(super) order: Vec<usize>,
    /// Where they stood, in that order; `None` where it is known of none.
    pub(super) places: Option<Vec<u8>>,
    /// The rows of its lists; `None` for none.
    pub(super) list: Option<List>,
    /// The tokens of each section, for the index.
    pub(super) tokens: Vec<String>,
}

impl Prepared {
    /// Makes a report ready.
    ///
    /// # Errors
    ///
    /// [`StoreError::StatusContradictsValue`], [`StoreError::DuplicateObservation`], [`StoreError::TooManySections`].
    pub fn of(report: &Report) -> Result<Self, StoreError> {
        let found = report.sections.len();
        if found > MOST_SECTIONS {
            return Err(StoreError::TooManySections {
                found,
                most: MOST_SECTIONS,
            });
        }
        let catalog = Catalog::get();
        let mut order: Vec<usize> = (0..report.observations.len()).collect();
        let indicator = |number: &usize| report.observations[*number].indicator;
        order.sort_by_key(indicator);
        if let Some([first, ..]) = order
            .windows(2)
            .find(|pair| indicator(&pair[0]) == indicator(&pair[1]))
        {
            let indicator = catalog.indicator(indicator(first));
            return Err(StoreError::DuplicateObservation {
                form: indicator.form,
                cell: indicator.cell.clone(),
            });
        }
        for number in &order {
            let observation = &report.observations[*number];
            if (observation.status == CellStatus::Number) != observation.value.is_some() {
                let indicator = catalog.indicator(observation.indicator);
                return Err(StoreError::StatusContradictsValue {
                    form: indicator.form,
                    cell: indicator.cell.clone(),
                    status: observation.status,
                });
            }
        }
        let sources = order
            .iter()
            .map(|number| report.observations[*number].source);
        let tokens = report.sections.iter().map(|section| {
            let mut tokens = String::with_capacity(section.text.len() + section.text.len() / 2);
            cut_text(&section.text, &mut tokens);
            tokens
        });
        Ok(Self {
            reading: ROOM.with_borrow_mut(|room| digest::reading(report, room)),
            content: ROOM.with_borrow_mut(|room| digest::content(report, &order, room)),
            places: PACKER.with_borrow_mut(|packer| packer.pack(sources)),
            list: PACKER.with_borrow_mut(|packer| List::of(report, packer)),
            tokens: tokens.collect(),
            order,
        })
    }
}
