//! The passes of a picture, in their order: shadows, ambient occlusion, surfaces with what is behind them, tone.

use crate::camera::View;
use crate::cascades::Cascade;
use crate::draws::{Draw, Recorder, Seen, collect};
use crate::frame::{Frame, FrameStatistics};
use crate::pipelines::Pipelines;
use crate::scene::VIEW_STRIDE;
use crate::targets::{ShadowMaps, Targets};

/// A picture that is being recorded.
pub(crate) struct Passes<'a> {
    pub(crate) encoder: &'a mut wgpu::CommandEncoder,
    pub(crate) recorder: Recorder<'a>,
    pub(crate) pipelines: &'a Pipelines,
    pub(crate) world: &'a wgpu::BindGroup,
    pub(crate) light: &'a wgpu::BindGroup,
    pub(crate) targets: &'a Targets,
    pub(crate) statistics: FrameStatistics,
}

impl Passes<'_> {
    /// Depth as the sun sees it.
    pub(crate) fn shadows(&mut self, maps: &ShadowMaps, cascades: &[Cascade], seen: &[Seen<'_>]) {
        for (index, (cascade, map)) in cascades.iter().zip(&maps.each).enumerate() {
            let casting = seen.iter().filter(|seen| seen.shown.fade.casts_shadows());
            let draws = collect(casting, &cascade.volume(), |kind| !kind.blend);
            let mut pass = begin(self.encoder, "shadows", None, Some((map, Some(1.0))));
            pass.set_bind_group(0, self.world, &[((index + 1) * VIEW_STRIDE) as u32]);
            let calls = self.recorder.record(&mut pass, &draws.list, |kind| {
                self.pipelines.shadow.of(kind)
            });
            drop(pass);
            self.count(&draws.list, calls);
        }
    }

    /// Depth at half the size, what it hides, and that blurred.
    pub(crate) fn occlusion(&mut self, view: &View, seen: &[Seen<'_>]) {
        let Some(half) = &self.targets.half else {
            return;
        };
        let solid = seen.iter().filter(|seen| seen.shown.fade.casts_shadows());
        let draws = collect(solid, &view.volume(), |kind| !kind.blend);
        let mut pass = begin(
            self.encoder,
            "near depth",
            None,
            Some((&half.depth, Some(0.0))),
        );
        pass.set_bind_group(0, self.world, &[0]);
        let calls = self.recorder.record(&mut pass, &draws.list, |kind| {
            self.pipelines.near_depth.of(kind)
        });
        drop(pass);
        for (pipeline, group, target) in [
            (
                &self.pipelines.screen.occlusion,
                &half.depth_group,
                &half.raw,
            ),
            (
                &self.pipelines.screen.blur,
                &half.raw_group,
                &self.targets.occlusion,
            ),
        ] {
            let color = Some((target, None, Some(wgpu::Color::WHITE)));
            let mut pass = begin(self.encoder, "occlusion", color, None);
            pass.set_pipeline(pipeline);
            pass.set_bind_group(0, self.world, &[0]);
            pass.set_bind_group(1, group, &[]);
            pass.draw(0..3, 0..1);
        }
        self.count(&draws.list, calls);
    }

    /// Opaque surfaces, what is behind them, and blended surfaces from the farthest to the nearest tile.
    pub(crate) fn surfaces(&mut self, frame: &Frame<'_>, view: &View, seen: &[Seen<'_>]) {
        let volume = view.volume();
        let mut opaque = collect(seen.iter(), &volume, |kind| !kind.blend);
        // Stable: within a pipeline the nearest stay first.
        opaque.list.sort_by_key(|draw| draw.kind);
        let blended = collect(seen.iter().rev(), &volume, |kind| kind.blend);
        let targets = self.targets;
        let color = match &targets.samples {
            Some(samples) => (samples, Some(&targets.color), Some(wgpu::Color::BLACK)),
            None => (&targets.color, None, Some(wgpu::Color::BLACK)),
        };
        let depth = Some((&targets.depth, Some(0.0)));
        let mut pass = begin(self.encoder, "surfaces", Some(color), depth);
        pass.set_bind_group(0, self.world, &[0]);
        pass.set_bind_group(1, self.light, &[]);
        let pipeline = |kind| self.pipelines.surface(kind, frame.wireframe);
        let mut calls = self.recorder.record(&mut pass, &opaque.list, pipeline);
        if frame.ground.is_some() {
            pass.set_pipeline(&self.pipelines.ground);
            pass.draw(0..3, 0..1);
        }
        pass.set_pipeline(&self.pipelines.sky);
        pass.draw(0..3, 0..1);
        calls += self.recorder.record(&mut pass, &blended.list, pipeline);
        drop(pass);
        for draws in [&opaque, &blended] {
            let list = draws.list.iter();
            self.statistics.triangles += list.clone().map(Draw::triangles).sum::<u64>();
            self.statistics.instances += list.map(|draw| draw.instances.len() as u64).sum::<u64>();
            self.statistics.culled += draws.culled;
        }
        self.count(&opaque.list, calls);
        self.count(&blended.list, 0);
    }

    /// From light to what a screen shows.
    pub(crate) fn tone(&mut self, target: &wgpu::TextureView) {
        let color = Some((target, None, Some(wgpu::Color::BLACK)));
        let mut pass = begin(self.encoder, "tone", color, None);
        pass.set_pipeline(&self.pipelines.screen.tone);
        pass.set_bind_group(0, &self.targets.tone_group, &[]);
        pass.draw(0..3, 0..1);
    }

    fn count(&mut self, draws: &[Draw], calls: u32) {
        self.statistics.draws += draws.len() as u32;
        self.statistics.calls += calls;
    }
}

/// A colour target, what it is resolved into, and what it is cleared to.
type ColorTarget<'a> = (
    &'a wgpu::TextureView,
    Option<&'a wgpu::TextureView>,
    Option<wgpu::Color>,
);

/// Begins a pass; targets without a value to clear to keep what they have.
pub(crate) fn begin<'e>(
    encoder: &'e mut wgpu::CommandEncoder,
    label: &str,
    color: Option<ColorTarget<'_>>,
    depth: Option<(&wgpu::TextureView, Option<f32>)>,
) -> wgpu::RenderPass<'e> {
    let color = color.map(
        |(view, resolve_target, clear)| wgpu::RenderPassColorAttachment {
            view,
            depth_slice: None,
            resolve_target,
            ops: wgpu::Operations {
                load: clear.map_or(wgpu::LoadOp::Load, wgpu::LoadOp::Clear),
                // Samples are of no use once they are resolved.
                store: if resolve_target.is_some() {
                    wgpu::StoreOp::Discard
                } else {
                    wgpu::StoreOp::Store
                },
            },
        },
    );
    let colors = [color];
    encoder.begin_render_pass(&wgpu::RenderPassDescriptor {
        label: Some(label),
        color_attachments: if colors[0].is_some() { &colors } else { &[] },
        depth_stencil_attachment: depth.map(|(view, clear)| {
            wgpu::RenderPassDepthStencilAttachment {
                view,
                depth_ops: Some(wgpu::Operations {
                    load: clear.map_or(wgpu::LoadOp::Load, wgpu::LoadOp::Clear),
                    store: wgpu::StoreOp::Store,
                }),
                stencil_ops: None,
            }
        }),
        timestamp_writes: None,
        occlusion_query_set: None,
        multiview_mask: None,
    })
}
