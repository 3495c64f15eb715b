//! Strings and arrays: immutable, named by number, bounded together.

use std::rc::Rc;

use super::random::hash;
use crate::Kernel;
use crate::limits::Stop;
use crate::state::StringId;

/// What an entry costs besides its bytes or elements.
const OVERHEAD: usize = 8;

/// Strings and arrays of a run.
#[derive(Debug)]
pub struct Values {
    strings: Vec<Rc<str>>,
    /// Open addressing: number of a string plus 1, or 0. A power of two long, at most half full.
    table: Vec<u32>,
    arrays: Vec<Rc<Array>>,
    /// Cost of `arrays`, given back when they are dropped.
    array_cost: usize,
    left: usize,
}

/// An immutable array: rows of equal length, row by row; one-dimensional arrays have one row.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Array {
    /// Number of rows.
    pub(crate) rows: usize,
    /// Elements of a row.
    pub(crate) columns: usize,
    /// The elements.
    pub(crate) items: Items,
}

/// Elements of one type.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Items {
    /// Floats.
    Float(Vec<f64>),
    /// Truth values.
    Bool(Vec<bool>),
    /// Strings.
    Text(Vec<StringId>),
}

impl Items {
    /// Number of elements.
    pub(crate) fn len(&self) -> usize {
        match self {
            Self::Float(items) => items.len(),
            Self::Bool(items) => items.len(),
            Self::Text(items) => items.len(),
        }
    }
}

impl Array {
    /// One row.
    pub(crate) fn row(items: Items) -> Self {
        Self {
            rows: 1,
            columns: items.len(),
            items,
        }
    }
}

impl Array {
    /// Rows of so many elements, or a single one where they are not whole.
    pub(crate) fn table(columns: usize, items: Items) -> Self {
        let rows = items.len().checked_div(columns).unwrap_or(0);
        let is_whole = rows > 0 && rows * columns == items.len();
        if !is_whole {
            return Self::row(items);
        }
        Self {
            rows,
            columns,
            items,
        }
    }
}

impl Values {
    /// None yet; `limit` bytes and elements may come.
    pub fn new(limit: u32) -> Self {
        let mut values = Self {
            strings: Vec::new(),
            table: vec![0; 64],
            arrays: Vec::new(),
            array_cost: 0,
            left: limit as usize,
        };
        values.intern_constant("");
        values
    }

    /// The number of a string that is part of the module or the kernel: not charged.
    pub(crate) fn intern_constant(&mut self, text: &str) -> StringId {
        let slot = match self.find(text) {
            Ok(id) => return id,
            Err(slot) => slot,
        };
        let id = u32::try_from(self.strings.len()).expect("limits keep strings far below 2^32");
        self.strings.push(text.into());
        self.table[slot] = id + 1;
        if self.strings.len() * 2 > self.table.len() {
            self.grow();
        }
        StringId(id)
    }

    /// The number of a string, made if there is none yet.
    ///
    /// # Errors
    /// [`Stop::Values`] when there is no room.
    pub(crate) fn intern(&mut self, text: &str) -> Result<StringId, Stop> {
        if let Ok(id) = self.find(text) {
            return Ok(id);
        }
        self.left = self
            .left
            .checked_sub(text.len() + OVERHEAD)
            .ok_or(Stop::Values)?;
        Ok(self.intern_constant(text))
    }

    /// A string by its number.
    ///
    /// # Errors
    /// [`Stop::Misuse`] when there is none.
    pub(crate) fn text(&self, id: i32) -> Result<Rc<str>, Stop> {
        usize::try_from(id)
            .ok()
            .and_then(|id| self.strings.get(id).cloned())
            .ok_or(Stop::Misuse("no string has this number"))
    }

    /// A string by a number that is known to be right.
    pub fn string(&self, id: StringId) -> &str {
        &self.strings[id.0 as usize]
    }

    /// Makes an array.
    ///
    /// # Errors
    /// [`Stop::Values`] when there is no room.
    pub(crate) fn add_array(&mut self, array: Array) -> Result<i32, Stop> {
        let cost = array.items.len() + OVERHEAD;
        self.left = self.left.checked_sub(cost).ok_or(Stop::Values)?;
        self.array_cost += cost;
        self.arrays.push(Rc::new(array));
        i32::try_from(self.arrays.len() - 1).map_err(|_| Stop::Values)
    }

    /// An array by its number.
    ///
    /// # Errors
    /// [`Stop::Misuse`] when there is none.
    pub(crate) fn array(&self, id: i32) -> Result<Rc<Array>, Stop> {
        usize::try_from(id)
            .ok()
            .and_then(|id| self.arrays.get(id).cloned())
            .ok_or(Stop::Misuse("no array has this number"))
    }

    /// Drops all arrays: nothing that outlives an initial shape holds one.
    pub(crate) fn drop_arrays(&mut self) {
        self.left += self.array_cost;
        self.array_cost = 0;
        self.arrays.clear();
    }

    /// The number of a string, or the slot where it would go.
    fn find(&self, text: &str) -> Result<StringId, usize> {
        let mask = self.table.len() - 1;
        let mut slot = hash(text.as_bytes()) as usize & mask;
        loop {
            match self.table[slot] {
                0 => return Err(slot),
                id if &*self.strings[id as usize - 1] == text => return Ok(StringId(id - 1)),
                _ => slot = (slot + 1) & mask,
            }
        }
    }

    /// Doubles the table.
    fn grow(&mut self) {
        self.table = vec![0; self.table.len() * 2];
        let mask = self.table.len() - 1;
        for (id, text) in self.strings.iter().enumerate() {
            let mut slot = hash(text.as_bytes()) as usize & mask;
            while self.table[slot] != 0 {
                slot = (slot + 1) & mask;
            }
            self.table[slot] = u32::try_from(id + 1).expect("limits keep strings far below 2^32");
        }
    }
}

impl Kernel {
    /// A string by its number, from a module.
    ///
    /// # Errors
    /// [`Stop::Misuse`] when there is none.
    pub(crate) fn text(&self, id: i32) -> Result<Rc<str>, Stop> {
        self.values.text(id)
    }

    /// The number of a string.
    ///
    /// # Errors
    /// [`Stop::Values`] when there is no room.
    pub(crate) fn intern(&mut self, text: &str) -> Result<StringId, Stop> {
        self.charge(text.len() / 64)?;
        self.values.intern(text)
    }

    /// A new string as a result of a table function.
    pub(super) fn give_text(&mut self, text: &str) -> Result<i32, Stop> {
        Ok(self.intern(text)?.0.cast_signed())
    }

    /// The elements of an array of floats, row by row.
    ///
    /// # Errors
    /// [`Stop::Misuse`] when it is none.
    pub(crate) fn array_floats(&self, id: i32) -> Result<Vec<f64>, Stop> {
        match &self.values.array(id)?.items {
            Items::Float(items) => Ok(items.clone()),
            Items::Bool(_) | Items::Text(_) => Err(Stop::Misuse("expected an array of floats")),
        }
    }

    /// The elements of an array of strings, row by row.
    ///
    /// # Errors
    /// [`Stop::Misuse`] when it is none.
    pub(crate) fn array_strings(&self, id: i32) -> Result<Vec<StringId>, Stop> {
        match &self.values.array(id)?.items {
            Items::Text(items) => Ok(items.clone()),
            Items::Float(_) | Items::Bool(_) => Err(Stop::Misuse("expected an array of strings")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_strings_have_equal_numbers() {
        let mut values = Values::new(100_000);
        let numbers: Vec<_> = (0..1000)
            .map(|n| values.intern(&format!("s{n}")).unwrap())
            .collect();
        for (n, id) in numbers.iter().enumerate() {
            assert_eq!(values.intern(&format!("s{n}")), Ok(*id));
            assert_eq!(values.string(*id), format!("s{n}"));
        }
        assert_eq!(values.intern(""), Ok(StringId(0)));
    }

    #[test]
    fn strings_stop_at_the_limit() {
        let mut values = Values::new(100);
        assert_eq!(values.intern(&"a".repeat(100)), Err(Stop::Values));
        assert!(values.intern("short").is_ok());
    }

    #[test]
    fn dropped_arrays_give_their_room_back() {
        let mut values = Values::new(100);
        for _ in 0..10 {
            assert!(
                values
                    .add_array(Array::row(Items::Float(vec![0.0; 80])))
                    .is_ok()
            );
            assert_eq!(
                values.add_array(Array::row(Items::Float(vec![0.0; 80]))),
                Err(Stop::Values)
            );
            values.drop_arrays();
        }
    }
}
