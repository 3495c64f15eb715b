//! Making content: from a recipe to the bytes that are sent, once for all who ask.

use std::sync::Arc;

use bytes::Bytes;
use gable_cache::{Failure, FlightError, Made, Meta, Source, Value};
use gable_content::coding::{Coding, Quality, decode, encode};
use gable_content::meshopt;
use gable_runtime::GenerateError;
use gable_tileset::TileId;

use crate::service::Service;
use crate::site::{ServedLayer, TileFacts};
use crate::variant::{CODINGS, Kind, Packing};
use crate::workshop::WorkshopError;

/// A tile that is asked for.
#[derive(Debug, Clone)]
pub(crate) struct Order {
    pub(crate) layer: ServedLayer,
    pub(crate) tile: TileId,
    pub(crate) facts: TileFacts,
    pub(crate) kind: Kind,
    pub(crate) coding: Coding,
    /// Offer it to the cache.
    pub(crate) keep: bool,
}

/// Decoded content is never larger: the kernel's own limit, and room.
const DECODED_LIMIT: usize = 512 << 20;

impl Service {
    /// The bytes of an order: kept, being made, or made now. Goes on when the client has gone.
    ///
    /// # Errors
    /// A [`Failure`] whose class is the status to answer.
    pub(crate) async fn content(
        self: &Arc<Self>,
        order: Order,
    ) -> Result<(Value, Source), Failure> {
        let key = order.kind.key(order.facts.hash, order.coding);
        let service = self.clone();
        let work = move || async move { service.make(order).await };
        self.cache
            .get_or_make(key, work)
            .await
            .map_err(|error| match error {
                FlightError::Failed(failure) => failure,
                FlightError::Lost => fault("the work was lost; ask again"),
            })
    }

    async fn make(self: Arc<Self>, order: Order) -> Result<Made, Failure> {
        let value = match self.recode(&order).await? {
            Some(value) => value,
            None => self.generate(&order).await?,
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
        for other in CODINGS.into_iter().filter(|&other| other != order.coding) {
            let key = order.kind.key(order.facts.hash, other);
            if !self.cache.contains(&key) {
                continue;
            }
            let Some(kept) = self.cache.get(&key).await else {
                continue;
            };
            let coding = order.coding;
            let work = move || {
                let plain = decode(other, &kept.bytes, DECODED_LIMIT).ok()?;
                Some((encode(coding, Quality::Fast, &plain), kept.meta))
            };
            if let (Some((bytes, meta)), _) = self.workshop.run(work).await.map_err(busy)? {
                let bytes = Bytes::from(bytes);
                return Ok(Some(Value { bytes, meta }));
            }
        }
        Ok(None)
    }

    async fn generate(&self, order: &Order) -> Result<Value, Failure> {
        let Order {
            layer,
            tile,
            facts,
            kind,
            coding,
            ..
        } = order.clone();
        let work = move || make_bytes(&layer, tile, kind, coding);
        let (made, seconds) = self.workshop.run(work).await.map_err(busy)?;
        let (bytes, plain_length) = made?;
        if matches!(kind, Kind::Content(_)) {
            self.generated(&facts, bytes.len(), seconds);
        }
        Ok(Value {
            bytes: bytes.into(),
            meta: Meta {
                kind: 0,
                plain_length: plain_length as u64,
                seconds,
            },
        })
    }
}

/// The bytes of a tile in a coding, and how many they are without it.
pub(crate) fn make_bytes(
    layer: &ServedLayer,
    tile: TileId,
    kind: Kind,
    coding: Coding,
) -> Result<(Vec<u8>, usize), Failure> {
    let recipe = layer
        .recipe(tile)
        .ok_or_else(|| fault("the tile has no content"))?;
    let plain = match kind {
        Kind::Recipe => recipe.to_bytes(),
        Kind::Content(packing) => {
            let grammar = layer
                .grammar(&recipe.module)
                .ok_or_else(|| fault("the module is missing"))?;
            let content = grammar
                .rules()
                .generate(&recipe, layer.served.world.assets());
            let bytes = content.map_err(|error| refused(&error))?.bytes;
            match packing {
                Packing::Plain => bytes,
                Packing::Meshopt => meshopt::compress(&bytes, meshopt::Goal::Coded)
                    .map_err(|error| fault(&error.to_string()))?,
            }
        }
    };
    let length = plain.len();
    let coded = match coding {
        Coding::Identity => plain,
        coding => encode(coding, Quality::Fast, &plain),
    };
    Ok((coded, length))
}

/// A grammar that fails will fail again: remembered.
fn refused(error: &GenerateError) -> Failure {
    Failure {
        class: 500,
        text: format!("the tile cannot be generated: {error}"),
        lasting: true,
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
