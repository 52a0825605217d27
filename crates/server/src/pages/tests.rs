//! Every page from sample data: what must be on it, what must never be.

use super::*;
use thexr_wire::Role;

const NASTY: &str = r#"<img src=x onerror="alert('1')"> & "room"</title>"#;

fn page() -> Page {
    Page {
        assets: Assets {
            site_css: "/assets/site-1a2b.css".into(),
            site_js: "/assets/site-3c4d.js".into(),
            room_js: "/assets/main-5e6f.js".into(),
            room_css: vec!["/assets/main-7a8b.css".into()],
            room_modules: vec!["/assets/shared-9c0d.js".into()],
        },
        csrf_token: "csrf-token-value".into(),
        origin: "https://rooms.example".into(),
    }
}

fn picture() -> Svg {
    let block = Block {
        center: [0.0, 0.5, 0.0],
        size: [1.0; 3],
        yaw_rad: 0.0,
        color: Rgb::new(255, 178, 36),
        form: Form::Box,
    };
    thumbnail_svg(&[block], Framing::Card, None)
}

fn summary(id: &str, name: &str, people: u32) -> RoomSummary {
    RoomSummary {
        id: id.into(),
        name: name.into(),
        description: format!("About {name}"),
        people,
        changed_at_ms: 0,
    }
}

fn card(room: RoomSummary) -> RoomCard {
    RoomCard { room, picture: picture(), yours: true }
}

fn landing(rooms: Vec<RoomCard>) -> LandingView {
    LandingView {
        page: page(),
        hero: thumbnail_svg(&[], Framing::Hero, Some(NASTY)),
        workshop: Some("work0".into()),
        hangar: Some(card(summary("hang0", "The Hangar", 0))),
        hero_room: None,
        open_rooms: rooms,
        open_rooms_max: 6,
        enter_value: String::new(),
        enter_error: None,
        now_ms: 60_000,
    }
}

fn rooms(cards: Vec<RoomSummary>, query: &RoomsQuery) -> RoomsView {
    RoomsView::new(page(), query, select_rooms(cards, query), 7_200_000, card)
}

fn new_room(form: RoomForm) -> NewRoomView {
    let errors = form.validate().err().unwrap_or_default();
    let templates =
        RoomTemplate::ALL.map(|template| TemplateChoice { template, picture: picture() }).to_vec();
    NewRoomView { page: page(), form, errors, templates }
}

fn edit_room(form: RoomForm) -> EditRoomView {
    let errors = form.validate_edit().err().unwrap_or_default();
    EditRoomView {
        page: page(),
        room_id: "k3XbZ".into(),
        room_name: NASTY.into(),
        picture: picture(),
        form,
        errors,
    }
}

/// A form with nothing right in it.
fn all_wrong(long: &str) -> RoomForm {
    let nasty = || NASTY.to_owned();
    let form = RoomForm { template: nasty(), ..RoomForm::of_room(long, long) };
    RoomForm { who_may_build: nasty(), who_may_save: nasty(), ..form }
}

fn delete_room(people: u32) -> DeleteRoomView {
    DeleteRoomView {
        page: page(),
        room_id: "k3XbZ".into(),
        room_name: "Blue garden".into(),
        people,
        picture: picture(),
    }
}

fn shell(name: &str, description: &str) -> RoomShellView {
    RoomShellView {
        page: page(),
        user_token: "token.of.user".into(),
        user_id: "abcdefghij0123456789".into(),
        room_id: "k3XbZ".into(),
        room_name: name.into(),
        room_description: description.into(),
        picture: picture(),
    }
}

fn error(kind: ErrorKind) -> String {
    render_error(&ErrorView { page: page(), kind })
}

fn error_kinds() -> Vec<ErrorKind> {
    vec![
        ErrorKind::UnknownRoom,
        ErrorKind::UnknownPage,
        ErrorKind::BadRequest,
        ErrorKind::NotYours { room_id: "k3XbZ".into() },
        ErrorKind::FormExpired { back: "/rooms/new".into() },
        ErrorKind::SlowDown { retry_after_s: 12 },
        ErrorKind::TooManyRooms,
        ErrorKind::Busy,
        ErrorKind::Internal,
        ErrorKind::RoomQuarantined,
        ErrorKind::ShuttingDown,
    ]
}

/// Every page there is, with hostile text wherever a person's text goes.
fn all_pages() -> Vec<String> {
    let nasty = || card(summary("k3XbZ", NASTY, 3));
    let mut typed = landing(vec![nasty()]);
    typed.hero_room = Some(summary("k3XbZ", NASTY, 2));
    typed.enter_value = NASTY.into();
    typed.enter_error = Some("No.".into());
    let query = RoomsQuery { q: NASTY.into(), ..RoomsQuery::default() };
    let long = format!("{NASTY}{}", "x".repeat(600));
    let mut pages = vec![
        render_landing(&landing(vec![])),
        render_landing(&typed),
        render_rooms(&rooms(vec![], &RoomsQuery::default())),
        render_rooms(&rooms(vec![summary("k3XbZ", NASTY, 3)], &query)),
        render_rooms(&RoomsView { notice: Some(NASTY.into()), ..rooms(vec![], &query) }),
        render_new_room(&new_room(RoomForm::blank())),
        render_new_room(&new_room(all_wrong(&long))),
        render_edit_room(&edit_room(all_wrong(&long))),
        render_delete_room(&DeleteRoomView { room_name: NASTY.into(), ..delete_room(1) }),
        render_room_shell(&shell(NASTY, NASTY)),
        render_not_built(),
    ];
    pages.extend(error_kinds().into_iter().map(error));
    pages
}

#[test]
fn what_people_type_is_text_on_every_page() {
    for html in all_pages() {
        assert!(!html.contains("<img"), "{html}");
        assert!(!html.contains("& \"room\""), "{html}");
        assert_eq!(html.matches("</title>").count(), 1, "{html}");
    }
}

#[test]
fn every_page_is_fit_for_a_strict_content_security_policy() {
    for html in all_pages() {
        assert!(!html.contains("<style") && !html.contains(" style="), "{html}");
        assert!(!html.contains("href=\"javascript:"));
        assert_eq!(html.matches("<script").count(), html.matches("<script type=\"module\" src=\"/").count());
        let has_handler = html.split('<').any(|tag| {
            let tag = tag.split('>').next().unwrap_or_default();
            tag.contains(" onclick=\"") || tag.contains(" onload=\"") || tag.contains(" onerror=\"")
        });
        assert!(!has_handler, "{html}");
    }
}

#[test]
fn every_page_says_its_language_has_one_heading_and_a_viewport() {
    for html in all_pages() {
        assert!(html.starts_with("<!doctype html>\n<html lang=\"en\">"), "{html}");
        assert_eq!(html.matches("<h1").count(), 1, "{html}");
        assert_eq!(html.matches("name=\"viewport\"").count(), 1);
        assert_eq!(html.matches("<main").count(), 1);
    }
}

#[test]
fn ids_on_a_page_are_unique_and_every_label_has_its_field() {
    for html in all_pages() {
        let ids: Vec<&str> = html.split(" id=\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
        let unique: std::collections::BTreeSet<&str> = ids.iter().copied().collect();
        assert_eq!(ids.len(), unique.len(), "{ids:?}");
        for target in html.split(" for=\"").skip(1).filter_map(|rest| rest.split('"').next()) {
            assert!(unique.contains(target), "{target}");
        }
        let described = html.split(" aria-describedby=\"").skip(1).filter_map(|rest| rest.split('"').next());
        for target in described.flat_map(str::split_whitespace) {
            assert!(unique.contains(target), "{target}");
        }
    }
}

#[test]
fn every_form_that_changes_something_carries_the_csrf_token() {
    for html in all_pages() {
        for form in html.split("<form").skip(1).filter(|form| form.contains("method=\"post\"")) {
            assert!(form.contains(r#"name="_csrf_token" value="csrf-token-value""#), "{form}");
        }
    }
}

#[test]
fn the_landing_page_offers_to_create_and_to_enter() {
    let html = render_landing(&landing(vec![]));
    assert!(html.contains(r#"href="/rooms/new""#));
    assert!(html.contains(r#"action="/enter""#) && html.contains(r#"name="room""#));
    assert!(html.contains("It is quiet right now."));
    assert!(
        html.contains(r#"href="/assets/site-1a2b.css""#) && html.contains(r#"src="/assets/site-3c4d.js""#)
    );
}

#[test]
fn the_landing_page_shows_open_rooms_with_their_people() {
    let html = render_landing(&landing(vec![card(summary("k3XbZ", "Blue garden", 3))]));
    assert!(html.contains(r#"<a href="/rooms/k3XbZ" dir="auto">Blue garden</a>"#));
    assert!(html.contains("3 people inside") && html.contains(r#"data-people="3""#));
    assert!(html.contains("1 minute ago"));
    assert!(!html.contains("It is quiet right now."));
}

#[test]
fn a_wrong_code_stays_in_its_field_with_the_reason_beside_it() {
    let view =
        LandingView { enter_value: "k3 X".into(), enter_error: Some("No code.".into()), ..landing(vec![]) };
    let html = render_landing(&view);
    assert!(html.contains(r#"value="k3 X""#) && html.contains(r#"aria-invalid="true""#));
    assert!(html.contains(r#"<p class="error" id="enter-error" role="alert">No code.</p>"#));
}

#[test]
fn a_server_without_rooms_invites_to_create_the_first() {
    let html = render_rooms(&rooms(vec![], &RoomsQuery::default()));
    assert!(html.contains("No rooms yet. Create the first.") && !html.contains("role=\"search\""));
}

#[test]
fn a_search_that_finds_nothing_says_so_and_keeps_the_words() {
    let query = RoomsQuery { q: "castle".into(), ..RoomsQuery::default() };
    let html = render_rooms(&rooms(vec![summary("k3XbZ", "Blue garden", 0)], &query));
    assert!(html.contains(r#"value="castle""#) && html.contains("0 rooms found for “castle”."));
    assert!(html.contains("No room matches that.") && !html.contains("data-none hidden"));
}

#[test]
fn the_list_keeps_search_and_order_from_page_to_page() {
    let many = (0..60).map(|n| summary(&format!("r{n:04}"), "Tea & cake", 0)).collect();
    let query =
        RoomsQuery { q: "tea &".into(), sort: "recent".into(), page: "1".into(), ..RoomsQuery::default() };
    let html = render_rooms(&rooms(many, &query));
    assert!(html.contains("/rooms?q=tea%20%26&amp;sort=recent&amp;page=2"), "{html}");
    assert!(html.contains("Page 1 of 2") && html.contains(r#"<option value="recent" selected>"#));
}

#[test]
fn only_the_maker_of_a_room_is_offered_to_edit_it() {
    let edit = r#"href="/rooms/k3XbZ/edit""#;
    let mut view = rooms(vec![summary("k3XbZ", "Blue garden", 0)], &RoomsQuery::default());
    assert!(render_rooms(&view).contains(edit));
    view.cards[0].yours = false;
    assert!(!render_rooms(&view).contains(edit));
}

#[test]
fn a_new_room_starts_with_the_first_template_and_no_errors() {
    let view = NewRoomView { errors: FormErrors::default(), ..new_room(RoomForm::blank()) };
    let html = render_new_room(&view);
    assert!(html.contains(r#"value="blocks" checked"#) && html.contains(r#"value="empty">"#));
    assert!(!html.contains("class=\"error\"") && !html.contains("aria-invalid"));
    assert!(html.contains(r#"method="post" action="/rooms""#));
}

#[test]
fn errors_stand_beside_their_field_and_what_was_typed_is_kept() {
    let form = RoomForm { template: "empty".into(), ..RoomForm::of_room("", "A <b>quiet</b> place") };
    let html = render_new_room(&new_room(form));
    assert!(html.contains(r#"<p class="error" id="name-error">Give your room a name.</p>"#));
    assert!(html.contains(r#"aria-describedby="name-error name-hint" aria-invalid="true" autofocus"#));
    assert!(html.contains("A &#60;b&#62;quiet&#60;/b&#62; place"));
    assert!(html.contains(r#"value="empty" checked"#));
    assert!(html.contains("<title>Error: Create a room") && html.contains("One thing needs another look."));
}

#[test]
fn the_edit_page_saves_to_the_room_and_leads_to_its_deletion() {
    let html = render_edit_room(&edit_room(RoomForm::of_room("Blue garden", "Quiet")));
    assert!(html.contains(r#"action="/rooms/k3XbZ""#) && html.contains(r#"value="Blue garden""#));
    assert!(html.contains(r#"href="/rooms/k3XbZ/delete""#));
    assert!(!html.contains(r#"name="template""#));
}

#[test]
fn both_forms_ask_who_may_build_and_who_may_save_in_plain_words() {
    let form = RoomForm::of_room("Blue garden", "").with_rights(Role::Builder, Role::Owner);
    let asked = RoomForm { template: "empty".into(), ..form.clone() };
    for html in [render_edit_room(&edit_room(form)), render_new_room(&new_room(asked))] {
        for (name, label) in
            [("who_may_build", "Who may build"), ("who_may_save", "Who may save and restore")]
        {
            assert!(html.contains(&format!(r#"<label for="{name}">{label}</label>"#)), "{html}");
            assert!(html.contains(&format!(r#"id="{name}" name="{name}""#)), "{html}");
        }
        for words in ["Everyone", "Members and up", "Builders and up", "Moderators and up", "Only me"] {
            assert_eq!(html.matches(&format!(">{words}</option>")).count(), 2, "{words}");
        }
        assert_eq!(html.matches(" selected>").count(), 2);
        assert!(html.contains(r#"value="builder" selected>"#) && html.contains(r#"value="owner" selected>"#));
    }
    let blank = render_new_room(&new_room(RoomForm::blank()));
    assert_eq!(blank.matches(r#"value="visitor" selected>"#).count(), 2);
}

#[test]
fn who_may_what_is_asked_again_beside_its_field() {
    let form = RoomForm { who_may_build: "emperor".into(), ..RoomForm::of_room("Fine", "") };
    let html = render_edit_room(&edit_room(form));
    assert!(html.contains(r#"<p class="error" id="who_may_build-error">Choose who may build.</p>"#));
    assert!(
        html.contains(r#"aria-describedby="who_may_build-error who_may_build-hint" aria-invalid="true""#)
    );
    assert!(html.contains("One thing needs another look.") && !html.contains("who_may_save-error"));
}

#[test]
fn the_question_before_deletion_names_the_room_and_has_a_way_back() {
    let html = render_delete_room(&delete_room(0));
    assert!(html.contains("<h1>Delete “<bdi>Blue garden</bdi>”?</h1>"));
    assert!(html.contains(r#"method="post" action="/rooms/k3XbZ/delete""#));
    assert!(html.contains(r#"href="/rooms/k3XbZ/edit">Keep it"#));
    assert!(
        !html.contains("sent out") && render_delete_room(&delete_room(4)).contains("The 4 people inside")
    );
}

#[test]
fn the_room_page_tells_the_client_who_where_and_how() {
    let html = render_room_shell(&shell("Blue garden", "Quiet"));
    for (name, content) in [
        ("user-token", "token.of.user"),
        ("user-id", "abcdefghij0123456789"),
        ("room-id", "k3XbZ"),
        ("room-name", "Blue garden"),
        ("room-description", "Quiet"),
        ("socket-url", "/socket"),
        ("csrf-token", "csrf-token-value"),
    ] {
        assert!(html.contains(&format!(r#"<meta name="{name}" content="{content}">"#)), "{name}");
    }
    assert!(html.contains(r#"<script type="module" src="/assets/main-5e6f.js"></script>"#));
    assert!(html.contains(r#"href="/assets/main-7a8b.css""#) && html.contains("<div id=\"app\">"));
    assert!(html.contains("<noscript>") && html.contains("Opening the room…"));
}

#[test]
fn hostile_names_stay_inside_their_meta_attribute() {
    let html = render_room_shell(&shell("\"><script>alert(1)</script>", ""));
    assert!(html.contains("content=\"&#34;&#62;&#60;script&#62;alert(1)&#60;/script&#62;\""), "{html}");
}

#[test]
fn every_error_page_has_its_status_and_a_way_on() {
    let statuses: Vec<u16> = error_kinds().iter().map(ErrorKind::status).collect();
    assert_eq!(statuses, [404, 404, 400, 403, 403, 429, 503, 503, 500, 503, 503]);
    for kind in error_kinds() {
        let html = error(kind.clone());
        assert!(html.contains(&format!("Error {}", kind.status())));
        assert!(html.contains(r#"class="button button-main""#), "{kind:?}");
    }
}

#[test]
fn an_unknown_room_leads_back_to_the_list() {
    let html = error(ErrorKind::UnknownRoom);
    assert!(html.contains("<h1>There is no room here</h1>"));
    assert!(html.contains(r#"<a class="button button-main" href="/rooms">See all rooms</a>"#));
}

#[test]
fn a_restarting_server_reconnects_by_itself() {
    let html = error(ErrorKind::ShuttingDown);
    assert!(html.contains(r#"data-reconnect="/readyz""#) && html.contains("http-equiv=\"refresh\""));
    assert!(!error(ErrorKind::RoomQuarantined).contains("data-reconnect"));
}

#[test]
fn a_server_without_a_client_says_how_to_build_it() {
    let html = render_not_built();
    assert!(html.contains("cargo xtask run") && !html.contains("stylesheet"));
}

#[test]
fn headings_go_down_one_level_at_a_time() {
    for html in all_pages() {
        let levels = html.split("<h").skip(1).filter_map(|rest| rest[..1].parse::<u8>().ok());
        let levels: Vec<u8> = levels.collect();
        assert_eq!(levels.first(), Some(&1), "{html}");
        assert!(levels.windows(2).all(|pair| pair[1] <= pair[0] + 1), "{levels:?}");
    }
}

#[test]
fn the_first_door_of_the_landing_page_leads_into_the_sample_room() {
    let mut view = landing(vec![]);
    view.hero_room = Some(summary("we1c0", "Welcome", 0));
    let html = render_landing(&view);
    let (_, doors) = html.split_once("hero-doors").unwrap();
    let first = doors.split("<a ").nth(1).unwrap();
    assert!(
        first.contains(r#"href="/rooms/we1c0""#) && first.contains("Step into <bdi>Welcome</bdi>"),
        "{first}"
    );
    assert!(doors.contains(r#"data-copy="/r/we1c0""#), "the empty list offers a link to send");
}

#[test]
fn links_to_the_site_and_to_a_room_have_a_picture_with_a_whole_address() {
    let pages = [
        (render_landing(&landing(vec![])), "https://rooms.example/picture.png"),
        (render_room_shell(&shell("Blue garden", "")), "https://rooms.example/rooms/k3XbZ/picture.png"),
    ];
    for (html, address) in pages {
        assert!(html.contains(&format!(r#"<meta property="og:image" content="{address}">"#)), "{html}");
        assert!(html.contains("apple-touch-icon") && html.contains("site.webmanifest"));
    }
}

#[test]
fn pages_with_times_say_what_time_it_is_here() {
    let cards = || vec![summary("k3XbZ", "Blue garden", 1)];
    for (html, now_ms) in [
        (render_rooms(&rooms(cards(), &RoomsQuery::default())), 7_200_000),
        (render_landing(&landing(cards().into_iter().map(card).collect())), 60_000),
    ] {
        assert!(
            html.contains(&format!(r#"data-now-ms="{now_ms}""#)) && html.contains("data-at-ms"),
            "{html}"
        );
    }
}

#[test]
fn after_a_deletion_the_list_says_so() {
    let query = RoomsQuery { done: DELETED.into(), ..RoomsQuery::default() };
    let html = render_rooms(&rooms(vec![summary("k3XbZ", "Blue garden", 0)], &query));
    assert!(html.contains(r#"<p class="notice" role="status">The room is deleted"#), "{html}");
}
