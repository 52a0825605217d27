//! The website: what its pages say and how its forms are read.
//!
//! Owns views, templates and the words on them. Every `render_*` is a pure function of its view; nothing here knows
//! the store, sockets, HTTP state or the clock. All text is escaped by the templates; only an [`Svg`] goes in as is,
//! and only [`thumbnail_svg`] makes one. Pages work without JavaScript and under a strict Content-Security-Policy:
//! no inline script, style element or style attribute (`img-src` needs `data:` for the icon).

mod error;
mod form;
mod picture;
mod rooms_query;
mod shell;
mod site;
mod words;

pub use error::{ErrorKind, ErrorView, render_error, render_not_built};
pub use form::{EnterForm, FormErrors, RoomForm, RoomTemplate, ValidRights, ValidRoom, ValidText};
pub use picture::{Block, Form, Framing, PICTURE_BLOCKS_MAX, Rgb, Svg, icon_png, share_png, thumbnail_svg};
pub use rooms_query::{
    DELETED, ROOMS_PER_PAGE, RoomSelection, RoomSort, RoomSummary, RoomsQuery, SEARCH_CHARS_MAX, select_rooms,
};
pub use shell::{RoomShellView, render_room_shell};
pub use site::{
    DeleteRoomView, EditRoomView, LandingView, NewRoomView, RoomCard, RoomsView, TemplateChoice,
    render_delete_room, render_edit_room, render_landing, render_new_room, render_rooms,
};

use askama::Template;

/// URLs of the built web client, as the manifest names them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Assets {
    /// The website's style sheet, also behind the loading room.
    pub site_css: String,
    /// The website's script (an ES module).
    pub site_js: String,
    /// The room client's script (an ES module).
    pub room_js: String,
    /// The room client's style sheets.
    pub room_css: Vec<String>,
    /// What `room_js` imports: asked for beside it, not after it.
    pub room_modules: Vec<String>,
}

/// What every page needs beside its own view.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Page {
    /// Where styles and scripts are.
    pub assets: Assets,
    /// The visitor's CSRF token, for forms and scripts.
    pub csrf_token: String,
    /// This server's address as the visitor's browser has it, for links that others follow; perhaps empty.
    pub origin: String,
}

/// Renders into memory.
///
/// # Panics
/// When a template fails: the views hold finished text only, so that is a defect of ours.
fn render(template: &impl Template) -> String {
    template.render().expect("a view renders into memory")
}

#[cfg(test)]
mod tests;
