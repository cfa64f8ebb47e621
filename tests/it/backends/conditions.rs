//! Creation on the condition that nothing is there: on servers that keep it nothing is ever overwritten, and those that do not
//! know it store all the same.

use std::time::Duration;

use secrecy::SecretString;
use strongroom::blobs::{Blobs, Calls, Conditions, Options, S3Options};
use strongroom::domain::id::BlobId;

use super::backend::new_bucket_name;
use crate::harness::faulty_line::{Fault, FaultyLine};
use crate::harness::garage::{self, Garage};
use crate::harness::moto_server::{self, MotoServer};
use crate::harness::s3_api::S3Api;
use crate::harness::s3s_server::{self, S3sServer};

const SMALL: usize = 1000;
/// Two parts and some more.
const LARGE: usize = 11 << 20;

async fn open(bucket: &S3Api, region: &str, key: (&str, &str), conditions: Conditions) -> Blobs {
    let options = S3Options {
        bucket: bucket.bucket.clone(),
        endpoint: bucket.endpoint.clone(),
        region: region.to_owned(),
        access_key_id: key.0.to_owned(),
        secret_access_key: SecretString::from(key.1),
        virtual_host_style: false,
        conditions,
        max_file_bytes: 5 << 30,
        calls: Calls { timeout: Duration::from_secs(30), max_retries: 2 },
    };
    Blobs::open(&Options::S3(options)).await.unwrap()
}

async fn write(blobs: &Blobs, blob: BlobId, content: &[u8]) -> Result<(), strongroom::blobs::Error> {
    let mut writer = blobs.create(blob).await?;
    for piece in content.chunks(60_000) {
        writer.write(piece.to_vec().into()).await?;
    }
    writer.finish().await
}

/// In one request and in several: the second to come is refused, and the object is the first one's.
async fn assert_nothing_is_overwritten(blobs: &Blobs, bucket: &S3Api) {
    for (number, first, second) in [(1, SMALL, SMALL), (2, LARGE, LARGE), (3, LARGE, SMALL), (4, SMALL, LARGE)] {
        let blob = BlobId::from_bytes([number; 16]);
        write(blobs, blob, &vec![1; first]).await.unwrap();
        assert!(write(blobs, blob, &vec![2; second]).await.is_err(), "{first} was overwritten with {second}");
        assert_eq!(blobs.size_bytes(blob).await.unwrap(), first as u64);
        assert!(blobs.read(blob, 0..first as u64).await.unwrap().iter().all(|byte| *byte == 1));
    }
    blobs.finish_writers(Duration::from_secs(10)).await;
    assert_eq!(bucket.objects().await.len(), 5, "four objects and the one that tells");
}

#[tokio::test]
async fn moto_keeps_the_condition() {
    let server = MotoServer::start().await;
    let bucket = server.make_bucket(&new_bucket_name()).await;
    let blobs = open(&bucket, moto_server::REGION, ("any", "key"), Conditions::WhereKept).await;
    assert_nothing_is_overwritten(&blobs, &bucket).await;
    assert_eq!(bucket.uploads().await, [""; 0], "a refused upload is aborted");
}

#[tokio::test]
async fn s3s_fs_keeps_the_condition() {
    let server = S3sServer::start().await;
    let bucket = server.make_bucket(&new_bucket_name()).await;
    let key = (s3s_server::KEY_ID, s3s_server::SECRET);
    let blobs = open(&bucket, s3s_server::REGION, key, Conditions::WhereKept).await;
    assert_nothing_is_overwritten(&blobs, &bucket).await;
}

#[tokio::test]
async fn a_wrong_key_is_refused_and_no_probe_hides_it() {
    let server = S3sServer::start().await;
    let bucket = server.make_bucket(&new_bucket_name()).await;
    let blobs = open(&bucket, s3s_server::REGION, (s3s_server::KEY_ID, "wrong"), Conditions::WhereKept).await;
    assert!(blobs.ping().await.is_err());
    assert!(write(&blobs, BlobId::from_bytes([1; 16]), b"sealed").await.is_err());
    assert_eq!(bucket.objects().await, [""; 0]);
}

/// Whatever Garage makes of it, objects are stored, and so they are with the condition switched off.
#[tokio::test]
async fn garage_stores_with_and_without() {
    let garage = Garage::shared().await;
    for conditions in [Conditions::WhereKept, Conditions::Never] {
        let bucket = garage.make_bucket(&new_bucket_name()).await;
        let blobs = open(&bucket, garage::REGION, (garage::KEY_ID, garage::SECRET), conditions).await;
        for (number, size) in [(1, SMALL), (2, LARGE)] {
            let blob = BlobId::from_bytes([number; 16]);
            write(&blobs, blob, &vec![number; size]).await.unwrap();
            assert_eq!(blobs.size_bytes(blob).await.unwrap(), size as u64);
        }
    }
}

/// A server that refuses requests with a condition gets them without.
#[tokio::test]
async fn a_server_that_refuses_the_condition_is_asked_without_it() {
    let garage = Garage::shared().await;
    let mut bucket = garage.make_bucket(&new_bucket_name()).await;
    let line = FaultyLine::open().await;
    line.lead_to(&garage.endpoint());
    line.break_for(1, Fault::Answer(501), |request| request.contains("conditional-create-probe"));
    bucket.endpoint = line.endpoint();
    let blobs = open(&bucket, garage::REGION, (garage::KEY_ID, garage::SECRET), Conditions::WhereKept).await;
    let blob = BlobId::from_bytes([1; 16]);
    write(&blobs, blob, &[1; SMALL]).await.unwrap();
    write(&blobs, BlobId::from_bytes([2; 16]), &[2; SMALL]).await.unwrap();
    assert!(line.has_done_its_worst());
    assert_eq!(line.count(|request| request.contains("conditional-create-probe")), 2, "it is found out once");
    assert_eq!(blobs.read(blob, 0..SMALL as u64).await.unwrap(), [1; SMALL]);
}
