// Surfaces of tiles.

@group(1) @binding(4) var occlusion_map: texture_2d<f32>;

struct Fragment {
    @builtin(position) pixel: vec4f,
    @location(0) p: vec3f,
    @location(1) normal: vec3f,
    @location(2) uv: vec2f,
    @location(3) @interpolate(flat) tile: u32,
    @location(4) @interpolate(flat) look: u32,
    @location(5) @interpolate(flat) feature: u32,
}

@vertex
fn surface_vertex(corner: Corner) -> Fragment {
    let p = position_from_eye(corner);
    return Fragment(
        view.clip_from_eye * vec4f(p, 1.0),
        p,
        normal_of(corner),
        uv_of(corner),
        corner.tile,
        corner.look,
        feature_of(corner),
    );
}

// Ambient occlusion of the four nearest texels of the half-size map, of those at this depth.
fn occlusion_at(pixel: vec2f, distance: f32) -> f32 {
    if scene.occlusion == 0u {
        return 1.0;
    }
    let most = vec2i(textureDimensions(occlusion_map)) - 1;
    let place = pixel * 0.5 - 0.5;
    let corner = floor(place);
    let share = place - corner;
    var sum = 1e-4;
    var total = 1e-4;
    for (var index = 0; index < 4; index += 1) {
        let step = vec2i(index & 1, index >> 1u);
        let texel = textureLoad(occlusion_map, clamp(vec2i(corner) + step, vec2i(0), most), 0);
        let near = select(1.0 - share, share, step == vec2i(1));
        let same = exp(-abs(texel.g - distance) / (0.02 * distance + 0.05) * 2.0);
        let weight = near.x * near.y * same;
        sum += texel.r * weight;
        total += weight;
    }
    return sum / total;
}

// A tangent space from how position and texture coordinates change over the screen (Mikkelsen 2020).
fn bumped(normal: vec3f, bump: vec3f, px: vec3f, py: vec3f, dx: vec2f, dy: vec2f) -> vec3f {
    let across = cross(py, normal);
    let along = cross(normal, px);
    let tangent = across * dx.x + along * dy.x;
    let bitangent = across * dx.y + along * dy.y;
    let largest = max(dot(tangent, tangent), dot(bitangent, bitangent));
    if largest < 1e-30 {
        return normal;
    }
    let scale = inverseSqrt(largest);
    // Texture rows go down, normal maps look up.
    return normalize(tangent * (bump.x * scale) - bitangent * (bump.y * scale) + normal * bump.z);
}

// Where normals change within a pixel highlights are wider (Tokuyoshi and Kaplanyan 2019).
fn widened(roughness: f32, change: f32) -> f32 {
    return sqrt(sqrt(clamp(pow(roughness, 4.0) + min(2.0 * change, 0.18), 0.0, 1.0)));
}

@fragment
fn surface_fragment(in: Fragment, @builtin(front_facing) front: bool) -> @location(0) vec4f {
    let dx = dpdx(in.uv);
    let dy = dpdy(in.uv);
    let px = dpdx(in.p);
    let py = dpdy(in.p);
    let nx = dpdx(in.normal);
    let ny = dpdy(in.normal);
    if faded_away(tile_at(in.tile).fade, in.pixel.xy) {
        discard;
    }
    let look = look_at(in.look);
    let neutral = vec4f(0.35, 0.34, 0.33, 1.0);
    let base = look.base_color * color_of(in.look, BASE_COLOR, in.uv, dx, dy, neutral);
    if base.a < look.alpha_cutoff {
        discard;
    }
    let rough_metal = data_of(in.look, METAL_AND_ROUGHNESS, in.uv, dx, dy, vec4f(1.0));
    let bump = data_of(in.look, NORMAL, in.uv, dx, dy, vec4f(0.5, 0.5, 1.0, 1.0)).xyz * 2.0 - 1.0;
    let pits = data_of(in.look, OCCLUSION, in.uv, dx, dy, vec4f(1.0)).r;

    var surface: Surface;
    surface.p = in.p;
    surface.face_normal = normalize(in.normal);
    if (look.flags & DOUBLE_SIDED) != 0u && !front {
        surface.face_normal = -surface.face_normal;
    }
    surface.normal = surface.face_normal;
    if TEXTURED && texture_of(in.look, NORMAL).image != 0u {
        surface.normal = bumped(surface.face_normal, bump, px, py, dx, dy);
    }
    surface.albedo = base.rgb;
    surface.metallic = look.metallic * rough_metal.b;
    let change = 0.25 * (dot(nx, nx) + dot(ny, ny));
    surface.roughness = widened(max(look.roughness * rough_metal.g, 0.06), change);
    surface.openness = pits;
    if (look.flags & BLEND) == 0u {
        surface.openness *= occlusion_at(in.pixel.xy, dot(in.p, scene.forward));
    }

    let light = lit(surface);
    let glow = look.emissive * color_of(in.look, EMISSION, in.uv, dx, dy, vec4f(0.0)).rgb;
    // What lies behind glass shines through its body, not through its reflections.
    let alpha = select(1.0, base.a, (look.flags & BLEND) != 0u);
    var color = light.diffuse * alpha + light.specular + glow / scene.exposure;
    let tint = tint_of(in.tile);
    color = mix(color, tint.rgb * (alpha * (0.3 + 0.7 * luminance(light.diffuse))), tint.a);
    color = highlighted(color, in, surface);
    let clear = clearness(in.p);
    let air = airlight(in.p, clear) * alpha;
    return vec4f((color * clear + air) * scene.exposure, alpha);
}

fn luminance(color: vec3f) -> f32 {
    return dot(color, vec3f(0.2126, 0.7152, 0.0722));
}

// The selected feature glows, most where it turns away from the eye.
fn highlighted(color: vec3f, in: Fragment, surface: Surface) -> vec3f {
    if in.tile + 1u != scene.selected_tile || in.feature + 1u != scene.selected_feature {
        return color;
    }
    let edge = pow(1.0 - abs(dot(surface.face_normal, normalize(in.p))), 2.0);
    let orange = vec3f(1.0, 0.32, 0.03) / scene.exposure;
    return mix(color, orange, 0.4 + 0.5 * edge);
}
