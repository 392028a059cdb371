//! A trace that people can read.

use std::fmt::Write;

use checkout_updates::effect::Effect;
use checkout_updates::failure::FailureFacts;

use crate::bounds::Bounds;
use crate::world::{Action, SLEEP, World};

/// Tells what happened, one line a step, and below it what the machine did.
pub fn of(bounds: &Bounds, actions: &[Action]) -> String {
    let mut world = World::new(bounds);
    let mut story = String::new();
    for action in actions {
        let mut effects = Vec::new();
        world.step(*action, bounds, &mut |effect| effects.push(effect.clone()));
        let _ = writeln!(story, "{:7.3} s  {}", (world.now - 1_000.0) / 1_000.0, line(*action));
        for effect in effects.into_iter().filter_map(effect) {
            let _ = writeln!(story, "             {effect}");
        }
    }
    if let Some((promise, how)) = world.broken() {
        let _ = writeln!(story, "           Broken: {promise:?}: {how}.");
    }
    story
}

fn line(action: Action) -> String {
    let read = |success, open| match (success, open) {
        (false, _) => "fails",
        (true, false) => "succeeds: the session is closed",
        (true, true) => "succeeds, with the session as it was when it could begin to fetch it",
    };
    match action {
        Action::Ask => "The page asks for its next update.".into(),
        Action::Detach(waiter) => format!("Waiter {waiter} lets go."),
        Action::Cancel(None) => "The page cancels what waits.".into(),
        Action::Cancel(Some(endpoint)) => format!("The page cancels what waits for endpoint {endpoint}."),
        Action::Refresh => "The page refreshes.".into(),
        Action::Awake => "The page is visible again, or online.".into(),
        Action::Leaving => "The page may be about to go.".into(),
        Action::Left => "The page is left.".into(),
        Action::Back(true) => "The page comes back from the cache.".into(),
        Action::Back(false) => "The page is shown.".into(),
        Action::Dispose => "The page disposes.".into(),
        Action::Pay => "The customer presses Pay.".into(),
        Action::Hold => "The customer opens a wallet.".into(),
        Action::Release => "The customer closes the wallet.".into(),
        Action::ConfirmEnds(id, how) => format!("Stripe.js ends `confirm` of payment {id}: {how:?}."),
        Action::CatchUp => "Stripe.js has fetched what a function of the page did.".into(),
        Action::Token(id, true) => format!("The page gives a token for update {id}."),
        Action::Token(id, false) => format!("The page has no token for update {id}."),
        Action::Called(id) => format!("Stripe.js calls the function of update {id}."),
        Action::NotStarted(id, kind) => format!("Stripe.js does not start update {id}: {kind:?}."),
        Action::Ended { id, success, open } => {
            format!("Stripe.js ends update {id}: it {}.", read(success, open))
        }
        Action::Apply(id) => format!("The server makes the change of update {id}."),
        Action::Head(id, status) => format!("The head of an answer to update {id} arrives: {status}."),
        Action::Answer(id, says) => format!("Update {id} is answered: {says:?}."),
        Action::Fetched { id, success, open } => format!("Refresh {id} {}.", read(success, open)),
        Action::Task(id) => format!("The task that was let through for update {id} is over."),
        Action::Clock => "The timer fires.".into(),
        Action::Pass(ms) | Action::Stop(ms) => format!("{ms} ms have passed."),
        Action::Sleep => format!("The laptop slept for {SLEEP} ms."),
    }
}

fn effect(effect: Effect) -> Option<String> {
    Some(match effect {
        Effect::Token(id) => format!("asks for a token for update {id}"),
        Effect::Send { id, attempt, .. } => format!("sends update {id}, attempt {attempt}"),
        Effect::Abort(id) => format!("aborts the request of update {id}"),
        Effect::YieldTask(id) => format!("lets a task through for update {id}"),
        Effect::Start(id) => format!("has Stripe.js run update {id}"),
        Effect::FunctionEnded { id, failure: None } => format!("the function of update {id} resolves"),
        Effect::FunctionEnded { id, failure: Some(failure) } => {
            format!("the function of update {id} rejects: {}", told(failure))
        }
        Effect::Counted { id, failure, .. } => {
            format!("update {id} is decided: {}", failure.map_or("success".into(), told))
        }
        Effect::Settled { id, waiters, failure, .. } => {
            format!("tells waiters {waiters:?} of update {id}: {}", failure.map_or("success".into(), told))
        }
        Effect::Joined { id, to } => format!("joins update {id} to update {to}"),
        Effect::Detached { waiter, failure } => format!("tells waiter {waiter} alone: {}", told(failure)),
        Effect::Refresh { id, .. } => format!("begins refresh {id}"),
        Effect::Refreshed { id, failure } => {
            format!("tells the page of its refresh {id}: {}", failure.map_or("success".into(), told))
        }
        Effect::Confirm(id) => format!("calls `confirm` of payment {id}"),
        Effect::Blocked { id, reason } => format!("blocks payment {id}: {reason:?}"),
        Effect::Compare(id) => format!("holds what is shown against what payment {id} saw"),
        Effect::ReleaseActions(_) => return None,
    })
}

fn told(failure: FailureFacts) -> String {
    format!("{:?}, applied {:?}", failure.kind, failure.applied)
}
