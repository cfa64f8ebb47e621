//! The rows of a snapshot.

use super::ObjectLine;
use super::folder::NewSnapshot;
use super::manifest::{Manifest, OBJECTS, Part, ROWS};
use crate::services::progress::Progress;
use crate::services::{Error, Services};
use crate::store::Snapshot;

/// What the restored database gets anew: its schema's journal, and its bond with the ring.
pub(in crate::services) const MADE_ANEW: [&str; 2] = ["migration", "installation"];

impl Services {
    /// Writes every row that the view shows, and the list of the objects of its files. Answers that list, and how many rows there
    /// are.
    pub(super) async fn dump_rows(
        &self,
        view: &Snapshot,
        snapshot: &NewSnapshot,
        manifest: &mut Manifest,
        progress: &Progress,
    ) -> Result<(Part, u64), Error> {
        progress.begin("rows", 0, 0);
        let mut count = 0;
        let mut objects = snapshot.begin_part(OBJECTS).await?;
        for table in view.tables().await?.iter().filter(|table| !MADE_ANEW.contains(&table.as_str())) {
            let mut part = snapshot.begin_part(&format!("{table}{ROWS}")).await?;
            let mut after = None;
            loop {
                let rows = view.rows_after(table, after.as_deref()).await?;
                let Some(last) = rows.last() else { break };
                after = Some(last.key.clone());
                count += rows.len() as u64;
                progress.add_done(rows.len() as u64);
                if table == "wrapped_key" {
                    for key in rows.iter().filter_map(|row| row.text("key_id")) {
                        *manifest.wrapping_keys.entry(key.to_owned()).or_insert(0) += 1;
                    }
                }
                let lines = rows.iter().filter_map(|row| ObjectLine::of_row(table, row));
                objects = objects.write(lines.map(|line| line.to_line()).collect::<Result<_, _>>()?).await?;
                part = part.write(rows.iter().map(|row| row.to_line()).collect()).await?;
            }
            manifest.tables.push(part.finish().await?);
        }
        Ok((objects.finish().await?, count))
    }
}
