//! Where a notebook's kernel takes orders, work shows itself in one display that changes, and ends early when it is asked.

mod common;

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

use common::{bars_dataset, small_config};
use ndarray::Array2;
use neural_manifold::Error;
use neural_manifold::export::Explorer;
use neural_manifold::labels::Labels;
use neural_manifold::latents::Latents;
use neural_manifold::live::{self, Content};
use neural_manifold::neighbors::{Metric, knn_graph};
use neural_manifold::projection::{PcaConfig, UmapConfig, project};
use neural_manifold::quality::{Map, Original, QualityConfig, assess};
use neural_manifold::train::{Schedule, TrainConfig, train};
use serde_json::Value;
use sha2::{Digest, Sha256};

/// Half a second, and what a busy machine adds to it.
const MAX_SECS: f64 = 2.0;
const PLOTLY: &str = "application/vnd.plotly.v1+json";

fn waves(n: usize, width: usize) -> Latents {
    let rows = Array2::from_shape_fn((n, width), |(row, column)| ((row * (column + 2)) as f32 * 0.37).sin());
    let codes = (0..n).map(|row| (row % 3) as u32).collect();
    Latents::new("waves", rows, Some(Labels::unnamed(codes))).unwrap()
}

fn training() -> TrainConfig {
    TrainConfig { progress: true, n_epochs: 4, ..small_config() }
}

fn long_training() -> TrainConfig {
    TrainConfig { progress: true, n_epochs: 100_000, schedule: Schedule::Constant, ..small_config() }
}

fn umap() -> UmapConfig {
    UmapConfig { progress: true, ..UmapConfig::default() }
}

/// Not a test of its own: the others run this executable again with this function and the variables below.
#[test]
#[ignore = "the process whose orders the other tests read"]
fn child() {
    let Ok(work) = std::env::var("LIVE_TEST") else { return };
    println!("\nbegin");
    let bars = bars_dataset(80, 40, 8);
    match work.as_str() {
        "display" => {
            let mut shown =
                live::display(Content::text("none").with_html("<i>none EVCXR_BEGIN_CONTENT a</i>"));
            shown.update("some");
        }
        "train" => drop(train(&bars, &training()).unwrap()),
        "train until stopped" => {
            let trained = train(&bars, &long_training()).unwrap();
            println!("epochs {}", trained.history.epochs.len());
            trained.save(std::env::var("LIVE_TEST_MODEL").unwrap()).unwrap();
        }
        "umap" => println!("{:?}", project(&waves(600, 6), umap()).unwrap().coordinates.row(7)),
        "umap until stopped" => {
            let map = project(&waves(600, 6), UmapConfig { n_epochs: Some(10_000_000), ..umap() }).unwrap();
            println!("stopped {}", map.stopped);
        }
        "neighbors until stopped" => {
            // Spread in all directions: for no row can many leaves of them be ruled out.
            let mut random = random_bits();
            let rows = Array2::from_shape_simple_fn((60_000, 32), || random() as f32);
            println!("stopped {}", is_stopped(knn_graph(&rows, 15, Metric::Euclidean)));
        }
        "quality until stopped" => {
            let rows = waves(15_000, 64).vectors;
            let config = QualityConfig { max_points: 15_000, ..QualityConfig::default() };
            println!("stopped {}", is_stopped(assess(Original(&rows), Map(&rows), None, &config)));
        }
        "export until stopped" => {
            // Few values in no order: gzip saves much and takes long.
            let mut random = random_bits();
            let rows = Array2::from_shape_simple_fn((1_000_000, 32), || (random() >> 20) as f32);
            let latents = Latents::new("noise", rows, None).unwrap();
            let map = project(&latents, PcaConfig).unwrap();
            let explorer = Explorer::of(&latents).unwrap().with_unscored_map(&map).unwrap();
            let page = std::env::var("LIVE_TEST_MODEL").unwrap();
            println!("stopped {}", is_stopped(explorer.write_html(&page)));
            assert!(!Path::new(&page).exists());
        }
        "show" => show(),
        other => unreachable!("{other} is no work"),
    }
    println!("end");
}

/// Shows an explorer, lays down in the kernel's place what may be selected there, and prints what is read of it.
fn show() {
    let latents = waves(40, 4);
    let map = project(&latents, PcaConfig).unwrap();
    let shown = Explorer::of(&latents).unwrap().with_unscored_map(&map).unwrap().show().unwrap();
    println!("{:?}", shown.selection().unwrap());
    println!("{}", shown.highlight(&[7, 40]).unwrap_err());
    shown.highlight(&[7, 8]).unwrap();
    let Some(folder) = std::env::var_os("NEURAL_MANIFOLD_LIVE") else { return };
    let pages = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let page = pages.into_iter().find(|path| path.extension().is_some_and(|end| end == "html")).unwrap();
    let digest: String =
        Sha256::digest(fs::read(&page).unwrap()).iter().map(|byte| format!("{byte:02x}")).collect();
    let say = |text: String| fs::write(page.with_extension("json"), text).unwrap();
    say(format!(r#"{{"v":1,"digest":"{digest}","selection":[3,5]}}"#));
    println!("{:?}", shown.selection().unwrap());
    let frame = shown.frame().unwrap();
    println!("{:?} {:?}", frame.get_column_names(), frame.column("class").unwrap().str().unwrap().get(1));
    say(format!(r#"{{"v":1,"digest":"{digest}","selection":[3,40]}}"#));
    println!("{}", shown.selection().unwrap_err());
    say(r#"{"v":1,"digest":"other","selection":[3]}"#.to_string());
    println!("{}", shown.selection().unwrap_err());
    say(r#"{"v":1,"dig"#.to_string());
    println!("{}", shown.frame().unwrap_err());
}

/// Numbers of 24 bits, the same at each run.
fn random_bits() -> impl FnMut() -> u32 {
    let mut state = 1u32;
    move || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        state >> 8
    }
}

fn is_stopped<T>(result: Result<T, Error>) -> bool {
    matches!(result, Err(Error::Stopped { .. }))
}

/// Runs the child in a kernel's folder, or without one; returns its orders and its other lines. It is asked to stop once
/// it prints a line that holds `mark`, and the seconds from then to its end are returned too.
fn run(work: &str, folder: Option<&Path>, mark: Option<&str>) -> (Vec<Value>, Vec<String>, f64) {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["child", "--exact", "--ignored", "--nocapture"]).env("LIVE_TEST", work);
    if let Some(folder) = folder {
        command.env("NEURAL_MANIFOLD_LIVE", folder).env("LIVE_TEST_MODEL", folder.join("model"));
    }
    let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
    assert!(lines.any(|line| line == "begin"), "the child has not started");
    let (mut orders, mut others, mut asked, mut secs) = (Vec::new(), Vec::new(), None, None);
    // Read to the last, for a process cannot print what nobody reads; behind "end" the test program says how it went.
    for line in lines {
        if line == "end" {
            secs = Some(asked.map_or(0.0, |asked: Instant| asked.elapsed().as_secs_f64()));
        } else if secs.is_none() && !line.contains("has been running for over") {
            if asked.is_none() && mark.is_some_and(|mark| line.contains(mark)) {
                fs::write(folder.unwrap().join("stop"), "").unwrap();
                asked = Some(Instant::now());
            }
            match line.strip_prefix("\u{1b}]neural-manifold;").and_then(|line| line.strip_suffix("\u{1b}\\"))
            {
                Some(order) => orders.push(serde_json::from_str(order).unwrap()),
                None => others.push(line),
            }
        }
    }
    assert!(child.wait().unwrap().success() && asked.is_some() == mark.is_some());
    (orders, others, secs.unwrap())
}

/// The orders of one kind.
fn of<'a>(orders: &'a [Value], op: &str) -> Vec<&'a Value> {
    orders.iter().filter(|order| order["op"] == op).collect()
}

#[test]
fn a_display_is_shown_and_changed() {
    let folder = tempfile::tempdir().unwrap();
    let (orders, others, _) = run("display", Some(folder.path()), None);
    assert_eq!(others, Vec::<String>::new());
    let key = folder.path().file_name().unwrap().to_str().unwrap();
    assert!(
        orders.iter().all(|order| order["v"] == 1 && order["key"] == key && order["id"] == orders[0]["id"])
    );
    assert_eq!(orders[0]["op"], "display");
    assert_eq!(orders[0]["data"]["text/html"], "<i>none EVCXR_BEGIN_CONTENT a</i>");
    assert_eq!(
        (&orders[1]["op"], &orders[1]["data"]),
        (&"update".into(), &serde_json::json!({"text/plain": "some"}))
    );
}

#[test]
fn elsewhere_a_display_is_a_line() {
    assert_eq!(run("display", None, None).1, ["none"]);
}

#[test]
fn an_explorer_is_shown_and_what_is_selected_there_is_read() {
    let folder = tempfile::tempdir().unwrap();
    let (orders, said, _) = run("show", Some(folder.path()), None);
    let ([shown], [selected]) = (&of(&orders, "widget")[..], &of(&orders, "model")[..]) else {
        panic!("{orders:?}")
    };
    assert!(shown["data"]["image/png"].as_str().unwrap().starts_with("iVBOR"));
    let page = fs::read_to_string(shown["page"].as_str().unwrap()).unwrap();
    assert!(page.contains("\"points\":40"));
    assert_eq!(selected["id"], shown["id"]);
    assert_eq!(selected["state"]["highlight"]["rows"], serde_json::json!([7, 8]));
    let expected = [
        "[]",
        "row is 40; the page shows 40 points",
        "[3, 5]",
        r#"["row", "class"] Some("2")"#,
        "the page shows 40 points",
        "of another page than the one shown; show the explorer again",
        "no selection can be read",
    ];
    assert_eq!(said.len(), expected.len(), "{said:?}");
    for (said, expected) in said.iter().zip(expected) {
        assert!(said.contains(expected), "{said} is not {expected}");
    }
}

#[test]
fn elsewhere_a_line_says_where_an_explorer_is_shown() {
    let (_, said, _) = run("show", None, None);
    assert!(said[0].contains("write_html(path) writes it to a file"), "{said:?}");
    assert_eq!(said[1], "[]");
}

#[test]
fn training_is_one_display_that_ends_as_the_curve() {
    let folder = tempfile::tempdir().unwrap();
    let (orders, others, _) = run("train", Some(folder.path()), None);
    assert_eq!(others, Vec::<String>::new(), "no line is printed");
    assert_eq!(of(&orders, "display").len(), 1);
    let last = of(&orders, "update").into_iter().next_back().unwrap().clone();
    let curves = &last["data"][PLOTLY]["data"];
    assert_eq!(curves[1]["name"], "validation");
    assert_eq!(curves[1]["x"], serde_json::json!([1.0, 2.0, 3.0, 4.0]));
    let text = last["data"]["text/plain"].as_str().unwrap();
    assert!(text.lines().filter(|line| line.starts_with("epoch ")).count() == 4, "{text}");
    assert!(last["brief"]["text/html"].as_str().unwrap().contains("320 images in"), "{last}");
    let switched: Vec<bool> = of(&orders, "stoppable").iter().map(|order| order["on"] == true).collect();
    assert_eq!(switched.iter().filter(|&&on| on).count() * 2, switched.len());
}

#[test]
fn a_training_that_is_asked_to_stop_is_that_of_its_last_whole_epoch() {
    let folder = tempfile::tempdir().unwrap();
    let (_, others, secs) = run("train until stopped", Some(folder.path()), Some("validation 0."));
    let n_epochs: usize = others[0].strip_prefix("epochs ").unwrap().parse().unwrap();
    assert!(n_epochs > 0 && secs < MAX_SECS, "{n_epochs} epochs, {secs} s");
    let config = TrainConfig { n_epochs, progress: false, ..long_training() };
    let unbroken = train(&bars_dataset(80, 40, 8), &config).unwrap();
    unbroken.save(folder.path().join("unbroken")).unwrap();
    let [stopped, unbroken] = ["model", "unbroken"].map(|name| fs::read(folder.path().join(name)).unwrap());
    assert!(stopped == unbroken, "after {n_epochs} epochs");
}

#[test]
fn a_map_forms_in_color_and_its_bits_stay() {
    let folder = tempfile::tempdir().unwrap();
    let (orders, others, _) = run("umap", Some(folder.path()), None);
    assert_eq!(
        others,
        run("umap", None, None).1.into_iter().filter(|line| !line.contains("epochs")).collect::<Vec<_>>()
    );
    let of_map = of(&orders, "update");
    let last = of_map.last().unwrap();
    let names: Vec<&Value> =
        last["data"][PLOTLY]["data"].as_array().unwrap().iter().map(|trace| &trace["name"]).collect();
    assert_eq!(names, ["0", "1", "2"]);
    assert!(last["data"]["image/png"].as_str().unwrap().starts_with("iVBOR"));
}

#[test]
fn engines_neighbors_scores_and_export_stop_within_half_a_second() {
    let works = [
        ("umap until stopped", "<img"),
        ("neighbors until stopped", "\"display\""),
        ("quality until stopped", "\"display\""),
        ("export until stopped", "\"display\""),
    ];
    for (work, mark) in works {
        let folder = tempfile::tempdir().unwrap();
        let (_, others, secs) = run(work, Some(folder.path()), Some(mark));
        assert_eq!(others, ["stopped true"], "{work}");
        assert!(secs < MAX_SECS, "{work}: {secs} s");
    }
}
