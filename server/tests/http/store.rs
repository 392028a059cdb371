//! The store alone.

use checkout_updates_server::answer::Answer;
use checkout_updates_server::store::{End, Held, HoldChange, Holder, Sqlite, Store, Terms, Turn, Update, UpdateId};

pub fn update(session: &str, key: &str, before: u32, after: u32) -> Update {
    let [visitor, session, endpoint, key] = ["visitor", session, "setQuantity", key].map(str::to_owned);
    Update {
        id: UpdateId { visitor, session, endpoint, key },
        intent: "hash".to_owned(),
        request: Some("a=b".to_owned()),
        stripe_key: "key".to_owned(),
        holds: vec![HoldChange { product: "desk_lamp".to_owned(), before, after }],
    }
}

pub fn holder() -> Holder {
    Holder { visitor: "visitor".to_owned(), address: "192.0.2.1".to_owned() }
}

pub const TERMS: Terms = Terms { now: 0, until: 100, most_of_visitor: 10, most_of_address: 10, most_updates: 100 };

#[tokio::test]
async fn a_second_server_on_the_file_is_refused_until_the_first_has_closed_it() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("shop.sqlite3");
    let first = Sqlite::open(&file).unwrap();
    first.stock("desk_lamp", 10).await.unwrap();
    let error = Sqlite::open(&file).unwrap_err().to_string();
    assert!(error.contains("another server has this file") && !error.contains('\n'), "{error}");
    first.close().await.unwrap();
    assert!(first.left("desk_lamp").await.is_err(), "closed");
    assert_eq!(Sqlite::open(&file).unwrap().left("desk_lamp").await.unwrap(), 10);
}

#[tokio::test]
async fn no_more_is_held_than_there_is() {
    let folder = tempfile::tempdir().unwrap();
    let store = Sqlite::open(&folder.path().join("shop.sqlite3")).unwrap();
    store.stock("desk_lamp", 10).await.unwrap();
    let mut holds = tokio::task::JoinSet::new();
    for number in 0..60 {
        let store = store.clone();
        holds.spawn(async move {
            let update = update(&format!("cs_{number}"), "one", 0, 1);
            store.begin(&update, &holder(), TERMS).await.unwrap() == Held::Yes
        });
    }
    let held = holds.join_all().await;
    assert_eq!(held.iter().filter(|held| **held).count(), 10);
    assert_eq!(store.left("desk_lamp").await.unwrap(), 0);
}

#[tokio::test]
async fn a_session_holds_until_its_first_half_hour_is_over_whatever_it_does() {
    let folder = tempfile::tempdir().unwrap();
    let store = Sqlite::open(&folder.path().join("shop.sqlite3")).unwrap();
    store.stock("desk_lamp", 10).await.unwrap();
    store.open("cs_1", "visitor", "none", 0).await.unwrap();
    let later = |now| Terms { now, until: now + 100, ..TERMS };
    let mut held = 0;
    for (time, after) in [(0, 1), (50, 2), (60, 0), (70, 3)] {
        let change = update("cs_1", &time.to_string(), held, after);
        assert_eq!(store.begin(&change, &holder(), later(time)).await.unwrap(), Held::Yes);
        store.end(&change.id, End::Made).await.unwrap();
        held = after;
    }
    assert_eq!(store.lapsed(99).await.unwrap().len(), 0);
    assert_eq!(store.lapsed(100).await.unwrap(), ["cs_1"]);
    let less = update("cs_1", "less", 3, 1);
    assert_eq!(store.begin(&less, &holder(), later(100)).await.unwrap(), Held::Yes);
    store.end(&less.id, End::Made).await.unwrap();
    let more = update("cs_1", "more", 1, 2);
    assert_eq!(store.begin(&more, &holder(), later(100)).await.unwrap(), Held::Over);
}

#[cfg(unix)]
#[test]
fn only_its_owner_reads_the_file() {
    use std::os::unix::fs::PermissionsExt;

    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("new/shop.sqlite3");
    drop(Sqlite::open(&file).unwrap());
    assert_eq!(file.metadata().unwrap().permissions().mode() & 0o777, 0o600);
    drop(Sqlite::open(&file).unwrap());
}

#[tokio::test]
async fn an_update_is_written_down_with_what_it_holds_and_ends_once() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("shop.sqlite3");
    let store = Sqlite::open(&file).unwrap();
    store.stock("desk_lamp", 10).await.unwrap();
    let update = update("cs_1", "one", 0, 4);
    assert_eq!(store.begin(&update, &holder(), TERMS).await.unwrap(), Held::Yes);
    // As after a crash: another process reads what there is.
    drop(store);
    let store = Sqlite::open(&file).unwrap();
    let unfinished = store.unfinished(None).await.unwrap();
    assert_eq!((unfinished.len(), &unfinished[0].update, &unfinished[0].answer), (1, &update, &None));
    assert_eq!(store.unfinished(Some("cs_2")).await.unwrap().len(), 0);
    store.end(&update.id, End::Made).await.unwrap();
    store.end(&update.id, End::NotMade(Some(Answer::BAD_REQUEST))).await.unwrap();
    let record = store.find(&update.id).await.unwrap().unwrap();
    assert_eq!(record.answer, Some(Answer::SUCCESS));
    assert_eq!(store.left("desk_lamp").await.unwrap(), 6);

    store.settle("cs_1", vec![("desk_lamp".to_owned(), 4)]).await.unwrap();
    store.settle("cs_1", vec![("desk_lamp".to_owned(), 4)]).await.unwrap();
    assert_eq!(store.left("desk_lamp").await.unwrap(), 6);
    store.forget(1).await.unwrap();
    assert_eq!(store.find(&update.id).await.unwrap(), None);
}

#[tokio::test]
async fn a_file_of_the_first_version_is_taken_along() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("shop.sqlite3");
    let connection = rusqlite::Connection::open(&file).unwrap();
    connection.execute_batch(include_str!("../../migrations/sqlite/1.sql")).unwrap();
    let rows =
        "INSERT INTO stock VALUES ('desk_lamp', 5); INSERT INTO holds VALUES ('cs_1', 'desk_lamp', 'ada', 2, 70);
        PRAGMA user_version = 1;";
    connection.execute_batch(rows).unwrap();
    drop(connection);
    let store = Sqlite::open(&file).unwrap();
    assert_eq!(store.owner("cs_1").await.unwrap().as_deref(), Some("ada"));
    assert_eq!(store.left("desk_lamp").await.unwrap(), 3);
}

#[test]
fn a_file_of_a_newer_version_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("shop.sqlite3");
    drop(Sqlite::open(&file).unwrap());
    let connection = rusqlite::Connection::open(&file).unwrap();
    connection.pragma_update(None, "user_version", 99).unwrap();
    drop(connection);
    let error = Sqlite::open(&file).unwrap_err();
    assert_eq!(error.to_string(), "database: the file was made by a newer version");
}
