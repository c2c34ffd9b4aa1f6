//! Tables from Parquet, CSV, TSV and JSON lines.

use std::fs;
use std::path::{Path, PathBuf};

use ndarray::{Array2, array};
use neural_manifold::external::polars::prelude::*;
use neural_manifold::prelude::{Error, Metric, Table, TableConfig};
use neural_manifold::table::{ColumnKind, LeftOut};

fn folder() -> tempfile::TempDir {
    tempfile::tempdir().unwrap()
}

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(name)
}

fn text(folder: &tempfile::TempDir, name: &str, content: &str) -> PathBuf {
    let path = folder.path().join(name);
    fs::write(&path, content).unwrap();
    path
}

fn kind(table: &Table, column: &str) -> ColumnKind {
    table.column(column).unwrap().kind
}

fn refused(path: &Path, config: &TableConfig, words: &[&str]) {
    let message = Table::open_with(path, config).unwrap_err().to_string();
    for word in words {
        assert!(message.contains(word), "{message:?} does not say {word:?}");
    }
}

#[test]
fn a_parquet_file_of_pyarrow_is_read_with_the_names_of_hugging_face() {
    let table = Table::open(fixture("table.parquet")).unwrap();
    assert_eq!((table.name(), table.len()), ("table", 6));
    let labels = table.labels().unwrap();
    assert_eq!(labels.names, ["ant", "bee", "cow", "none of these"]);
    let names: Vec<&str> = (0..6).map(|row| labels.name(row)).collect();
    assert_eq!(names, ["ant", "bee", "cow", "bee", "missing", "ant"]);
    assert_eq!(table.ids()[5], "105");
    assert_eq!(table.texts("species").unwrap()[1..3], [Some("dog".to_string()), None]);
    assert_eq!(table.numbers("price").unwrap()[3], 3.75);
    assert_eq!(table.numbers("ratio").unwrap()[5], 0.625);
    // 2024-02-29 and 2024-01-01T12:01 by Python's datetime.
    assert_eq!(table.numbers("day").unwrap()[1], 1_709_164_800.0);
    assert_eq!(table.numbers("seen").unwrap()[1], 1_704_110_460.0);
    assert_eq!(table.texts("tags").unwrap()[1].as_deref(), Some("a, b"));
    assert_eq!((kind(&table, "tags"), table.column("tags").unwrap().n_missing), (ColumnKind::Tags, 1));
    assert_eq!(table.texts("hash").unwrap()[0].as_deref(), Some("18446744073709551615"));
    let picture = table.picture(2).unwrap().unwrap();
    assert_eq!(picture.pixels.dim(), (2, 3, 3));
    assert_eq!(picture.pixels.iter().take(3).copied().collect::<Vec<u8>>(), [80, 10, 200]);
    assert!(table.report().contains("left out: column nested"), "{}", table.report());
}

#[test]
fn lists_fixed_lists_and_half_floats_become_vectors_and_unusable_rows_stay_aside() {
    let cosine = TableConfig { metric: Some(Metric::Cosine), ..TableConfig::default() };
    let table = Table::open_with(fixture("table.parquet"), &cosine).unwrap();
    let names: Vec<&str> = table.vector_sets().iter().map(|set| set.name.as_str()).collect();
    assert_eq!(names, ["embedding", "fixed", "half"]);
    let embedding = table.vectors(None).unwrap();
    assert_eq!(embedding.left_out, LeftOut { missing: 1, non_finite: 1, zero: 1 });
    assert_eq!(table.vectors_rows(None).unwrap(), [0, 4, 5]);
    assert_eq!(embedding.values.row(1).to_vec(), [4.5, -4.0, 2.0, 1.0]);
    let latents = table.latents(None).unwrap();
    let length = latents.vectors.row(1).iter().map(|x| x * x).sum::<f32>();
    assert!((length - 1.0).abs() < 1e-6, "{length}");
    assert_eq!(latents.labels.unwrap().name(1), "missing");
    assert_eq!(table.vectors_rows(Some("fixed")).unwrap(), [0, 1, 2, 3, 5]);
    assert_eq!(table.vectors(Some("half")).unwrap().values.row(3).to_vec(), [0.75, 1.0, -2.0]);
    let report = table.report();
    assert!(report.contains("left out: 1 missing, 1 not finite, 1 zero"), "{report}");
    // Under the Euclidean metric a row of zeros is a row like any other.
    let euclidean = TableConfig { metric: Some(Metric::Euclidean), ..TableConfig::default() };
    let table = Table::open_with(fixture("table.parquet"), &euclidean).unwrap();
    assert_eq!(table.vectors_rows(None).unwrap(), [0, 2, 4, 5]);
    let message = table.latents(Some("embeding")).unwrap_err().to_string();
    assert!(message.contains("did you mean \"embedding\"?"), "{message}");
}

#[test]
fn shards_of_a_folder_are_one_table_with_their_splits() {
    let folder = folder();
    fs::create_dir(folder.path().join("data")).unwrap();
    for (name, first) in
        [("train-00000-of-00002", 0), ("train-00001-of-00002", 3), ("test-00000-of-00001", 6)]
    {
        let frame = &mut df!("n" => (first..first + 3).collect::<Vec<i64>>()).unwrap();
        let path = folder.path().join(format!("data/{name}.parquet"));
        ParquetWriter::new(fs::File::create(path).unwrap()).finish(frame).unwrap();
    }
    let table = Table::open(folder.path()).unwrap();
    assert_eq!(table.numbers_of("n"), [6.0, 7.0, 8.0, 0.0, 1.0, 2.0, 3.0, 4.0, 5.0]);
    let splits = table.splits().unwrap();
    assert_eq!((splits.name(0), splits.name(8)), ("test", "train"));
    let one = Table::open(folder.path().join("data/train-00001-of-00002.parquet")).unwrap();
    assert!(one.len() == 3 && one.report().contains("one file of 2;"), "{}", one.report());
}

trait NumbersOf {
    fn numbers_of(&self, name: &str) -> Vec<f64>;
}

impl NumbersOf for Table {
    /// Whole numbers, whatever kind the column is.
    fn numbers_of(&self, name: &str) -> Vec<f64> {
        self.texts(name).unwrap().iter().map(|text| text.as_ref().unwrap().parse().unwrap()).collect()
    }
}

#[test]
fn a_page_that_claims_to_unpack_to_more_than_it_can_is_refused() {
    let folder = folder();
    let path = folder.path().join("claims.parquet");
    let texts: Vec<String> = (0..14_000).map(|row| format!("{}{row}", "a".repeat(100))).collect();
    let mut good = Vec::new();
    let writer = ParquetWriter::new(&mut good).with_data_page_size(Some(1 << 22));
    writer.finish(&mut df!("text" => texts).unwrap()).unwrap();
    fs::write(&path, &good).unwrap();
    assert_eq!(Table::open(&path).unwrap().len(), 14_000);
    // The header of a page of data: field 1 is the number 0, field 2 the size unpacked, in four bytes from 1 MiB on.
    let header = good.windows(7).position(|w| w.starts_with(&[0x15, 0, 0x15]) && w[5] >= 0x80 && w[6] < 0x80);
    let size = header.expect("a page of data that is as large") + 3;
    good[size..size + 4].copy_from_slice(&[0xfe, 0xff, 0xff, 0x7f]);
    fs::write(&path, &good).unwrap();
    let message = Table::open(&path).unwrap_err().to_string();
    assert!(message.contains("is said to unpack to 134217727"), "{message}");
}

#[test]
fn a_damaged_parquet_file_is_an_error_and_never_a_panic() {
    let folder = folder();
    let path = folder.path().join("damaged.parquet");
    let good = fs::read(fixture("table.parquet")).unwrap();
    for at in (0..good.len()).step_by(41) {
        let mut bad = good.clone();
        bad[at] ^= 0xff;
        fs::write(&path, &bad).unwrap();
        // A changed value is a value; what must not happen is a panic that gets out, or memory without end.
        let _ = Table::open(&path);
        fs::write(&path, &good[..at]).unwrap();
        let message = Table::open(&path).unwrap_err().to_string();
        assert!(message.contains("damaged.parquet"), "{message}");
    }
}

#[test]
fn a_title_is_found_beside_a_longer_text() {
    let folder = folder();
    let table_of = |header: &str| {
        let rows: String =
            (0..30).map(|n| format!("\"[{n}.5, 1]\",a long story of {n},Film {n}\n")).collect();
        Table::open(text(&folder, "films.csv", &format!("vector,{header}\n{rows}"))).unwrap()
    };
    let films = table_of("plot,Movie Title");
    assert_eq!((films.text_column(), films.title_column()), (Some("plot"), Some("Movie Title")));
    assert!(films.report().contains("titles: Movie Title\ntext: plot"), "{}", films.report());
    assert_eq!(table_of("plot,Name").title_column(), Some("Name"));
    // "subtitle" is no title, and "user name" that of someone else.
    assert_eq!(table_of("subtitle,user name").title_column(), None);
}

#[test]
fn csv_columns_get_the_kinds_that_their_values_tell() {
    let folder = folder();
    let rows: String = (0..30)
        .map(|n| {
            let (vector, gap) = (format!("\"[{n}.5, 1, -2e-1]\""), if n % 3 == 0 { "" } else { "7.0" });
            let day = n % 28 + 1;
            format!(
                "{n},{},{},{gap},2024-03-{day:02},Title {n},{vector},0{n},{}\n",
                n % 4,
                f64::from(n) / 4.0,
                n % 2 == 0
            )
        })
        .collect();
    let header = "id,class,price,gap,day,title,vector,code,ok\n";
    let table = Table::open(text(&folder, "things.csv", &format!("{header}{rows}"))).unwrap();
    let kinds: Vec<ColumnKind> = table.columns().iter().map(|column| column.kind).collect();
    use ColumnKind::*;
    assert_eq!(kinds, [Number, Category, Number, Category, Date, Text, Text, Category]);
    assert_eq!((table.id_column(), table.label_column()), (Some("id"), Some("class")));
    assert_eq!((table.text_column(), table.title_column()), (Some("title"), Some("title")));
    assert_eq!(table.column("gap").unwrap().n_missing, 10);
    assert_eq!(table.categories("gap").unwrap().names, ["7"]);
    assert_eq!(table.texts("code").unwrap()[5].as_deref(), Some("05"));
    assert_eq!(table.vectors(None).unwrap().values.row(2).to_vec(), [2.5, 1.0, -0.2]);
    let report = table.report();
    for words in
        ["things: 30 rows", "label: class", "gap (category, 10 missing)", "vector, 30 x 3, Euclidean"]
    {
        assert!(report.contains(words), "{report}");
    }
    let forced = TableConfig {
        categories: vec!["price".into()],
        numbers: vec!["class".into()],
        text: Some("code".into()),
        label: Some("ok".into()),
        sample: Some(10),
        ..TableConfig::default()
    };
    let table = Table::open_with(folder.path().join("things.csv"), &forced).unwrap();
    assert_eq!((kind(&table, "price"), kind(&table, "class"), table.len()), (Category, Number, 10));
    assert_eq!(table.labels().unwrap().names, ["false", "true"]);
    // A row of the sample keeps its vector: the first number is that of its id.
    for (row, id) in table.ids().iter().enumerate() {
        assert_eq!(table.vectors(None).unwrap().values[[row, 0]], id.parse::<f32>().unwrap() + 0.5);
    }
}

#[test]
fn spread_columns_coordinates_and_a_table_without_names_are_recognized() {
    let folder = folder();
    let names: Vec<String> = (0..8).map(|n| format!("e{n}")).collect();
    let row = |n: usize| (0..8).map(|d| format!("{n}.{d}")).collect::<Vec<String>>().join("\t");
    let lines: String = (0..3).map(|n| format!("{}\t{n}.5\t-{n}.5\n", row(n))).collect();
    let path = text(&folder, "wide.tsv", &format!("{}\tumap_x\tumap_y\n{lines}", names.join("\t")));
    let table = Table::open(&path).unwrap();
    assert_eq!(table.vectors(Some("e")).unwrap().values.row(1).to_vec()[..3], [1.0, 1.1, 1.2]);
    assert_eq!(table.coordinates()[0].name, "umap_x, umap_y");
    assert_eq!(table.coordinates()[0].values.row(2).to_vec(), [2.5, -2.5]);
    assert!(table.columns().is_empty());
    let headless: String = (0..3).map(|n| row(n) + "\n").collect();
    let table = Table::open(text(&folder, "vectors.tsv", &headless)).unwrap();
    assert_eq!((table.len(), table.vectors(None).unwrap().width()), (3, 8));
    let chosen = TableConfig { vectors: vec!["e0".into(), "e3".into()], ..TableConfig::default() };
    let table = Table::open_with(&path, &chosen).unwrap();
    assert_eq!(table.vectors(None).unwrap().values.row(1).to_vec(), [1.0, 1.3]);
}

/// A table of measures in different units, with a count of the rows and a column that is mostly missing.
const MEASURES: &str = "row,kind,bill_mm,bill_depth,mass,rare\n\
    0.5,a,10.5,1.5,3000.5,\n1.5,b,20.5,3.5,5000.5,\n2.5,a,30.5,5.5,4000.5,7.5\n3.5,b,40.5,7.5,6000.5,\n";

#[test]
fn measures_are_scaled_vectors_and_stay_columns() {
    let folder = folder();
    let path = text(&folder, "measures.csv", MEASURES);
    let names = |table: &Table| table.columns().iter().map(|column| column.name.clone()).collect::<Vec<_>>();
    let open = |vectors: &[&str], scaled: bool| {
        let vectors = vectors.iter().map(ToString::to_string).collect();
        Table::open_with(&path, &TableConfig { vectors, scaled, ..TableConfig::default() }).unwrap()
    };
    let all = names(&Table::open(&path).unwrap());
    // Means are 25.5 and 4500.5, deviations 11.2 and 1,118.
    let unit = 125f32.sqrt();
    for named in [&["bill_mm", "mass"][..], &["bill_mm, mass"]] {
        let table = open(named, true);
        let set = table.vectors(None).unwrap();
        assert!(set.scaled && names(&table) == all, "{:?}", names(&table));
        let [a, b] = [-15.0 / unit, -1500.0 / (unit * 100.0)];
        let row = set.values.row(0);
        assert!((row[0] - a).abs() < 1e-6 && (row[1] - b).abs() < 1e-6, "{row}");
        assert!(table.report().contains("each scaled to mean 0 and deviation 1: bill_mm, mass"));
    }
    let begun = open(&["bill_"], false);
    assert_eq!(begun.vectors(None).unwrap().values.row(3).to_vec(), [40.5, 7.5]);
    let guessed = Table::open(&path).unwrap().with_measures(None, false).unwrap();
    assert_eq!(guessed.vectors(None).unwrap().values.row(1).to_vec(), [20.5, 3.5, 5000.5]);
    let none = TableConfig { vectors: vec!["bull_".into()], ..TableConfig::default() };
    refused(&path, &none, &["\"bull_\"", "did you mean \"bill_mm\"?"]);
    let empty = TableConfig { vectors: vec!["mass,".into()], ..TableConfig::default() };
    refused(&path, &empty, &["\"\": not there"]);
    let words = Table::open(text(&folder, "words.csv", "name,n\na,1.5\nb,2.5\n")).unwrap();
    let error = words.with_measures(None, true).unwrap_err().to_string();
    assert!(error.contains("two columns of numbers at least"), "{error}");
}

#[test]
fn a_grid_of_columns_is_one_set_of_vectors() {
    let folder = folder();
    let names: Vec<String> = (0..3).flat_map(|y| (0..12).map(move |x| format!("pixel_{y}_{x}"))).collect();
    let row = |n: usize| (0..36).map(|d| (100 * n + d).to_string()).collect::<Vec<_>>().join(",");
    // Their order in the file does not matter: the second comes last.
    let moved = |mut cells: Vec<String>| {
        let second = cells.remove(1);
        cells.push(second);
        cells.join(",")
    };
    let cells = |n: usize| row(n).split(',').map(String::from).collect::<Vec<_>>();
    let content = format!("{}\n{}\n{}\n", moved(names), moved(cells(0)), moved(cells(1)));
    let path = text(&folder, "digits.csv", &content);
    let table = Table::open(&path).unwrap();
    assert_eq!(table.vector_sets().len(), 1);
    let set = table.vectors(Some("pixel")).unwrap();
    assert_eq!(set.values.row(1).to_vec(), (100..136).map(|x| x as f32).collect::<Vec<_>>());
    let one = TableConfig { vectors: vec!["pixel_1".into()], ..TableConfig::default() };
    let table = Table::open_with(&path, &one).unwrap();
    assert_eq!(table.vectors(None).unwrap().values.row(0)[0], 12.0);
}

#[test]
fn json_lines_and_arrays_of_objects_are_read() {
    let folder = folder();
    let line =
        |n: i32| format!("{{\"id\": \"a{n}\", \"v\": [{n}, 1, null], \"tags\": [\"x\"], \"n\": {n}.5}}");
    let lines = format!("{}\n\n{}\n{{\"id\": \"a9\"}}\nnot json\n", line(1), line(2));
    let table = Table::open(text(&folder, "rows.jsonl", &lines)).unwrap();
    assert_eq!((table.len(), table.id_column()), (3, Some("id")));
    assert!(table.numbers("n").unwrap()[2].is_nan());
    assert_eq!(table.vectors(None).unwrap().left_out, LeftOut { missing: 1, non_finite: 2, zero: 0 });
    assert!(
        table.report().contains("left out: 1 line that are no JSON objects: line 5"),
        "{}",
        table.report()
    );
    let array = format!("[{}, {}]", line(1), line(2));
    assert_eq!(Table::open(text(&folder, "rows.json", &array)).unwrap().len(), 2);
    let strict = TableConfig { strict: true, ..TableConfig::default() };
    refused(&folder.path().join("rows.jsonl"), &strict, &["line 5", "repair or remove it"]);
}

#[test]
fn bad_input_is_told_with_the_remedy() {
    let folder = folder();
    let default = TableConfig::default();
    let two = "id,name\n1,a\n1,b\n";
    let path = text(&folder, "twice.csv", two);
    let named = TableConfig { id: Some("id".into()), ..default.clone() };
    refused(&path, &named, &["rows 0 and 1 have the id \"1\""]);
    assert_eq!(Table::open(&path).unwrap().id_column(), None, "a guess is not worth an error");
    let wrong = TableConfig { label: Some("nmae".into()), ..default.clone() };
    refused(&path, &wrong, &["\"nmae\"", "did you mean \"name\"?"]);
    let half = TableConfig { x: Some("id".into()), ..default.clone() };
    refused(&path, &half, &["name the column of y too"]);
    let vectors = TableConfig { vectors: vec!["name".into()], ..default.clone() };
    refused(&path, &vectors, &["neither numbers nor lists"]);
    let number = TableConfig { numbers: vec!["name".into()], ..default.clone() };
    refused(&path, &number, &["not numbers"]);
    let ragged = text(&folder, "ragged.csv", "v\n\"[1, 2, 3]\"\n\"[1, 2]\"\n\"[4, 5, 6]\"\n");
    refused(&ragged, &default, &["2 numbers in row 1, 3 in the first"]);
    refused(&text(&folder, "names.csv", "a,b\n"), &default, &["is empty", "at least one row"]);
    refused(&text(&folder, "none.csv", ""), &default, &["0 bytes", "none.csv"]);
    refused(&text(&folder, "same.csv", "a,a\n1,2\n"), &default, &["two columns have this name"]);
    refused(&folder.path().join("absent.csv"), &default, &["check the path"]);
    refused(&text(&folder, "no.parquet", "hello"), &default, &["does not start as a parquet file"]);
    refused(&text(&folder, "no.pkl", "\u{80}"), &default, &["pickle"]);
    fs::write(folder.path().join("x.h5"), b"\x89HDF\r\n\x1a\n").unwrap();
    refused(&folder.path().join("x.h5"), &default, &["HDF5", "Parquet"]);
    let one = Table::open(text(&folder, "one.csv", "v,name\n\"[1, 2, 3]\",a\n")).unwrap();
    assert_eq!((one.len(), one.latents(None).unwrap().len()), (1, 1));
    let plain = Table::open(text(&folder, "plain.csv", "name\na\nb\n")).unwrap();
    assert!(plain.latents(None).unwrap_err().to_string().contains("TableConfig::vectors"));
    assert!(matches!(plain.numbers("name"), Err(Error::Column { .. })));
}

#[test]
fn lines_of_another_width_and_other_encodings_are_told() {
    let folder = folder();
    let table = Table::open(text(&folder, "wide.csv", "a;b\n1;2\n1;2;3\n4;5\n")).unwrap();
    assert_eq!(table.len(), 2);
    assert!(table.report().contains("left out: 1 line of another width than 2: line 3 has 3 cells"));
    let strict = TableConfig { strict: true, ..TableConfig::default() };
    refused(&folder.path().join("wide.csv"), &strict, &["line 3 has 3 cells, the first line 2"]);
    fs::write(folder.path().join("latin.csv"), b"name\ncaf\xe9\n").unwrap();
    let table = Table::open(folder.path().join("latin.csv")).unwrap();
    assert_eq!(table.texts("name").unwrap()[0].as_deref(), Some("café"));
    assert!(table.report().contains("Latin-1"));
}

#[test]
fn a_cell_shows_the_report_above_the_first_rows() {
    let folder = folder();
    let lines: String = (0..30).map(|n| format!("<b>{n},{n}\n")).collect();
    let table = Table::open(text(&folder, "cells.csv", &format!("word,n\n{lines}"))).unwrap();
    let bundle = table.bundle();
    let (plain, html) = (bundle.get("text/plain").unwrap(), bundle.get("text/html").unwrap());
    assert!(
        plain.starts_with("cells: 30 rows\ncolumns: word (text), n (number)") && plain.contains("\n<b>29")
    );
    assert!(html.contains("cells: 30 rows<br>") && html.contains("&lt;b&gt;29") && !html.contains("<b>"));
    let bare = Table::from_vectors("v", Array2::ones((2, 3)), None, &TableConfig::default()).unwrap();
    assert_eq!(bare.bundle().get("text/plain"), Some(bare.report().as_str()));
}

#[test]
fn two_files_lie_side_by_side_when_they_have_the_same_rows() {
    let folder = folder();
    let vectors = text(&folder, "vectors.csv", "v\n\"[1, 2, 3]\"\n\"[4, 5, 6]\"\n");
    let words = text(&folder, "words.csv", "word\nsun\nmoon\n");
    let default = TableConfig::default();
    let table = Table::open_all(&[&vectors, &words], &default).unwrap();
    assert_eq!(table.texts("word").unwrap()[1].as_deref(), Some("moon"));
    assert_eq!(table.vectors(None).unwrap().values.dim(), (2, 3));
    let longer = text(&folder, "longer.csv", "word\nsun\nmoon\nstar\n");
    let message = Table::open_all(&[&vectors, &longer], &default).unwrap_err().to_string();
    assert!(message.contains("2 rows in") && message.contains("3 in"), "{message}");
    // The same columns: one behind the other.
    assert_eq!(Table::open_all(&[&words, &longer], &default).unwrap().len(), 5);
}

#[test]
fn the_metric_follows_the_lengths_and_the_width() {
    let default = TableConfig::default();
    let metric = |vectors: Array2<f32>| {
        Table::from_vectors("v", vectors, None, &default).unwrap().vectors(None).unwrap().metric
    };
    assert_eq!(metric(array![[1.0, 0.0], [0.6, 0.8]].insert_zeros()), Metric::Cosine);
    assert_eq!(metric(array![[1.0, 0.0], [3.0, 4.0]].insert_zeros()), Metric::Euclidean);
    assert_eq!(metric(Array2::from_shape_fn((3, 128), |(n, d)| (n * d + 1) as f32)), Metric::Cosine);
    assert_eq!(metric(Array2::from_shape_fn((3, 127), |(n, d)| (n * d + 1) as f32)), Metric::Euclidean);
}

trait Widened {
    fn insert_zeros(self) -> Array2<f32>;
}

impl Widened for Array2<f32> {
    /// With a third column, so that the rows are vectors and no places on a map.
    fn insert_zeros(self) -> Array2<f32> {
        ndarray::concatenate![ndarray::Axis(1), self, Array2::zeros((self.nrows(), 1))]
    }
}
