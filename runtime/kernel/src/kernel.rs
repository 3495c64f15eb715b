//! The machine: the current shape, the stack, the worklist; see [`crate::abi`] for how a module drives it.
//!
//! ```text
//! Kernel::new(manifest, recipe, assets)      then the module's generate():
//!   next_rule -> 0   initial shape set up: attributes            (initial)
//!   next_rule -> n   the next shape of the worklist: rule n - 1  (derivation)
//!   next_rule -> -1  all initial shapes are derived
//! finish()           leaves, reports and warnings become content and summary
//! ```
//! Every method that a module can call is in `abi::table`; the files below hold them by subject.

mod array_functions;
mod array_set;
mod arrays;
mod attributes;
mod color;
mod comp;
mod compact;
mod context;
mod derivation;
mod edge_attributes;
mod failure;
mod files;
mod finish;
mod initial;
mod inline;
mod journal;
mod lists;
mod matching;
mod maths;
mod meter;
pub(crate) mod number;
mod operands;
mod perimeter;
mod pieces;
mod random;
mod recompose;
mod regions;
mod scatter;
mod sizes;
mod split;
mod split_sizes;
mod stack;
mod strings;
mod tags;
#[cfg(test)]
mod tests;
mod values;
mod written;

use std::collections::BTreeMap;
use std::rc::Rc;

use glam::DVec3;

pub use self::failure::{Failure, StartError};
pub use self::finish::Finished;
pub use self::journal::{Print, Report, Warning};
pub use self::values::Values;
pub(crate) use self::values::{Array, Items};
pub(crate) use self::written::{Written, written};

use self::context::Context;
pub(crate) use self::context::Lineage;
use self::derivation::Derivation;
use self::journal::Journal;
use self::meter::Meter;
use crate::asset::Asset;
use crate::builtin;
use crate::frame::Frame;
use crate::manifest::Manifest;
use crate::mesh::component::Streets;
use crate::ops::Baked;
use crate::order::Order as _;
use crate::query;
use crate::recipe::Recipe;
use crate::shape::{AssetId, Shape};
use crate::state::{Material, State, StringId};

/// The kernel's whole state in one run.
#[derive(Debug)]
pub struct Kernel {
    /// What the module says about itself.
    pub(crate) manifest: Rc<Manifest>,
    /// What to make.
    pub(crate) recipe: Rc<Recipe>,
    /// Assets sorted by name; an [`AssetId`] is a number in this list.
    pub(crate) assets: Vec<LoadedAsset>,
    /// Strings and arrays.
    pub(crate) values: Values,
    /// The shape that operations work on; from list to list shapes go as pointers, not as 300 bytes.
    pub(crate) shape: Box<Shape>,
    /// What it passes on.
    pub(crate) state: State,
    /// The middle of the shape below it on the stack, which `center` moves to, in the world.
    pub(crate) base_center: DVec3,
    /// The object system of the initial shape.
    pub(crate) object: Frame,
    /// Its sides along streets, where its attribute `streetWidth` tells of some.
    pub(crate) streets: Option<Rc<Streets>>,
    /// The initial shape as it was set up.
    pub(crate) initial_shape: Box<Shape>,
    /// Finished shapes of the current initial shape.
    pub(crate) leaves: Vec<Leaf>,
    /// Those of the initial shapes before.
    compacted: compact::Compacted,
    /// Materials written to faces.
    written: written::WrittenMaterials,
    /// Warnings, prints and reports.
    pub(crate) journal: Journal,
    /// Assets as meshes, made when first needed.
    pub(crate) baked_assets: BTreeMap<AssetId, Baked>,
    /// What queries about other shapes find; none when the module asks nothing.
    context: Option<Box<Context>>,
    derivation: Derivation,
    meter: Meter,
    /// Number in the manifest's sites of the operation that runs.
    site: u32,
}

/// An asset and the name that grammars use for it.
#[derive(Debug, Clone)]
pub struct LoadedAsset {
    /// The name.
    pub name: String,
    /// The prepared data.
    pub asset: Rc<Asset>,
}

/// A shape that no rule rewrites: it is content.
#[derive(Debug, Clone)]
pub struct Leaf {
    /// Geometry, scope and pivot.
    pub shape: Box<Shape>,
    /// Its look.
    pub material: Rc<Material>,
    /// The symbol; empty for pieces of blocks without one.
    pub symbol: StringId,
    /// Number of the initial shape it comes from.
    pub initial: u32,
}

impl Kernel {
    /// A kernel ready to run the module with this manifest on this recipe.
    ///
    /// # Errors
    /// [`StartError`] when the recipe names a start rule the module does not have, or the like.
    pub fn new(
        manifest: Manifest,
        recipe: Recipe,
        assets: Vec<(String, Asset)>,
    ) -> Result<Self, StartError> {
        let assets = assets
            .into_iter()
            .map(|(name, asset)| LoadedAsset {
                name,
                asset: Rc::new(asset),
            })
            .collect();
        Self::with_shared(Rc::new(manifest), recipe, assets)
    }

    /// As [`Self::new`], sharing module and assets with other runs.
    ///
    /// # Errors
    /// As [`Self::new`].
    pub fn with_shared(
        manifest: Rc<Manifest>,
        recipe: Recipe,
        mut assets: Vec<LoadedAsset>,
    ) -> Result<Self, StartError> {
        failure::check_start(&manifest, &recipe)?;
        assets.order_by(|a, b| a.name.cmp(&b.name));
        assets.dedup_by(|a, b| a.name == b.name);
        let mut values = Values::new(recipe.limits.values);
        for text in &manifest.strings {
            values.intern_constant(text);
        }
        let material = builtin::default_material(&mut values);
        let shape = Box::new(Shape::empty());
        Ok(Self {
            meter: Meter::new(&recipe.limits),
            context: Context::new(manifest.queries, &recipe),
            derivation: Derivation::default(),
            written: Default::default(),
            journal: Journal::default(),
            state: State::initial(manifest.attributes.len(), material),
            base_center: DVec3::ZERO,
            object: Frame::WORLD,
            streets: None,
            initial_shape: shape.clone(),
            shape,
            leaves: Vec::new(),
            compacted: compact::Compacted::new(&recipe),
            baked_assets: BTreeMap::new(),
            site: 0,
            manifest,
            recipe: Rc::new(recipe),
            assets,
            values,
        })
    }

    /// The number of an asset by the name that a grammar uses.
    pub(crate) fn asset(&self, name: &str) -> Option<AssetId> {
        let place = query::find(&self.assets, |loaded| &loaded.name, name)?;
        u32::try_from(place).ok().map(AssetId)
    }

    /// An asset's data.
    pub(crate) fn asset_data(&self, id: AssetId) -> &Asset {
        &self.assets[id.0 as usize].asset
    }
}
