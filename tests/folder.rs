//! A folder of images as a data set.

use std::fs;
use std::path::Path;

use image::{GrayImage, Luma, Rgb, RgbImage};
use ndarray::s;
use neural_manifold::dataset::{Dataset, PictureConfig, Split, load_folder};
use neural_manifold::table::{Table, TableConfig};

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
    let torn = sample();
    fs::write(torn.path().join("dark/3.png"), b"\x89PNG\r\n\x1a\n, and then nothing").unwrap();
    assert!(
        message(torn.path()).contains("dark/3.png") && message(torn.path()).contains("repair or remove it")
    );
    let whole = Dataset::from_table(&Table::open(torn.path()).unwrap(), &PictureConfig::default()).unwrap();
    assert_eq!((whole.train.len(), whole.test.len()), (7, 2), "left out, and told in the table's report");
    let lone = tempfile::tempdir().unwrap();
    save(&lone.path().join("a/1.png"), 8, 1);
    assert!(message(lone.path()).contains("number of pictures is 1"), "{}", message(lone.path()));
    let empty = tempfile::tempdir().unwrap();
    assert!(message(empty.path()).contains("holds no picture"));
    assert!(message(&empty.path().join("none")).contains("check the path"));
    assert!(load_folder(sample().path(), 1.0, 1).unwrap_err().to_string().contains("test_fraction"));
    let pictures = sample();
    let table = Table::open(pictures.path()).unwrap();
    for (config, expected) in [
        (PictureConfig { channels: Some(2), ..PictureConfig::default() }, "channels is 2"),
        (PictureConfig { channels: Some(usize::MAX), ..PictureConfig::default() }, "give 1 (gray) or 3"),
        (PictureConfig { side: Some(0), ..PictureConfig::default() }, "side is 0"),
        (PictureConfig { side: Some(4096), ..PictureConfig::default() }, "side is 4096"),
        (PictureConfig { test_fraction: f64::NAN, ..PictureConfig::default() }, "test_fraction"),
    ] {
        let message = Dataset::from_table(&table, &config).unwrap_err().to_string();
        assert!(message.contains(expected), "{message}");
    }
    let bare =
        Table::from_vectors("bare", ndarray::Array2::zeros((3, 2)), None, &TableConfig::default()).unwrap();
    assert!(Dataset::from_table(&bare, &PictureConfig::default()).is_err());
    assert!(Split::from_table(&bare, 8, 1).unwrap_err().to_string().contains("the list of pictures of bare"));
}

#[test]
fn the_side_is_that_of_small_squares_and_else_32() {
    let side = |folder: &Path| load_folder(folder, 0.4, 1).unwrap().side();
    assert_eq!(side(sample().path()), 8);
    let mixed = sample();
    save(&mixed.path().join("light/z.png"), 12, 1);
    assert_eq!(side(mixed.path()), 32);
    for (width, height, expected) in [(64, 64, 64), (68, 68, 32), (30, 30, 32), (8, 16, 32)] {
        let folder = tempfile::tempdir().unwrap();
        for item in 0..3 {
            let picture = GrayImage::from_pixel(width, height, Luma([item]));
            picture.save(folder.path().join(format!("{item}.png"))).unwrap();
        }
        assert_eq!(side(folder.path()), expected, "{width} x {height}");
        let table = Table::open(folder.path()).unwrap();
        let config = PictureConfig { side: Some(20), ..PictureConfig::default() };
        assert_eq!(Dataset::from_table(&table, &config).unwrap().side(), 20);
    }
    // Equal areas are no equal shapes; the whole of an oblong picture is shown, on white.
    let oblong = tempfile::tempdir().unwrap();
    for (name, width, height) in [("a", 8, 8), ("b", 4, 16), ("c", 8, 8)] {
        let picture = GrayImage::from_pixel(width, height, Luma([0]));
        picture.save(oblong.path().join(format!("{name}.png"))).unwrap();
    }
    let images = Split::from_table(&Table::open(oblong.path()).unwrap(), 32, 1).unwrap().images;
    assert_eq!((images[[0, 16, 2, 0]], images[[1, 16, 2, 0]], images[[1, 16, 16, 0]]), (0, 255, 0));
    assert_eq!(side(oblong.path()), 32);
}

#[test]
fn colors_are_kept_where_there_are_any() {
    let folder = tempfile::tempdir().unwrap();
    let put = |name: &str, color: [u8; 3]| {
        RgbImage::from_pixel(8, 8, Rgb(color)).save(folder.path().join(name)).unwrap();
    };
    (0..4).for_each(|item| put(&format!("{item}.png"), [50 + item; 3]));
    let gray = load_folder(folder.path(), 0.5, 1).unwrap();
    assert_eq!(gray.channels(), 1, "three equal channels are no colors");
    put("red.png", [200, 10, 30]);
    let table = Table::open(folder.path()).unwrap();
    let all = Split::from_table(&table, 8, 3).unwrap();
    assert_eq!(all.images.slice(s![4, 2, 5, ..]).to_vec(), [200, 10, 30]);
    assert_eq!(all.images.slice(s![1, 2, 5, ..]).to_vec(), [51, 51, 51]);
    // 0.299 * 200 + 0.587 * 10 + 0.114 * 30
    assert_eq!(Split::from_table(&table, 8, 1).unwrap().images[[4, 2, 5, 0]], 69);
    let config = PictureConfig::default();
    let color = Dataset::from_table(&table, &config).unwrap();
    assert_eq!((color.channels(), color.train.channels(), color.test.channels()), (3, 3, 3));
    let told = PictureConfig { channels: Some(1), ..config };
    assert_eq!(Dataset::from_table(&table, &told).unwrap().channels(), 1);
    // No folder of a class, no class.
    assert_eq!((color.class_names().len(), color.test.captions()), (0, vec!["missing".to_string()]));
    let shown = color.summary().bundle().get("text/plain").unwrap().to_string();
    assert!(shown.contains("4 + 1 images of 8 x 8 in color"), "{shown}");
}

#[test]
fn images_are_those_of_the_rows_that_are_named() {
    let folder = sample();
    let place = folder.path();
    for item in 0..7 {
        save(&place.join(format!("lone{item}/0.png")), 8, 100 + item);
    }
    let table = Table::open(place).unwrap();
    let config = PictureConfig { test_fraction: 0.4, ..PictureConfig::default() };
    let (train, test) = config.rows(&table).unwrap();
    let mut both = [train.clone(), test.clone()].concat();
    both.sort();
    assert_eq!(both, (0..17).collect::<Vec<_>>());
    let labels = table.labels().unwrap();
    let held_out = |name: &str| test.iter().filter(|&&row| labels.name(row) == name).count();
    assert_eq!(
        (held_out("dark"), held_out("light"), test.len()),
        (2, 2, 4),
        "none of a class of one picture"
    );
    let dataset = Dataset::from_table(&table, &config).unwrap();
    for (rows, split) in [(&train, &dataset.train), (&test, &dataset.test)] {
        for (item, &row) in rows.iter().enumerate() {
            assert_eq!(split.labels.name(item), labels.name(row));
            let picture = table.picture(row).unwrap().unwrap();
            assert_eq!(split.images[[item, 3, 3, 0]], picture.pixels[[3, 3, 0]]);
        }
    }
    // Where every class has one picture, some are held out all the same.
    let lone = Table::open(place).unwrap().select(&(10..17).collect::<Vec<_>>()).unwrap();
    let (train, test) = config.rows(&lone).unwrap();
    assert_eq!((train.len(), test.len()), (4, 3));
}

#[test]
fn splits_of_the_table_are_kept() {
    let folder = tempfile::tempdir().unwrap();
    let put = |name: &str, value| save(&folder.path().join(name), 8, value);
    for (name, value) in [("train/a/1.png", 1), ("train/b/2.png", 2), ("val/a/3.png", 3), ("val/b/4.png", 4)]
    {
        put(name, value);
    }
    let values = |split: &Split| split.images.slice(s![.., 0, 0, 0]).to_vec();
    let dataset = load_folder(folder.path(), 0.5, 1).unwrap();
    assert_eq!((values(&dataset.train), values(&dataset.test)), (vec![1, 2], vec![3, 4]));
    assert_eq!(
        (dataset.class_names().len(), dataset.test.captions()),
        (2, vec!["a".to_string(), "b".to_string()])
    );
    put("test/b/5.png", 5);
    put("test/.hidden/6.png", 6);
    let dataset = load_folder(folder.path(), 0.5, 1).unwrap();
    assert_eq!((values(&dataset.train), values(&dataset.test)), (vec![1, 2], vec![5]));
    // A split alone is shared out like any other folder.
    let alone = load_folder(folder.path().join("train"), 0.5, 1).unwrap();
    assert_eq!((alone.train.len(), alone.test.len()), (1, 1));
}

#[test]
fn rows_without_a_picture_are_left_out() {
    let folder = tempfile::tempdir().unwrap();
    for item in 0..4 {
        save(&folder.path().join(format!("{item}.png")), 8, item);
    }
    let rows = "photo,kind\n3.png,x\nlost.png,x\n0.png,y\n1.png,y\n2.png,x\n";
    fs::write(folder.path().join("table.csv"), rows).unwrap();
    let config = TableConfig { label: Some("kind".into()), ..TableConfig::default() };
    let table = Table::open_with(folder.path().join("table.csv"), &config).unwrap();
    assert_eq!(table.rows_with_picture(), [0, 2, 3, 4]);
    let split = Split::from_table(&table, 8, 1).unwrap();
    assert_eq!(split.images.slice(s![.., 0, 0, 0]).to_vec(), [3, 0, 1, 2]);
    assert_eq!(split.captions(), ["x", "y", "y", "x"]);
    let dataset = Dataset::from_table(&table, &PictureConfig::default()).unwrap();
    assert_eq!((dataset.train.len(), dataset.test.len()), (2, 2));
}

#[test]
#[cfg(unix)]
fn a_folder_whose_name_is_not_text_is_read_as_it_is_named() {
    use std::os::unix::ffi::OsStrExt;
    let parent = tempfile::tempdir().unwrap();
    let named = parent.path().join(std::ffi::OsStr::from_bytes(b"im\xffages"));
    (0..2).for_each(|item| save(&named.join(format!("a/{item}.png")), 8, 1));
    let dataset = load_folder(&named, 0.5, 1).unwrap();
    assert_eq!((dataset.train.len(), dataset.side()), (1, 8));
}
