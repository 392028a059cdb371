//! The life of one update on the server: once, whole, one at a time, and never in doubt without saying so.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use checkout_updates::intent::Intent;
use checkout_updates::session::SessionId;
use tokio::time::{Instant, MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;
use tracing::Instrument;

use crate::answer::Answer;
use crate::app::App;
use crate::bounds::Within;
use crate::endpoints::Endpoint;
use crate::endpoints::declaration::SESSION_FIELD;
use crate::locks::{Joined, answer_of};
use crate::plan;
use crate::store::{End, Held, Holder, Record, StoreError, Update, UpdateId, in_time};
use crate::stripe::StripeError;
use crate::stripe::client::session_path;

/// How often it is looked for updates that a server has left behind.
const ROUND: Duration = Duration::from_secs(2);
/// Long enough to see whether a session's turn is free.
const GLANCE: Duration = Duration::from_millis(250);

/// An update that a page asks for.
#[derive(Debug)]
pub struct Call {
    /// Who asks.
    pub visitor: String,
    /// For what.
    pub endpoint: Arc<Endpoint>,
    /// Of which session.
    pub session: SessionId,
    /// What the customer chose.
    pub intent: Intent,
    /// Where from.
    pub address: String,
    /// The `Idempotency-Key`, or one made here where the page sent none.
    pub key: String,
    /// Counted as one of the visitor's until it has ended.
    pub _within: Within,
}

/// Carries an update out, or waits for it where it runs already. It goes on when the page has gone.
pub async fn carry_out(app: Arc<App>, call: Call) -> Answer {
    let id = UpdateId {
        visitor: call.visitor.clone(),
        session: call.session.as_str().to_owned(),
        endpoint: call.endpoint.name.to_owned(),
        key: call.key.clone(),
    };
    let body = call.intent.body(SESSION_FIELD, &call.session);
    let intent = app.key.sign("intent", &[&body]);
    let waiting = match app.running.join(&id, &intent) {
        Joined::Another => return Answer::KEY_REUSED,
        Joined::Waiting(waiting) => waiting,
        Joined::First(runner) => {
            let waiting = runner.answer();
            let app_of_task = Arc::clone(&app);
            let task = async move {
                let deadline = app_of_task.deadline();
                let run = Run { app: &app_of_task, call: &call, id: &id, intent: &intent, deadline };
                let answer = run.perform().await.unwrap_or_else(|refusal| refusal);
                runner.finish(answer);
            };
            app.tasks.spawn(task.in_current_span());
            waiting
        }
    };
    answer_of(waiting).await
}

/// One run of an update.
struct Run<'a> {
    app: &'a App,
    call: &'a Call,
    id: &'a UpdateId,
    intent: &'a str,
    deadline: Instant,
}

impl Run<'_> {
    async fn perform(&self) -> Result<Answer, Answer> {
        let Self { app, call, id, deadline, .. } = *self;
        // Before the turn, and without Stripe: somebody else's request must not keep the session's owner waiting.
        let owner = in_time(deadline, app.store.owner(&id.session)).await.map_err(broken)?;
        if owner.as_ref() != Some(&id.visitor) {
            tracing::warn!("another visitor's session");
            return Err(Answer::FORBIDDEN);
        }
        let turn = match app.turn(&id.session, deadline).await {
            Ok(turn) => turn,
            Err(error) => {
                tracing::warn!(%error, "no turn");
                return self.out_of_turn().await;
            }
        };
        if let Some(record) = self.known(deadline).await? {
            if record.update.intent != self.intent {
                return Err(Answer::KEY_REUSED);
            }
            return match record.answer {
                Some(answer) => Ok(answer),
                None => Ok(send(app, &record.update, Attempt::Another, deadline).await),
            };
        }
        settle_earlier(app, &id.session, deadline).await?;
        let session = app.stripe.session(&call.session, deadline).await.map_err(unavailable)?;
        self.check(&session)?;

        let planned = plan::plan(app, &call.endpoint, &call.intent, &session)?;
        let mut holds = Vec::new();
        for (product, after) in planned.stocked {
            let before = in_time(deadline, app.store.held(&id.session, &product)).await.map_err(failed)?;
            if before != after {
                holds.push(crate::store::HoldChange { product, before, after });
            }
        }
        let update = Update {
            id: id.clone(),
            intent: self.intent.to_owned(),
            request: (!planned.form.is_empty()).then(|| planned.form.encode()),
            stripe_key: app.key.sign("stripe", &[&id.visitor, &id.session, &id.endpoint, &id.key]),
            holds,
        };
        let holder = Holder { visitor: id.visitor.clone(), address: call.address.clone() };
        let begun = turn.begin(&update, &holder, app.terms(), deadline).await;
        match begun.map_err(|error| match error {
            StoreError::NotDone(_) => failed(error),
            // What was written down is made sooner or later.
            StoreError::InDoubt(_) => broken(error),
        })? {
            Held::Yes => Ok(send(app, &update, Attempt::First, deadline).await),
            Held::TooMany => {
                app.metrics.sold_out();
                Err(Answer::TOO_MANY_HELD)
            }
            Held::TooManyUpdates => {
                tracing::warn!("a visitor makes too many updates");
                Err(Answer::BUSY)
            }
            Held::Over => Err(Answer::refused("The time for which this can be set aside is over. Please start again.")),
            Held::Short { left, .. } => {
                app.metrics.sold_out();
                Err(Answer::refused(match left {
                    0 => "This is sold out at the moment.".to_owned(),
                    left => format!("Only {left} of these are left."),
                }))
            }
        }
    }

    /// What is known of the update from an earlier attempt.
    async fn known(&self, deadline: Instant) -> Result<Option<Record>, Answer> {
        in_time(deadline, self.app.store.find(self.id)).await.map_err(broken)
    }

    /// The answer where the session's turn did not come in time.
    async fn out_of_turn(&self) -> Result<Answer, Answer> {
        match self.known(self.app.last_words(self.deadline)).await? {
            None => Err(Answer::BUSY),
            Some(record) if record.update.intent != self.intent => Err(Answer::KEY_REUSED),
            Some(record) => record.answer.ok_or(Answer::TIMED_OUT),
        }
    }

    /// Open, not past its time, and this visitor's own.
    fn check(&self, session: &crate::stripe::types::Session) -> Result<(), Answer> {
        if session.note(plan::VISITOR_NOTE) != Some(&self.call.visitor) {
            tracing::warn!("another visitor's session");
            return Err(Answer::FORBIDDEN);
        }
        if session.status.as_deref() != Some("open") || session.expires_at <= self.app.clock.now() {
            return Err(Answer::refused("This checkout is no longer open. Please start again."));
        }
        Ok(())
    }
}

/// The first time a request is made, or another time, when an earlier one may have got through.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Attempt {
    First,
    Another,
}

/// What a request to Stripe has brought.
enum Verdict {
    Made,
    /// `true` when a repeat would end in the same way.
    NotMade(bool, Answer),
    /// Nobody will ever know: Stripe says the same however often it is asked.
    Unknown(Answer),
    /// A repeat may tell.
    InDoubt(Answer),
}

/// Makes the request that was written down, and writes down how it ended.
async fn send(app: &App, update: &Update, attempt: Attempt, deadline: Instant) -> Answer {
    let (end, answer) = match judge(request(app, update, deadline).await, attempt) {
        Verdict::Made => (Some(End::Made), Answer::SUCCESS),
        Verdict::NotMade(true, answer) => (Some(End::NotMade(Some(answer.clone()))), answer),
        Verdict::NotMade(false, answer) => (Some(End::NotMade(None)), answer),
        Verdict::Unknown(answer) => (Some(End::Unknown(answer.clone())), answer),
        Verdict::InDoubt(answer) => (None, answer),
    };
    if let Some(end) = end {
        write_down(app, update, end).await;
    }
    answer
}

async fn request(app: &App, update: &Update, deadline: Instant) -> Result<(), StripeError> {
    let Some(body) = &update.request else { return Ok(()) };
    let session = SessionId::parse(&update.id.session).map_err(|_| StripeError::Malformed)?;
    let path = session_path(&session);
    app.stripe.post("update", &path, body.clone(), &update.stripe_key, deadline).await.map(drop)
}

fn judge(result: Result<(), StripeError>, attempt: Attempt) -> Verdict {
    let Err(error) = result else { return Verdict::Made };
    match error.status() {
        Some(401 | 403) if attempt == Attempt::First => Verdict::NotMade(false, Answer::NOT_NOW),
        Some(429) if attempt == Attempt::First => Verdict::NotMade(false, Answer::BUSY),
        // These come before Stripe has looked whether it knows the key, so they say nothing of the earlier request.
        Some(401 | 403 | 429) => Verdict::InDoubt(Answer::UPSTREAM),
        // Stripe keeps a failure under the key, and what the key was first used for: no repeat brings another answer.
        Some(500) if attempt == Attempt::Another => Verdict::Unknown(Answer::BROKEN),
        Some(400) if error.is_other_use_of_key() && attempt == Attempt::Another => Verdict::Unknown(Answer::BROKEN),
        Some(_) if error.nothing_changed() => Verdict::NotMade(true, Answer::BAD_REQUEST),
        None if error == StripeError::Unreachable && attempt == Attempt::First => {
            Verdict::NotMade(false, Answer::NOT_NOW)
        }
        None if error == StripeError::TimedOut => Verdict::InDoubt(Answer::TIMED_OUT),
        _ => Verdict::InDoubt(Answer::UPSTREAM),
    }
}

/// Finds out how earlier updates of the session ended, by making their requests again under the keys that Stripe may
/// know them by. Without that, a request that is still on its way could undo the next update.
async fn settle_earlier(app: &App, session: &str, deadline: Instant) -> Result<(), Answer> {
    for record in in_time(deadline, app.store.unfinished(Some(session))).await.map_err(failed)? {
        if !settle(app, &record.update, deadline).await {
            return Err(Answer::NOT_NOW);
        }
    }
    Ok(())
}

/// Finds out how one update ended. Says whether it has ended.
async fn settle(app: &App, update: &Update, deadline: Instant) -> bool {
    let end = match judge(request(app, update, deadline).await, Attempt::Another) {
        Verdict::Made => End::Made,
        Verdict::NotMade(_, answer) => End::NotMade(Some(answer)),
        Verdict::Unknown(answer) => End::Unknown(answer),
        Verdict::InDoubt(_) => return false,
    };
    write_down(app, update, end).await;
    true
}

/// Ends what a stopped server has left unfinished.
pub async fn recover(app: &App) {
    match in_time(app.deadline(), app.store.unfinished(None)).await {
        Ok(unfinished) => {
            for record in unfinished {
                finish(app, &record.update, app.deadline()).await;
            }
        }
        Err(error) => tracing::error!(%error, "unfinished updates cannot be read"),
    }
}

/// Ends one, unless it has ended meanwhile: a page may have asked again.
async fn finish(app: &App, update: &Update, patience: Instant) {
    let Ok(_turn) = app.turn(&update.id.session, patience).await else { return };
    let deadline = app.deadline();
    let known = in_time(deadline, app.store.find(&update.id)).await;
    if known.is_ok_and(|known| known.is_some_and(|record| record.answer.is_none())) {
        let ended = settle(app, update, deadline).await;
        tracing::info!(endpoint = update.id.endpoint, ended, "an unfinished update was made again");
    }
}

/// Looks for what other servers have left unfinished, until told to stop. Where a server still works on an update it
/// has the session's turn, so that one is left alone.
pub async fn keep_finishing(app: &App, stop: CancellationToken) {
    let mut rounds = interval(ROUND);
    rounds.set_missed_tick_behavior(MissedTickBehavior::Delay);
    // What stays in doubt is tried again later and later.
    let mut waiting: HashMap<UpdateId, (u32, Instant)> = HashMap::new();
    while stop.run_until_cancelled(rounds.tick()).await.is_some() {
        let unfinished = match in_time(app.deadline(), app.store.unfinished(None)).await {
            Ok(unfinished) => unfinished,
            Err(error) => {
                tracing::error!(%error, "unfinished updates cannot be read");
                continue;
            }
        };
        waiting.retain(|id, _| unfinished.iter().any(|record| record.update.id == *id));
        for record in unfinished {
            let (tries, next) = waiting.entry(record.update.id.clone()).or_insert((0, Instant::now()));
            if *next > Instant::now() {
                continue;
            }
            *tries += 1;
            *next = Instant::now() + ROUND * 2_u32.pow((*tries).min(5));
            let patience = Instant::now() + GLANCE;
            if stop.run_until_cancelled(finish(app, &record.update, patience)).await.is_none() {
                return;
            }
        }
    }
}

async fn write_down(app: &App, update: &Update, end: End) {
    // The update stays unfinished then, and is made again under the same key: a replay at Stripe.
    let deadline = app.last_words(Instant::now());
    if let Err(error) = in_time(deadline, app.store.end(&update.id, end)).await {
        tracing::error!(%error, "the end of an update was not written down");
    }
}

/// Reading the session failed, so nothing was changed.
fn unavailable(error: StripeError) -> Answer {
    match error.status() {
        Some(404) => Answer::FORBIDDEN,
        Some(429) => Answer::BUSY,
        _ => Answer::NOT_NOW,
    }
}

/// The store failed where it would have said whether there was an earlier attempt that got through.
fn broken(error: StoreError) -> Answer {
    tracing::error!(%error, "store");
    Answer::BROKEN
}

/// The store failed before Stripe was asked, so nothing was changed.
fn failed(error: StoreError) -> Answer {
    tracing::error!(%error, "store");
    Answer::NOT_NOW
}
