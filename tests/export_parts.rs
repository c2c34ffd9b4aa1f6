//! What a page of any data holds beside its map: columns, ids, neighbors, sets of vectors, pictures.

use std::io::Read;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use flate2::read::GzDecoder;
use ndarray::{Array1, Array2, Array4, Axis, array};
use neural_manifold::external::polars::prelude::{Column, DataFrame, NamedFrom, Series};
use neural_manifold::prelude::{
    ColumnValues, Explorer, Labels, Latents, Metric, PcaConfig, Table, TableConfig, neighbors, project,
};
use neural_manifold::table::Origin;
use rand::{RngExt, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;
use serde_json::Value;

const N: usize = 40;

fn latents() -> Latents {
    let wave = |(row, column): (usize, usize)| ((row * (column + 2)) as f32 / 5.0).sin();
    Latents::new("mine", Array2::from_shape_fn((N, 6), wave), None).unwrap()
}

fn bare() -> Explorer {
    let places = Array2::from_shape_fn((N, 2), |(row, axis)| (row * (axis + 1)) as f32);
    Explorer::of_points("mine", N, None).unwrap().with_coordinates("theirs", &places).unwrap()
}

fn read(explorer: &Explorer) -> Value {
    let folder = tempfile::tempdir().unwrap();
    let script = std::fs::read_to_string(explorer.write(folder.path()).unwrap().data_js).unwrap();
    let json = script.strip_prefix("window.NEURAL_MANIFOLD_DATA = ").unwrap().strip_suffix(";\n").unwrap();
    serde_json::from_str(json).unwrap()
}

fn bytes(data: &Value, field: &Value) -> Vec<u8> {
    let field = &data["fields"][field.as_str().unwrap()];
    let packed = STANDARD.decode(field["data"].as_str().unwrap()).unwrap();
    let mut plain = Vec::new();
    match field["encoding"].as_str().unwrap() {
        "raw" => plain = packed,
        _ => drop(GzDecoder::new(packed.as_slice()).read_to_end(&mut plain).unwrap()),
    }
    plain
}

fn u32s(bytes: &[u8]) -> Vec<u32> {
    bytes.chunks_exact(4).map(|b| u32::from_le_bytes(b.try_into().unwrap())).collect()
}

fn frame(columns: Vec<Column>) -> DataFrame {
    DataFrame::new(columns[0].len(), columns).unwrap()
}

#[test]
fn each_kind_of_column_is_written_as_it_is_read() {
    let texts = (0..N).map(|i| (i != 2).then(|| format!("<b>{i}</b> \u{2028} naïve"))).collect::<Vec<_>>();
    let numbers: Array1<f64> = (0..N).map(|i| if i == 3 { f64::NAN } else { i as f64 / 3.0 }).collect();
    let tags = |i: usize| match i {
        0 => None,
        1 => Some(vec![]),
        _ => Some(vec![["red", "blue", "ash"][i % 3].to_string(), "new".into(), "new".into()]),
    };
    let days: Array1<f64> = (0..N).map(|i| 86_400.0 * (19_000 + i) as f64).collect();
    let page = bare()
        .with_column("price", numbers.clone())
        .unwrap()
        .with_column("half", numbers.mapv(|x| (x * 6.0).round() / 2.0))
        .unwrap()
        .with_column(
            "count",
            ColumnValues::Integer((0..N as i64).map(|i| (i > 4).then_some(1 << i)).collect()),
        )
        .unwrap()
        .with_column("new", ColumnValues::Bool((0..N).map(|i| (i != 7).then_some(i % 2 == 1)).collect()))
        .unwrap()
        .with_column("day", ColumnValues::Date(days.clone()))
        .unwrap()
        .with_column("time", ColumnValues::Date(days.mapv(|x| x + 0.5)))
        .unwrap()
        .with_column("note", ColumnValues::Text(texts.clone()))
        .unwrap()
        .with_column("tags", ColumnValues::Tags((0..N).map(tags).collect()))
        .unwrap();
    let data = read(&page);
    let column = |name: &str| data["columns"].as_array().unwrap().iter().find(|c| c["name"] == name).unwrap();
    let type_of = |name: &str| &data["fields"][column(name)["field"].as_str().unwrap()]["type"];
    let stored = |name: &str| bytes(&data, &column(name)["field"]);
    let missing: Vec<u64> =
        data["columns"].as_array().unwrap().iter().map(|c| c["missing"].as_u64().unwrap()).collect();
    assert_eq!(missing, [1, 1, 5, 1, 0, 0, 1, 1]);
    // A third is no number of single precision, a half is.
    assert_eq!((type_of("price"), type_of("half")), (&"f64".into(), &"f32".into()));
    for (stored, value) in stored("price").chunks_exact(8).zip(&numbers) {
        let stored = f64::from_le_bytes(stored.try_into().unwrap());
        assert!(stored == *value || stored.is_nan() && value.is_nan());
    }
    assert_eq!(stored("new")[5..9], [1, 0, 255, 0]);
    assert_eq!((&column("day")["unit"], &column("time")["unit"]), (&"days".into(), &"seconds".into()));
    assert_eq!(f32::from_le_bytes(stored("day")[..4].try_into().unwrap()), 19_000.0);
    assert_eq!(f64::from_le_bytes(stored("time")[..8].try_into().unwrap()), 19_000.0 * 86_400.0 + 0.5);
    let written: Vec<Option<String>> = serde_json::from_slice(&stored("note")).unwrap();
    assert_eq!(written, texts);
    assert_eq!(column("tags")["levels"], serde_json::json!(["ash", "blue", "new", "red"]));
    let offsets = u32s(&bytes(&data, &column("tags")["offsets"]));
    let codes = stored("tags");
    let of = |i: usize| &codes[offsets[i] as usize..offsets[i + 1] as usize];
    assert_eq!(
        (of(0), of(1), of(2), of(3), of(4)),
        (&[255][..], &[][..], &[0, 2][..], &[2, 3][..], &[1, 2][..])
    );
    let taken = page.with_column("day", days).unwrap_err().to_string();
    assert!(taken.contains("\"day\"") && taken.contains("a name of its own"), "{taken}");
}

#[test]
fn a_table_gives_its_columns_ids_and_label_names() {
    let class = |i: usize| ["cat", "dog", "eel"][i % 3];
    let table = frame(vec![
        Column::new("id".into(), (0..N).map(|i| format!("sku-{i}")).collect::<Vec<_>>()),
        Column::new("label".into(), (0..N).map(|i| (i % 3) as i64).collect::<Vec<_>>()),
        Column::new("class_name".into(), (0..N).map(class).collect::<Vec<_>>()),
        Column::new("weight".into(), (0..N).map(|i| i as i64 * 7).collect::<Vec<_>>()),
        Column::new("sold".into(), (0..N).map(|i| i % 2 == 0).collect::<Vec<_>>()),
        Column::new("since".into(), (0..N).map(|i| format!("2024-02-{:02}", 1 + i % 28)).collect::<Vec<_>>()),
        Column::new("words".into(), (0..N).map(|i| format!("a long text of row {i}")).collect::<Vec<_>>()),
    ]);
    let table = Table::from_frame("mine", &table, &TableConfig::default()).unwrap();
    // The names of the classes, not their numbers, which go with them one to one.
    assert_eq!(table.label_column(), Some("class_name"));
    let data = read(&bare().with_columns(&table).unwrap());
    let kinds: Vec<(&str, &str)> = data["columns"]
        .as_array()
        .unwrap()
        .iter()
        .map(|column| (column["name"].as_str().unwrap(), column["kind"].as_str().unwrap()))
        .collect();
    let expected = [
        ("class_name", "category"),
        ("label", "category"),
        ("weight", "integer"),
        ("sold", "bool"),
        ("since", "date"),
        ("words", "text"),
    ];
    assert_eq!(kinds, expected);
    assert_eq!((data["label"].as_u64(), data["text"].as_u64()), (Some(0), Some(5)));
    let ids: Vec<String> = serde_json::from_slice(&bytes(&data, &data["ids"])).unwrap();
    assert_eq!((ids.len(), ids[7].as_str()), (N, "sku-7"));
    // One class of another name, and the two no longer say the same.
    let other = frame(vec![
        Column::new("label".into(), (0..N).map(|i| (i % 3) as i64).collect::<Vec<_>>()),
        Column::new("class_name".into(), (0..N).map(|i| class(i.max(1))).collect::<Vec<_>>()),
    ]);
    let other = Table::from_frame("mine", &other, &TableConfig::default()).unwrap();
    assert_eq!(other.label_column(), Some("label"));
}

#[test]
fn more_columns_than_a_reader_can_look_through_are_left_out_and_named() {
    let columns = (0..203).map(|c| Column::new(format!("c{c}x").into(), vec![c as f64 + 0.5; N]));
    let table = Table::from_frame("mine", &frame(columns.collect()), &TableConfig::default()).unwrap();
    let page = bare().with_columns(&table).unwrap();
    assert_eq!(page.left_out(), ["c200x", "c201x", "c202x"]);
    assert_eq!(read(&page)["columns"].as_array().unwrap().len(), 200);
}

#[test]
fn two_points_of_one_id_are_refused() {
    let mut ids: Vec<String> = (0..N).map(|i| i.to_string()).collect();
    ids[9] = "4".into();
    let message = bare().with_ids(&ids).unwrap_err().to_string();
    assert!(message.contains("points 4 and 9"), "{message}");
}

#[test]
fn neighbors_go_to_the_set_whose_distances_they_have() {
    let one = latents();
    let two = Latents::new("mine", one.vectors.mapv(|x| (x * 9.0).cos()), None).unwrap();
    let pages = Explorer::of_points("mine", N, None).unwrap();
    let page = pages.with_vectors("one", &one, Origin::Given).unwrap();
    let page = page.with_vectors("two", &two, Origin::Pixels).unwrap();
    let graph = |latents: &Latents, metric| neighbors::knn_graph(&latents.vectors, 20, metric).unwrap();
    let page = page.with_neighbors(&graph(&two, Metric::Cosine)).unwrap();
    let map = |latents: &Latents, name: &str| project(latents, PcaConfig).unwrap().named(name);
    let page = page.with_unscored_map(&map(&two, "of two")).unwrap();
    let page = page.with_unscored_map(&map(&one, "of one")).unwrap();
    let data = read(&page);
    assert_eq!(
        (data["maps"][0]["vectors"].as_u64(), data["maps"][1]["vectors"].as_u64()),
        (Some(1), Some(0))
    );
    assert_eq!(
        (&data["vectors"][0]["neighbors"], &data["vectors"][1]["origin"]),
        (&Value::Null, &"pixels".into())
    );
    let entry = &data["vectors"][1]["neighbors"];
    assert_eq!((entry["k"].as_u64(), entry["metric"].as_str()), (Some(15), Some("cosine")));
    let rows: Vec<u16> = bytes(&data, &entry["field"])
        .chunks_exact(2)
        .map(|b| u16::from_le_bytes(b.try_into().unwrap()))
        .collect();
    let expected = graph(&two, Metric::Cosine).first(15).unwrap().indices;
    assert_eq!(rows, expected.iter().map(|&row| row as u16).collect::<Vec<_>>());
    // The page of neighbors alone: smaller, and still with them.
    let data = read(&page.without_vectors());
    assert_eq!(data["vectors"][0]["field"], Value::Null);
    assert_eq!(data["vectors"][1]["neighbors"]["k"], 15);
    assert!(data["fields"].get("vectors.0").is_none());
    let rows = Latents::new("mine", one.vectors.slice(ndarray::s![..39, ..]).to_owned(), None).unwrap();
    assert!(bare().with_neighbors(&graph(&rows, Metric::Euclidean)).unwrap_err().to_string().contains("39"));
}

#[test]
fn color_pictures_are_jpeg_bodies_behind_one_header() {
    let shade =
        |(i, y, x, c): (usize, usize, usize, usize)| (i * 5 + y * [3, 0, 5][c] + x * [0, 6, 1][c]) as u8;
    let images = Array4::from_shape_fn((N, 40, 40, 3), shade);
    let data = read(&bare().with_images(images.clone()).unwrap());
    assert_eq!((data["side"].as_u64(), data["channels"].as_u64()), (Some(40), Some(3)));
    let entry = &data["pictures"];
    assert_eq!(entry["encoding"], "jpeg");
    let (header, bodies) = (bytes(&data, &entry["header"]), bytes(&data, &entry["field"]));
    let offsets = u32s(&bytes(&data, &entry["offsets"]));
    assert!(header.len() > 500 && offsets.len() == N + 1 && offsets[N] as usize == bodies.len());
    for item in [0, 17, 39] {
        let body = &bodies[offsets[item] as usize..offsets[item + 1] as usize];
        let picture = image::load_from_memory(&[&header, body].concat()).unwrap().into_rgb8();
        let image = images.index_axis(Axis(0), item);
        // The gradients wrap around in places, which no JPEG likes; the mean over all pixels does not mind.
        let error: f64 = picture
            .enumerate_pixels()
            .flat_map(|(x, y, pixel)| (0..3).map(move |c| (x, y, c, pixel.0[c])))
            .map(|(x, y, c, value)| f64::from(image[[y as usize, x as usize, c]].abs_diff(value)))
            .sum();
        assert!(error / (40.0 * 40.0 * 3.0) < 6.0, "item {item} is off by {}", error / 4_800.0);
    }
    // Small gray ones are kept as they are, larger ones are not.
    let gray = |side: usize| Array4::from_shape_fn((N, side, side, 1), |(i, y, x, _)| (i + y * x) as u8);
    let data = read(&bare().with_images(gray(28)).unwrap());
    assert_eq!(data["pictures"]["encoding"], "raw");
    assert_eq!(bytes(&data, &data["pictures"]["field"]), gray(28).iter().copied().collect::<Vec<u8>>());
    assert_eq!(read(&bare().with_images(gray(29)).unwrap())["pictures"]["encoding"], "jpeg");
    let refused = |images: Array4<u8>| bare().with_images(images).unwrap_err().to_string();
    assert!(refused(Array4::zeros((N, 4, 5, 1))).contains("4 x 5"));
    assert!(refused(Array4::zeros((N, 4, 4, 4))).contains("channels is 4"));
    assert!(refused(Array4::zeros((3, 4, 4, 1))).contains('3'));
}

#[test]
fn a_row_without_a_picture_has_no_body() {
    let folder = tempfile::tempdir().unwrap();
    let paths: Vec<Option<String>> = (0..4)
        .map(|i| {
            let path = folder.path().join(format!("{i}.png"));
            let color = image::Rgb([50 * i as u8, 0, 200]);
            image::RgbImage::from_pixel(90, 60, color).save(&path).unwrap();
            (i != 2).then(|| path.display().to_string())
        })
        .collect();
    std::fs::write(
        folder.path().join("t.csv"),
        std::iter::once("picture,weight".to_string())
            .chain(paths.iter().map(|path| format!("{},1.5", path.clone().unwrap_or_default())))
            .collect::<Vec<_>>()
            .join("\n"),
    )
    .unwrap();
    let config = TableConfig { thumb_side: 24, ..TableConfig::default() };
    let table = Table::open_with(folder.path().join("t.csv"), &config).unwrap();
    let places = array![[0.0, 0.0], [1.0, 0.0], [0.0, 1.0], [1.0, 1.0]];
    let page = Explorer::of_points("t", 4, None).unwrap().with_coordinates("theirs", &places).unwrap();
    let data = read(&page.with_thumbnails(&table).unwrap());
    let offsets = u32s(&bytes(&data, &data["pictures"]["offsets"]));
    assert_eq!((data["side"].as_u64(), offsets[2]), (Some(24), offsets[3]));
    assert!(offsets[1] > 0 && offsets[4] > offsets[3]);
}

#[test]
fn labels_of_the_table_are_the_pages() {
    let classes = Labels::new((0..N as u32).map(|i| i % 2).collect(), vec!["a".into(), "b".into()]).unwrap();
    let table = frame(vec![Column::new("class".into(), Series::new("".into(), vec!["x"; N]))]);
    let table = Table::from_frame("mine", &table, &TableConfig::default()).unwrap();
    let page = Explorer::of_points("mine", N, Some(&classes)).unwrap();
    assert!(page.with_columns(&table).unwrap_err().to_string().contains("other labels"));
}

#[test]
fn of_much_data_what_the_first_map_can_do_without_has_a_file_of_its_own() {
    let n = 70_000;
    // Nothing that gzip makes smaller.
    let mut random = Xoshiro256PlusPlus::seed_from_u64(4);
    let noise = |_| random.random::<f32>();
    let vectors = Latents::new("many", Array2::from_shape_fn((n, 64), noise), None).unwrap();
    let places = Array2::from_shape_fn((n, 2), |(row, axis)| (row * (axis + 1)) as f32);
    let words = (0..n).map(|row| (row % 7 != 0).then(|| format!("word {row}"))).collect::<Vec<_>>();
    let ids: Vec<String> = (0..n).map(|row| format!("id {row}")).collect();
    let large = Explorer::of(&vectors).unwrap().with_coordinates("theirs", &places).unwrap();
    let large = large.with_ids(&ids).unwrap().with_column("words", ColumnValues::Text(words)).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let read = |file: &str, name: &str| -> (usize, Value) {
        let script = std::fs::read_to_string(folder.path().join(file)).unwrap();
        let json = script.strip_prefix(&format!("window.{name} = ")).unwrap().strip_suffix(";\n").unwrap();
        (script.len(), serde_json::from_str(json).unwrap())
    };
    let written = large.write(folder.path()).unwrap();
    let (size, data) = read("data.js", "NEURAL_MANIFOLD_DATA");
    let rest_name = format!("data-rest-{}.js", &data["rest"].as_str().unwrap()[..12]);
    let (rest_size, rest) = read(&rest_name, "NEURAL_MANIFOLD_REST");
    assert_eq!(written.bytes, size + rest_size);
    assert!(size < 2 << 20, "{size}");
    assert_eq!(rest["data"].as_object().unwrap().keys().collect::<Vec<_>>(), ["columns.0", "vectors.0"]);
    let fields = data["fields"].as_object().unwrap();
    let empty: Vec<_> = fields.iter().filter(|(_, field)| field["data"].is_null()).collect();
    assert_eq!(empty.iter().map(|(name, _)| *name).collect::<Vec<_>>(), ["columns.0", "vectors.0"]);
    assert_eq!(data["rest"], rest["digest"]);
    assert_eq!(rest["digest"].as_str().unwrap().len(), 64);

    // Together they are what the one file holds.
    let page = folder.path().join("one.html");
    large.write_html(&page).unwrap();
    let page = std::fs::read_to_string(page).unwrap();
    assert!(page.contains(rest["data"]["vectors.0"].as_str().unwrap()));

    // An export that fails leaves the second file to the first; the next one takes the place of both.
    let data_js = folder.path().join("data.js");
    std::fs::remove_file(&data_js).unwrap();
    std::fs::create_dir(&data_js).unwrap();
    assert!(bare().write(folder.path()).is_err());
    assert!(folder.path().join(&rest_name).exists());
    std::fs::remove_dir(&data_js).unwrap();
    bare().write(folder.path()).unwrap();
    let (_, data) = read("data.js", "NEURAL_MANIFOLD_DATA");
    assert!(data["rest"].is_null());
    assert!(!folder.path().join(&rest_name).exists());
}
