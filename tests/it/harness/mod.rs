//! What every test stands on: the whole product in process on a loopback port, with a clock that is moved by hand, and
//! clients that know only the public API.

pub mod app;
pub mod authenticator;
pub mod bulk;
pub mod client;
pub mod database;
pub mod documents;
pub mod faulty_line;
pub mod find;
pub mod garage;
pub mod gcs_server;
pub mod installed;
pub mod large_docx;
pub mod line;
pub mod mail_sink;
pub mod moto_server;
pub mod noise;
pub mod rows;
pub mod s3_api;
pub mod s3s_server;
pub mod server;
pub mod signed_rank;
pub mod small_disk;
pub mod smtp_server;
pub mod socket;
pub mod store_process;
pub mod surreal_server;
pub mod tus;

pub use app::TestApp;

/// Held by tests that measure times, so that they do not measure each other.
pub static ALONE: tokio::sync::Mutex<()> = tokio::sync::Mutex::const_new(());

/// Sends what the database tells of itself nowhere. Where nobody has said where it goes, it writes every key that it touches
/// into spans for the `log` crate before it finds that nobody reads them.
pub fn silence_traces() {
    let _silent_already = tracing::subscriber::set_global_default(tracing::subscriber::NoSubscriber::new());
}

/// Says something even where the test passes: the runner keeps what `println!` says to itself.
pub fn say(text: &str) {
    let _shown_or_not = std::io::Write::write_all(&mut std::io::stderr(), format!("{text}\n").as_bytes());
}
