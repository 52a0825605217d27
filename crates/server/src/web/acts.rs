//! Acts without a connection: asked over HTTP, done by the room like everyone's, answered once they are durable.

use crate::app::App;
use crate::limits::ACT_TIMEOUT;
use crate::rooms::registry::JoinRefusal;
use crate::rooms::stored;
use crate::web::address::Client;
use crate::web::api::{Caller, Shared, caller, not_found, slow_down, unauthorized, unavailable};
use crate::web::respond::problem;
use axum::Json;
use axum::extract::{FromRequest, Path, Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};
use thexr_hall::limits::SHOUT_BYTES_MAX;
use thexr_room::{Act, Actor, Grant, Reject};
use thexr_wire::RoomId;
use thexr_wire::message::event;

/// Why an act did not come about; reasons are those of the protocol.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Refusal {
    /// Stable and snake_case; the HTTP status follows from it.
    pub reason: String,
    /// For people.
    pub detail: String,
}

impl Refusal {
    fn new(reason: &str, detail: &str) -> Self {
        Self { reason: reason.to_owned(), detail: detail.to_owned() }
    }

    fn read(response: &str) -> Self {
        let unsaid = || Self::new("room_busy", "The room did not say why not.");
        serde_json::from_str(response).unwrap_or_else(|_| unsaid())
    }

    /// The refusal's HTTP status.
    fn status(&self) -> StatusCode {
        match self.reason.as_str() {
            "forbidden" | "muted" | "not_inside" | "not_yours" | "protected" | "server_only" => {
                StatusCode::FORBIDDEN
            }
            "room_not_found" | "unknown_entity" | "snapshot_not_found" => StatusCode::NOT_FOUND,
            "states_full" => StatusCode::INSUFFICIENT_STORAGE,
            "condition_failed" | "id_taken" | "last_owner" => StatusCode::CONFLICT,
            "rate_limited" => StatusCode::TOO_MANY_REQUESTS,
            "room_busy" | "room_quarantined" | "store_slow" | "store_unavailable" | "shutting_down" => {
                StatusCode::SERVICE_UNAVAILABLE
            }
            reason if reason.ends_with("_too_large") => StatusCode::PAYLOAD_TOO_LARGE,
            _ => StatusCode::UNPROCESSABLE_ENTITY,
        }
    }
}

impl From<Reject> for Refusal {
    fn from(reject: Reject) -> Self {
        Self::new(reject.reason, &reject.detail)
    }
}

impl From<JoinRefusal> for Refusal {
    fn from(refusal: JoinRefusal) -> Self {
        Self::read(&refusal.to_json().to_string())
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let status = self.status();
        let mut response = problem(status, &self.reason, &self.detail);
        if status == StatusCode::TOO_MANY_REQUESTS {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
        }
        response
    }
}

/// Has a room do what someone asks, and waits until that is durable; the room starts if it does not run.
pub async fn perform(
    app: &App,
    client: &Client,
    id: &RoomId,
    actor: Actor,
    command: &str,
    payload: Value,
) -> Result<Value, Refusal> {
    let bytes = thexr_wire::json::memory(&payload);
    let thexr_room::Request { command, id: command_id } = thexr_room::Request::decode(command, payload)?;
    let grant = if actor.user().is_some() { Grant::Role } else { Grant::All };
    let act = Act { actor, grant, command, id: command_id };
    let done = async {
        let room = app.rooms.room_for(id, client.door()).await?;
        let ended =
            || Refusal::new("room_busy", "The room ended before it answered. Ask again with the same id.");
        let answer = room.act(act, bytes).await.ok_or_else(ended)?;
        if answer.ok {
            Ok(serde_json::from_str(&answer.response).unwrap_or_default())
        } else {
            Err(Refusal::read(&answer.response))
        }
    };
    tokio::time::timeout(ACT_TIMEOUT, done).await.unwrap_or_else(|_| {
        let detail =
            "This takes longer than it should, and may still come about. Ask again with the same id.";
        Err(Refusal::new("store_slow", detail))
    })
}

/// Who asks which room for what; errors are the answer.
struct Asked<T> {
    actor: Actor,
    room: RoomId,
    body: T,
}

/// Looks at rate and token before the body is read.
async fn asked<T: DeserializeOwned>(
    app: &App,
    client: &Client,
    id: &str,
    request: Request,
) -> Result<Asked<T>, Response> {
    if !app.limits.may_act(client) {
        return Err(slow_down());
    }
    let actor = match caller(app, request.headers()).ok_or_else(unauthorized)? {
        Caller::Operator => Actor::Operator,
        Caller::User(user) => Actor::User(user),
    };
    let room = RoomId::parse(id).map_err(|_| not_found())?;
    // An object first: a list would be taken field by field.
    let fields = Json::<Map<String, Value>>::from_request(request, &()).await;
    let Json(fields) = fields.map_err(|no| problem(no.status(), "bad_payload", &no.body_text()))?;
    let shape =
        |no: serde_json::Error| problem(StatusCode::UNPROCESSABLE_ENTITY, "bad_payload", &no.to_string());
    Ok(Asked { actor, room, body: serde_json::from_value(Value::Object(fields)).map_err(shape)? })
}

/// What is asked.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ActBody {
    command: String,
    #[serde(default)]
    payload: Value,
    #[serde(default)]
    id: Option<Value>,
}

impl ActBody {
    /// The payload as a push has it: the id is one of its fields.
    fn push(self) -> Result<(String, Value), Refusal> {
        let Self { command, payload, id } = self;
        let mut payload = if payload.is_null() { json!({}) } else { payload };
        if command == event::SHOUT {
            if payload.to_string().len() > SHOUT_BYTES_MAX {
                return Err(Refusal::new("payload_too_large", "A shout has at most 16 KiB."));
            }
        } else if let (Some(id), Value::Object(fields)) = (id, &mut payload) {
            fields.insert("id".into(), id);
        }
        Ok((command, payload))
    }
}

/// `POST /api/v1/rooms/{id}/acts {command, payload?, id?}` → 200, the command's answer.
pub async fn act(State(app): Shared, client: Client, Path(id): Path<String>, request: Request) -> Response {
    let asked = match asked::<ActBody>(&app, &client, &id, request).await {
        Ok(asked) => asked,
        Err(answer) => return answer,
    };
    let (command, payload) = match asked.body.push() {
        Ok(push) => push,
        Err(refusal) => return refusal.into_response(),
    };
    match perform(&app, &client, &asked.room, asked.actor, &command, payload).await {
        Ok(response) => Json(response).into_response(),
        Err(refusal) => refusal.into_response(),
    }
}

/// `GET /api/v1/rooms/{id}/settings` → `{who_may_build, who_may_save}`
pub async fn show_settings(State(app): Shared, Path(id): Path<String>) -> Response {
    match RoomId::parse(&id) {
        Ok(id) => settings(&app, &id).await,
        Err(_) => not_found(),
    }
}

/// The settings as they are stored: what a running room was told of is stored before anyone hears of it.
async fn settings(app: &App, id: &RoomId) -> Response {
    match app.store.room(id).await {
        Ok(Some(row)) => Json(stored::settings(&row).to_json()).into_response(),
        Ok(None) => not_found(),
        Err(error) => unavailable(&error),
    }
}

/// Settings to change.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct SettingsBody {
    #[serde(default)]
    who_may_build: Value,
    #[serde(default)]
    who_may_save: Value,
}

/// `PUT /api/v1/rooms/{id}/settings {who_may_build?, who_may_save?}` → 200, all settings.
pub async fn set_settings(
    State(app): Shared,
    client: Client,
    Path(id): Path<String>,
    request: Request,
) -> Response {
    let asked = match asked::<SettingsBody>(&app, &client, &id, request).await {
        Ok(asked) => asked,
        Err(answer) => return answer,
    };
    let SettingsBody { who_may_build, who_may_save } = asked.body;
    let wanted = json!({"who_may_build": who_may_build, "who_may_save": who_may_save});
    match perform(&app, &client, &asked.room, asked.actor, "set_settings", wanted).await {
        Ok(_) => settings(&app, &asked.room).await,
        Err(refusal) => refusal.into_response(),
    }
}

/// A role to give.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RoleBody {
    role: Value,
}

/// `PUT /api/v1/rooms/{id}/members/{user} {role}` → 200 `{user_id, role}`
pub async fn set_role(
    State(app): Shared,
    client: Client,
    Path((id, user)): Path<(String, String)>,
    request: Request,
) -> Response {
    let asked = match asked::<RoleBody>(&app, &client, &id, request).await {
        Ok(asked) => asked,
        Err(answer) => return answer,
    };
    let given = json!({"user_id": user, "role": asked.body.role});
    match perform(&app, &client, &asked.room, asked.actor, "set_role", given.clone()).await {
        Ok(_) => Json(given).into_response(),
        Err(refusal) => refusal.into_response(),
    }
}
