//! Drives kernels as a compiled grammar would, without one.

mod attributes;
mod blocks;
mod derivation;
mod files;
mod limits;
mod tags;
mod values;

use super::*;
use crate::abi::token::token;
use crate::asset::Model;
use crate::limits::Stop;
use crate::manifest::{Attribute, Rule, Site, Type};
use crate::recipe::{InitialShape, Value};

type Body = Box<dyn Fn(&mut Kernel) -> Result<(), Stop>>;

/// A grammar made of closures. Strings of the manifest: "" and what `text` asks for.
#[derive(Default)]
struct Grammar {
    manifest: Manifest,
    rules: Vec<Body>,
    attributes: Vec<Body>,
    recipe: Recipe,
    assets: Vec<(String, Asset)>,
}

impl Grammar {
    /// A grammar for one square lot of 10 by 10 with the corner at the origin, front towards +z.
    fn new() -> Self {
        let mut grammar = Self::default();
        grammar.manifest.strings.push(String::new());
        grammar.manifest.sources.push("test.cga".to_owned());
        grammar.manifest.sites = (0..10)
            .map(|line| Site {
                source: 0,
                line,
                column: 1,
            })
            .collect();
        grammar.recipe.shapes.push(lot(0.0, 10.0, 10.0));
        grammar
    }

    /// Adds a rule without parameters.
    fn rule(self, name: &str, body: impl Fn(&mut Kernel) -> Result<(), Stop> + 'static) -> Self {
        self.rule_with(name, &[], body)
    }

    fn rule_with(
        mut self,
        name: &str,
        params: &[Type],
        body: impl Fn(&mut Kernel) -> Result<(), Stop> + 'static,
    ) -> Self {
        let (params, annotations) = (params.to_vec(), Vec::new());
        self.manifest.rules.push(Rule {
            name: name.to_owned(),
            params,
            start: false,
            annotations,
        });
        self.rules.push(Box::new(body));
        self
    }

    fn attribute(
        mut self,
        name: &str,
        ty: Type,
        body: impl Fn(&mut Kernel, i32) -> Result<(), Stop> + 'static,
    ) -> Self {
        let slot = self.manifest.attributes.len() as i32;
        self.manifest.attributes.push(Attribute {
            name: name.to_owned(),
            ty,
            settable: true,
            hidden: false,
            default: None,
            annotations: Vec::new(),
        });
        self.attributes.push(Box::new(move |k| {
            if k.attribute_begin(slot)? == 0 {
                body(k, slot)
            } else {
                Ok(())
            }
        }));
        self
    }

    fn recipe(mut self, change: impl FnOnce(&mut Recipe)) -> Self {
        change(&mut self.recipe);
        self
    }

    /// Runs the grammar.
    fn run(self) -> Run {
        let mut kernel = Kernel::new(self.manifest, self.recipe, self.assets).unwrap();
        let end = dispatch(&mut kernel, &self.attributes, &self.rules);
        Run { kernel, end }
    }
}

/// The loop of a module's `generate`.
fn dispatch(kernel: &mut Kernel, attributes: &[Body], rules: &[Body]) -> Result<(), Stop> {
    loop {
        match kernel.next_rule()? {
            -1 => return Ok(()),
            0 => attributes
                .iter()
                .try_for_each(|attribute| attribute(kernel))?,
            n => rules[n as usize - 1](kernel)?,
        }
    }
}

/// A finished run.
struct Run {
    kernel: Kernel,
    end: Result<(), Stop>,
}

impl Run {
    /// Symbols of the leaves in order.
    fn symbols(&self) -> Vec<&str> {
        assert_eq!(self.end, Ok(()));
        self.kernel
            .leaves
            .iter()
            .map(|leaf| self.kernel.values.string(leaf.symbol))
            .collect()
    }

    fn prints(&self) -> Vec<String> {
        assert_eq!(self.end, Ok(()));
        self.kernel.prints().map(str::to_owned).collect()
    }

    fn warnings(&self) -> Vec<&str> {
        self.kernel
            .warnings()
            .iter()
            .map(|warning| warning.text.as_str())
            .collect()
    }
}

/// A rectangular lot.
fn lot(x: f64, width: f64, depth: f64) -> InitialShape {
    let ring = vec![
        [x, 0.0, depth],
        [x + width, 0.0, depth],
        [x + width, 0.0, 0.0],
        [x, 0.0, 0.0],
    ];
    InitialShape {
        polygons: vec![vec![ring]],
        ..InitialShape::default()
    }
}

/// The number of a word.
fn word(word: &str) -> i32 {
    token(word).unwrap()
}

/// The number of a shape attribute.
fn builtin_number(name: &str) -> i32 {
    builtin::find(name).unwrap() as i32
}

/// Creates a leaf.
fn leaf(k: &mut Kernel, symbol: &str) -> Result<(), Stop> {
    let symbol = k.give_text(symbol)?;
    k.leaf(symbol)
}

/// Prints a text.
fn print(k: &mut Kernel, text: &str) -> Result<(), Stop> {
    let text = k.give_text(text)?;
    k.print(text)
}

/// Prints a number.
fn print_number(k: &mut Kernel, value: f64) -> Result<(), Stop> {
    let text = k.string_f(value)?;
    k.print(text)
}

/// Runs the branches of a block.
fn pieces(
    k: &mut Kernel,
    branch: impl Fn(&mut Kernel, i32) -> Result<(), Stop>,
) -> Result<(), Stop> {
    loop {
        match k.next_piece()? {
            -1 => return Ok(()),
            n => branch(k, n)?,
        }
    }
}

/// A cube of edge 1 as an asset.
fn cube_asset() -> Asset {
    let points = (0..8)
        .map(|k| [f64::from(k & 1), f64::from(k >> 1 & 1), f64::from(k >> 2)])
        .collect();
    let polygons = [
        [0, 2, 3, 1],
        [4, 5, 7, 6],
        [0, 1, 5, 4],
        [2, 6, 7, 3],
        [0, 4, 6, 2],
        [1, 3, 7, 5],
    ];
    let mut model = Model {
        points,
        ..Model::default()
    };
    for polygon in polygons {
        model.add_polygon(&polygon, 0);
    }
    Asset::Model(model)
}
