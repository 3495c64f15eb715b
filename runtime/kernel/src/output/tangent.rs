//! Tangents: the direction in which u grows along a surface, as normal maps need it.

use glam::{DVec2, DVec3, DVec4};

/// The directions in which u and v grow on a triangle, as edges and their differences in (u, v) tell; none when the
/// texture coordinates have no area.
pub(crate) fn directions(edges: [DVec3; 2], differences: [DVec2; 2]) -> Option<[DVec3; 2]> {
    let [d, e] = differences;
    let determinant = d.perp_dot(e);
    if determinant == 0.0 || !determinant.is_finite() {
        return None;
    }
    let along_u = (edges[0] * e.y - edges[1] * d.y) / determinant;
    let along_v = (edges[1] * d.x - edges[0] * e.x) / determinant;
    Some([along_u, along_v])
}

/// The tangent at a vertex with this normal: a unit vector at a right angle to it, and 1 or -1 so that the cross
/// product of normal and tangent times that points to where v grows. Without directions any right angle will do.
pub(crate) fn tangent(normal: DVec3, directions: Option<[DVec3; 2]>) -> DVec4 {
    let along_u = directions.map_or(DVec3::ZERO, |[u, _]| u);
    let level = (along_u - normal * normal.dot(along_u)).normalize_or_zero();
    if level == DVec3::ZERO {
        return normal.any_orthonormal_vector().extend(1.0);
    }
    let along_v = directions.map_or(DVec3::ZERO, |[_, v]| v);
    level.extend(if normal.cross(level).dot(along_v) < 0.0 {
        -1.0
    } else {
        1.0
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mirrored_texture_turns_the_sign() {
        let edges = [DVec3::X * 2.0, DVec3::Y];
        let plain = directions(edges, [DVec2::X, DVec2::Y]);
        assert_eq!(tangent(DVec3::Z, plain), DVec4::new(1.0, 0.0, 0.0, 1.0));
        let mirrored = directions(edges, [-DVec2::X, DVec2::Y]);
        assert_eq!(
            tangent(DVec3::Z, mirrored),
            DVec4::new(-1.0, 0.0, 0.0, -1.0)
        );
    }

    #[test]
    fn without_texture_coordinates_any_right_angle_will_do() {
        let tangent = tangent(DVec3::Z, directions([DVec3::X, DVec3::Y], [DVec2::ZERO; 2]));
        assert_eq!(
            (
                tangent.truncate().dot(DVec3::Z),
                tangent.truncate().length()
            ),
            (0.0, 1.0)
        );
    }
}
