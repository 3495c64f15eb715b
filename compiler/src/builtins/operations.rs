//! Operations without a block.

use super::Param::{self, Again, Fixed, Number, Size, Text, TileSize, Token, Word};
use super::{Output, Overload};
use crate::ty::{Scalar, Type};

const F: Param = Param::Value(Type::FLOAT);
const B: Param = Param::Value(Type::BOOL);
const S: Param = Param::Value(Type::STRING);

const fn of(function: &'static str, params: &'static [Param]) -> Overload {
    Overload {
        function,
        params,
        output: Output::Nothing,
    }
}

const AXES: Param = Token(&["x", "y", "z", "xy", "xz", "yz", "xyz", "yx", "zx", "zy"]);
const ALIGN_AXES: Param = Token(&[
    "x",
    "y",
    "z",
    "world.x",
    "world.y",
    "world.z",
    "world.xyz",
    "object.x",
    "object.y",
    "object.z",
    "object.xyz",
    "xyz",
]);
const UP: Param = Token(&["yUp", "zUp", "xUp"]);
const MODE: Param = Token(&["abs", "rel"]);
const SYSTEM: Param = Token(&["scope", "pivot", "object", "world"]);
const DIRECTION: Param = Token(&[
    "face.normal",
    "vertex.normal",
    "world.up",
    "world.up.flatTop",
    "normal",
    "x",
    "y",
    "z",
    "world.x",
    "world.y",
    "world.z",
]);
const FACE: Param = Token(&["world.lowest", "world.highest", "largest", "any", "auto"]);
const EDGE: Param = Token(&["world.lowest", "world.highest", "longest", "any", "auto"]);
const BY: Param = Token(&["byAngle", "byHeight"]);
const PROJECTION: Param = Token(&[
    "scope.xy", "scope.xz", "scope.yx", "scope.yz", "scope.zx", "scope.zy", "world.xy", "world.xz",
    "world.yx", "world.yz", "world.zx", "world.zy",
]);
const ALIGNMENT: Param = Token(&[
    "alignSizeAndPosition",
    "keepSizeAndPosition",
    "keepSizeAlignPosition",
]);
const OFFSET_PART: Param = Token(&["all", "inside", "border"]);
const ANGLE: Param = Fixed("byAngle");
const ROOF: Param = Token(&["gable", "hip", "pyramid", "shed"]);

/// Names with their overloads; of those with as many arguments, the first whose tokens fit is taken.
pub(crate) const OPERATIONS: &[(&str, &[Overload])] = &[
    ("NIL", &[of("nil", &[])]),
    // Transformations
    ("t", &[of("t", &[Size, Size, Size])]),
    ("s", &[of("s", &[Size, Size, Size])]),
    (
        "r",
        &[
            of("r", &[Fixed("scopeOrigin"), F, F, F]),
            of("r", &[Token(&["scopeOrigin", "scopeCenter"]), F, F, F]),
        ],
    ),
    ("translate", &[of("translate", &[MODE, SYSTEM, F, F, F])]),
    ("rotate", &[of("rotate", &[MODE, SYSTEM, F, F, F])]),
    ("center", &[of("center", &[AXES])]),
    (
        "alignScopeToAxes",
        &[
            of("align_scope_to_axes", &[Fixed("world.xyz")]),
            of("align_scope_to_axes", &[ALIGN_AXES]),
        ],
    ),
    (
        "alignScopeToGeometry",
        &[
            of(
                "align_scope_to_geometry",
                &[UP, FACE, Number(0.0), EDGE, Number(0.0)],
            ),
            of(
                "align_scope_to_geometry",
                &[UP, FACE, Number(0.0), Word(-1), F],
            ),
            of(
                "align_scope_to_geometry",
                &[UP, Word(-1), F, EDGE, Number(0.0)],
            ),
            of("align_scope_to_geometry", &[UP, Word(-1), F, Word(-1), F]),
            of(
                "align_scope_to_geometry",
                &[UP, FACE, Number(0.0), Fixed("auto"), Number(0.0)],
            ),
            of(
                "align_scope_to_geometry",
                &[UP, Word(-1), F, Word(-1), Number(0.0)],
            ),
        ],
    ),
    (
        "alignScopeToGeometryBBox",
        &[of(
            "align_scope_to_geometry_bbox",
            &[Token(&["xy", "yx", "xz", "zx", "yz", "zy"])],
        )],
    ),
    ("rotateScope", &[of("rotate_scope", &[F, F, F])]),
    (
        "setPivot",
        &[of(
            "set_pivot",
            &[Token(&["xyz", "yzx", "zxy", "yUp", "zUp"]), F],
        )],
    ),
    ("mirrorScope", &[of("mirror_scope", &[B, B, B])]),
    // Geometry
    (
        "extrude",
        &[
            of("extrude", &[Fixed("face.normal"), Size]),
            of("extrude", &[DIRECTION, Size]),
        ],
    ),
    ("taper", &[of("taper", &[Size])]),
    (
        "envelope",
        &[
            of(
                "envelope",
                &[
                    ENVELOPE,
                    F,
                    F,
                    F,
                    Number(0.0),
                    RIGHT,
                    Number(0.0),
                    RIGHT,
                    Number(0.0),
                    RIGHT,
                ],
            ),
            of(
                "envelope",
                &[
                    ENVELOPE,
                    F,
                    F,
                    F,
                    F,
                    F,
                    Number(0.0),
                    RIGHT,
                    Number(0.0),
                    RIGHT,
                ],
            ),
            of(
                "envelope",
                &[ENVELOPE, F, F, F, F, F, F, F, Again(6), Again(7)],
            ),
            of("envelope", &[ENVELOPE, F, F, F, F, F, F, F, F, F]),
            // Old files: without the direction.
            of(
                "envelope",
                &[
                    Fixed("normal"),
                    F,
                    F,
                    F,
                    Number(0.0),
                    RIGHT,
                    Number(0.0),
                    RIGHT,
                    Number(0.0),
                    RIGHT,
                ],
            ),
            of(
                "envelope",
                &[
                    Fixed("normal"),
                    F,
                    F,
                    F,
                    F,
                    F,
                    Number(0.0),
                    RIGHT,
                    Number(0.0),
                    RIGHT,
                ],
            ),
            of(
                "envelope",
                &[Fixed("normal"), F, F, F, F, F, F, F, Again(6), Again(7)],
            ),
            of("envelope", &[Fixed("normal"), F, F, F, F, F, F, F, F, F]),
        ],
    ),
    (
        "roofGable",
        &[
            of(
                "roof_gable",
                &[BY, F, Number(0.0), Number(0.0), Word(0), Number(-1.0)],
            ),
            of(
                "roof_gable",
                &[BY, F, F, Number(0.0), Word(0), Number(-1.0)],
            ),
            of("roof_gable", &[BY, F, F, F, Word(0), Number(-1.0)]),
            of("roof_gable", &[BY, F, F, F, B, Number(-1.0)]),
            of("roof_gable", &[BY, F, F, F, B, F]),
            of(
                "roof_gable",
                &[ANGLE, F, Number(0.0), Number(0.0), Word(0), Number(-1.0)],
            ),
            of(
                "roof_gable",
                &[ANGLE, F, F, Number(0.0), Word(0), Number(-1.0)],
            ),
            of("roof_gable", &[ANGLE, F, F, F, Word(0), Number(-1.0)]),
            of("roof_gable", &[ANGLE, F, F, F, B, Number(-1.0)]),
            of("roof_gable", &[ANGLE, F, F, F, B, F]),
        ],
    ),
    (
        "roofHip",
        &[
            of("roof_hip", &[BY, F, Number(0.0), Word(0)]),
            of("roof_hip", &[BY, F, F, Word(0)]),
            of("roof_hip", &[BY, F, F, B]),
            of("roof_hip", &[ANGLE, F, Number(0.0), Word(0)]),
            of("roof_hip", &[ANGLE, F, F, Word(0)]),
            of("roof_hip", &[ANGLE, F, F, B]),
        ],
    ),
    (
        "roofPyramid",
        &[
            of("roof_pyramid", &[ANGLE, F]),
            of("roof_pyramid", &[BY, F]),
        ],
    ),
    (
        "roofShed",
        &[
            of("roof_shed", &[BY, F, Number(0.0)]),
            of("roof_shed", &[BY, F, F]),
            of("roof_shed", &[ANGLE, F, Number(0.0)]),
            of("roof_shed", &[ANGLE, F, F]),
        ],
    ),
    (
        "roofRidge",
        &[of("roof_ridge", &[ANGLE, F]), of("roof_ridge", &[BY, F])],
    ),
    // Old files.
    (
        "roof",
        &[
            of("roof", &[ROOF, F, Number(0.0)]),
            of("roof", &[ROOF, F, F]),
        ],
    ),
    (
        "offset",
        &[
            of("offset", &[Size, Fixed("all")]),
            of("offset", &[Size, OFFSET_PART]),
        ],
    ),
    ("innerRect", &[of("inner_rect", &[])]),
    (
        "i",
        &[
            of(
                "insert",
                &[
                    S,
                    Fixed("yUp"),
                    Fixed("alignSizeAndPosition"),
                    Fixed("numericalCleanup"),
                ],
            ),
            of(
                "insert",
                &[
                    S,
                    UP,
                    Fixed("alignSizeAndPosition"),
                    Fixed("numericalCleanup"),
                ],
            ),
            of("insert", &[S, UP, ALIGNMENT, Fixed("numericalCleanup")]),
            of(
                "insert",
                &[S, UP, ALIGNMENT, Token(&["numericalCleanup", "noCleanup"])],
            ),
        ],
    ),
    (
        "insertAlongUV",
        &[
            of(
                "insert_along_uv",
                &[F, S, F, Fixed("scope.y"), Fixed("alignPosition")],
            ),
            of(
                "insert_along_uv",
                &[
                    F,
                    S,
                    F,
                    Token(&["scope.y", "vertex.normal"]),
                    Token(&["alignPosition", "keepPosition"]),
                ],
            ),
        ],
    ),
    (
        "primitiveQuad",
        &[
            of("primitive_quad", &[Word(0), Number(0.0), Number(0.0)]),
            of("primitive_quad", &[Word(1), F, F]),
        ],
    ),
    (
        "primitiveDisk",
        &[
            of("primitive_disk", &[Number(16.0), Number(0.0)]),
            of("primitive_disk", &[F, Number(0.0)]),
            of("primitive_disk", &[F, F]),
        ],
    ),
    (
        "primitiveCube",
        &[
            of(
                "primitive_cube",
                &[Word(0), Number(0.0), Number(0.0), Number(0.0)],
            ),
            of("primitive_cube", &[Word(1), F, F, F]),
        ],
    ),
    (
        "primitiveSphere",
        &[
            of(
                "primitive_sphere",
                &[Number(16.0), Number(16.0), Number(0.0)],
            ),
            of("primitive_sphere", &[F, Number(16.0), Number(0.0)]),
            of("primitive_sphere", &[F, F, Number(0.0)]),
            of("primitive_sphere", &[F, F, F]),
        ],
    ),
    (
        "primitiveCylinder",
        &[
            of(
                "primitive_cylinder",
                &[Number(16.0), Number(0.0), Number(0.0)],
            ),
            of("primitive_cylinder", &[F, Number(0.0), Number(0.0)]),
            of("primitive_cylinder", &[F, F, F]),
        ],
    ),
    (
        "primitiveCone",
        &[
            of("primitive_cone", &[Number(16.0), Number(0.0), Number(0.0)]),
            of("primitive_cone", &[F, Number(0.0), Number(0.0)]),
            of("primitive_cone", &[F, F, F]),
        ],
    ),
    (
        "cleanupGeometry",
        &[of(
            "cleanup_geometry",
            &[Token(&["vertices", "edges", "faces", "all"]), F],
        )],
    ),
    ("reduceGeometry", &[of("reduce_geometry", &[F])]),
    (
        "convexify",
        &[
            of("convexify", &[Number(f64::INFINITY)]),
            of("convexify", &[F]),
        ],
    ),
    ("deleteHoles", &[of("delete_holes", &[])]),
    ("footprint", &[of("footprint_of_geometry", &[])]),
    ("rectify", &[of("rectify", &[F])]),
    ("reverseNormals", &[of("reverse_normals", &[])]),
    (
        "setNormals",
        &[of(
            "set_normals",
            &[Token(&["hard", "conform", "soft", "auto"])],
        )],
    ),
    ("softenNormals", &[of("soften_normals", &[F])]),
    ("mirror", &[of("mirror", &[B, B, B])]),
    ("resetGeometry", &[of("reset_geometry", &[])]),
    ("trim", &[of("trim", &[])]),
    // Tags
    (
        "tag",
        &[of("tag", &[S, Fixed("auto")]), of("tag", &[S, TAGGED])],
    ),
    (
        "deleteTags",
        &[
            of("delete_tags", &[Word(-1), Fixed("all")]),
            of("delete_tags", &[S, Fixed("all")]),
            of(
                "delete_tags",
                &[S, Token(&["all", "faces", "edges", "vertices"])],
            ),
        ],
    ),
    (
        "setTagsFromEdgeAttrs",
        &[of("set_tags_from_edge_attributes", &[])],
    ),
    // Looks
    (
        "color",
        &[
            of("color", &[S]),
            of("color_rgb", &[F, F, F]),
            of("color_rgbo", &[F, F, F, F]),
        ],
    ),
    ("texture", &[of("texture", &[S])]),
    (
        "setupProjection",
        &[
            of(
                "setup_projection",
                &[
                    F,
                    PROJECTION,
                    TileSize,
                    TileSize,
                    Number(0.0),
                    Number(0.0),
                    Number(0.0),
                ],
            ),
            of(
                "setup_projection",
                &[
                    F,
                    PROJECTION,
                    TileSize,
                    TileSize,
                    Number(0.0),
                    Number(0.0),
                    F,
                ],
            ),
            of(
                "setup_projection",
                &[
                    F,
                    PROJECTION,
                    TileSize,
                    TileSize,
                    TileSize,
                    TileSize,
                    Number(0.0),
                ],
            ),
            of(
                "setup_projection",
                &[F, PROJECTION, TileSize, TileSize, TileSize, TileSize, F],
            ),
        ],
    ),
    (
        "setupUV",
        &[
            of(
                "setup_projection",
                &[
                    F,
                    Fixed("scope.xy"),
                    TileSize,
                    TileSize,
                    Number(0.0),
                    Number(0.0),
                    Number(0.0),
                ],
            ),
            of(
                "setup_projection",
                &[
                    F,
                    Fixed("scope.xy"),
                    TileSize,
                    TileSize,
                    Number(0.0),
                    Number(0.0),
                    F,
                ],
            ),
        ],
    ),
    ("projectUV", &[of("project_uv", &[F])]),
    ("bakeUV", &[of("project_uv", &[F])]),
    ("translateUV", &[of("translate_uv", &[F, F, F])]),
    ("offsetUV", &[of("translate_uv", &[F, F, F])]),
    ("scaleUV", &[of("scale_uv", &[F, F, F])]),
    ("rotateUV", &[of("rotate_uv", &[F, F])]),
    (
        "normalizeUV",
        &[of(
            "normalize_uv",
            &[
                F,
                Token(&["uv", "u", "v", "uvUniform"]),
                Token(&["separatePerFace", "collectiveAllFaces"]),
            ],
        )],
    ),
    ("tileUV", &[of("tile_uv", &[F, TileSize, TileSize])]),
    ("deleteUV", &[of("delete_uv", &[F])]),
    ("copyUV", &[of("copy_uv", &[F, F])]),
    (
        "setMaterial",
        &[of(
            "set_material",
            &[Param::Value(Type::Array(Scalar::String))],
        )],
    ),
    (
        "resetMaterial",
        &[
            of("reset_material", &[Fixed("shape")]),
            of("reset_material", &[Token(&["shape", "geometry", "all"])]),
        ],
    ),
    // Output
    ("print", &[of("print", &[Text])]),
    ("label", &[of("label", &[S])]),
];

const TAGGED: Param = Token(&["auto", "faces", "edges", "vertices"]);
const ENVELOPE: Param = Token(&["normal", "world.up"]);
const RIGHT: Param = Number(90.0);

/// Whether a name is an operation with a block, or one that the compiler knows by itself.
pub(crate) fn is_operation_word(name: &str) -> bool {
    matches!(
        name,
        "set"
            | "report"
            | "split"
            | "comp"
            | "splitArea"
            | "splitAndSetbackPerimeter"
            | "modify"
            | "setback"
            | "setbackPerEdge"
            | "setbackToArea"
            | "shapeL"
            | "shapeU"
            | "shapeO"
            | "innerRectangle"
            | "scatter"
            | "union"
            | "subtract"
            | "intersect"
    )
}
