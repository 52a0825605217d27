//! Where people were who are not here, as far as they are remembered: who was seen longest ago is forgotten first.

use std::collections::BTreeMap;
use thexr_wire::UserId;
use thexr_wire::pose::Pose;

/// Places remembered of people who are not here (2 MiB); above it the oldest is forgotten: they come in like new people.
const PLACES_MAX: usize = 10_000;

/// Last places, and in which order they were kept.
#[derive(Debug, Default)]
pub(crate) struct Places {
    poses: BTreeMap<UserId, (u64, Pose)>,
    order: BTreeMap<u64, UserId>,
    next: u64,
}

impl Places {
    /// Places that were kept before, the oldest first.
    pub fn open(places: Vec<(UserId, Pose)>) -> Self {
        let mut kept = Self::default();
        places.into_iter().for_each(|(user, pose)| kept.keep(&user, pose));
        kept
    }

    /// Keeps a place in favour of the oldest.
    pub fn keep(&mut self, user: &UserId, pose: Pose) {
        if let Some((before, _)) = self.poses.insert(user.clone(), (self.next, pose)) {
            self.order.remove(&before);
        }
        self.order.insert(self.next, user.clone());
        self.next += 1;
        if self.poses.len() > PLACES_MAX
            && let Some((_, oldest)) = self.order.pop_first()
        {
            self.poses.remove(&oldest);
        }
    }

    /// Where someone was.
    pub fn get(&self, user: &UserId) -> Option<Pose> {
        self.poses.get(user).map(|(_, pose)| *pose)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn user(n: usize) -> UserId {
        UserId::parse(&format!("{n:020}")).unwrap()
    }

    fn at(n: usize) -> Pose {
        Pose::standing([n as f32, 1.8, 0.0])
    }

    /// Which of these users are remembered.
    fn known(places: &Places, users: &[usize]) -> Vec<usize> {
        users.iter().copied().filter(|n| places.get(&user(*n)).is_some()).collect()
    }

    #[test]
    fn who_was_seen_longest_ago_is_forgotten_first_whatever_their_id() {
        for reversed in [false, true] {
            let id = |n: usize| if reversed { 90_000 - n } else { n };
            let mut places = Places::default();
            (0..PLACES_MAX).for_each(|n| places.keep(&user(id(n)), at(n)));
            // Seen again: no longer the oldest.
            places.keep(&user(id(0)), at(5));
            places.keep(&user(id(PLACES_MAX)), at(1));
            places.keep(&user(id(PLACES_MAX + 1)), at(1));
            let looked = [0, 1, 2, 3, PLACES_MAX, PLACES_MAX + 1].map(id);
            assert_eq!(known(&places, &looked), [0, 3, PLACES_MAX, PLACES_MAX + 1].map(id));
            assert_eq!(places.get(&user(id(0))), Some(at(5)));
            assert_eq!((places.poses.len(), places.order.len()), (PLACES_MAX, PLACES_MAX));
        }
    }

    #[test]
    fn places_kept_before_a_restart_keep_their_order() {
        let before = (0..PLACES_MAX).rev().map(|n| (user(n), at(n))).collect();
        let mut places = Places::open(before);
        places.keep(&user(PLACES_MAX), at(0));
        let looked = [PLACES_MAX - 1, PLACES_MAX - 2, 0];
        assert_eq!(known(&places, &looked), [PLACES_MAX - 2, 0]);
    }
}
