// What is behind all tiles: the sky, and a plane under the world.

struct Corner {
    @builtin(position) clip: vec4f,
}

@vertex
fn screen_vertex(@builtin(vertex_index) index: u32) -> Corner {
    return Corner(vec4f(screen_corner(index), 0.0, 1.0));
}

@fragment
fn sky_fragment(in: Corner) -> @location(0) vec4f {
    let direction = normalize(ray_of_pixel(in.clip.xy));
    return vec4f((sky(direction) + sun_disc(direction)) * scene.exposure, 1.0);
}

struct Ground {
    @location(0) color: vec4f,
    @builtin(frag_depth) depth: f32,
}

@fragment
fn ground_fragment(in: Corner) -> Ground {
    let ray = ray_of_pixel(in.clip.xy);
    let drop = fwidth(ray.z);
    // Metres along the view. An eye below the plane does not see it.
    let distance = scene.ground_height / min(ray.z, -1e-7);
    if scene.ground_height >= 0.0 || ray.z >= -1e-7 {
        discard;
    }
    var surface: Surface;
    surface.p = ray * distance;
    surface.face_normal = vec3f(0.0, 0.0, 1.0);
    surface.normal = surface.face_normal;
    surface.albedo = scene.ground_color;
    surface.metallic = 0.0;
    surface.roughness = 1.0;
    surface.openness = 1.0;
    let light = lit(surface);
    let clear = clearness(surface.p);
    let color = (light.diffuse + light.specular) * clear + airlight(surface.p, clear);
    // As far as the next pixel shows it, so that whatever lies on it is seen in all samples of the pixel.
    let farther = 1.002 + drop / -ray.z;
    return Ground(vec4f(color * scene.exposure, 1.0), scene.near / (distance * farther));
}
