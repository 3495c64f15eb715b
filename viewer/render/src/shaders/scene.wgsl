// What every pass knows. Positions are metres in the world's axes, counted from the eye.

const PI = 3.14159265;

struct Scene {
    eye_from_clip: mat4x4f,
    shadow_from_eye: array<mat4x4f, 4>,
    // Distance along the view at which each cascade ends, and the side of its texels; metres.
    cascade_ends: vec4f,
    cascade_texels: vec4f,
    // Light from the sky and the ground on a surface by its normal, divided by pi.
    irradiance: array<vec4f, 9>,
    // Towards the sun.
    sun_direction: vec3f,
    exposure: f32,
    // Light of the sun on a surface that faces it, divided by pi.
    sun_color: vec3f,
    // Height of the eye above the haze's base, metres.
    haze_eye: f32,
    forward: vec3f,
    near: f32,
    ground_color: vec3f,
    // Above the eye, metres.
    ground_height: f32,
    // Extinction at the base, per metre.
    haze: vec3f,
    // Metres in which the haze thins to 1/e.
    haze_scale: f32,
    // Pixels.
    size: vec2f,
    cascade_count: u32,
    // One more than the tile and the feature that are highlighted; 0 for none.
    selected_tile: u32,
    selected_feature: u32,
    // 1 when there is ambient occlusion.
    occlusion: u32,
    // Metres: the farthest shadow.
    shadow_reach: f32,
    unused: f32,
}

struct View {
    clip_from_eye: mat4x4f,
}

@group(0) @binding(0) var<uniform> scene: Scene;
@group(0) @binding(1) var<uniform> view: View;
@group(0) @binding(5) var repeating: sampler;
@group(0) @binding(6) var colors_small: texture_2d_array<f32>;
@group(0) @binding(7) var colors_medium: texture_2d_array<f32>;
@group(0) @binding(8) var colors_large: texture_2d_array<f32>;
@group(0) @binding(9) var data_small: texture_2d_array<f32>;
@group(0) @binding(10) var data_medium: texture_2d_array<f32>;
@group(0) @binding(11) var data_large: texture_2d_array<f32>;

// A triangle that covers the screen.
fn screen_corner(index: u32) -> vec2f {
    return vec2f(f32(index & 1u) * 4.0 - 1.0, f32(index >> 1u) * 4.0 - 1.0);
}

// Where a pixel's middle lies, in clip space.
fn clip_of_pixel(pixel: vec2f) -> vec2f {
    return vec2f(2.0, -2.0) * pixel / scene.size + vec2f(-1.0, 1.0);
}

// What a ray through a pixel runs along; not of unit length, but one metre along the view.
fn ray_of_pixel(pixel: vec2f) -> vec3f {
    let ray = (scene.eye_from_clip * vec4f(clip_of_pixel(pixel), 1.0, 1.0)).xyz;
    return ray / dot(ray, scene.forward);
}

// Noise without visible structure that is different in neighbouring pixels (Jimenez 2014).
fn gradient_noise(pixel: vec2f) -> f32 {
    return fract(52.9829189 * fract(dot(floor(pixel), vec2f(0.06711056, 0.00583715))));
}
