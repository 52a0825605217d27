use crate::event::{Detail, Event, State};
use crate::limits::{DESYNCS_IN_A_ROW_MAX, EVENTS_MAX, OUTSTANDING_COMMANDS_MAX};
use crate::replica::mask;
use crate::script::{ME, Script, TOM, at, avatar_row, fact, id, names, options, patch};
use crate::{AVATAR_ROW, Mode, flag};
use serde_json::{Value, json};
use thexr_wire::Role;

fn create(seq: u64, entity: &str) -> Value {
    patch(seq, json!([{"op": "create", "entity": entity, "components": {"position": [0, 0, 0]}}]))
}

#[test]
fn a_client_joins_with_dialect_mode_and_face() {
    let mut script = Script::new(Mode::Observe);
    assert_eq!(script.client.state(), State::Idle);
    let sent = script.open();
    assert_eq!(names(&sent), ["phx_join"]);
    assert_eq!(sent[0].join_ref, sent[0].reference);
    let payload = &sent[0].payload;
    assert_eq!((&payload["dialect"], &payload["mode"]), (&json!("thexr.1"), &json!("observe")));
    assert_eq!((&payload["nickname"], &payload["avatar"]), (&json!("Ann"), &json!({"color": "#FF0000"})));
    assert!(payload.get("resume").is_none());
    assert_eq!(script.client.state(), State::Joining);
}

#[test]
fn the_room_is_there_with_the_last_chunk() {
    let mut script = Script::new(Mode::Enter);
    script.open();
    script.accept(10, json!({}));
    assert_eq!(script.client.state(), State::Syncing);
    script.snapshot();
    assert_eq!(script.client.state(), State::Live);
    let events = script.events();
    assert!(matches!(
        &events[..],
        [Event::Joined { resumed: false, driver: true, seq: 10, .. }, Event::Ready]
    ));
    let changes = script.client.replica_mut().take_changes();
    assert_eq!(changes.len(), 3);
    assert!(changes.values().all(|bits| bits & mask::CREATED != 0));
}

#[test]
fn events_are_json_as_the_web_client_reads_them() {
    let event = Event::Reply { handle: 3, ok: false, response: json!({"reason": "no"}) };
    let expected = json!({"type": "reply", "handle": 3, "ok": false, "response": {"reason": "no"}});
    assert_eq!(json!(event), expected);
    assert_eq!(json!(Event::Ready), json!({"type": "ready"}));
    let told = Event::Event { event: "x".into(), payload: json!(1), seq: 2, at: 3, actor: "server".into() };
    assert_eq!(
        json!(told),
        json!({"type": "event", "event": "x", "payload": 1, "seq": 2, "at": 3, "actor": "server"})
    );
}

#[test]
fn what_comes_between_the_chunks_waits_for_the_last() {
    let mut script = Script::new(Mode::Enter);
    script.open();
    script.accept(10, json!({}));
    script.push("snapshot_chunk", json!({"index": 0, "count": 2, "entities": []}));
    script.push("state_patch", create(11, "later"));
    script.push("stoc", fact(11, "entity_created"));
    script.push("snapshot_chunk", json!({"index": 1, "count": 2, "entities": [avatar_row(ME, 1)]}));
    assert!(script.client.replica().world().entity(&id("later")).is_some());
    let events = script.events();
    assert!(matches!(&events[1..], [Event::Ready, Event::Event { seq: 11, .. }]), "{events:?}");
}

#[test]
fn a_lost_connection_is_taken_up_where_it_was() {
    let mut script = Script::live(Mode::Enter);
    script.push("state_patch", create(11, "first"));
    script.push("stoc", fact(11, "entity_created"));
    script.client.closed(script.now_ms);
    assert_eq!(script.client.state(), State::Reconnecting);
    let sent = script.open();
    assert_eq!(sent[0].payload["resume"], json!({"token": "token-10", "seq": 11}));
    script.accept(12, json!({"resumed": true}));
    script.push(
        "restate",
        json!({"incarnation": 3, "slots": {ME: 1, TOM: 5}, "poses": {TOM: at(4.0)}, "away": [TOM]}),
    );
    script.push("state_patch", create(12, "second"));
    script.push("stoc", fact(12, "entity_created"));
    assert!(script.client.replica().world().entity(&id("second")).is_some());
    assert_eq!(script.client.replica().in_slot(5), Some(&id(TOM)));
    assert_eq!(script.client.away().len(), 1);
    assert_eq!((script.client.stats().desyncs, script.client.stats().resumes), (0, 1));
}

#[test]
fn where_everyone_is_may_come_in_parts_and_counts_when_all_are_there() {
    let mut script = Script::live(Mode::Enter);
    script.client.closed(script.now_ms);
    script.open();
    script.accept(12, json!({"resumed": true}));
    let part = |index, slots: Value, away: Value| json!({"incarnation": 3, "index": index, "count": 2, "slots": slots, "poses": {}, "away": away});
    script.push("restate", part(0, json!({ME: 1}), json!([])));
    assert!(script.client.replica().in_slot(1).is_none(), "slots mean nothing yet");
    script.push("restate", part(1, json!({TOM: 5}), json!([TOM])));
    let slots = [1, 5].map(|slot| script.client.replica().in_slot(slot).cloned());
    assert_eq!(slots, [Some(id(ME)), Some(id(TOM))]);
    assert_eq!((script.client.away().len(), script.client.stats().desyncs), (1, 0));
    script.push("restate", part(1, json!({}), json!([])));
    assert_eq!(script.client.stats().desyncs, 1, "a part of no whole");
}

#[test]
fn a_half_arrived_snapshot_is_not_resumed() {
    let mut script = Script::new(Mode::Enter);
    script.open();
    script.accept(10, json!({}));
    script.push("snapshot_chunk", json!({"index": 0, "count": 2, "entities": []}));
    script.client.closed(script.now_ms);
    assert!(script.open()[0].payload.get("resume").is_none());
}

#[test]
fn a_command_is_answered_once_under_its_handle() {
    let mut script = Script::live(Mode::Enter);
    let handle = script.client.command("say", json!({"text": "hi"}), script.now_ms);
    let sent = script.sent();
    assert_eq!((sent[0].event.as_str(), &sent[0].payload["text"]), ("say", &json!("hi")));
    script.reply(&sent[0], "ok", json!({"seq": 11}));
    script.reply(&sent[0], "ok", json!({"seq": 11}));
    assert_eq!(script.events(), [Event::Reply { handle, ok: true, response: json!({"seq": 11}) }]);
}

#[test]
fn an_unanswered_command_is_sent_again_with_the_same_id() {
    let mut script = Script::live(Mode::Enter);
    let handle = script.client.command("say", json!({"text": "hi"}), script.now_ms);
    let first = script.sent().remove(0);
    script.client.closed(script.now_ms);
    let later = script.client.command("emote", json!({"emote": "wave"}), script.now_ms);
    script.open();
    assert!(script.sent().is_empty(), "not before the join is answered");
    script.accept(10, json!({"resumed": true}));
    let sent = script.sent();
    assert_eq!(names(&sent)[..2], ["say", "emote"]);
    assert_eq!(sent[0].payload, first.payload);
    script.reply(&sent[0], "ok", json!({"seq": 9}));
    script.reply(&sent[1], "error", json!({"reason": "bad_payload"}));
    let replies: Vec<_> =
        script.events().into_iter().filter(|event| matches!(event, Event::Reply { .. })).collect();
    assert!(
        matches!(&replies[..], [Event::Reply { handle: a, ok: true, .. }, Event::Reply { handle: b, ok: false, .. }]
        if (*a, *b) == (handle, later))
    );
    assert_eq!(script.client.outstanding(), 0);
}

#[test]
fn a_command_to_a_channel_that_is_gone_is_sent_again_after_the_rejoin() {
    let mut script = Script::live(Mode::Enter);
    let handle = script.client.command("say", json!({"text": "hi"}), script.now_ms);
    script.client.command("emote", json!({"emote": "wave"}), script.now_ms);
    let first = script.sent();
    for sent in &first {
        script.reply(sent, "error", json!({"reason": "unmatched topic"}));
    }
    assert_eq!(script.events(), [Event::Closed { reason: "unmatched topic".into() }]);
    assert_eq!((script.client.outstanding(), script.client.state()), (2, State::Reconnecting));
    assert!(names(&script.pass(1_050.0)).contains(&"phx_join"));
    script.accept(10, json!({"resumed": true}));
    let again = script.sent();
    assert_eq!(again[0].payload, first[0].payload);
    script.reply(&again[0], "ok", json!({"seq": 11}));
    let answered =
        |event: &Event| matches!(event, Event::Reply { handle: told, ok: true, .. } if *told == handle);
    assert!(script.events().iter().any(answered));
}

#[test]
fn too_many_outstanding_commands_are_refused_at_once() {
    let mut script = Script::live(Mode::Enter);
    for _ in 0..OUTSTANDING_COMMANDS_MAX {
        script.client.command("say", json!({}), script.now_ms);
    }
    assert!(script.events().is_empty());
    let handle = script.client.command("say", json!({}), script.now_ms);
    let events = script.events();
    assert!(matches!(&events[..], [Event::Reply { handle: refused, ok: false, response }]
        if *refused == handle && response["reason"] == "too_many_outstanding"));
}

#[test]
fn a_channel_that_crashes_is_joined_again_after_up_to_one_two_and_five_seconds() {
    let mut script = Script::live(Mode::Enter);
    for wait_ms in [1_000.0, 2_000.0, 5_000.0, 5_000.0] {
        script.fail("phx_error");
        assert_eq!(script.client.state(), State::Reconnecting);
        assert!(!names(&script.pass(wait_ms / 4.0 - 20.0)).contains(&"phx_join"));
        let mut sent = script.pass(wait_ms * 0.75 + 40.0);
        sent.retain(|sent| sent.event == "phx_join");
        assert_eq!(sent.len(), 1);
        assert_eq!(sent[0].payload["resume"]["token"], "token-10");
        script.accept(10, json!({"resumed": true, "resume_token": "token-10"}));
    }
    script.pass(6_000.0);
    script.fail("phx_error");
    assert!(names(&script.pass(1_000.0)).contains(&"phx_join"), "a settled channel starts counting anew");
}

#[test]
fn clients_that_lose_a_room_in_the_same_moment_come_back_one_after_the_other() {
    let come_back_ms = |seed| {
        let options = crate::Options { command_id_seed: seed, ..options(Mode::Enter) };
        let mut script = Script::with(options);
        script.open();
        script.accept(10, json!({}));
        script.snapshot();
        script.sent();
        script.fail("phx_error");
        (0..100).take_while(|_| !names(&script.pass(10.0)).contains(&"phx_join")).count() * 10
    };
    let mut times: Vec<usize> = (0..200).map(come_back_ms).collect();
    times.sort_unstable();
    assert!(times[0] >= 230 && times[0] < 300 && times[199] > 950, "{times:?}");
    assert!(times.windows(2).all(|pair| pair[1] - pair[0] < 80), "spread over the whole wait");
}

#[test]
fn frames_of_an_earlier_join_are_not_ours() {
    let mut script = Script::live(Mode::Enter);
    script.text(&json!("999"), &Value::Null, "state_patch", &create(11, "stray"));
    script.text(&json!("999"), &json!("999"), "phx_close", &json!({}));
    assert_eq!(script.client.state(), State::Live);
    assert!(script.client.replica().world().entity(&id("stray")).is_none());
}

#[test]
fn an_op_that_does_not_apply_asks_for_a_new_snapshot() {
    let mut script = Script::live(Mode::Enter);
    script.push("state_patch", patch(11, json!([{"op": "delete", "entity": "nobody"}])));
    assert!(matches!(&script.events()[..], [Event::Desync { .. }]));
    let sent = script.pass(10.0);
    assert_eq!(names(&sent), ["phx_join"]);
    assert!(sent[0].payload.get("resume").is_none());
    script.accept(11, json!({}));
    script.snapshot();
    assert_eq!(script.client.state(), State::Live);
    assert_eq!(script.client.stats().desyncs, 1);
}

#[test]
fn a_gap_between_events_is_a_desync() {
    let mut script = Script::live(Mode::Enter);
    script.push("stoc", fact(11, "message_said"));
    script.push("stoc", fact(13, "message_said"));
    let events = script.events();
    assert!(matches!(&events[..], [Event::Event { seq: 11, .. }, Event::Desync { .. }]), "{events:?}");
}

/// Somebody who is not there yet.
const EVE: &str = "eve00000000000000000";

#[test]
fn a_fact_for_others_is_no_gap_and_hides_no_coming() {
    let mut script = Script::live(Mode::Enter);
    script.push(
        "state_patch",
        patch(13, json!([{"op": "create", "entity": EVE, "components": {"avatar": {}, "nickname": "T"}}])),
    );
    script.push("unheard", json!({"seq": 11}));
    script.push("stoc", fact(12, "message_said"));
    script.push("stoc", fact(14, "message_said"));
    let seqs: Vec<u64> = script
        .events()
        .into_iter()
        .filter_map(|event| if let Event::Event { seq, .. } = event { Some(seq) } else { None })
        .collect();
    assert_eq!((seqs, script.client.replica().seq()), (vec![12, 13, 14], 14));
    script.push("unheard", json!({"seq": 16}));
    assert!(matches!(script.events().last(), Some(Event::Desync { .. })), "a real gap still is one");
}

#[test]
fn a_room_that_never_agrees_is_fatal() {
    let mut script = Script::live(Mode::Enter);
    for round in 0..=DESYNCS_IN_A_ROW_MAX {
        script.push("state_patch", json!({"nonsense": round}));
        if round < DESYNCS_IN_A_ROW_MAX {
            script.pass(5_010.0 * f64::from(round.min(1)) + 10.0);
            script.accept(10, json!({}));
            script.snapshot();
        }
    }
    let events = script.events();
    assert!(matches!(events.last(), Some(Event::Fatal { .. })), "{events:?}");
    assert_eq!(script.client.state(), State::Idle);
}

#[test]
fn a_reply_of_another_protocol_is_fatal() {
    for changes in
        [json!({"dialect": "json"}), json!({"tick_ms": 20}), json!({"user_id": 5}), json!({"tick": u64::MAX})]
    {
        let mut script = Script::new(Mode::Enter);
        script.open();
        script.accept(10, changes);
        assert!(matches!(&script.events()[..], [Event::Fatal { .. }]));
    }
}

#[test]
fn a_passing_refusal_is_tried_again_and_a_final_one_is_not() {
    let mut script = Script::new(Mode::Enter);
    script.open();
    script.refuse("room_busy");
    assert!(matches!(&script.events()[..], [Event::JoinRefused { retrying: true, .. }]));
    assert_eq!(names(&script.pass(1_050.0)), ["phx_join"]);
    script.refuse("banned");
    assert!(matches!(&script.events()[..], [Event::JoinRefused { retrying: false, .. }]));
    assert!(!names(&script.pass(10_000.0)).contains(&"phx_join"));
    assert_eq!(script.client.state(), State::Idle);
    script.client.closed(script.now_ms);
    assert_eq!(names(&script.open()), ["phx_join"], "another connection may bring another token");
}

#[test]
fn an_unanswered_join_is_left_and_tried_again() {
    let mut script = Script::new(Mode::Enter);
    script.open();
    let sent = script.pass(11_100.0);
    let of_joins = names(&sent).into_iter().filter(|name| *name != "heartbeat");
    assert_eq!(of_joins.collect::<Vec<_>>(), ["phx_leave", "phx_join"]);
}

#[test]
fn entering_leaves_the_preview_and_joins_anew() {
    let mut script = Script::live(Mode::Observe);
    script.client.enter(Mode::Enter, "Bea", json!({"color": "#0000FF"}), script.now_ms);
    let sent = script.sent();
    assert_eq!(names(&sent), ["phx_leave", "phx_join"]);
    assert_eq!((&sent[1].payload["mode"], &sent[1].payload["nickname"]), (&json!("enter"), &json!("Bea")));
    script.client.replica_mut().take_changes();
    script.accept(12, json!({}));
    script.snapshot();
    assert!(script.client.replica_mut().take_changes().is_empty(), "the scene keeps what is the same");
}

#[test]
fn leaving_answers_what_waits() {
    let mut script = Script::live(Mode::Enter);
    let handle = script.client.command("say", json!({}), script.now_ms);
    script.client.leave(script.now_ms);
    assert_eq!(names(&script.sent()), ["say", "phx_leave"]);
    let events = script.events();
    assert!(matches!(&events[..], [Event::Reply { handle: left, ok: false, response }]
        if *left == handle && response["reason"] == "left"));
    script.client.command("say", json!({}), script.now_ms);
    assert!(matches!(&script.events()[..], [Event::Reply { ok: false, .. }]));
}

#[test]
fn a_command_before_the_connection_is_refused() {
    let mut script = Script::new(Mode::Enter);
    script.client.command("say", json!({}), script.now_ms);
    assert!(
        matches!(&script.events()[..], [Event::Reply { ok: false, response, .. }] if response["reason"] == "not_joined")
    );
}

#[test]
fn who_left_stays_out_until_entering_again() {
    let mut script = Script::live(Mode::Enter);
    script.client.leave(script.now_ms);
    script.sent();
    script.client.closed(script.now_ms);
    assert!(script.open().is_empty());
    script.client.enter(Mode::Observe, "", Value::Null, script.now_ms);
    assert_eq!(names(&script.sent()), ["phx_join"]);
}

#[test]
fn a_line_on_which_nothing_comes_is_asked_and_one_that_does_not_answer_is_given_up() {
    let mut script = Script::live(Mode::Observe);
    let sent = script.pass(10_000.0);
    let heartbeats: Vec<_> = sent.iter().filter(|frame| frame.event == "heartbeat").collect();
    assert!(heartbeats.len() >= 2 && heartbeats.iter().all(|frame| frame.join_ref == Value::Null));
    let closed = |event: &Event| *event == Event::Closed { reason: "heartbeat_timeout".into() };
    assert!(!script.events().iter().any(closed) && script.client.unanswered_ms() == 0.0);
    script.deaf = true;
    script.pass(5_500.0);
    assert!(script.client.unanswered_ms() > 3_000.0 && script.client.state() == State::Live);
    script.pass(2_000.0);
    assert!(script.events().iter().any(closed));
    assert_eq!(script.client.state(), State::Reconnecting);
}

// Rule 5.4
#[test]
fn the_clock_is_asked_and_believed() {
    let mut script = Script::live(Mode::Observe);
    let asked = script.pass(10.0);
    assert_eq!(names(&asked), ["clock"]);
    script.now_ms += 40.0;
    let response = json!({"t": asked[0].payload["t"], "room_ms": 100_530.0});
    script.reply(&asked[0], "ok", response);
    assert_eq!(script.client.room_ms(script.now_ms), Some(100_550.0));
    assert_eq!(script.client.rtt_ms(), Some(40.0));
}

#[test]
fn a_join_tells_its_place_in_the_queue_and_whether_one_was_let_in_as_a_spectator() {
    let mut script = Script::with(options(Mode::Enter));
    script.open();
    script.queued(12);
    script
        .accept(10, json!({"mode": "observe", "crowded": true, "limits": {"people_max": 2, "peers_max": 9}}));
    let events = script.events();
    assert_eq!(events[0], Event::Queued { ahead: 12 });
    let Event::Joined { mode, crowded, people_max, peers_max, .. } = &events[1] else { panic!("{events:?}") };
    assert_eq!((*mode, *crowded, *people_max, *peers_max), (Mode::Observe, true, 2, 9));
}

#[test]
fn a_full_room_says_how_full_it_is() {
    let mut script = Script::with(options(Mode::Enter));
    script.open();
    let join = script.join.clone().unwrap();
    let load = json!({"people": 5, "peers": 9, "people_max": 5, "peers_max": 9});
    script.reply(&join, "error", json!({"reason": "room_full", "detail": "Full.", "load": load}));
    let expected = Event::JoinRefused {
        reason: "room_full".into(),
        detail: "Full.".into(),
        retrying: false,
        load: Some(load),
    };
    assert_eq!(script.events(), [expected]);
}

#[test]
fn a_new_life_of_the_room_replaces_the_state() {
    let mut script = Script::live(Mode::Enter);
    script.client.replica_mut().take_changes();
    script.push("restate", json!({"incarnation": 4}));
    assert_eq!(script.client.state(), State::Syncing);
    let entities = json!([avatar_row(ME, 1), avatar_row(TOM, 9)]);
    script.push("snapshot_chunk", json!({"index": 0, "count": 1, "entities": entities}));
    script.push("stoc", fact(11, "snapshot_restored"));
    script.push("state_patch", create(12, "after"));
    assert_eq!(script.client.stats().desyncs, 0);
    let changes = script.client.replica_mut().take_changes();
    assert!(changes.values().any(|bits| *bits == mask::REMOVED), "the block is gone");
    script.pose_of(4, 9, at(3.0), false);
    assert_eq!(script.client.stats().records, 1);
}

#[test]
fn a_new_life_in_the_middle_of_another_begins_from_its_own_first_chunk() {
    let mut script = Script::live(Mode::Enter);
    script.push("restate", json!({"incarnation": 4}));
    let chunk = |index, count, rows: Value| json!({"index": index, "count": count, "entities": rows});
    script.push("snapshot_chunk", chunk(0, 3, json!([avatar_row(ME, 1)])));
    script.push("stoc", fact(11, "snapshot_restored"));
    script.push("state_patch", create(12, "between"));
    script.push("stoc", fact(12, "entity_created"));
    script.push("restate", json!({"incarnation": 5}));
    script.push("snapshot_chunk", chunk(0, 2, json!([avatar_row(ME, 1)])));
    script.push("snapshot_chunk", chunk(1, 2, json!([avatar_row(TOM, 9)])));
    script.push("stoc", fact(13, "snapshot_restored"));
    assert_eq!((script.client.state(), script.client.stats().desyncs), (State::Live, 0));
    let people = [ME, TOM].map(|id| thexr_wire::EntityId::parse(id).unwrap());
    let replica = script.client.replica_mut();
    assert!(people.iter().all(|id| replica.world().entity(id).is_some()));
    assert_eq!(replica.world().entities().len(), 2, "what was between is in neither");
}

#[test]
fn people_who_are_away_are_marked() {
    let mut script = Script::live(Mode::Enter);
    script.pose(2, at(0.0), false);
    script.push("away", json!({"away": [TOM], "back": []}));
    script.pass(10.0);
    assert_eq!(script.client.avatar_rows()[1] as u32 & flag::AWAY, flag::AWAY);
    script.push("away", json!({"away": [], "back": [TOM]}));
    script.pass(10.0);
    assert_eq!(script.client.avatar_rows()[1], 0.0);
}

#[test]
fn a_newcomer_is_known_by_the_slot_of_the_create_op() {
    let mut script = Script::live(Mode::Enter);
    let uma = "uma00000000000000000";
    let components = json!({"avatar": {}, "nickname": "Uma"});
    let ops = json!([{"op": "create", "entity": uma, "components": components, "slot": 30}]);
    script.push("state_patch", patch(11, ops));
    script.pose(2, at(7.0), false);
    script.pose(30, at(8.0), false);
    assert_eq!(script.client.stats().records, 2);
    script.pass(10.0);
    assert_eq!(script.client.avatar_rows().len(), 2 * AVATAR_ROW);
    script.push("state_patch", patch(12, json!([{"op": "delete", "entity": uma}])));
    script.pass(10.0);
    assert_eq!(script.client.avatar_rows().len(), AVATAR_ROW);
}

/// Facts told so far: name and seq.
fn facts(script: &mut Script) -> Vec<(String, u64)> {
    let told = script.events().into_iter().filter_map(|event| match event {
        Event::Event { event, seq, .. } => Some((event, seq)),
        _ => None,
    });
    told.collect()
}

fn coming(seq: u64, user: &str) -> Value {
    let components = json!({"avatar": {}, "nickname": "Uma"});
    patch(seq, json!([{"op": "create", "entity": user, "components": components, "slot": 30}]))
}

#[test]
fn who_comes_and_goes_is_told_by_the_avatar_alone() {
    let mut script = Script::live(Mode::Enter);
    let uma = "uma00000000000000000";
    script.push("state_patch", coming(11, uma));
    let actor = format!("user:{uma}");
    let joined = Event::Event {
        event: "user_joined".into(),
        payload: json!({"user_id": uma, "nickname": "Uma"}),
        seq: 11,
        at: 5,
        actor: actor.clone(),
    };
    assert_eq!(script.events(), [joined]);
    script.push("state_patch", patch(12, json!([{"op": "delete", "entity": uma}])));
    let payload = json!({"user_id": uma});
    assert_eq!(script.events(), [Event::Event { event: "user_left".into(), payload, seq: 12, at: 5, actor }]);
    script.push("stoc", fact(13, "message_said"));
    assert_eq!((facts(&mut script), script.client.stats().desyncs), (vec![("message_said".into(), 13)], 0));
}

#[test]
fn comings_keep_their_place_among_the_facts_of_a_tick() {
    let uma = "uma00000000000000000";
    for detail in [Detail::Full, Detail::Light] {
        let mut script = Script::with(crate::Options { detail, ..options(Mode::Enter) });
        script.open();
        script.accept(10, json!({}));
        script.snapshot();
        facts(&mut script);
        let components = json!({"avatar": {}, "nickname": "Uma"});
        let ops = json!([
            {"op": "create", "entity": uma, "components": components, "slot": 30},
            {"op": "create", "entity": "thing", "components": {}},
            {"op": "delete", "entity": TOM}
        ]);
        let runs = json!([[12, 1], [14, 1], [15, 1]]);
        script.push("state_patch", json!({"seq": 15, "at": 5, "ops": ops, "runs": runs}));
        assert!(facts(&mut script).is_empty(), "11 comes first");
        for (seq, name) in [(11, "message_said"), (13, "emoted"), (14, "entity_created")] {
            script.push("stoc", fact(seq, name));
        }
        let names = ["message_said", "user_joined", "emoted", "entity_created", "user_left"];
        let expected: Vec<_> = names.iter().zip(11..).map(|(name, seq)| ((*name).to_owned(), seq)).collect();
        assert_eq!((facts(&mut script), script.client.stats().desyncs), (expected, 0));
    }
}

#[test]
fn a_fact_that_is_missing_is_noticed_also_between_comings() {
    let mut script = Script::live(Mode::Enter);
    script.push("state_patch", coming(12, "uma00000000000000000"));
    script.push("stoc", fact(13, "emoted"));
    assert_eq!(script.client.stats().desyncs, 1, "11 was never told");
}

#[test]
fn comings_within_a_new_life_are_told_as_facts_or_by_what_waited() {
    let mut script = Script::live(Mode::Enter);
    script.push("restate", json!({"incarnation": 4}));
    script.push("state_patch", coming(11, "uma00000000000000000"));
    script.push("restate", json!({"incarnation": 5}));
    script.push("stoc", fact(12, "user_joined"));
    script.push("snapshot_chunk", json!({"index": 0, "count": 1, "entities": [avatar_row(ME, 1)]}));
    script.push("stoc", fact(13, "emoted"));
    let names = ["user_joined", "user_joined", "emoted"];
    let expected: Vec<_> = names.iter().zip(11..).map(|(name, seq)| ((*name).to_owned(), seq)).collect();
    assert_eq!((facts(&mut script), script.client.stats().desyncs), (expected, 0));
}

#[test]
fn a_join_that_hears_its_place_is_not_given_up() {
    let mut script = Script::new(Mode::Enter);
    script.open();
    for _ in 0..5 {
        assert!(script.pass(9_000.0).iter().all(|sent| sent.event != "phx_leave"));
        script.queued(5);
    }
    script.pass(10_050.0);
    assert_ne!(script.client.state(), State::Live);
    assert!(script.join.is_some());
}

#[test]
fn a_channel_that_ends_for_good_is_not_joined_again() {
    let mut script = Script::live(Mode::Enter);
    script.push("ending", json!({"reason": "too_many_connections", "detail": "One too many."}));
    assert_eq!((script.client.state(), script.events().len()), (State::Live, 0));
    script.fail("phx_close");
    let refused = Event::JoinRefused {
        reason: "too_many_connections".into(),
        detail: "One too many.".into(),
        retrying: false,
        load: None,
    };
    assert_eq!((script.events(), script.client.state()), (vec![refused], State::Idle));
    assert!(script.pass(20_000.0).iter().all(|sent| sent.event != "phx_join"));
    script.open();
    script.accept(10, json!({}));
    script.snapshot();
    script.events();
    script.fail("phx_close");
    assert_eq!(script.client.state(), State::Reconnecting, "without a word before it is joined again");
}

#[test]
fn a_join_says_where_one_stands_and_what_one_may_do() {
    let mut script = Script::new(Mode::Enter);
    script.open();
    let told = json!({"pose": at(3.0), "role": "moderator", "may": ["look", "talk"], "muted": true,
        "settings": {"who_may_build": "member"}, "blocked": [TOM], "blocked_by": []});
    script.accept(10, told.clone());
    let joined = json!(script.events()[0]);
    for (key, value) in told.as_object().unwrap() {
        assert_eq!(joined[key], *value, "{key}");
    }
    script.snapshot();
    script.events();
    script.push("rights", json!({"role": "owner", "may": ["look"], "muted": false}));
    let rights = Event::Rights { role: Role::Owner, may: vec!["look".into()], muted: false };
    assert_eq!(script.events(), [rights]);
    script.push("relations", json!({"blocked": [], "blocked_by": [TOM]}));
    let tom = id(TOM).user().unwrap();
    assert_eq!(script.events(), [Event::Relations { blocked: vec![], blocked_by: vec![tom] }]);
}

#[test]
fn a_shout_goes_to_everyone_without_an_id() {
    let mut script = Script::live(Mode::Enter);
    assert!(script.client.shout(&json!({"x": 1})));
    let sent = script.sent();
    assert_eq!((sent[0].event.as_str(), &sent[0].payload), ("shout", &json!({"x": 1})));
    script.push("shout", json!({"x": 1}));
    assert_eq!(script.events(), [Event::Shout { payload: json!({"x": 1}) }]);
    script.client.closed(script.now_ms);
    assert!(!script.client.shout(&json!({})));
}

#[test]
fn events_nobody_takes_are_bounded() {
    let mut script = Script::live(Mode::Enter);
    for _ in 0..EVENTS_MAX + 5 {
        script.push("shout", json!({}));
    }
    assert_eq!(script.events().len(), EVENTS_MAX);
    assert_eq!(script.client.stats().dropped_events, 5);
}

#[test]
fn a_light_client_measures_without_keeping_the_room() {
    let mut script = Script::with(crate::Options { detail: Detail::Light, ..options(Mode::Enter) });
    script.open();
    script.accept(10, json!({}));
    script.snapshot();
    script.push("state_patch", create(11, "thing"));
    script.pose(2, at(1.0), false);
    script.pass(100.0);
    assert!(script.client.replica().world().entities().is_empty());
    assert_eq!((script.client.stats().records, script.client.ages().total()), (1, 1));
    assert_eq!(script.client.state(), State::Live);
}

#[test]
fn the_same_messages_at_the_same_times_give_the_same_pictures() {
    let run = || {
        let mut script = Script::live(Mode::Enter);
        for step in 0..10 {
            script.pose(2, at(step as f32 * 0.1), false);
            script.pass(50.0);
        }
        let bits: Vec<u32> = script.client.avatar_rows().iter().map(|number| number.to_bits()).collect();
        (bits, script.client.replica().hash())
    };
    assert_eq!(run(), run());
}
