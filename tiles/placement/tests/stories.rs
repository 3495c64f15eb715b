//! What the planner promises, as stories.

use gable_placement::{
    Cached, DeviceClass, Edge, Generation, Hints, Placement, Planner, Reason, Report, Request,
    Settings, Weights,
};

const IDLE: Edge = Edge {
    queue_seconds: 0.0,
    cores: 8,
    cache_full: false,
};

/// A tile of 0.5 MB and 50 ms, asked for by a laptop of unknown power.
fn request(tile: u64, client: u64) -> Request {
    Request {
        tile,
        layer: 1,
        client,
        hints: Hints::default(),
        mesh_only: false,
        module_megabytes: 0.0,
        recipe_megabytes: 0.006,
        mesh_megabytes: Some(0.5),
        shapes: 300,
        cached: Cached::Absent,
        edge: IDLE,
        origin: None,
    }
}

fn hints(class: DeviceClass, power: f64) -> Hints {
    Hints {
        class: Some(class),
        power: Some(power),
        rtt: Some(0.02),
        ..Hints::default()
    }
}

fn planner() -> Planner {
    Planner::new(Weights::default(), Settings::default())
}

#[test]
fn three_users_at_one_place_get_a_mesh_generated_once() {
    let mut planner = planner();
    // What tiles of this layer are like is known from earlier ones.
    for tile in 900..920 {
        planner.decide(0.0, &request(tile, 9));
        planner.generated(tile, 500_000, 0.1);
    }
    let mut kept = Vec::new();
    let mut generations = 0;
    let mut recipes = 0;
    for tile in 0..40 {
        for user in 1..=3 {
            let now = tile as f64 * 2.0 + user as f64 * 0.5;
            let asked = Request {
                hints: hints(DeviceClass::Phone, 0.2),
                cached: if kept.contains(&tile) {
                    Cached::Kept
                } else {
                    Cached::Absent
                },
                ..request(tile, user)
            };
            let decision = planner.decide(now, &asked);
            recipes += u32::from(decision.placement.sends_recipe());
            if decision.placement.generates() {
                generations += 1;
                planner.generated(tile, 500_000, 0.1);
                assert!(decision.keep, "the copy is kept for the others");
                kept.push(tile);
            }
            let report = Report {
                megabytes_per_second: Some(6.0),
                ..Report::default()
            };
            planner.client_reported(now, user, &report);
        }
    }
    assert_eq!(generations, 40, "each tile once");
    assert_eq!(recipes, 0, "phones get the mesh");
}

#[test]
fn a_guess_is_not_held_against_clients() {
    let mut planner = planner();
    let asked = |tile| Request {
        hints: hints(DeviceClass::Workstation, 1.5),
        mesh_megabytes: None,
        ..request(tile, 1)
    };
    // Ten times the work that was guessed; as long as that is not known, the client is not thought slow for it.
    let (work, power) = (0.5, 1.5);
    for tile in 1..30_u32 {
        let now = f64::from(tile) * 0.1;
        let decision = planner.decide(now, &asked(tile.into()));
        assert_eq!(decision.placement, Placement::Recipe, "tile {tile}");
        let report = Report {
            generation: Some(Generation {
                tile: tile.into(),
                seconds: work / power,
                work: None,
            }),
            ..Report::default()
        };
        planner.client_reported(now, 1, &report);
    }
    let believed = planner.client(1).expect("it asked").power;
    assert!((1.2..1.9).contains(&believed), "{believed}");
    planner.looked(1, 200, 500_000, work);
    planner.decide(4.0, &asked(30));
    let tile = planner.tile(4.0, 30).expect("it was asked for");
    assert!((0.6 * work..work).contains(&tile.work), "{}", tile.work);
}

#[test]
fn a_strong_machine_alone_in_the_desert_gets_recipes() {
    let mut planner = planner();
    planner.decide(0.0, &request(999, 1));
    planner.generated(999, 500_000, 0.05);
    for tile in 0..200 {
        let asked = Request {
            hints: hints(DeviceClass::Workstation, 1.5),
            ..request(tile, 1)
        };
        let decision = planner.decide(tile as f64, &asked);
        assert_eq!(decision.placement, Placement::Recipe, "tile {tile}");
        assert_eq!(decision.reason, Reason::CheapestNow);
    }
}

#[test]
fn a_client_that_still_compiles_the_kernel_need_not_wait_for_it() {
    let mut planner = planner();
    planner.decide(0.0, &request(999, 1));
    planner.generated(999, 500_000, 0.05);
    // What is over before the recipe has come costs nothing.
    for (tile, (ready, placement)) in [
        (Some(1.5), Placement::Generate),
        (Some(0.02), Placement::Recipe),
        (None, Placement::Recipe),
    ]
    .into_iter()
    .enumerate()
    {
        let asked = Request {
            hints: Hints {
                ready,
                ..hints(DeviceClass::Workstation, 1.5)
            },
            ..request(tile as u64, 1)
        };
        let decision = planner.decide(1.0 + tile as f64, &asked);
        assert_eq!(decision.placement, placement, "ready in {ready:?}");
    }
}

#[test]
fn a_phone_on_five_percent_battery_gets_meshes() {
    let fresh = Hints {
        battery: Some(0.9),
        ..hints(DeviceClass::Phone, 0.35)
    };
    let empty = Hints {
        battery: Some(0.05),
        ..fresh
    };
    // A tile that is quick to make but large to send: with a full battery the phone makes it.
    let tile = |hints| Request {
        hints,
        mesh_megabytes: Some(0.6),
        shapes: 50,
        cached: Cached::Kept,
        ..request(1, 1)
    };
    let learn = |planner: &mut Planner| {
        planner.decide(0.0, &tile(fresh));
        planner.generated(1, 600_000, 0.06);
    };
    let (mut first, mut second) = (planner(), planner());
    learn(&mut first);
    learn(&mut second);
    assert_eq!(first.decide(1.0, &tile(fresh)).placement, Placement::Recipe);
    assert_eq!(second.decide(1.0, &tile(empty)).placement, Placement::Kept);
}

#[test]
fn an_overloaded_edge_shifts_work_to_those_able() {
    let ask = |queue_seconds, cores, power| {
        let mut planner = planner();
        // What tiles of this layer are like is known from an earlier one.
        planner.decide(0.0, &request(900, 9));
        planner.generated(900, 500_000, 0.1);
        let asked = Request {
            hints: hints(DeviceClass::Laptop, power),
            edge: Edge {
                queue_seconds,
                cores,
                cache_full: false,
            },
            ..request(1, 1)
        };
        planner.decide(0.0, &asked)
    };
    assert_eq!(
        ask(0.0, 8, 0.08).placement,
        Placement::Generate,
        "idle: the edge does it"
    );
    let busy = ask(3.0, 8, 0.08);
    assert_eq!(
        (busy.placement, busy.reason),
        (Placement::Recipe, Reason::Overload)
    );
}

#[test]
fn a_mesh_only_client_always_gets_a_mesh() {
    for origin in [None, Some(gable_placement::Origin::default())] {
        for queue_seconds in [0.0, 0.5, 100.0] {
            for cached in [
                Cached::Absent,
                Cached::Kept,
                Cached::InFlight { remaining: 50.0 },
            ] {
                let asked = Request {
                    mesh_only: true,
                    hints: hints(DeviceClass::Workstation, 3.0),
                    cached,
                    origin,
                    edge: Edge {
                        queue_seconds,
                        ..IDLE
                    },
                    ..request(1, 1)
                };
                let decision = planner().decide(0.0, &asked);
                assert!(!decision.placement.sends_recipe(), "{decision:?}");
                assert_eq!(decision.costs.recipe, None);
            }
        }
    }
}

#[test]
fn a_liar_changes_only_its_own_answers() {
    let play = |liar: bool| {
        let mut planner = planner();
        let mut answers = Vec::new();
        for turn in 0..400u64 {
            let now = turn as f64 * 0.5;
            let client = turn % 4;
            let asked = Request {
                hints: hints(DeviceClass::Laptop, 0.5),
                ..request(turn, client)
            };
            let decision = planner.decide(now, &asked);
            if client > 0 {
                answers.push(decision.costs.recipe.unwrap());
            }
            let seconds = match (liar, client) {
                (true, 0) => [1e9, 1e-9, -1.0, f64::NAN][turn as usize / 4 % 4],
                _ => 0.1,
            };
            let generation = Generation {
                tile: turn,
                seconds,
                work: Some(0.05),
            };
            let report = Report {
                generation: Some(generation),
                megabytes_per_second: (liar && client == 0).then_some(1e12),
                ..Report::default()
            };
            planner.client_reported(now, client, &report);
        }
        answers
    };
    for (honest, beside_a_liar) in play(false).into_iter().zip(play(true)) {
        assert!(
            (honest - beside_a_liar).abs() < 0.03 * honest,
            "{honest} {beside_a_liar}"
        );
    }
}

#[test]
fn noise_does_not_make_a_tile_flap_between_sides() {
    let changes = |hysteresis| {
        let settings = Settings {
            hysteresis,
            ..Settings::default()
        };
        let mut planner = Planner::new(Weights::default(), settings);
        let mut last = None;
        let mut changes = 0;
        for turn in 0..500u64 {
            let asked = Request {
                hints: hints(DeviceClass::Laptop, 0.174),
                mesh_megabytes: Some(0.6),
                cached: Cached::Kept,
                ..request(1, 1)
            };
            let now = turn as f64;
            let decision = planner.decide(now, &asked);
            let recipe = decision.costs.recipe.unwrap();
            let near = (recipe / decision.costs.mesh - 1.0).abs();
            assert!(near < 0.35, "the two sides cost about the same: {near}");
            changes += u32::from(last.is_some_and(|last| last != decision.placement));
            last = Some(decision.placement);
            // What is measured is off by a tenth, up and down.
            let noise = [0.95, 0.97, 1.05, 1.03][turn as usize / 5 % 4];
            let report = Report {
                megabytes_per_second: Some(7.5 * noise),
                power: Some(0.174 / noise),
                ..Report::default()
            };
            planner.client_reported(now, 1, &report);
        }
        changes
    };
    let (with, without) = (changes(0.05), changes(0.0));
    assert!(with <= 2 && without > 10, "{with} {without}");
}

#[test]
fn a_new_client_starts_with_what_its_class_showed() {
    let mut planner = planner();
    let before = planner.snapshot().classes[0].power;
    for client in 0..400 {
        let asked = Request {
            hints: hints(DeviceClass::Phone, 0.3),
            ..request(client, client)
        };
        planner.decide(client as f64, &asked);
        for run in 0..3 {
            let report = Report {
                power: Some(0.3 + f64::from(run) * 0.001),
                ..Report::default()
            };
            planner.client_reported(client as f64, client, &report);
        }
    }
    let after = planner.snapshot().classes[0].power;
    assert!(
        before < 0.17 && after > 0.22 && after < 0.35,
        "{before} {after}"
    );
}

#[test]
fn hundreds_of_thousands_of_tiles_and_clients_are_forgotten_in_time() {
    let settings = Settings {
        tiles: 1_000,
        clients: 100,
        ..Settings::default()
    };
    let mut planner = Planner::new(Weights::default(), settings);
    for n in 0..200_000u64 {
        planner.decide(
            n as f64 * 1e-3,
            &request(n.wrapping_mul(0x9E37_79B9_7F4A_7C15), n),
        );
    }
    let snapshot = planner.snapshot();
    assert_eq!((snapshot.tiles, snapshot.clients.0), (1_000, 100));
}

#[test]
fn a_calibration_that_is_said_again_and_again_counts_once() {
    let deviation = |times: u32| {
        let mut planner = planner();
        let asked = Request {
            hints: hints(DeviceClass::Phone, 0.3),
            ..request(1, 1)
        };
        planner.decide(0.0, &asked);
        let report = Report {
            power: Some(0.3),
            ..Report::default()
        };
        for _ in 0..times {
            planner.client_reported(0.0, 1, &report);
        }
        planner.client(1).unwrap().power_deviation
    };
    assert_eq!(deviation(0), deviation(50));
}

#[test]
fn a_generation_that_is_said_again_and_again_counts_once() {
    let deviation = |times: u32| {
        let mut planner = planner();
        planner.decide(0.0, &request(1, 1));
        let report = Report {
            generation: Some(Generation {
                tile: 1,
                seconds: 0.1,
                work: Some(0.03),
            }),
            ..Report::default()
        };
        for _ in 0..times {
            planner.client_reported(0.0, 1, &report);
        }
        planner.client(1).unwrap().power_deviation
    };
    assert!(deviation(1) < deviation(0));
    assert_eq!(deviation(1), deviation(50));
}
