//! An ordered map that clones share piece by piece: a change copies one piece and the list of pieces, never all entries.

use std::sync::Arc;

/// Entries of one piece at most: what a change after a clone copies.
const PIECE_MAX: usize = 64;
/// Two neighbours with no more entries than this become one piece, so that what is left of many is not many pieces.
const PIECES_JOIN: usize = PIECE_MAX / 2;

type Piece<K, V> = Arc<Vec<(K, V)>>;

/// An ordered map; a clone costs nothing and is not changed by what follows.
#[derive(Debug, Clone)]
pub struct Shared<K, V> {
    /// Ascending, none of them empty.
    pieces: Arc<Vec<Piece<K, V>>>,
    len: usize,
}

impl<K, V> Default for Shared<K, V> {
    fn default() -> Self {
        Self { pieces: Arc::default(), len: 0 }
    }
}

impl<K, V> Shared<K, V> {
    /// How many entries there are.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// All entries, by key.
    pub fn iter(&self) -> Iter<'_, K, V> {
        Iter { pieces: self.pieces.iter(), piece: [].iter() }
    }

    /// All keys, ascending.
    pub fn keys(&self) -> impl Iterator<Item = &K> + Clone {
        self.iter().map(|(key, _)| key)
    }

    /// All values, by key.
    pub fn values(&self) -> impl Iterator<Item = &V> + Clone {
        self.iter().map(|(_, value)| value)
    }

    /// Entries from the first key that is not `below`; what is below comes before all that is not.
    pub fn iter_from(&self, below: impl Fn(&K) -> bool) -> Iter<'_, K, V> {
        let first = self.pieces.partition_point(|piece| piece.last().is_some_and(|(key, _)| below(key)));
        let mut pieces = self.pieces[first..].iter();
        let piece =
            pieces.next().map_or(&[][..], |piece| &piece[piece.partition_point(|(key, _)| below(key))..]);
        Iter { pieces, piece: piece.iter() }
    }
}

impl<K: Ord, V> Shared<K, V> {
    /// The value of a key.
    pub fn get(&self, key: &K) -> Option<&V> {
        let piece = &self.pieces[self.piece_of(key)?];
        piece.binary_search_by(|(other, _)| other.cmp(key)).ok().map(|at| &piece[at].1)
    }

    /// Whether the key is there.
    pub fn contains_key(&self, key: &K) -> bool {
        self.get(key).is_some()
    }

    /// The piece in which a key lies if it is there: the last one that begins at or before it.
    fn piece_of(&self, key: &K) -> Option<usize> {
        self.pieces
            .partition_point(|piece| piece.first().is_some_and(|(first, _)| first <= key))
            .checked_sub(1)
    }
}

impl<K: Ord + Clone, V: Clone> Shared<K, V> {
    /// Sets the value of a key and returns what it was.
    pub fn insert(&mut self, key: K, value: V) -> Option<V> {
        let at = self.piece_of(&key);
        let pieces = Arc::make_mut(&mut self.pieces);
        let Some(piece) = pieces.get_mut(at.unwrap_or(0)) else {
            pieces.push(Arc::new(vec![(key, value)]));
            self.len = 1;
            return None;
        };
        let at = at.unwrap_or(0);
        let entries = Arc::make_mut(piece);
        match entries.binary_search_by(|(other, _)| other.cmp(&key)) {
            Ok(found) => return Some(std::mem::replace(&mut entries[found].1, value)),
            Err(place) if entries.len() < PIECE_MAX => entries.insert(place, (key, value)),
            // Entries that come in order, as they are stored, fill their pieces.
            Err(PIECE_MAX) => pieces.insert(at + 1, Arc::new(vec![(key, value)])),
            Err(place) => {
                let mut upper = entries.split_off(PIECE_MAX / 2);
                match place.checked_sub(PIECE_MAX / 2) {
                    Some(place) => upper.insert(place, (key, value)),
                    None => entries.insert(place, (key, value)),
                }
                pieces.insert(at + 1, Arc::new(upper));
            }
        }
        self.len += 1;
        None
    }

    /// The value of a key, to be changed: what clones share of it is copied.
    pub fn get_mut(&mut self, key: &K) -> Option<&mut V> {
        let at = self.piece_of(key)?;
        let found = self.pieces[at].binary_search_by(|(other, _)| other.cmp(key)).ok()?;
        let piece = &mut Arc::make_mut(&mut self.pieces)[at];
        Some(&mut Arc::make_mut(piece)[found].1)
    }

    /// Removes a key and returns its value.
    pub fn remove(&mut self, key: &K) -> Option<V> {
        let at = self.piece_of(key)?;
        let found = self.pieces[at].binary_search_by(|(other, _)| other.cmp(key)).ok()?;
        let pieces = Arc::make_mut(&mut self.pieces);
        let (_, value) = Arc::make_mut(&mut pieces[at]).remove(found);
        self.len -= 1;
        if pieces[at].is_empty() {
            pieces.remove(at);
        } else {
            Self::join(pieces, at);
            if let Some(before) = at.checked_sub(1) {
                Self::join(pieces, before);
            }
        }
        Some(value)
    }

    /// Makes one piece of this one and the next, if both are small.
    fn join(pieces: &mut Vec<Piece<K, V>>, at: usize) {
        let small = |next: &Piece<K, V>| pieces[at].len() + next.len() <= PIECES_JOIN;
        if pieces.get(at + 1).is_some_and(small) {
            let next = pieces.remove(at + 1);
            Arc::make_mut(&mut pieces[at]).extend(next.iter().cloned());
        }
    }
}

impl<K: PartialEq, V: PartialEq> PartialEq for Shared<K, V> {
    fn eq(&self, other: &Self) -> bool {
        self.len == other.len && self.iter().eq(other.iter())
    }
}

impl<'a, K, V> IntoIterator for &'a Shared<K, V> {
    type Item = (&'a K, &'a V);
    type IntoIter = Iter<'a, K, V>;

    fn into_iter(self) -> Iter<'a, K, V> {
        self.iter()
    }
}

/// Entries in the order of their keys.
#[derive(Debug)]
pub struct Iter<'a, K, V> {
    pieces: std::slice::Iter<'a, Piece<K, V>>,
    piece: std::slice::Iter<'a, (K, V)>,
}

impl<K, V> Clone for Iter<'_, K, V> {
    fn clone(&self) -> Self {
        Self { pieces: self.pieces.clone(), piece: self.piece.clone() }
    }
}

impl<'a, K, V> Iterator for Iter<'a, K, V> {
    type Item = (&'a K, &'a V);

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some((key, value)) = self.piece.next() {
                return Some((key, value));
            }
            self.piece = self.pieces.next()?.iter();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    fn well_formed(map: &Shared<u16, u32>) -> bool {
        let sizes: Vec<usize> = map.pieces.iter().map(|piece| piece.len()).collect();
        sizes.iter().all(|size| (1..=PIECE_MAX).contains(size)) && sizes.iter().sum::<usize>() == map.len()
    }

    fn filled(count: u16) -> Shared<u16, u32> {
        let mut map = Shared::default();
        for key in 0..count {
            map.insert(key, 0);
        }
        map
    }

    #[test]
    fn what_is_left_of_many_is_not_many_pieces() {
        let mut map = filled(20_000);
        for key in (0..20_000).filter(|key| key % 40 > 0) {
            map.remove(&key);
        }
        assert!(map.len() == 500 && map.pieces.len() <= 2 * 500 / PIECES_JOIN + 1, "{}", map.pieces.len());
    }

    #[test]
    fn a_change_after_a_clone_copies_one_piece() {
        let mut map = filled(10_000);
        let clone = map.clone();
        map.insert(5_000, 1);
        map.remove(&5_001);
        let shared =
            map.pieces.iter().filter(|piece| clone.pieces.iter().any(|other| Arc::ptr_eq(piece, other)));
        assert_eq!(shared.count(), map.pieces.len() - 1);
        assert_eq!((clone.get(&5_000), clone.get(&5_001)), (Some(&0), Some(&0)));
    }

    proptest! {
        #[test]
        fn it_is_an_ordered_map_and_its_clones_stay_as_they_were(
            changes in prop::collection::vec((any::<bool>(), 0..600u16, any::<u32>()), 0..900),
            bounds in prop::collection::vec(0..601u16, 4),
        ) {
            let (mut map, mut model) = (Shared::default(), BTreeMap::new());
            let mut kept = (map.clone(), model.clone());
            for (step, (adds, key, value)) in changes.into_iter().enumerate() {
                // Twice as many come as go: pieces split and join.
                if step % 7 == 0 {
                    let changed = map.get_mut(&key).map(|known| std::mem::replace(known, value));
                    prop_assert_eq!(changed, model.get_mut(&key).map(|known| std::mem::replace(known, value)));
                } else if adds || step % 3 == 0 {
                    prop_assert_eq!(map.insert(key, value), model.insert(key, value));
                } else {
                    prop_assert_eq!(map.remove(&key), model.remove(&key));
                }
                if step % 100 == 50 {
                    kept = (map.clone(), model.clone());
                }
            }
            for (map, model) in [(&map, &model), (&kept.0, &kept.1)] {
                prop_assert!(well_formed(map));
                prop_assert!(map.iter().eq(model.iter()));
                prop_assert!((0..600).all(|key| map.get(&key) == model.get(&key)));
                for bound in &bounds {
                    prop_assert!(map.iter_from(|key| key < bound).eq(model.range(bound..)));
                }
            }
        }
    }
}
