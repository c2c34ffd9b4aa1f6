//! Frames of a map: kept by an engine on its way or given by name, aligned, written into the page, and refused where they
//! do not fit.

use std::io::Read;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use flate2::read::GzDecoder;
use ndarray::{Array2, array};
use neural_manifold::prelude::{
    AnnembedConfig, DensmapConfig, Engine, Error, Explorer, Frames, Latents, PacmapConfig, PcaConfig,
    TrimapConfig, TsneConfig, UmapConfig, project,
};
use serde_json::Value;

const N: usize = 120;

fn latents() -> Latents {
    let wave = |(row, column): (usize, usize)| ((row * (column + 2)) as f32 / 7.0).sin();
    Latents::new("mine", Array2::from_shape_fn((N, 5), wave), None).unwrap()
}

/// Every engine with epochs, few of them.
fn engines() -> [Engine; 5] {
    [
        UmapConfig { n_epochs: Some(40), ..UmapConfig::default() }.into(),
        TsneConfig { perplexity: 12.0, ..TsneConfig::default() }.into(),
        PacmapConfig { n_epochs: [10, 10, 21], ..PacmapConfig::default() }.into(),
        TrimapConfig { n_epochs: 44, ..TrimapConfig::default() }.into(),
        DensmapConfig { n_epochs: Some(50), ..DensmapConfig::default() }.into(),
    ]
}

fn bits(places: &Array2<f32>) -> Vec<u32> {
    places.iter().map(|x| x.to_bits()).collect()
}

fn named(places: &[&Array2<f32>]) -> Vec<(String, Array2<f32>)> {
    places.iter().enumerate().map(|(at, places)| (format!("epoch {at}"), (*places).clone())).collect()
}

fn refusal<T>(given: Result<T, Error>) -> String {
    given.err().expect("it does not fit").to_string()
}

#[test]
fn frames_leave_the_bits_of_the_map_alone_and_end_in_it() {
    let latents = latents();
    for engine in engines() {
        let plain = project(&latents, &engine).unwrap();
        assert!(Frames::of(&plain).is_err(), "{}", engine.name());
        let kept = project(&latents, engine.with_frames(7, N).unwrap()).unwrap();
        assert_eq!(bits(&kept.coordinates), bits(&plain.coordinates), "{}", engine.name());
        let frames = Frames::of(&kept).unwrap();
        assert_eq!((frames.len(), bits(frames.last())), (7, bits(&plain.coordinates)), "{}", engine.name());
        assert_eq!(frames.names()[0], "epoch 0");
        assert_eq!(frames.names()[6], format!("epoch {}", plain.n_epochs));
        // The layout at an epoch does not depend on how many others are kept.
        let all = project(&latents, engine.with_frames(plain.n_epochs + 1, N).unwrap()).unwrap();
        for snapshot in &kept.snapshots {
            let same = &all.snapshots[snapshot.epoch];
            assert_eq!((same.epoch, bits(&same.coordinates)), (snapshot.epoch, bits(&snapshot.coordinates)));
        }
        assert_eq!(all.snapshots.len(), plain.n_epochs);
    }
}

#[test]
fn a_count_that_no_engine_could_keep_is_refused() {
    let umap = Engine::from(UmapConfig { n_epochs: Some(10), ..UmapConfig::default() });
    let text = "frames is 12; there are 10 epochs, so give a number from 2 to 11";
    assert_eq!(refusal(umap.with_frames(12, N)), text);
    assert!(refusal(umap.with_frames(1, N)).starts_with("frames is 1; there are 10 epochs"));
    assert!(umap.with_frames(11, N).is_ok());
    let still = Engine::from(UmapConfig { n_epochs: Some(0), ..UmapConfig::default() });
    assert!(refusal(still.with_frames(2, N)).contains("nothing moves"));
    for engine in [Engine::from(PcaConfig), AnnembedConfig::default().into()] {
        assert!(refusal(engine.with_frames(5, N)).contains("choose an engine that does, such as umap"));
    }
    // The default number of epochs depends on the rows.
    assert!(Engine::default().with_frames(200, 10_000).is_ok());
    assert!(refusal(Engine::default().with_frames(200, 10_001)).contains("there are 160 epochs"));
}

#[test]
fn frames_of_any_origin_are_held_to_their_counts() {
    let (one, other) = (array![[0.0, 1.0], [2.0, 3.0]], array![[0.0, 1.0]]);
    assert!(refusal(Frames::new(named(&[]))).starts_with("frames is 0; nothing moves"));
    assert!(refusal(Frames::new(named(&[&one]))).starts_with("frames is 1; nothing moves"));
    let text = "1 points in the frame \"epoch 1\", 2 in the frame \"epoch 0\"; give the same points in each";
    assert_eq!(refusal(Frames::new(named(&[&one, &other]))), text);
    let wide = Array2::zeros((2, 3));
    assert!(refusal(Frames::new(named(&[&one, &wide]))).contains("x and y of each point of the frame"));
    let lost = array![[0.0, 1.0], [f32::NAN, 3.0]];
    let text = "the frame \"epoch 1\" holds NaN at row 1, column 0; remove or repair that row";
    assert_eq!(refusal(Frames::new(named(&[&one, &lost]))), text);
}

#[test]
fn maps_of_their_own_are_turned_onto_the_next_one() {
    let last = Array2::from_shape_fn((30, 2), |(row, axis)| ((row * (axis + 3)) as f32 / 4.0).cos());
    // Turned by a right angle, mirrored, enlarged and moved.
    let before = Array2::from_shape_fn((30, 2), |(row, axis)| 3.0 * last[[row, 1 - axis]] + 5.0);
    let first = Array2::from_shape_fn((30, 2), |(row, axis)| [-1.0, 0.5][axis] * before[[row, axis]]);
    let frames = Frames::new(named(&[&first, &before, &last])).unwrap();
    let mended = frames.clone().aligned().unwrap();
    assert_eq!((mended.last(), mended.names()), (&last, frames.names()));
    let explorer = Explorer::of_points("mine", 30, None).unwrap().with_coordinates("map", &last).unwrap();
    let seen = |frames: &Frames| stored(&read(&explorer.clone().with_frames("map", frames).unwrap()), 30);
    let [raw, turned] = [seen(&frames), seen(&mended)];
    let off = |places: &[[f64; 2]]| {
        let apart = |(place, row): (&[f64; 2], usize)| {
            (place[0] - last[[row, 0]] as f64).abs().max((place[1] - last[[row, 1]] as f64).abs())
        };
        places.iter().zip(0..).map(apart).fold(0.0, f64::max)
    };
    assert!(off(&raw[1]) > 1.0 && off(&turned[1]) < 1e-4, "{} {}", off(&raw[1]), off(&turned[1]));
    assert!(off(&turned[0]) > 0.05); // of another shape, which no turn mends
    let still = Array2::zeros((30, 2));
    assert!(
        refusal(Frames::new(named(&[&still, &last])).unwrap().aligned()).contains("whose points lie apart")
    );
}

fn read(explorer: &Explorer) -> Value {
    let folder = tempfile::tempdir().unwrap();
    let script = std::fs::read_to_string(explorer.write(folder.path()).unwrap().data_js).unwrap();
    let json = script.strip_prefix("window.NEURAL_MANIFOLD_DATA = ").unwrap().strip_suffix(";\n").unwrap();
    serde_json::from_str(json).unwrap()
}

/// The places of all frames but the last, as the page has them.
fn stored(data: &Value, points: usize) -> Vec<Vec<[f64; 2]>> {
    let field = &data["fields"][data["maps"][0]["frames"]["field"].as_str().unwrap()];
    let packed = STANDARD.decode(field["data"].as_str().unwrap()).unwrap();
    let mut plain = Vec::new();
    match field["encoding"].as_str().unwrap() {
        "raw" => plain = packed,
        _ => drop(GzDecoder::new(packed.as_slice()).read_to_end(&mut plain).unwrap()),
    }
    let number = |part: &str, axis: usize| field[part][axis].as_f64().unwrap();
    let place = |four: &[u8]| {
        [0, 1].map(|axis| {
            let step = u16::from_le_bytes([four[2 * axis], four[2 * axis + 1]]);
            number("offset", axis) + number("step", axis) * f64::from(step)
        })
    };
    plain.chunks_exact(4 * points).map(|frame| frame.chunks_exact(4).map(place).collect()).collect()
}

#[test]
fn the_page_has_each_frame_in_four_bytes_per_point() {
    let latents = latents();
    let umap = project(&latents, engines()[0].with_frames(9, N).unwrap()).unwrap().named("<b>\u{2028}");
    let page = Explorer::of(&latents).unwrap().with_unscored_map(&umap).unwrap();
    assert!(read(&page)["maps"][0]["frames"].is_null());
    let data = read(&page.with_frames(&umap.name, &Frames::of(&umap).unwrap()).unwrap());
    let frames = &data["maps"][0]["frames"];
    let field = &data["fields"][frames["field"].as_str().unwrap()];
    assert_eq!(frames["names"].as_array().unwrap().len(), 9);
    assert_eq!(field["shape"], serde_json::json!([8, N, 2]));
    assert_eq!((&field["type"], field["bytes"].as_u64()), (&Value::from("u16"), Some(8 * 4 * N as u64)));
    let all = umap.snapshots.iter().flat_map(|snapshot| snapshot.coordinates.iter());
    let widest = all.fold(0f32, |most, x| most.max(x.abs())) as f64;
    for (seen, snapshot) in stored(&data, N).iter().zip(&umap.snapshots) {
        for (place, wanted) in seen.iter().zip(snapshot.coordinates.rows()) {
            for axis in 0..2 {
                assert!((place[axis] - wanted[axis] as f64).abs() <= 2.0 * widest / 65_535.0);
            }
        }
    }
}

#[test]
fn frames_that_are_not_of_the_page_are_refused_with_the_remedy() {
    let [a, b] =
        [1.0, 2.0].map(|size| Array2::from_shape_fn((4, 2), |(row, axis)| size * (row + axis) as f32));
    let frames = Frames::new(named(&[&a, &b])).unwrap();
    let empty = Explorer::of_points("mine", 4, None).unwrap();
    assert!(
        refusal(empty.clone().with_frames("umap", &frames))
            .contains("the page has no map of that name; there is none")
    );
    let page = empty.with_coordinates("pca", &a).unwrap().with_coordinates("umap 2", &b).unwrap();
    let text = "map is \"umap\"; the page has no map of that name; did you mean \"umap 2\"?";
    assert_eq!(refusal(page.clone().with_frames("umap", &frames)), text);
    assert!(refusal(page.clone().with_frames("pca", &frames)).contains("the last frame is another"));
    let fewer = Frames::new(named(&[&array![[0.0, 1.0]], &array![[0.0, 1.0]]])).unwrap();
    assert!(refusal(page.clone().with_frames("umap 2", &fewer)).starts_with("1 items in the frames, 4 in"));
    let framed = page.with_frames("umap 2", &frames).unwrap();
    assert!(refusal(framed.with_frames("umap 2", &frames)).contains("it has frames already"));
}
