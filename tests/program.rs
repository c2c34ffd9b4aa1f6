//! The program as it was built, in an empty environment and from another folder.

use std::path::Path;
use std::process::{Command, Output};

use ndarray::Array2;
use polars::prelude::{Column, DataFrame, NamedFrom, ParquetReader, ParquetWriter, SerReader, Series};

/// Runs the program from `/` with no variable set: what it needs it must find by itself.
fn run(arguments: &[&str]) -> (i32, String, String) {
    let Output { status, stdout, stderr } = Command::new(env!("CARGO_BIN_EXE_neural-manifold"))
        .args(arguments)
        .env_clear()
        .current_dir("/")
        .output()
        .unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (status.code().unwrap(), text(stdout), text(stderr))
}

/// Vectors on a bent sheet whose first two coordinates are a good map of it, and a bad map: the same in another order.
fn write_table(folder: &Path) -> String {
    const N: usize = 90;
    let place = |row: usize| ((row % 10) as f64, (row / 10) as f64 * 1.3);
    let vectors = (0..N).map(|row| {
        let (x, y) = place(row);
        Series::new("".into(), vec![x as f32, y as f32, (x * 0.3).sin() as f32 * 0.5])
    });
    let columns = vec![
        Column::new("sku".into(), (0..N).map(|row| format!("item-{row}")).collect::<Vec<String>>()),
        Column::new("class".into(), (0..N).map(|row| ["low", "high"][row / 45]).collect::<Vec<&str>>()),
        Column::new("price".into(), (0..N).map(|row| row as f64 / 4.0).collect::<Vec<f64>>()),
        Column::new("embedding".into(), vectors.collect::<Vec<Series>>()),
        Column::new("good_x".into(), (0..N).map(|row| place(row).0).collect::<Vec<f64>>()),
        Column::new("good_y".into(), (0..N).map(|row| place(row).1).collect::<Vec<f64>>()),
        Column::new("bad_x".into(), (0..N).map(|row| place(row * 37 % N).0).collect::<Vec<f64>>()),
        Column::new("bad_y".into(), (0..N).map(|row| place(row * 37 % N).1).collect::<Vec<f64>>()),
    ];
    let mut content = Vec::new();
    ParquetWriter::new(&mut content).finish(&mut DataFrame::new(N, columns).unwrap()).unwrap();
    let path = folder.join("products.parquet");
    std::fs::write(&path, content).unwrap();
    path.display().to_string()
}

/// A matrix of f32 as numpy writes it.
fn write_npy(path: &Path, rows: &Array2<f32>) {
    let mut header = format!(
        "{{'descr': '<f4', 'fortran_order': False, 'shape': ({}, {}), }}",
        rows.nrows(),
        rows.ncols()
    );
    while (10 + header.len() + 1) % 64 != 0 {
        header.push(' ');
    }
    header.push('\n');
    let mut content = b"\x93NUMPY\x01\x00".to_vec();
    content.extend((header.len() as u16).to_le_bytes());
    content.extend(header.as_bytes());
    content.extend(rows.iter().flat_map(|value| value.to_le_bytes()));
    std::fs::write(path, content).unwrap();
}

fn check_page(page: &Path, title: &str, points: usize) {
    let html = std::fs::read_to_string(page).unwrap();
    assert!(html.contains(&format!("\"title\":\"{title}\",\"points\":{points},")));
    assert!(!html.contains("<script src=") && !html.contains("rel=\"stylesheet\""));
    assert!(html.contains("plotly.js v"));
}

#[test]
fn one_file_shows_a_table_of_which_nothing_was_said() {
    let folder = tempfile::tempdir().unwrap();
    let (data, page) = (write_table(folder.path()), folder.path().join("page.html"));
    let (code, out, err) = run(&["explore", &data, "-o", page.to_str().unwrap()]);
    assert_eq!(code, 0, "{err}");
    assert!(out.contains("page.html: 90 points"), "{out}");
    assert!(err.contains("products: 90 rows, vectors embedding (3 dimensions"), "{err}");
    assert!(err.contains("label class"), "{err}");
    check_page(&page, "products", 90);
    let html = std::fs::read_to_string(&page).unwrap();
    assert!(html.contains("\"levels\":[\"high\",\"low\"]") && html.contains("\"name\":\"price\""));
}

#[test]
fn a_matrix_makes_a_page_in_a_folder_with_two_maps_and_no_labels() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("waves.npy");
    write_npy(
        &data,
        &Array2::from_shape_fn((60, 5), |(row, column)| ((row * (column + 2)) as f32 / 9.0).sin()),
    );
    let page = folder.path().join("page");
    let arguments = ["explore", data.to_str().unwrap(), "-o", page.to_str().unwrap(), "--engine", "umap,pca"];
    let (code, out, err) = run(&[&arguments[..], &["--quiet", "--json", "--title", "Waves"]].concat());
    assert_eq!((code, err.as_str()), (0, ""));
    let told: serde_json::Value = serde_json::from_str(&out).unwrap();
    let names: Vec<&str> =
        told["maps"].as_array().unwrap().iter().map(|map| map["name"].as_str().unwrap()).collect();
    assert_eq!((names, told["points"].as_u64()), (vec!["UMAP", "PCA"], Some(60)));
    assert_eq!(told["neighbors"], serde_json::json!([{ "k": 15, "search": "exact", "recall": null }]));
    let script = std::fs::read_to_string(page.join("data.js")).unwrap();
    assert!(script.contains("\"title\":\"Waves\"") && !script.contains("\"labels\":"));
    for file in ["index.html", "style.css", "js/main.js", "js/core/parts.js", "plotly.min.js"] {
        assert!(page.join(file).is_file(), "{file}");
    }
}

#[test]
fn a_map_is_written_beside_the_columns() {
    let folder = tempfile::tempdir().unwrap();
    let (data, map) = (write_table(folder.path()), folder.path().join("map.parquet"));
    let (code, _, err) = run(&["map", &data, "-o", map.to_str().unwrap(), "--vector", "embedding"]);
    assert_eq!(code, 0, "{err}");
    let (code, out, _) = run(&["info", map.to_str().unwrap(), "--json"]);
    let info: serde_json::Value = serde_json::from_str(&out).unwrap();
    assert_eq!((code, info["rows"].as_u64()), (0, Some(90)));
    assert!(info["maps"].as_array().unwrap().iter().any(|name| name == "x, y"), "{out}");
    assert!(info["columns"].as_array().unwrap().iter().any(|column| column["name"] == "trust"), "{out}");
}

#[test]
fn rows_of_a_sample_and_their_neighbors_keep_the_numbers_of_the_data() {
    let folder = tempfile::tempdir().unwrap();
    let (data, map) = (folder.path().join("line.npy"), folder.path().join("map.parquet"));
    // Rows on a line, each twice as far out as the one before it, which is its nearest.
    write_npy(&data, &Array2::from_shape_fn((60, 3), |(row, _)| 2f32.powi(row as i32 - 30)));
    let arguments =
        ["--sample", "20", "--metric", "euclidean", "--engine", "pca", "-o", map.to_str().unwrap()];
    let (code, _, err) = run(&[&["map", data.to_str().unwrap()], &arguments[..]].concat());
    assert_eq!(code, 0, "{err}");
    let frame = ParquetReader::new(std::fs::File::open(&map).unwrap()).finish().unwrap();
    let rows: Vec<i64> = frame.column("row").unwrap().i64().unwrap().into_no_null_iter().collect();
    assert!(rows.len() == 20 && rows.is_sorted() && rows[19] > 30, "{rows:?}");
    let ids = frame.unnest(["neighbors"], None).unwrap().column("ids").unwrap().list().unwrap().clone();
    for place in 1..20 {
        let near = ids.get_as_series(place).unwrap();
        assert_eq!((near.len(), near.i64().unwrap().get(0)), (15, Some(rows[place - 1])));
    }
}

#[test]
fn an_audit_fails_below_its_limit_and_passes_above() {
    let folder = tempfile::tempdir().unwrap();
    let data = write_table(folder.path());
    let audit = |map: &str, min: &str| {
        let (x, y) = (format!("{map}_x"), format!("{map}_y"));
        run(&["audit", &data, "--x", &x, "--y", &y, "--metric", "euclidean", "--min", min, "--worst", "3"])
    };
    let (code, out, err) = audit("good", "0.95");
    assert_eq!(code, 0, "{out}{err}");
    assert!(out.contains("trustworthiness 0.9") && out.contains("not below 0.95"), "{out}");
    assert_eq!(out.lines().filter(|line| line.contains("  row ")).count(), 3, "{out}");
    let (code, out, _) = audit("bad", "0.95");
    assert_eq!(code, 1, "{out}");
    assert_eq!(audit("good", "1.5").0, 2);
}

#[test]
fn info_names_what_it_found() {
    let folder = tempfile::tempdir().unwrap();
    let (code, out, _) = run(&["info", &write_table(folder.path())]);
    assert_eq!(code, 0);
    for part in ["90 rows", "embedding, 90 x 3", "class", "price (number", "sku"] {
        assert!(out.contains(part), "{part}: {out}");
    }
}

#[test]
fn bad_input_is_one_sentence_and_leaves_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let data = write_table(folder.path());
    let page = folder.path().join("page.html");
    let output = ["-o", page.to_str().unwrap()];
    for (arguments, sentence) in [
        (vec!["explore", "/nowhere/data.parquet"], "check the path"),
        (vec!["explore", &data, "--label", "clas"], "class"),
        (vec!["explore", &data, "--engine", "umpa"], "choose one of umap"),
        (vec!["explore", &data, "--n-neighbors", "500"], "at the most"),
    ] {
        let (code, out, err) = run(&[&arguments[..], &output].concat());
        assert_eq!((code, out.as_str()), (2, ""), "{err}");
        let last = err.lines().last().unwrap();
        assert!(last.starts_with("neural-manifold: ") && last.contains(sentence), "{err}");
    }
    let names: Vec<_> = folder.path().read_dir().unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(names, ["products.parquet"]);
}
