//! The machine explored: every order of events within a bound, by `stateright`.
//!
//! Where `tests/host/random.rs` draws orders of events by chance, this tries all of them. `cargo test` explores small
//! worlds; `npm run prove -- model` explores the large ones of `bounds.rs`, and `npm run prove -- broken` shows that a
//! machine with a broken rule is found out.

#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::panic, clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::print_stdout)]

mod bounds;
mod fingerprint;
mod paying;
mod story;
mod world;

use std::env;
use std::thread;
use std::time::{Duration, Instant};

use bounds::Bounds;
use stateright::{Checker, HasDiscoveries, Model, Property};
use world::{Action, Promise, World};

impl Model for Bounds {
    type State = World;
    type Action = Action;

    fn init_states(&self) -> Vec<World> {
        vec![World::new(self)]
    }

    fn actions(&self, world: &World, actions: &mut Vec<Action>) {
        world.actions(self, actions);
    }

    fn next_state(&self, world: &World, action: Action) -> Option<World> {
        let mut next = world.clone();
        next.step(action, self, &mut |_| {});
        Some(next)
    }

    fn properties(&self) -> Vec<Property<Self>> {
        fn keeps(world: &World, promise: Promise) -> bool {
            world.broken().is_none_or(|(broken, _)| broken != promise)
        }
        vec![
            Property::always("each waiter is told exactly once", |_, world| keeps(world, Promise::ToldOnce)),
            Property::always("no function outlives its deadline by more than a turn", |_, world| {
                keeps(world, Promise::Deadline)
            }),
            Property::always("one request at a time", |_, world| keeps(world, Promise::OneAtATime)),
            Property::always("`applied` never contradicts the server", |_, world| keeps(world, Promise::Truth)),
            Property::always("what is not stale and not pending is what the server has", |_, world| {
                keeps(world, Promise::Fresh)
            }),
            Property::always("nothing waits for ever", |_, world| keeps(world, Promise::NoWaitForEver)),
            Property::always("no request is under way while `confirm` runs, and none starts", |_, world| {
                keeps(world, Promise::Undisturbed)
            }),
            Property::always("`confirm` is not called while stale or pending", |_, world| {
                keeps(world, Promise::Settled)
            }),
            Property::always("nobody pays a total that the page has not shown", |_, world| keeps(world, Promise::Seen)),
            Property::always("`confirm` is not called twice at once", |_, world| keeps(world, Promise::ConfirmOnce)),
            Property::always("each payment ends with its `confirm`, or by the way back", |_, world| {
                keeps(world, Promise::PayEnds)
            }),
            // That the world is no trivial one.
            Property::sometimes("everything ends well", |bounds: &Bounds, world: &World| world.is_at_rest(bounds)),
            Property::sometimes("the page is stale", |_, world: &World| world.is_stale()),
            Property::sometimes("`confirm` runs", |_, world: &World| world.paying.is_confirming()),
            Property::sometimes(EXCEPTION, |bounds: &Bounds, world: &World| {
                world.is_at_rest(bounds) && !world.shows_all()
            }),
        ]
    }
}

/// What is accepted: see `docs/reliability.md`.
const EXCEPTION: &str = "the page shows less than the server has";

/// Explores a world to its end.
fn explore(bounds: Bounds) {
    let (name, began) = (bounds.name, Instant::now());
    let threads = env::var("MODEL_THREADS").ok().and_then(|threads| threads.parse().ok()).unwrap_or(1);
    let checker = bounds.clone().checker().threads(threads).finish_when(HasDiscoveries::AnyFailures).spawn_bfs();
    let mut told = began;
    while !checker.is_done() {
        thread::sleep(Duration::from_millis(20));
        if told.elapsed() > Duration::from_secs(30) {
            told = Instant::now();
            println!("  {name}: {} states so far, {} deep", checker.unique_state_count(), checker.max_depth());
        }
    }
    let checker = checker.join();
    let found = checker.discoveries();
    for property in bounds.properties() {
        let failed = property.expectation == stateright::Expectation::Always;
        let Some(path) = found.get(property.name) else { continue };
        let story = story::of(&bounds, &path.clone().into_actions());
        assert!(!failed, "{name}: \"{}\" does not hold:\n{story}", property.name);
        if property.name == EXCEPTION && env::var_os("MODEL_STORIES").is_some() {
            println!("{name}: {EXCEPTION}:\n{story}");
        }
    }
    assert!(checker.is_done(), "{name}: it was not explored to its end");
    for wanted in ["everything ends well", "the page is stale"] {
        assert!(found.contains_key(wanted), "{name}: never is it so that {wanted}");
    }
    assert!(bounds.pays == 0 || found.contains_key("`confirm` runs"), "{name}: nobody ever pays");
    println!(
        "{name}: {} states, {} steps, at most {} deep, {:.1} s",
        checker.unique_state_count(),
        checker.state_count(),
        checker.max_depth(),
        began.elapsed().as_secs_f64()
    );
}

/// Small worlds; with `MODEL=all` the large ones, and with the name of one of them that.
#[test]
fn worlds_keep_every_promise() {
    let Ok(which) = env::var("MODEL") else { return Bounds::short().into_iter().for_each(explore) };
    let all = Bounds::full();
    let chosen: Vec<_> = match which.as_str() {
        "all" => all,
        name => all.into_iter().chain(Bounds::short()).filter(|bounds| bounds.name == name).collect(),
    };
    assert!(!chosen.is_empty(), "no world is called {which}");
    chosen.into_iter().for_each(explore);
}
