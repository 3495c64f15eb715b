//! Placements of instances: translation, rotation and scale of an affine map.

use glam::{DAffine3, DMat3, DQuat, DVec3};

/// Where an instance is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Placement {
    /// Where the centre of the mesh goes.
    pub(crate) translation: DVec3,
    /// Unit quaternion.
    pub(crate) rotation: DQuat,
    /// Along the mesh's own axes; positive.
    pub(crate) scale: DVec3,
}

/// What a cosine between axes may differ from 0.
const SHEAR_TOLERANCE: f64 = 1e-9;

impl Placement {
    /// The parts of a map, for a mesh whose coordinates are counted from `center`; none when the map shears,
    /// mirrors or flattens, or is not finite.
    pub(crate) fn of(world_from_mesh: &DAffine3, center: DVec3) -> Option<Self> {
        let DMat3 {
            x_axis,
            y_axis,
            z_axis,
        } = world_from_mesh.matrix3;
        let scale = DVec3::new(x_axis.length(), y_axis.length(), z_axis.length());
        let translation = world_from_mesh.transform_point3(center);
        let in_range = |size: f64| size > 1e-9 && size < 1e9;
        if !translation.is_finite()
            || translation.abs().max_element() > 1e12
            || !scale.to_array().into_iter().all(in_range)
        {
            return None;
        }
        let axes = DMat3::from_cols(x_axis / scale.x, y_axis / scale.y, z_axis / scale.z);
        let cosines = [
            axes.x_axis.dot(axes.y_axis),
            axes.y_axis.dot(axes.z_axis),
            axes.z_axis.dot(axes.x_axis),
        ];
        if cosines.iter().any(|cosine| cosine.abs() > SHEAR_TOLERANCE) || axes.determinant() < 0.0 {
            return None;
        }
        Some(Self {
            translation,
            rotation: DQuat::from_mat3(&axes).normalize(),
            scale,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_put_together_give_the_map() {
        let rotation = DQuat::from_xyzw(0.1, -0.7, 0.3, 0.2).normalize();
        let scale = DVec3::new(2.0, 0.5, 3.0);
        let map = DAffine3::from_scale_rotation_translation(
            scale,
            rotation,
            DVec3::new(10.0, 20.0, 30.0),
        );
        let center = DVec3::new(1.0, 2.0, 3.0);
        let placement = Placement::of(&map, center).unwrap();
        let point = DVec3::new(-4.0, 5.0, 6.0);
        let placed =
            placement.translation + placement.rotation * (placement.scale * (point - center));
        assert!((placed - map.transform_point3(point)).length() < 1e-12);
    }

    #[test]
    fn maps_that_are_no_placement_are_refused() {
        let mirror = DAffine3::from_scale(DVec3::new(-1.0, 1.0, 1.0));
        let flat = DAffine3::from_scale(DVec3::new(1.0, 0.0, 1.0));
        let mut shear = DAffine3::IDENTITY;
        shear.matrix3.y_axis.x = 0.1;
        let lost = DAffine3::from_translation(DVec3::new(f64::NAN, 0.0, 0.0));
        for map in [mirror, flat, shear, lost] {
            assert_eq!(Placement::of(&map, DVec3::ZERO), None);
        }
    }
}
