//! Arrays with some elements set.

use super::array_functions::places;
use super::arrays::{MAX_ELEMENTS, MIXED, place};
use super::values::{Array, Items};
use crate::Kernel;
use crate::limits::Stop;

impl Kernel {
    /// `array_set` of the table: a single value goes to all places.
    pub(crate) fn array_set(&mut self, array: i32, indices: i32, values: i32) -> Result<i32, Stop> {
        let indices = places(&self.values.array(indices)?.items)?;
        let (array, values) = (self.values.array(array)?, self.values.array(values)?);
        self.charge(1 + (indices.len() + array.items.len()) / 8)?;
        let mut changed = (*array).clone();
        let last = last_place(&indices);
        if let Some(last) = last.filter(|last| *last >= changed.items.len()) {
            if array.rows > 1 {
                self.enlarge(&mut changed, last / array.columns.max(1) + 1, array.columns)?;
            } else {
                self.enlarge(&mut changed, 1, last + 1)?;
            }
        }
        let targets = indices.iter().map(|index| place(*index));
        put(&mut changed.items, targets, &values.items)?;
        self.give_array(changed)
    }

    /// `array_set_cross` of the table: values in the order of the rows; a single one goes to all places.
    pub(crate) fn array_set_cross(
        &mut self,
        array: i32,
        rows: i32,
        columns: i32,
        values: i32,
    ) -> Result<i32, Stop> {
        let (rows, columns) = self.cross(rows, columns)?;
        let (array, values) = (self.values.array(array)?, self.values.array(values)?);
        self.charge(1 + array.items.len() / 8)?;
        let mut changed = (*array).clone();
        if let (Some(row), Some(column)) = (last_place(&rows), last_place(&columns)) {
            let (height, width) = (array.rows.max(row + 1), array.columns.max(column + 1));
            self.enlarge(&mut changed, height, width)?;
        }
        let Array {
            rows: height,
            columns: width,
            ref mut items,
        } = changed;
        let targets = rows.iter().flat_map(|row| {
            columns.iter().map(move |column| {
                let (row, column) = (place(*row)?, place(*column)?);
                (row < height && column < width).then(|| row * width + column)
            })
        });
        put(items, targets, &values.items)?;
        self.give_array(changed)
    }

    /// Adds rows and columns of 0, false, ""; leaves the array as it is, with a warning, when it would be too large.
    fn enlarge(&mut self, array: &mut Array, rows: usize, columns: usize) -> Result<(), Stop> {
        if (rows, columns) == (array.rows, array.columns) {
            return Ok(());
        }
        let count = rows.saturating_mul(columns);
        if count > MAX_ELEMENTS {
            self.warn("setElems: an index is out of range");
            return Ok(());
        }
        self.charge(count / 8)?;
        let old = std::mem::replace(&mut array.items, Items::Bool(Vec::new()));
        let mut items = old.same_kind();
        for row in 0..array.rows {
            items.extend(&old, row * array.columns..(row + 1) * array.columns);
            items.resize((row + 1) * columns);
        }
        items.resize(count);
        *array = Array {
            rows,
            columns,
            items,
        };
        Ok(())
    }
}

/// The largest place of a list of indices.
fn last_place(indices: &[f64]) -> Option<usize> {
    indices.iter().filter_map(|index| place(*index)).max()
}

/// Puts values, or a single one, at places; those outside are left out.
fn put(
    into: &mut Items,
    places: impl Iterator<Item = Option<usize>>,
    values: &Items,
) -> Result<(), Stop> {
    let count = into.len();
    let is_single = values.len() == 1;
    let pairs = places.enumerate().filter_map(|(k, place)| {
        let from = if is_single { 0 } else { k };
        Some((place.filter(|place| *place < count)?, from))
    });
    match (into, values) {
        (Items::Float(into), Items::Float(values)) => {
            pairs.for_each(|(to, from)| into[to] = values.get(from).copied().unwrap_or_default());
        }
        (Items::Bool(into), Items::Bool(values)) => {
            pairs.for_each(|(to, from)| into[to] = values.get(from).copied().unwrap_or_default());
        }
        (Items::Text(into), Items::Text(values)) => {
            pairs.for_each(|(to, from)| into[to] = values.get(from).copied().unwrap_or_default());
        }
        _ => return Err(MIXED),
    }
    Ok(())
}
