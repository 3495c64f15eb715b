//! Streets, houses, a tower, trees: all of it made here.

use std::f32::consts::TAU;

use gable_model::{AlphaMode, ImageSource, Material, Model, NO_FEATURE, Texture};
use glam::{DVec3, Vec3};

use crate::shapes::{Builder, Shape, Stand, paint};

/// Metres from street to street.
const BLOCK: f32 = 48.0;
const STREET: f32 = 10.0;
const BLOCKS: i32 = 2;

/// A sequence of numbers from 0 to 1 that looks random.
struct Dice(u32);

impl Dice {
    fn roll(&mut self) -> f32 {
        self.0 = self.0.wrapping_mul(747_796_405).wrapping_add(2_891_336_453);
        let word = ((self.0 >> ((self.0 >> 28) + 4)) ^ self.0).wrapping_mul(277_803_737);
        ((word >> 22) ^ word) as f32 / u32::MAX as f32
    }

    fn between(&mut self, low: f32, high: f32) -> f32 {
        low + (high - low) * self.roll()
    }

    fn pick<T: Copy>(&mut self, all: &[T]) -> T {
        all[(self.roll() * 0.999 * all.len() as f32) as usize]
    }
}

const WALLS: [[u8; 3]; 7] = [
    [232, 220, 196],
    [214, 178, 132],
    [196, 120, 92],
    [178, 190, 180],
    [236, 232, 224],
    [222, 196, 120],
    [150, 168, 190],
];
const ROOFS: [[u8; 3]; 4] = [[150, 70, 50], [120, 58, 46], [92, 92, 98], [164, 92, 62]];

/// Shapes of one tile by what they are made of.
#[derive(Default)]
struct Kinds {
    walls: [Shape; WALLS.len()],
    roofs: [Shape; ROOFS.len()],
    panes: Shape,
    frames: Shape,
    stone: Shape,
    asphalt: Shape,
    lines: Shape,
    grass: Shape,
    brick: Shape,
    glass: Shape,
    metal: Shape,
    lamps: Shape,
}

/// One tile for each block.
pub(crate) fn tiles() -> Vec<Model> {
    let mut tiles = Vec::new();
    for row in -BLOCKS..BLOCKS {
        for column in -BLOCKS..BLOCKS {
            tiles.push(tile(column, row));
        }
    }
    tiles
}

fn tile(column: i32, row: i32) -> Model {
    let origin = DVec3::new(f64::from(column), f64::from(row), 0.0) * f64::from(BLOCK);
    let mut dice = Dice((column * 7919 + row * 104_729) as u32);
    let mut kinds = Kinds::default();
    let mut trees = Vec::new();
    street(&mut kinds, &mut trees, &mut dice);
    if (column, row) == (0, 0) {
        park(&mut kinds, &mut trees, &mut dice);
    } else if (column, row) == (0, -1) {
        brick_house(&mut kinds, &mut dice);
    } else if (column, row) == (1, 0) {
        tower(&mut kinds);
    } else {
        houses(&mut kinds, &mut dice);
    }
    finish(origin, &kinds, &trees)
}

/// Half of the streets around a block, its pavement, trees along it.
fn street(kinds: &mut Kinds, trees: &mut Vec<Stand>, dice: &mut Dice) {
    let (low, high) = (STREET / 2.0, BLOCK - STREET / 2.0);
    let flat = |x: f32, y: f32, z: f32| Vec3::new(x, y, z);
    let mut road = |a: [f32; 2], b: [f32; 2]| {
        let ring = [[a[0], a[1]], [b[0], a[1]], [b[0], b[1]], [a[0], b[1]]];
        kinds
            .asphalt
            .face(&ring.map(|[x, y]| flat(x, y, 0.0)), NO_FEATURE);
    };
    road([0.0, 0.0], [BLOCK, low]);
    road([0.0, high], [BLOCK, BLOCK]);
    road([0.0, low], [low, high]);
    road([high, low], [BLOCK, high]);
    for step in 0..12 {
        let along = step as f32 * 4.0 + 1.0;
        for (a, b) in [
            ([along, -0.07], [along + 2.0, 0.07]),
            ([-0.07, along], [0.07, along + 2.0]),
        ] {
            let ring = [[a[0], a[1]], [b[0], a[1]], [b[0], b[1]], [a[0], b[1]]];
            kinds
                .lines
                .face(&ring.map(|[x, y]| flat(x, y, 0.02)), NO_FEATURE);
        }
    }
    kinds
        .stone
        .block(flat(low, low, 0.0), flat(high, high, 0.16), NO_FEATURE);
    for step in 0..5 {
        let along = low + 4.0 + step as f32 * 7.4;
        for (x, y) in [(along, low + 1.2), (low + 1.2, along + 2.0)] {
            trees.push(stand(flat(x, y, 0.16), dice.between(0.75, 1.15), dice));
        }
    }
}

fn stand(position: Vec3, size: f32, dice: &mut Dice) -> Stand {
    let scale = Vec3::new(size, size, size * dice.between(0.9, 1.2));
    Stand {
        position,
        turn: dice.between(0.0, TAU),
        scale,
        feature: u32::from(NO_FEATURE),
    }
}

fn park(kinds: &mut Kinds, trees: &mut Vec<Stand>, dice: &mut Dice) {
    kinds.grass.block(
        Vec3::new(8.0, 8.0, 0.1),
        Vec3::new(40.0, 40.0, 0.3),
        NO_FEATURE,
    );
    for _ in 0..22 {
        let at = Vec3::new(dice.between(10.0, 38.0), dice.between(10.0, 38.0), 0.3);
        trees.push(stand(at, dice.between(0.9, 1.7), dice));
    }
    kinds.stone.block(
        Vec3::new(20.0, 20.0, 0.3),
        Vec3::new(28.0, 28.0, 0.9),
        NO_FEATURE,
    );
    kinds
        .metal
        .ball(Vec3::new(24.0, 24.0, 3.2), Vec3::splat(2.3), 16, 1);
}

/// Twelve houses around a yard.
fn houses(kinds: &mut Kinds, dice: &mut Dice) {
    kinds.grass.block(
        Vec3::new(8.5, 8.5, 0.1),
        Vec3::new(39.5, 39.5, 0.2),
        NO_FEATURE,
    );
    let mut feature = 0;
    for x in 0..3 {
        for y in 0..3 {
            if (x, y) == (1, 1) {
                continue;
            }
            let low = Vec3::new(8.5 + x as f32 * 10.6, 8.5 + y as f32 * 10.6, 0.16);
            let size = Vec3::new(dice.between(8.4, 9.8), dice.between(8.4, 9.8), 0.0);
            let floors = dice.pick(&[2, 2, 3, 3, 4]);
            house(kinds, dice, low, low + size, floors, feature);
            feature += 1;
        }
    }
}

fn house(kinds: &mut Kinds, dice: &mut Dice, low: Vec3, high: Vec3, floors: u8, feature: u16) {
    let walls = dice.pick(&[0, 1, 2, 3, 4, 5, 6]);
    let eaves = low.z + f32::from(floors) * 3.0 + 0.4;
    kinds.walls[walls].block(low, high.with_z(eaves), feature);
    kinds.stone.block(
        low - Vec3::new(0.1, 0.1, 0.0),
        (high + Vec3::new(0.1, 0.1, 0.0)).with_z(low.z + 0.5),
        feature,
    );
    for floor in 0..floors {
        let sill = low.z + f32::from(floor) * 3.0 + 1.2;
        windows(kinds, [low, high], sill, feature);
    }
    let roof = dice.pick(&[0, 1, 2, 3]);
    gable(
        &mut kinds.roofs[roof],
        &mut kinds.walls[walls],
        [low.with_z(eaves), high.with_z(eaves)],
        feature,
    );
    let stack = Vec3::new(low.x + 2.0, low.y + 2.0, eaves + 0.5);
    kinds
        .brick
        .block(stack, stack + Vec3::new(0.8, 0.8, 3.2), feature);
}

/// Three windows on each side of a floor.
fn windows(kinds: &mut Kinds, [low, high]: [Vec3; 2], sill: f32, feature: u16) {
    let ring = [
        low.truncate(),
        glam::Vec2::new(high.x, low.y),
        high.truncate(),
        glam::Vec2::new(low.x, high.y),
    ];
    for side in 0..4 {
        let (a, b) = (ring[side], ring[(side + 1) % 4]);
        let along = (b - a).normalize();
        let out = glam::Vec2::new(along.y, -along.x);
        let length = (b - a).length();
        for index in 0..3 {
            let middle = a + along * (length * (index as f32 + 0.5) / 3.0);
            let rectangle = |shape: &mut Shape, width: f32, low: f32, high: f32, depth: f32| {
                let left = middle - along * (width / 2.0) + out * depth;
                let right = middle + along * (width / 2.0) + out * depth;
                let corners = [
                    left.extend(low),
                    right.extend(low),
                    right.extend(high),
                    left.extend(high),
                ];
                shape.face(&corners, feature);
            };
            rectangle(&mut kinds.frames, 1.36, sill - 0.12, sill + 1.52, 0.02);
            rectangle(&mut kinds.panes, 1.16, sill, sill + 1.4, 0.04);
            rectangle(&mut kinds.frames, 0.06, sill, sill + 1.4, 0.06);
            rectangle(&mut kinds.frames, 1.16, sill + 0.92, sill + 0.98, 0.06);
            let base = middle.extend(sill - 0.16);
            let reach = (along * 0.8 + out * 0.14).extend(0.0).abs();
            kinds
                .frames
                .block(base - reach, base + reach.with_z(0.07), feature);
        }
    }
}

/// A roof along x, the eaves half a metre out, and the walls under its ends.
fn gable(roof: &mut Shape, walls: &mut Shape, [low, high]: [Vec3; 2], feature: u16) {
    let (out, rise) = (0.5, (high.y - low.y) * 0.42);
    let middle = (low.y + high.y) / 2.0;
    let slope = rise / (middle - low.y);
    let at = |x: f32, y: f32, lift: f32| {
        Vec3::new(x, y, low.z + lift + rise - (y - middle).abs() * slope)
    };
    let (west, east) = (low.x - out, high.x + out);
    let (south, north) = (low.y - out, high.y + out);
    for lift in [0.18, 0.02] {
        let mut sides = [
            [
                at(west, south, lift),
                at(east, south, lift),
                at(east, middle, lift),
                at(west, middle, lift),
            ],
            [
                at(east, north, lift),
                at(west, north, lift),
                at(west, middle, lift),
                at(east, middle, lift),
            ],
        ];
        if lift < 0.1 {
            sides.iter_mut().for_each(|side| side.reverse());
        }
        sides.iter().for_each(|side| roof.face(side, feature));
    }
    let mut rim = |a: [f32; 2], b: [f32; 2]| {
        roof.face(
            &[
                at(a[0], a[1], 0.02),
                at(b[0], b[1], 0.02),
                at(b[0], b[1], 0.18),
                at(a[0], a[1], 0.18),
            ],
            feature,
        );
    };
    rim([west, south], [east, south]);
    rim([east, north], [west, north]);
    for (a, b) in [(south, middle), (middle, north)] {
        rim([east, a], [east, b]);
        rim([west, b], [west, a]);
    }
    for (x, from, to) in [(high.x, low.y, high.y), (low.x, high.y, low.y)] {
        walls.face(
            &[at(x, from, 0.0), at(x, to, 0.0), at(x, middle, 0.0)],
            feature,
        );
    }
}

fn brick_house(kinds: &mut Kinds, dice: &mut Dice) {
    let (low, high) = (Vec3::new(9.0, 9.0, 0.16), Vec3::new(39.0, 24.0, 0.16));
    kinds.brick.block(low, high.with_z(9.4), 0);
    for floor in 0..3 {
        windows(kinds, [low, high], 1.4 + floor as f32 * 3.0, 0);
    }
    kinds
        .stone
        .block(Vec3::new(8.7, 8.7, 9.4), Vec3::new(39.3, 24.3, 9.9), 0);
    house(
        kinds,
        dice,
        Vec3::new(10.0, 28.0, 0.16),
        Vec3::new(22.0, 38.0, 0.16),
        2,
        1,
    );
    house(
        kinds,
        dice,
        Vec3::new(26.0, 28.0, 0.16),
        Vec3::new(38.0, 38.0, 0.16),
        3,
        2,
    );
}

/// Floors and columns behind glass.
fn tower(kinds: &mut Kinds) {
    let (low, high) = (Vec3::new(13.0, 13.0, 0.16), Vec3::new(35.0, 35.0, 0.16));
    let inset = Vec3::new(0.4, 0.4, 0.0);
    for floor in 0..14 {
        let z = floor as f32 * 3.6 + 0.16;
        kinds.walls[4].block(
            (low + inset).with_z(z + 3.2),
            (high - inset).with_z(z + 3.6),
            0,
        );
        kinds
            .metal
            .block(low.with_z(z + 3.3), high.with_z(z + 3.5), 0);
        kinds.lamps.face(
            &[[30.0, 30.0], [30.0, 18.0], [18.0, 18.0], [18.0, 30.0]]
                .map(|[x, y]| Vec3::new(x, y, z + 3.19)),
            0,
        );
    }
    kinds
        .stone
        .block(Vec3::new(20.0, 20.0, 0.16), Vec3::new(28.0, 28.0, 51.0), 0);
    kinds.glass.block(low, high.with_z(50.5), 0);
    for step in 0..=8 {
        let along = 13.0 + step as f32 * 2.75;
        for (x, y) in [(along, 13.0), (along, 35.0), (13.0, along), (35.0, along)] {
            let base = Vec3::new(x, y, 0.16);
            kinds.metal.block(
                base - Vec3::new(0.06, 0.06, 0.0),
                base + Vec3::new(0.06, 0.06, 50.4),
                0,
            );
        }
    }
}

fn finish(origin: DVec3, kinds: &Kinds, trees: &[Stand]) -> Model {
    let mut builder = Builder::new(origin);
    let mut add = |shape: &Shape, material: Material| {
        if !shape.indices.is_empty() {
            builder.add(shape, material);
        }
    };
    for (shape, [red, green, blue]) in kinds.walls.iter().zip(WALLS) {
        add(shape, paint(red, green, blue));
    }
    let polished = |roughness, material| Material {
        roughness,
        ..material
    };
    for (shape, [red, green, blue]) in kinds.roofs.iter().zip(ROOFS) {
        add(shape, polished(0.75, paint(red, green, blue)));
    }
    add(&kinds.panes, polished(0.08, paint(28, 34, 40)));
    add(&kinds.frames, polished(0.6, paint(238, 236, 230)));
    add(&kinds.stone, paint(168, 164, 156));
    add(&kinds.asphalt, polished(0.85, paint(78, 78, 82)));
    add(&kinds.lines, paint(225, 225, 220));
    add(&kinds.grass, paint(96, 128, 58));
    let metal = Material {
        metallic: 1.0,
        ..paint(196, 200, 206)
    };
    add(&kinds.metal, polished(0.25, metal));
    let lamp = Material {
        emissive: [1.6, 1.3, 0.9],
        ..paint(255, 250, 240)
    };
    add(&kinds.lamps, lamp);
    let glass = Material {
        base_color: [0.02, 0.035, 0.04, 0.45],
        alpha: AlphaMode::Blend,
        ..paint(0, 0, 0)
    };
    add(&kinds.glass, polished(0.06, glass));
    if !kinds.brick.indices.is_empty() {
        let texture = |image| {
            Some(Texture {
                image,
                offset: [0.0; 2],
                rotation: 0.0,
                scale: [0.5, 0.5],
            })
        };
        let (color, normal) = (builder.image("brick color"), builder.image("brick normal"));
        let material = Material {
            base_color_texture: texture(color),
            normal_texture: texture(normal),
            ..paint(255, 255, 255)
        };
        builder.add(&kinds.brick, material);
    }
    plant(&mut builder, trees);
    builder.model
}

fn plant(builder: &mut Builder, trees: &[Stand]) {
    let mut trunk = Shape::default();
    trunk.block(
        Vec3::new(-0.14, -0.14, 0.0),
        Vec3::new(0.14, 0.14, 2.2),
        NO_FEATURE,
    );
    builder.add_at(&trunk, paint(92, 72, 54), trees);
    for (index, [red, green, blue]) in [[86, 118, 48], [108, 132, 52], [70, 104, 54]]
        .iter()
        .enumerate()
    {
        let mut crown = Shape::default();
        crown.ball(
            Vec3::new(0.0, 0.0, 3.4),
            Vec3::new(1.5, 1.4, 1.7),
            5,
            NO_FEATURE,
        );
        crown.ball(
            Vec3::new(0.7, 0.3, 2.9),
            Vec3::new(1.0, 1.0, 0.9),
            4,
            NO_FEATURE,
        );
        crown.ball(
            Vec3::new(-0.6, -0.5, 3.0),
            Vec3::new(1.1, 0.9, 1.0),
            4,
            NO_FEATURE,
        );
        let stands: Vec<_> = trees.iter().skip(index).step_by(3).copied().collect();
        builder.add_at(&crown, paint(*red, *green, *blue), &stands);
    }
}

/// Bricks in running bond, 256 pixels for two metres: their colours, or their normals.
pub(crate) fn image(source: &ImageSource) -> Vec<u8> {
    let normals = matches!(source, ImageSource::Address(name) if name.contains("normal"));
    let (wide, high, joint) = (64, 32, 4);
    let pixels = (0..256 * 256).flat_map(|index| {
        let (x, y) = (index % 256, index / 256);
        let course = y / high;
        let x = (x + course % 2 * wide / 2) % 256;
        let (left, top) = (x % wide, y % high);
        let brick = Dice((x / wide * 31 + course * 17) as u32).roll();
        let mortar = left < joint || top < joint;
        if normals {
            let slope = |at: i32, low: i32, high: i32| i32::from(at == low) - i32::from(at == high);
            let across = 128 - 70 * slope(left, joint, wide - 1);
            let along = 128 + 70 * slope(top, joint, high - 1);
            return [across as u8, along as u8, 230, 255];
        }
        let grain = Dice(index as u32).roll() * 18.0;
        let shade = |base: f32, range: f32| (base + brick * range + grain) as u8;
        if mortar {
            [shade(176.0, 0.0), shade(168.0, 0.0), shade(156.0, 0.0), 255]
        } else {
            [
                shade(138.0, 44.0),
                shade(66.0, 26.0),
                shade(48.0, 18.0),
                255,
            ]
        }
    });
    pixels.collect()
}
