//! UMAP maps of one, three and more axes, and maps that know classes.

mod common;

use common::blobs;
use ndarray::{Array1, Array2, ArrayView2, s};
use neural_manifold::bundle::Bundle;
use neural_manifold::export::Explorer;
use neural_manifold::labels::Labels;
use neural_manifold::latents::Latents;
use neural_manifold::model::ModelCard;
use neural_manifold::neighbors::{Metric, knn_graph};
use neural_manifold::projection::{Init, Projection, UmapConfig, axis_names};
use neural_manifold::quality::QualityConfig;
use neural_manifold::{Error, Result};

fn project(rows: &Array2<f32>, config: UmapConfig) -> Result<Projection> {
    neural_manifold::projection::project(&Latents::new("rows", rows.clone(), None)?, config)
}

fn config(n_components: usize) -> UmapConfig {
    UmapConfig { n_components, n_epochs: Some(100), n_neighbors: 10, ..UmapConfig::default() }
}

/// Share of near places that are of the row's own kind, which is its number modulo 3.
fn own_kind(places: ArrayView2<f32>) -> f64 {
    let near = knn_graph(&places.to_owned(), 10, Metric::Euclidean).expect("finite places").indices;
    near.indexed_iter().filter(|((i, _), j)| i % 3 == **j as usize % 3).count() as f64 / near.len() as f64
}

#[test]
fn any_number_of_axes_gives_the_same_bits_at_any_number_of_threads() -> Result<()> {
    // So many rows that the map is made in parts side by side.
    let rows = blobs(800, 6.0);
    for n_components in [1, 3, 5, 10, 32] {
        let with = |threads: usize| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("a pool");
            pool.install(|| project(&rows, config(n_components))).map(|map| map.coordinates)
        };
        let one = with(1)?;
        assert_eq!(one.dim(), (2_400, n_components));
        assert!(one == with(2)? && one == with(4)?, "{n_components}");
        let share = own_kind(one.view());
        assert!(share > 0.97, "{n_components} axes, {share}");
        for (axis, along) in one.columns().into_iter().enumerate() {
            let spread = along.std(0.0);
            assert!(spread.is_finite() && spread > 0.01, "{n_components} axes, {axis}: {spread}");
        }
    }
    Ok(())
}

#[test]
fn more_axes_keep_more_of_the_neighbors() -> Result<()> {
    // A uniform ball of five dimensions fits on no plane.
    let rows = blobs(300, 0.0).slice(s![.., ..5]).to_owned();
    let recall = |n_components: usize| -> Result<f64> {
        Ok(project(&rows, config(n_components))?.quality(&QualityConfig::default())?.recall)
    };
    let [line, plane, space, all] = [recall(1)?, recall(2)?, recall(3)?, recall(5)?];
    assert!(line < plane && plane < space && space < all, "{line} {plane} {space} {all}");
    Ok(())
}

#[test]
fn new_rows_get_places_of_as_many_axes() -> Result<()> {
    let rows = blobs(150, 6.0);
    let (known, new) = (rows.slice(s![..360, ..]).to_owned(), rows.slice(s![360.., ..]).to_owned());
    for n_components in [1, 3, 9] {
        let map = project(&known, config(n_components))?;
        let placed = map.transform(&new)?;
        assert_eq!(placed.coordinates.dim(), (90, n_components));
        let share = own_kind(placed.coordinates.view());
        assert!(share > 0.9, "{n_components} axes, {share}");
        assert_eq!(map.placer()?.place(&new)?.coordinates, placed.coordinates);
        let kept = Projection::of(&map.latents, map.coordinates.clone(), config(n_components))?;
        assert_eq!(kept.transform(&new)?.coordinates, placed.coordinates);
        assert_eq!(placed.table().names[1..=n_components], axis_names(n_components));
    }
    Ok(())
}

#[test]
fn every_start_has_as_many_axes_and_snapshots_too() -> Result<()> {
    let rows = blobs(60, 4.0);
    let start = rows.slice(s![.., ..3]).to_owned();
    let given = UmapConfig { init: Init::Given(start.clone()), n_epochs: Some(0), ..config(3) };
    assert_eq!(project(&rows, given)?.coordinates, start);
    for init in [Init::Pca, Init::Spectral] {
        let map = project(&rows, UmapConfig { init, keep_epochs: vec![0, 100], ..config(3) })?;
        assert!(map.snapshots.iter().all(|snapshot| snapshot.coordinates.dim() == (180, 3)));
        assert_eq!(map.snapshots[1].coordinates, map.coordinates);
    }
    // Fewer columns than axes: what is beyond the columns comes from the graph or from chance.
    for n in [12, 180] {
        let narrow = rows.slice(s![..n, ..2]).to_owned();
        let map = project(&narrow, UmapConfig { n_neighbors: 5, ..config(4) })?;
        assert!(map.coordinates.columns().into_iter().all(|along| along.std(0.0) > 0.0));
    }
    Ok(())
}

#[test]
fn wrong_numbers_of_axes_are_refused_in_words() -> Result<()> {
    let rows = blobs(4, 3.0);
    let refused = |config: UmapConfig| project(&rows, config).expect_err("out of range").to_string();
    assert_eq!(refused(config(0)), "n_components is 0; give a number from 1 to 32");
    assert_eq!(refused(config(33)), "n_components is 33; give a number from 1 to 32");
    assert_eq!(refused(config(13)), "n_components is 13; there are 12 rows, and a map of no more axes");
    let given = UmapConfig { init: Init::Given(Array2::zeros((12, 2))), ..config(3) };
    assert_eq!(
        refused(given),
        "init is an array of shape (12, 2); give one of shape (12, 3), a position for each row"
    );
    let latents = Latents::new("rows", rows.clone(), None)?;
    let error = Projection::of(&latents, Array2::zeros((12, 2)), config(3)).expect_err("2 of 3");
    assert!(matches!(error, Error::Mismatch { left: 2, right: 3, .. }), "{error}");
    Ok(())
}

#[test]
fn what_shows_a_plane_says_so() -> Result<()> {
    let map = project(&blobs(20, 3.0), config(3))?;
    let page = Explorer::of(&map.latents)?;
    let errors = [
        map.figure().map(drop),
        map.figure_of(&Array1::zeros(60), "nothing").map(drop),
        page.with_unscored_map(&map).map(drop),
        Bundle::new(None, &ModelCard::default(), &map).map(drop),
    ];
    for error in errors {
        let error = error.expect_err("three axes").to_string();
        assert!(error.starts_with("n_components is 3; ") && error.ends_with(" takes maps of 2"), "{error}");
    }
    Ok(())
}

/// Two kinds that the vectors do not tell apart, by rows' numbers; every fifth row's kind is unknown.
fn kinds(n: usize) -> Labels {
    let code = |row: usize| if row.is_multiple_of(5) { Labels::MISSING } else { (row / 3 % 2) as u32 };
    Labels::unnamed((0..n).map(code).collect())
}

#[test]
fn a_supervised_map_keeps_classes_together_and_new_rows_find_their_place() -> Result<()> {
    let rows = blobs(500, 6.0);
    let labels = kinds(1_500);
    let mixed = |target_weight: Option<f64>| -> Result<f64> {
        let target = target_weight.map(|_| labels.clone());
        let config = UmapConfig { target, target_weight: target_weight.unwrap_or(0.5), ..config(2) };
        let near = knn_graph(&project(&rows, config)?.coordinates, 10, Metric::Euclidean)?.indices;
        let known = |row: usize| labels.codes[row] != Labels::MISSING;
        let pairs: Vec<(usize, usize)> = near.indexed_iter().map(|((i, _), &j)| (i, j as usize)).collect();
        let both = pairs.into_iter().filter(|&(i, j)| known(i) && known(j)).collect::<Vec<_>>();
        Ok(both.iter().filter(|(i, j)| labels.codes[*i] != labels.codes[*j]).count() as f64
            / both.len() as f64)
    };
    let [alone, weak, strong] = [mixed(None)?, mixed(Some(0.0))?, mixed(Some(0.9))?];
    assert!(alone > 0.4 && weak < alone - 0.1 && strong < weak - 0.1, "{alone} {weak} {strong}");
    Ok(())
}

#[test]
fn a_supervised_map_has_the_same_bits_at_any_number_of_threads() -> Result<()> {
    let rows = blobs(800, 4.0);
    for target_weight in [0.5, 1.0] {
        let with = |threads: usize| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("a pool");
            let config = UmapConfig { target: Some(kinds(2_400)), target_weight, ..config(2) };
            pool.install(|| project(&rows, config)).map(|map| map.coordinates)
        };
        let one = with(1)?;
        assert!(one.iter().all(|x| x.is_finite()) && one == with(2)? && one == with(4)?);
    }
    Ok(())
}

#[test]
fn classes_that_say_nothing_leave_the_map_as_good() -> Result<()> {
    let rows = blobs(100, 6.0);
    // One class of all: every edge keeps its strength, up to the strongest of its row.
    let one = UmapConfig { target: Some(Labels::unnamed(Array1::zeros(300))), ..config(2) };
    assert!(own_kind(project(&rows, one)?.coordinates.view()) > 0.99);
    // As many classes as rows, at full weight: no edge is left, and the start remains.
    let all = Labels::unnamed((0..300).collect());
    let apart = project(&rows, UmapConfig { target: Some(all), target_weight: 1.0, ..config(2) })?;
    assert!(apart.coordinates.iter().all(|x| x.is_finite()));
    Ok(())
}

#[test]
fn wrong_classes_are_refused_in_words() {
    let rows = blobs(20, 3.0);
    let refused = |config: UmapConfig| project(&rows, config).expect_err("out of range").to_string();
    let target = Some(kinds(59));
    assert_eq!(
        refused(UmapConfig { target, ..config(2) }),
        "59 rows in the target, 60 in the data; give one class per row, or Labels::MISSING"
    );
    for target_weight in [-0.1, 1.1, f64::NAN] {
        let error = refused(UmapConfig { target_weight, ..config(2) });
        assert_eq!(error, format!("target_weight is {target_weight}; give a number from 0 to 1"));
    }
}
