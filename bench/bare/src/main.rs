//! A handler that takes a multipart request apart and writes the last part's bytes: what the libraries can do at most.
//! usage: strongroom-bench-bare PORT FOLDER [sync]; with `sync`, files lie on the disk before they are answered.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::routing::post;
use tokio::io::AsyncWriteExt;

struct Uploads {
    folder: String,
    count: AtomicUsize,
    sync: bool,
}

async fn upload(State(uploads): State<Arc<Uploads>>, request: Request<Body>) -> String {
    let (head, body) = request.into_parts();
    let boundary = head.headers["content-type"].to_str().ok().and_then(|value| multer::parse_boundary(value).ok());
    let mut parts = multer::Multipart::new(body.into_data_stream(), boundary.expect("a boundary"));
    let name = format!("{}/up-{}", uploads.folder, uploads.count.fetch_add(1, Ordering::Relaxed));
    let mut total = 0;
    while let Some(mut part) = parts.next_field().await.expect("a part") {
        if part.file_name().is_none() {
            continue;
        }
        let mut file = tokio::fs::File::create(&name).await.expect("a file");
        while let Some(bytes) = part.chunk().await.expect("bytes") {
            total += bytes.len();
            file.write_all(&bytes).await.expect("a write");
        }
        file.flush().await.expect("a flush");
        if uploads.sync {
            file.sync_all().await.expect("a sync");
        }
    }
    total.to_string()
}

#[tokio::main]
async fn main() {
    let mut arguments = std::env::args().skip(1);
    let (port, folder) = (arguments.next().expect("a port"), arguments.next().expect("a folder"));
    let state = Arc::new(Uploads { folder, count: AtomicUsize::new(0), sync: arguments.next().is_some() });
    let router = Router::new().route("/graphql", post(upload)).with_state(state);
    let listener = tokio::net::TcpListener::bind(format!("127.0.0.1:{port}")).await.expect("a free port");
    axum::serve(listener, router).await.expect("it serves");
}
