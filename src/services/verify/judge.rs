//! A second look at what is suspect, and its name.

use std::sync::Arc;

use super::spans::{Fault, Span, opens_as};
use super::state::{State, Suspect};
use super::stray::Stray;
use super::{Finding, Kind, Part};
use crate::crypto::file_key::FileKey;
use crate::crypto::sealed_blob::HEADER_BYTES;
use crate::domain::event::Action;
use crate::domain::file::File;
use crate::domain::id::FileId;
use crate::services::progress::Progress;
use crate::services::{Caller, Error, Services};

/// How often it is tried whether an object belongs to another file.
const MAX_TRIES: usize = 100_000;

/// An object that is not what it must be.
struct Bad {
    file: File,
    part: Part,
    key: Arc<FileKey>,
    fault: Fault,
}

impl Services {
    /// Names what is wrong, and sets it aside where that is wanted.
    pub(super) async fn judge(
        &self,
        caller: &Caller,
        state: &State,
        strays: Vec<Stray>,
        repair: bool,
        progress: &Progress,
    ) -> Result<Vec<Finding>, Error> {
        progress.begin("suspects", 0, (state.suspects.len() + strays.len()) as u64);
        let (mut findings, mut bad) = (Vec::new(), Vec::new());
        for suspect in &state.suspects {
            match self.look_again_at(suspect, progress).await? {
                None => {}
                Some(Ok(wrong)) => bad.push(wrong),
                Some(Err(finding)) => findings.push(finding),
            }
            progress.add_done(1);
        }
        let mut tries = 0;
        for wrong in &bad {
            findings.push(self.name(wrong, &bad, &mut tries).await?);
        }
        for stray in strays {
            progress.add_done(1);
            if self.is_still_stray(&stray).await? {
                let kind = if stray.blob.is_some() { Kind::Orphan } else { Kind::Foreign };
                findings.push(Finding { place: Some(stray.place), ..Finding::of(kind) });
            }
        }
        if repair {
            for finding in &mut findings {
                if let Some(failure) = self.repair(caller, finding).await? {
                    // One thing that stays where it is keeps nothing else from being set aside; a storage that is away does.
                    self.blobs.ping().await?;
                    let detail = std::mem::take(&mut finding.detail);
                    let reason = format!("it could not be set aside: {}", failure.with_causes());
                    finding.detail = if detail.is_empty() { reason } else { format!("{detail}; {reason}") };
                }
            }
        }
        Ok(findings)
    }

    /// What is wrong with a suspect now: nothing, an object, or the file's key.
    async fn look_again_at(
        &self,
        suspect: &Suspect,
        progress: &Progress,
    ) -> Result<Option<Result<Bad, Finding>>, Error> {
        let Some(id) = FileId::parse(&suspect.file) else { return Ok(None) };
        let Some(file) = self.find_file_anywhere(id).await? else { return Ok(None) };
        let key = self.store.find_wrapped_key(file.blob).await?;
        let detail = if key.is_none() { "there is no key of it" } else { "its key cannot be opened" };
        let key = match key {
            Some(stored) => self.open_key(&file, stored).await?,
            None => None,
        };
        let Some(key) = key.map(Arc::new) else {
            // A file goes before its key does, or with it.
            let is_there = self.find_file_anywhere(id).await?.is_some();
            let finding =
                Finding { file: Some(suspect.file.clone()), detail: detail.to_owned(), ..Finding::of(Kind::WrongWrap) };
            return Ok(is_there.then_some(Err(finding)));
        };
        let Some(mut parts) = self.parts_of(&file).await? else {
            let is_there = self.find_file_anywhere(id).await?.is_some();
            let detail = "the database does not know all of its objects".to_owned();
            let finding = Finding { file: Some(suspect.file.clone()), detail, ..Finding::of(Kind::Missing) };
            return Ok(is_there.then_some(Err(finding)));
        };
        // Else there was something with the file itself, and nobody has looked at its objects.
        if !suspect.object.is_empty() {
            parts = Self::part_named(parts, &suspect.object).into_iter().collect();
        }
        for part in parts {
            let Some(fault) = self.first_fault(part, &key, suspect.chunk, progress).await? else { continue };
            // It was deleted between the two looks.
            if self.find_file_anywhere(id).await?.is_some_and(|now| now.blob == file.blob) {
                return Ok(Some(Ok(Bad { file, part, key, fault })));
            }
        }
        Ok(None)
    }

    async fn first_fault(
        &self,
        part: Part,
        key: &Arc<FileKey>,
        first: u64,
        progress: &Progress,
    ) -> Result<Option<Fault>, Error> {
        for span in Span::from_chunk(part, key, first) {
            let fault = span.look(&self.blobs, progress).await?;
            if fault.is_some() {
                return Ok(fault);
            }
        }
        Ok(None)
    }

    /// The name of what is wrong with an object. It is one that changed places if it opens as one of the others that are wrong.
    async fn name(&self, wrong: &Bad, all: &[Bad], tries: &mut usize) -> Result<Finding, Error> {
        let must = wrong.part.sealed_len();
        let (len, kind, detail) = match wrong.fault {
            Fault::Missing if self.blobs.is_set_aside(wrong.part.blob()).await? => {
                (None, Kind::Missing, "it was set aside".to_owned())
            }
            Fault::Missing => (None, Kind::Missing, String::new()),
            Fault::Length(len) if len < must => (Some(len), Kind::Truncated, format!("{len} bytes of {must}")),
            Fault::Length(len) => (Some(len), Kind::Altered, format!("{len} bytes, and it has {must}")),
            Fault::Tampered(chunk) => (Some(must), Kind::Altered, format!("in chunk {chunk}")),
            Fault::Unreadable(chunk) => (None, Kind::Altered, format!("the storage cannot read chunk {chunk}")),
        };
        let finding = Finding {
            file: Some(wrong.file.id.to_string()),
            place: Some(self.blobs.place_of(wrong.part.blob())),
            detail,
            ..Finding::of(kind)
        };
        let Some(len) = len.filter(|len| *len > HEADER_BYTES as u64) else { return Ok(finding) };
        for other in all.iter().filter(|other| other.part.blob() != wrong.part.blob() && other.part.sealed_len() == len)
        {
            *tries += 1;
            if *tries > MAX_TRIES {
                break;
            }
            if opens_as(&self.blobs, wrong.part.blob(), &other.part, &other.key).await? {
                let belongs_to = Some(other.file.id.to_string());
                let detail = format!("it belongs at {}", self.blobs.place_of(other.part.blob()));
                return Ok(Finding { kind: Kind::Swapped, belongs_to, detail, ..finding });
            }
        }
        Ok(finding)
    }

    /// Sets a thing aside, and answers what kept the storage from doing so.
    async fn repair(&self, caller: &Caller, finding: &mut Finding) -> Result<Option<Error>, Error> {
        let lies_there = !matches!(finding.kind, Kind::Missing | Kind::WrongWrap);
        let Some(place) = finding.place.as_ref().filter(|_| lies_there) else { return Ok(None) };
        match self.blobs.set_aside(place).await {
            Ok(Some(aside)) => finding.quarantined = Some(aside),
            Ok(None) => return Ok(None),
            Err(failure) => return Ok(Some(failure.into())),
        }
        let object = finding.file.clone().unwrap_or_default();
        let event = self.event_by(caller, Action::ObjectQuarantined, object);
        self.store.note_events(&[event]).await?;
        Ok(None)
    }
}

impl Finding {
    fn of(kind: Kind) -> Self {
        Self { kind, file: None, place: None, detail: String::new(), belongs_to: None, quarantined: None }
    }
}
