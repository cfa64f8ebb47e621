//! What a download reads of its object, counted between the product and its storage.

use std::ops::Range;

use reqwest::Method;
use strongroom::crypto::sealed_blob::{CHUNK_BYTES, HEADER_BYTES, SEALED_CHUNK_BYTES};

use super::backend::garage_behind_a_line;
use crate::harness::documents::docx;
use crate::harness::noise::noise;

/// The header and the chunks that a range touches, to the byte, also where it takes several requests; and of them none twice.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_range_reads_the_chunks_that_it_touches_and_no_others() {
    let (line, _backend, settings) = garage_behind_a_line().await;
    let app = settings.start().await;
    let olga = app.ops("olga").await;
    let content = docx("counted", &noise(14 << 20));
    let file = olga.upload("counted.docx", &content).await;
    let (size, link) = (content.len(), olga.link(&file).await);
    line.take_answered();
    let ranges: [Range<usize>; 6] = [
        0..1024,
        size / 2..size / 2 + 1024,
        2 * CHUNK_BYTES - 1..2 * CHUNK_BYTES + 1,
        size - 1..size,
        // Over the borders of segments.
        (4 << 20) - 100_000..(9 << 20),
        0..size,
    ];
    for range in ranges {
        let asked = format!("bytes={}-{}", range.start, range.end - 1);
        let answer = olga.request(Method::GET, &link).header("range", asked).send().await.unwrap();
        assert_eq!(answer.bytes().await.unwrap(), content[range.clone()], "{range:?}");
        let (first, behind) = (range.start / CHUNK_BYTES, range.end.div_ceil(CHUNK_BYTES));
        let tags = (behind - first) * (SEALED_CHUNK_BYTES - CHUNK_BYTES);
        let chunks = size.min(behind * CHUNK_BYTES) - first * CHUNK_BYTES + tags;
        assert_eq!(line.take_answered(), HEADER_BYTES + chunks, "{range:?}");
    }
}
