//! Images that tiles share: known by where they come from, dropped with the last tile that shows them.

use std::collections::BTreeMap;

use bytemuck::{Pod, Zeroable};
use gable_model::ImageSource;

use crate::error::ImageError;
use crate::gpu::Gpu;
use crate::memory::Memory;
use crate::picture::{Codec, Encoding, levels};
use crate::slots::{Key, Slots};
use crate::table::Table;
use crate::textures::{Layer, SIDES, Textures, class_of};
use crate::upload::{Destination, Owner, Uploads};

/// An image that a renderer wants or has. One source has two when it is shown as colours and as data.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ImageKey(pub(crate) Key);

/// Where shaders find an image.
#[derive(Debug, Clone, Copy, Pod, Zeroable)]
#[repr(C)]
pub(crate) struct ImageRow {
    /// One more than the number of its side; 0 when it is not there.
    class: u32,
    layer: u32,
    unused: [u32; 2],
}

#[derive(Debug)]
struct Shared {
    source: ImageSource,
    encoding: Encoding,
    users: u32,
    layer: Option<Layer>,
}

/// All images.
#[derive(Debug)]
pub(crate) struct Images {
    shared: Slots<Shared>,
    keys: BTreeMap<(ImageSource, Encoding), Key>,
    rows: Table<ImageRow>,
    colors: Codec,
    numbers: Codec,
    pub(crate) textures: Textures,
}

impl Images {
    pub(crate) fn new(gpu: &Gpu) -> Self {
        Self {
            shared: Slots::default(),
            keys: BTreeMap::new(),
            rows: Table::new(gpu, "image rows"),
            colors: Codec::new(Encoding::Srgb),
            numbers: Codec::new(Encoding::Linear),
            textures: Textures::new(gpu.device()),
        }
    }

    /// Counts another user of an image.
    pub(crate) fn share(&mut self, source: &ImageSource, encoding: Encoding) -> Key {
        let known = (source.clone(), encoding);
        if let Some(&key) = self.keys.get(&known) {
            self.shared
                .at_mut(key)
                .expect("keys are of images that are held")
                .users += 1;
            return key;
        }
        let image = Shared {
            source: source.clone(),
            encoding,
            users: 1,
            layer: None,
        };
        let key = self.shared.insert(image);
        // Rows are taken in step with slots, so that their numbers are the same.
        if self.shared.len() > self.rows.used() {
            self.rows.take(1);
        }
        self.rows.set(key.slot, ImageRow::zeroed());
        self.keys.insert(known, key);
        key
    }

    /// Counts one user less.
    pub(crate) fn release(&mut self, memory: &mut Memory, uploads: &mut Uploads, key: Key) {
        let image = self.shared.at_mut(key).expect("users hold their images");
        image.users -= 1;
        if image.users > 0 {
            return;
        }
        let image = self.shared.remove(key).expect("it was there a moment ago");
        uploads.cancel(Owner::Image(key.slot));
        if let Some(layer) = image.layer {
            self.textures.give_back(memory, layer);
        }
        self.keys.remove(&(image.source, image.encoding));
    }

    /// Those whose pixels are not known yet.
    pub(crate) fn missing(&self) -> impl Iterator<Item = (ImageKey, &ImageSource)> {
        let missing = self
            .shared
            .iter()
            .filter(|(_, image)| image.layer.is_none());
        missing.map(|(key, image)| (ImageKey(key), &image.source))
    }

    /// Takes an image's pixels. Nothing happens if no tile wants it any more, or it is there already.
    pub(crate) fn set(
        &mut self,
        memory: &mut Memory,
        uploads: &mut Uploads,
        key: ImageKey,
        (width, height): (u32, u32),
        rgba: &[u8],
    ) -> Result<(), ImageError> {
        let pixels = u64::from(width) * u64::from(height);
        if pixels == 0 || pixels * 4 != rgba.len() as u64 {
            return Err(ImageError::Size {
                width,
                height,
                bytes: rgba.len(),
            });
        }
        let Some(image) = self
            .shared
            .at_mut(key.0)
            .filter(|image| image.layer.is_none())
        else {
            return Ok(());
        };
        let class = class_of(width, height);
        let layer = self.textures.take(memory, image.encoding, class)?;
        image.layer = Some(layer);
        let codec = match image.encoding {
            Encoding::Srgb => &self.colors,
            Encoding::Linear => &self.numbers,
        };
        let levels = levels(codec, width, height, rgba, SIDES[class]);
        for (level, bytes) in levels.into_iter().enumerate() {
            let destination = Destination::Level {
                layer,
                level: level as u32,
            };
            uploads.push(Owner::Image(key.0.slot), destination, bytes);
        }
        Ok(())
    }

    /// All of an image is on the device: shaders may look.
    pub(crate) fn show(&mut self, slot: u32) {
        let image = self
            .shared
            .in_slot(slot)
            .expect("uploads of images that are gone are cancelled");
        let layer = image.layer.expect("only images with pixels are uploaded");
        self.rows.set(
            slot,
            ImageRow {
                class: layer.class as u32 + 1,
                layer: layer.layer,
                unused: [0; 2],
            },
        );
    }

    /// Bytes of an image on the device.
    pub(crate) fn bytes(&self, key: Key) -> u64 {
        let layer = self.shared.at(key).and_then(|image| image.layer);
        layer.map_or(0, Layer::bytes)
    }

    /// Sends changed rows; says whether shaders must be given other textures.
    pub(crate) fn flush(&mut self, gpu: &Gpu) -> bool {
        let rows = self.rows.flush(gpu);
        self.textures.take_changed() || rows
    }

    pub(crate) fn rows(&self) -> &wgpu::TextureView {
        self.rows.view()
    }
}
