//! Several instances on one database: what happens on one is told by all.

use std::collections::BTreeSet;
use std::time::Duration;

use serde_json::{Value, json};

use super::{AUDIT_EVENT, FILE_DOWNLOADED, FILE_SHARED, download, share};
use crate::harness::TestApp;
use crate::harness::client::{Client, SHARE};
use crate::harness::documents::docx;
use crate::harness::socket::{Heard, Socket, event_id};
use crate::harness::surreal_server::{self, SurrealServer};
use crate::sharing::RENAME;
use crate::survival::dice::Dice;

/// Two instances, each with a folder of its own, on one database. Their objects are apart: what is uploaded on one is
/// downloaded there.
struct Installation {
    one: TestApp,
    other: TestApp,
}

impl Installation {
    async fn on(database: &SurrealServer) -> Self {
        let builder = || {
            TestApp::builder()
                .with("DATABASE__URL", &database.url())
                .with("DATABASE__USERNAME", surreal_server::USER)
                .with("DATABASE__PASSWORD", surreal_server::PASSWORD)
                .with("RATE_LIMITS__ENABLED", "false")
        };
        let one = builder().start().await;
        let keys = one.data_dir().join("keys");
        let other = builder()
            .with("KEYS__FILE", &keys.to_string_lossy())
            // Tokens say who has issued them.
            .with("SERVER__PUBLIC_URL", &one.base_url)
            .start()
            .await;
        Self { one, other }
    }

    /// Somebody on the other instance.
    fn on_other(&self, client: &Client) -> Client {
        Client { base_url: self.other.base_url.clone(), ..client.clone() }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_happens_on_one_is_told_by_both_once() {
    let database = SurrealServer::start("memory").await;
    let both = Installation::on(&database).await;
    let (olga, carl) = (both.one.ops("olga").await, both.one.client("carl").await);
    let mut sockets = Vec::new();
    for (client, query) in [(&carl, FILE_SHARED), (&olga, FILE_DOWNLOADED)] {
        for client in [client.clone(), both.on_other(client)] {
            let mut socket = Socket::of(&client).await;
            socket.watch("1", query).await;
            sockets.push(socket);
        }
    }
    for name in ["first.docx", "second.docx"] {
        let (file, shared) = share(&olga, name, "carl@example.com").await;
        for socket in &mut sockets[..2] {
            assert_eq!(socket.event("1").await["data"]["fileShared"]["id"], shared["id"]);
        }
        download(&carl, &file).await;
        for socket in &mut sockets[2..] {
            assert_eq!(socket.event("1").await["data"]["fileDownloaded"]["share"]["id"], shared["id"]);
        }
    }
    // And the other way round.
    let olga = both.on_other(&olga);
    let (_, shared) = share(&olga, "third.docx", "carl@example.com").await;
    for socket in &mut sockets[..2] {
        assert_eq!(socket.event("1").await["data"]["fileShared"]["id"], shared["id"]);
    }
}

/// One subscriber with a bad connection, and all that it has been told.
struct Listener {
    query: &'static str,
    pointer: &'static str,
    homes: [Client; 2],
    mark: String,
    told: Vec<String>,
}

impl Listener {
    /// Listens until it has been told of `count` things, while it goes away at random moments and comes back to either
    /// instance.
    async fn listen(mut self, count: usize, mut dice: Dice) -> Vec<String> {
        while self.told.len() < count {
            let home = if dice.below(2) == 0 { &self.homes[0] } else { &self.homes[1] };
            let mut socket = Socket::of(home).await;
            socket.subscribe("1", self.query, json!({"after": self.mark})).await;
            let moment = Duration::from_millis(dice.below(300));
            // In the middle of whatever is on the line.
            let _cut_or_not = tokio::time::timeout(moment, async {
                while self.told.len() < count {
                    let Heard::Message(message) = socket.hear().await else { panic!("it is closed") };
                    assert_eq!(message["type"], "next", "{message}");
                    self.mark = event_id(&message["payload"]);
                    let id = message["payload"]["data"].pointer(self.pointer).unwrap();
                    self.told.push(id.as_str().unwrap().to_owned());
                }
            })
            .await;
        }
        self.told.sort_unstable();
        self.told
    }
}

/// The ids of all acts.
async fn acts(ada: &Client) -> BTreeSet<String> {
    let query = "query($after: String) { auditEvents(first: 100, after: $after) {
        nodes { id } pageInfo { endCursor hasNextPage } } }";
    let (mut ids, mut after) = (BTreeSet::new(), Value::Null);
    loop {
        let data = ada.data(query, json!({"after": after})).await["auditEvents"].take();
        ids.extend(data["nodes"].as_array().unwrap().iter().map(|node| node["id"].as_str().unwrap().to_owned()));
        after = data["pageInfo"]["endCursor"].clone();
        if data["pageInfo"]["hasNextPage"] == false {
            return ids;
        }
    }
}

/// The mark of the first event that a share with Carl causes, and the event.
async fn mark_of(client: &Client, query: &str, owner: &Client) -> (String, Value) {
    let mut socket = Socket::of(client).await;
    socket.watch("1", query).await;
    share(owner, "mark.docx", "carl@example.com").await;
    let mut event = socket.event("1").await;
    (event_id(&event), event["data"].take())
}

/// Uploads, shares with Carl, renames; answers the shares.
async fn be_busy(owner: Client) -> Vec<String> {
    let mut shares = Vec::new();
    for number in 0..FILES {
        let (file, shared) = share(&owner, &format!("{number}.docx"), "carl@example.com").await;
        shares.push(shared["id"].as_str().unwrap().to_owned());
        for round in 0..RENAMES {
            owner.data(RENAME, json!({"id": file["id"], "name": format!("{number}-{round}.docx")})).await;
        }
    }
    shares
}

const OWNERS: usize = 4;
const FILES: usize = 8;
const RENAMES: usize = 8;

/// Both instances are busy, and everybody's connection is bad.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn under_load_and_over_broken_connections_each_event_is_told_exactly_once() {
    let mut dice = Dice::throw();
    let database = SurrealServer::start("memory").await;
    let both = Installation::on(&database).await;
    let (ada, carl) = (both.one.admin("ada").await, both.one.client("carl").await);
    let mut owners = Vec::new();
    for number in 0..OWNERS {
        let owner = both.one.ops(&format!("olga{number}")).await;
        owners.push(if number % 2 == 0 { owner } else { both.on_other(&owner) });
    }
    // Behind the first event of each: for Carl the second mark's share and all later ones, for Ada the second mark's share and
    // all later acts.
    let (of_carl, _) = mark_of(&carl, FILE_SHARED, &owners[0]).await;
    let mut known = acts(&ada).await;
    let (of_ada, first) = mark_of(&ada, AUDIT_EVENT, &owners[0]).await;
    known.insert(first["auditEvent"]["id"].as_str().unwrap().to_owned());
    let listener = |client: &Client, query, pointer, mark| {
        let homes = [client.clone(), both.on_other(client)];
        Listener { query, pointer, homes, mark, told: Vec::new() }
    };
    let to_carl = listener(&carl, FILE_SHARED, "/fileShared/id", of_carl);
    let to_ada = listener(&ada, AUDIT_EVENT, "/auditEvent/id", of_ada);

    let carl_hears = tokio::spawn(to_carl.listen(OWNERS * FILES + 1, dice.fork()));
    let ada_hears = tokio::spawn(to_ada.listen(OWNERS * FILES * (2 + RENAMES) + 1, dice.fork()));
    let mut shares = Vec::new();
    for work in owners.into_iter().map(|owner| tokio::spawn(be_busy(owner))).collect::<Vec<_>>() {
        shares.extend(work.await.unwrap());
    }
    let told = ada_hears.await.unwrap();
    let expected: Vec<String> = acts(&ada).await.into_iter().filter(|id| !known.contains(id)).collect();
    assert_eq!(told, expected);
    let told = carl_hears.await.unwrap();
    assert!(told.windows(2).all(|pair| pair[0] != pair[1]), "{told:?}");
    assert!(shares.iter().all(|share| told.contains(share)), "{told:?}");
}

/// While the database is away nothing can be told; when it is back, everything is.
#[tokio::test(flavor = "multi_thread")]
async fn subscribers_outlast_a_database_that_goes_away() {
    let folder = tempfile::tempdir().unwrap();
    let mut database = SurrealServer::start(&format!("surrealkv://{}", folder.path().join("db").display())).await;
    let both = Installation::on(&database).await;
    let (olga, carl) = (both.one.ops("olga").await, both.one.client("carl").await);
    let mut sockets = [Socket::of(&carl).await, Socket::of(&both.on_other(&carl)).await];
    for socket in &mut sockets {
        socket.watch("1", FILE_SHARED).await;
    }
    let file = olga.upload("report.docx", &docx("report", &[])).await;
    database.kill();
    let input = json!({"fileId": file["id"], "recipients": ["carl@example.com"]});
    assert_eq!(olga.code(SHARE, json!({"input": input})).await, "UNAVAILABLE");
    let _database = database.restart().await;
    // The connection comes back by itself, within a second or two.
    let mut shared = olga.send(SHARE, json!({"input": input})).await;
    for _ in 0..60 {
        if shared.code().is_empty() {
            break;
        }
        shared = olga.send(SHARE, json!({"input": input})).await;
    }
    let shared = shared.data()["share"]["shares"][0]["id"].clone();
    for socket in &mut sockets {
        assert_eq!(socket.event("1").await["data"]["fileShared"]["id"], shared);
    }
}
