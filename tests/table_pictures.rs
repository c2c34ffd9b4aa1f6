//! Tables from folders of pictures, and from tables that name pictures.

use std::fs;
use std::io::Cursor;
use std::path::Path;

use image::{DynamicImage, GrayImage, ImageBuffer, ImageFormat, Luma, LumaA, Rgb, RgbImage, Rgba, RgbaImage};
use neural_manifold::prelude::{Table, TableConfig};
use neural_manifold::table::Fit;

fn save(folder: &Path, name: &str, picture: impl Into<DynamicImage>, format: ImageFormat) {
    let path = folder.join(name);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    picture.into().save_with_format(path, format).unwrap();
}

fn png(folder: &Path, name: &str, gray: u8) {
    save(folder, name, GrayImage::from_pixel(4, 4, Luma([gray])), ImageFormat::Png);
}

fn first_pixel(table: &Table, row: usize) -> Vec<u8> {
    let picture = table.picture(row).unwrap().unwrap();
    picture.pixels.slice(ndarray::s![0, 0, ..]).to_vec()
}

#[test]
fn classes_splits_and_hidden_folders_are_told_apart() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    for (name, gray) in [("train/cat/a.png", 1), ("train/dog/b.png", 2), ("test/cat/c.png", 3)] {
        png(root, name, gray);
    }
    for hidden in [".ipynb_checkpoints/d.png", "__MACOSX/e.png", "train/.hidden/f.png", "train/cat/._a.png"] {
        png(root, hidden, 9);
    }
    fs::write(root.join("notes.txt"), "x").unwrap();
    let table = Table::open(root).unwrap();
    assert_eq!(table.ids(), ["test/cat/c.png", "train/cat/a.png", "train/dog/b.png"]);
    let (labels, splits) = (table.labels().unwrap(), table.splits().unwrap());
    assert_eq!((labels.names.clone(), labels.name(2)), (vec!["cat".to_string(), "dog".to_string()], "dog"));
    assert_eq!((splits.name(0), splits.name(1)), ("test", "train"));
    assert_eq!([0, 1, 2].map(|row| first_pixel(&table, row)), [[3], [1], [2]]);
    assert!(table.report().contains("left out: files of other endings: 1 .txt"), "{}", table.report());
    // One folder that is called train beside another is a class.
    png(root, "bird/g.png", 4);
    let table = Table::open(root).unwrap();
    assert_eq!(table.labels().unwrap().names, ["bird", "test", "train"]);
    assert!(table.splits().is_none());
    let flat = Table::open(root.join("train/cat")).unwrap();
    assert_eq!((flat.len(), flat.label_column(), flat.name()), (1, None, "cat"));
}

#[test]
fn a_broken_picture_is_left_out_counted_and_named() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    png(root, "a.png", 1);
    png(root, "b.png", 2);
    let whole = fs::read(root.join("b.png")).unwrap();
    fs::write(root.join("cut.png"), &whole[..whole.len() - 20]).unwrap();
    fs::write(root.join("empty.png"), b"").unwrap();
    fs::write(root.join("text.png"), b"hello").unwrap();
    let table = Table::open(root).unwrap();
    assert_eq!(table.ids(), ["a.png", "b.png"]);
    let report = table.report();
    assert!(report.contains("3 pictures cannot be decoded") && report.contains("cut.png"), "{report}");
    let strict = TableConfig { strict: true, ..TableConfig::default() };
    let message = Table::open_with(root, &strict).unwrap_err().to_string();
    assert!(message.contains("cut.png") && message.contains("repair or remove it"), "{message}");
    for name in ["a.png", "b.png"] {
        fs::remove_file(root.join(name)).unwrap();
    }
    assert!(Table::open(root).unwrap_err().to_string().contains("none of its pictures"));
    let bare = tempfile::tempdir().unwrap();
    fs::write(bare.path().join("a.doc"), "x").unwrap();
    let message = Table::open(bare.path()).unwrap_err().to_string();
    assert!(message.contains("holds no picture") && message.contains("1 .doc"), "{message}");
    assert!(Table::open(root.join("text.png")).is_err());
}

#[test]
fn transparent_pixels_show_the_ground_and_not_the_color_behind() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    save(root, "a.png", RgbaImage::from_pixel(2, 2, Rgba([200, 0, 0, 0])), ImageFormat::Png);
    save(root, "b.png", RgbaImage::from_pixel(2, 2, Rgba([200, 0, 100, 51])), ImageFormat::Png);
    let gray = ImageBuffer::from_pixel(2, 2, LumaA([0u8, 0]));
    save(root, "c.png", DynamicImage::ImageLumaA8(gray), ImageFormat::Png);
    let table = Table::open(root).unwrap();
    // A fifth of the color over white: 255 - (255 - 200) / 5, and so on.
    assert_eq!([0, 1].map(|row| first_pixel(&table, row)), [[255, 255, 255], [244, 204, 224]]);
    assert_eq!(first_pixel(&table, 2), [255], "gray on a gray ground stays gray");
    let blue = TableConfig { ground: [0, 0, 255], ..TableConfig::default() };
    let table = Table::open_with(root, &blue).unwrap();
    assert_eq!([0, 2].map(|row| first_pixel(&table, row)), [[0, 0, 255], [0, 0, 255]]);
}

#[test]
fn every_format_is_read_and_sizes_may_differ() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    let picture = |width, height| RgbImage::from_pixel(width, height, Rgb([250, 20, 30]));
    let formats = [
        ("a.bmp", ImageFormat::Bmp),
        ("b.gif", ImageFormat::Gif),
        ("c.jpg", ImageFormat::Jpeg),
        ("d.tiff", ImageFormat::Tiff),
        ("e.webp", ImageFormat::WebP),
    ];
    for (number, (name, format)) in formats.into_iter().enumerate() {
        save(root, name, picture(8 + number as u32, 4), format);
    }
    let config = TableConfig { thumb_side: 16, fit: Fit::Stretch, ..TableConfig::default() };
    let table = Table::open_with(root, &config).unwrap();
    assert_eq!(table.len(), 5);
    for row in 0..5 {
        let whole = table.picture(row).unwrap().unwrap();
        assert_eq!((whole.width(), whole.height()), (8 + row, 4));
        let small = table.thumbnail(row).unwrap().unwrap();
        assert_eq!(small.pixels.dim(), (16, 16, 3));
        let pixel = small.pixels.slice(ndarray::s![8, 8, ..]).to_vec();
        assert!(pixel.iter().zip([250u8, 20, 30]).all(|(&a, b)| a.abs_diff(b) <= 6), "{row}: {pixel:?}");
    }
    assert!(table.report().contains("8 x 4 to 12 x 4 pixels"), "{}", table.report());
}

#[test]
fn a_photo_is_turned_as_its_camera_was_held() {
    let folder = tempfile::tempdir().unwrap();
    let picture = RgbImage::from_fn(16, 8, |x, _| if x < 8 { Rgb([255, 0, 0]) } else { Rgb([0, 0, 255]) });
    let mut jpeg = Vec::new();
    DynamicImage::from(picture).write_to(&mut Cursor::new(&mut jpeg), ImageFormat::Jpeg).unwrap();
    // Exif 2.3: one entry of IFD0, tag 0x0112, a short of 6: turn by 90 degrees clockwise to show.
    let exif = b"Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0";
    let mut turned = jpeg[..2].to_vec();
    turned.extend([0xff, 0xe1]);
    turned.extend((exif.len() as u16 + 2).to_be_bytes());
    turned.extend(exif);
    turned.extend(&jpeg[2..]);
    fs::write(folder.path().join("a.jpg"), turned).unwrap();
    let picture = Table::open(folder.path()).unwrap().picture(0).unwrap().unwrap();
    assert_eq!((picture.width(), picture.height()), (8, 16));
    let (top, bottom) = (picture.pixels[[1, 4, 0]], picture.pixels[[14, 4, 0]]);
    assert!(top > 200 && bottom < 60, "the left of a turned picture is its top: {top}, {bottom}");
}

#[test]
fn twelve_bits_in_sixteen_are_spread_over_the_whole_set() {
    let folder = tempfile::tempdir().unwrap();
    // Two halves of one ramp of 0 to 4095: spread per picture both would reach white.
    for (name, low) in [("a.png", 0u16), ("b.png", 2048)] {
        let ramp = ImageBuffer::from_fn(64, 32, |x, y| Luma([low + (y * 64 + x) as u16]));
        save(folder.path(), name, DynamicImage::ImageLuma16(ramp), ImageFormat::Png);
    }
    let table = Table::open(folder.path()).unwrap();
    let corner = |row: usize| {
        let pixels = table.picture(row).unwrap().unwrap().pixels;
        (pixels[[0, 0, 0]], pixels[[31, 63, 0]])
    };
    let ((dark, middle), (also_middle, bright)) = (corner(0), corner(1));
    assert!(dark < 3 && bright > 252, "{dark} {bright}");
    assert!(middle.abs_diff(128) < 3 && also_middle.abs_diff(128) < 3, "{middle} {also_middle}");
    assert!(table.report().contains("pictures of 16 bits: 2"), "{}", table.report());
}

#[test]
fn metadata_beside_the_pictures_gives_columns() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    for (name, gray) in [("train/a.png", 1), ("train/b.png", 2), ("train/more/c.png", 3)] {
        png(root, name, gray);
    }
    let rows = "file_name,kind\nmore/c.png,x\na.png,y\nlost.png,x\n";
    fs::write(root.join("train/metadata.csv"), rows).unwrap();
    let table = Table::open(root).unwrap();
    assert_eq!(table.ids(), ["more/c.png", "a.png"]);
    assert_eq!((first_pixel(&table, 0), first_pixel(&table, 1)), (vec![3], vec![1]));
    assert_eq!(table.categories("kind").unwrap().name(1), "y");
    let report = table.report();
    assert!(report.contains("1 picture not there: train/lost.png"), "{report}");
    assert!(report.contains("1 picture that the metadata does not name"), "{report}");
    fs::write(root.join("train/metadata.csv"), "name\na.png\n").unwrap();
    assert!(Table::open(root).unwrap_err().to_string().contains("no column \"file_name\""));
}

#[test]
fn a_table_with_paths_shows_their_pictures_and_pixels_become_vectors() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    png(root, "img/a.png", 51);
    png(root, "img/b.png", 102);
    fs::write(root.join("table.csv"), "photo,n\nimg/b.png,1\nimg/none.png,2\nimg/a.png,3\n").unwrap();
    let table = Table::open(root.join("table.csv")).unwrap();
    assert_eq!((first_pixel(&table, 0), table.picture(1).unwrap()), (vec![102], None));
    assert!(table.report().contains("1 picture not there: img/none.png"), "{}", table.report());
    let message = table.latents(None).unwrap_err().to_string();
    assert!(message.contains("with_pixels"), "{message}");
    let table = table.with_pixels(2).unwrap();
    assert_eq!(table.vectors_rows(None).unwrap(), [0, 2]);
    assert_eq!(table.vectors(None).unwrap().values.row(1).to_vec(), [0.2; 4]);
    let chosen = table.select(&[2, 1]).unwrap();
    assert_eq!((first_pixel(&chosen, 0), chosen.vectors_rows(None).unwrap().to_vec()), (vec![51], vec![0]));
    assert!(table.select(&[0, 0]).unwrap_err().to_string().contains("chosen twice"));
    assert!(table.picture(3).unwrap_err().to_string().contains("3 rows"));
    let strict = TableConfig { strict: true, ..TableConfig::default() };
    assert!(Table::open_with(root.join("table.csv"), &strict).unwrap_err().to_string().contains("none.png"));
}
