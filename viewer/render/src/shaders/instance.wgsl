// Vertices of instances.

const NO_FEATURE = 0xffffu;

struct Corner {
    @location(0) position: vec4i,
    @location(1) normal: vec4f,
    @location(2) uv: vec2f,
    @location(3) translation: vec3f,
    @location(4) tile: u32,
    @location(5) rotation: vec4f,
    @location(6) scale: vec3f,
    @location(7) look: u32,
    @location(8) feature: u32,
}

fn turned(rotation: vec4f, v: vec3f) -> vec3f {
    let t = 2.0 * cross(rotation.xyz, v);
    return v + rotation.w * t + cross(rotation.xyz, t);
}

// Added last, so that far from the world's origin nothing is lost.
fn position_from_eye(corner: Corner) -> vec3f {
    let v = vec3f(corner.position.xyz) * (corner.scale / 32767.0);
    let rotation = normalize(corner.rotation);
    return tile_at(corner.tile).from_eye + (corner.translation + turned(rotation, v));
}

// Normals go by the inverse of the scale; its cofactors also serve where a scale is zero.
fn normal_of(corner: Corner) -> vec3f {
    let s = corner.scale;
    let mirrored = select(1.0, -1.0, s.x * s.y * s.z < 0.0);
    let normal = mirrored * s.yzx * s.zxy * corner.normal.xyz;
    return normalize(turned(normalize(corner.rotation), normal) + vec3f(0.0, 0.0, 1e-20));
}

fn uv_of(corner: Corner) -> vec2f {
    let range = uv_range_of(corner.look);
    return mix(range.xy, range.zw, corner.uv);
}

// An instance's feature wins over its vertices'.
fn feature_of(corner: Corner) -> u32 {
    let own = u32(corner.position.w) & NO_FEATURE;
    return select(corner.feature, own, corner.feature == NO_FEATURE);
}

// Tiles that take each other's place share the pixels: each is drawn by exactly one of them.
fn faded_away(fade: f32, pixel: vec2f) -> bool {
    let threshold = gradient_noise(pixel);
    return select((threshold < fade + 2.0), (threshold >= fade), fade >= 0.0);
}
