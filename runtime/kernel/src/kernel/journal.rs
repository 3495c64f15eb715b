//! What a run says besides geometry: warnings, prints, reports.
//!
//! CGA derives level by level, we depth first (bounded memory). Within one level both meet shapes in the same
//! left-to-right order, because children are derived in the order of their creation; so lines sorted stably by
//! depth, at the end of each initial shape, are in CGA's order.

use std::collections::BTreeMap;

use crate::Kernel;
use crate::limits::Stop;
use crate::order::Order as _;
use crate::state::StringId;

/// Different warnings kept; more are only counted.
const MAX_WARNINGS: usize = 1000;
/// Printed lines kept; more are only counted.
const MAX_PRINTS: usize = 10_000;

/// A problem that did not end the run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Warning {
    /// Number in the manifest's sites.
    pub site: u32,
    /// What happened.
    pub text: String,
    /// Number of the first initial shape it happened in.
    pub initial: u32,
    /// How often it happened.
    pub count: u32,
    depth: u32,
}

/// A printed line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Print {
    /// The text.
    pub text: StringId,
    /// Number of the initial shape.
    pub initial: u32,
    depth: u32,
}

/// All values reported under one key.
#[derive(Debug, Clone, PartialEq)]
pub struct Report {
    /// Number of floats.
    pub count: u64,
    /// Their sum.
    pub sum: f64,
    /// The least; infinity when there is none.
    pub min: f64,
    /// The greatest; minus infinity when there is none.
    pub max: f64,
    /// How often false and true were reported.
    pub bools: [u64; 2],
    /// How often each string was reported.
    pub strings: BTreeMap<StringId, u64>,
}

impl Default for Report {
    fn default() -> Self {
        Self {
            count: 0,
            sum: 0.0,
            min: f64::INFINITY,
            max: f64::NEG_INFINITY,
            bools: [0; 2],
            strings: BTreeMap::new(),
        }
    }
}

/// Everything said so far.
#[derive(Debug, Default)]
pub(crate) struct Journal {
    /// Different warnings.
    pub(crate) warnings: Vec<Warning>,
    /// Warnings that found no room.
    pub(crate) warnings_dropped: u64,
    /// Printed lines.
    pub(crate) prints: Vec<Print>,
    /// Printed lines that found no room.
    pub(crate) prints_dropped: u64,
    /// Reports by key.
    pub(crate) reports: BTreeMap<StringId, Report>,
    /// The same for each initial shape, by its number and key; only when features are written.
    pub(crate) shape_reports: BTreeMap<(u32, StringId), Report>,
    /// Place in `warnings` by site and text.
    known: BTreeMap<(u32, String), usize>,
    /// Where the current initial shape's lines begin.
    first_warning: usize,
    first_print: usize,
    /// Nothing is kept: what is derived is no content.
    silent: bool,
}

impl Journal {
    /// Puts the lines of the initial shape that ends into level order.
    pub(super) fn end_initial(&mut self) {
        self.warnings[self.first_warning..].order_by_key(|warning| warning.depth);
        self.prints[self.first_print..].order_by_key(|print| print.depth);
        for (place, warning) in self.warnings.iter().enumerate().skip(self.first_warning) {
            if let Some(known) = self.known.get_mut(&(warning.site, warning.text.clone())) {
                *known = place;
            }
        }
        self.first_warning = self.warnings.len();
        self.first_print = self.prints.len();
    }

    /// Whether what is said from here on is dropped.
    pub(super) fn silence(&mut self, silent: bool) {
        self.silent = silent;
    }

    fn warn(&mut self, warning: Warning) {
        if self.silent {
        } else if let Some(&place) = self.known.get(&(warning.site, warning.text.clone())) {
            self.warnings[place].count = self.warnings[place].count.saturating_add(1);
        } else if self.warnings.len() < MAX_WARNINGS {
            self.known
                .insert((warning.site, warning.text.clone()), self.warnings.len());
            self.warnings.push(warning);
        } else {
            self.warnings_dropped += 1;
        }
    }
}

impl Kernel {
    /// Records a warning at the current site: the run goes on.
    pub(crate) fn warn(&mut self, text: impl Into<String>) {
        let (initial, depth) = (self.initial_number(), self.depth());
        self.journal.warn(Warning {
            site: self.site,
            text: text.into(),
            initial,
            count: 1,
            depth,
        });
    }

    /// Records a warning that belongs to no place in the text.
    pub(super) fn warn_anywhere(&mut self, text: String) {
        self.journal.warn(Warning {
            site: u32::MAX,
            text,
            initial: 0,
            count: 1,
            depth: 0,
        });
    }

    /// The argument of an operation, 0 with a warning when it is not finite.
    pub(crate) fn finite(&mut self, x: f64, operation: &str) -> f64 {
        if x.is_finite() {
            return x;
        }
        self.warn(format!(
            "{operation}: an argument is {}, taken as 0",
            if x.is_nan() { "nan" } else { "inf" }
        ));
        0.0
    }

    /// The warnings so far, in the order CGA gives them.
    pub fn warnings(&self) -> &[Warning] {
        &self.journal.warnings
    }

    /// The printed lines so far.
    pub fn prints(&self) -> impl Iterator<Item = &str> {
        self.journal
            .prints
            .iter()
            .map(|print| self.values.string(print.text))
    }

    /// The report of a key.
    pub fn report(&self, key: &str) -> Option<&Report> {
        self.journal
            .reports
            .iter()
            .find(|(id, _)| self.values.string(**id) == key)
            .map(|(_, report)| report)
    }

    /// Adds a value to the report of a key, and to that of the initial shape when features are written; to none in a run
    /// that is made again.
    fn add_report(&mut self, key: i32, add: impl Fn(&mut Report)) -> Result<(), Stop> {
        let key = self.string_id(key)?;
        if self.journal.silent {
            return Ok(());
        }
        add(self.journal.reports.entry(key).or_default());
        if self.recipe.output.features {
            let of_shape = (self.initial_number(), key);
            add(self.journal.shape_reports.entry(of_shape).or_default());
        }
        Ok(())
    }

    /// `report_f` of the table.
    pub(crate) fn report_f(&mut self, key: i32, value: f64) -> Result<(), Stop> {
        let value = self.finite(value, "report");
        self.add_report(key, |report| {
            report.count += 1;
            report.sum += value;
            report.min = report.min.min(value);
            report.max = report.max.max(value);
        })
    }

    /// `report_b` of the table.
    pub(crate) fn report_b(&mut self, key: i32, value: i32) -> Result<(), Stop> {
        self.add_report(key, |report| report.bools[usize::from(value != 0)] += 1)
    }

    /// `report_s` of the table.
    pub(crate) fn report_s(&mut self, key: i32, value: i32) -> Result<(), Stop> {
        let value = self.string_id(value)?;
        self.add_report(key, |report| {
            *report.strings.entry(value).or_default() += 1;
        })
    }

    /// `print` of the table.
    pub(crate) fn print(&mut self, text: i32) -> Result<(), Stop> {
        let print = Print {
            text: self.string_id(text)?,
            initial: self.initial_number(),
            depth: self.depth(),
        };
        if self.journal.silent {
        } else if self.journal.prints.len() < MAX_PRINTS {
            self.journal.prints.push(print);
        } else {
            self.journal.prints_dropped += 1;
        }
        Ok(())
    }

    /// The number of a string that a module hands in.
    pub(crate) fn string_id(&self, id: i32) -> Result<StringId, Stop> {
        self.values.text(id)?;
        Ok(StringId(id.cast_unsigned()))
    }
}
