//! Functions that make arrays from arrays.

use std::cmp::Ordering;

use super::arrays::{MIXED, empty, place};
use super::number;
use super::values::{Array, Items};
use crate::Kernel;
use crate::limits::Stop;
use crate::order::Order as _;
use crate::state::StringId;

impl Kernel {
    /// `array_pick` of the table.
    pub(crate) fn array_pick(&mut self, array: i32, indices: i32) -> Result<i32, Stop> {
        let (array, indices) = (self.values.array(array)?, self.values.array(indices)?);
        self.charge(1 + indices.items.len() / 8)?;
        let mut items = array.items.same_kind();
        match &indices.items {
            Items::Float(places) => {
                for &index in places {
                    items.take(&array.items, place(index));
                }
                self.give_array(Array {
                    rows: indices.rows,
                    columns: indices.columns,
                    items,
                })
            }
            kept => {
                for index in places(kept)? {
                    items.take(&array.items, place(index));
                }
                self.give_array(Array::row(items))
            }
        }
    }

    /// `array_pick_cross` of the table.
    pub(crate) fn array_pick_cross(
        &mut self,
        array: i32,
        rows: i32,
        columns: i32,
    ) -> Result<i32, Stop> {
        let (rows, columns) = self.cross(rows, columns)?;
        let array = self.values.array(array)?;
        let mut items = array.items.same_kind();
        for &row in &rows {
            for &column in &columns {
                items.take(&array.items, array.place(row, column));
            }
        }
        self.give_array(Array {
            rows: rows.len(),
            columns: columns.len(),
            items,
        })
    }

    /// The places that two arrays of indices name, charged by the size of their cross product.
    pub(super) fn cross(&mut self, rows: i32, columns: i32) -> Result<(Vec<f64>, Vec<f64>), Stop> {
        let rows = places(&self.values.array(rows)?.items)?;
        let columns = places(&self.values.array(columns)?.items)?;
        let count = rows.len().saturating_mul(columns.len());
        if count > self.recipe.limits.values as usize {
            return Err(Stop::Values);
        }
        self.charge(1 + (rows.len() + columns.len() + count) / 8)?;
        Ok((rows, columns))
    }

    /// `array_each` of the table: equal dimensions, or one side with a single element that goes with all.
    pub(crate) fn array_each(&mut self, operator: i32, a: i32, b: i32) -> Result<i32, Stop> {
        let (a, b) = (self.values.array(a)?, self.values.array(b)?);
        let (single_a, single_b) = (a.items.len() == 1, b.items.len() == 1);
        if !single_a && !single_b && (a.rows, a.columns) != (b.rows, b.columns) {
            self.warn("arrays of different dimensions: the common part is used");
        }
        let (rows, columns) = match (single_a, single_b) {
            (_, true) => (a.rows, a.columns),
            (true, false) => (b.rows, b.columns),
            (false, false) => (a.rows.min(b.rows), a.columns.min(b.columns)),
        };
        self.charge(1 + rows * columns / 4)?;
        let places = (0..rows * columns).map(|k| {
            let (row, column) = (k / columns, k % columns);
            let at = |array: &Array, single: bool| {
                if single {
                    0
                } else {
                    row * array.columns + column
                }
            };
            (at(&a, single_a), at(&b, single_b))
        });
        let items = match (&a.items, &b.items) {
            (Items::Float(x), Items::Float(y)) => {
                floats(operator, places.map(|(i, j)| (x[i], y[j])))?
            }
            (Items::Bool(x), Items::Bool(y)) => bools(operator, places.map(|(i, j)| (x[i], y[j])))?,
            (Items::Text(x), Items::Text(y)) => {
                let pairs: Vec<_> = places.map(|(i, j)| (x[i], y[j])).collect();
                self.texts_each(operator, &pairs)?
            }
            _ => return Err(MIXED),
        };
        self.give_array(Array {
            rows,
            columns,
            items,
        })
    }

    fn texts_each(&mut self, operator: i32, pairs: &[(StringId, StringId)]) -> Result<Items, Stop> {
        if operator == 8 {
            let joined = pairs.iter().map(|&(a, b)| {
                let text = [self.values.string(a), self.values.string(b)].concat();
                self.intern(&text)
            });
            return Ok(Items::Text(joined.collect::<Result<_, _>>()?));
        }
        let values = &self.values;
        let order = pairs
            .iter()
            .map(|&(a, b)| Some(values.string(a).cmp(values.string(b))));
        compared(operator, order).ok_or(Stop::Misuse("no such operator on strings"))
    }

    /// `array_negate` of the table.
    pub(crate) fn array_negate(&mut self, array: i32) -> Result<i32, Stop> {
        let array = self.values.array(array)?;
        let items = match &array.items {
            Items::Float(items) => Items::Float(items.iter().map(|x| -x).collect()),
            Items::Bool(items) => Items::Bool(items.iter().map(|x| !x).collect()),
            Items::Text(_) => return Err(MIXED),
        };
        self.give_array(Array { items, ..*array })
    }

    /// `array_map` of the table.
    pub(crate) fn array_map(&mut self, function: i32, array: i32) -> Result<i32, Stop> {
        let array = self.values.array(array)?;
        let Items::Float(items) = &array.items else {
            return Err(MIXED);
        };
        let map = |f: fn(f64) -> f64| Items::Float(items.iter().map(|&x| f(x)).collect());
        let test = |f: fn(f64) -> bool| Items::Bool(items.iter().map(|&x| f(x)).collect());
        let items = match function {
            0 => map(f64::abs),
            1 => map(f64::ceil),
            2 => map(f64::floor),
            3 => map(f64::round_ties_even),
            4 => test(f64::is_nan),
            5 => test(f64::is_infinite),
            _ => return Err(Stop::Misuse("no such function on arrays")),
        };
        self.give_array(Array { items, ..*array })
    }

    /// `array_convert` of the table.
    pub(crate) fn array_convert(&mut self, kind: i32, array: i32) -> Result<i32, Stop> {
        let array = self.values.array(array)?;
        let mut items = empty(kind)?;
        self.charge(1 + array.items.len())?;
        for k in 0..array.items.len() {
            match &mut items {
                Items::Float(into) => into.push(match &array.items {
                    Items::Float(from) => from[k],
                    Items::Bool(from) => f64::from(from[k]),
                    Items::Text(from) => number::parse(self.values.string(from[k])),
                }),
                Items::Bool(into) => into.push(match &array.items {
                    Items::Float(from) => from[k] != 0.0,
                    Items::Bool(from) => from[k],
                    Items::Text(from) => self.bool_s(from[k].0.cast_signed())? != 0,
                }),
                Items::Text(into) => into.push(match &array.items {
                    Items::Float(from) => self.intern(&number::format(from[k]))?,
                    Items::Bool(from) => self.intern(if from[k] { "true" } else { "false" })?,
                    Items::Text(from) => from[k],
                }),
            }
        }
        self.give_array(Array {
            rows: array.rows,
            columns: array.columns,
            items,
        })
    }

    /// `array_equal` of the table.
    pub(crate) fn array_equal(&mut self, a: i32, b: i32) -> Result<i32, Stop> {
        let (a, b) = (self.values.array(a)?, self.values.array(b)?);
        self.charge(1 + a.items.len() / 8)?;
        Ok(i32::from(a == b))
    }

    /// `array_find_f` of the table.
    pub(crate) fn array_find_f(
        &mut self,
        array: i32,
        value: f64,
        epsilon: f64,
    ) -> Result<f64, Stop> {
        let items = self.array_floats(array)?;
        self.charge(1 + items.len() / 8)?;
        let place = items
            .iter()
            .position(|x| *x == value || (x - value).abs() <= epsilon);
        Ok(place.map_or(-1.0, |place| place as f64))
    }

    /// `array_find_i` of the table.
    pub(crate) fn array_find_i(&mut self, array: i32, value: i32) -> Result<f64, Stop> {
        let array = self.values.array(array)?;
        self.charge(1 + array.items.len() / 8)?;
        let place = match &array.items {
            Items::Bool(items) => items.iter().position(|&x| x == (value != 0)),
            Items::Text(items) => items.iter().position(|x| x.0.cast_signed() == value),
            Items::Float(_) => return Err(MIXED),
        };
        Ok(place.map_or(-1.0, |place| place as f64))
    }

    /// `array_compare` of the table.
    pub(crate) fn array_compare(&mut self, a: i32, b: i32) -> Result<i32, Stop> {
        let (a, b) = (self.values.array(a)?, self.values.array(b)?);
        self.charge(1 + a.items.len().min(b.items.len()) / 4)?;
        let columns = a.columns.min(b.columns);
        for row in 0..a.rows.min(b.rows) {
            for column in 0..columns {
                let places = (row * a.columns + column, row * b.columns + column);
                let order = self.order((&a, places.0), (&b, places.1))?;
                if order != Ordering::Equal {
                    return Ok(order as i32);
                }
            }
            if a.columns != b.columns {
                break;
            }
        }
        let sizes = (a.columns, a.rows).cmp(&(b.columns, b.rows));
        Ok(sizes as i32)
    }

    /// `array_sort_indices` of the table: for each row the places of its elements in ascending order, ties as they are.
    pub(crate) fn array_sort_indices(&mut self, array: i32) -> Result<i32, Stop> {
        let array = self.values.array(array)?;
        self.charge(1 + array.items.len())?;
        let mut items = Vec::with_capacity(array.items.len());
        for row in 0..array.rows {
            let mut places: Vec<usize> = (0..array.columns).collect();
            let place = |column: usize| (&*array, row * array.columns + column);
            places.order_by(|&a, &b| {
                let order = self.order(place(a), place(b));
                order.unwrap_or(Ordering::Equal)
            });
            items.extend(places.into_iter().map(|place| place as f64));
        }
        self.give_array(Array {
            rows: array.rows,
            columns: array.columns,
            items: Items::Float(items),
        })
    }

    /// `array_sort_row_indices` of the table: the places of rows in lexicographic order.
    pub(crate) fn array_sort_row_indices(&mut self, array: i32) -> Result<i32, Stop> {
        let array = self.values.array(array)?;
        self.charge(1 + array.items.len())?;
        let mut places: Vec<usize> = (0..array.rows).collect();
        places.order_by(|&a, &b| {
            let place = |row: usize, column: usize| (&*array, row * array.columns + column);
            let columns = (0..array.columns).map(|k| {
                let order = self.order(place(a, k), place(b, k));
                order.unwrap_or(Ordering::Equal)
            });
            columns.fold(Ordering::Equal, Ordering::then)
        });
        self.give_array(Array::row(Items::Float(
            places.into_iter().map(|place| place as f64).collect(),
        )))
    }

    /// How two elements of arrays of one type sort; nan comes last.
    fn order(&self, (a, i): (&Array, usize), (b, j): (&Array, usize)) -> Result<Ordering, Stop> {
        Ok(match (&a.items, &b.items) {
            (Items::Float(a), Items::Float(b)) => {
                let nan = a[i].is_nan().cmp(&b[j].is_nan());
                a[i].partial_cmp(&b[j]).unwrap_or(nan)
            }
            (Items::Bool(a), Items::Bool(b)) => a[i].cmp(&b[j]),
            (Items::Text(a), Items::Text(b)) => {
                let (a, b) = (self.values.string(a[i]), self.values.string(b[j]));
                a.cmp(b)
            }
            _ => return Err(MIXED),
        })
    }

    /// `array_sum_f` of the table.
    pub(crate) fn array_sum_f(&mut self, array: i32) -> Result<f64, Stop> {
        let array = self.values.array(array)?;
        self.charge(1 + array.items.len() / 8)?;
        match &array.items {
            Items::Float(items) => Ok(crate::math::sum(items.iter().copied())),
            Items::Bool(items) => Ok(items.iter().filter(|item| **item).count() as f64),
            Items::Text(_) => Err(MIXED),
        }
    }

    /// `array_sum_s` of the table.
    pub(crate) fn array_sum_s(&mut self, array: i32) -> Result<i32, Stop> {
        let items = self.array_strings(array)?;
        let length: usize = items.iter().map(|&id| self.values.string(id).len()).sum();
        if length > self.recipe.limits.values as usize {
            return Err(Stop::Values);
        }
        self.charge(1 + length / 8)?;
        let text: String = items.iter().map(|&id| self.values.string(id)).collect();
        self.give_text(&text)
    }

    /// `array_transpose` of the table.
    pub(crate) fn array_transpose(&mut self, array: i32) -> Result<i32, Stop> {
        let array = self.values.array(array)?;
        self.charge(1 + array.items.len() / 8)?;
        let mut items = array.items.same_kind();
        for column in 0..array.columns {
            for row in 0..array.rows {
                items.take(&array.items, Some(row * array.columns + column));
            }
        }
        self.give_array(Array {
            rows: array.columns.max(1),
            columns: array.rows,
            items,
        })
    }
}

/// The places that an array of indices names: the numbers in it, or where it is true.
pub(super) fn places(indices: &Items) -> Result<Vec<f64>, Stop> {
    match indices {
        Items::Float(places) => Ok(places.clone()),
        Items::Bool(kept) => {
            let kept = kept.iter().enumerate().filter(|(_, kept)| **kept);
            Ok(kept.map(|(place, _)| place as f64).collect())
        }
        Items::Text(_) => Err(MIXED),
    }
}

/// Comparison operators, numbered as in the table.
fn compared(operator: i32, order: impl Iterator<Item = Option<Ordering>>) -> Option<Items> {
    let test: fn(Option<Ordering>) -> bool = match operator {
        2 => |order| order == Some(Ordering::Equal),
        3 => |order| order != Some(Ordering::Equal),
        4 => |order| order == Some(Ordering::Less),
        5 => |order| matches!(order, Some(Ordering::Less | Ordering::Equal)),
        6 => |order| order == Some(Ordering::Greater),
        7 => |order| matches!(order, Some(Ordering::Greater | Ordering::Equal)),
        _ => return None,
    };
    Some(Items::Bool(order.map(test).collect()))
}

fn floats(operator: i32, pairs: impl Iterator<Item = (f64, f64)>) -> Result<Items, Stop> {
    let apply: fn((f64, f64)) -> f64 = match operator {
        8 => |(a, b)| a + b,
        9 => |(a, b)| a - b,
        10 => |(a, b)| a * b,
        11 => |(a, b)| a / b,
        12 => |(a, b)| a % b,
        _ => {
            return compared(operator, pairs.map(|(a, b)| a.partial_cmp(&b)))
                .ok_or(Stop::Misuse("no such operator on floats"));
        }
    };
    Ok(Items::Float(pairs.map(apply).collect()))
}

fn bools(operator: i32, pairs: impl Iterator<Item = (bool, bool)>) -> Result<Items, Stop> {
    Ok(match operator {
        0 => Items::Bool(pairs.map(|(a, b)| a | b).collect()),
        1 => Items::Bool(pairs.map(|(a, b)| a & b).collect()),
        _ => compared(operator, pairs.map(|(a, b)| Some(a.cmp(&b))))
            .ok_or(Stop::Misuse("no such operator on bools"))?,
    })
}
