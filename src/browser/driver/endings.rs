//! How an update ends: its function, its failure, and the answers to those who wait.

use std::mem;
use std::rc::Rc;

use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::JsCast;

use super::Driver;
use crate::browser::abort::AbortGuard;
use crate::browser::attempt::Received;
use crate::browser::failure::{Failure, FailureDetails, SettledUpdate, whole};
use crate::browser::in_flight::InFlight;
use crate::browser::outcome::{Outcome, ServerAnswer};
use crate::browser::response;
use crate::browser::stripe::{Actions, Session};
use crate::failure::{Applied, FailureFacts, Kind};

impl Driver {
    /// Settles the promise of a function.
    pub(super) fn function_ended(&self, id: u32, failure: Option<FailureFacts>) {
        let failure = failure.and_then(|failure| self.failure_of(id, failure));
        let ended = self.row(id).map(|mut row| (row.abort.take(), row.function.clone(), row.received.response.clone()));
        let Some((abort, function, response)) = ended else { return };
        match failure {
            None => {
                abort.into_iter().for_each(AbortGuard::release);
                function.resolve(&response);
            }
            Some(failure) => {
                drop(abort);
                function.reject(&failure.error);
            }
        }
    }

    /// The failure of update `id`. Reuses the one already made if kind, applied and reason are the same, so that the page sees
    /// one error object.
    #[inline(never)]
    pub(super) fn failure_of(&self, id: u32, facts: FailureFacts) -> Option<Rc<Failure>> {
        let (endpoint, mut details, response) = {
            let mut row = self.row(id)?;
            if let Some(known) = &row.failure
                && (known.kind, known.applied, known.reason) == (facts.kind, facts.applied, facts.reason)
            {
                return row.failure.clone();
            }
            (row.endpoint, mem::take(&mut row.received.details), row.received.response.clone())
        };
        // A cause belongs to the failure that it led to.
        let cause = mem::take(&mut details.cause);
        details.request_id = response::request_id(&response);
        let made = self.new_failure(facts, Some(endpoint), &details, &cause);
        let mut row = self.row(id)?;
        row.received.details = details;
        row.failure = Some(Rc::clone(&made));
        Some(made)
    }

    /// Makes the failure that the page is told of.
    #[inline(never)]
    pub(super) fn new_failure(
        &self,
        facts: FailureFacts,
        endpoint: Option<usize>,
        details: &FailureDetails,
        cause: &JsValue,
    ) -> Rc<Failure> {
        let name = endpoint.map(|endpoint| self.endpoints.name(endpoint));
        Failure::new(facts, name.unwrap_or_default(), details, cause, self.config.messages.as_ref())
    }

    /// The same of one of which nothing more is known.
    pub fn failure_without_details(&self, facts: FailureFacts, endpoint: Option<usize>) -> Rc<Failure> {
        self.new_failure(facts, endpoint, &FailureDetails::default(), &JsValue::UNDEFINED)
    }

    /// Tells the page of a failure, and keeps its record.
    pub fn tell_failure(&self, failure: &Rc<Failure>) {
        self.reporter.keep(failure);
        if let Some(tell) = &self.config.on_failure {
            tell(failure);
        }
    }

    /// Tells the page of an update that has settled.
    pub fn tell_settled(
        &self,
        endpoint: usize,
        failed: Option<(Kind, Applied)>,
        [waited, duration]: [f64; 2],
        attempts: u32,
        response: &JsValue,
    ) {
        let (Some(tell), Some(target)) = (&self.config.on_settled, self.endpoints.target(endpoint)) else { return };
        tell(&SettledUpdate {
            endpoint: target.name.clone(),
            failed: failed.map(|(kind, _)| kind),
            applied: failed.map_or(Applied::Yes, |(_, applied)| applied),
            waited_ms: whole(waited),
            duration_ms: whole(duration),
            attempts,
            request_id: response::request_id(response),
        });
    }

    #[inline(never)]
    pub(super) fn remove(&self, id: u32) -> Option<Box<InFlight>> {
        let mut rows = self.in_flight.borrow_mut();
        rows.iter().position(|row| row.id == id).map(|position| rows.remove(position))
    }

    /// Answers everybody who waits for an update.
    #[expect(clippy::boxed_local, reason = "it comes from a list of boxes, and would be copied by its fields")]
    pub(super) fn answer_waiters(&self, row: Box<InFlight>, failure: Option<&Rc<Failure>>, session: Option<&Session>) {
        let InFlight { waiters, actions, received, .. } = *row;
        let Received { body, response, .. } = *received;
        for waiter in waiters {
            let outcome = || match failure {
                Some(failure) => Outcome::failed(Rc::clone(failure), session.cloned()),
                None => {
                    let of_actions = || actions.as_ref().map(Actions::session);
                    let session =
                        session.cloned().or_else(of_actions).unwrap_or_else(|| JsValue::UNDEFINED.unchecked_into());
                    Outcome::Success { session, answer: ServerAnswer::new(body.clone(), response.clone()) }
                }
            };
            waiter.answer(failure, &outcome);
        }
        // Before `onSettled`, which may read the snapshot.
        self.publish();
    }

    /// One waiter no longer waits.
    pub(super) fn detach(&self, id: u32, failure: FailureFacts) {
        let (endpoint, waiter) = {
            let mut rows = self.in_flight.borrow_mut();
            let mut found = rows.iter_mut().filter_map(|row| {
                let position = row.waiters.iter().position(|waiter| waiter.id == id)?;
                Some((row.endpoint, row.waiters.remove(position)))
            });
            let Some(found) = found.next() else { return };
            found
        };
        let failure = self.failure_without_details(failure, Some(endpoint));
        waiter.answer(Some(&failure), &|| Outcome::failed(Rc::clone(&failure), None));
        // Before what else this event leads to: the update may end next.
        self.publish();
    }
}
