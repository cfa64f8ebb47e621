//! What the store promises, in memory, on disk and behind a server: one suite for all three.

mod administration;
mod attempts;
mod downloads;
mod feed;
mod files;
mod keys;
mod migrations;
mod outbox;
mod passkeys;
mod people;
mod quotas;
mod second_factors;
mod server;
mod shares;
mod snapshots;
mod trash;

use std::future::Future;

use futures_util::future::join_all;

macro_rules! on_every_engine {
    ($($topic:ident: [$($case:ident),+ $(,)?]),+ $(,)?) => {
        on_every_engine!(@engine memory, $($topic: [$($case),+]),+);
        on_every_engine!(@engine disk, $($topic: [$($case),+]),+);
        on_every_engine!(@engine remote, $($topic: [$($case),+]),+);
    };
    (@engine $engine:ident, $($topic:ident: [$($case:ident),+]),+) => {
        mod $engine {
            $($(
                #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
                async fn $case() {
                    super::$topic::$case(&crate::harness::database::TestDatabase::$engine().await).await;
                }
            )+)+
        }
    };
}

on_every_engine!(
    files: [
        commits_of_one_owner_are_all_counted,
        a_commit_is_whole_or_nothing,
        a_caller_that_goes_away_leaves_it_whole,
        commit_and_sweep_never_both_win,
        a_renewed_lease_and_the_sweep_never_both_win,
        rename_and_delete_never_both_win,
    ],
    shares: [
        a_file_deleted_while_it_is_shared_leaves_no_share,
        a_share_bears_the_name_its_file_has,
        a_stale_name_is_refused,
        sharing_again_at_once_makes_one_share,
        shares_of_both_kinds_at_once_count_once,
        revoking_and_sharing_again_keep_the_totals_right,
    ],
    trash: [
        restoring_and_deleting_for_good_never_both_win,
        trashing_at_once_happens_once,
        a_file_shared_while_it_is_put_away_leaves_no_share,
        no_share_slips_past_the_end_of_all,
        nothing_comes_back_while_the_files_are_given_away,
    ],
    quotas: [
        no_more_room_is_held_than_there_is,
        steps_near_the_limit_stay_within_it,
        what_the_dead_held_is_given_back,
        bytes_are_counted_with_files,
    ],
    administration: [
        a_share_with_whoever_stops_being_a_client_is_refused_or_ended,
        work_that_was_ended_is_not_gone_on_with,
        nobody_gives_files_away_and_gets_some_at_once,
        the_last_admin_is_not_lost_by_two_at_once,
    ],
    downloads: [
        no_more_downloads_than_allowed,
        one_link_takes_one_download,
        a_revoked_share_leaves_nothing_of_its_downloads,
    ],
    feed: [whoever_reads_while_others_write_misses_nothing],
    outbox: [
        no_two_workers_take_one_mail,
        whoever_lost_its_lease_notes_nothing,
        what_a_former_process_had_taken_is_free_again,
        with_its_death_a_mail_loses_its_token,
        the_dead_are_swept_when_their_time_is_over,
    ],
    people: [
        an_address_is_given_once,
        one_registration_of_an_address_wins,
        an_invitation_serves_one,
        a_refresh_token_rotates_once,
        a_database_binds_one_key_ring,
    ],
    attempts: [
        tries_at_once_are_all_counted,
        a_free_try_blocks_nobody_whose_clock_is_behind,
        a_try_that_is_given_back_was_never_made,
        delays_grow_and_are_forgotten,
    ],
    second_factors: [
        what_proves_a_factor_is_used_up_once,
        no_login_slips_past_a_confirmation,
    ],
    passkeys: [
        one_challenge_begins_one_session,
        one_credential_is_added_once,
        no_sign_in_slips_past_a_removal,
    ],
    keys: [a_rotation_is_given_up_by_the_names_of_its_keys],
    snapshots: [
        a_view_shows_one_moment,
        pages_hold_every_row_once,
        a_database_is_filled_when_it_is_empty_and_to_the_end,
        a_destroyed_key_leaves_a_tombstone,
    ],
    migrations: [
        everything_is_there_when_it_is_opened_again,
        migrating_twice_changes_nothing,
        a_changed_migration_is_refused,
        a_newer_migration_is_refused,
    ],
);

/// Runs them all at once, each in a task of its own, and answers what each answered.
async fn at_once<T: Send + 'static>(
    tasks: impl IntoIterator<Item = impl Future<Output = T> + Send + 'static>,
) -> Vec<T> {
    let running: Vec<_> = tasks.into_iter().map(tokio::spawn).collect();
    join_all(running).await.into_iter().map(Result::unwrap).collect()
}

/// Runs both at once.
async fn both<A: Send + 'static, B: Send + 'static>(
    a: impl Future<Output = A> + Send + 'static,
    b: impl Future<Output = B> + Send + 'static,
) -> (A, B) {
    let (a, b) = (tokio::spawn(a), tokio::spawn(b));
    (a.await.unwrap(), b.await.unwrap())
}
