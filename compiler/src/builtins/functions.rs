//! Functions.

use gable_kernel::abi::token::ORIENTATIONS;

use super::Param::{self, AnyArray, Fixed, Names, Number, Text, Token, Word};
use super::{Output, Overload};
use crate::ty::{Scalar, Type};

const F: Param = Param::Value(Type::FLOAT);
const S: Param = Param::Value(Type::STRING);
const STRINGS: Type = Type::Array(Scalar::String);

const fn float(function: &'static str, params: &'static [Param]) -> Overload {
    Overload {
        function,
        params,
        output: Output::Value(Type::FLOAT),
    }
}

const fn bool(function: &'static str, params: &'static [Param]) -> Overload {
    Overload {
        function,
        params,
        output: Output::Value(Type::BOOL),
    }
}

const fn string(function: &'static str, params: &'static [Param]) -> Overload {
    Overload {
        function,
        params,
        output: Output::Value(Type::STRING),
    }
}

const fn strings(function: &'static str, params: &'static [Param]) -> Overload {
    Overload {
        function,
        params,
        output: Output::Value(STRINGS),
    }
}

const fn floats(function: &'static str, params: &'static [Param]) -> Overload {
    Overload {
        function,
        params,
        output: Output::Value(Type::Array(Scalar::Float)),
    }
}

const fn same(function: &'static str, params: &'static [Param]) -> Overload {
    Overload {
        function,
        params,
        output: Output::SameArray,
    }
}

/// A kernel function that gives an array of strings, for a string list.
const fn list(function: &'static str, params: &'static [Param]) -> Overload {
    Overload {
        function,
        params,
        output: Output::List,
    }
}

const fn sort(params: &'static [Param]) -> Overload {
    Overload {
        function: "assets_sort",
        params,
        output: Output::SameNames,
    }
}

const fn pick(params: &'static [Param]) -> Overload {
    string("asset_pick", params)
}

/// The overloads of a question to the kernel about other shapes; without a label it is about all of them.
macro_rules! occlusion {
    ($question:literal) => {
        &[
            bool("occlusion", &[Word($question), Fixed("all"), Word(0)]),
            bool("occlusion", &[Word($question), TARGET, Word(0)]),
            bool("occlusion", &[Word($question), TARGET, S]),
        ]
    };
}

const TAGGED: Param = Token(&["all", "faces", "edges", "vertices"]);
const TARGET: Param = Token(&["intra", "inter", "all"]);
const RANKING: Param = Token(&[
    "world.northernmost",
    "world.southernmost",
    "world.easternmost",
    "world.westernmost",
    "world.highest",
    "world.lowest",
    "area.largest",
    "area.smallest",
]);
const RATIO: Param = Token(&["xy", "xz", "yz", "xyz"]);
const LENGTHS: Param = Token(&["x", "y", "z", "xy", "xz", "yz", "xyz"]);
const IMAGE_RATIO: Param = Token(&["xy", "xz", "yx", "yz", "zx", "zy"]);
const NAMING: Param = Token(&["g", "m"]);
const ORIENTATION: Param = Token(ORIENTATIONS);
const SURFACE: Param = Token(&["surface"]);
const SPACE: Param = Token(&["uvSpace", "unitSpace"]);
const SYSTEM: Param = Token(&["scope", "pivot", "object", "world"]);

/// Names with their overloads; of those with as many arguments, the first whose tokens fit is taken.
pub(crate) const FUNCTIONS: &[(&str, &[Overload])] = &[
    // Mathematics
    ("sin", &[float("sin", &[F])]),
    ("cos", &[float("cos", &[F])]),
    ("tan", &[float("tan", &[F])]),
    ("asin", &[float("asin", &[F])]),
    ("acos", &[float("acos", &[F])]),
    ("atan", &[float("atan", &[F])]),
    ("atan2", &[float("atan2", &[F, F])]),
    ("exp", &[float("exp", &[F])]),
    ("ln", &[float("ln", &[F])]),
    ("log10", &[float("log10", &[F])]),
    ("pow", &[float("pow", &[F, F])]),
    // Strings
    ("len", &[float("len", &[S])]),
    ("substring", &[string("substring", &[S, F, F])]),
    ("find", &[float("find", &[S, S, F])]),
    ("findLast", &[float("find_last", &[S, S])]),
    ("count", &[float("count", &[S, S])]),
    ("replace", &[string("replace", &[S, S, Text])]),
    ("getPrefix", &[string("get_prefix", &[S, S])]),
    ("getSuffix", &[string("get_suffix", &[S, S])]),
    ("getRange", &[string("get_range", &[S, S, S])]),
    ("splitString", &[strings("split_string", &[S, S])]),
    // String lists
    ("listAdd", &[string("list_add", &[S, Text])]),
    ("listClean", &[string("list_clean", &[S])]),
    ("listCount", &[float("list_count", &[S, Text])]),
    ("listIndex", &[float("list_index", &[S, Text])]),
    ("listItem", &[string("list_item", &[S, F])]),
    ("listFirst", &[string("list_first", &[S])]),
    ("listLast", &[string("list_last", &[S])]),
    ("listRandom", &[string("list_random", &[S])]),
    ("listRange", &[string("list_range", &[S, F, F])]),
    ("listRemove", &[string("list_remove", &[S, Text])]),
    ("listRemoveAll", &[string("list_remove_all", &[S, Text])]),
    ("listRetainAll", &[string("list_retain_all", &[S, Text])]),
    ("listSize", &[float("list_size", &[S])]),
    ("listTerminate", &[string("list_terminate", &[S])]),
    ("listToArray", &[strings("list_to_array", &[S])]),
    (
        "listFromArray",
        &[string("list_from_array", &[Param::Value(STRINGS)])],
    ),
    // Colours
    ("colorHexToR", &[float("color_part", &[S, Word(0)])]),
    ("colorHexToG", &[float("color_part", &[S, Word(1)])]),
    ("colorHexToB", &[float("color_part", &[S, Word(2)])]),
    ("colorHexToO", &[float("color_part", &[S, Word(3)])]),
    ("colorHexToH", &[float("color_part", &[S, Word(4)])]),
    ("colorHexToS", &[float("color_part", &[S, Word(5)])]),
    ("colorHexToV", &[float("color_part", &[S, Word(6)])]),
    (
        "colorRGBToHex",
        &[string("color_hex_rgb", &[Word(3), F, F, F, Number(1.0)])],
    ),
    (
        "colorRGBOToHex",
        &[string("color_hex_rgb", &[Word(4), F, F, F, F])],
    ),
    (
        "colorHSVToHex",
        &[string("color_hex_hsv", &[Word(3), F, F, F, Number(1.0)])],
    ),
    (
        "colorHSVOToHex",
        &[string("color_hex_hsv", &[Word(4), F, F, F, F])],
    ),
    ("colorRamp", &[string("color_ramp", &[S, F])]),
    // Arrays
    ("size", &[float("array_size", &[AnyArray])]),
    ("nRows", &[float("array_rows", &[AnyArray])]),
    ("nColumns", &[float("array_columns", &[AnyArray])]),
    ("sortIndices", &[floats("array_sort_indices", &[AnyArray])]),
    (
        "sortRowIndices",
        &[floats("array_sort_row_indices", &[AnyArray])],
    ),
    ("transpose", &[same("array_transpose", &[AnyArray])]),
    // Geometry
    (
        "geometry.area",
        &[
            float("geometry_area", &[Fixed("all")]),
            float("geometry_area", &[ORIENTATION]),
            float("geometry_area", &[SURFACE]),
        ],
    ),
    (
        "geometry.angle",
        &[float(
            "geometry_angle",
            &[Token(&["maxSlope", "azimuth", "zenith"])],
        )],
    ),
    ("geometry.volume", &[float("geometry_volume", &[])]),
    ("geometry.height", &[float("geometry_height", &[])]),
    (
        "geometry.boundaryLength",
        &[float("geometry_boundary_length", &[])],
    ),
    ("geometry.nFaces", &[float("geometry_count", &[Word(0)])]),
    ("geometry.nEdges", &[float("geometry_count", &[Word(1)])]),
    ("geometry.nVertices", &[float("geometry_count", &[Word(2)])]),
    ("geometry.nHoles", &[float("geometry_count", &[Word(3)])]),
    ("geometry.isConcave", &[bool("geometry_is", &[Word(0)])]),
    (
        "geometry.isClosedSurface",
        &[bool("geometry_is", &[Word(1)])],
    ),
    ("geometry.isInstanced", &[bool("geometry_is", &[Word(2)])]),
    ("geometry.isPlanar", &[bool("geometry_is_planar", &[F])]),
    (
        "geometry.isRectangular",
        &[bool("geometry_is_rectangular", &[F])],
    ),
    (
        "geometry.isOriented",
        &[
            bool("geometry_is_oriented", &[ORIENTATION]),
            bool("geometry_is_oriented", &[SURFACE]),
        ],
    ),
    (
        "geometry.du",
        &[float("geometry_uv_extent", &[Word(0), F, SPACE])],
    ),
    (
        "geometry.dv",
        &[float("geometry_uv_extent", &[Word(1), F, SPACE])],
    ),
    ("geometry.uMin", &BOUNDS[0]),
    ("geometry.uMax", &BOUNDS[1]),
    ("geometry.vMin", &BOUNDS[2]),
    ("geometry.vMax", &BOUNDS[3]),
    (
        "geometry.hasUVs",
        &[
            bool("geometry_has_uvs", &[Number(0.0)]),
            bool("geometry_has_uvs", &[F]),
        ],
    ),
    ("geometry.groups", &[strings("geometry_groups", &[])]),
    ("geometry.materials", &[strings("geometry_materials", &[])]),
    (
        "geometry.tags",
        &[
            strings("geometry_tags", &[Word(-1), Fixed("all")]),
            strings("geometry_tags", &[S, Fixed("all")]),
            strings("geometry_tags", &[S, TAGGED]),
        ],
    ),
    (
        "geometry.hasTags",
        &[
            bool("geometry_has_tags", &[Word(-1), Fixed("all")]),
            bool("geometry_has_tags", &[S, Fixed("all")]),
            bool("geometry_has_tags", &[S, TAGGED]),
        ],
    ),
    (
        "isTagged",
        &[
            bool("is_tagged", &[S, Fixed("all")]),
            bool("is_tagged", &[S, Token(&["e", "v"])]),
        ],
    ),
    ("edgeAttr.getFloat", &[float("edge_attribute_f", &[S])]),
    ("edgeAttr.getBool", &[bool("edge_attribute_b", &[S])]),
    ("edgeAttr.getString", &[string("edge_attribute_s", &[S])]),
    (
        "convert",
        &[float(
            "convert",
            &[
                Token(&["x", "y", "z"]),
                SYSTEM,
                SYSTEM,
                Token(&["pos", "orient"]),
                F,
                F,
                F,
            ],
        )],
    ),
    ("getTreeKey", &[string("tree_key", &[])]),
    // Other shapes
    ("inside", occlusion!(0)),
    ("overlaps", occlusion!(1)),
    ("touches", occlusion!(2)),
    (
        "minimumDistance",
        &[float("minimum_distance", &[TARGET, S])],
    ),
    (
        "contextCompare",
        &[float("context_compare", &[TARGET, S, RANKING])],
    ),
    ("contextCount", &[float("context_count", &[TARGET, S])]),
    (
        "getGeoCoord",
        &[float("geo_coord", &[Token(&["X", "Y", "lon", "lat"])])],
    ),
    // Files and assets
    (
        "assetInfo",
        &[float(
            "asset_info",
            &[S, Token(&["sx", "sy", "sz", "tx", "ty", "tz"])],
        )],
    ),
    (
        "imageInfo",
        &[float("image_info", &[S, Token(&["sx", "sy"])])],
    ),
    (
        "assetsSortRatio",
        &[sort(&[Names, RATIO, Word(0), Number(0.0)])],
    ),
    ("assetsSortSize", &[sort(&[Names, LENGTHS, Word(1), F])]),
    (
        "imagesSortRatio",
        &[sort(&[Names, IMAGE_RATIO, Word(2), Number(0.0)])],
    ),
    (
        "assetBestRatio",
        &[pick(&[S, S, Word(0), Number(1.0), Number(0.0)])],
    ),
    (
        "assetApproxRatio",
        &[pick(&[S, S, Word(0), F, Number(0.0)])],
    ),
    (
        "assetBestSize",
        &[pick(&[S, S, Word(1), Number(1.0), Number(0.0)])],
    ),
    ("assetApproxSize", &[pick(&[S, S, Word(1), F, Number(0.0)])]),
    ("assetFitSize", &[pick(&[S, S, Word(1), Number(0.0), F])]),
    (
        "imageBestRatio",
        &[pick(&[S, S, Word(2), Number(1.0), Number(0.0)])],
    ),
    (
        "imageApproxRatio",
        &[pick(&[S, S, Word(2), F, Number(0.0)])],
    ),
    ("fileExists", &[bool("file_exists", &[S])]),
    ("fileSearch", &[list("file_search", &[S])]),
    ("filesSearch", &[strings("file_search", &[S])]),
    ("fileRandom", &[string("file_random", &[S])]),
    ("fileBasename", &[string("file_part", &[S, Word(0)])]),
    ("fileDirectory", &[string("file_part", &[S, Word(1)])]),
    ("fileExtension", &[string("file_part", &[S, Word(2)])]),
    ("fileName", &[string("file_part", &[S, Word(3)])]),
    ("assetNamingInfo", &[list("asset_names", &[S, NAMING])]),
    ("assetNamingInfos", &[strings("asset_names", &[S, NAMING])]),
    ("readTextFile", &[string("read_text", &[S])]),
    ("readStringTable", &[strings("read_table", &[S, Word(0)])]),
    ("readFloatTable", &[floats("read_table", &[S, Word(1)])]),
    ("readMaterial", &[strings("read_table", &[S, Word(2)])]),
    (
        "getMaterial",
        &[strings(
            "get_material",
            &[
                Token(&["used", "shape", "geometry"]),
                Token(&["changed", "all"]),
            ],
        )],
    ),
];

const BOUNDS: [[Overload; 2]; 4] = [
    [
        float("geometry_uv_bound", &[Word(0), Number(0.0)]),
        float("geometry_uv_bound", &[Word(0), F]),
    ],
    [
        float("geometry_uv_bound", &[Word(1), Number(0.0)]),
        float("geometry_uv_bound", &[Word(1), F]),
    ],
    [
        float("geometry_uv_bound", &[Word(2), Number(0.0)]),
        float("geometry_uv_bound", &[Word(2), F]),
    ],
    [
        float("geometry_uv_bound", &[Word(3), Number(0.0)]),
        float("geometry_uv_bound", &[Word(3), F]),
    ],
];

/// Functions that are not one call of a kernel function, or whose meaning depends on types.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Special {
    Abs,
    Ceil,
    Floor,
    Rint,
    IsNan,
    IsInf,
    Sqrt,
    Min,
    Max,
    Clamp,
    Rand,
    Chance,
    Str,
    Float,
    Bool,
    FloatArray,
    BoolArray,
    StringArray,
    IsNull,
    FindFirst,
    SetElems,
    Sum,
    Print,
    Metadata,
    /// An array of strings, of one or of a string list; no name of the language.
    NamesToArray,
    /// An array of strings, or a string list of it, as its type wants; no name of the language.
    NamesFromArray,
}

/// The special function of a name, with the numbers of arguments it takes.
pub(crate) fn special(name: &str) -> Option<(Special, std::ops::RangeInclusive<usize>)> {
    Some(match name {
        "abs" => (Special::Abs, 1..=1),
        "ceil" => (Special::Ceil, 1..=1),
        "floor" => (Special::Floor, 1..=1),
        "rint" => (Special::Rint, 1..=1),
        "isnan" => (Special::IsNan, 1..=1),
        "isinf" => (Special::IsInf, 1..=1),
        "sqrt" => (Special::Sqrt, 1..=1),
        "min" => (Special::Min, 2..=2),
        "max" => (Special::Max, 2..=2),
        "clamp" => (Special::Clamp, 3..=3),
        "rand" => (Special::Rand, 0..=2),
        "p" => (Special::Chance, 1..=1),
        "str" => (Special::Str, 1..=1),
        "float" => (Special::Float, 1..=1),
        "bool" => (Special::Bool, 1..=1),
        "floatArray" => (Special::FloatArray, 0..=1),
        "boolArray" => (Special::BoolArray, 0..=1),
        "stringArray" => (Special::StringArray, 0..=1),
        "isNull" => (Special::IsNull, 1..=1),
        "findFirst" | "index" => (Special::FindFirst, 2..=3),
        "setElems" => (Special::SetElems, 3..=4),
        "sum" => (Special::Sum, 1..=1),
        "print" => (Special::Print, 1..=1),
        "assetMetadata" => (Special::Metadata, 3..=3),
        _ => return None,
    })
}
