//! Every limit and period of the client core: name, unit, reason, consequence. Owns numbers only.

/// Time between heartbeats, milliseconds: the server closes a socket that is silent for 60 s.
pub const HEARTBEAT_MS: f64 = 25_000.0;
/// A line on which nothing comes for so long while somebody looks at the room is asked, milliseconds.
pub const QUIET_MS: f64 = 2_000.0;
/// A line that does not answer for so long while somebody looks is dead, milliseconds.
pub const ANSWER_MS: f64 = 5_000.0;
/// A line that does not answer for so long while nobody looks is dead, milliseconds.
pub const ANSWER_UNSEEN_MS: f64 = 10_000.0;
/// Somebody looks who was drawn a picture so long ago, milliseconds; a page without pictures for longer has stood still.
pub const PICTURE_GAP_MS: f64 = 1_000.0;
/// How long a join may stay unanswered, milliseconds (as Phoenix clients wait); then it is left and tried again.
pub const JOIN_TIMEOUT_MS: f64 = 10_000.0;
/// Longest waits before the first, second and every later rejoin, milliseconds, as Phoenix clients wait.
pub const REJOIN_MS: [f64; 3] = [1_000.0, 2_000.0, 5_000.0];
/// Share of such a wait that is not chance: when a room ends, all its people lose it in the same moment.
pub const REJOIN_FIXED: f64 = 0.25;
/// How long a channel must live before its next failure counts as the first one, milliseconds.
pub const SETTLED_MS: f64 = 5_000.0;
/// New snapshots in a row that end in another desync; one more is a defect nobody can rejoin out of: `fatal`.
pub const DESYNCS_IN_A_ROW_MAX: u32 = 5;
/// Commands without an answer; the next one is refused with `too_many_outstanding`, so that a dead line is noticed.
pub const OUTSTANDING_COMMANDS_MAX: usize = 256;
/// Events nobody has taken; the oldest is dropped and counted, so that an embedder that never polls keeps its memory.
pub const EVENTS_MAX: usize = 10_000;
/// Messages kept while a snapshot's chunks arrive; more than that is a desync.
pub const SYNC_BACKLOG_MAX: usize = 10_000;
/// Chunks of one snapshot; more than a whole room can fill is a desync.
pub const SNAPSHOT_CHUNKS_MAX: u32 = 16_384;

/// Time between clock questions while the estimate is young, milliseconds.
pub const CLOCK_YOUNG_MS: f64 = 2_000.0;
/// Answers until the estimate is no longer young.
pub const CLOCK_YOUNG_ANSWERS: u32 = 5;
/// Time between clock questions later, milliseconds.
pub const CLOCK_OLD_MS: f64 = 10_000.0;
/// Answers the smallest round trip is chosen from: 80 s of them, in which a clock drifts less than 10 ms.
pub const CLOCK_SAMPLES: usize = 8;
/// How fast the shown clock runs after the estimate, milliseconds per millisecond: nobody sees 5 %.
pub const CLOCK_SLEW: f64 = 0.05;
/// An estimate farther away than this is taken at once, milliseconds.
pub const CLOCK_SNAP_MS: f64 = 250.0;
/// Largest room time that is believed, milliseconds (30,000 years): beyond it f64 loses fractions.
pub const ROOM_MS_MAX: f64 = 1e15;
/// A pose frame from farther in the future than this is damaged and dropped, milliseconds.
pub const FRAME_FUTURE_MAX_MS: f64 = 5_000.0;

/// Playback delay of an avatar before anything is known of the line, milliseconds: two ticks.
pub const DELAY_DEFAULT_MS: f64 = 100.0;
/// Least playback delay, milliseconds: one tick, below it there is never a second sample.
pub const DELAY_MIN_MS: f64 = 50.0;
/// Most playback delay, milliseconds, or so many periods of the tier; a worse line shows extrapolation and pauses
/// instead of the distant past.
pub const DELAY_MAX_MS: f64 = 500.0;
/// See [`DELAY_MAX_MS`].
pub const DELAY_MAX_PERIODS: f64 = 2.5;
/// Share of a late sample's excess by which the delay grows, tiers A to E: where samples are rare, few must do.
pub const DELAY_ATTACK: [f64; 5] = [0.2, 0.2, 0.5, 0.7, 0.7];
/// The most the delay grows at once, in periods of the tier.
pub const DELAY_ATTACK_MAX: f64 = 0.4;
/// How much the delay shrinks with every sample in time, in periods of the tier (5 ms a second).
pub const DELAY_RELEASE: f64 = 0.005;
/// How fast playback is stretched towards a new delay, milliseconds per millisecond, at least.
pub const DELAY_SLEW: f64 = 0.1;
/// A delay that is far off is halved in this time, milliseconds: who steps near out of a crowd is soon seen in time.
pub const DELAY_HALVES_MS: f64 = 500.0;
/// Time between two samples of one person in tiers A to E, milliseconds.
pub const PERIODS_MS: [f64; 5] = [50.0, 100.0, 250.0, 1_000.0, 2_000.0];
/// Samples kept per avatar: 1.6 s at 20 Hz; the oldest goes first.
pub const TRACK_SAMPLES: usize = 32;
/// A pause between samples longer than this is a rest, not a rate, in periods of the tier.
pub const REST_PERIODS: f64 = 3.0;
/// A step of the crowd longer than this is a jump, metres.
pub const CROWD_JUMP_M: f32 = 20.0;
/// A step of the crowd longer than this shows where someone is going, metres.
pub const CROWD_TURN_M: f32 = 0.3;
/// A place in the crowd that is this close to what is known in height says nothing of it, metres.
pub const CROWD_HEIGHT_M: f32 = 1.5;
/// How far a movement is continued without samples, milliseconds; in twice that it comes back to where it was last.
pub const EXTRAPOLATE_MAX_MS: f64 = 100.0;
/// The least time between the two samples a movement is continued from, in periods of the tier.
pub const SPEED_PERIODS: f64 = 0.75;
/// What was continued too far is taken back by half in this time, milliseconds.
pub const OFF_HALVES_MS: f64 = 60.0;
/// Farther off than this the truth is shown at once, metres: on the way there one would stand where nobody is.
pub const OFF_MAX_M: f32 = 1.0;
/// Less off than this is not off, metres.
pub const OFF_MIN_M: f32 = 0.001;
/// Hands that are not told joint by joint for this long are not shown so any more, milliseconds; the room tells resting ones
/// again every second.
pub const HANDS_FORGET_MS: f64 = 2_500.0;
/// Fingers that are told by curls follow with this time constant, milliseconds: a curl is a step of 6 degrees.
pub const FINGERS_EASE_MS: f64 = 60.0;
/// Two sample times this close are one sample, milliseconds (ages travel in units of 4 ms).
pub const SAME_SAMPLE_MS: f64 = 2.0;
/// Pose ages kept for the percentiles; the oldest goes first.
pub const AGES: usize = 2_048;
/// Frames after which who sends no poses acknowledges what it has heard: fewer than the room has under way.
pub const ACK_FRAMES: u64 = 3;
/// Time after an acknowledgement when the next frame is acknowledged at once, milliseconds.
pub const ACK_MS: f64 = 250.0;

/// From one thing to the next that a push is followed, at most; farther ones stay where they are.
pub const PREDICTED_HOPS: usize = 8;
/// Steps of the simulation in a picture, at most; after a longer one things are slower, once.
pub const PREDICTED_STEPS_MAX: u32 = 6;
/// Things that the simulation hears of anew in a picture, at most; the others wait for the next.
pub const PREDICTION_LOOKS: usize = 200;
/// How long something that rests is shown where it was simulated to rest while the room says nothing, milliseconds.
pub const PREDICTED_REST_MS: f64 = 5_000.0;

/// Time between own samples, milliseconds.
pub const SAMPLE_MS: f64 = thexr_wire::limits::TICK_MS as f64;
/// How early a sample may be, milliseconds: timers of 50 ms that wake a moment too soon must not halve the rate.
pub const SAMPLE_EARLY_MS: f64 = 4.0;
/// Movement that starts sending, metres.
pub const MOVE_START_M: f32 = 0.02;
/// Movement of a hand's joint that starts sending, metres.
pub const JOINT_START_M: f32 = 0.005;
/// Turn that starts sending: cosine of half a degree, which is half of 1 degree in quaternion terms.
pub const TURN_START_COS: f32 = 0.999_961_9;
/// Stillness after which sending stops, milliseconds.
pub const STILL_MS: f64 = 200.0;
/// Time until someone who stands still sends their pose again, milliseconds; from then on twice as long each time.
pub const KEEP_ALIVE_MS: f64 = 1_000.0;
/// The longest time between poses of someone who stands still, milliseconds.
pub const KEEP_ALIVE_MAX_MS: f64 = 8_000.0;

const _: () = assert!(DELAY_MIN_MS <= DELAY_DEFAULT_MS && DELAY_DEFAULT_MS <= DELAY_MAX_MS);
const _: () = assert!(TRACK_SAMPLES as f64 * SAMPLE_MS > 2.0 * DELAY_MAX_MS, "the ring outlasts the delay");
const _: () = assert!(TRACK_SAMPLES as f64 > 2.0 * DELAY_MAX_PERIODS, "in every tier");
