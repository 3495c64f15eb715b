//! What is done differently from CityEngine's own runtime, and what newer versions of the language write differently.

use super::Kind;

/// Names whose results differ from CityEngine's in a way that one may notice, and how.
pub(super) const APPROXIMATED: &[(Kind, &[&str], &str)] = &[
    (
        Kind::Function,
        &[
            "rand",
            "p",
            "listRandom",
            "fileRandom",
            "assetApproxRatio",
            "assetApproxSize",
            "assetFitSize",
            "imageApproxRatio",
        ],
        "same distribution, other random numbers",
    ),
    (
        Kind::Operation,
        &["scatter"],
        "same distribution, other random numbers",
    ),
    (
        Kind::Attribute,
        &["seedian"],
        "shapes have other seeds than in CityEngine",
    ),
    (
        Kind::Attribute,
        &["uid"],
        "another number than in CityEngine: the shape's `seedian`",
    ),
    (
        Kind::Function,
        &["assetsSortRatio", "assetsSortSize", "imagesSortRatio"],
        "distance from the scope is the logarithm of the factor",
    ),
    (
        Kind::Function,
        &["colorRamp"],
        "the colours of named ramps are near",
    ),
    (
        Kind::Function,
        &["comp"],
        "`comp.index` counts all components, not those of one selector",
    ),
    (
        Kind::Operation,
        &["inline", "modify"],
        "pieces of setbacks and the like are connected again, too",
    ),
    (
        Kind::Operation,
        &["convexify"],
        "polygons with holes are cut along diagonals",
    ),
    (
        Kind::Operation,
        &["reduceGeometry"],
        "other vertices may go than in CityEngine",
    ),
    (
        Kind::Operation,
        &["insertAlongUV"],
        "on a quadrilateral whose texture coordinates are no parallelogram, as on two triangles",
    ),
    (
        Kind::Selector,
        &[
            "street.front",
            "street.back",
            "street.left",
            "street.right",
            "street.side",
            "streetSide",
            "noStreetSide",
        ],
        "judged by where a side looks and the nearest edge that looks the same way; as `object.*` without `streetWidth`",
    ),
    (
        Kind::Attribute,
        &[
            "material.ambient.b",
            "material.ambient.g",
            "material.ambient.r",
            "material.ambient.rgb",
            "material.bumpValue",
            "material.bumpmap",
            "material.reflectivity",
            "material.shader",
            "material.shininess",
            "material.specular.b",
            "material.specular.g",
            "material.specular.r",
            "material.specular.rgb",
            "material.specularmap",
        ],
        "kept, not drawn: glTF has no place for it",
    ),
    (
        Kind::Attribute,
        &["material.dirtmap"],
        "drawn where there is no colour map: glTF has one map for both",
    ),
    (
        Kind::Attribute,
        &["material.opacitymap"],
        "opacity is that of the colour map: glTF has one map for both",
    ),
    (
        Kind::Attribute,
        &["material.metallicmap"],
        "drawn where the roughness map is the same image: glTF has one map for both",
    ),
];

/// Old names, and what to write today.
pub(super) const DEPRECATED: &[(Kind, &str, &str)] = &[
    (Kind::Operation, "innerRect", "innerRectangle"),
    (Kind::Operation, "offsetUV", "translateUV"),
    (Kind::Operation, "setupUV", "setupProjection"),
    (Kind::Operation, "bakeUV", "projectUV"),
    (Kind::Operation, "roof", "roofGable, roofHip"),
    (Kind::Function, "index", "findFirst"),
    (Kind::Function, "assetApproxRatio", "assetsSortRatio"),
    (Kind::Function, "assetApproxSize", "assetsSortSize"),
    (Kind::Function, "assetBestRatio", "assetsSortRatio"),
    (Kind::Function, "assetBestSize", "assetsSortSize"),
    (Kind::Function, "assetFitSize", "assetsSortSize"),
    (Kind::Function, "imageApproxRatio", "imagesSortRatio"),
    (Kind::Function, "imageBestRatio", "imagesSortRatio"),
    (Kind::Attribute, "material.color.a", "material.opacity"),
    (
        Kind::Attribute,
        "initialShape.symbol",
        "initialShape.startRule",
    ),
    (Kind::Selector, "streetSide", "street.side"),
    (Kind::Selector, "noStreetSide", "!street.side"),
];

/// Old ways of writing, by what they are called in tables, and what to write today.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum OldForm {
    ProjectionOfFiveArguments,
    AlignmentOfTwoArguments,
    ExtrusionAlongAxis,
    EnvelopeWithoutDirection,
    PivotUp,
    SplitWithoutSizes,
    AttributeWithParameters,
    BuiltinCube,
    RangeWithoutNames,
}

impl OldForm {
    /// All of them.
    pub(super) const ALL: &'static [Self] = &[
        Self::ProjectionOfFiveArguments,
        Self::AlignmentOfTwoArguments,
        Self::ExtrusionAlongAxis,
        Self::EnvelopeWithoutDirection,
        Self::PivotUp,
        Self::SplitWithoutSizes,
        Self::AttributeWithParameters,
        Self::BuiltinCube,
        Self::RangeWithoutNames,
    ];

    /// What it is called.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::ProjectionOfFiveArguments => "setupProjection(uvSet, axes, w, h, factor)",
            Self::AlignmentOfTwoArguments => "alignScopeToGeometry(up, face)",
            Self::ExtrusionAlongAxis => "extrude(axis, h)",
            Self::EnvelopeWithoutDirection => "envelope without a direction",
            Self::PivotUp => "setPivot(yUp | zUp, n)",
            Self::SplitWithoutSizes => "split(axis) { Rule }",
            Self::AttributeWithParameters => "attr name(parameters)",
            Self::BuiltinCube => "i(\"builtin:cube\")",
            Self::RangeWithoutNames => "@Range(a, b)",
        }
    }

    /// What to write today.
    pub(super) fn instead(self) -> &'static str {
        match self {
            Self::ProjectionOfFiveArguments => "offsets before the factor",
            Self::AlignmentOfTwoArguments => "three arguments",
            Self::ExtrusionAlongAxis => "extrude(world.up, h)",
            Self::EnvelopeWithoutDirection => "envelope(normal, ...)",
            Self::PivotUp => "xyz, yzx or zxy",
            Self::SplitWithoutSizes => "~1 : Rule",
            Self::AttributeWithParameters => "a function",
            Self::BuiltinCube => "primitiveCube",
            Self::RangeWithoutNames => "@Range(min=a, max=b), @Enum",
        }
    }
}
