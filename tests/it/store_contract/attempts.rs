//! Tries are counted once each, by however many instances.

use strongroom::store::attempt::{Counter, Rule};

use super::at_once;
use crate::harness::database::TestDatabase;
use crate::harness::rows::moment;

fn counter(key: &str, free: u32) -> Counter {
    let rule = Rule { free, first_delay_seconds: 1, longest_delay_seconds: 10, forget_one_seconds: 60 };
    Counter { key: key.to_owned(), rule }
}

pub async fn tries_at_once_are_all_counted(database: &TestDatabase) {
    let store = database.open().await;
    // Another instance, where there can be one.
    let other = if matches!(database, TestDatabase::Remote(_)) { database.open().await } else { store.clone() };
    let tries = (0..20).map(|number| {
        let store = if number % 2 == 0 { store.clone() } else { other.clone() };
        async move { store.reserve_attempt(&[counter("pair", 3), counter("all", 100)], None, moment(0)).await }
    });
    let answers: Vec<_> = at_once(tries).await.into_iter().map(Result::unwrap).collect();
    let let_through = answers.iter().filter(|until| until.is_none()).count();
    assert_eq!(let_through, 4, "three are free, and the next one blocks");
    assert!(answers.iter().flatten().all(|until| *until == moment(1)), "{answers:?}");
    assert_eq!(store.find_block("pair", moment(0)).await.unwrap(), Some(moment(1)));
    assert_eq!(store.find_block("pair", moment(1)).await.unwrap(), None);
    assert_eq!(store.find_block("all", moment(0)).await.unwrap(), None);
    // Those that were not let through have counted nowhere: 96 more of the hundred are free, and one blocks.
    for number in 0..97 {
        let until = store.reserve_attempt(&[counter("all", 100)], None, moment(0)).await.unwrap();
        assert_eq!(until, None, "{number}");
    }
    assert_eq!(store.reserve_attempt(&[counter("all", 100)], None, moment(0)).await.unwrap(), Some(moment(1)));
    store.close().await;
}

pub async fn a_free_try_blocks_nobody_whose_clock_is_behind(database: &TestDatabase) {
    let store = database.open().await;
    for seconds in [20, 10, 0] {
        let until = store.reserve_attempt(&[counter("pair", 3)], None, moment(seconds)).await.unwrap();
        assert_eq!(until, None, "at {seconds}");
    }
    assert_eq!(store.reserve_attempt(&[counter("pair", 3)], None, moment(20)).await.unwrap(), None, "which blocks");
    assert_eq!(store.reserve_attempt(&[counter("pair", 3)], None, moment(0)).await.unwrap(), Some(moment(21)));
    store.close().await;
}

pub async fn a_try_that_is_given_back_was_never_made(database: &TestDatabase) {
    let store = database.open().await;
    let (pair, account) = (counter("pair", 2), counter("account", 2));
    let both = [pair.clone(), account.clone()];
    for _ in 0..10 {
        assert_eq!(store.reserve_attempt(&both, None, moment(0)).await.unwrap(), None);
        store.give_attempt_back(&both).await.unwrap();
    }
    for _ in 0..3 {
        assert_eq!(store.reserve_attempt(&both, None, moment(0)).await.unwrap(), None);
    }
    assert_eq!(store.reserve_attempt(&both, None, moment(0)).await.unwrap(), Some(moment(1)));

    // A good one clears the pair and remembers; the account still blocks, and not whoever is remembered.
    store.settle_attempt("pair", &[], Some(("known", moment(500))), moment(0)).await.unwrap();
    assert_eq!(store.find_block("pair", moment(0)).await.unwrap(), None);
    assert_eq!(store.reserve_attempt(&both, Some("unknown"), moment(0)).await.unwrap(), Some(moment(1)));
    assert_eq!(store.reserve_attempt(&both, Some("known"), moment(0)).await.unwrap(), None);
    for _ in 0..2 {
        assert_eq!(store.reserve_attempt(&both, Some("known"), moment(0)).await.unwrap(), None);
    }
    assert_eq!(store.reserve_attempt(&both, Some("known"), moment(0)).await.unwrap(), Some(moment(1)), "by the pair");

    store.count_attempt(&counter("flood", 0), moment(0)).await.unwrap();
    assert_eq!(store.find_block("flood", moment(0)).await.unwrap(), Some(moment(1)));
    assert!(store.sweep_expired(moment(499)).await.unwrap() >= 3, "what is forgotten is swept");
    assert_eq!(store.sweep_expired(moment(500)).await.unwrap(), 1, "and in the end what was remembered");
    store.close().await;
}

pub async fn delays_grow_and_are_forgotten(database: &TestDatabase) {
    let store = database.open().await;
    let one = [counter("one", 2)];
    let (mut now, mut delays) = (0, Vec::new());
    for _ in 0..9 {
        assert_eq!(store.reserve_attempt(&one, None, moment(now)).await.unwrap(), None);
        let until = store.find_block("one", moment(now)).await.unwrap();
        let delay = until.map_or(0, |until| (until.as_millis() - moment(now).as_millis()) / 1000);
        delays.push(delay);
        now += u64::try_from(delay).unwrap();
    }
    assert_eq!(delays, [0, 0, 1, 2, 4, 8, 10, 10, 10]);
    // Seven are remembered; after five minutes two of them, so the next one makes three.
    now += 5 * 60;
    assert_eq!(store.reserve_attempt(&one, None, moment(now)).await.unwrap(), None);
    assert_eq!(store.find_block("one", moment(now)).await.unwrap(), Some(moment(now + 1)));
    now += 100 * 60;
    for _ in 0..2 {
        assert_eq!(store.reserve_attempt(&one, None, moment(now)).await.unwrap(), None);
        assert_eq!(store.find_block("one", moment(now)).await.unwrap(), None, "all is forgotten");
    }
    store.close().await;
}
