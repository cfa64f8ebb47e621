//! How many sockets there may be: by each user, from each network while nobody has signed in on them, and in all.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::hash::Hash;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::domain::id::UserId;

/// Sockets of this instance. Each is an open file of the process and a few kilobytes.
const MAX_SOCKETS: usize = 1000;
/// Sockets of a user.
const MAX_OF_USER: usize = 20;
/// Sockets from one network (an IPv4 address or a /64 of IPv6) whose first message has not come yet.
const MAX_WAITING: usize = 100;

/// Who is here.
#[derive(Clone, Default)]
pub(in crate::http) struct Places(Arc<Mutex<Taken>>);

#[derive(Default)]
struct Taken {
    all: usize,
    waiting: HashMap<IpAddr, usize>,
    users: HashMap<UserId, usize>,
}

enum Holder {
    Network(IpAddr),
    User(UserId),
}

/// The place of one socket, free again when it is dropped.
pub(super) struct Place {
    places: Places,
    holder: Holder,
}

impl Places {
    /// A place for a socket from a network, where there is one left.
    pub(super) fn take(&self, network: IpAddr) -> Option<Place> {
        let mut taken = self.lock();
        if taken.all >= MAX_SOCKETS || !add(&mut taken.waiting, network, MAX_WAITING) {
            return None;
        }
        taken.all += 1;
        Some(Place { places: self.clone(), holder: Holder::Network(network) })
    }

    fn lock(&self) -> MutexGuard<'_, Taken> {
        // Nothing in here is left half done by a panic.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Place {
    /// Makes it the user's, who has signed in on it. Says no where the user has as many as one may have.
    pub(super) fn give_to(&mut self, user: UserId) -> bool {
        let mut taken = self.places.lock();
        if !add(&mut taken.users, user, MAX_OF_USER) {
            return false;
        }
        let network = std::mem::replace(&mut self.holder, Holder::User(user));
        taken.leave(&network);
        true
    }
}

impl Taken {
    fn leave(&mut self, holder: &Holder) {
        match holder {
            Holder::Network(network) => remove(&mut self.waiting, *network),
            Holder::User(user) => remove(&mut self.users, *user),
        }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut taken = self.places.lock();
        taken.leave(&self.holder);
        taken.all = taken.all.saturating_sub(1);
    }
}

fn add<K: Eq + Hash>(counts: &mut HashMap<K, usize>, key: K, most: usize) -> bool {
    let count = counts.entry(key).or_insert(0);
    let is_room = *count < most;
    *count += usize::from(is_room);
    is_room
}

/// Counts one less; of nobody nothing is kept.
fn remove<K: Eq + Hash>(counts: &mut HashMap<K, usize>, key: K) {
    if let Entry::Occupied(mut count) = counts.entry(key) {
        *count.get_mut() -= 1;
        if *count.get() == 0 {
            count.remove();
        }
    }
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use super::*;

    const HERE: IpAddr = IpAddr::V4(Ipv4Addr::new(192, 0, 2, 1));

    #[test]
    fn a_network_waits_in_bounded_numbers_and_a_user_has_a_bounded_number() {
        let places = Places::default();
        let mut waiting: Vec<Place> = (0..MAX_WAITING).map(|_| places.take(HERE).unwrap()).collect();
        assert!(places.take(HERE).is_none());
        assert!(places.take(IpAddr::V4(Ipv4Addr::new(192, 0, 2, 2))).is_some(), "others are not kept out");
        let (one, other) = (UserId::from_bytes([1; 16]), UserId::from_bytes([2; 16]));
        let given = waiting.iter_mut().map(|place| usize::from(place.give_to(one))).sum::<usize>();
        assert_eq!(given, MAX_OF_USER);
        assert!(places.take(HERE).is_some(), "whoever has signed in waits no longer");
        assert!(waiting.last_mut().unwrap().give_to(other));
        waiting.remove(0);
        assert!(waiting.iter_mut().rev().nth(1).unwrap().give_to(one), "a place that is left is free");
        drop(waiting);
        let taken = places.lock();
        assert!(taken.all == 0 && taken.waiting.is_empty() && taken.users.is_empty());
    }

    #[test]
    fn there_is_a_bound_for_all() {
        let places = Places::default();
        let network = |number: usize| IpAddr::V4(Ipv4Addr::from_bits(u32::try_from(number / 50).unwrap()));
        let all: Vec<Place> = (0..MAX_SOCKETS).map(|number| places.take(network(number)).unwrap()).collect();
        assert!(places.take(HERE).is_none());
        drop(all);
        assert!(places.take(HERE).is_some());
    }
}
