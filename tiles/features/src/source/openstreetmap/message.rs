//! The messages of `fileformat.proto` and `osmformat.proto`, as far as buildings need them.

use crate::source::Position;

/// A member of this type is a way.
const WAY: i32 = 1;

/// What the next blob is.
#[derive(Clone, PartialEq, prost::Message)]
pub(super) struct BlobHeader {
    #[prost(string, tag = "1")]
    pub(super) kind: String,
    #[prost(int32, tag = "3")]
    pub(super) size: i32,
}

/// Plain or packed content.
#[derive(Clone, PartialEq, prost::Message)]
pub(super) struct Blob {
    #[prost(bytes = "vec", optional, tag = "1")]
    pub(super) raw: Option<Vec<u8>>,
    #[prost(bytes = "vec", optional, tag = "3")]
    pub(super) zlib: Option<Vec<u8>>,
}

/// The first blob.
#[derive(Clone, PartialEq, prost::Message)]
pub(super) struct HeaderBlock {
    #[prost(string, repeated, tag = "4")]
    pub(super) required_features: Vec<String>,
}

/// Objects that share a table of texts and a grid of coordinates.
#[derive(Clone, PartialEq, prost::Message)]
pub(super) struct PrimitiveBlock {
    #[prost(message, optional, tag = "1")]
    texts: Option<TextTable>,
    #[prost(message, repeated, tag = "2")]
    pub(super) groups: Vec<PrimitiveGroup>,
    /// Nanodegrees in a step of the grid.
    #[prost(int32, optional, tag = "17", default = "100")]
    granularity: Option<i32>,
    #[prost(int64, tag = "19")]
    latitude_offset: i64,
    #[prost(int64, tag = "20")]
    longitude_offset: i64,
}

#[derive(Clone, PartialEq, prost::Message)]
struct TextTable {
    #[prost(bytes = "vec", repeated, tag = "1")]
    texts: Vec<Vec<u8>>,
}

/// Objects of one kind.
#[derive(Clone, PartialEq, prost::Message)]
pub(super) struct PrimitiveGroup {
    #[prost(message, repeated, tag = "1")]
    nodes: Vec<NodeMessage>,
    #[prost(message, optional, tag = "2")]
    dense: Option<DenseNodes>,
    #[prost(message, repeated, tag = "3")]
    pub(super) ways: Vec<WayMessage>,
    #[prost(message, repeated, tag = "4")]
    pub(super) relations: Vec<RelationMessage>,
}

#[derive(Clone, PartialEq, prost::Message)]
struct NodeMessage {
    #[prost(sint64, tag = "1")]
    id: i64,
    #[prost(sint64, tag = "8")]
    latitude: i64,
    #[prost(sint64, tag = "9")]
    longitude: i64,
}

/// Nodes as columns of differences.
#[derive(Clone, PartialEq, prost::Message)]
struct DenseNodes {
    #[prost(sint64, repeated, tag = "1")]
    ids: Vec<i64>,
    #[prost(sint64, repeated, tag = "8")]
    latitudes: Vec<i64>,
    #[prost(sint64, repeated, tag = "9")]
    longitudes: Vec<i64>,
}

/// A way: tags and nodes.
#[derive(Clone, PartialEq, prost::Message)]
pub(super) struct WayMessage {
    #[prost(int64, tag = "1")]
    pub(super) id: i64,
    #[prost(uint32, repeated, tag = "2")]
    pub(super) keys: Vec<u32>,
    #[prost(uint32, repeated, tag = "3")]
    pub(super) values: Vec<u32>,
    /// Differences of node ids.
    #[prost(sint64, repeated, tag = "8")]
    pub(super) refs: Vec<i64>,
}

/// A relation: tags and members.
#[derive(Clone, PartialEq, prost::Message)]
pub(super) struct RelationMessage {
    #[prost(int64, tag = "1")]
    pub(super) id: i64,
    #[prost(uint32, repeated, tag = "2")]
    pub(super) keys: Vec<u32>,
    #[prost(uint32, repeated, tag = "3")]
    pub(super) values: Vec<u32>,
    #[prost(int32, repeated, tag = "8")]
    roles: Vec<i32>,
    /// Differences of ids.
    #[prost(sint64, repeated, tag = "9")]
    members: Vec<i64>,
    #[prost(int32, repeated, tag = "10")]
    types: Vec<i32>,
}

impl RelationMessage {
    /// Ids and roles of the members that are ways.
    pub(super) fn way_members<'a>(
        &'a self,
        block: &'a PrimitiveBlock,
    ) -> impl Iterator<Item = (i64, &'a str)> {
        let role = |role: &i32| u32::try_from(*role).ok().and_then(|role| block.text(role));
        let members = summed(&self.members).zip(&self.types).zip(&self.roles);
        members
            .filter(|((_, kind), _)| **kind == WAY)
            .map(move |((id, _), place)| (id, role(place).unwrap_or_default()))
    }
}

impl PrimitiveBlock {
    /// A text by its number; nothing if there is none or it is not UTF-8.
    pub(super) fn text(&self, place: u32) -> Option<&str> {
        let bytes = self.texts.as_ref()?.texts.get(place as usize)?;
        std::str::from_utf8(bytes).ok()
    }

    /// Ids and positions of all nodes.
    pub(super) fn node_positions(&self) -> impl Iterator<Item = (i64, Position)> {
        let position = |latitude, longitude| {
            let (north, east) = (self.latitude_offset, self.longitude_offset);
            [
                self.degrees(east, longitude),
                self.degrees(north, latitude),
                0.0,
            ]
        };
        self.groups.iter().flat_map(move |group| {
            let plain = group.nodes.iter();
            let plain = plain.map(move |node| (node.id, position(node.latitude, node.longitude)));
            let dense = group.dense.iter().flat_map(move |dense| {
                let places = summed(&dense.latitudes).zip(summed(&dense.longitudes));
                let nodes = summed(&dense.ids).zip(places);
                nodes.map(move |(id, (latitude, longitude))| (id, position(latitude, longitude)))
            });
            plain.chain(dense)
        })
    }

    fn degrees(&self, offset: i64, steps: i64) -> f64 {
        let granularity = i64::from(self.granularity());
        1e-9 * offset.wrapping_add(granularity.wrapping_mul(steps)) as f64
    }
}

/// Running sums of differences; a hostile file may overflow them, which makes ids that nothing has.
pub(super) fn summed(differences: &[i64]) -> impl Iterator<Item = i64> {
    differences.iter().scan(0_i64, |sum, difference| {
        *sum = sum.wrapping_add(*difference);
        Some(*sum)
    })
}
