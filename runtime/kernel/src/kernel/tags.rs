//! Tags: `tag`, `deleteTags`, `isTagged`, `geometry.tags`, `geometry.hasTags`; names of groups and materials.

use std::rc::Rc;

use super::written::written;
use crate::Kernel;
use crate::abi::token::word;
use crate::asset::material_of_number;
use crate::builtin;
use crate::limits::Stop;
use crate::mesh::Mesh;
use crate::mesh::tags::query::{matches, without_wildcards};
use crate::mesh::tags::{Kind, Tag, TagSet, Tags};
use crate::mesh::topology::Topology;

/// The kinds that a token means: all of them for `all`.
fn kinds(token: i32) -> &'static [Kind] {
    match word(token) {
        Some("faces") => &[Kind::Faces],
        Some("edges" | "e") => &[Kind::Edges],
        Some("vertices" | "v") => &[Kind::Vertices],
        _ => &[Kind::Faces, Kind::Edges, Kind::Vertices],
    }
}

/// A query that matches any tag.
const ANY: i32 = -1;

impl Kernel {
    /// The geometry in scope coordinates. In a module with tags an edge or vertex has the same ones at all its corners, and with
    /// `operation` the mesh is ready for the automatic tags of that operation: former ones are gone.
    ///
    /// # Errors
    /// [`Stop::Gas`].
    pub(crate) fn mesh_to_tag(&mut self, operation: Option<&str>) -> Result<Rc<Mesh>, Stop> {
        let mesh = self.mesh_in_scope()?;
        let wanted = mesh.tags.is_some() || operation.is_some();
        if !self.manifest.tags || !wanted {
            return Ok(mesh);
        }
        self.charge(mesh.corners.len())?;
        let mut mesh = Mesh::clone(&mesh);
        if let Some(operation) = operation {
            mesh.drop_automatic(operation);
        }
        mesh.unify_tags();
        Ok(Rc::new(mesh))
    }

    /// The tag of a name.
    ///
    /// # Errors
    /// [`Stop::Values`] when there is no room.
    pub(super) fn tag_named(&mut self, name: &str) -> Result<Tag, Stop> {
        match Tag::automatic(name) {
            Some(tag) => Ok(tag),
            None => Ok(Tag::of_string(self.intern(name)?)),
        }
    }

    /// The text of a tag.
    fn tag_text(&self, tag: Tag) -> &str {
        match tag.text() {
            Ok(text) => text,
            Err(string) => self.values.string(string),
        }
    }

    /// Those of some tags that a query matches.
    ///
    /// # Errors
    /// [`Stop::Gas`].
    fn chosen(&mut self, tags: &[Tag], query: i32) -> Result<Vec<Tag>, Stop> {
        if query == ANY {
            return Ok(tags.to_vec());
        }
        let query = self.text(query)?;
        let mut chosen = Vec::new();
        for &tag in tags {
            let text = self.tag_text(tag);
            let length = text.len();
            if matches(&query, text) {
                chosen.push(tag);
            }
            self.charge(1 + (query.len() + length) / 16)?;
        }
        Ok(chosen)
    }

    /// The tags of some kinds that the current geometry has, sorted by their numbers.
    ///
    /// # Errors
    /// [`Stop::Gas`].
    fn tags_of(&mut self, kinds: &[Kind]) -> Result<Vec<Tag>, Stop> {
        let mesh = self.own_mesh();
        let Some(tags) = &mesh.tags else {
            return Ok(Vec::new());
        };
        self.charge(1 + mesh.corners.len() / 8)?;
        Ok(tags.distinct(kinds))
    }

    /// `tag` of the table.
    pub(crate) fn tag(&mut self, name: i32, components: i32) -> Result<(), Stop> {
        let text = self.text(name)?;
        let name = without_wildcards(&text);
        if name.is_empty() {
            self.warn(format!("tag: \"{text}\" names no tag: give it a name"));
            return Ok(());
        }
        let tag = self.tag_named(&name)?;
        let kind = match word(components) {
            Some("auto") => None,
            _ => kinds(components).first().copied(),
        };
        self.change_mesh(|mesh| {
            let kind = kind.unwrap_or_else(|| highest(mesh));
            let bare_points = if mesh.face_count() == 0 {
                mesh.points.len()
            } else {
                0
            };
            let tags = mesh.tags_mut();
            if kind == Kind::Vertices {
                tags.points.resize_with(bare_points, TagSet::default);
            }
            tags.of_mut(kind).for_each(|set| set.add(tag));
        })
    }

    /// `delete_tags` of the table.
    pub(crate) fn delete_tags(&mut self, query: i32, components: i32) -> Result<(), Stop> {
        let kinds = kinds(components);
        let present = self.tags_of(kinds)?;
        let chosen = self.chosen(&present, query)?;
        if chosen.is_empty() {
            return Ok(());
        }
        self.change_mesh(|mesh| {
            let tags = mesh.tags_mut();
            for &kind in kinds {
                for set in tags.of_mut(kind) {
                    set.retain(|tag| chosen.binary_search(&tag).is_err());
                }
            }
        })
    }

    /// `geometry_has_tags` of the table.
    pub(crate) fn geometry_has_tags(&mut self, query: i32, components: i32) -> Result<i32, Stop> {
        let present = self.tags_of(kinds(components))?;
        Ok(i32::from(!self.chosen(&present, query)?.is_empty()))
    }

    /// `geometry_tags` of the table.
    pub(crate) fn geometry_tags(&mut self, query: i32, components: i32) -> Result<i32, Stop> {
        let present = self.tags_of(kinds(components))?;
        let chosen = self.chosen(&present, query)?;
        let mut texts: Vec<&str> = chosen.iter().map(|&tag| self.tag_text(tag)).collect();
        crate::order::Order::order(&mut *texts);
        let texts: Vec<String> = texts.into_iter().map(str::to_owned).collect();
        self.give_texts(texts.iter().map(String::as_str))
    }

    /// `geometry.groups` of the table.
    pub(crate) fn geometry_groups(&mut self) -> Result<i32, Stop> {
        let mesh = self.own_mesh();
        self.charge(1 + mesh.corners.len())?;
        let groups = mesh.group_numbers(&Topology::new(&mesh));
        let texts: Vec<String> = first_of_each(&groups)
            .map(|face| match mesh.group_of(face) {
                Some(name) => self.values.string(name).to_owned(),
                None => String::new(),
            })
            .collect();
        self.give_texts(texts.iter().map(String::as_str))
    }

    /// `geometry.materials` of the table.
    pub(crate) fn geometry_materials(&mut self) -> Result<i32, Stop> {
        const NAME: usize = builtin::string("name");
        let mesh = self.own_mesh();
        self.charge(1 + mesh.face_count())?;
        let assets = || self.assets.iter().map(|loaded| &*loaded.asset);
        let own = self.state.material.strings[NAME];
        let texts: Vec<String> = first_of_each(&mesh.material_numbers())
            .map(|face| {
                let number = mesh.materials[face];
                let (number, own) = match written(&self.written.list, number) {
                    Some(written) => (written.own, written.material.strings[NAME]),
                    None => (number, own),
                };
                match material_of_number(assets(), number) {
                    Some(material) => material.name.clone(),
                    None => self.values.string(own).to_owned(),
                }
            })
            .collect();
        self.give_texts(texts.iter().map(String::as_str))
    }

    /// `is_tagged` of the table.
    pub(crate) fn is_tagged(&mut self, query: i32, part: i32) -> Result<i32, Stop> {
        let part = match word(part) {
            Some("e") => Some(Kind::Edges),
            Some("v") => Some(Kind::Vertices),
            _ => None,
        };
        let mesh = self.own_mesh();
        self.charge(1 + mesh.corners.len() / 8)?;
        let Some(present) = self.tags_around_component()? else {
            let chosen = self.chosen_of_mesh(&mesh, query)?;
            return Ok(i32::from(has_tagged(&mesh, part, &chosen)));
        };
        let chosen = self.chosen(&present, query)?;
        Ok(i32::from(self.is_component_tagged(part, &chosen)?))
    }

    fn chosen_of_mesh(&mut self, mesh: &Mesh, query: i32) -> Result<Vec<Tag>, Stop> {
        let present = mesh.tags.as_ref().map(|tags| tags.distinct(kinds(-1)));
        self.chosen(&present.unwrap_or_default(), query)
    }
}

/// The first member of each class, classes numbered in the order of their first members.
fn first_of_each(numbers: &[u32]) -> impl Iterator<Item = usize> + '_ {
    let mut count = 0;
    let is_first = move |&(_, &number): &(usize, &u32)| {
        let is_first = number == count;
        count += u32::from(is_first);
        is_first
    };
    numbers
        .iter()
        .enumerate()
        .filter(is_first)
        .map(|(member, _)| member)
}

/// What `tag` tags: the components of the highest dimension.
fn highest(mesh: &Mesh) -> Kind {
    if mesh.face_count() > 0 {
        Kind::Faces
    } else if mesh.lines.is_empty() {
        Kind::Vertices
    } else {
        Kind::Edges
    }
}

/// Whether a component of the highest dimension has one of some tags, or with `part` an edge or vertex, which have those of what
/// they belong to, too.
fn has_tagged(mesh: &Mesh, part: Option<Kind>, chosen: &[Tag]) -> bool {
    let has = |tags: &Tags, kind: Kind| tags.of(kind).any(|set| set.has_any(chosen));
    mesh.tags.as_ref().is_some_and(|tags| match part {
        Some(Kind::Vertices) => kinds(-1).iter().any(|&kind| has(tags, kind)),
        Some(_) => has(tags, Kind::Faces) || has(tags, Kind::Edges),
        None => has(tags, highest(mesh)),
    })
}
