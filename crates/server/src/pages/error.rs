//! Errors as pages with a way on: what happened, whose turn it is, where to go. Owns words and status codes.

use super::picture::{Block, Form, Framing, Rgb, Svg, thumbnail_svg};
use super::{Page, render};
use askama::Template;

/// What went wrong, as far as the visitor is concerned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ErrorKind {
    /// 404: no room has that id.
    UnknownRoom,
    /// 404: no page has that address.
    UnknownPage,
    /// 400: the request could not be read.
    BadRequest,
    /// 403: the room has other owners.
    NotYours {
        /// The room, for the way in.
        room_id: String,
    },
    /// 403: the CSRF token is missing, foreign or too old.
    FormExpired {
        /// The path of the form; anything but a path of this site becomes `/rooms`.
        back: String,
    },
    /// 429: too many requests from this address.
    SlowDown {
        /// Seconds until it is worth trying again.
        retry_after_s: u64,
    },
    /// 503: there are as many rooms as this server takes.
    TooManyRooms,
    /// 503: the room could not take what was asked just now.
    Busy,
    /// 500: our fault.
    Internal,
    /// 503: the room failed too often and was stopped.
    RoomQuarantined,
    /// 503: the server is stopping; the page reconnects by itself.
    ShuttingDown,
}

/// A link that leads on.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Way {
    href: String,
    label: &'static str,
}

impl ErrorKind {
    /// The HTTP status that goes with the page.
    pub fn status(&self) -> u16 {
        match self {
            Self::BadRequest => 400,
            Self::NotYours { .. } | Self::FormExpired { .. } => 403,
            Self::UnknownRoom | Self::UnknownPage => 404,
            Self::SlowDown { .. } => 429,
            Self::Internal => 500,
            Self::TooManyRooms | Self::Busy | Self::RoomQuarantined | Self::ShuttingDown => 503,
        }
    }

    fn title(&self) -> &'static str {
        match self {
            Self::UnknownRoom => "There is no room here",
            Self::UnknownPage => "There is nothing at this address",
            Self::BadRequest => "That could not be read",
            Self::NotYours { .. } => "This room is not yours to change",
            Self::FormExpired { .. } => "This form has expired",
            Self::SlowDown { .. } => "One moment, please",
            Self::TooManyRooms => "There is no space for another room",
            Self::Busy => "The room is busy",
            Self::Internal => "Something broke on our side",
            Self::RoomQuarantined => "This room has been stopped",
            Self::ShuttingDown => "The server is restarting",
        }
    }

    fn text(&self) -> String {
        let text = match self {
            Self::UnknownRoom => "The link may be mistyped, or the room was deleted.",
            Self::UnknownPage => "The address may be mistyped, or the page has moved.",
            Self::BadRequest => {
                "Your browser sent something this server does not understand. Nothing was changed."
            }
            Self::NotYours { .. } => {
                "Only the owners of a room can edit or delete it: who made it, in the browser they made it with, and whom they have made owner."
            }
            Self::FormExpired { .. } => {
                "To be safe, nothing was changed. Open the form again and send it once more."
            }
            Self::SlowDown { retry_after_s } => return slow_down(*retry_after_s),
            Self::TooManyRooms => {
                "This server holds as many rooms as it can. Everyone may still enter those there are."
            }
            Self::Busy => "It could not take this just now. Go back and send it once more in a moment.",
            Self::Internal => {
                "It has been written down for the people who run this server. Nothing you did caused it."
            }
            Self::RoomQuarantined => {
                "It failed several times within a minute. Nothing that was confirmed is lost, and all other rooms go on."
            }
            Self::ShuttingDown => {
                "This page reconnects by itself as soon as the server is back. You can leave it open."
            }
        };
        text.to_owned()
    }

    /// The ways on; the first is the main one.
    fn ways(&self) -> Vec<Way> {
        let way = |href: &str, label| Way { href: href.to_owned(), label };
        let rooms = way("/rooms", "See all rooms");
        match self {
            Self::UnknownRoom => vec![rooms, way("/rooms/new", "Create a room")],
            Self::UnknownPage | Self::BadRequest => vec![way("/", "Go to the start"), rooms],
            Self::NotYours { room_id } => vec![way(&format!("/rooms/{room_id}"), "Enter the room"), rooms],
            Self::FormExpired { back } => vec![way(local_path(back), "Open the form again"), rooms],
            Self::SlowDown { .. } | Self::Internal | Self::RoomQuarantined => {
                vec![way("", "Try again"), rooms]
            }
            Self::TooManyRooms | Self::Busy => vec![rooms],
            Self::ShuttingDown => vec![way("", "Try now")],
        }
    }

    /// A small scene of this error, in the site's own blocks.
    fn scene(&self) -> Vec<Block> {
        match self {
            Self::UnknownRoom | Self::UnknownPage => Vec::new(),
            Self::NotYours { .. } | Self::FormExpired { .. } => walled(),
            Self::SlowDown { .. } | Self::TooManyRooms | Self::Busy | Self::ShuttingDown => stairs(),
            Self::BadRequest | Self::Internal | Self::RoomQuarantined => toppled(),
        }
    }
}

fn slow_down(retry_after_s: u64) -> String {
    let wait = match retry_after_s {
        0 | 1 => "a second".to_owned(),
        more => format!("{more} seconds"),
    };
    format!("You are faster than this server allows one person to be. Try again in {wait}.")
}

/// The path itself when it leads to this site and nowhere else.
fn local_path(path: &str) -> &str {
    let is_local =
        path.starts_with('/') && !path.starts_with("//") && !path.contains(['\\', '\r', '\n', '\t']);
    if is_local { path } else { "/rooms" }
}

const LAMP: Rgb = Rgb::new(0xff, 0xb2, 0x24);
const STONE: Rgb = Rgb::new(0xb9, 0xc4, 0xcf);
const SLATE: Rgb = Rgb::new(0x6b, 0x7f, 0x93);

fn cube(center: [f64; 3], edge: f64, yaw_rad: f64, color: Rgb) -> Block {
    Block { center, size: [edge; 3], yaw_rad, color, form: Form::Box }
}

/// Cubes that fell from a stack.
fn toppled() -> Vec<Block> {
    vec![
        cube([0.9, 0.5, 0.9], 1.0, 0.1, SLATE),
        cube([-0.5, 0.5, 0.7], 1.0, 0.5, STONE),
        cube([0.5, 0.5, -0.9], 1.0, 1.1, LAMP),
        cube([1.0, 1.5, 0.8], 1.0, 0.35, STONE),
    ]
}

/// A thing of value behind a low wall.
fn walled() -> Vec<Block> {
    let wall = |center, size| Block { center, size, yaw_rad: 0.0, color: STONE, form: Form::Box };
    vec![
        wall([-1.5, 0.35, 0.0], [0.3, 0.7, 3.3]),
        wall([0.15, 0.35, -1.5], [3.0, 0.7, 0.3]),
        Block { form: Form::Ball, ..cube([0.4, 0.7, 0.4], 1.4, 0.0, LAMP) },
    ]
}

/// Steps on the way up.
fn stairs() -> Vec<Block> {
    let step = |n: f64, color| Block {
        center: [n * 1.1 - 1.7, (n + 1.0) * 0.25, 0.0],
        size: [1.0, (n + 1.0) * 0.5, 1.6],
        yaw_rad: 0.0,
        color,
        form: Form::Box,
    };
    vec![step(0.0, LAMP), step(1.0, STONE), step(2.0, STONE), step(3.0, SLATE)]
}

/// An error page and what surrounds it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ErrorView {
    /// Styles, scripts, token.
    pub page: Page,
    /// What went wrong.
    pub kind: ErrorKind,
}

#[derive(Template)]
#[template(path = "error.html")]
struct ErrorTemplate<'a> {
    page: &'a Page,
    status: u16,
    title: &'static str,
    text: String,
    ways: Vec<Way>,
    reconnects: bool,
    picture: Svg,
}

/// An error as a page; send it with [`ErrorKind::status`].
pub fn render_error(view: &ErrorView) -> String {
    render(&ErrorTemplate {
        page: &view.page,
        status: view.kind.status(),
        title: view.kind.title(),
        text: view.kind.text(),
        ways: view.kind.ways(),
        reconnects: view.kind == ErrorKind::ShuttingDown,
        picture: thumbnail_svg(&view.kind.scene(), Framing::Card, None),
    })
}

#[derive(Template)]
#[template(path = "not_built.html")]
struct NotBuiltTemplate;

/// The page of a server without a built web client (status 503); it needs no style sheet, there is none.
pub fn render_not_built() -> String {
    render(&NotBuiltTemplate)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_way_back_leads_to_this_site_only() {
        assert_eq!(local_path("/rooms/new"), "/rooms/new");
        for foreign in
            ["", "https://else.example", "//else.example", "javascript:alert(1)", "/\\else.example"]
        {
            assert_eq!(local_path(foreign), "/rooms", "{foreign}");
        }
    }

    #[test]
    fn waiting_is_told_in_seconds() {
        assert!(slow_down(0).ends_with("in a second."));
        assert!(slow_down(30).ends_with("in 30 seconds."));
    }
}
