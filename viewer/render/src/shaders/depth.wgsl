// Passes that need no light: shadows, the depth for ambient occlusion, and picking.

struct Point {
    @builtin(position) clip: vec4f,
    @location(0) uv: vec2f,
    @location(1) @interpolate(flat) look: u32,
    @location(2) @interpolate(flat) tile: u32,
    @location(3) @interpolate(flat) feature: u32,
}

@vertex
fn depth_vertex(corner: Corner) -> @builtin(position) vec4f {
    return view.clip_from_eye * vec4f(position_from_eye(corner), 1.0);
}

@vertex
fn point_vertex(corner: Corner) -> Point {
    let clip = view.clip_from_eye * vec4f(position_from_eye(corner), 1.0);
    return Point(clip, uv_of(corner), corner.look, corner.tile, feature_of(corner));
}

fn cut_out(point: Point, dx: vec2f, dy: vec2f) -> bool {
    let look = look_at(point.look);
    let color = color_of(point.look, BASE_COLOR, point.uv, dx, dy, vec4f(1.0));
    return look.base_color.a * color.a < look.alpha_cutoff;
}

@fragment
fn masked_fragment(point: Point) {
    if cut_out(point, dpdx(point.uv), dpdy(point.uv)) {
        discard;
    }
}

// Tile, feature, the bits of the depth, and that there is something.
@fragment
fn pick_fragment(point: Point) -> @location(0) vec4u {
    if cut_out(point, dpdx(point.uv), dpdy(point.uv)) {
        discard;
    }
    return vec4u(point.tile, point.feature, bitcast<u32>(point.clip.z), 1u);
}
