//! Which rooms the list shows: search, order, one page of them. Pure; must not know where rooms come from.

use serde::Deserialize;
use thexr_room::text::spelt;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// Rooms on one page of the list: each card carries its picture, of at most 32 KiB, so a page stays under two megabytes before compression.
pub const ROOMS_PER_PAGE: usize = 48;
/// Characters of a search that count; the rest is ignored.
pub const SEARCH_CHARS_MAX: usize = 100;

/// What the list says about a room.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoomSummary {
    /// The room's id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its description, perhaps empty.
    pub description: String,
    /// People inside now.
    pub people: u32,
    /// When it last changed, Unix milliseconds.
    pub changed_at_ms: i64,
}

/// The order of the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum RoomSort {
    /// Most people first, then most recently changed.
    #[default]
    People,
    /// Most recently changed first.
    Recent,
}

impl RoomSort {
    /// The name in the URL.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::People => "people",
            Self::Recent => "recent",
        }
    }

    fn is_recent(text: &str) -> bool {
        text == Self::Recent.as_str()
    }
}

/// Says in the list's address that a room was deleted.
pub const DELETED: &str = "deleted";

/// The list's query string: `?q=&sort=people|recent&page=&done=deleted`.
///
/// Every field is text so that a mistyped URL shows the list in its default order instead of an error.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct RoomsQuery {
    /// Words to look for in name, description and code.
    pub q: String,
    /// See [`RoomSort`]; anything unknown means `people`.
    pub sort: String,
    /// The page, from 1; anything else means 1.
    pub page: String,
    /// What just happened: [`DELETED`], or nothing.
    pub done: String,
}

impl RoomsQuery {
    /// The search, trimmed and cut to [`SEARCH_CHARS_MAX`] characters.
    pub fn search(&self) -> String {
        let typed: String = self.q.trim().chars().take(SEARCH_CHARS_MAX).collect();
        spelt(&typed)
    }

    /// A sentence on what just happened. Its words are ours: an address that anybody can make says nothing else.
    pub fn notice(&self) -> Option<String> {
        (self.done == DELETED).then(|| "The room is deleted, and everything in it.".to_owned())
    }

    /// The order.
    pub fn order(&self) -> RoomSort {
        if RoomSort::is_recent(&self.sort) { RoomSort::Recent } else { RoomSort::People }
    }
}

/// One page of the rooms that a query asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoomSelection {
    /// The rooms of this page, in order.
    pub rooms: Vec<RoomSummary>,
    /// Rooms found on all pages.
    pub found: usize,
    /// This page, from 1.
    pub page: usize,
    /// Pages in all, at least 1.
    pub pages: usize,
}

/// Finds, orders and cuts; a page beyond the last is the last.
pub fn select_rooms(rooms: Vec<RoomSummary>, query: &RoomsQuery) -> RoomSelection {
    let words: Vec<String> = folded(&query.search()).split_whitespace().map(str::to_owned).collect();
    let mut found: Vec<RoomSummary> = rooms.into_iter().filter(|room| matches(room, &words)).collect();
    found.sort_by(|a, b| {
        let recent = b.changed_at_ms.cmp(&a.changed_at_ms);
        let busy = match query.order() {
            RoomSort::People => b.people.cmp(&a.people),
            RoomSort::Recent => std::cmp::Ordering::Equal,
        };
        busy.then(recent).then_with(|| a.id.cmp(&b.id))
    });
    let pages = found.len().div_ceil(ROOMS_PER_PAGE).max(1);
    let page = query.page.parse().unwrap_or(1).clamp(1, pages);
    RoomSelection {
        found: found.len(),
        rooms: found.into_iter().skip((page - 1) * ROOMS_PER_PAGE).take(ROOMS_PER_PAGE).collect(),
        page,
        pages,
    }
}

/// A text as it is looked for: whatever its case and accents, and however these are spelt; `site.ts` does the same.
fn folded(text: &str) -> String {
    text.nfkd().filter(|character| !is_combining_mark(*character)).collect::<String>().to_lowercase()
}

fn matches(room: &RoomSummary, words: &[String]) -> bool {
    let text = folded(&format!("{}\n{}", room.name, room.description));
    words.iter().all(|word| text.contains(word) || room.id.to_lowercase() == *word)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn room(id: &str, name: &str, people: u32, changed_at_ms: i64) -> RoomSummary {
        RoomSummary { id: id.into(), name: name.into(), description: "A place".into(), people, changed_at_ms }
    }

    fn ids(q: &str, sort: &str) -> Vec<String> {
        let rooms = vec![
            room("aaaaa", "Blue Garden", 0, 30),
            room("bbbbb", "Red garden", 5, 10),
            room("ccccc", "Hall", 5, 20),
        ];
        let query = RoomsQuery { q: q.into(), sort: sort.into(), ..RoomsQuery::default() };
        select_rooms(rooms, &query).rooms.into_iter().map(|room| room.id).collect()
    }

    #[test]
    fn the_busiest_room_comes_first_and_the_recent_one_among_equals() {
        assert_eq!(ids("", "people"), ["ccccc", "bbbbb", "aaaaa"]);
        assert_eq!(ids("", "anything"), ["ccccc", "bbbbb", "aaaaa"]);
    }

    #[test]
    fn the_most_recent_room_comes_first_when_asked() {
        assert_eq!(ids("", "recent"), ["aaaaa", "ccccc", "bbbbb"]);
    }

    #[test]
    fn every_word_of_a_search_must_be_found_whatever_its_case() {
        assert_eq!(ids("  garden PLACE ", "people"), ["bbbbb", "aaaaa"]);
        assert_eq!(ids("blue hall", "people"), [""; 0]);
        assert_eq!(ids("CCCCC", "people"), ["ccccc"]);
    }

    #[test]
    fn a_search_finds_words_whatever_their_accents_on_either_side() {
        let found = |name: &str, q: &str| {
            let query = RoomsQuery { q: q.into(), ..RoomsQuery::default() };
            select_rooms(vec![room("aaaaa", name, 0, 0)], &query).found
        };
        for (name, q) in [
            ("Café Jardín", "cafe jardin"),
            ("Cafe Jardin", "CAFÉ"),
            ("Cafe\u{301}", "caf\u{e9}"),
            ("Zoë’s ｒｏｏｍ", "zoe room"),
            ("Комната ёжика", "ежика"),
        ] {
            assert_eq!(found(name, q), 1, "{q} in {name}");
        }
        assert_eq!(found("Café", "cafes"), 0);
    }

    #[test]
    fn an_address_says_that_a_room_is_deleted_in_our_words_or_nothing() {
        let notice = |done: &str| RoomsQuery { done: done.into(), ..RoomsQuery::default() }.notice();
        assert!(notice("deleted").is_some_and(|words| words.contains("deleted")));
        assert_eq!((notice(""), notice("<b>hacked</b>")), (None, None));
    }

    #[test]
    fn a_page_beyond_the_last_is_the_last() {
        let rooms: Vec<_> = (0..100).map(|n| room(&format!("r{n:04}"), "Room", 0, n)).collect();
        let page = |page: &str| {
            let query = RoomsQuery { page: page.into(), ..RoomsQuery::default() };
            let selection = select_rooms(rooms.clone(), &query);
            (selection.page, selection.pages, selection.rooms.len(), selection.found)
        };
        assert_eq!(page(""), (1, 3, 48, 100));
        assert_eq!(page("3"), (3, 3, 4, 100));
        assert_eq!(page("99"), (3, 3, 4, 100));
        assert_eq!(page("-1"), (1, 3, 48, 100));
    }

    #[test]
    fn no_rooms_are_one_empty_page() {
        let selection = select_rooms(Vec::new(), &RoomsQuery::default());
        assert_eq!((selection.page, selection.pages, selection.found), (1, 1, 0));
    }

    #[test]
    fn a_search_of_any_length_is_cut() {
        let query = RoomsQuery { q: "é".repeat(10_000), ..RoomsQuery::default() };
        assert_eq!(query.search().chars().count(), SEARCH_CHARS_MAX);
    }
}
