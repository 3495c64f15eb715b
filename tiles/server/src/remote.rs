//! Worlds of an upstream server: mirrored by hash, checked, refreshed; what is here stays when it goes.

use std::collections::BTreeMap;
use std::sync::Arc;

use bytes::Bytes;
use gable_content::coding::Coding;
use gable_runtime::asset::AssetStore;
use gable_runtime::{Engine, Rules, hash, kernel_hash};
use gable_tileset::manifest::WorldManifest;

use crate::site::{Document, Served, Source};
use crate::survey::Costs;
use crate::upstream::{Fetched, Upstream, UpstreamError};

/// What an edge holds of a world beside its documents.
#[derive(Debug)]
pub(crate) struct Remote {
    pub(crate) upstream: Arc<Upstream>,
    /// Modules by hash; ready to run unless they are for another kernel.
    pub(crate) modules: BTreeMap<[u8; 32], (Bytes, Option<Rules>)>,
    pub(crate) assets: AssetStore,
}

/// Why a world cannot be mirrored.
#[derive(Debug, thiserror::Error)]
pub(crate) enum RemoteError {
    #[error(transparent)]
    Upstream(#[from] UpstreamError),
    #[error("the upstream server's {what} is not what it should be: {why}")]
    Wrong { what: String, why: String },
}

/// The names of the worlds that an upstream server has.
pub(crate) async fn worlds(upstream: &Upstream) -> Result<Vec<String>, RemoteError> {
    let read = |list: Fetched| unreadable(serde_json::from_slice(&list.bytes));
    Ok(upstream
        .fetch("/worlds.json", Coding::Identity, read)
        .await?)
}

/// The manifest of a world.
pub(crate) async fn manifest(
    upstream: &Upstream,
    world: &str,
) -> Result<(Document, WorldManifest), RemoteError> {
    let path = format!("/{world}/manifest.json");
    let read = |fetched: Fetched| {
        let about: WorldManifest = unreadable(serde_json::from_slice(&fetched.bytes))?;
        if about.id != world {
            return Err(unusable(&format!("it is of the world `{}`", about.id)));
        }
        Ok((Document::new(fetched.bytes), about))
    };
    Ok(upstream.fetch(&path, Coding::Identity, read).await?)
}

/// What tiles of a world were seen to cost there.
pub(crate) async fn costs(upstream: &Upstream, world: &str) -> Result<Costs, RemoteError> {
    let path = format!("/{world}/costs.json");
    let read = |fetched: Fetched| unreadable(serde_json::from_slice(&fetched.bytes));
    Ok(upstream.fetch(&path, Coding::Identity, read).await?)
}

/// Mirrors a world: its documents, modules and assets, each checked against its hash.
pub(crate) async fn mirror(
    upstream: &Arc<Upstream>,
    engine: &Engine,
    manifest: Document,
    about: WorldManifest,
) -> Result<Served, RemoteError> {
    let path = format!("/{}/tileset.json", about.id);
    let read = |fetched: Fetched| {
        unreadable(gable_tileset::Tileset::from_json(&fetched.bytes))?;
        Ok(Document::new(fetched.bytes))
    };
    let tileset = upstream.fetch(&path, Coding::Identity, read).await?;
    let same_kernel = about.kernel.sha256 == hash::hex(&kernel_hash());
    if !same_kernel {
        tracing::warn!(
            world = about.id,
            "the upstream server has another kernel: meshes come from there only"
        );
    }
    let mut modules = BTreeMap::new();
    let mut assets = BTreeMap::new();
    for layer in &about.layers {
        for module in &layer.modules {
            let (hash, wasm) = by_hash(
                upstream,
                &module.sha256,
                &format!("/modules/{}.wasm", module.sha256),
            )
            .await?;
            let rules = if same_kernel {
                Rules::load(engine, &wasm).ok()
            } else {
                None
            };
            modules.insert(hash, (wasm, rules));
        }
        for asset in &layer.assets {
            if !assets.contains_key(&asset.name) {
                let (_, bytes) = by_hash(
                    upstream,
                    &asset.sha256,
                    &format!("/assets/{}", asset.sha256),
                )
                .await?;
                assets.insert(asset.name.clone(), bytes.to_vec());
            }
        }
    }
    let remote = Remote {
        upstream: upstream.clone(),
        modules,
        assets: AssetStore::from_prepared(assets),
    };
    Ok(Served::new(
        about,
        tileset,
        manifest,
        Source::Remote(remote),
    ))
}

async fn by_hash(
    upstream: &Upstream,
    hex: &str,
    path: &str,
) -> Result<([u8; 32], Bytes), RemoteError> {
    let wanted = hash::from_hex(hex).ok_or_else(|| wrong(path, "its hash is no SHA-256"))?;
    let read = |fetched: Fetched| {
        if hash::sha256(&fetched.bytes) != wanted {
            return Err(unusable("its bytes do not have its hash"));
        }
        Ok(fetched.bytes)
    };
    Ok((wanted, upstream.fetch(path, Coding::Identity, read).await?))
}

/// Why an answer is of no use.
pub(crate) fn unusable(why: &str) -> String {
    format!("what it sends cannot be used: {why}")
}

pub(crate) fn unreadable<T>(result: Result<T, impl std::fmt::Display>) -> Result<T, String> {
    result.map_err(|error| unusable(&error.to_string()))
}

fn wrong(what: &str, why: &str) -> RemoteError {
    RemoteError::Wrong {
        what: what.to_owned(),
        why: why.to_owned(),
    }
}
