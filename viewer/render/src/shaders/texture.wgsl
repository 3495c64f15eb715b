// Images on surfaces. Gradients are given, because whether there is a texture differs between neighbours.

// Most surfaces have no texture; their pipelines leave all of it out.
override TEXTURED: bool = true;

struct Footprint {
    uv: vec2f,
    dx: vec2f,
    dy: vec2f,
}

fn footprint(texture: TextureUse, uv: vec2f, dx: vec2f, dy: vec2f) -> Footprint {
    let turn = mat2x2f(texture.turn.xy, texture.turn.zw);
    return Footprint(turn * uv + texture.offset, turn * dx, turn * dy);
}

// Until an image is there a texture shows `neutral`.
fn color_of(look: u32, which: u32, uv: vec2f, dx: vec2f, dy: vec2f, neutral: vec4f) -> vec4f {
    if !TEXTURED {
        return vec4f(1.0);
    }
    let texture = texture_of(look, which);
    if texture.image == 0u {
        return vec4f(1.0);
    }
    let image = image_at(texture.image - 1u);
    let f = footprint(texture, uv, dx, dy);
    switch image.class_ {
        case 1u: { return textureSampleGrad(colors_small, repeating, f.uv, image.layer, f.dx, f.dy); }
        case 2u: { return textureSampleGrad(colors_medium, repeating, f.uv, image.layer, f.dx, f.dy); }
        case 3u: { return textureSampleGrad(colors_large, repeating, f.uv, image.layer, f.dx, f.dy); }
        default: { return neutral; }
    }
}

fn data_of(look: u32, which: u32, uv: vec2f, dx: vec2f, dy: vec2f, neutral: vec4f) -> vec4f {
    if !TEXTURED {
        return neutral;
    }
    let texture = texture_of(look, which);
    if texture.image == 0u {
        return neutral;
    }
    let image = image_at(texture.image - 1u);
    let f = footprint(texture, uv, dx, dy);
    switch image.class_ {
        case 1u: { return textureSampleGrad(data_small, repeating, f.uv, image.layer, f.dx, f.dy); }
        case 2u: { return textureSampleGrad(data_medium, repeating, f.uv, image.layer, f.dx, f.dy); }
        case 3u: { return textureSampleGrad(data_large, repeating, f.uv, image.layer, f.dx, f.dy); }
        default: { return neutral; }
    }
}
