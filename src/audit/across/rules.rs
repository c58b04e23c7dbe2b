//! The rules across years, compiled against the forms.

use std::sync::LazyLock;

use super::super::identities::Identities;
use super::super::identity::{Group, Identity, Operator, Reports};
use super::super::place::{Place, places};
use super::super::rule::Side;
use crate::model::{Catalog, Columns, FormId, IndicatorId, PanelReport, WatchCode};

/// One cell of a rule across years.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CrossTerm {
    /// The cell.
    pub cell: IndicatorId,
    /// Whether it is read from the report of the year before.
    pub earlier: bool,
    /// On which side.
    pub side: Side,
    /// Whether it is taken off.
    pub minus: bool,
}

/// One identity at one place of a pair of forms.
#[derive(Debug, PartialEq, Eq)]
pub struct CrossRule {
    /// The identity.
    pub identity: &'static Identity,
    /// What its failure is called.
    pub code: WatchCode,
    /// Form of the report of the year before.
    pub earlier: FormId,
    /// Form of the report.
    pub later: FormId,
    /// Row or column id.
    pub place: String,
    /// Its cells.
    pub terms: Vec<CrossTerm>,
}

impl CrossRule {
    /// Both sides; `None` where a number is missing.
    pub(super) fn sides(
        &self,
        columns: &Columns,
        earlier: &PanelReport,
        later: &PanelReport,
    ) -> Option<(i128, i128)> {
        let (earlier, later) = (earlier.of(self.earlier)?, later.of(self.later)?);
        let (mut left, mut right) = (0_i128, 0_i128);
        for term in &self.terms {
            let numbers = if term.earlier { earlier } else { later };
            let value = i128::from(columns.value(numbers, term.cell)?);
            let side = match term.side {
                Side::Left => &mut left,
                Side::Right => &mut right,
            };
            *side += if term.minus { -value } else { value };
        }
        Some((left, right))
    }

    /// Whether both sides stand as they must.
    pub(super) fn holds(&self, left: i128, right: i128) -> bool {
        match self.identity.op {
            Operator::Le => left <= right,
            Operator::Ge => left >= right,
            _ => left == right,
        }
    }
}

/// Every rule across years.
#[derive(Debug)]
pub struct CrossRules(Vec<CrossRule>);

static RULES: LazyLock<CrossRules> =
    LazyLock::new(|| CrossRules::compile(Identities::get(), Catalog::get()));

/// What the failure of an identity is called; `None` for one that is told otherwise: `X.DUP` is about all cells at once.
fn code_of(identity: &Identity) -> Option<WatchCode> {
    Some(match identity.id.as_str() {
        "X.CARRY" => WatchCode::CarryOverBreak,
        "X.INFORCE" => WatchCode::InForceBreak,
        "X.STOCK.19_20" => WatchCode::DisclosedStockBreak,
        "X.ITEMS.19_20" => WatchCode::ItemsBreak,
        "X.PENDING" => WatchCode::PendingVanished,
        "H.CUM" => WatchCode::CumulativeBreak,
        "X.18_19" => WatchCode::OpenRequestsBreak,
        _ => return None,
    })
}

impl CrossRules {
    /// The compiled-in rules.
    pub fn get() -> &'static Self {
        &RULES
    }

    /// All of them, in the order of the file.
    pub fn all(&self) -> &[CrossRule] {
        &self.0
    }

    fn compile(identities: &'static Identities, catalog: &Catalog) -> Self {
        let mut rules = Vec::new();
        for identity in &identities.all {
            let Some(code) = code_of(identity) else {
                continue;
            };
            for later in &identity.forms {
                for earlier in &identity.earlier_forms {
                    // `Identities::parse` has refused identities without places.
                    let of_later = places(identity, *later, catalog).unwrap_or_default();
                    let of_earlier = places(identity, *earlier, catalog).unwrap_or_default();
                    for place in of_later {
                        let name = place.name(catalog);
                        let before = of_earlier.iter().find(|other| other.name(catalog) == name);
                        let Some(before) = before else { continue };
                        let forms = (*earlier, *later);
                        if let Some(terms) = terms(identity, forms, (*before, place), catalog) {
                            rules.push(CrossRule {
                                identity,
                                code,
                                earlier: *earlier,
                                later: *later,
                                place: name,
                                terms,
                            });
                        }
                    }
                }
            }
        }
        Self(rules)
    }
}

/// The cells of an identity at a place; `None` where one of the forms lacks one.
fn terms(
    identity: &Identity,
    (earlier, later): (FormId, FormId),
    (before, place): (Place<'_>, Place<'_>),
    catalog: &Catalog,
) -> Option<Vec<CrossTerm>> {
    let mut terms = Vec::new();
    for (side, groups) in [(Side::Left, &identity.left), (Side::Right, &identity.right)] {
        for Group {
            of, plus, minus, ..
        } in groups
        {
            let is_earlier = *of == Reports::LastYear;
            for (ids, minus) in [(plus, false), (minus, true)] {
                for id in ids {
                    let cell = if is_earlier {
                        before.cell(catalog, earlier, id)
                    } else {
                        place.cell(catalog, later, id)
                    };
                    terms.push(CrossTerm {
                        cell: cell?,
                        earlier: is_earlier,
                        side,
                        minus,
                    });
                }
            }
        }
    }
    Some(terms)
}

/// The cells that the rules across years and texts need.
pub fn columns() -> &'static Columns {
    static COLUMNS: LazyLock<Columns> = LazyLock::new(|| {
        let catalog = Catalog::get();
        let mut cells = Vec::new();
        for rule in CrossRules::get().all() {
            for term in &rule.terms {
                let form = if term.earlier {
                    rule.earlier
                } else {
                    rule.later
                };
                cells.push((form, term.cell));
            }
        }
        for identity in &Identities::get().all {
            for form in FormId::ALL {
                let candidates = identity.candidates.iter().flat_map(|one| &one.terms);
                let groups = candidates.chain(&identity.right);
                let wanted = identity.kind.is_narrative();
                for group in groups.filter(|_| wanted) {
                    let ids = group.plus.iter().chain(&group.minus);
                    cells.extend(ids.filter_map(|id| Some((form, catalog.find(form, id)?))));
                }
            }
        }
        // The flow of requests tells which of two years is off.
        for form in [FormId::F2019, FormId::F2021] {
            for row in super::chain::FLOW {
                for indicator in catalog.of_form(form) {
                    let is_row = indicator
                        .cell
                        .split_once('@')
                        .is_some_and(|(id, _)| id == row);
                    if is_row {
                        cells.push((form, indicator.id));
                    }
                }
            }
        }
        Columns::new(cells)
    });
    &COLUMNS
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audit::identity::Kind;

    #[test]
    fn rules_have_their_known_numbers() {
        let rules = CrossRules::get().all();
        let count = |id: &str| rules.iter().filter(|rule| rule.identity.id == id).count();
        // Seven columns, four pairs of forms.
        assert_eq!(count("X.CARRY"), 7 * 4);
        assert_eq!(count("X.INFORCE"), 2);
        assert_eq!(count("X.STOCK.19_20"), 2);
        assert_eq!(count("X.ITEMS.19_20"), 5);
        assert_eq!(count("X.PENDING"), 3 * 4);
        assert!(count("H.CUM") > 10);
        assert_eq!(count("X.18_19"), 1);
    }

    #[test]
    fn every_identity_across_years_is_told_or_named() {
        for identity in &Identities::get().all {
            let is_across = matches!(identity.kind, Kind::CrossYear | Kind::CrossEra);
            if is_across && code_of(identity).is_none() {
                assert_eq!(identity.id, "X.DUP");
            }
        }
    }
}
