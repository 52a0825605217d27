//! Views of the website's own pages: landing, list of rooms, create, edit, delete.
//!
//! Owns what each page needs to know, as plain data. Must not know where it comes from.

use super::form::{FormErrors, RoomForm, RoomTemplate, WhoField};
use super::picture::Svg;
use super::rooms_query::{RoomSelection, RoomSort, RoomSummary};
use super::{Page, render, words};
use askama::Template;

/// A room as a card.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoomCard {
    /// What the card says.
    pub room: RoomSummary,
    /// The room's picture (`Framing::Card`, without a label: the name stands beside it).
    pub picture: Svg,
    /// May this visitor edit and delete it?
    pub yours: bool,
}

impl RoomCard {
    fn people_inside(&self) -> String {
        words::people_inside(self.room.people)
    }

    fn changed(&self, now_ms: &i64) -> String {
        words::ago(*now_ms, self.room.changed_at_ms)
    }
}

/// GET /.
#[derive(Debug, Clone, Template)]
#[template(path = "landing.html")]
pub struct LandingView {
    /// Styles, scripts, token.
    pub page: Page,
    /// The large picture (`Framing::Hero`), with a label.
    pub hero: Svg,
    /// The room in the large picture when it can be entered.
    pub hero_room: Option<RoomSummary>,
    /// The sample room with things to do, when it is there.
    pub workshop: Option<String>,
    /// The sample room to play in, when it is there.
    pub hangar: Option<RoomCard>,
    /// Rooms with people inside, busiest first; a handful.
    pub open_rooms: Vec<RoomCard>,
    /// How many these are at most.
    pub open_rooms_max: usize,
    /// What was typed into "Enter a room".
    pub enter_value: String,
    /// Why it was refused.
    pub enter_error: Option<String>,
    /// Now, Unix milliseconds.
    pub now_ms: i64,
}

impl LandingView {
    fn hero_people(&self) -> String {
        words::people_inside(self.hero_room.as_ref().map_or(0, |room| room.people))
    }
}

/// The landing page.
pub fn render_landing(view: &LandingView) -> String {
    render(view)
}

/// GET /rooms.
#[derive(Debug, Clone, Template)]
#[template(path = "rooms.html")]
pub struct RoomsView {
    /// Styles, scripts, token.
    pub page: Page,
    /// The cards of this page, in the order of `selection.rooms`.
    pub cards: Vec<RoomCard>,
    /// The search, as [`super::RoomsQuery::search`] gives it.
    pub search: String,
    /// The order.
    pub sort: RoomSort,
    /// Rooms found on all pages.
    pub found: usize,
    /// This page, from 1.
    pub page_number: usize,
    /// Pages in all.
    pub pages: usize,
    /// A sentence on what just happened ("Blue garden is gone.").
    pub notice: Option<String>,
    /// Now, Unix milliseconds.
    pub now_ms: i64,
}

impl RoomsView {
    /// The view of a selection; `card` adds picture and permission to a room.
    pub fn new(
        page: Page,
        query: &super::RoomsQuery,
        selection: RoomSelection,
        now_ms: i64,
        card: impl FnMut(RoomSummary) -> RoomCard,
    ) -> Self {
        Self {
            page,
            cards: selection.rooms.into_iter().map(card).collect(),
            search: query.search(),
            sort: query.order(),
            found: selection.found,
            page_number: selection.page,
            pages: selection.pages,
            notice: query.notice(),
            now_ms,
        }
    }

    fn count(&self) -> String {
        match self.found {
            1 => "1 room".to_owned(),
            more => format!("{more} rooms"),
        }
    }

    fn is_recent(&self) -> bool {
        self.sort == RoomSort::Recent
    }
}

/// The list of rooms.
pub fn render_rooms(view: &RoomsView) -> String {
    render(view)
}

/// A template with its picture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TemplateChoice {
    /// Which one.
    pub template: RoomTemplate,
    /// Its picture (`Framing::Card`, without a label).
    pub picture: Svg,
}

/// GET /rooms/new, and POST /rooms when something is wrong.
#[derive(Debug, Clone, Template)]
#[template(path = "new_room.html")]
pub struct NewRoomView {
    /// Styles, scripts, token.
    pub page: Page,
    /// What was typed; [`RoomForm::blank`] at first.
    pub form: RoomForm,
    /// What is wrong with it.
    pub errors: FormErrors,
    /// The templates on offer.
    pub templates: Vec<TemplateChoice>,
}

impl NewRoomView {
    fn who_fields(&self) -> [WhoField; 2] {
        WhoField::all(&self.form, &self.errors)
    }
}

/// The form of a new room.
pub fn render_new_room(view: &NewRoomView) -> String {
    render(view)
}

/// GET /rooms/{id}/edit, and POST /rooms/{id} when something is wrong.
#[derive(Debug, Clone, Template)]
#[template(path = "edit_room.html")]
pub struct EditRoomView {
    /// Styles, scripts, token.
    pub page: Page,
    /// The room's id.
    pub room_id: String,
    /// The room's name as it is stored.
    pub room_name: String,
    /// The room's picture (`Framing::Card`).
    pub picture: Svg,
    /// What was typed; the room as it is at first.
    pub form: RoomForm,
    /// What is wrong with it.
    pub errors: FormErrors,
}

impl EditRoomView {
    fn who_fields(&self) -> [WhoField; 2] {
        WhoField::all(&self.form, &self.errors)
    }
}

/// The form of a room that exists.
pub fn render_edit_room(view: &EditRoomView) -> String {
    render(view)
}

/// GET /rooms/{id}/delete.
#[derive(Debug, Clone, Template)]
#[template(path = "delete_room.html")]
pub struct DeleteRoomView {
    /// Styles, scripts, token.
    pub page: Page,
    /// The room's id.
    pub room_id: String,
    /// The room's name: the question says it.
    pub room_name: String,
    /// People inside now: they will be told.
    pub people: u32,
    /// The room's picture (`Framing::Card`).
    pub picture: Svg,
}

impl DeleteRoomView {
    fn consequence(&self) -> String {
        match self.people {
            0 => String::new(),
            1 => "The person inside is sent out at once.".to_owned(),
            more => format!("The {more} people inside are sent out at once."),
        }
    }
}

/// The question before a room is deleted.
pub fn render_delete_room(view: &DeleteRoomView) -> String {
    render(view)
}
