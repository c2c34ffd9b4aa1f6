//! A folder of images as a data set.

use std::fs;
use std::path::Path;

use image::{GrayImage, Luma};
use neural_manifold::dataset::load_folder;

fn save(path: &Path, side: u32, value: u8) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    GrayImage::from_pixel(side, side, Luma([value])).save(path).unwrap();
}

fn sample() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for item in 0..5 {
        save(&folder.path().join(format!("dark/{item}.png")), 8, 10 + item);
        save(&folder.path().join(format!("light/{item}.jpg")), 8, 200);
    }
    fs::write(folder.path().join("light/notes.txt"), "no image").unwrap();
    folder
}

#[test]
fn classes_are_the_subfolders_and_no_image_is_in_both_splits() {
    let folder = sample();
    let place = folder.path();
    let dataset = load_folder(place, 0.4, 1).unwrap();
    assert_eq!(dataset.class_names(), ["dark", "light"]);
    assert_eq!((dataset.train.len(), dataset.test.len()), (6, 4));
    let mut dark: Vec<u8> = [&dataset.train, &dataset.test]
        .iter()
        .flat_map(|split| {
            (0..split.len()).filter(|&i| split.labels.name(i) == "dark").map(|i| split.images[[i, 3, 3, 0]])
        })
        .collect();
    dark.sort();
    assert_eq!(dark, [10, 11, 12, 13, 14]);
    assert_eq!(dataset.train, load_folder(place, 0.4, 1).unwrap().train, "the same seed splits alike");
}

#[test]
fn what_is_wrong_is_named() {
    let message = |folder: &Path| load_folder(folder, 0.4, 1).unwrap_err().to_string();
    let mixed = sample();
    save(&mixed.path().join("light/z.png"), 12, 1);
    assert!(message(mixed.path()).contains("12 x 12") && message(mixed.path()).contains("8 x 8"));
    let torn = sample();
    fs::write(torn.path().join("dark/3.png"), b"\x89PNG\r\n\x1a\n, and then nothing").unwrap();
    assert!(message(torn.path()).contains("cannot be decoded") && message(torn.path()).ends_with("3.png"));
    let odd = tempfile::tempdir().unwrap();
    (0..3).for_each(|item| {
        let path = odd.path().join(format!("a/{item}.png"));
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        GrayImage::from_pixel(8, 9, Luma([1])).save(path).unwrap();
    });
    assert!(message(odd.path()).contains("9 x 8") && message(odd.path()).ends_with(".png"));
    let lone = tempfile::tempdir().unwrap();
    save(&lone.path().join("a/1.png"), 8, 1);
    assert!(message(lone.path()).contains("this folder has 1"));
    let empty = tempfile::tempdir().unwrap();
    assert!(message(empty.path()).contains("no subfolder"));
    assert!(message(&empty.path().join("none")).contains("cannot list"));
    assert!(load_folder(sample().path(), 1.0, 1).unwrap_err().to_string().contains("test_fraction"));
}

#[test]
#[cfg(unix)]
fn a_folder_whose_name_is_not_text_is_read_as_it_is_named() {
    use std::os::unix::ffi::OsStrExt;
    let parent = tempfile::tempdir().unwrap();
    let named = parent.path().join(std::ffi::OsStr::from_bytes(b"im\xffages"));
    (0..2).for_each(|item| save(&named.join(format!("a/{item}.png")), 6, 1));
    let dataset = load_folder(&named, 0.5, 1).unwrap();
    assert_eq!((dataset.train.len(), dataset.side()), (1, 6));
}
