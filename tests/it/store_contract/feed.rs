//! The feed: every event has a place, places follow the order of commits, and none is left out.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};
use strongroom::domain::event::Event;
use strongroom::domain::feed::{FeedPosition, SHARDS};
use strongroom::domain::id::UserId;
use strongroom::domain::role::Role;
use strongroom::store::{List, Scan, Store};

use crate::harness::database::TestDatabase;
use crate::harness::rows::{event, known, new_session};

const WRITERS: usize = 12;
const ACTS: usize = 25;

/// Everything up to this moment, behind `place`, which moves on.
async fn read_all(store: &Store, place: &mut FeedPosition) -> Vec<Event> {
    let until = store.find_feed_position().await.unwrap();
    let mut events = Vec::new();
    while !place.behind(&until).is_empty() {
        let page = store.read_feed(place, &until, 40).await.unwrap();
        for entry in page.entries {
            place.advance(entry.shard, entry.number);
            events.push(entry.event);
        }
        assert!(
            page.reached.behind(place).is_empty() && place.behind(&page.reached).is_empty(),
            "no number is missing"
        );
    }
    events
}

async fn write(store: Store, user: UserId, writer: usize, left: Arc<AtomicUsize>) {
    for number in 0..ACTS {
        let session = new_session(user, &format!("{writer} {number}"));
        let event = Event { object: writer.to_string(), detail: number.to_string(), ..event() };
        store.create_session(&session, &event).await.unwrap();
    }
    left.fetch_sub(1, Ordering::SeqCst);
}

pub async fn whoever_reads_while_others_write_misses_nothing(database: &TestDatabase) {
    let store = database.open().await;
    // Where that is possible, another instance writes too.
    let other = if let TestDatabase::Remote(_) = database { database.open().await } else { store.clone() };
    let user = known(&store, Role::Client).await;
    let mut place = store.find_feed_position().await.unwrap();
    let left = Arc::new(AtomicUsize::new(WRITERS));
    let writing: Vec<_> = (0..WRITERS)
        .map(|writer| {
            let store = if writer % 2 == 0 { store.clone() } else { other.clone() };
            tokio::spawn(write(store, user, writer, Arc::clone(&left)))
        })
        .collect();
    let mut seen: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    let mut looks = 0;
    loop {
        let are_done = left.load(Ordering::SeqCst) == 0;
        for event in read_all(&store, &mut place).await {
            seen.entry(event.object.parse().unwrap()).or_default().push(event.detail.parse().unwrap());
        }
        looks += 1;
        // Whatever one writer did, it did one after the other: what is seen is always a beginning.
        for (writer, numbers) in &mut seen {
            numbers.sort_unstable();
            assert!(numbers.iter().copied().eq(0..numbers.len()), "{writer}: {numbers:?}");
        }
        if are_done {
            break;
        }
    }
    for writing in writing {
        writing.await.unwrap();
    }
    assert!(seen.len() == WRITERS && seen.values().all(|numbers| numbers.len() == ACTS), "{seen:?}");
    assert!(looks > 3, "nobody read while they wrote");
    store.close().await;
}

/// Events that an earlier program has written stay where they are: in the audit, and not in the feed.
#[tokio::test(flavor = "multi_thread")]
async fn events_from_before_the_feed_are_told_to_nobody() {
    let mut statements = "DEFINE TABLE migration SCHEMALESS;".to_owned();
    for (name, text) in [
        ("0001_main_job", include_str!("../../../schema/migrations/0001_main_job.surql")),
        ("0002_accounts", include_str!("../../../schema/migrations/0002_accounts.surql")),
        ("0003_outbox", include_str!("../../../schema/migrations/0003_outbox.surql")),
        ("0005_administration", include_str!("../../../schema/migrations/0005_administration.surql")),
    ] {
        let checksum = HEXLOWER.encode(&Sha256::digest(text.as_bytes()));
        statements += &format!("CREATE migration:{name} SET name = '{name}', checksum = '{checksum}'; {text}");
    }
    let old = event();
    statements += &format!(
        "CREATE type::record('event', '{}') SET at = {}, action = 'file.uploaded', actor = 'system', object = 'old',
             address = '', detail = '', newest = 'a', oldest = 'b';",
        old.id.key(),
        old.at.as_millis()
    );
    let database = TestDatabase::disk().await;
    database.tamper(&statements).await;
    let store = database.open().await;
    assert_eq!(store.find_feed_position().await.unwrap(), FeedPosition::default());
    known(&store, Role::Client).await;
    let mut place = FeedPosition::default();
    let told = read_all(&store, &mut place).await;
    assert_eq!((told.len(), told[0].object.as_str()), (1, ""), "only what was done since");
    assert_eq!((0..SHARDS).map(|shard| place.of(shard)).sum::<u64>(), 1);
    let scan = Scan { list: List::Events, key_field: "oldest", after: String::new(), limit: 10 };
    let listed = store.scan_events(&scan).await.unwrap();
    assert_eq!(listed.iter().filter(|listed| listed.item.object == "old").count(), 1);
    assert_eq!((listed.len(), store.count_events().await.unwrap()), (2, 2));
    store.close().await;
}
