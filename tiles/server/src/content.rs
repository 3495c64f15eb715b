//! Making content: from a recipe to the bytes that are sent, once for all who ask.

use std::sync::Arc;

use bytes::Bytes;
use gable_cache::{Failure, FlightError, Key, Made, Meta, Source, Value};
use gable_content::coding::{Coding, Quality, decode, encode, goal};
use gable_content::glb::Glb;
use gable_content::meshopt;
use gable_kernel::recipe::Recipe;
use gable_runtime::asset::AssetStore;
use gable_runtime::{GenerateError, Rules, hash};
use gable_tileset::{Subtree, TileId};
use tracing::{field, trace_span};

use crate::remote::{Remote, unreadable, unusable};
use crate::service::Service;
use crate::site::{self, ServedLayer, TileFacts};
use crate::trace;
use crate::upstream::Fetched;
use crate::variant::{CODINGS, Kind, Packing};
use crate::workshop::WorkshopError;

/// A tile that is asked for.
#[derive(Debug, Clone)]
pub(crate) struct Order {
    pub(crate) layer: ServedLayer,
    pub(crate) tile: TileId,
    pub(crate) facts: TileFacts,
    pub(crate) packing: Packing,
    pub(crate) coding: Coding,
    /// Offer it to the cache.
    pub(crate) keep: bool,
    /// Ask the upstream server before generating here.
    pub(crate) from_origin: bool,
}

/// Decoded content is never larger: the kernel's own limit, and room.
const DECODED_LIMIT: usize = 512 << 20;
/// A recipe, decoded.
const RECIPE_LIMIT: usize = 64 << 20;
/// What keeping a recipe or a subtree of an upstream server is worth, micro-dollars: a round trip for everybody.
const DOCUMENT_WORTH: f64 = 10.0;
/// Coding a mesh once more, or checking one, is expected to take so long.
const CODING_SECONDS: f64 = 0.005;
/// Marks keys of what is named by its address.
const BY_ADDRESS: u16 = 0x200;

impl Order {
    fn key(&self) -> Key {
        Kind::Content(self.packing).key(self.facts.hash, self.coding)
    }
}

impl Service {
    /// The bytes of an order: kept, being made, or made now. Goes on when the client has gone.
    ///
    /// # Errors
    /// A [`Failure`] whose class is the status to answer.
    pub(crate) async fn content(
        self: &Arc<Self>,
        order: Order,
    ) -> Result<(Value, Source), Failure> {
        let service = self.clone();
        let (key, keep, facts) = (order.key(), order.keep, order.facts);
        let work = move || async move { service.make(order).await };
        let (value, source) = landed(self.cache.get_or_make(key, work).await)?;
        if keep && source == Source::Joined && !self.cache.contains(&key) {
            // Who had it made did not want it kept; who waited for it does.
            self.cache.put(key, value.clone(), self.worth(&facts));
        }
        Ok((value, source))
    }

    async fn make(self: Arc<Self>, order: Order) -> Result<Made, Failure> {
        let value = match self.recode(&order).await? {
            Some(value) => value,
            None => self.fetch_or_generate(&order).await?,
        };
        let worth = if order.keep {
            self.worth(&order.facts)
        } else {
            0.0
        };
        Ok(Made { value, worth })
    }

    /// From what is kept in another coding.
    async fn recode(&self, order: &Order) -> Result<Option<Value>, Failure> {
        let coding = order.coding;
        for other in CODINGS.into_iter().filter(|&other| other != coding) {
            let key = Kind::Content(order.packing).key(order.facts.hash, other);
            if !self.cache.contains(&key) {
                continue;
            }
            let Some(kept) = self.cache.get(&key).await else {
                continue;
            };
            let work = move || {
                let plain = decode(other, &kept.bytes, DECODED_LIMIT).ok()?;
                Some((encode(coding, Quality::Fast, &plain), kept.meta))
            };
            let run = self.workshop.run("code", CODING_SECONDS, work);
            if let (Some((bytes, meta)), _) = run.await.map_err(busy)? {
                let bytes = Bytes::from(bytes);
                return Ok(Some(Value { bytes, meta }));
            }
        }
        Ok(None)
    }

    async fn fetch_or_generate(self: &Arc<Self>, order: &Order) -> Result<Value, Failure> {
        let can_generate = order.layer.rules(&order.facts.module).is_some();
        let site::Source::Remote(remote) = &order.layer.served.source else {
            return self.generate(order).await;
        };
        if order.from_origin || !can_generate {
            match self.fetch(remote, order).await {
                Ok(value) => return Ok(value),
                Err(failure) if !can_generate => return Err(failure),
                Err(failure) => {
                    tracing::warn!(%failure, "the origin fails; the mesh is generated here");
                }
            }
        }
        self.generate(order).await
    }

    /// The mesh from the upstream server, if it is one.
    async fn fetch(&self, remote: &Remote, order: &Order) -> Result<Value, Failure> {
        let query = if order.packing == Packing::Plain {
            "?c=none"
        } else {
            ""
        };
        let path = order.layer.address(order.tile, "content", ".glb") + query;
        // It is the same bytes as ours, if it is the same recipe and it tells the truth.
        let read = |fetched: Fetched| match fetched.is_tagged(&order.facts.hash) {
            true => Ok(fetched),
            false => Err(unusable("it is made from another recipe")),
        };
        let fetched = remote.upstream.fetch(&path, order.coding, read).await?;
        let coding = order.coding;
        let check = move || {
            let plain = decode(fetched.coding, &fetched.bytes, DECODED_LIMIT)
                .map_err(|error| error.to_string())?;
            Glb::from_bytes(&plain).map_err(|error| error.to_string())?;
            let bytes = if coding == fetched.coding {
                fetched.bytes
            } else {
                encode(coding, Quality::Fast, &plain).into()
            };
            Ok((bytes, plain.len() as u64))
        };
        let run = self.workshop.run("check", CODING_SECONDS, check);
        let (checked, _) = run.await.map_err(busy)?;
        let (bytes, plain_length) = checked.map_err(|error: String| distrusted(&path, &error))?;
        let meta = Meta {
            plain_length,
            ..Meta::default()
        };
        Ok(Value { bytes, meta })
    }

    async fn generate(self: &Arc<Self>, order: &Order) -> Result<Value, Failure> {
        let recipe = self.recipe(&order.layer, order.tile).await?;
        let recipe = recipe.ok_or_else(|| fault("the tile has no content"))?;
        let (layer, facts) = (order.layer.clone(), order.facts);
        let (packing, coding) = (order.packing, order.coding);
        let work = move || {
            let recipe = Recipe::from_bytes(&recipe).map_err(|error| fault(&error.to_string()))?;
            let rules = layer
                .rules(&facts.module)
                .ok_or_else(|| fault("the module is missing"))?;
            let plain = make(rules, layer.assets(), &recipe, packing)?;
            let length = plain.len();
            let coded = match coding {
                Coding::Identity => plain,
                coding => {
                    let _code = trace_span!("code", gable.coding = coding.name()).entered();
                    encode(coding, Quality::Fast, &plain)
                }
            };
            trace::note("gable.bytes", coded.len() as i64);
            Ok::<_, Failure>((coded, length as u64))
        };
        let expected = self.expected_seconds(&order.facts);
        let run = self.workshop.run("generate", expected, work);
        let (made, seconds) = run.await.map_err(busy)?;
        let (bytes, plain_length) = made?;
        self.generated(&order.facts, bytes.len(), seconds);
        let meta = Meta {
            plain_length,
            seconds,
            ..Meta::default()
        };
        let bytes = bytes.into();
        Ok(Value { bytes, meta })
    }

    /// The bytes of a tile's recipe; none where there is no content.
    ///
    /// # Errors
    /// A [`Failure`] when it lies upstream and cannot be had.
    pub(crate) async fn recipe(
        self: &Arc<Self>,
        layer: &ServedLayer,
        tile: TileId,
    ) -> Result<Option<Bytes>, Failure> {
        match &layer.served.source {
            site::Source::Local(world) => {
                let _recipe = trace_span!("recipe").entered();
                let recipe = world.layers()[layer.number].recipe(tile);
                Ok(recipe.map(|recipe| recipe.to_bytes().into()))
            }
            site::Source::Remote(_) => {
                let path = layer.address(tile, "content", ".recipe");
                let modules = layer.modules();
                let check = move |fetched: &Fetched, plain: &[u8]| {
                    let recipe = unreadable(Recipe::from_bytes(plain))?;
                    if !fetched.is_tagged(&hash::sha256(plain)) {
                        return Err(unusable("its bytes are not those that its validator names"));
                    }
                    if !modules.contains(&recipe.module) {
                        return Err(unusable("it needs a module that the layer does not have"));
                    }
                    Ok(())
                };
                self.document(layer, path, Coding::Brotli, check).await
            }
        }
    }

    /// The bytes of a subtree; none where none begins.
    ///
    /// # Errors
    /// A [`Failure`] when it lies upstream and cannot be had.
    pub(crate) async fn subtree(
        self: &Arc<Self>,
        layer: &ServedLayer,
        tile: TileId,
    ) -> Result<Option<Bytes>, Failure> {
        match &layer.served.source {
            site::Source::Local(world) => {
                let subtree = world.layers()[layer.number].subtree(tile);
                Ok(subtree.map(|subtree| subtree.to_bytes().into()))
            }
            site::Source::Remote(_) => {
                let path = layer.address(tile, "subtrees", ".subtree");
                let levels = layer.levels();
                let check = move |_: &Fetched, plain: &[u8]| {
                    unreadable(Subtree::from_bytes(plain, levels)).map(|_| ())
                };
                self.document(layer, path, Coding::Identity, check).await
            }
        }
    }

    /// What an upstream server has at an address that never changes: fetched once, decoded, checked, kept.
    async fn document(
        self: &Arc<Self>,
        layer: &ServedLayer,
        path: String,
        coding: Coding,
        check: impl Fn(&Fetched, &[u8]) -> Result<(), String> + Send + Sync + 'static,
    ) -> Result<Option<Bytes>, Failure> {
        let key = Key::new(hash::sha256(path.as_bytes()), BY_ADDRESS);
        let layer = layer.clone();
        let work = move || async move {
            let site::Source::Remote(remote) = &layer.served.source else {
                return Err(fault("the layer is not remote"));
            };
            let read = |fetched: Fetched| {
                let plain = unreadable(decode(fetched.coding, &fetched.bytes, RECIPE_LIMIT))?;
                check(&fetched, &plain)?;
                Ok(plain)
            };
            let bytes = remote.upstream.fetch(&path, coding, read).await?;
            let value = Value::plain(bytes.into());
            let worth = DOCUMENT_WORTH;
            Ok(Made { value, worth })
        };
        match landed(self.cache.get_or_make(key, work).await) {
            Ok((value, _)) => Ok(Some(value.bytes)),
            Err(failure) if failure.class == 404 => Ok(None),
            Err(failure) => Err(failure),
        }
    }
}

fn landed(
    result: Result<(Value, Source), FlightError<Failure>>,
) -> Result<(Value, Source), Failure> {
    result.map_err(|error| match error {
        FlightError::Failed(failure) => failure,
        FlightError::Lost => fault("the work was lost; ask again"),
    })
}

/// A tile's content, packed: the bytes that are sent but for their coding.
///
/// # Errors
/// A [`Failure`] when the grammar fails on it.
pub(crate) fn make(
    rules: &Rules,
    assets: &AssetStore,
    recipe: &Recipe,
    packing: Packing,
) -> Result<Vec<u8>, Failure> {
    let run = trace_span!(
        "run",
        gable.gas = field::Empty,
        gable.bytes = field::Empty,
        gable.memory = field::Empty
    );
    let content = run
        .in_scope(|| rules.generate(recipe, assets))
        .map_err(|error| {
            trace::failed(&run, &error);
            refused(&error)
        })?;
    run.record("gable.gas", content.summary.gas as i64);
    run.record("gable.bytes", content.bytes.len() as i64);
    run.record("gable.memory", content.memory_bytes as i64);
    drop(run);
    match packing {
        Packing::Plain => Ok(content.bytes),
        Packing::Meshopt => {
            let _pack = trace_span!("pack").entered();
            meshopt::compress(&content.bytes, goal()).map_err(|error| fault(&error.to_string()))
        }
    }
}

/// A grammar that fails will fail again, which is remembered; an engine that is short of room will not.
fn refused(error: &GenerateError) -> Failure {
    let lasting = matches!(
        error,
        GenerateError::Stopped { .. } | GenerateError::Trap { .. }
    );
    let cure = match error {
        GenerateError::Stopped { .. } => {
            "; other tiles are not affected: repair the rule, or divide the layer into smaller tiles"
        }
        _ => "",
    };
    Failure {
        class: 500,
        text: format!("the tile cannot be generated: {error}{cure}"),
        lasting,
    }
}

/// A fault of ours.
fn fault(text: &str) -> Failure {
    Failure {
        class: 500,
        text: text.to_owned(),
        lasting: false,
    }
}

/// What an upstream server sends cannot be used.
fn distrusted(path: &str, why: &str) -> Failure {
    Failure {
        class: 502,
        text: format!("what the upstream server sends for {path} cannot be used: {why}"),
        lasting: false,
    }
}

pub(crate) fn busy(error: WorkshopError) -> Failure {
    Failure {
        class: if error == WorkshopError::Full {
            503
        } else {
            500
        },
        text: error.to_string(),
        lasting: false,
    }
}
