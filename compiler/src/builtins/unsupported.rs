//! What the language has and this compiler does not have yet: named, so that authors are told so.

/// Operations of the language without an implementation.
pub(crate) fn is_unsupported_operation(name: &str) -> bool {
    matches!(
        name,
        "insertAlongUV"
            | "modify"
            | "reduceGeometry"
            | "tag"
            | "deleteTags"
            | "setTagsFromEdgeAttrs"
            | "union"
            | "subtract"
            | "intersect"
    )
}

/// Functions of the language without an implementation.
pub(crate) fn is_unsupported_function(name: &str) -> bool {
    matches!(
        name,
        "sel"
            | "geometry.groups"
            | "geometry.hasTags"
            | "geometry.materials"
            | "geometry.tags"
            | "edgeAttr.getFloat"
            | "edgeAttr.getString"
            | "edgeAttr.getBool"
            | "isTagged"
    )
}
