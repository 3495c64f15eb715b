// Rows that are looked up by number. They are texels: not every device lets all shaders read buffers.

@group(0) @binding(2) var tile_rows: texture_2d<u32>;
@group(0) @binding(3) var look_rows: texture_2d<u32>;
@group(0) @binding(4) var image_rows: texture_2d<u32>;

struct Tile {
    // Of its origin.
    from_eye: vec3f,
    // From 0 to 1 as it appears, from -2 to -1 as it vanishes.
    fade: f32,
}

struct TextureUse {
    turn: vec4f,
    offset: vec2f,
    // One more than the image's row; 0 for no texture.
    image: u32,
}

// But its textures.
struct Look {
    base_color: vec4f,
    emissive: vec3f,
    alpha_cutoff: f32,
    metallic: f32,
    roughness: f32,
    flags: u32,
}

const DOUBLE_SIDED = 1u;
const BLEND = 2u;

const BASE_COLOR = 0u;
const EMISSION = 1u;
const METAL_AND_ROUGHNESS = 2u;
const NORMAL = 3u;
const OCCLUSION = 4u;

struct Image {
    // One more than the number of its array; 0 while it is not there.
    class_: u32,
    layer: u32,
}

// Where a row's texels begin, of which each has so many: 128 rows lie side by side.
fn row_at(row: u32, texels: u32) -> vec2u {
    return vec2u((row & 127u) * texels, row >> 7u);
}

fn tile_at(row: u32) -> Tile {
    let texel = bitcast<vec4f>(textureLoad(tile_rows, row_at(row, 2u), 0));
    return Tile(texel.xyz, texel.w);
}

fn tint_of(tile: u32) -> vec4f {
    return bitcast<vec4f>(textureLoad(tile_rows, row_at(tile, 2u) + vec2u(1u, 0u), 0));
}

fn look_texel(row: u32, texel: u32) -> vec4u {
    return textureLoad(look_rows, row_at(row, 14u) + vec2u(texel, 0u), 0);
}

fn look_at(row: u32) -> Look {
    let emission = bitcast<vec4f>(look_texel(row, 1u));
    let rest = look_texel(row, 2u);
    let metal_and_roughness = bitcast<vec2f>(rest.xy);
    return Look(
        bitcast<vec4f>(look_texel(row, 0u)),
        emission.xyz,
        emission.w,
        metal_and_roughness.x,
        metal_and_roughness.y,
        rest.z,
    );
}

// The least and the greatest texture coordinates.
fn uv_range_of(look: u32) -> vec4f {
    return bitcast<vec4f>(look_texel(look, 3u));
}

fn texture_of(look: u32, which: u32) -> TextureUse {
    let rest = look_texel(look, 5u + 2u * which);
    let turn = bitcast<vec4f>(look_texel(look, 4u + 2u * which));
    return TextureUse(turn, bitcast<vec2f>(rest.xy), rest.z);
}

fn image_at(row: u32) -> Image {
    let texel = textureLoad(image_rows, row_at(row, 1u), 0);
    return Image(texel.x, texel.y);
}
