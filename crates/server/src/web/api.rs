//! `/api/v1`: rooms and visitors for programs. Bearer tokens; errors are problem details (RFC 9457).

use crate::app::App;
use crate::auth::{Purpose, new_user_id};
use crate::clock::now_s;
use crate::limits::VISITORS_MAX;
use crate::pages::RoomForm;
use crate::web::address::Client;
use crate::web::address::bearer;
use crate::web::respond::problem;
use crate::web::room_admin::{self, Wish};
use axum::Json;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::Arc;
use thexr_room::Permission;
use thexr_room::template::Template;
use thexr_store::{RoomRow, StoreError};
use thexr_wire::{RoomId, UserId};

/// What handlers are given of the server.
pub type Shared = State<Arc<App>>;
type Body<T> = Result<Json<T>, axum::extract::rejection::JsonRejection>;

/// Who asks.
pub enum Caller {
    /// Whoever has the server's key.
    Operator,
    /// A person.
    User(UserId),
}

/// Who asks, as the token says; `None`: it says nothing.
pub fn caller(app: &App, headers: &HeaderMap) -> Option<Caller> {
    let token = bearer(headers)?;
    if app.tokens.is_operator(token) {
        return Some(Caller::Operator);
    }
    app.tokens.user(Purpose::Socket, token, now_s()).map(Caller::User)
}

/// There is no token, or none of ours.
pub fn unauthorized() -> Response {
    let detail = "Send a token as 'Authorization: Bearer …'; POST /api/v1/visitors gives one.";
    let mut response = problem(StatusCode::UNAUTHORIZED, "unauthorized", detail);
    response.headers_mut().insert(header::WWW_AUTHENTICATE, header::HeaderValue::from_static("Bearer"));
    response
}

/// Above what one address may.
pub fn slow_down() -> Response {
    let mut response = problem(
        StatusCode::TOO_MANY_REQUESTS,
        "rate_limited",
        "Too many requests from this address. Try again in a minute.",
    );
    response.headers_mut().insert(header::RETRY_AFTER, header::HeaderValue::from_static("60"));
    response
}

/// The store does not answer.
pub fn unavailable(error: &StoreError) -> Response {
    tracing::error!(%error, "the API could not use the store");
    problem(
        StatusCode::SERVICE_UNAVAILABLE,
        "store_unavailable",
        "The server cannot use its store right now. Try again soon.",
    )
}

/// No room of that id.
pub fn not_found() -> Response {
    problem(StatusCode::NOT_FOUND, "room_not_found", "There is no room of that id.")
}

fn room_json(row: &RoomRow, people: &BTreeMap<RoomId, usize>) -> Value {
    let people = people.get(&row.id).copied().unwrap_or(0);
    json!({"id": row.id, "name": row.name, "description": row.description, "people": people,
        "created_at_ms": row.created_at_ms, "changed_at_ms": row.last_at_ms})
}

/// `GET /api/v1/rooms` → `{"rooms": [{id, name, description, people, created_at_ms, changed_at_ms}]}`
pub async fn list_rooms(State(app): Shared) -> Response {
    match app.store.rooms().await {
        Ok(rows) => {
            // Once, not per room: counting locks the list of all running rooms.
            let people = app.rooms.people();
            let rooms: Vec<Value> = rows.iter().map(|row| room_json(row, &people)).collect();
            Json(json!({"rooms": rooms})).into_response()
        }
        Err(error) => unavailable(&error),
    }
}

/// `GET /api/v1/rooms/{id}`
pub async fn show_room(State(app): Shared, Path(id): Path<String>) -> Response {
    let Ok(id) = RoomId::parse(&id) else { return not_found() };
    match app.store.room(&id).await {
        Ok(Some(row)) => Json(room_json(&row, &app.rooms.people())).into_response(),
        Ok(None) => not_found(),
        Err(error) => unavailable(&error),
    }
}

/// A room to create.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewRoomBody {
    name: String,
    #[serde(default)]
    description: String,
    #[serde(default)]
    template: Option<String>,
}

/// `POST /api/v1/rooms {name, description?, template?}` → 201 `{id, …}`
pub async fn create_room(
    State(app): Shared,
    client: Client,
    headers: HeaderMap,
    body: Body<NewRoomBody>,
) -> Response {
    let Some(caller) = caller(&app, &headers) else { return unauthorized() };
    let body = match body {
        Ok(Json(body)) => body,
        Err(rejection) => return problem(rejection.status(), "bad_payload", &rejection.body_text()),
    };
    let Some(template) = Template::parse(body.template.as_deref().unwrap_or("blocks")) else {
        return problem(
            StatusCode::UNPROCESSABLE_ENTITY,
            "bad_payload",
            "template: empty, blocks, workshop, plaza or hangar",
        );
    };
    let text = match RoomForm::of_room(&body.name, &body.description).validate_text() {
        Ok(text) => text,
        Err(errors) => {
            let detail = errors.name.or(errors.description).unwrap_or_default();
            return problem(StatusCode::UNPROCESSABLE_ENTITY, "bad_payload", &detail);
        }
    };
    let created_by = match caller {
        Caller::Operator => None,
        Caller::User(_) if !app.limits.may_create_room(&client) => return slow_down(),
        Caller::User(user) => Some(user),
    };
    match room_admin::has_space(&*app.store).await {
        Ok(true) => {}
        // The operator has reasons.
        Ok(false) if created_by.is_none() => {}
        Ok(false) => {
            let detail = "This server holds as many rooms as it can.";
            return problem(StatusCode::SERVICE_UNAVAILABLE, "too_many_rooms", detail);
        }
        Err(error) => return unavailable(&error),
    }
    let wish = Wish { name: text.name, description: text.description, template, created_by };
    let created = match room_admin::create(&*app.store, wish).await {
        Ok(id) => app.store.room(&id).await,
        Err(error) => Err(error),
    };
    match created {
        Ok(Some(row)) => {
            let location = format!("/api/v1/rooms/{}", row.id);
            let body = Json(room_json(&row, &app.rooms.people()));
            (StatusCode::CREATED, [(header::LOCATION, location)], body).into_response()
        }
        Ok(None) => not_found(),
        Err(error) => unavailable(&error),
    }
}

/// `DELETE /api/v1/rooms/{id}` → 204; the room's owners or the operator.
pub async fn delete_room(State(app): Shared, headers: HeaderMap, Path(id): Path<String>) -> Response {
    let Some(caller) = caller(&app, &headers) else { return unauthorized() };
    let Ok(id) = RoomId::parse(&id) else { return not_found() };
    let row = match app.store.room(&id).await {
        Ok(Some(row)) => row,
        Ok(None) => return not_found(),
        Err(error) => return unavailable(&error),
    };
    let may = match caller {
        Caller::Operator => Ok(true),
        Caller::User(user) => room_admin::may(&*app.store, &row, &user, Permission::Govern).await,
    };
    match may {
        Ok(true) => {}
        Ok(false) => {
            let detail = "Only the owners of a room, or the operator, delete it.";
            return problem(StatusCode::FORBIDDEN, "not_yours", detail);
        }
        Err(error) => return unavailable(&error),
    }
    match room_admin::delete(&app, &id).await {
        Ok(true) => StatusCode::NO_CONTENT.into_response(),
        Ok(false) => not_found(),
        Err(error) => unavailable(&error),
    }
}

/// How many visitors.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VisitorsBody {
    #[serde(default)]
    count: Option<usize>,
}

/// `POST /api/v1/visitors {count?}` → 201 `{user_id, token}`, or a list of them when `count` is given.
pub async fn create_visitors(State(app): Shared, client: Client, body: axum::body::Bytes) -> Response {
    let body: Result<VisitorsBody, _> = match &body[..] {
        [] => Ok(VisitorsBody::default()),
        // A list would be taken field by field.
        body if body.trim_ascii_start().first() != Some(&b'{') => {
            return problem(StatusCode::BAD_REQUEST, "bad_payload", "The body is an object.");
        }
        body => serde_json::from_slice(body),
    };
    let body = match body {
        Ok(body) => body,
        Err(error) => return problem(StatusCode::BAD_REQUEST, "bad_payload", &error.to_string()),
    };
    let count = body.count.unwrap_or(1);
    if !(1..=VISITORS_MAX).contains(&count) {
        return problem(StatusCode::UNPROCESSABLE_ENTITY, "bad_payload", "count: 1 to 2000");
    }
    if !app.limits.may_make_visitors(&client, count as u32) {
        return slow_down();
    }
    let visitor = || {
        let user = new_user_id();
        let token = app.tokens.sign(Purpose::Socket, &user, None, now_s());
        json!({"user_id": user, "token": token})
    };
    let answer = match body.count {
        None => visitor(),
        Some(count) => (0..count).map(|_| visitor()).collect(),
    };
    (StatusCode::CREATED, Json(answer)).into_response()
}
