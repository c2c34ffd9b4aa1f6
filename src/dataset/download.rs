//! Fetching the published files: side by side, resumed after a break, checked before use.

use std::fs::{self, OpenOptions};
use std::io::{Read, Write};
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use super::idx;
use crate::error::{Error, Result};
use crate::progress::Progress;

/// Where Zalando Research publishes the files.
pub const PUBLISHER: &str = "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com";

/// A published file and the SHA-256 of its inflated content, so that a plain copy passes too.
#[derive(Debug, Clone, PartialEq)]
pub struct Published {
    /// File name, without `.gz`.
    pub name: String,
    /// In hexadecimal.
    pub sha256: String,
}

/// Training images, training labels, test images, test labels: file name and digest.
const FASHION_MNIST: [(&str, &str); 4] = [
    ("train-images-idx3-ubyte", "c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888"),
    ("train-labels-idx1-ubyte", "bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9"),
    ("t10k-images-idx3-ubyte", "5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b"),
    ("t10k-labels-idx1-ubyte", "0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34"),
];

/// The files of Fashion-MNIST: training images and labels, then test images and labels.
pub fn fashion_mnist() -> Vec<Published> {
    FASHION_MNIST
        .iter()
        .map(|(name, sha256)| Published { name: name.to_string(), sha256: sha256.to_string() })
        .collect()
}

/// SHA-256 in hexadecimal.
pub fn sha256(content: &[u8]) -> String {
    Sha256::digest(content).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Checks the inflated content of a published file.
pub(crate) fn check_digest(content: &[u8], expected: &str, path: &Path) -> Result<()> {
    let found = sha256(content);
    if found == expected {
        return Ok(());
    }
    Err(Error::Digest { found, expected: expected.to_string(), path: path.to_path_buf() })
}

/// Downloads the gzipped `files` from `base_url` into `folder`, four at a time, each resumed where it broke off.
///
/// A file that fails its digest is removed, so that the next call begins it again.
pub fn fetch_all(base_url: &str, files: &[Published], folder: &Path) -> Result<()> {
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
    let checked = idx::read_plain(&part).and_then(|content| check_digest(&content, &file.sha256, &part));
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
        progress.advance(((start + received) / 1024) as usize);
    }
    if received < rest {
        return Err(failed(format!("broke off after {received} of {rest} bytes; run again to resume")));
    }
    progress.finish();
    Ok(())
}

/// Folders in which all of the files may lie already, in the order in which they are looked at.
pub(crate) fn places() -> Vec<PathBuf> {
    ["data", "../data", "/usr/share/datasets/fashion-mnist"].map(PathBuf::from).to_vec()
}
