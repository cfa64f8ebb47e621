//! Accounts that lose their rights, and what races with that.

use strongroom::domain::event::Actor;
use strongroom::domain::id::UserId;
use strongroom::domain::role::Role;
use strongroom::domain::share::Audience;
use strongroom::domain::user::User;
use strongroom::store::administration::Act;
use strongroom::store::winding_up::{Kind, WindingUp};
use strongroom::store::{Error, Guard, List, Store};

use super::both;
use crate::harness::database::TestDatabase;
use crate::harness::rows::{event, known, moment, new_share, stored_file, user};

const ROUNDS: usize = 25;

fn work(user: UserId, kind: Kind, new_owner: Option<UserId>) -> WindingUp {
    WindingUp { user, kind, new_owner, actor: Actor::System, address: None, due_at: moment(60) }
}

async fn admin(store: &Store) -> User {
    let id = known(store, Role::Admin).await;
    User { id, ..user("admin@example.com", Role::Admin) }
}

async fn set_role(store: &Store, by: &User, on: UserId, role: Role) -> Result<(), Error> {
    let act = Act { by, on, event: &event(), mails: &[] };
    store.set_role(act, role, &work(on, Kind::Grants, None)).await
}

async fn begin(store: &Store, by: &User, work: &WindingUp) -> Result<(), Error> {
    store.begin_winding_up(Act { by, on: work.user, event: &event(), mails: &[] }, work).await
}

/// Shares that nobody would end would come back with the role.
pub async fn a_share_with_whoever_stops_being_a_client_is_refused_or_ended(database: &TestDatabase) {
    let store = database.open().await;
    let (owner, admin) = (known(&store, Role::Ops).await, admin(&store).await);
    for _ in 0..ROUNDS {
        let client = known(&store, Role::Client).await;
        let file = stored_file(&store, owner, "raced.docx").await;
        let (sharing, changing, by) = (store.clone(), store.clone(), admin.clone());
        let new = new_share(owner, Audience::Client(client));
        let (shared, changed) = both(async move { sharing.put_shares(&file, &[new], moment(0)).await }, async move {
            set_role(&changing, &by, client, Role::Ops).await
        })
        .await;
        changed.unwrap();
        assert!(matches!(shared, Ok(_) | Err(Error::Refused(Guard::RecipientGone))), "{shared:?}");
        let left = store.count_files_shared_with(client).await.unwrap();
        let begun = store.find_due_winding_up(moment(60)).await.unwrap();
        let is_ended = begun.iter().any(|work| work.user == client);
        assert_eq!((left, is_ended), (u64::from(shared.is_ok()), shared.is_ok()));
        if let Ok(shares) = shared {
            let work = work(client, Kind::Grants, None);
            let early = store.end_winding_up(&work).await;
            assert!(matches!(early, Err(Error::Refused(Guard::OwnsFiles))), "there is something left to do: {early:?}");
            store.end_shares_with(&work, &[(shares[0].clone(), event())]).await.unwrap();
            store.end_winding_up(&work).await.unwrap();
        }
    }
}

pub async fn work_that_was_ended_is_not_gone_on_with(database: &TestDatabase) {
    let store = database.open().await;
    let (from, to) = (known(&store, Role::Ops).await, known(&store, Role::Ops).await);
    let by = admin(&store).await;
    let gift = work(from, Kind::Files, Some(to));
    begin(&store, &by, &gift).await.unwrap();
    assert_eq!(store.end_winding_up(&gift).await.unwrap(), 0);
    let late = stored_file(&store, from, "late.docx").await;
    for refused in [
        store.move_files(&gift, to, &[(late.clone(), event())]).await,
        store.delete_files_of(&gift, &[(late.clone(), event())]).await,
        store.end_winding_up(&gift).await.map(|_| ()),
    ] {
        assert!(matches!(refused, Err(Error::Refused(Guard::WorkGone))), "{refused:?}");
    }
    assert_eq!(store.find_file(late.id).await.unwrap(), Some(late));
    assert_eq!(store.count_files(&List::FilesOf(from.key())).await.unwrap(), 1);
}

/// Two gifts in opposite directions would go round for ever.
pub async fn nobody_gives_files_away_and_gets_some_at_once(database: &TestDatabase) {
    let store = database.open().await;
    // Two who act, since one cannot act twice at once.
    let (by, deputy) = (admin(&store).await, admin(&store).await);
    for _ in 0..ROUNDS {
        let (one, other) = (known(&store, Role::Ops).await, known(&store, Role::Ops).await);
        let there = work(one, Kind::Files, Some(other));
        let back = work(other, Kind::Files, Some(one));
        let (first, second, by_one, by_other) = (store.clone(), store.clone(), by.clone(), deputy.clone());
        let (gift, its_return) = (there.clone(), back.clone());
        let (there_begun, back_begun) = both(async move { begin(&first, &by_one, &gift).await }, async move {
            begin(&second, &by_other, &its_return).await
        })
        .await;
        let begun = [&there_begun, &back_begun].into_iter().filter(|begun| begun.is_ok()).count();
        assert_eq!(begun, 1, "{there_begun:?} {back_begun:?}");
        for busy in [one, other] {
            let refused = set_role(&store, &by, busy, Role::Client).await;
            assert!(matches!(refused, Err(Error::Refused(Guard::AccountBusy))), "{refused:?}");
        }
        store.end_winding_up(if there_begun.is_ok() { &there } else { &back }).await.unwrap();
    }
}

pub async fn the_last_admin_is_not_lost_by_two_at_once(database: &TestDatabase) {
    let store = database.open().await;
    let mut left = admin(&store).await;
    for _ in 0..ROUNDS {
        let other = admin(&store).await;
        let demote = |by: User| {
            let store = store.clone();
            async move { set_role(&store, &by, by.id, Role::Client).await }
        };
        let (first, second) = both(demote(left.clone()), demote(other.clone())).await;
        assert_ne!(first.is_ok(), second.is_ok(), "{first:?} {second:?}");
        if first.is_ok() {
            left = other;
        }
        for kept in [first, second].into_iter().filter_map(Result::err) {
            assert!(matches!(kept, Error::Refused(Guard::LastAdmin)), "{kept:?}");
        }
        assert_eq!(store.count_users(Role::Admin).await.unwrap(), 1);
        let refused = store.disable_user(Act { by: &left, on: left.id, event: &event(), mails: &[] }).await;
        assert!(matches!(refused, Err(Error::Refused(Guard::LastAdmin))), "{refused:?}");
    }
}
