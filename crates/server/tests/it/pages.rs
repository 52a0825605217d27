//! The website as a browser without scripts sees it: forms, cookies, owners, headers.

use crate::support::{Answer, Server};

/// A visitor with a cookie jar for one cookie.
struct Browser<'a> {
    server: &'a Server,
    cookie: String,
}

impl<'a> Browser<'a> {
    fn new(server: &'a Server) -> Self {
        Self { server, cookie: String::new() }
    }

    async fn send(&mut self, method: &str, path: &str, body: Option<String>) -> Answer {
        let form = ("content-type", "application/x-www-form-urlencoded");
        let headers = [("cookie", self.cookie.as_str()), form];
        let headers = if self.cookie.is_empty() { &headers[1..] } else { &headers[..] };
        let answer = self.server.request(method, path, headers, body).await;
        if let Some((cookie, _)) = answer.header("set-cookie").split_once(';') {
            self.cookie = cookie.to_owned();
        }
        answer
    }

    async fn get(&mut self, path: &str) -> Answer {
        self.send("GET", path, None).await
    }

    /// The form token of a page.
    async fn token(&mut self) -> String {
        let page = self.get("/rooms/new").await.body;
        attribute(&page, "name=\"_csrf_token\" value=\"")
    }

    async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let token = self.token().await;
        self.post_with(path, &token, fields).await
    }

    async fn post_with(&mut self, path: &str, token: &str, fields: &[(&str, &str)]) -> Answer {
        let fields = [fields, &[("_csrf_token", token)]].concat();
        let body = serde_urlencoded::to_string(fields).unwrap();
        self.send("POST", path, Some(body)).await
    }

    /// Who the server takes this for.
    async fn id(&mut self, room: &str) -> String {
        let page = self.get(room).await.body;
        attribute(&page, "name=\"user-id\" content=\"")
    }

    /// Creates a room; the path of its page.
    async fn create(&mut self, name: &str) -> String {
        let fields = [("name", name), ("description", "a <b>bold</b> one"), ("template", "blocks")];
        let answer = self.post("/rooms", &fields).await;
        assert_eq!(answer.status, 303, "{}", answer.body);
        answer.header("location").to_owned()
    }
}

/// The text between `before` and the next quote.
fn attribute(page: &str, before: &str) -> String {
    let (_, rest) = page.split_once(before).unwrap_or_else(|| panic!("{before} is not in {page}"));
    rest.split('"').next().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn creating_a_room_leads_to_its_lobby() {
    let server = Server::start().await;
    let mut browser = Browser::new(&server);
    let path = browser.create("Blue <i>garden</i>").await;
    let id = path.strip_prefix("/rooms/").unwrap().to_owned();
    assert_eq!(id.len(), 5);
    let lobby = browser.get(&path).await;
    assert_eq!(lobby.status, 200);
    assert!(
        lobby.body.contains("Blue &#60;i&#62;garden&#60;/i&#62;") && !lobby.body.contains("<i>garden"),
        "{}",
        lobby.body
    );
    assert_eq!(attribute(&lobby.body, "name=\"room-id\" content=\""), id);
    let token = attribute(&lobby.body, "name=\"user-token\" content=\"");
    let user = attribute(&lobby.body, "name=\"user-id\" content=\"");
    let mut client =
        crate::support::Client::connect(server.address(), &format!("vsn=2.0.0&_user_token={token}"), &[])
            .await
            .unwrap();
    assert_eq!(client.join(&id, serde_json::json!({})).await["user_id"], serde_json::json!(user));
    let list = browser.get("/rooms").await.body;
    assert!(list.contains(&path) && !list.contains("<i>garden"));
    assert_eq!(browser.get(&format!("/r/{id}")).await.header("location"), path);
    let entered = browser.post("/enter", &[("room", &format!("https://elsewhere.example{path}"))]).await;
    assert_eq!((entered.status, entered.header("location")), (303, path.as_str()));
}

#[tokio::test(flavor = "multi_thread")]
async fn forms_without_the_visitors_own_token_are_refused() {
    let server = Server::start().await;
    let mut browser = Browser::new(&server);
    let fields = [("name", "Mine"), ("template", "empty")];
    let stolen = Browser::new(&server).token().await;
    browser.token().await;
    for token in ["", "forged", &stolen] {
        assert_eq!(browser.post_with("/rooms", token, &fields).await.status, 403, "{token}");
    }
    let own = browser.token().await;
    let mut without_cookie = Browser::new(&server);
    assert_eq!(without_cookie.post_with("/rooms", &own, &fields).await.status, 403);
    assert_eq!(server.get("/api/v1/rooms").await.json()["rooms"], serde_json::json!([]));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_that_is_wrong_comes_back_with_words_and_what_was_typed() {
    let server = Server::start().await;
    let mut browser = Browser::new(&server);
    let long = "n".repeat(10_000);
    for (name, template, words) in [
        ("", "blocks", "Give your room a name."),
        (long.as_str(), "blocks", "at most 80 characters"),
        ("Fine", "castle", "Choose what the room starts with."),
    ] {
        let answer = browser.post("/rooms", &[("name", name), ("template", template)]).await;
        assert_eq!(answer.status, 422);
        assert!(answer.body.contains(words) && answer.body.contains(name), "{words}");
    }
    let path = browser.create("Fine").await;
    let answer = browser.post(&path, &[("name", " "), ("description", "kept <text>")]).await;
    assert_eq!(answer.status, 422);
    assert!(answer.body.contains("kept &#60;text&#62;"), "{}", answer.body);
    let answer = browser.post("/enter", &[("room", "no such code at all")]).await;
    assert_eq!(answer.status, 422);
}

#[tokio::test(flavor = "multi_thread")]
async fn only_its_maker_edits_and_deletes_a_room() {
    let server = Server::start().await;
    let mut owner = Browser::new(&server);
    let path = owner.create("First name").await;
    let mut stranger = Browser::new(&server);
    stranger.token().await;
    for page in ["edit", "delete"] {
        assert_eq!(stranger.get(&format!("{path}/{page}")).await.status, 403);
        assert_eq!(owner.get(&format!("{path}/{page}")).await.status, 200);
    }
    assert_eq!(stranger.post(&path, &[("name", "Stolen")]).await.status, 403);
    assert_eq!(stranger.post(&format!("{path}/delete"), &[]).await.status, 403);
    assert_eq!(owner.post(&path, &[("name", "Second name")]).await.status, 303);
    assert!(owner.get(&path).await.body.contains("Second name"));
    assert!(
        owner.get(&format!("{path}/delete")).await.body.contains("Second name"),
        "the question names the room"
    );
    assert_eq!(owner.post_with(&format!("{path}/delete"), "forged", &[]).await.status, 403);
    assert_eq!(owner.post(&format!("{path}/delete"), &[]).await.header("location"), "/rooms?done=deleted");
    assert_eq!(owner.get(&path).await.status, 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn addresses_of_nothing_are_404_pages() {
    let server = Server::start().await;
    for path in [
        "/rooms/abcde",
        "/rooms/a%2Fb%2Fc",
        "/rooms/abcde/fghij/x",
        "/rooms/..%2f..%2fetc",
        "/nothing",
        "/rooms/abcde/edit",
    ] {
        let answer = server.get(path).await;
        assert_eq!(answer.status, 404, "{path}");
        assert!(
            answer.header("content-type").starts_with("text/html") && answer.body.contains("<h1"),
            "{path}"
        );
    }
    assert_eq!(server.get("/assets/../../Cargo.toml").await.status, 404);
    assert_eq!(server.get("/assets/.vite/manifest.json").await.status, 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_page_carries_the_security_headers() {
    let server = Server::start_with(|config| config.frame_ancestors = "https://embeds.example".into()).await;
    for path in ["/", "/rooms", "/rooms/new", "/nothing", "/api/v1/rooms", "/healthz"] {
        let answer = server.get(path).await;
        let policy = answer.header("content-security-policy");
        for part in [
            "default-src 'self'",
            "script-src 'self' 'wasm-unsafe-eval'",
            "object-src 'none'",
            "base-uri 'none'",
        ] {
            assert!(policy.contains(part), "{path}: {policy}");
        }
        assert!(policy.contains(&format!("ws://{}", server.address())), "{policy}");
        assert!(
            policy.contains("frame-ancestors https://embeds.example") && !policy.contains("unsafe-inline")
        );
        assert_eq!(answer.header("x-content-type-options"), "nosniff");
        assert_eq!(answer.header("referrer-policy"), "same-origin");
    }
    let forged = [("host", "evil.example; script-src *")];
    let policy = server.request("GET", "/", &forged, None).await;
    assert!(!policy.header("content-security-policy").contains("script-src *"));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_visitors_cookie_is_out_of_reach_of_scripts_and_lasts() {
    let server =
        Server::start_with(|config| config.trusted_proxies = vec!["127.0.0.1".parse().unwrap()]).await;
    let answer = server.get("/").await;
    let cookie = answer.header("set-cookie");
    for part in ["thexr_visitor=", "HttpOnly", "SameSite=Lax", "Path=/", "Max-Age=34560000"] {
        assert!(cookie.contains(part), "{cookie}");
    }
    assert!(!cookie.contains("Secure"), "plain HTTP: {cookie}");
    let https = [("x-forwarded-proto", "https"), ("x-forwarded-for", "192.0.2.7")];
    let answer = server.request("GET", "/", &https, None).await;
    assert!(answer.header("set-cookie").contains("; Secure"));
    let known = answer.header("set-cookie").split(';').next().unwrap().to_owned();
    let again = server.request("GET", "/", &[("cookie", &known)], None).await;
    assert_eq!(again.header("set-cookie"), "", "the same visitor");
    let forged = server.request("GET", "/", &[("cookie", "thexr_visitor=forged")], None).await;
    assert!(forged.header("set-cookie").contains("thexr_visitor="), "a forged one is replaced");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_rooms_page_counts_the_people_inside() {
    let server = Server::start().await;
    let room = server.room_named("Busy place").await;
    let _people = [server.enter(&room).await, server.enter(&room).await];
    let counted = crate::support::eventually("two people are counted", async || {
        let rooms = server.get("/api/v1/rooms").await.json();
        (rooms["rooms"][0]["people"] == 2).then_some(())
    });
    counted.await;
    let landing = server.get("/").await.body;
    assert!(landing.contains("Busy place") && landing.contains('2'));
}

/// What a room's settings are.
async fn settings(server: &Server, room: &str) -> (String, String) {
    let settings = server.get(&format!("/api/v1{room}/settings")).await.json();
    let role = |name: &str| settings[name].as_str().unwrap().to_owned();
    (role("who_may_build"), role("who_may_save"))
}

fn roles(build: &str, save: &str) -> (String, String) {
    (build.to_owned(), save.to_owned())
}

#[tokio::test(flavor = "multi_thread")]
async fn who_may_build_and_who_may_save_is_chosen_at_the_beginning_and_later() {
    let server = Server::start().await;
    let mut owner = Browser::new(&server);
    let open = owner.create("Open to all").await;
    assert_eq!(settings(&server, &open).await, roles("visitor", "visitor"));
    let chosen =
        [("name", "Mine"), ("template", "empty"), ("who_may_build", "owner"), ("who_may_save", "owner")];
    let made = owner.post("/rooms", &chosen).await;
    assert_eq!(made.status, 303, "{}", made.body);
    let path = made.header("location").to_owned();
    assert_eq!(settings(&server, &path).await, roles("owner", "owner"));
    let mut guest = server.enter(path.strip_prefix("/rooms/").unwrap()).await;
    let refused = guest.push("create_entity", serde_json::json!({"components": {}})).await;
    assert_eq!(refused["response"]["reason"], "forbidden");
    let page = owner.get(&format!("{path}/edit")).await.body;
    assert_eq!(page.matches(r#"<option value="owner" selected>Only me</option>"#).count(), 2, "{page}");
    let later = [("name", "Ours"), ("who_may_build", "visitor"), ("who_may_save", "moderator")];
    assert_eq!(owner.post(&path, &later).await.status, 303);
    let told = guest.fact("settings_changed").await;
    assert_eq!(told["payload"]["who_may_build"], "visitor", "{told}");
    assert_eq!(settings(&server, &path).await, roles("visitor", "moderator"));
    assert_eq!(owner.post(&path, &[("name", "Still ours")]).await.status, 303, "a form that does not ask");
    assert_eq!(settings(&server, &path).await, roles("visitor", "moderator"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_choice_that_is_none_is_asked_again_and_nothing_is_saved() {
    let server = Server::start().await;
    let mut owner = Browser::new(&server);
    let path = owner.create("Before").await;
    let wrong = [("name", "After"), ("who_may_build", "emperor"), ("who_may_save", "owner")];
    let answer = owner.post(&path, &wrong).await;
    assert_eq!(answer.status, 422);
    assert!(
        answer.body.contains("Choose who may build.") && answer.body.contains("After"),
        "{}",
        answer.body
    );
    assert!(answer.body.contains(r#"<option value="owner" selected>"#), "what was chosen is kept");
    assert_eq!(settings(&server, &path).await, roles("visitor", "visitor"));
    assert!(owner.get(&path).await.body.contains("Before"));
    let fields = [("name", "New"), ("template", "empty"), ("who_may_save", "<b>")];
    let answer = owner.post("/rooms", &fields).await;
    assert_eq!(answer.status, 422);
    assert!(answer.body.contains("Choose who may save and restore."));
    let rooms = server.get("/api/v1/rooms").await.json();
    assert_eq!(rooms["rooms"].as_array().unwrap().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_owner_by_role_edits_and_deletes_and_who_gave_the_room_away_does_not() {
    let server = Server::start().await;
    let (mut maker, mut other) = (Browser::new(&server), Browser::new(&server));
    let path = maker.create("Handed over").await;
    let (maker_id, other_id) = (maker.id(&path).await, other.id(&path).await);
    let key = format!("Bearer {}", server.app().operator_key);
    for (user, role) in [(&other_id, "moderator"), (&other_id, "owner"), (&maker_id, "moderator")] {
        let headers = [("authorization", key.as_str()), ("content-type", "application/json")];
        let body = serde_json::json!({"role": role}).to_string();
        let given =
            server.request("PUT", &format!("/api/v1{path}/members/{user}"), &headers, Some(body)).await;
        assert_eq!(given.status, 200, "{}", given.body);
    }
    let edit = format!("{path}/edit");
    assert_eq!((maker.get(&edit).await.status, other.get(&edit).await.status), (403, 200));
    assert!(
        other.get("/rooms").await.body.contains(&edit) && !maker.get("/rooms").await.body.contains(&edit)
    );
    assert_eq!(maker.post(&path, &[("name", "Mine again"), ("who_may_build", "owner")]).await.status, 403);
    assert_eq!(maker.post(&format!("{path}/delete"), &[]).await.status, 403);
    assert_eq!(settings(&server, &path).await, roles("visitor", "visitor"));
    let fields = [("name", "Theirs"), ("who_may_build", "builder"), ("who_may_save", "visitor")];
    assert_eq!(other.post(&path, &fields).await.status, 303);
    assert_eq!(settings(&server, &path).await, roles("builder", "visitor"));
    assert_eq!(other.post(&format!("{path}/delete"), &[]).await.header("location"), "/rooms?done=deleted");
    assert_eq!(other.get(&path).await.status, 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_with_a_slash_too_many_leads_to_the_one_without() {
    let server = Server::start().await;
    let room = server.room_named("Slashed").await;
    for (path, location) in [
        ("/rooms/".to_owned(), "/rooms".to_owned()),
        ("/rooms/?q=tea%20%26".to_owned(), "/rooms?q=tea%20%26".to_owned()),
        (format!("/rooms/{room}/"), format!("/rooms/{room}")),
        (format!("/r/{room}//"), format!("/r/{room}")),
    ] {
        let answer = server.get(&path).await;
        assert_eq!((answer.status, answer.header("location")), (308, location.as_str()), "{path}");
    }
    for elsewhere in ["//evil.example/", "/nothing", "/\\evil.example/"] {
        assert_ne!(server.get(elsewhere).await.status, 308, "{elsewhere}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_is_found_in_any_case_and_pictures_of_rooms_are_files() {
    let server = Server::start().await;
    let room = server.room_named("Typed by hand").await;
    let swap = |text: &str| -> String {
        let other = |c: char| if c.is_lowercase() { c.to_ascii_uppercase() } else { c.to_ascii_lowercase() };
        text.chars().map(other).collect()
    };
    let (other, path) = (swap(&room), format!("/rooms/{room}"));
    if other != room {
        assert_eq!(server.get(&format!("/rooms/{other}")).await.header("location"), path);
    }
    assert_eq!(server.get(&format!("/r/{other}")).await.header("location"), path);
    let mut browser = Browser::new(&server);
    assert_eq!(browser.post("/enter", &[("room", &other)]).await.header("location"), path);
    for file in [format!("{path}/picture.png"), "/picture.png".into(), "/icons/180.png".into()] {
        let answer = server.get(&file).await;
        assert_eq!((answer.status, answer.header("content-type")), (200, "image/png"), "{file}");
    }
    for nothing in ["/rooms/zzzzz/picture.png", "/icons/181.png", "/icons/180"] {
        assert_eq!(server.get(nothing).await.status, 404, "{nothing}");
    }
    let manifest = server.get("/site.webmanifest").await;
    assert_eq!(manifest.header("content-type"), "application/manifest+json");
    assert_eq!(manifest.json()["icons"][0]["src"], "/icons/180.png");
}
