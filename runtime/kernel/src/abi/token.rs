//! Words that stand for themselves in operation arguments: axes, modes, selectors.

/// Words that choose faces by where these look: in component splits and in queries of the geometry.
pub const ORIENTATIONS: &[&str] = &[
    "all",
    "front",
    "back",
    "left",
    "right",
    "top",
    "bottom",
    "side",
    "vertical",
    "horizontal",
    "aslant",
    "nutant",
    "object.front",
    "object.back",
    "object.left",
    "object.right",
    "object.top",
    "object.bottom",
    "object.side",
    "world.front",
    "world.back",
    "world.left",
    "world.right",
    "world.top",
    "world.bottom",
    "world.side",
    "world.up",
    "world.down",
    "world.north",
    "world.south",
    "world.east",
    "world.west",
    "street.front",
    "street.back",
    "street.left",
    "street.right",
    "street.side",
];

/// Further words that choose components: kinds of edges, the street, sides in texture space.
pub const SELECTORS: &[&str] = &[
    "border",
    "inside",
    "eave",
    "hip",
    "ridge",
    "valley",
    "streetSide",
    "noStreetSide",
    "uv.left",
    "uv.right",
    "uv.top",
    "uv.bottom",
    "uv.uMin",
    "uv.uMax",
    "uv.vMin",
    "uv.vMax",
];

/// All other words.
const OTHERS: &[&str] = &[
    // Axes and planes.
    "x",
    "y",
    "z",
    "xy",
    "xz",
    "yz",
    "xyz",
    "yx",
    "zx",
    "zy",
    "u",
    "v",
    "uv",
    "uvUniform",
    "world.x",
    "world.y",
    "world.z",
    "world.xyz",
    "object.x",
    "object.y",
    "object.z",
    "object.xyz",
    "scope.xy",
    "scope.xz",
    "scope.yx",
    "scope.yz",
    "scope.zx",
    "scope.zy",
    "world.xy",
    "world.xz",
    "world.yx",
    "world.yz",
    "world.zx",
    "world.zy",
    "yzx",
    "zxy",
    "xUp",
    "yUp",
    "zUp",
    // Systems and modes.
    "abs",
    "rel",
    "scope",
    "pivot",
    "object",
    "world",
    "pos",
    "orient",
    "scopeOrigin",
    "scopeCenter",
    "adjust",
    "noAdjust",
    "noAlign",
    "uvSpace",
    "unitSpace",
    "face.normal",
    "vertex.normal",
    "world.up.flatTop",
    "normal",
    "byAngle",
    "byHeight",
    "alignSizeAndPosition",
    "keepSizeAndPosition",
    "keepSizeAlignPosition",
    "numericalCleanup",
    "noCleanup",
    "hard",
    "conform",
    "soft",
    "auto",
    "vertices",
    "edges",
    "faces",
    "separatePerFace",
    "collectiveAllFaces",
    "surface",
    "volume",
    "uniform",
    "gaussian",
    "center",
    "append",
    "unify",
    "recompose",
    "alignPosition",
    "keepPosition",
    "scope.y",
    // Component kinds.
    "f",
    "e",
    "fe",
    "fv",
    "g",
    "m",
    "h",
    // Parts of components.
    "shape",
    "remainder",
    "edge",
    "world.lowest",
    "world.highest",
    "largest",
    "longest",
    "any",
    "area.largest",
    "area.smallest",
    // Queries.
    "maxSlope",
    "azimuth",
    "zenith",
    "sx",
    "sy",
    "sz",
    "tx",
    "ty",
    "tz",
    "world.northernmost",
    "world.southernmost",
    "world.easternmost",
    "world.westernmost",
    "intra",
    "inter",
    "used",
    "changed",
    "geometry",
    "X",
    "Y",
    "lon",
    "lat",
    // Roofs of old files.
    "gable",
    "pyramid",
    "shed",
];

/// All tokens; a token's number is its place here.
pub const TOKENS: &[&str] = &joined::<{ OTHERS.len() + ORIENTATIONS.len() + SELECTORS.len() }>([
    OTHERS,
    ORIENTATIONS,
    SELECTORS,
]);

const fn joined<const N: usize>(groups: [&[&'static str]; 3]) -> [&'static str; N] {
    let mut all = [""; N];
    let (mut group, mut next) = (0, 0);
    while group < groups.len() {
        let mut k = 0;
        while k < groups[group].len() {
            all[next] = groups[group][k];
            (k, next) = (k + 1, next + 1);
        }
        group += 1;
    }
    all
}

/// The number of a word, if it is a token. A constant function: use it to name tokens in code.
pub const fn token(word: &str) -> Option<i32> {
    let mut number = 0;
    while number < TOKENS.len() {
        if equal(TOKENS[number].as_bytes(), word.as_bytes()) {
            return Some(number as i32);
        }
        number += 1;
    }
    None
}

const fn equal(a: &[u8], b: &[u8]) -> bool {
    if a.len() != b.len() {
        return false;
    }
    let mut k = 0;
    while k < a.len() {
        if a[k] != b[k] {
            return false;
        }
        k += 1;
    }
    true
}

/// The word of a token.
pub fn word(number: i32) -> Option<&'static str> {
    usize::try_from(number)
        .ok()
        .and_then(|n| TOKENS.get(n).copied())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_has_one_number_and_every_number_its_word() {
        for (text, number) in TOKENS.iter().zip(0..) {
            assert_eq!(token(text), Some(number), "{text}");
            assert_eq!(word(number), Some(*text));
        }
        assert_eq!(token("no such word"), None);
        assert_eq!(word(-1), None);
    }
}
