//! The least of a mail server, in process: it keeps what it gets as `.eml` files, as file mail would lie there, and refuses
//! recipients whose address begins with `refused` for good. For tests that need a dead mail and are not about mail.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio_util::task::AbortOnDropHandle;

/// Gone when it is dropped.
pub struct MailSink {
    pub url: String,
    _serving: AbortOnDropHandle<()>,
}

impl MailSink {
    /// Keeps what it gets in `folder`.
    pub async fn start(folder: PathBuf) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("smtp://{}", listener.local_addr().unwrap());
        let count = Arc::new(AtomicU32::new(0));
        let serving = tokio::spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                let (folder, count) = (folder.clone(), Arc::clone(&count));
                tokio::spawn(async move { talk(stream, &folder, &count).await });
            }
        });
        Self { url, _serving: AbortOnDropHandle::new(serving) }
    }
}

/// `None` when the other side has gone.
async fn talk(stream: TcpStream, folder: &Path, count: &AtomicU32) -> Option<()> {
    let mut stream = BufReader::new(stream);
    stream.write_all(b"220 sink\r\n").await.ok()?;
    loop {
        let line = read_line(&mut stream).await?;
        let answer = match line.to_ascii_uppercase() {
            line if line.starts_with("RCPT TO:<REFUSED") => "550 5.1.1 There is nobody of this name",
            line if line.starts_with("QUIT") => return stream.write_all(b"221 Goodbye\r\n").await.ok(),
            line if line.starts_with("DATA") => {
                stream.write_all(b"354 Go on\r\n").await.ok()?;
                keep(&mut stream, folder, count.fetch_add(1, Ordering::Relaxed)).await?;
                "250 Taken"
            }
            _ => "250 Yes",
        };
        stream.write_all(format!("{answer}\r\n").as_bytes()).await.ok()?;
    }
}

async fn read_line(stream: &mut BufReader<TcpStream>) -> Option<String> {
    let mut line = String::new();
    let read = stream.read_line(&mut line).await.ok()?;
    (read > 0).then_some(line)
}

async fn keep(stream: &mut BufReader<TcpStream>, folder: &Path, number: u32) -> Option<()> {
    let mut content = String::new();
    loop {
        let line = read_line(stream).await?;
        if line == ".\r\n" {
            break;
        }
        content += line.strip_prefix('.').unwrap_or(&line);
    }
    std::fs::create_dir_all(folder).unwrap();
    let unfinished = folder.join(format!(".{number}"));
    std::fs::write(&unfinished, content).unwrap();
    std::fs::rename(unfinished, folder.join(format!("{number}.eml"))).unwrap();
    Some(())
}
