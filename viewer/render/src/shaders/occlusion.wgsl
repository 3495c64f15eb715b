// Ambient occlusion in screen space, at half the size of the picture: how much of the sky over a point is hidden by
// what is near it, judged by depth alone.

@group(1) @binding(0) var depth_map: texture_2d<f32>;
@group(1) @binding(1) var nearest: sampler;
@group(1) @binding(2) var raw_map: texture_2d<f32>;

const SAMPLES = 12;

@vertex
fn screen_vertex(@builtin(vertex_index) index: u32) -> @builtin(position) vec4f {
    return vec4f(screen_corner(index), 0.0, 1.0);
}

fn distance_at(texel: vec2i) -> f32 {
    // Not every device loads texels of depth without a sampler.
    let place = (vec2f(texel) + 0.5) / vec2f(textureDimensions(depth_map));
    let depth = textureSampleLevel(depth_map, nearest, place, 0.0).r;
    // Half floats end at 65504.
    return min(scene.near / max(depth, 1e-9), 60000.0);
}

// A texel of this map is two pixels wide.
fn point_at(texel: vec2i) -> vec3f {
    return ray_of_pixel((vec2f(texel) + 0.5) * 2.0) * distance_at(texel);
}

// The nearer neighbour on each axis lies on the same surface.
fn normal_at(texel: vec2i, p: vec3f) -> vec3f {
    let right = point_at(texel + vec2i(1, 0)) - p;
    let left = p - point_at(texel - vec2i(1, 0));
    let down = point_at(texel + vec2i(0, 1)) - p;
    let up = p - point_at(texel - vec2i(0, 1));
    let x = select(left, right, dot(right, right) < dot(left, left));
    let y = select(up, down, dot(down, down) < dot(up, up));
    return normalize(cross(y, x));
}

@fragment
fn occlusion_fragment(@builtin(position) at: vec4f) -> @location(0) vec2f {
    let texel = vec2i(at.xy);
    let distance = distance_at(texel);
    if distance > 4000.0 {
        return vec2f(1.0, distance);
    }
    let p = point_at(texel);
    let n = normal_at(texel, p);
    // Metres; wider far away, where small corners are not seen.
    let reach = 1.2 + 0.015 * distance;
    let along = length(ray_of_pixel(vec2f(0.0, 0.5 * scene.size.y)) - ray_of_pixel(vec2f(scene.size.x, 0.5 * scene.size.y)));
    let texels = min(reach / (distance * along) * scene.size.x * 0.5, 60.0);
    let start = gradient_noise(at.xy) * 2.0 * PI;
    var hidden = 0.0;
    for (var index = 0; index < SAMPLES; index += 1) {
        let share = (f32(index) + 0.5) / f32(SAMPLES);
        let angle = start + f32(index) * 2.39996;
        let step = vec2f(cos(angle), sin(angle)) * sqrt(share) * max(texels, 1.5);
        let v = point_at(texel + vec2i(round(step))) - p;
        let square = dot(v, v);
        let above = max(dot(v, n) - 0.004 * distance, 0.0);
        let fall = max(1.0 - square / (reach * reach), 0.0);
        hidden += above * inverseSqrt(square + 1e-4) * fall;
    }
    let open = clamp(1.0 - 1.7 * hidden / f32(SAMPLES), 0.0, 1.0);
    return vec2f(open * mix(1.0, open, 0.3), distance);
}

// The mean of those around a texel that lie at its depth.
@fragment
fn blur_fragment(@builtin(position) at: vec4f) -> @location(0) vec2f {
    let texel = vec2i(at.xy);
    let most = vec2i(textureDimensions(raw_map)) - 1;
    let own = textureLoad(raw_map, texel, 0);
    var sum = 0.0;
    var total = 0.0;
    for (var y = -2; y <= 2; y += 1) {
        for (var x = -2; x <= 2; x += 1) {
            let other = textureLoad(raw_map, clamp(texel + vec2i(x, y), vec2i(0), most), 0);
            let weight = exp(-abs(other.g - own.g) / (0.02 * own.g + 0.02));
            sum += other.r * weight;
            total += weight;
        }
    }
    return vec2f(sum / total, own.g);
}
