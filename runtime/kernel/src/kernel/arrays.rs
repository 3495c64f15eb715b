//! Array literals and access to elements.

use std::ops::Range;

use crate::Kernel;
use crate::kernel::values::{Array, Items};
use crate::kernel::{number, values};
use crate::limits::Stop;
use crate::state::StringId;

/// CGA's own limit for the elements of one array.
pub(super) const MAX_ELEMENTS: usize = 100_000;

/// The type of elements, as modules name it.
pub(super) fn empty(kind: i32) -> Result<Items, Stop> {
    Ok(match kind {
        0 => Items::Float(Vec::new()),
        1 => Items::Bool(Vec::new()),
        2 => Items::Text(Vec::new()),
        _ => return Err(Stop::Misuse("arrays are of floats, bools or strings")),
    })
}

impl Items {
    /// No elements of the same type.
    pub(crate) fn same_kind(&self) -> Self {
        match self {
            Self::Float(_) => Self::Float(Vec::new()),
            Self::Bool(_) => Self::Bool(Vec::new()),
            Self::Text(_) => Self::Text(Vec::new()),
        }
    }

    /// Adds elements of another array of the same type; `false` when the types differ.
    pub(crate) fn extend(&mut self, other: &Self, range: Range<usize>) -> bool {
        match (self, other) {
            (Self::Float(a), Self::Float(b)) => a.extend_from_slice(&b[range]),
            (Self::Bool(a), Self::Bool(b)) => a.extend_from_slice(&b[range]),
            (Self::Text(a), Self::Text(b)) => a.extend_from_slice(&b[range]),
            _ => return false,
        }
        true
    }

    /// Adds an element of another array of the same type, or 0, false, "" when it has none there.
    pub(crate) fn take(&mut self, other: &Self, index: Option<usize>) -> bool {
        match (self, other) {
            (Self::Float(a), Self::Float(b)) => a.push(pick(b, index)),
            (Self::Bool(a), Self::Bool(b)) => a.push(pick(b, index)),
            (Self::Text(a), Self::Text(b)) => a.push(pick(b, index)),
            _ => return false,
        }
        true
    }

    /// Fills up with 0, false, "".
    pub(crate) fn resize(&mut self, length: usize) {
        match self {
            Self::Float(items) => items.resize(length, 0.0),
            Self::Bool(items) => items.resize(length, false),
            Self::Text(items) => items.resize(length, StringId(0)),
        }
    }
}

fn pick<T: Copy + Default>(items: &[T], index: Option<usize>) -> T {
    index
        .and_then(|index| items.get(index).copied())
        .unwrap_or_default()
}

/// Operands of different types reached an array function.
pub(super) const MIXED: Stop = Stop::Misuse("array elements of different types");

/// The place an index names, rounded down; `None` for negative ones and nan.
pub(super) fn place(index: f64) -> Option<usize> {
    (index >= 0.0).then_some(index as usize)
}

/// A literal under construction: finished rows, then the block of rows that grows to the right.
#[derive(Debug)]
pub(super) struct Literal {
    kind: Items,
    done: Vec<Items>,
    block: Vec<Items>,
    elements: usize,
}

impl Kernel {
    fn literal(&mut self, elements: usize) -> Result<&mut Literal, Stop> {
        self.charge(1 + elements / 8)?;
        let literal = self
            .derivation
            .literals
            .last_mut()
            .ok_or(Stop::Misuse("an element outside an array literal"))?;
        literal.elements += elements;
        if literal.elements > self.recipe.limits.values as usize {
            return Err(Stop::Values);
        }
        Ok(literal)
    }

    /// `array_begin` of the table.
    pub(crate) fn array_begin(&mut self, kind: i32) -> Result<(), Stop> {
        if self.derivation.literals.len() > 256 {
            return Err(Stop::Misuse("array literals are nested too deep"));
        }
        let kind = empty(kind)?;
        let block = vec![kind.clone()];
        self.derivation.literals.push(Literal {
            kind,
            done: Vec::new(),
            block,
            elements: 0,
        });
        Ok(())
    }

    /// `array_push_f` of the table.
    pub(crate) fn array_push_f(&mut self, value: f64) -> Result<(), Stop> {
        match &mut self.literal(1)?.block[0] {
            Items::Float(items) => items.push(value),
            Items::Bool(_) | Items::Text(_) => return Err(MIXED),
        }
        Ok(())
    }

    /// `array_push_i` of the table.
    pub(crate) fn array_push_i(&mut self, value: i32) -> Result<(), Stop> {
        let text = self.string_id(value);
        match &mut self.literal(1)?.block[0] {
            Items::Bool(items) => items.push(value != 0),
            Items::Text(items) => items.push(text?),
            Items::Float(_) => return Err(MIXED),
        }
        Ok(())
    }

    /// `array_push_a` of the table: an array with as many rows as the literal's open rows grows them to the right; in
    /// an empty row it brings its own rows.
    pub(crate) fn array_push_a(&mut self, array: i32) -> Result<(), Stop> {
        let array = self.values.array(array)?;
        let literal = self.literal(array.items.len())?;
        if literal.block.len() == 1 && literal.block[0].len() == 0 && array.items.len() > 0 {
            literal.block.resize(array.rows, literal.kind.clone());
        }
        let fits = literal.block.len() == array.rows;
        let mut same = true;
        for row in 0..array.rows {
            let target = if fits { row } else { 0 };
            same &= literal.block[target]
                .extend(&array.items, row * array.columns..(row + 1) * array.columns);
        }
        if !same {
            return Err(MIXED);
        }
        if !fits && array.items.len() > 0 {
            self.warn("arrays with different numbers of rows are concatenated");
        }
        Ok(())
    }

    /// `array_push_range` of the table.
    pub(crate) fn array_push_range(&mut self, start: f64, step: f64, end: f64) -> Result<(), Stop> {
        let steps = ((end - start) / step + 1e-9).floor();
        if !(steps >= 0.0 && step != 0.0) {
            return self.charge(1);
        }
        if steps >= MAX_ELEMENTS as f64 {
            self.warn("a range has more than 100000 elements: left out");
            return Ok(());
        }
        let count = steps as usize + 1;
        match &mut self.literal(count)?.block[0] {
            Items::Float(items) => items.extend((0..count).map(|n| start + n as f64 * step)),
            Items::Bool(_) | Items::Text(_) => return Err(MIXED),
        }
        Ok(())
    }

    /// `array_row` of the table.
    pub(crate) fn array_row(&mut self) -> Result<(), Stop> {
        let literal = self.literal(0)?;
        let block = std::mem::replace(&mut literal.block, vec![literal.kind.clone()]);
        literal.done.extend(block);
        Ok(())
    }

    /// `array_end` of the table.
    pub(crate) fn array_end(&mut self) -> Result<i32, Stop> {
        let mut literal = self
            .derivation
            .literals
            .pop()
            .ok_or(Stop::Misuse("array_end without array_begin"))?;
        if literal.done.is_empty() || literal.block[0].len() > 0 {
            literal.done.append(&mut literal.block);
        }
        let columns = literal.done.iter().map(Items::len).max().unwrap_or(0);
        if literal.done.iter().any(|row| row.len() != columns) {
            self.warn("the rows of an array have different lengths: short ones are filled up");
        }
        let rows = literal.done.len();
        if rows * columns > self.recipe.limits.values as usize {
            return Err(Stop::Values);
        }
        let mut items = literal.kind;
        for (n, row) in literal.done.iter().enumerate() {
            items.extend(row, 0..row.len());
            items.resize((n + 1) * columns);
        }
        self.values.add_array(Array {
            rows,
            columns,
            items,
        })
    }

    /// Makes an array as a result of a table function, charged by its size.
    pub(crate) fn give_array(&mut self, array: Array) -> Result<i32, Stop> {
        self.charge(1 + array.items.len() / 8)?;
        self.values.add_array(array)
    }

    /// `array_of_f` of the table.
    pub(crate) fn array_of_f(&mut self, value: f64) -> Result<i32, Stop> {
        self.give_array(Array::row(Items::Float(vec![value])))
    }

    /// `array_of_i` of the table.
    pub(crate) fn array_of_i(&mut self, kind: i32, value: i32) -> Result<i32, Stop> {
        let items = match kind {
            1 => Items::Bool(vec![value != 0]),
            _ => Items::Text(vec![self.string_id(value)?]),
        };
        self.give_array(Array::row(items))
    }

    fn element_f(&self, array: i32, index: impl Fn(&Array) -> Option<usize>) -> Result<f64, Stop> {
        let array = self.values.array(array)?;
        match &array.items {
            Items::Float(items) => Ok(pick(items, index(&array))),
            Items::Bool(_) | Items::Text(_) => Err(MIXED),
        }
    }

    fn element_i(&self, array: i32, index: impl Fn(&Array) -> Option<usize>) -> Result<i32, Stop> {
        let array = self.values.array(array)?;
        match &array.items {
            Items::Bool(items) => Ok(i32::from(pick(items, index(&array)))),
            Items::Text(items) => Ok(pick(items, index(&array)).0.cast_signed()),
            Items::Float(_) => Err(MIXED),
        }
    }

    /// `array_get_f` of the table.
    pub(crate) fn array_get_f(&mut self, array: i32, index: f64) -> Result<f64, Stop> {
        self.element_f(array, |_| place(index))
    }

    /// `array_get_i` of the table.
    pub(crate) fn array_get_i(&mut self, array: i32, index: f64) -> Result<i32, Stop> {
        self.element_i(array, |_| place(index))
    }

    /// `array_at_f` of the table.
    pub(crate) fn array_at_f(&mut self, array: i32, row: f64, column: f64) -> Result<f64, Stop> {
        self.element_f(array, |array| array.place(row, column))
    }

    /// `array_at_i` of the table.
    pub(crate) fn array_at_i(&mut self, array: i32, row: f64, column: f64) -> Result<i32, Stop> {
        self.element_i(array, |array| array.place(row, column))
    }

    /// `array_size` of the table.
    pub(crate) fn array_size(&mut self, array: i32) -> Result<f64, Stop> {
        Ok(self.values.array(array)?.items.len() as f64)
    }

    /// `array_rows` of the table.
    pub(crate) fn array_rows(&mut self, array: i32) -> Result<f64, Stop> {
        let array = self.values.array(array)?;
        Ok(if array.columns == 0 {
            0.0
        } else {
            array.rows as f64
        })
    }

    /// `array_columns` of the table.
    pub(crate) fn array_columns(&mut self, array: i32) -> Result<f64, Stop> {
        Ok(self.values.array(array)?.columns as f64)
    }

    /// `string_a` of the table: `(3)[1,2,3]`, or a table with right-aligned columns.
    pub(crate) fn string_a(&mut self, array: i32) -> Result<i32, Stop> {
        let array = self.values.array(array)?;
        self.charge(1 + array.items.len())?;
        let text = written(&array, &self.values);
        self.give_text(&text)
    }
}

impl Array {
    /// The linear place of a row and a column.
    pub(super) fn place(&self, row: f64, column: f64) -> Option<usize> {
        let (row, column) = (place(row)?, place(column)?);
        (row < self.rows && column < self.columns).then(|| row * self.columns + column)
    }
}

/// An array as CGA prints it.
fn written(array: &Array, values: &values::Values) -> String {
    let cells: Vec<String> = match &array.items {
        Items::Float(items) => items.iter().map(|&value| number::format(value)).collect(),
        Items::Bool(items) => items.iter().map(bool::to_string).collect(),
        Items::Text(items) => items
            .iter()
            .map(|&id| values.string(id).to_owned())
            .collect(),
    };
    if array.rows == 1 {
        return format!("({})[{}]", cells.len(), cells.join(","));
    }
    let width = |column: usize| {
        cells
            .iter()
            .skip(column)
            .step_by(array.columns)
            .map(|cell| cell.chars().count())
            .max()
            .unwrap_or(0)
    };
    let widths: Vec<usize> = (0..array.columns).map(width).collect();
    let mut text = format!("({}x{})\n", array.rows, array.columns);
    for row in cells.chunks(array.columns.max(1)) {
        let row: Vec<String> = row
            .iter()
            .zip(&widths)
            .map(|(cell, &width)| format!("{cell:>width$}"))
            .collect();
        text.push_str(&row.join("   "));
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::Values;

    #[test]
    fn arrays_are_written_as_cga_does() {
        let values = Values::new(1000);
        let row = Array::row(Items::Float(vec![1.0, 2.5, -3.0]));
        assert_eq!(written(&row, &values), "(3)[1,2.5,-3]");
        let table = Array {
            rows: 2,
            columns: 3,
            items: Items::Float(vec![1.0, 2.0, 3.0, 10.0, 20.5, 30.0]),
        };
        assert_eq!(
            written(&table, &values),
            "(2x3)\n 1      2    3\n10   20.5   30\n"
        );
        assert_eq!(
            written(&Array::row(Items::Bool(Vec::new())), &values),
            "(0)[]"
        );
    }
}
