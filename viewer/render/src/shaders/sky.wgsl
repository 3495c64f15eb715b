// The sky, and the air before things.

@group(1) @binding(2) var sky_map: texture_2d<f32>;
@group(1) @binding(3) var clamping: sampler;

// The map's columns go from the sun's bearing to the opposite, its rows from the horizon to the zenith, both finer at
// their beginning.
fn sky(direction: vec3f) -> vec3f {
    let sun = scene.sun_direction.xy;
    let flat_ = max(length(direction.xy) * length(sun), 1e-6);
    let bearing = acos(clamp(dot(direction.xy, sun) / flat_, -1.0, 1.0));
    let height = asin(clamp(direction.z, 0.0, 1.0));
    let size = vec2f(textureDimensions(sky_map));
    let place = sqrt(vec2f(bearing / PI, height / (0.5 * PI)));
    return textureSampleLevel(sky_map, clamping, (place * (size - 1.0) + 0.5) / size, 0.0).rgb;
}

// The sun itself, a little larger than it is.
fn sun_disc(direction: vec3f) -> vec3f {
    let away = acos(clamp(dot(direction, scene.sun_direction), -1.0, 1.0));
    let disc = 1.0 - smoothstep(0.0055, 0.0075, away);
    let glow = 0.012 * exp(-away * 28.0);
    return scene.sun_color * (disc * 90.0 + glow * 60.0);
}

// How much of the light of each colour comes through the air from `p`; haze thins with height.
fn clearness(p: vec3f) -> vec3f {
    let rise = p.z / scene.haze_scale;
    let mean = select((1.0 - exp(-rise)) / rise, 1.0 - 0.5 * rise, abs(rise) < 0.01);
    let depth = length(p) * exp(-scene.haze_eye / scene.haze_scale) * mean;
    return exp(-scene.haze * min(depth, 1e7));
}

// What the air before `p` shines with: close by more with the light of the whole sky, far away with that of the sky
// behind it.
fn airlight(p: vec3f, clear: vec3f) -> vec3f {
    return mix(sky(normalize(p)), scene.irradiance[0].rgb, 0.45 * clear) * (1.0 - clear);
}
