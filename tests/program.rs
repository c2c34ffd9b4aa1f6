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
    assert!(html.contains("id=\"plotly-source\" type=\"text/plain\" data-encoding=\"gzip\""));
}

#[test]
fn a_map_has_as_many_columns_as_components_and_may_know_classes() {
    let folder = tempfile::tempdir().unwrap();
    let (data, to) = (write_table(folder.path()), folder.path().join("map.parquet"));
    let map = |flags: &[&str]| run(&[&["map", &data, "-o", to.to_str().unwrap()], flags].concat());
    let columns = || {
        let frame = ParquetReader::new(std::fs::File::open(&to).unwrap()).finish().unwrap();
        frame.get_column_names().iter().map(ToString::to_string).collect::<Vec<String>>()
    };
    for (count, names) in [(1, vec!["x"]), (3, vec!["x", "y", "z"]), (4, vec!["d0", "d1", "d2", "d3"])] {
        let (code, _, err) = map(&["--components", &count.to_string()]);
        assert_eq!(code, 0, "{err}");
        let found = columns();
        let start = found.iter().position(|name| name == names[0]).unwrap();
        assert_eq!(found[start..start + count], names);
        assert_eq!(found[start + count], "trust");
    }
    let (code, _, err) = map(&["--supervise", "class", "--target-weight", "0.9"]);
    assert!(code == 0 && err.contains("min_dist 0.1, 2 classes at a weight of 0.9, seed 42"), "{err}");

    let refused = |flags: &[&str], words: &str| {
        let (code, _, err) = map(flags);
        assert!(code == 2 && err.contains(words), "{err}");
    };
    refused(&["--components", "0"], "n_components is 0; give a number from 1 to 32");
    refused(&["--components", "91"], "n_components is 91; give a number from 1 to 32");
    refused(&["--supervise", "klass"], "did you mean \"class\"");
    refused(
        &["--supervise", "class", "--target-weight", "2"],
        "target_weight is 2; give a number from 0 to 1",
    );
    refused(&["--components", "3", "--engine", "tsne"], "components is 3; t-SNE has no such setting");
    let page = folder.path().join("page.html");
    let (code, _, err) = run(&["explore", &data, "-o", page.to_str().unwrap(), "--components", "3"]);
    assert!(code == 2 && err.contains("components is 3; pages and `place` take maps of 2"), "{err}");
    assert!(!page.exists());
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
    let more = ["--quiet", "--json", "--title", "Waves", "--frames", "5"];
    let (code, out, err) = run(&[&arguments[..], &more].concat());
    assert_eq!((code, err.as_str()), (0, ""));
    let told: serde_json::Value = serde_json::from_str(&out).unwrap();
    let names: Vec<&str> =
        told["maps"].as_array().unwrap().iter().map(|map| map["name"].as_str().unwrap()).collect();
    assert_eq!((names, told["points"].as_u64()), (vec!["UMAP", "PCA"], Some(60)));
    assert_eq!(told["neighbors"], serde_json::json!([{ "k": 15, "search": "exact", "recall": null }]));
    let script = std::fs::read_to_string(page.join("data.js")).unwrap();
    assert!(script.contains("\"title\":\"Waves\"") && !script.contains("\"labels\":"));
    // The first map has them, and no other.
    let names = r#""frames":{"names":["epoch 0","epoch 150","epoch 300","epoch 450","epoch 600"]"#;
    assert_eq!((script.matches(names).count(), script.matches(r#""frames":null"#).count()), (1, 1));
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
fn a_table_of_measures_is_mapped_by_them_and_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_string();
    let rows = (0..60).map(|row| format!("{}.5,{}.0,{}\n", row % 7, 1000 * (row % 11), "ab".repeat(row % 3)));
    std::fs::write(path("m.csv"), format!("length,weight,name\n{}", rows.collect::<String>())).unwrap();
    let (code, out, err) = run(&["explore", &path("m.csv"), "-o", &path("m.html"), "--engine", "pca"]);
    assert_eq!(code, 0, "{err}");
    assert!(err.contains("no column of vectors: vectors of 2 columns, each scaled"), "{err} {out}");
    let page = std::fs::read_to_string(path("m.html")).unwrap();
    assert!(page.contains("\"name\":\"length\"") && page.contains("\"name\":\"weight\""));
    let map = ["map", &path("m.csv"), "--vector", "length,weight", "--with-vectors", "-o"];
    assert_eq!(run(&[&map[..], &[&path("new/map.parquet")]].concat()).0, 0);
    // New rows alone do not say how the map's columns were scaled.
    let place = ["place", &path("m.csv"), "--vector", "length,weight", "--onto", &path("new/map.parquet")];
    let (code, _, err) = run(&[&place[..], &["-o", &path("p.parquet")]].concat());
    assert!(code == 2 && err.contains("--unscaled"), "{err}");
    let (code, _, err) = run(&[&map[..], &[&path("b.parquet"), "--bundle", &path("map.nm")]].concat());
    assert!(code == 2 && err.contains("--unscaled") && !Path::new(&path("map.nm")).exists(), "{err}");
    assert_eq!(run(&[&map[..], &[&path("raw.parquet"), "--unscaled"]].concat()).0, 0);
    let place = ["place", &path("m.csv"), "--vector", "length,weight", "--onto", &path("raw.parquet")];
    let (code, _, err) = run(&[&place[..], &["-o", &path("p.parquet"), "--unscaled"]].concat());
    assert_eq!(code, 0, "{err}");
}

#[test]
fn what_could_not_be_written_or_made_is_refused_before_the_work() {
    let folder = tempfile::tempdir().unwrap();
    let data = write_table(folder.path());
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_string();
    for (arguments, said) in [
        (["map", &data, "-o", &path("map.csv")], "ends in .parquet or .npy"),
        (["map", &data, "-o", &path("products.parquet/map.parquet")], "products.parquet"),
        (["explore", &data, "-o", &path("page.txt")], "one file that ends in .html, or a folder"),
        (["explore", "/not-there.csv", "--engine", "umapp"], "umapp"),
    ] {
        let (code, out, err) = run(&arguments);
        assert!(code == 2 && out.is_empty() && err.contains(said), "{arguments:?}: {err}");
        assert!(!err.contains("mapping"), "{err}");
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
    let [one, nothing] = ["one.npy", "nothing.npy"].map(|name| folder.path().join(name));
    write_npy(&one, &Array2::ones((1, 4)));
    write_npy(&nothing, &Array2::from_elem((50, 4), f32::NAN));
    for (arguments, sentence) in [
        (
            vec!["explore", one.to_str().unwrap()],
            "the number of rows is 1; a map shows who is near whom; give at least 3",
        ),
        (vec!["explore", nothing.to_str().unwrap()], "of 50 rows, usable are 0 in nothing"),
        (vec!["explore", "/nowhere/data.parquet"], "check the path"),
        (vec!["explore", &data, "--label", "clas"], "class"),
        (vec!["explore", &data, "--engine", "umpa"], "choose one of umap"),
        (vec!["explore", &data, "--n-neighbors", "500"], "at the most"),
        (vec!["explore", &data, "--frames", "1"], "frames is 1; there are 600 epochs"),
        (
            vec!["explore", &data, "--frames", "9", "--engine", "pca"],
            "choose an engine that does, such as umap",
        ),
    ] {
        let (code, out, err) = run(&[&arguments[..], &output].concat());
        assert_eq!((code, out.as_str()), (2, ""), "{err}");
        let last = err.lines().last().unwrap();
        assert!(last.starts_with("neural-manifold: ") && last.contains(sentence), "{err}");
    }
    let names: Vec<_> = folder.path().read_dir().unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(names.len(), 3, "{names:?}");
}

/// Squares in red above and discs in blue below, each a little elsewhere, and one file that is no picture.
fn write_pictures(folder: &Path) -> String {
    for (class, color) in [("square", [210, 40, 30]), ("disc", [30, 60, 220])] {
        std::fs::create_dir_all(folder.join(class)).unwrap();
        for number in 0..30_i32 {
            let (x, y) = (8 + number % 5, 8 + number / 5);
            let picture = image::RgbImage::from_fn(20, 20, |column, row| {
                let (dx, dy) = (column as i32 - x, row as i32 - y);
                let inside = match class {
                    "square" => dx.abs() < 5 && dy.abs() < 5,
                    _ => dx * dx + dy * dy < 30,
                };
                image::Rgb(if inside { color } else { [250, 250, 250] })
            });
            picture.save(folder.join(class).join(format!("{number:02}.png"))).unwrap();
        }
    }
    std::fs::write(folder.join("disc/broken.png"), b"no picture").unwrap();
    folder.display().to_string()
}

#[test]
fn pictures_are_trained_on_encoded_and_explored_by_their_network() {
    let folder = tempfile::tempdir().unwrap();
    let pictures = write_pictures(&folder.path().join("shapes"));
    let file = |name: &str| folder.path().join(name).display().to_string();
    let (model, latents, page) = (file("model.safetensors"), file("latents.parquet"), file("page"));

    let train = ["train", &pictures, "-o", &model, "--latent", "6", "--quiet", "--json"];
    let (code, out, err) = run(&train);
    assert_eq!(code, 0, "{err}");
    let told: serde_json::Value = serde_json::from_str(&out).unwrap();
    assert_eq!((told["side"].as_u64(), told["channels"].as_u64()), (Some(20), Some(3)));
    assert_eq!(told["loss"], "mean squared error");
    assert_eq!(told["pictures"].as_u64(), Some(60));
    assert!(
        told["psnr"].as_f64().unwrap() > 12.0 && told["validation_loss"].as_f64().unwrap() < 0.07,
        "{out}"
    );

    let (code, out, err) = run(&["encode", &model, &pictures, "-o", &latents]);
    assert_eq!(code, 0, "{err}");
    assert!(out.contains("60 rows, latent vectors of 6 numbers"), "{out}");
    let (code, out, _) = run(&["info", &latents, "--json"]);
    let info: serde_json::Value = serde_json::from_str(&out).unwrap();
    assert_eq!((code, info["rows"].as_u64()), (0, Some(60)));
    assert!(out.contains("\"latent\""), "{out}");

    let (code, out, err) = run(&["explore", &pictures, "--model", &model, "-o", &page, "--json"]);
    assert_eq!(code, 0, "{err}");
    let told: serde_json::Value = serde_json::from_str(&out).unwrap();
    assert_eq!(told["points"].as_u64(), Some(60));
    let script = std::fs::read_to_string(Path::new(&page).join("data.js")).unwrap();
    assert!(
        script.contains("\"decoder\":{\"layers\":[") && script.contains("\"origin\":\"latent\",\"size\":6")
    );
    assert!(script.contains("\"channels\":3") && script.contains("\"unit\":"), "the error's unit is told");
}

#[test]
fn a_model_for_other_data_is_refused_in_a_sentence() {
    let folder = tempfile::tempdir().unwrap();
    let (data, output) = (write_table(folder.path()), folder.path().join("out.parquet"));
    let output = output.display().to_string();
    for (model, sentence) in
        [(data.as_str(), "products.parquet"), ("/nowhere/model.safetensors", "model.safetensors")]
    {
        let (code, out, err) = run(&["encode", model, &data, "-o", &output]);
        assert_eq!((code, out.as_str()), (2, ""), "{err}");
        assert!(err.lines().last().unwrap().contains(sentence), "{err}");
    }
    let (code, _, err) = run(&["train", &data, "-o", &output, "--epochs", "1"]);
    assert_eq!(code, 2, "{err}");
    assert!(err.contains("picture"), "{err}");
    assert!(!Path::new(&output).exists());
}
