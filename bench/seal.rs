//! What sealing and opening cost beside the cipher alone, on one core. `cargo bench --bench seal`, or `make bench`.

#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a measurement that fails says so, and its answer is what it prints"
)]

use std::time::Instant;

use aws_lc_rs::aead::{Aad, CHACHA20_POLY1305, LessSafeKey, Nonce, UnboundKey};
use strongroom::crypto::file_key::FileKey;
use strongroom::crypto::os_random::OsRandom;
use strongroom::crypto::sealed_blob::{CHUNK_BYTES, Opener, Place, SEALED_CHUNK_BYTES, Sealer};
use strongroom::domain::id::BlobId;

const CHUNKS: usize = 4096;
const ROUNDS: usize = 7;

/// Gigabytes of plaintext a second.
fn rate(begun: Instant) -> f64 {
    (CHUNKS * CHUNK_BYTES) as f64 / begun.elapsed().as_secs_f64() / 1e9
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

fn raw_key() -> LessSafeKey {
    LessSafeKey::new(UnboundKey::new(&CHACHA20_POLY1305, &[7; 32]).unwrap())
}

fn nonce(position: usize) -> Nonce {
    let mut bytes = [0; 12];
    bytes[4..].copy_from_slice(&(position as u64).to_be_bytes());
    Nonce::assume_unique_for_key(bytes)
}

fn main() {
    let key = FileKey::generate(&OsRandom);
    let place = Place::of_whole(BlobId::generate(&OsRandom));
    let plain = vec![5; CHUNK_BYTES];
    let mut rates: [Vec<f64>; 4] = Default::default();
    for _ in 0..ROUNDS {
        // In one buffer, as it lies in the cache of the core.
        let raw = raw_key();
        let mut chunk = Vec::with_capacity(SEALED_CHUNK_BYTES);
        chunk.extend_from_slice(&plain);
        let begun = Instant::now();
        for position in 0..CHUNKS {
            let _tag = raw.seal_in_place_separate_tag(nonce(position), Aad::from([0; 44]), &mut chunk).unwrap();
        }
        rates[0].push(rate(begun));

        let (mut sealer, header) = Sealer::new(&key, &place, &OsRandom);
        let begun = Instant::now();
        for _ in 0..CHUNKS {
            chunk.truncate(CHUNK_BYTES);
            sealer.seal_next(&mut chunk).unwrap();
        }
        rates[1].push(rate(begun));

        let mut sealed = plain.clone();
        let tag = raw.seal_in_place_separate_tag(nonce(0), Aad::from([0; 44]), &mut sealed).unwrap();
        sealed.extend_from_slice(tag.as_ref());
        let mut buffer = sealed.clone();
        let begun = Instant::now();
        for _ in 0..CHUNKS {
            buffer.copy_from_slice(&sealed);
            raw.open_in_place(nonce(0), Aad::from([0; 44]), &mut buffer).unwrap();
        }
        rates[2].push(rate(begun));

        let size_bytes = (CHUNKS * CHUNK_BYTES) as u64;
        let (mut sealer, header_again) = Sealer::new(&key, &place, &OsRandom);
        let mut first = plain.clone();
        sealer.seal_next(&mut first).unwrap();
        let opener = Opener::new(&key, &place, &header_again, size_bytes, true).unwrap();
        let begun = Instant::now();
        for _ in 0..CHUNKS {
            buffer.copy_from_slice(&first);
            opener.open_chunk(0, &mut buffer).unwrap();
        }
        rates[3].push(rate(begun));
        assert_ne!(header, header_again);
    }
    let [raw_seal, seal, raw_open, open] = rates.map(median);
    println!("raw seal, GB/s: {raw_seal:.2}\nseal, GB/s: {seal:.2}\nseal ratio: {:.3}", seal / raw_seal);
    println!("raw open, GB/s: {raw_open:.2}\nopen, GB/s: {open:.2}\nopen ratio: {:.3}", open / raw_open);
}
