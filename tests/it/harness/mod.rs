//! What every test stands on: the whole product in process on a loopback port, with a clock that is moved by hand, and
//! clients that know only the public API.

pub mod app;
pub mod client;
pub mod documents;
pub mod large_docx;
pub mod line;
pub mod server;

pub use app::TestApp;
