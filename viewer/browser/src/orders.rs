//! What is asked of the page, and what has come of it.

use std::cell::RefCell;
use std::collections::{BTreeMap, VecDeque};
use std::rc::Rc;

use gable_kernel::recipe::Recipe;
use gable_model::ImageSource;
use gable_session::loader::{Event, Loader, Origin, Pixels, read_content};
use gable_session::overrides::{Overrides, alone};
use gable_session::world::{Part, World};
use gable_tileset::{Subtree, attributes};
use gable_view::selection::Key;
use serde::Serialize;

/// Bytes of content that are read in one picture, about: more would be seen as a halt.
const READ_BYTES: usize = 1 << 20;

/// Something that the page is to do.
#[derive(Debug, Clone, Serialize)]
pub struct Order {
    /// Names it in the answer.
    pub number: u32,
    /// What.
    pub kind: Kind,
    /// Where it is.
    pub path: String,
}

/// What the page is to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// Fetch a subtree.
    Subtree,
    /// Fetch content.
    Content,
    /// Fetch a recipe, have it changed by [`Orders::set`], and run it.
    Recipe,
    /// Fetch and unpack an image.
    Image,
    /// Unpack an image whose bytes are here.
    Embedded,
    /// Stop what has this number.
    Cancel,
}

/// What was asked for.
#[derive(Debug, Clone)]
enum Asked {
    Subtree(Key),
    Content(Key, String),
    Image(ImageSource),
}

/// Content as it came.
#[derive(Debug)]
struct Came {
    key: Key,
    path: String,
    bytes: Vec<u8>,
    origin: Origin,
}

/// What is asked of the page, and what has come of it.
#[derive(Debug, Default)]
pub struct Orders {
    world: World,
    /// What somebody set attributes to.
    pub overrides: Overrides,
    /// The only tile, where a model is shown and no world.
    model: Option<Vec<u8>>,
    next: u32,
    asked: BTreeMap<u32, Asked>,
    orders: Vec<Order>,
    events: VecDeque<Event>,
    came: VecDeque<Came>,
    /// Bytes of content that were read for this picture.
    read: usize,
}

/// Brings what the page brings.
#[derive(Debug, Clone, Default)]
pub struct PageLoader(pub Rc<RefCell<Orders>>);

impl Orders {
    /// From now on this is looked at. What was asked of the trees of layers that are others now means nothing any more.
    pub fn look_at(&mut self, world: World, model: Option<Vec<u8>>) {
        let is_same = |key: &Key| {
            let layers = [&self.world, &world].map(|it| it.layers.get(key.layer));
            let [old, new] = layers.map(|it| it.map(|layer| (&layer.name, &layer.revision)));
            old == new
        };
        let is_gone = |asked: &Asked| matches!(asked, Asked::Subtree(key) if !is_same(key));
        let gone = self.asked.iter().filter(|(_, asked)| is_gone(asked));
        let gone: Vec<u32> = gone.map(|(&number, _)| number).collect();
        self.events
            .retain(|event| !matches!(event, Event::Subtree(key, _) if !is_same(key)));
        gone.into_iter().for_each(|number| self.give_up(number));
        self.world = world;
        self.model = model;
    }

    /// A picture begins.
    pub fn begin_picture(&mut self) {
        self.read = 0;
    }

    /// Whether something has come that is not shown yet.
    #[must_use]
    pub fn has_news(&self) -> bool {
        !self.events.is_empty() || !self.came.is_empty()
    }

    /// What the page is to do.
    pub fn take(&mut self) -> Vec<Order> {
        std::mem::take(&mut self.orders)
    }

    fn order(&mut self, kind: Kind, path: String, asked: Asked) {
        let number = self.next;
        self.next += 1;
        self.asked.insert(number, asked);
        self.orders.push(Order { number, kind, path });
    }

    /// Nothing is wanted of an order any more.
    fn give_up(&mut self, number: u32) {
        self.asked.remove(&number);
        self.orders.push(Order {
            number,
            kind: Kind::Cancel,
            path: String::new(),
        });
    }

    /// A subtree has come; none when there is nothing at its address.
    pub fn take_subtree(&mut self, number: u32, bytes: Option<&[u8]>) {
        let Some(Asked::Subtree(key)) = self.asked.remove(&number) else {
            return;
        };
        let read = bytes.map(|bytes| self.read_subtree(key.layer, bytes));
        self.events.push_back(Event::Subtree(key, read.transpose()));
    }

    fn read_subtree(&self, layer: usize, bytes: &[u8]) -> Result<Subtree, String> {
        let layer = self.world.layers.get(layer).ok_or("the layer is gone")?;
        let subtree = Subtree::from_bytes(bytes, layer.tree.subtree_levels());
        subtree.map_err(|error| error.to_string())
    }

    /// Content has come.
    pub fn take_content(&mut self, number: u32, bytes: Vec<u8>, origin: Origin) {
        if let Some(Asked::Content(key, path)) = self.asked.remove(&number) {
            self.came.push_back(Came {
                key,
                path,
                bytes,
                origin,
            });
        }
    }

    /// An image has come.
    pub fn take_image(&mut self, number: u32, pixels: Pixels) {
        if let Some(Asked::Image(source)) = self.asked.remove(&number) {
            self.events.push_back(Event::Image(source, Ok(pixels)));
        }
    }

    /// Nothing comes of an order.
    pub fn fail(&mut self, number: u32, why: String) {
        let event = match self.asked.remove(&number) {
            None => return,
            Some(Asked::Subtree(key)) => Event::Subtree(key, Err(why)),
            Some(Asked::Content(key, _)) => Event::Tile(key, Err(why)),
            Some(Asked::Image(source)) => Event::Image(source, Err(why)),
        };
        self.events.push_back(event);
    }

    /// The bytes of an image that is part of content.
    #[must_use]
    pub fn embedded(&self, number: u32) -> Option<&[u8]> {
        match self.asked.get(&number)? {
            Asked::Image(ImageSource::Embedded(bytes)) => Some(bytes),
            _ => None,
        }
    }

    /// A tile's recipe with what somebody set, of one feature alone if it is named.
    ///
    /// # Errors
    /// When it is no recipe, or has no such feature.
    pub fn set(
        &self,
        layer: &str,
        recipe: &[u8],
        feature: Option<&str>,
    ) -> Result<Vec<u8>, String> {
        let mut recipe = Recipe::from_bytes(recipe).map_err(|error| error.to_string())?;
        let mut layers = self.world.layers.iter();
        let known = layers
            .find(|it| it.name == layer)
            .map(|it| attributes::read(&it.attributes));
        let known = known.unwrap_or_default();
        let knows = |name: &str| known.iter().any(|attribute| attribute.name == name);
        self.overrides.apply(layer, &mut recipe, &knows);
        let recipe = match feature {
            Some(feature) => alone(recipe, feature)?,
            None => recipe,
        };
        Ok(recipe.to_bytes())
    }
}

impl Loader for PageLoader {
    fn fetch_subtree(&mut self, key: Key) {
        let mut orders = self.0.borrow_mut();
        let path = orders.world.path(key.layer, key.tile, Part::Subtree);
        orders.order(Kind::Subtree, path, Asked::Subtree(key));
    }

    fn begin(&mut self, key: Key) {
        let mut orders = self.0.borrow_mut();
        let path = orders.world.path(key.layer, key.tile, Part::Mesh);
        if let Some(bytes) = orders.model.clone() {
            let origin = Origin {
                is_generated: true,
                ..Origin::default()
            };
            orders.came.push_back(Came {
                key,
                path,
                bytes,
                origin,
            });
            return;
        }
        let layer = &orders.world.layers[key.layer].name;
        let kind = if orders.overrides.concern(layer, key.tile) {
            Kind::Recipe
        } else {
            Kind::Content
        };
        let asked = Asked::Content(key, path.clone());
        let path = match kind {
            Kind::Recipe => orders.world.path(key.layer, key.tile, Part::Recipe),
            _ => path,
        };
        orders.order(kind, path, asked);
    }

    fn cancel(&mut self, key: Key) {
        let mut orders = self.0.borrow_mut();
        orders.came.retain(|came| came.key != key);
        orders
            .events
            .retain(|event| !matches!(event, Event::Tile(other, _) if *other == key));
        let asked = orders.asked.iter();
        let numbers: Vec<u32> = asked
            .filter(|(_, asked)| matches!(asked, Asked::Content(other, _) if *other == key))
            .map(|(&number, _)| number)
            .collect();
        numbers
            .into_iter()
            .for_each(|number| orders.give_up(number));
    }

    fn fetch_image(&mut self, source: ImageSource) {
        let mut orders = self.0.borrow_mut();
        let (kind, path) = match &source {
            ImageSource::Embedded(_) => (Kind::Embedded, String::new()),
            ImageSource::Address(path) => (Kind::Image, path.clone()),
        };
        orders.order(kind, path, Asked::Image(source));
    }

    fn next(&mut self) -> Option<Event> {
        let mut orders = self.0.borrow_mut();
        if let Some(event) = orders.events.pop_front() {
            return Some(event);
        }
        if orders.read >= READ_BYTES {
            return None;
        }
        let Came {
            key,
            path,
            bytes,
            origin,
        } = orders.came.pop_front()?;
        orders.read += bytes.len();
        let model = read_content(&bytes, &path).map(|model| (Box::new(model), origin));
        Some(Event::Tile(key, model))
    }
}
