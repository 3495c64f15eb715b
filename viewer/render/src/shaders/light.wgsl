// How surfaces answer light: metallic-roughness with the GGX distribution.

@group(1) @binding(0) var shadow_maps: texture_depth_2d_array;
@group(1) @binding(1) var shadow_sampler: sampler_comparison;

struct Surface {
    p: vec3f,
    // Of the triangle, and with the detail of its texture.
    face_normal: vec3f,
    normal: vec3f,
    albedo: vec3f,
    metallic: f32,
    roughness: f32,
    // How much light from all around reaches it.
    openness: f32,
}

fn shadow_tap(place: vec3f, cascade: u32) -> f32 {
    let texel = 1.0 / f32(textureDimensions(shadow_maps).x);
    var sum = 0.0;
    for (var y = -1; y <= 1; y += 1) {
        for (var x = -1; x <= 1; x += 1) {
            let uv = place.xy + vec2f(f32(x), f32(y)) * texel;
            sum += textureSampleCompareLevel(shadow_maps, shadow_sampler, uv, cascade, place.z);
        }
    }
    return sum / 9.0;
}

// Lifts the point off its surface by as much as a texel is wide, so that a surface does not shade itself.
fn shadow_in(cascade: u32, p: vec3f, normal: vec3f) -> f32 {
    let texel = scene.cascade_texels[cascade];
    let slant = 1.0 - abs(dot(normal, scene.sun_direction));
    let lifted = p + normal * texel * (0.6 + 1.6 * slant);
    let clip = scene.shadow_from_eye[cascade] * vec4f(lifted, 1.0);
    return shadow_tap(vec3f(clip.xy * vec2f(0.5, -0.5) + 0.5, clip.z), cascade);
}

// How much of the sun is seen from a point.
fn sunlight(p: vec3f, normal: vec3f) -> f32 {
    let distance = dot(p, scene.forward);
    if scene.cascade_count == 0u || distance >= scene.shadow_reach {
        return 1.0;
    }
    var cascade = 0u;
    while cascade + 1u < scene.cascade_count && distance > scene.cascade_ends[cascade] {
        cascade += 1u;
    }
    var lit = shadow_in(cascade, p, normal);
    // The last tenth of a cascade turns into the next.
    let share = smoothstep(0.9, 1.0, distance / scene.cascade_ends[cascade]);
    if share > 0.0 {
        var beyond = 1.0;
        if cascade + 1u < scene.cascade_count {
            beyond = shadow_in(cascade + 1u, p, normal);
        }
        lit = mix(lit, beyond, share);
    }
    return lit;
}

fn ambient_on(n: vec3f) -> vec3f {
    let c = scene.irradiance;
    let sum = c[0] + c[1] * n.y + c[2] * n.z + c[3] * n.x + c[4] * (n.x * n.y) + c[5] * (n.y * n.z)
        + c[6] * (3.0 * n.z * n.z - 1.0) + c[7] * (n.x * n.z) + c[8] * (n.x * n.x - n.y * n.y);
    return max(sum.rgb, vec3f(0.0));
}

// What a mirror shows: the sky, and below the horizon the light of the ground. Rough ones show the mean.
fn reflection(direction: vec3f, roughness: f32) -> vec3f {
    let soft = ambient_on(direction);
    let below = ambient_on(vec3f(0.0, 0.0, -1.0));
    let edge = 0.02 + 0.3 * roughness;
    let sharp = mix(below, sky(direction), smoothstep(-edge, edge, direction.z));
    return mix(sharp, soft, smoothstep(0.05, 0.6, roughness));
}

// The share of light from all around that is reflected (Karis 2014).
fn mirrored_share(f0: vec3f, roughness: f32, facing: f32) -> vec3f {
    let r = roughness * vec4f(-1.0, -0.0275, -0.572, 0.022) + vec4f(1.0, 0.0425, 1.04, -0.04);
    let a = min(r.x * r.x, exp2(-9.28 * facing)) * r.x + r.y;
    let scale_and_bias = vec2f(-1.04, 1.04) * a + r.zw;
    return f0 * scale_and_bias.x + scale_and_bias.y;
}

fn highlight(f0: vec3f, roughness: f32, n: vec3f, v: vec3f, facing: f32, sunward: f32) -> vec3f {
    let h = normalize(v + scene.sun_direction);
    let nh = clamp(dot(n, h), 0.0, 1.0);
    let vh = clamp(dot(v, h), 0.0, 1.0);
    let a2 = pow(roughness, 4.0);
    let d = nh * nh * (a2 - 1.0) + 1.0;
    let distribution = a2 / (PI * d * d);
    let shaded = facing * sqrt(sunward * sunward * (1.0 - a2) + a2)
        + sunward * sqrt(facing * facing * (1.0 - a2) + a2);
    let fresnel = f0 + (1.0 - f0) * pow(1.0 - vh, 5.0);
    return fresnel * min(distribution * 0.5 / max(shaded, 1e-4), 60.0);
}

struct Lit {
    // From within the surface, and from its face.
    diffuse: vec3f,
    specular: vec3f,
}

fn lit(s: Surface) -> Lit {
    let v = -normalize(s.p);
    let facing = clamp(abs(dot(s.normal, v)), 1e-3, 1.0);
    // The triangle itself must face the sun, or light leaks through bumps.
    let toward = smoothstep(-0.02, 0.08, dot(s.face_normal, scene.sun_direction));
    let sunward = clamp(dot(s.normal, scene.sun_direction), 0.0, 1.0) * toward;
    var sun = vec3f(0.0);
    if sunward > 0.0 {
        sun = scene.sun_color * (sunward * sunlight(s.p, s.face_normal));
    }
    let f0 = mix(vec3f(0.04), s.albedo, s.metallic);
    let diffuse = s.albedo * (1.0 - s.metallic);
    let share = mirrored_share(f0, s.roughness, facing);
    // Light that is reflected does not enter; light between near walls takes their colour.
    let open = s.openness;
    let coloured = pow(vec3f(open), 1.0 - 0.4 * s.albedo);
    let ambient = ambient_on(s.normal) * coloured;
    let mirror = reflection(reflect(-v, s.normal), s.roughness) * mix(open, 1.0, 0.3);
    let gloss = highlight(f0, s.roughness, s.normal, v, facing, sunward);
    return Lit(diffuse * (sun + ambient * (1.0 - share)), gloss * PI * sun + mirror * share);
}
