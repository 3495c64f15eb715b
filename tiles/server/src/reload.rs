//! Changes: of files here, and of worlds upstream. What is served stays until the new is ready.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use gable_runtime::Engine;
use gable_world::World;

use crate::remote;
use crate::service::Service;
use crate::site::Served;
use crate::upstream::Upstream;

/// How often files are looked at.
const LOOK: Duration = Duration::from_millis(500);
/// How often the upstream server is asked for new revisions.
const ASK: Duration = Duration::from_secs(5);
/// The same, while nothing of it is here yet.
const ASK_AGAIN: Duration = Duration::from_secs(1);

/// Opens a world again whenever one of its files changes, as long as the service lives.
///
/// # Errors
/// When the system refuses a thread.
pub(crate) fn watch(
    service: &Arc<Service>,
    name: PathBuf,
    files: Vec<PathBuf>,
    engine: Engine,
) -> std::io::Result<()> {
    let service = Arc::downgrade(service);
    let look = move || {
        let (mut files, mut seen) = (files.clone(), state_of(&files));
        loop {
            std::thread::sleep(LOOK);
            let Some(service) = service.upgrade() else {
                return;
            };
            let now = state_of(&files);
            if now == seen {
                continue;
            }
            seen = now;
            match World::open(&name, &engine) {
                Ok(world) => {
                    tracing::info!(
                        world = world.id(),
                        "a file has changed: the new revision is served"
                    );
                    files = world.files().to_vec();
                    seen = state_of(&files);
                    service.site.put(Served::local(world));
                }
                Err(error) => {
                    tracing::error!(%error, "a file has changed: the last good revision stays");
                }
            }
        }
    };
    std::thread::Builder::new()
        .name("gable-watch".to_owned())
        .spawn(look)?;
    Ok(())
}

/// Time and length of all files; folders with all below them.
fn state_of(paths: &[PathBuf]) -> Vec<(PathBuf, Option<SystemTime>, u64)> {
    let mut state = Vec::new();
    paths.iter().for_each(|path| collect(path, 0, &mut state));
    state.sort();
    state
}

/// Folders of assets are not deeper.
const DEEPEST: usize = 8;

fn collect(path: &Path, depth: usize, state: &mut Vec<(PathBuf, Option<SystemTime>, u64)>) {
    let about = std::fs::metadata(path).ok();
    let time = about.as_ref().and_then(|about| about.modified().ok());
    state.push((
        path.to_owned(),
        time,
        about.as_ref().map_or(0, std::fs::Metadata::len),
    ));
    if depth < DEEPEST && about.is_some_and(|about| about.is_dir()) {
        let entries = std::fs::read_dir(path).into_iter().flatten().flatten();
        entries.for_each(|entry| collect(&entry.path(), depth + 1, state));
    }
}

/// Mirrors the worlds of an upstream server and follows their revisions, as long as the service lives.
pub(crate) async fn follow(service: Arc<Service>, upstream: Arc<Upstream>, engine: Engine) {
    let service = Arc::downgrade(&service);
    loop {
        let Some(service) = service.upgrade() else {
            return;
        };
        if let Err(error) = refresh(&service, &upstream, &engine).await {
            tracing::warn!(%error, "the upstream server's worlds stay as they are");
        }
        let pause = if service.site.worlds().is_empty() {
            ASK_AGAIN
        } else {
            ASK
        };
        drop(service);
        tokio::time::sleep(pause).await;
    }
}

async fn refresh(
    service: &Service,
    upstream: &Arc<Upstream>,
    engine: &Engine,
) -> Result<(), remote::RemoteError> {
    for world in remote::worlds(upstream).await? {
        // One that cannot be mirrored keeps the others from nothing.
        if let Err(error) = refresh_world(service, upstream, engine, &world).await {
            tracing::warn!(world, %error, "an upstream server's world stays as it is");
        }
    }
    Ok(())
}

async fn refresh_world(
    service: &Service,
    upstream: &Arc<Upstream>,
    engine: &Engine,
    world: &str,
) -> Result<(), remote::RemoteError> {
    let (manifest, about) = remote::manifest(upstream, world).await?;
    let known = service.site.world(world);
    if known.is_none_or(|served| served.manifest.tag != manifest.tag) {
        let served = remote::mirror(upstream, engine, manifest, about).await?;
        tracing::info!(world, "mirrored from upstream");
        service.site.put(served);
    }
    if let Some(served) = service.site.world(world)
        && service.lacks_costs(&served)
    {
        service.take_costs(&served, &remote::costs(upstream, world).await?);
    }
    Ok(())
}
