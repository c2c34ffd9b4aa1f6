//! Fetching published files: side by side, resumed after a break, checked before use.

use std::fs::{self, OpenOptions};
use std::io::{Read, Write};
use std::path::Path;

use super::idx;
use crate::error::{Error, Result};
use crate::files;
use crate::live;
use crate::progress::Progress;

/// A published file and the SHA-256 of its inflated content, so that a plain copy passes too.
#[derive(Debug, Clone, PartialEq)]
pub struct Published {
    /// File name, without `.gz`.
    pub name: String,
    /// In hexadecimal.
    pub sha256: String,
}

impl Published {
    /// Checks the inflated content of the file, which was read from `path`.
    pub(super) fn check(&self, content: &[u8], path: &Path) -> Result<()> {
        let found = files::sha256(content);
        if found == self.sha256 {
            return Ok(());
        }
        Err(Error::Digest { found, expected: self.sha256.clone(), path: path.to_path_buf() })
    }
}

/// Downloads the gzipped `files` from `base_url` into `folder`, all at once, each resumed where it broke off.
///
/// # Errors
/// A folder that cannot be written; a server that is not there, refuses or breaks off; a file whose digest is not the
/// published one, which is removed, so that the next call begins it again.
pub fn fetch_all(base_url: &str, files: &[Published], folder: impl AsRef<Path>) -> Result<()> {
    let folder = folder.as_ref();
    fs::create_dir_all(folder).map_err(|e| Error::io("create", folder, e))?;
    std::thread::scope(|scope| {
        let jobs: Vec<_> =
            files.iter().map(|file| scope.spawn(move || fetch(base_url, file, folder))).collect();
        jobs.into_iter().try_for_each(|job| {
            job.join().unwrap_or_else(|_| {
                Err(Error::Download { url: base_url.to_string(), reason: "a download thread died".into() })
            })
        })
    })
}

fn fetch(base_url: &str, file: &Published, folder: &Path) -> Result<()> {
    let target = folder.join(format!("{}.gz", file.name));
    if target.exists() {
        return Ok(());
    }
    let part = folder.join(format!("{}.gz.part", file.name));
    let url = format!("{base_url}/{}.gz", file.name);
    receive(&url, &file.name, &part)?;
    let checked = idx::read_plain(&part).and_then(|content| file.check(&content, &part));
    if let Err(error) = checked {
        fs::remove_file(&part).map_err(|e| Error::io("remove", &part, e))?;
        return Err(error);
    }
    fs::rename(&part, &target).map_err(|e| Error::io("rename", &part, e))
}

/// Appends to `part` what is missing of `url`, asking for the rest alone when some of it is there.
fn receive(url: &str, label: &str, part: &Path) -> Result<()> {
    let failed = |reason: String| Error::Download { url: url.to_string(), reason };
    let have = fs::metadata(part).map(|m| m.len()).unwrap_or(0);
    let agent: ureq::Agent = ureq::Agent::config_builder()
        .timeout_connect(Some(std::time::Duration::from_secs(20)))
        .timeout_recv_response(Some(std::time::Duration::from_secs(60)))
        .http_status_as_error(false)
        .build()
        .into();
    let mut request = agent.get(url);
    if have > 0 {
        request = request.header("Range", format!("bytes={have}-"));
    }
    let mut response = request.call().map_err(|e| failed(e.to_string()))?;
    let resumed = match response.status().as_u16() {
        200 => false,
        206 => true,
        // The part is already whole: nothing lies beyond its end.
        416 if have > 0 => return Ok(()),
        status => return Err(failed(format!("the server answered {status}"))),
    };
    let rest = response.body().content_length().unwrap_or(0);
    let start = if resumed { have } else { 0 };
    let mut progress = Progress::start(label, (start + rest) as usize / 1024, "KiB", true);
    progress.resume_at((start / 1024) as usize);
    let mut file = OpenOptions::new()
        .create(true)
        .write(true)
        .append(resumed)
        .truncate(!resumed)
        .open(part)
        .map_err(|e| Error::io("write", part, e))?;
    let mut body = response.body_mut().as_reader();
    let (mut buffer, mut received) = (vec![0u8; 64 * 1024], 0u64);
    loop {
        let n =
            body.read(&mut buffer).map_err(|e| failed(format!("broke off after {received} bytes ({e})")))?;
        if n == 0 {
            break;
        }
        file.write_all(&buffer[..n]).map_err(|e| Error::io("write", part, e))?;
        received += n as u64;
        let done = ((start + received) / 1024) as usize;
        progress.advance(done);
        if live::is_stopped() {
            return Err(Error::Stopped { what: "the download", done, total: (start + rest) as usize / 1024 });
        }
    }
    if received < rest {
        return Err(failed(format!("broke off after {received} of {rest} bytes; run again to resume")));
    }
    progress.finish();
    Ok(())
}
