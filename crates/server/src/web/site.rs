//! Handlers of the website's pages.

#![expect(clippy::result_large_err, reason = "the error is the page that is sent instead")]

use crate::app::App;
use crate::auth::Purpose;
use crate::clock::{now_ms, now_s};
use crate::pages::{
    DELETED, DeleteRoomView, EditRoomView, EnterForm, ErrorKind, FormErrors, Framing, LandingView,
    NewRoomView, RoomCard, RoomForm, RoomShellView, RoomSummary, RoomTemplate, RoomsQuery, RoomsView,
    TemplateChoice, ValidRights, render_delete_room, render_edit_room, render_landing, render_new_room,
    render_room_shell, render_rooms, select_rooms,
};
use crate::rooms::stored;
use crate::web::acts;
use crate::web::address::Client;
use crate::web::identity::Visitor;
use crate::web::preview::{picture, template_picture};
use crate::web::respond::{error_page, frame, moved, page, see_other};
use crate::web::room_admin::{self, Wish};
use axum::extract::{Path, Query, State};
use axum::http::{Method, StatusCode, Uri};
use axum::response::Response;
use std::collections::BTreeMap;
use std::sync::Arc;
use thexr_room::template::Template;
use thexr_room::{Actor, Permission, Settings};
use thexr_store::{RoomRow, StoreError};
use thexr_wire::RoomId;

/// Rooms shown as open on the landing page.
const OPEN_ROOMS_SHOWN: usize = 6;

type Form<T> = Result<axum::Form<T>, axum::extract::rejection::FormRejection>;
type Shared = State<Arc<App>>;
/// A page, or the page that says why not.
type Answer = Result<Response, Response>;

fn internal(app: &App, visitor: &Visitor, error: &StoreError) -> Response {
    tracing::error!(%error, "a page could not read the store");
    error_page(app, visitor, ErrorKind::Internal)
}

fn flat(answer: Answer) -> Response {
    answer.unwrap_or_else(|refusal| refusal)
}

fn summary(row: &RoomRow, people: &BTreeMap<RoomId, usize>) -> RoomSummary {
    RoomSummary {
        id: row.id.to_string(),
        name: row.name.clone(),
        description: row.description.clone(),
        people: people.get(&row.id).copied().unwrap_or(0) as u32,
        changed_at_ms: row.last_at_ms,
    }
}

/// Cards of these rooms, with their pictures.
async fn cards(
    app: &App,
    visitor: &Visitor,
    rows: &[RoomRow],
    shown: &[RoomSummary],
) -> BTreeMap<String, RoomCard> {
    let mut cards = BTreeMap::new();
    for room in shown {
        let Some(row) = rows.iter().find(|row| row.id.as_str() == room.id) else { continue };
        let picture = picture(app, &row.id, row.last_seq, Framing::Card, None).await;
        // An error costs the card its link, not everyone the page.
        let yours = room_admin::may(&*app.store, row, &visitor.user, Permission::Govern).await;
        let yours = yours.unwrap_or(false);
        cards.insert(room.id.clone(), RoomCard { room: room.clone(), picture, yours });
    }
    cards
}

/// `GET /`
pub async fn landing(State(app): Shared, visitor: Visitor) -> Response {
    flat(landing_page(&app, &visitor, String::new(), None, StatusCode::OK).await)
}

async fn landing_page(
    app: &App,
    visitor: &Visitor,
    enter_value: String,
    enter_error: Option<String>,
    status: StatusCode,
) -> Answer {
    let frame_ = frame(app, visitor)?;
    let rows = app.store.rooms().await.map_err(|error| internal(app, visitor, &error))?;
    let people = app.rooms.people();
    let rooms: Vec<RoomSummary> = rows.iter().map(|row| summary(row, &people)).collect();
    let busiest = select_rooms(rooms, &RoomsQuery::default()).rooms;
    let open: Vec<RoomSummary> =
        busiest.iter().filter(|room| room.people > 0).take(OPEN_ROOMS_SHOWN).cloned().collect();
    let sample = app.store.setting(room_admin::WELCOME).await.ok().flatten();
    let hero_row = rows.iter().find(|row| Some(row.id.as_str()) == sample.as_deref()).or(rows.last());
    let hero = match hero_row {
        Some(row) => {
            picture(app, &row.id, row.last_seq, Framing::Hero, Some(&format!("The room {}", row.name))).await
        }
        None => template_picture(Template::Plaza, Framing::Hero),
    };
    let hangar = app.store.setting(room_admin::HANGAR).await.ok().flatten();
    let hangar = rows.iter().find(|row| Some(row.id.as_str()) == hangar.as_deref());
    let hangar = hangar.map(|row| summary(row, &people));
    let shown: Vec<RoomSummary> = open.iter().chain(&hangar).cloned().collect();
    let cards = cards(app, visitor, &rows, &shown).await;
    let workshop = app.store.setting(room_admin::WORKSHOP).await.ok().flatten();
    let workshop = rows.iter().find(|row| Some(row.id.as_str()) == workshop.as_deref());
    let view = LandingView {
        page: frame_,
        hero,
        workshop: workshop.map(|row| row.id.to_string()),
        hangar: hangar.and_then(|room| cards.get(&room.id).cloned()),
        hero_room: hero_row.map(|row| summary(row, &people)),
        open_rooms_max: OPEN_ROOMS_SHOWN,
        open_rooms: open.iter().filter_map(|room| cards.get(&room.id).cloned()).collect(),
        enter_value,
        enter_error,
        now_ms: now_ms(),
    };
    Ok(page(visitor, status, render_landing(&view)))
}

/// The address of the room that a code means. Codes are told to people and typed by them: where no room has exactly this one, the
/// room is meant that has it in other letters, large for small; of several the list shows all.
async fn meant(app: &App, visitor: &Visitor, code: &RoomId) -> Result<String, Response> {
    let rows = app.store.rooms().await.map_err(|error| internal(app, visitor, &error))?;
    let like = |row: &&RoomRow| row.id.as_str().eq_ignore_ascii_case(code.as_str());
    let mut alike = rows.iter().filter(like);
    Ok(match (alike.clone().find(|row| row.id == *code), alike.next(), alike.next()) {
        (Some(row), ..) | (None, Some(row), None) => format!("/rooms/{}", row.id),
        (None, Some(_), Some(_)) => format!("/rooms?q={code}"),
        (None, None, _) => format!("/rooms/{code}"),
    })
}

/// `POST /enter`: a link or a code.
pub async fn enter(State(app): Shared, visitor: Visitor, form: Form<EnterForm>) -> Response {
    let Ok(axum::Form(form)) = form else { return error_page(&app, &visitor, ErrorKind::BadRequest) };
    // No token needed: it changes nothing.
    match form.room_id() {
        Ok(code) => flat(meant(&app, &visitor, &code).await.map(|address| see_other(&visitor, &address))),
        Err(error) => {
            flat(landing_page(&app, &visitor, form.room, Some(error), StatusCode::UNPROCESSABLE_ENTITY).await)
        }
    }
}

/// `GET /rooms`
pub async fn rooms(State(app): Shared, visitor: Visitor, Query(query): Query<RoomsQuery>) -> Response {
    flat(rooms_page(&app, &visitor, &query).await)
}

async fn rooms_page(app: &App, visitor: &Visitor, query: &RoomsQuery) -> Answer {
    let frame = frame(app, visitor)?;
    let rows = app.store.rooms().await.map_err(|error| internal(app, visitor, &error))?;
    let people = app.rooms.people();
    let selection = select_rooms(rows.iter().map(|row| summary(row, &people)).collect(), query);
    let mut cards = cards(app, visitor, &rows, &selection.rooms).await;
    let empty_picture = template_picture(Template::Empty, Framing::Card);
    let card = |room: RoomSummary| {
        let fallback = RoomCard { room: room.clone(), picture: empty_picture.clone(), yours: false };
        cards.remove(&room.id).unwrap_or(fallback)
    };
    let view = RoomsView::new(frame, query, selection, now_ms(), card);
    Ok(page(visitor, StatusCode::OK, render_rooms(&view)))
}

/// `GET /rooms/new`
pub async fn new(State(app): Shared, visitor: Visitor) -> Response {
    flat(new_page(&app, &visitor, RoomForm::blank(), FormErrors::default(), StatusCode::OK))
}

fn world_template(template: RoomTemplate) -> Template {
    match template {
        RoomTemplate::Blocks => Template::Blocks,
        RoomTemplate::Plaza => Template::Plaza,
        RoomTemplate::Workshop => Template::Workshop,
        RoomTemplate::Hangar => Template::Hangar,
        RoomTemplate::Empty => Template::Empty,
    }
}

fn new_page(app: &App, visitor: &Visitor, form: RoomForm, errors: FormErrors, status: StatusCode) -> Answer {
    let choice = |template: RoomTemplate| TemplateChoice {
        template,
        picture: template_picture(world_template(template), Framing::Card),
    };
    let templates = RoomTemplate::ALL.into_iter().map(choice).collect();
    let view = NewRoomView { page: frame(app, visitor)?, form, errors, templates };
    Ok(page(visitor, status, render_new_room(&view)))
}

/// `POST /rooms`: creates a room and goes to its lobby.
pub async fn create(State(app): Shared, visitor: Visitor, client: Client, form: Form<RoomForm>) -> Response {
    flat(create_room(&app, &visitor, &client, form).await)
}

async fn create_room(app: &App, visitor: &Visitor, client: &Client, form: Form<RoomForm>) -> Answer {
    let form = sent(app, visitor, form, "/rooms/new", |form| &form.csrf_token)?;
    let valid = match form.validate() {
        Ok(valid) => valid,
        Err(errors) => return new_page(app, visitor, form, errors, StatusCode::UNPROCESSABLE_ENTITY),
    };
    if !app.limits.may_create_room(client) {
        return Err(error_page(app, visitor, ErrorKind::SlowDown { retry_after_s: 60 }));
    }
    let has_space = room_admin::has_space(&*app.store).await;
    if !has_space.map_err(|error| internal(app, visitor, &error))? {
        return Err(error_page(app, visitor, ErrorKind::TooManyRooms));
    }
    let rights = changed_rights(world_template(valid.template).settings(), valid.rights);
    let wish = Wish {
        name: valid.text.name,
        description: valid.text.description,
        template: world_template(valid.template),
        created_by: Some(visitor.user.clone()),
    };
    let id = room_admin::create(&*app.store, wish).await.map_err(|error| internal(app, visitor, &error))?;
    if let Err(refusal) = set_rights(app, visitor, client, &id, rights).await {
        // A room that is open to all is not what was asked for.
        room_admin::delete(app, &id).await.map_err(|error| internal(app, visitor, &error))?;
        return Err(refusal);
    }
    Ok(see_other(visitor, &format!("/rooms/{id}")))
}

/// The settings that a form changes; `None`: all stays as it is.
fn changed_rights(now: Settings, wanted: ValidRights) -> Option<Settings> {
    let wanted = Settings {
        who_may_build: wanted.who_may_build.unwrap_or(now.who_may_build),
        who_may_save: wanted.who_may_save.unwrap_or(now.who_may_save),
    };
    (wanted != now).then_some(wanted)
}

/// Has the room itself change who may do what; errors are the page that says why not.
async fn set_rights(
    app: &App,
    visitor: &Visitor,
    client: &Client,
    id: &RoomId,
    rights: Option<Settings>,
) -> Result<(), Response> {
    let Some(rights) = rights else { return Ok(()) };
    let actor = Actor::User(visitor.user.clone());
    let done = acts::perform(app, client, id, actor, "set_settings", rights.to_json()).await;
    done.map(drop).map_err(|refusal| {
        let kind = match refusal.reason.as_str() {
            "room_not_found" => ErrorKind::UnknownRoom,
            "forbidden" => ErrorKind::NotYours { room_id: id.to_string() },
            "room_quarantined" => ErrorKind::RoomQuarantined,
            "shutting_down" => ErrorKind::ShuttingDown,
            _ => ErrorKind::Busy,
        };
        error_page(app, visitor, kind)
    })
}

/// A form that came from this visitor's own page.
fn sent<T>(
    app: &App,
    visitor: &Visitor,
    form: Form<T>,
    back: &str,
    token: impl Fn(&T) -> &String,
) -> Result<T, Response> {
    let Ok(axum::Form(form)) = form else { return Err(error_page(app, visitor, ErrorKind::BadRequest)) };
    if !visitor.sent(&app.tokens, token(&form)) {
        return Err(error_page(app, visitor, ErrorKind::FormExpired { back: back.to_owned() }));
    }
    Ok(form)
}

async fn room_row(app: &App, visitor: &Visitor, id: &str) -> Result<RoomRow, Response> {
    let unknown = || error_page(app, visitor, ErrorKind::UnknownRoom);
    let id = RoomId::parse(id).map_err(|_| unknown())?;
    let row = app.store.room(&id).await.map_err(|error| internal(app, visitor, &error))?;
    row.ok_or_else(unknown)
}

async fn own_room(app: &App, visitor: &Visitor, id: &str) -> Result<RoomRow, Response> {
    let row = room_row(app, visitor, id).await?;
    let yours = room_admin::may(&*app.store, &row, &visitor.user, Permission::Govern).await;
    if !yours.map_err(|error| internal(app, visitor, &error))? {
        return Err(error_page(app, visitor, ErrorKind::NotYours { room_id: row.id.to_string() }));
    }
    Ok(row)
}

/// `GET /rooms/{id}`: lobby and room.
pub async fn room(State(app): Shared, visitor: Visitor, Path(id): Path<String>) -> Response {
    flat(room_page(&app, &visitor, &id).await)
}

async fn room_page(app: &App, visitor: &Visitor, id: &str) -> Answer {
    let row = match room_row(app, visitor, id).await {
        Ok(row) => row,
        Err(unknown) => {
            let Ok(code) = RoomId::parse(id) else { return Err(unknown) };
            let address = meant(app, visitor, &code).await?;
            let is_other = address != format!("/rooms/{code}");
            return if is_other { Ok(see_other(visitor, &address)) } else { Err(unknown) };
        }
    };
    let view = RoomShellView {
        page: frame(app, visitor)?,
        user_token: app.tokens.sign(Purpose::Socket, &visitor.user, None, now_s()),
        user_id: visitor.user.to_string(),
        picture: picture(app, &row.id, row.last_seq, Framing::Hero, None).await,
        room_id: row.id.to_string(),
        room_name: row.name,
        room_description: row.description,
    };
    Ok(page(visitor, StatusCode::OK, render_room_shell(&view)))
}

/// `GET /r/{id}`: the short link.
pub async fn short_link(State(app): Shared, visitor: Visitor, Path(id): Path<String>) -> Response {
    match RoomId::parse(&id) {
        Ok(code) => flat(meant(&app, &visitor, &code).await.map(|address| see_other(&visitor, &address))),
        Err(_) => see_other(&visitor, "/rooms"),
    }
}

/// `GET /rooms/{id}/edit`
pub async fn edit(State(app): Shared, visitor: Visitor, Path(id): Path<String>) -> Response {
    let answer = async {
        let row = own_room(&app, &visitor, &id).await?;
        let Settings { who_may_build, who_may_save } = stored::settings(&row);
        let form = RoomForm::of_room(&row.name, &row.description).with_rights(who_may_build, who_may_save);
        edit_page(&app, &visitor, &row, form, FormErrors::default(), StatusCode::OK).await
    };
    flat(answer.await)
}

async fn edit_page(
    app: &App,
    visitor: &Visitor,
    row: &RoomRow,
    form: RoomForm,
    errors: FormErrors,
    status: StatusCode,
) -> Answer {
    let view = EditRoomView {
        page: frame(app, visitor)?,
        room_id: row.id.to_string(),
        room_name: row.name.clone(),
        picture: picture(app, &row.id, row.last_seq, Framing::Card, None).await,
        form,
        errors,
    };
    Ok(page(visitor, status, render_edit_room(&view)))
}

/// `POST /rooms/{id}`
pub async fn update(
    State(app): Shared,
    visitor: Visitor,
    client: Client,
    Path(id): Path<String>,
    form: Form<RoomForm>,
) -> Response {
    flat(update_room(&app, &visitor, &client, &id, form).await)
}

async fn update_room(
    app: &App,
    visitor: &Visitor,
    client: &Client,
    id: &str,
    form: Form<RoomForm>,
) -> Answer {
    let row = own_room(app, visitor, id).await?;
    let form = sent(app, visitor, form, &format!("/rooms/{}/edit", row.id), |form| &form.csrf_token)?;
    let (text, rights) = match form.validate_edit() {
        Ok(valid) => valid,
        Err(errors) => {
            return edit_page(app, visitor, &row, form, errors, StatusCode::UNPROCESSABLE_ENTITY).await;
        }
    };
    let rights = changed_rights(stored::settings(&row), rights);
    if rights.is_some() && !app.limits.may_act(client) {
        return Err(error_page(app, visitor, ErrorKind::SlowDown { retry_after_s: 60 }));
    }
    set_rights(app, visitor, client, &row.id, rights).await?;
    let updated = app.store.update_room(&row.id, &text.name, &text.description).await;
    updated.map_err(|error| internal(app, visitor, &error))?;
    Ok(see_other(visitor, &format!("/rooms/{}", row.id)))
}

/// `GET /rooms/{id}/delete`: asks first, by name.
pub async fn confirm_delete(State(app): Shared, visitor: Visitor, Path(id): Path<String>) -> Response {
    let answer = async {
        let row = own_room(&app, &visitor, &id).await?;
        let view = DeleteRoomView {
            page: frame(&app, &visitor)?,
            room_id: row.id.to_string(),
            people: app.rooms.people().get(&row.id).copied().unwrap_or(0) as u32,
            picture: picture(&app, &row.id, row.last_seq, Framing::Card, None).await,
            room_name: row.name,
        };
        Ok(page(&visitor, StatusCode::OK, render_delete_room(&view)))
    };
    flat(answer.await)
}

/// `POST /rooms/{id}/delete`: ends the room and everything of it.
pub async fn delete(
    State(app): Shared,
    visitor: Visitor,
    Path(id): Path<String>,
    form: Form<RoomForm>,
) -> Response {
    let answer = async {
        let row = own_room(&app, &visitor, &id).await?;
        sent(&app, &visitor, form, &format!("/rooms/{}/delete", row.id), |form| &form.csrf_token)?;
        room_admin::delete(&app, &row.id).await.map_err(|error| internal(&app, &visitor, &error))?;
        Ok(see_other(&visitor, &format!("/rooms?done={DELETED}")))
    };
    flat(answer.await)
}

/// Everything else; an address that only ends in a slash too many leads to the one without.
pub async fn unknown_page(State(app): Shared, visitor: Visitor, method: Method, uri: Uri) -> Response {
    let path = uri.path();
    // One slash in front: two would lead to another site.
    let is_ours = !path.starts_with("//") && !path.contains('\\');
    if let Some(path) = path.strip_suffix('/').filter(|path| !path.is_empty() && is_ours && method.is_safe())
    {
        let path = path.trim_end_matches('/');
        return moved(&uri.query().map_or_else(|| path.to_owned(), |query| format!("{path}?{query}")));
    }
    error_page(&app, &visitor, ErrorKind::UnknownPage)
}
