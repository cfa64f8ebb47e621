//! Many at once, and things that change under those who use them.

mod cut_downloads;
mod parallel_transfers;
mod sharing_races;
