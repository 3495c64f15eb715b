//! Assets that suit the current scope: sorted by how well their proportions or sizes match it, or one picked.
//!
//! Deviations are logarithms of factors, so that half as long is as bad as twice as long. What has no extent where it is
//! asked for comes last.

use crate::Kernel;
use crate::abi::token::word;
use crate::asset::Asset;
use crate::limits::Stop;
use crate::math;
use crate::order::Order as _;

/// What is compared with the scope.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Measure {
    /// The proportions of models.
    Ratio,
    /// The sizes of models.
    Size,
    /// The proportions of images: their width goes along the first axis.
    ImageRatio,
}

impl Measure {
    fn of(number: i32) -> Result<Self, Stop> {
        match number {
            0 => Ok(Self::Ratio),
            1 => Ok(Self::Size),
            2 => Ok(Self::ImageRatio),
            _ => Err(Stop::Misuse("assets match by ratio, size or image ratio")),
        }
    }
}

/// How well a size suits: by how much it would have to be scaled along each axis.
struct Match {
    /// The sum of what is to be compared.
    deviation: f64,
    /// The greatest change of a length, 0.1 for a tenth.
    scaling: f64,
}

impl Match {
    /// None when a length is not positive.
    fn new(measure: Measure, lengths: &[f64], wanted: &[f64]) -> Option<Self> {
        let all_positive = lengths.iter().chain(wanted).all(|&length| length > 0.0);
        if !all_positive {
            return None;
        }
        let factors: Vec<f64> = lengths.iter().zip(wanted).map(|(a, b)| b / a).collect();
        let logarithms: Vec<f64> = factors.iter().map(|&factor| math::ln(factor)).collect();
        let deviation = match measure {
            Measure::Size => logarithms.iter().map(|x| x.abs()).sum(),
            Measure::Ratio | Measure::ImageRatio => {
                let pairs = logarithms.windows(2).map(|pair| (pair[0] - pair[1]).abs());
                pairs.sum()
            }
        };
        let changes = factors.iter().map(|factor| (factor - 1.0).abs());
        Some(Self {
            deviation,
            scaling: changes.fold(0.0, f64::max),
        })
    }
}

impl Kernel {
    /// `assets_sort` of the table.
    pub(crate) fn assets_sort(
        &mut self,
        assets: i32,
        axes: i32,
        measure: i32,
        max_scaling: f64,
    ) -> Result<i32, Stop> {
        let measure = Measure::of(measure)?;
        let axes = word(axes).ok_or(Stop::Misuse("no such axes"))?;
        let names = self.array_strings(assets)?;
        let names = names.iter().map(|&id| self.values.string(id));
        let names = names.filter(|name| !name.is_empty()).map(str::to_owned);
        let sorted = self.matching(names.collect(), axes, measure, max_scaling)?;
        self.give_texts(sorted.iter().map(String::as_str))
    }

    /// `asset_pick` of the table: one of the `best` best files that answer a query, or of all when that is 0.
    pub(crate) fn asset_pick(
        &mut self,
        query: i32,
        axes: i32,
        measure: i32,
        best: f64,
        max_scaling: f64,
    ) -> Result<i32, Stop> {
        let measure = Measure::of(measure)?;
        let axes = self.text(axes)?;
        let names = self.search(query)?;
        let wants_image = measure == Measure::ImageRatio;
        let is_wanted = |kernel: &Self, name: &String| {
            let asset = kernel.asset(name).map(|id| kernel.asset_data(id));
            asset.is_some_and(|asset| matches!(asset, Asset::Image(_)) == wants_image)
        };
        let names = names
            .into_iter()
            .filter(|name| is_wanted(self, name))
            .collect();
        let mut sorted = self.matching(names, &axes, measure, max_scaling)?;
        let best = self.finite(best, "asset").max(0.0) as usize;
        if best > 0 {
            sorted.truncate(best);
        }
        let place = match sorted.len() {
            0 | 1 => 0,
            count => (self.random() * count as f64) as usize,
        };
        match sorted.get(place) {
            Some(name) => self.give_text(name),
            None => {
                let query = self.text(query)?;
                self.warn(format!("no asset that fits `{query}` suits the scope"));
                Ok(0)
            }
        }
    }

    /// Names by how well they match, the best first; with `max_scaling` only those that are scaled by less.
    fn matching(
        &mut self,
        names: Vec<String>,
        axes: &str,
        measure: Measure,
        max_scaling: f64,
    ) -> Result<Vec<String>, Stop> {
        let axes: Vec<usize> = axes.chars().filter_map(|axis| "xyz".find(axis)).collect();
        let size = self.shape.scope.size.abs();
        let wanted: Vec<f64> = axes.iter().map(|&axis| size[axis]).collect();
        let mut matches: Vec<(f64, String)> = Vec::new();
        self.charge(names.len())?;
        for name in names {
            let found = match self.lengths(&name, &axes, measure)? {
                Some(lengths) => Match::new(measure, &lengths, &wanted),
                None => None,
            };
            let is_near = found.as_ref().is_some_and(|it| it.scaling <= max_scaling);
            if max_scaling <= 0.0 || is_near {
                matches.push((found.map_or(f64::INFINITY, |it| it.deviation), name));
            }
        }
        matches.order_by(|a, b| a.0.total_cmp(&b.0));
        Ok(matches.into_iter().map(|(_, name)| name).collect())
    }

    /// The lengths of a model along some axes, or width and height of an image; none for what is neither.
    fn lengths(
        &mut self,
        name: &str,
        axes: &[usize],
        measure: Measure,
    ) -> Result<Option<Vec<f64>>, Stop> {
        let Some(id) = self.asset(name) else {
            self.warn(format!("there is no asset `{name}`"));
            return Ok(None);
        };
        if measure == Measure::ImageRatio {
            return Ok(match self.asset_data(id) {
                Asset::Image(image) => Some(vec![f64::from(image.width), f64::from(image.height)]),
                Asset::Model(_) | Asset::Text(_) | Asset::Table(_) => None,
            });
        }
        let Some(baked) = self.baked(id) else {
            return Ok(None);
        };
        let size = baked.high - baked.low;
        Ok(Some(axes.iter().map(|&axis| size[axis]).collect()))
    }
}

#[cfg(test)]
mod tests {
    use super::{Match, Measure};

    #[test]
    fn half_is_as_bad_as_twice() {
        let deviation = |measure, lengths: &[f64]| {
            Match::new(measure, lengths, &[2.0, 4.0]).map(|it| it.deviation)
        };
        assert_eq!(deviation(Measure::Size, &[2.0, 4.0]), Some(0.0));
        assert_eq!(
            deviation(Measure::Size, &[1.0, 4.0]),
            deviation(Measure::Size, &[4.0, 4.0])
        );
        assert_eq!(deviation(Measure::Ratio, &[1.0, 2.0]), Some(0.0));
        assert_eq!(
            deviation(Measure::Ratio, &[1.0, 1.0]),
            deviation(Measure::Ratio, &[1.0, 4.0])
        );
        assert_eq!(deviation(Measure::Ratio, &[0.0, 1.0]), None);
        let scaling = Match::new(Measure::Size, &[1.9, 4.0], &[2.0, 4.0])
            .unwrap()
            .scaling;
        assert!((scaling - 0.1 / 1.9).abs() < 1e-12);
    }
}
