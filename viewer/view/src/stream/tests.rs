use super::*;
use crate::tree::tests::{full, subtree};

const SIZE: [u32; 2] = [1280, 720];

/// A stream whose tiles come when the test says so.
struct Play {
    stream: Stream,
    now: f64,
    loading: Vec<Key>,
    ready: Vec<Key>,
}

impl Play {
    fn new(tree: Tree, limits: Limits) -> Self {
        Self {
            stream: Stream::new(vec![tree], limits),
            now: 0.0,
            loading: Vec::new(),
            ready: Vec::new(),
        }
    }

    fn picture(&mut self, camera: &str) -> Picture {
        self.now += 0.02;
        let picture = self
            .stream
            .picture(&camera.parse().unwrap(), SIZE, self.now);
        for order in &picture.orders {
            match *order {
                Order::Begin(key) => self.loading.push(key),
                Order::Cancel(key) => self.loading.retain(|&other| other != key),
                Order::Drop(key) => self.ready.retain(|&other| other != key),
                Order::FetchSubtree(_) => {}
            }
        }
        picture
    }

    fn deliver(&mut self, bytes: u64) {
        for key in std::mem::take(&mut self.loading) {
            self.stream.ready(key, bytes);
            self.ready.push(key);
        }
    }

    /// Pictures until nothing is missing.
    fn settle(&mut self, camera: &str, bytes: u64) -> Picture {
        for _ in 0..500 {
            let picture = self.picture(camera);
            if picture.complete {
                return picture;
            }
            self.deliver(bytes);
        }
        panic!("it never ends: {:?}", self.stream.counts());
    }
}

const NEAR: &str = "512,512,40,0,-20";
const FAR: &str = "512,-4000,2500,0,-30";

#[test]
fn a_view_becomes_complete_and_asks_for_each_tile_once() {
    let mut play = Play::new(full(6), Limits::default());
    let picture = play.settle(NEAR, 1000);
    assert!(
        picture
            .tiles
            .iter()
            .all(|tile| tile.share == 1.0 && !tile.is_leaving)
    );
    let mut once = play.ready.clone();
    once.sort();
    once.dedup();
    assert_eq!(once.len(), play.ready.len());
    let orders = play.picture(NEAR).orders;
    assert!(orders.is_empty(), "{orders:?}");
}

#[test]
fn requests_are_limited_and_the_most_urgent_come_first() {
    let limits = Limits {
        requests: 3,
        ..Limits::default()
    };
    let mut play = Play::new(full(6), limits);
    play.picture(NEAR);
    assert_eq!(play.loading.len(), 3);
    assert_eq!(
        play.loading[0].tile.level(),
        0,
        "something to see comes first"
    );
    assert!(play.stream.counts().waiting > 10);
    play.picture(NEAR);
    assert_eq!(play.loading.len(), 3, "none is begun twice");
}

#[test]
fn what_nobody_needs_is_cancelled_after_a_moment() {
    let mut play = Play::new(full(6), Limits::default());
    let (toward, away) = ("512,-200,60,0,0", "512,-200,60,180,0");
    play.picture(toward);
    let first = play.loading.len();
    play.picture(away);
    assert_eq!(
        play.loading.len(),
        first,
        "a short look away cancels nothing"
    );
    play.now += 1.0;
    play.picture(away);
    assert!(play.loading.is_empty(), "{:?}", play.loading);
    // What comes all the same is not taken.
    play.stream.ready(
        Key {
            layer: 0,
            tile: "0/0/0".parse().unwrap(),
        },
        10,
    );
    assert_eq!(play.stream.counts().ready, 0);
}

#[test]
fn room_is_kept_by_dropping_what_was_not_needed_for_longest() {
    let limits = Limits {
        bytes: 100_000,
        ..Limits::default()
    };
    let mut play = Play::new(full(6), limits);
    play.settle(NEAR, 1000);
    let here = play.ready.clone();
    for place in [
        "100,100,40,180,-20",
        "900,100,40,90,-20",
        "100,900,40,0,-20",
        "900,900,40,0,-20",
    ] {
        play.settle(place, 1000);
        let counts = play.stream.counts();
        assert!(counts.bytes <= 100_000, "{counts:?}");
        assert_eq!(counts.ready, play.ready.len());
    }
    let kept = here.iter().filter(|&key| play.ready.contains(key)).count();
    assert!(kept < here.len(), "something had to go");
    assert!(
        play.ready.iter().any(|key| key.tile.level() == 0),
        "what all views need stays"
    );
}

#[test]
fn without_room_the_picture_gets_coarser_instead_of_failing() {
    let limits = Limits {
        bytes: 20_000,
        ..Limits::default()
    };
    let mut play = Play::new(full(6), limits);
    for _ in 0..400 {
        play.picture(NEAR);
        play.deliver(1000);
    }
    let counts = play.stream.counts();
    assert!(counts.error > 16.0 && counts.drawn > 0, "{counts:?}");
    assert!(
        counts.bytes <= 20_000 + 16_000,
        "the limit, and what was on its way: {counts:?}"
    );
    for _ in 0..400 {
        play.picture(FAR);
        play.deliver(1000);
    }
    assert_eq!(
        play.stream.counts().error,
        16.0,
        "with room it is as fine as asked for"
    );
}

#[test]
fn one_tile_turns_into_others_in_a_quarter_of_a_second() {
    let mut play = Play::new(full(2), Limits::default());
    play.settle(FAR, 1000);
    play.loading.clear();
    let near = "512,-100,200,0,-30";
    while play.stream.counts().ready < 5 {
        play.picture(near);
        play.deliver(1000);
    }
    let mut mixed = 0;
    for _ in 0..30 {
        let picture = play.picture(near);
        let coming = picture
            .tiles
            .iter()
            .find(|tile| !tile.is_leaving && tile.share < 1.0);
        let leaving = picture.tiles.iter().find(|tile| tile.is_leaving);
        if let (Some(coming), Some(leaving)) = (coming, leaving) {
            mixed += 1;
            assert!(
                (coming.share + leaving.share - 1.0).abs() < 1e-5,
                "{picture:?}"
            );
        }
    }
    assert!((10..15).contains(&mixed), "{mixed} pictures of 0.02 s");
    assert!(play.picture(near).complete);
}

#[test]
fn what_fails_is_tried_again_later_and_later() {
    let mut play = Play::new(full(1), Limits::default());
    let mut tries = Vec::new();
    for _ in 0..3000 {
        play.picture(FAR);
        for key in std::mem::take(&mut play.loading) {
            tries.push(play.now);
            play.stream.failed(key, play.now);
        }
    }
    let pauses: Vec<f64> = tries
        .windows(2)
        .map(|pair| (pair[1] - pair[0]).round())
        .collect();
    assert_eq!(pauses, [2.0, 4.0, 8.0, 16.0]);
    assert_eq!(play.stream.counts().failed, 1);
}

#[test]
fn subtrees_are_asked_for_once_and_again_when_they_fail() {
    let tree = Tree::new(full(1).bounds("0/0/0".parse().unwrap()), 4, 2, 64.0);
    let mut play = Play::new(tree, Limits::default());
    let root = Key {
        layer: 0,
        tile: "0/0/0".parse().unwrap(),
    };
    assert_eq!(play.picture(NEAR).orders, [Order::FetchSubtree(root)]);
    assert!(play.picture(NEAR).orders.is_empty());
    play.stream.subtree_failed(root, play.now);
    assert!(play.picture(NEAR).orders.is_empty());
    play.now += 6.0;
    assert_eq!(play.picture(NEAR).orders, [Order::FetchSubtree(root)]);
    play.stream.put_subtree(root, Some(subtree(root.tile, 4)));
    assert!(play.picture(NEAR).orders.contains(&Order::Begin(root)));
}

#[test]
fn a_hidden_layer_is_not_drawn_and_needs_nothing() {
    let mut play = Play::new(full(2), Limits::default());
    play.settle(NEAR, 1000);
    play.stream.show(0, false);
    assert!(!play.stream.is_shown(0));
    play.settle(NEAR, 1000);
    assert!(play.picture(NEAR).tiles.is_empty());
    play.stream.show(0, true);
    assert!(!play.settle(NEAR, 1000).tiles.is_empty());
}

#[test]
fn who_moves_gets_what_comes_next() {
    let limits = Limits {
        requests: 1000,
        ..Limits::default()
    };
    let still = {
        let mut play = Play::new(full(6), limits);
        play.picture("512,200,20,0,-5");
        play.loading.len()
    };
    let mut play = Play::new(full(6), limits);
    play.picture("512,198,20,0,-5");
    play.picture("512,200,20,0,-5");
    assert!(play.loading.len() > still, "{} {still}", play.loading.len());
}

#[test]
fn what_has_changed_is_made_anew_while_the_old_is_drawn() {
    let mut play = Play::new(full(6), Limits::default());
    let before = play.settle(NEAR, 1000).tiles;
    let bytes = play.stream.counts().bytes;
    assert!(play.stream.renew(0, &|tile| tile.level() == 0).is_empty());
    let picture = play.picture(NEAR);
    // The root is needed, though not drawn: what is below it is as it was.
    assert_eq!((picture.tiles.len(), play.loading.len()), (before.len(), 1));
    assert!(!picture.complete);
    play.deliver(1000);
    assert!(play.picture(NEAR).complete);
    let _none_was_under_way = play.stream.renew(0, &|_| true);
    for _ in 0..3 {
        assert_eq!(
            play.picture(NEAR).tiles,
            before,
            "nothing is missing meanwhile"
        );
    }
    // Again, while the first ones are on their way: they are stopped, none is lost.
    let orders = play.stream.renew(0, &|_| true);
    assert_eq!(orders.len(), Limits::default().requests);
    play.loading.clear();
    play.settle(NEAR, 1000);
    assert_eq!(play.stream.counts().bytes, bytes);
}

#[test]
fn a_layer_with_other_tiles_keeps_its_old_ones_until_the_new_are_there() {
    let mut play = Play::new(full(6), Limits::default());
    let before = play.settle(NEAR, 1000).tiles;
    let unknown = Tree::new(
        play.stream.tree(0).unwrap().bounds(TileId::ROOT),
        6,
        2,
        64.0,
    );
    let _none_was_under_way = play.stream.replace(0, unknown);
    let picture = play.picture(NEAR);
    assert!(
        matches!(picture.orders[..], [Order::FetchSubtree(_)]),
        "{:?}",
        picture.orders
    );
    assert!(!picture.complete);
    let mut known = full(6);
    std::mem::swap(&mut known, &mut play.stream.layers[0].tree);
    play.settle(NEAR, 1000);
    let _none_was_under_way = play.stream.replace(0, full(6));
    assert_eq!(play.picture(NEAR).tiles, before, "it stays");
    let _none_was_under_way = play.stream.replace(0, known);
    for failed in [true, false] {
        let _none_was_under_way = play.stream.forget_all();
        assert!(play.picture(NEAR).tiles.is_empty());
        if failed {
            play.stream.subtree_failed(
                Key {
                    layer: 0,
                    tile: TileId::ROOT,
                },
                play.now,
            );
            assert!(play.picture(NEAR).orders.is_empty(), "not at once");
            play.stream.forgive();
            assert!(
                !play.picture(NEAR).orders.is_empty(),
                "whatever it was is over"
            );
        }
    }
}
