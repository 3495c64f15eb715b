//! The calibration run: a fixed recipe that tells how fast a machine generates.

use std::path::PathBuf;

use gable_kernel::recipe::{Recipe, Value};
use gable_runtime::Engine;

use crate::grammar::{Grammar, GrammarFailure};
use crate::initial::{initial_shape, lot};
use crate::layer::{LIMITS, OUTPUT};
use crate::library::bundle;

/// The bundled grammar that is run: facades with flat windows, no models, so that a client needs nothing else.
const GRAMMAR: &str = "perimeter_block";
/// Houses in the recipe: some ten milliseconds of work.
const HOUSES: u32 = 12;

/// A fixed recipe and what it takes to run it. It is the same for all servers of one version.
#[derive(Debug)]
pub struct Calibration {
    /// The grammar.
    pub grammar: Grammar,
    /// The recipe.
    pub recipe: Recipe,
}

impl Calibration {
    /// Compiles the bundled grammar and makes the recipe.
    ///
    /// # Errors
    /// What the engine says when it refuses the module.
    pub fn new(engine: &Engine) -> Result<Self, String> {
        let path = PathBuf::from(format!("{}{GRAMMAR}", bundle::PREFIX));
        let grammar = Grammar::load(&path, engine).map_err(|failure| match failure {
            GrammarFailure::Missing(text) | GrammarFailure::Errors(text) => text,
            GrammarFailure::Engine(error) => error.to_string(),
        })?;
        let shapes = (0..HOUSES).flat_map(|number| {
            let features = lot(16.0 + f64::from(number), 13.0).features;
            let manifest = grammar.manifest();
            let shapes = features
                .into_iter()
                .map(|feature| initial_shape(&feature, "", manifest));
            shapes.collect::<Vec<_>>()
        });
        let recipe = Recipe {
            kernel: gable_runtime::kernel_hash(),
            module: grammar.hash(),
            shapes: shapes.collect(),
            attributes: vec![("LOD".to_owned(), Value::Float(1.0))],
            limits: LIMITS,
            output: OUTPUT,
            ..Recipe::default()
        };
        Ok(Self { grammar, recipe })
    }
}
