//! The store alone: what two servers on one file may not do to each other.

use checkout_updates_server::answer::Answer;
use checkout_updates_server::store::{End, Held, HoldChange, Sqlite, Store, Update, UpdateId};

fn update(session: &str, key: &str, before: u32, after: u32) -> Update {
    let [visitor, session, endpoint, key] = ["visitor", session, "setQuantity", key].map(str::to_owned);
    Update {
        id: UpdateId { visitor, session, endpoint, key },
        intent: "hash".to_owned(),
        request: Some("a=b".to_owned()),
        stripe_key: "key".to_owned(),
        holds: vec![HoldChange { product: "desk_lamp".to_owned(), before, after }],
    }
}

#[tokio::test]
async fn two_servers_on_one_file_hold_no_more_than_there_is() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("shop.sqlite3");
    let stores = [Sqlite::open(&file).unwrap(), Sqlite::open(&file).unwrap()];
    for store in &stores {
        store.stock("desk_lamp", 10).await.unwrap();
    }
    assert_eq!(stores[0].key().await.unwrap(), stores[1].key().await.unwrap());
    let mut holds = tokio::task::JoinSet::new();
    for number in 0..60 {
        let store = stores[number % 2].clone();
        holds.spawn(async move {
            let update = update(&format!("cs_{number}"), "one", 0, 1);
            store.begin(&update, 0, 100).await.unwrap() == Held::Yes
        });
    }
    let held = holds.join_all().await;
    assert_eq!(held.iter().filter(|held| **held).count(), 10);
    assert_eq!(stores[0].left("desk_lamp").await.unwrap(), 0);
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
    assert_eq!(store.begin(&update, 0, 100).await.unwrap(), Held::Yes);
    // As after a crash: another process reads what there is.
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
