// From light to what a screen shows: AgX (Troy Sobotka), its curve as fitted by Benjamin Wrensch.

@group(0) @binding(0) var light: texture_2d<f32>;
// The target does not encode by itself.
override ENCODE: bool = false;

@vertex
fn screen_vertex(@builtin(vertex_index) index: u32) -> @builtin(position) vec4f {
    return vec4f(f32(index & 1u) * 4.0 - 1.0, f32(index >> 1u) * 4.0 - 1.0, 0.0, 1.0);
}

fn curve(x: vec3f) -> vec3f {
    let x2 = x * x;
    let x4 = x2 * x2;
    return 15.5 * x4 * x2 - 40.14 * x4 * x + 31.96 * x4 - 6.868 * x2 * x + 0.4298 * x2 + 0.1191 * x
        - 0.00232;
}

// Its result is encoded with a power of 2.2.
fn agx(color: vec3f) -> vec3f {
    let inset = mat3x3f(
        0.842479062253094, 0.0423282422610123, 0.0423756549057051,
        0.0784335999999992, 0.878468636469772, 0.0784336,
        0.0792237451477643, 0.0791661274605434, 0.879142973793104,
    );
    let outset = mat3x3f(
        1.19687900512017, -0.0528968517574562, -0.0529716355144438,
        -0.0980208811401368, 1.15190312990417, -0.0980434501171241,
        -0.0990297440797205, -0.0989611768448433, 1.15107367264116,
    );
    let low = -12.47393;
    let high = 4.026069;
    let stops = clamp(log2(max(inset * color, vec3f(1e-10))), vec3f(low), vec3f(high));
    var shown = curve((stops - low) / (high - low));
    // A look with deeper shadows and fuller colours than the plain one.
    shown = pow(max(shown, vec3f(0.0)), vec3f(1.06));
    let grey = dot(shown, vec3f(0.2126, 0.7152, 0.0722));
    shown = grey + 1.25 * (shown - grey);
    return clamp(outset * shown, vec3f(0.0), vec3f(1.0));
}

fn linear_from_srgb(color: vec3f) -> vec3f {
    let high = pow((color + 0.055) / 1.055, vec3f(2.4));
    return select(high, color / 12.92, color <= vec3f(0.04045));
}

fn noise(pixel: vec2f) -> f32 {
    return fract(52.9829189 * fract(dot(floor(pixel), vec2f(0.06711056, 0.00583715))));
}

@fragment
fn tone_fragment(@builtin(position) at: vec4f) -> @location(0) vec4f {
    let color = textureLoad(light, vec2i(at.xy), 0).rgb;
    // Half a step of noise hides the steps of smooth skies.
    let shown = agx(color) + (noise(at.xy) - 0.5) / 255.0;
    return vec4f(select(linear_from_srgb(max(shown, vec3f(0.0))), shown, ENCODE), 1.0);
}
