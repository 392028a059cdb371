//! The sessions, and what may be done to them. Everything here happens at once or not at all.

use std::collections::HashMap;

use serde_json::Value;

use crate::error::ApiError;
use crate::ids;
use crate::objects::{Draft, Objects};
use crate::params::create::{Create, Mode};
use crate::params::customer::Customer;
use crate::params::list::{Filter, Page};
use crate::params::update::Update;
use crate::session::{Completion, Session, Status, create, update};
use crate::version::Version;
use crate::view::expand::Expand;
use crate::view::{browser, item, session as view};
use crate::webhook::Event;

/// How long a page of a list is where the request does not say.
const PAGE: usize = 10;

/// Everything the account has.
#[derive(Debug)]
pub struct Store {
    objects: Objects,
    /// In order of creation.
    sessions: Vec<Session>,
    by_id: HashMap<String, usize>,
    events: Vec<Event>,
}

impl Store {
    /// A store without sessions.
    pub fn new(objects: Objects) -> Self {
        Self { objects, sessions: Vec::new(), by_id: HashMap::new(), events: Vec::new() }
    }

    /// Takes out what webhooks are to be told.
    pub fn take_events(&mut self) -> Vec<Event> {
        std::mem::take(&mut self.events)
    }

    /// Expires what is open past its time.
    pub fn sweep(&mut self, now: i64) {
        let Self { sessions, objects, events, .. } = self;
        for session in sessions.iter_mut().filter(|session| session.status == Status::Open && session.expires_at <= now)
        {
            session.status = Status::Expired;
            events.push(event("checkout.session.expired", session, objects));
        }
    }

    fn index(&self, id: &str) -> Result<usize, ApiError> {
        self.by_id.get(id).copied().ok_or_else(|| ApiError::no_such_session(id))
    }

    fn find(&self, id: &str) -> Result<&Session, ApiError> {
        self.sessions.get(self.index(id)?).ok_or_else(|| ApiError::no_such_session(id))
    }

    fn replace(&mut self, session: Session) -> Result<(), ApiError> {
        let index = self.index(&session.id)?;
        if let Some(slot) = self.sessions.get_mut(index) {
            *slot = session;
        }
        Ok(())
    }

    fn show(&self, id: &str, version: Version, expand: &Expand) -> Result<Value, ApiError> {
        Ok(view::session(self.find(id)?, &self.objects, version, expand))
    }

    /// `POST /v1/checkout/sessions`
    pub fn create(&mut self, mut params: Create, now: i64, version: Version) -> Result<Value, ApiError> {
        let expand = Expand::session(std::mem::take(&mut params.expand))?;
        let mut draft = Draft::new(&self.objects);
        let session = create::create(params, now, version, &mut draft)?;
        let made = draft.finish();
        self.objects.adopt(made);
        let id = session.id.clone();
        self.by_id.insert(id.clone(), self.sessions.len());
        self.sessions.push(session);
        self.show(&id, version, &expand)
    }

    /// `GET /v1/checkout/sessions/:id`
    pub fn retrieve(&self, id: &str, expand: Vec<String>, version: Version) -> Result<Value, ApiError> {
        self.show(id, version, &Expand::session(expand)?)
    }

    /// `POST /v1/checkout/sessions/:id`
    pub fn update(&mut self, id: &str, mut params: Update, now: i64, version: Version) -> Result<Value, ApiError> {
        let expand = Expand::session(std::mem::take(&mut params.expand))?;
        let mut draft = Draft::new(&self.objects);
        let next = update::update(self.find(id)?, params, now, version, &mut draft)?;
        let made = draft.finish();
        self.objects.adopt(made);
        self.replace(next)?;
        self.show(id, version, &expand)
    }

    /// `POST /v1/checkout/sessions/:id/expire`
    pub fn expire(&mut self, id: &str, expand: Vec<String>, version: Version) -> Result<Value, ApiError> {
        let expand = Expand::session(expand)?;
        let mut session = self.find(id)?.clone();
        session.require_open("expired")?;
        session.status = Status::Expired;
        self.events.push(event("checkout.session.expired", &session, &self.objects));
        self.replace(session)?;
        self.show(id, version, &expand)
    }

    /// `GET /v1/checkout/sessions`, the newest first.
    pub fn list(&self, filter: Filter, version: Version) -> Result<Value, ApiError> {
        let expand = Expand::sessions(filter.page.expand.clone())?;
        let found: Vec<&Session> = self.sessions.iter().rev().filter(|session| matches(&filter, session)).collect();
        let (page, has_more) = page(&found, &filter.page, |session| &session.id, "checkout.session")?;
        let data = page.iter().map(|session| view::session(session, &self.objects, version, &expand)).collect();
        Ok(item::list(data, has_more, "/v1/checkout/sessions"))
    }

    /// `GET /v1/checkout/sessions/:id/line_items`
    pub fn line_items(&self, id: &str, wanted: Page) -> Result<Value, ApiError> {
        let expand = Expand::line_items(wanted.expand.clone())?;
        let session = self.find(id)?;
        let items: Vec<_> = session.line_items.iter().zip(view::line_items(session, &self.objects, &expand)).collect();
        let (page, has_more) = page(&items, &wanted, |(item, _)| &item.id, "line item")?;
        let data = page.iter().map(|(_, value)| value.clone()).collect();
        Ok(item::list(data, has_more, &view::line_items_url(id)))
    }

    /// What the customer does on the page.
    pub fn by_customer(&mut self, id: &str, params: Customer, version: Version) -> Result<Value, ApiError> {
        let next = update::by_customer(self.find(id)?, params, &self.objects)?;
        self.replace(next)?;
        self.show(id, version, &Expand::default())
    }

    /// The customer pays.
    pub fn complete(&mut self, id: &str, version: Version) -> Result<Value, ApiError> {
        let mut session = self.find(id)?.clone();
        session.require_open("completed")?;
        let subscription = session.mode == Mode::Subscription;
        session.status = Status::Complete(Completion {
            payment_intent: (!subscription && session.totals.total > 0).then(|| ids::random("pi_3", 23)),
            subscription: subscription.then(|| ids::random("sub_1", 23)),
            paid: true,
        });
        self.events.push(event("checkout.session.completed", &session, &self.objects));
        self.replace(session)?;
        self.show(id, version, &Expand::default())
    }

    /// The session as Stripe.js shows it.
    pub fn browser(&self, id: &str, business_name: Option<&str>) -> Result<Value, ApiError> {
        Ok(browser::browser_session(self.find(id)?, &self.objects, business_name))
    }
}

fn event(kind: &'static str, session: &Session, objects: &Objects) -> Event {
    Event { kind, object: view::session(session, objects, Version::CURRENT, &Expand::default()), account: None }
}

fn matches(filter: &Filter, session: &Session) -> bool {
    let (intent, subscription) = match &session.status {
        Status::Complete(done) => (done.payment_intent.as_ref(), done.subscription.as_ref()),
        Status::Open | Status::Expired => (None, None),
    };
    // Sessions here have no account as their customer and come from no payment link.
    let of_others = filter.customer_account.is_some() || filter.payment_link.is_some();
    !of_others
        && filter.created.as_ref().is_none_or(|range| range.contains(session.created))
        && filter.customer.as_ref().is_none_or(|id| session.customer.as_ref().is_some_and(|known| known.id == *id))
        && filter.status.as_ref().is_none_or(|status| status == session.status.name())
        && filter.payment_intent.as_ref().is_none_or(|id| Some(id) == intent)
        && filter.subscription.as_ref().is_none_or(|id| Some(id) == subscription)
        && filter.customer_details.as_ref().is_none_or(|details| session.email.as_ref() == Some(&details.email))
}

/// One page of `all`, and whether there is more in its direction.
fn page<'a, T>(
    all: &'a [T],
    wanted: &Page,
    id: impl Fn(&T) -> &String,
    what: &str,
) -> Result<(&'a [T], bool), ApiError> {
    let limit = wanted.limit.unwrap_or(PAGE);
    let position = |cursor: &String, param: &str| {
        let found = all.iter().position(|element| id(element) == cursor);
        found.ok_or_else(|| ApiError::no_such(what, cursor, param))
    };
    if let Some(cursor) = &wanted.ending_before {
        let end = position(cursor, "ending_before")?;
        let start = end.saturating_sub(limit);
        return Ok((all.get(start..end).unwrap_or_default(), start > 0));
    }
    let start = match &wanted.starting_after {
        Some(cursor) => position(cursor, "starting_after")? + 1,
        None => 0,
    };
    let end = all.len().min(start + limit);
    Ok((all.get(start..end).unwrap_or_default(), end < all.len()))
}
