//! The same promises on every backend: memory, local disk, Garage, s3s-fs and fake-gcs-server; and what happens when the line to one
//! of them breaks.

mod backend;
mod chaos;
mod conditions;
mod counted;
mod interrupted;
mod little_memory;
mod lost_answers;
mod outages;
mod promises;

use backend::{Backend, Kind};

/// Each promise is a test of its own on each backend, so that a failure says where.
macro_rules! on_each_backend {
    ($($backend:ident = $kind:ident),+ $(,)?) => { $(
        mod $backend {
            use super::{Backend, Kind, promises};

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn files_of_every_size_come_back_whole_and_in_parts() {
                promises::files_of_every_size_come_back(Backend::start(Kind::$kind).await).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn nothing_is_there_before_the_commit() {
                promises::nothing_is_there_before_the_commit(Backend::start(Kind::$kind).await).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn an_upload_that_is_cut_leaves_nothing_behind() {
                promises::an_upload_that_is_cut_leaves_nothing_behind(Backend::start(Kind::$kind).await).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn several_files_are_stored_all_or_none() {
                promises::several_files_are_stored_all_or_none(Backend::start(Kind::$kind).await).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn eight_transfers_at_once_get_their_own_bytes() {
                promises::eight_transfers_at_once(Backend::start(Kind::$kind).await).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn an_upload_in_several_requests_is_one_file() {
                promises::an_upload_in_several_requests_is_one_file(Backend::start(Kind::$kind).await).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn what_is_deleted_or_nobodys_is_swept() {
                promises::what_is_deleted_or_nobodys_is_swept(Backend::start(Kind::$kind).await).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn it_never_sees_plaintext_or_names() {
                promises::it_never_sees_plaintext_or_names(Backend::start(Kind::$kind).await).await;
            }
        }
    )+ };
}

on_each_backend! {
    on_memory = Memory,
    on_local_disk = LocalDisk,
    on_garage = Garage,
    on_s3s_fs = S3sFs,
    on_fake_gcs = FakeGcs,
}
