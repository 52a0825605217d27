//! The contract of a store, as sentences: what every backend must do.
//!
//! Knows backends only through [`Backend`]; a backend runs the whole suite with `contract_suite!(ItsBackend)`.

pub mod fixture;
pub mod journal;
pub mod loading;
pub mod lossy;
pub mod people;
pub mod rooms;
pub mod settings;
pub mod snapshots;
pub mod space;
pub mod writer;

use async_trait::async_trait;
use std::sync::Arc;
use thexr_store::Store;

/// A database of its own for one test.
#[async_trait]
pub trait Backend: Sized + Send + Sync {
    /// An empty database.
    async fn fresh() -> Self;
    /// Opens it, again if it was open before.
    async fn open(&mut self) -> Arc<dyn Store>;
    /// From now on the opened store has no space for anything larger than a page.
    async fn fill(&self);
    /// Gives the space back.
    async fn free(&self);
}

/// Makes one test of each sentence for one backend.
macro_rules! contract_suite {
    ($backend:ty) => {
        crate::contract::contract_suite!($backend;
            journal {
                a_committed_batch_is_there_after_reopening,
                texts_come_back_byte_for_byte,
                who_hears_a_fact_is_kept_and_such_a_fact_changes_nothing,
                what_an_event_undoes_is_written_and_read,
                a_redacted_event_leaves_its_place_and_nothing_of_what_it_said,
                an_event_with_ops_is_not_redacted,
                a_batch_that_leaves_a_gap_is_refused,
                a_gap_inside_a_batch_is_refused,
                a_batch_that_was_written_already_is_refused,
                a_writer_with_an_old_epoch_is_fenced,
                a_room_that_never_was_takes_no_batch,
                a_batch_that_fails_its_check_hurts_no_other_room,
                a_batch_that_breaks_a_constraint_hurts_no_other_room,
                several_batches_of_a_room_are_taken_in_order,
                a_batch_behind_a_refused_one_leaves_a_gap_and_is_refused,
                a_command_id_used_twice_at_once_is_a_constraint,
                a_command_id_used_ten_minutes_later_is_admitted,
                a_command_id_belongs_to_one_person_in_one_room,
                a_nul_character_is_a_constraint,
                a_number_beyond_the_database_is_a_constraint,
                a_batch_without_events_stores_the_tick,
                a_tick_never_goes_back,
                a_batch_in_doubt_is_found_by_its_last_seq_and_epoch,
                hundreds_of_rooms_go_into_one_group
            }
            rooms {
                a_new_room_is_found_with_all_it_was_given,
                a_taken_id_is_refused,
                first_events_that_do_not_start_at_one_leave_no_room,
                a_room_is_renamed,
                rooms_are_listed_newest_first,
                opening_takes_a_new_epoch_and_incarnation,
                a_room_that_another_node_holds_is_not_taken_over,
                a_released_room_is_anybodys,
                of_many_who_open_a_room_the_last_one_writes,
                a_deleted_room_takes_no_batch,
                deleting_removes_everything_of_a_room_and_nothing_of_others,
                a_room_created_again_fences_the_writers_of_the_deleted_one
            }
            people {
                the_newest_place_of_each_person_is_remembered,
                a_place_older_than_the_stored_one_is_passed_over_within_one_group_too,
                a_member_is_what_the_last_batch_said,
                a_visitor_without_a_mark_is_no_member,
                settings_are_replaced_as_a_whole,
                people_and_settings_become_durable_with_the_events_beside_them,
                a_fenced_writer_changes_no_place_no_member_and_no_setting,
                a_batch_that_breaks_a_constraint_changes_nobody,
                people_of_one_room_are_not_those_of_another,
                a_nul_character_about_people_is_a_constraint,
                a_batch_of_people_in_a_deleted_room_hurts_no_other_room
            }
            loading {
                a_room_starts_from_its_newest_snapshot_and_the_events_after_it,
                a_room_without_a_snapshot_starts_from_all_its_events,
                commands_of_the_last_ten_minutes_are_remembered_past_a_snapshot,
                loading_takes_nothing_over,
                the_newest_snapshot_is_found_alone,
                the_newest_snapshot_as_of_a_seq_is_found,
                events_are_read_in_pages_of_so_many_bytes,
                pages_add_up_to_the_journal,
                a_short_tail_is_given_whole,
                a_tail_that_is_too_long_is_not_given,
                a_seq_that_the_journal_does_not_reach_gives_no_tail
            }
            snapshots {
                old_automatic_snapshots_are_pruned_and_no_others,
                an_automatic_snapshot_of_each_span_stays_for_the_rooms_past,
                a_stored_snapshot_is_pinned_by_writing_it_again,
                the_newest_snapshot_of_a_name_is_meant,
                saving_a_name_again_replaces_its_older_states,
                a_replaced_state_that_a_restore_refers_to_is_kept,
                states_that_events_refer_to_stay_as_long_as_the_events,
                the_bytes_of_a_rooms_states_are_known,
                a_snapshot_is_found_by_its_hash,
                snapshots_are_listed_newest_first_with_their_size,
                a_list_says_whose_event_each_state_is_about,
                a_snapshot_that_does_not_fit_its_room_is_refused,
                states_share_their_parts_and_those_of_none_go,
                what_undoes_an_event_may_become_known_with_a_state
            }
            settings {
                the_first_of_two_generated_values_is_kept,
                a_probe_leaves_rooms_alone
            }
            space {
                a_full_store_is_unavailable_and_recovers,
                a_small_batch_is_written_while_a_large_one_lacks_space,
                later_batches_of_a_room_wait_behind_one_that_lacks_space,
                a_room_that_cannot_be_created_for_lack_of_space_can_be_later
            }
            writer {
                what_is_submitted_together_goes_into_one_transaction,
                a_batch_is_durable_once_its_outcome_is_told,
                a_rooms_order_is_kept_while_the_store_lacks_space,
                other_rooms_go_on_while_one_waits_for_space,
                a_refused_batch_is_told_and_others_go_on,
                a_commit_whose_answer_was_lost_is_not_written_twice,
                a_commit_that_was_lost_is_written_again,
                an_outcome_in_doubt_stays_in_doubt_until_it_can_be_read,
                a_flush_ends_when_nothing_waits,
                a_writer_that_retries_answers_and_tells_why,
                the_last_handle_leaves_nothing_unwritten,
                what_the_last_try_cannot_write_is_told,
                more_than_the_queue_holds_is_not_taken
            }
        );
    };
    ($backend:ty; $($module:ident { $($name:ident),* $(,)? })*) => {
        $(mod $module {
            $(#[tokio::test]
            async fn $name() {
                crate::contract::$module::$name::<$backend>().await;
            })*
        })*
    };
}
pub(crate) use contract_suite;
