//! Known shapes: circle, figure eight, torus, two clusters, flat sheets; distances of diagrams by hand; and other
//! implementations on the same points, GUDHI's by `fixtures/make_persistence.py`.

use ndarray::{Array2, array};
use neural_manifold::Result;
use neural_manifold::labels::Labels;
use neural_manifold::neighbors::{KnnGraph, Metric, knn_graph};
use neural_manifold::topology::{
    Bar, ClassComponent, ClassComponents, Persistence, TopologyConfig, analyze, analyze_with, betti_curve,
    bottleneck, class_components, compare, hubness, max_min_landmarks, mle_dimension, persistence,
    two_nn_dimension, wasserstein,
};

/// A low-discrepancy sequence in the unit cube: even, but on no grid.
fn even(n: usize, d: usize) -> Array2<f32> {
    const STEPS: [f64; 4] =
        [0.856_674_883_854_502_9, 0.733_891_856_627_124_1, 0.628_706_721_080_868_1, 0.538_597_2];
    Array2::from_shape_fn((n, d), |(i, axis)| (STEPS[axis] * (i + 1) as f64).fract() as f32)
}

/// The angles 0..2 pi of `n` points around a circle.
fn angles(n: usize) -> impl Iterator<Item = f32> {
    (0..n).map(move |i| std::f32::consts::TAU * i as f32 / n as f32)
}

fn points(places: Vec<[f32; 3]>) -> Array2<f32> {
    Array2::from_shape_fn((places.len(), 3), |(i, axis)| places[i][axis])
}

/// Connected components and holes at a scale.
fn betti(shape: &Persistence, scale: f64) -> [usize; 2] {
    [&shape.h0, &shape.h1].map(|bars| betti_curve(bars, &array![scale])[0])
}

/// Uniform in the unit cube.
fn uniform(n: usize, d: usize) -> Array2<f32> {
    let mut state = 3u64;
    Array2::from_shape_simple_fn((n, d), || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        (state >> 40) as f32 / (1u64 << 24) as f32
    })
}

#[test]
fn a_circle_has_one_hole_of_the_known_size() -> Result<()> {
    let circle = points(angles(120).map(|t| [t.cos(), t.sin(), 0.0]).collect());
    let shape = persistence(&circle, 120, 1)?;
    // It is born when neighbors touch, and filled when an equilateral triangle fits: at the square root of 3.
    assert!(
        (shape.h1[0].birth - 2.0 * (std::f64::consts::PI / 120.0).sin()).abs() < 1e-5,
        "{:?}",
        shape.h1[0]
    );
    assert!((shape.h1[0].death - 3f64.sqrt()).abs() < 1e-3, "{:?}", shape.h1[0]);
    assert_eq!(shape.h0.len(), 120);
    assert_eq!([0.01, 0.3, 1.0, 2.0].map(|scale| betti(&shape, scale)), [[120, 0], [1, 1], [1, 1], [1, 0]]);
    Ok(())
}

#[test]
fn a_figure_eight_and_a_torus_have_two_holes() -> Result<()> {
    let mut eight: Vec<[f32; 3]> = angles(60).map(|t| [t.cos() - 1.0, t.sin(), 0.0]).collect();
    eight.extend(angles(60).map(|t| [1.0 - t.cos(), t.sin(), 0.0]).skip(1));
    let torus = angles(36)
        .flat_map(|u| {
            angles(16).map(move |v| [(2.0 + v.cos()) * u.cos(), (2.0 + v.cos()) * u.sin(), v.sin()])
        })
        .collect();
    for (name, rows, landmarks) in [("eight", points(eight), 119), ("torus", points(torus), 250)] {
        let shape = persistence(&rows, landmarks, 3)?;
        // Beyond the step of the landmarks, before the tube or ring is filled.
        assert_eq!(betti(&shape, 1.4), [1, 2], "{name}");
        let longest = &shape.h1[..3.min(shape.h1.len())];
        assert!(longest[1].length() > 2.0 * longest.get(2).map_or(0.0, Bar::length), "{name} {longest:?}");
    }
    Ok(())
}

#[test]
fn two_clusters_are_two_pieces_until_they_meet() -> Result<()> {
    let mut rows = even(80, 2);
    rows.slice_mut(ndarray::s![40.., 0]).mapv_inplace(|x| x + 10.0);
    let shape = persistence(&rows, 80, 1)?;
    assert!(shape.h0[0].death.is_infinite());
    assert!(shape.h0[1].death > 8.0 && shape.h0[2].death < 1.0, "{:?}", &shape.h0[..3]);
    assert_eq!([0.0, 1.0, 20.0].map(|scale| betti(&shape, scale)), [[80, 0], [2, 0], [1, 0]]);
    assert_eq!(betti(&shape, shape.h0[1].death), [1, 0], "a bar ends where it dies");
    Ok(())
}

#[test]
fn dimension_of_flat_sheets_is_found_and_duplicates_do_no_harm() -> Result<()> {
    for d in [1, 2, 3] {
        let rows = uniform(2000, d);
        let doubled = ndarray::concatenate![ndarray::Axis(0), rows, rows];
        for rows in [rows, doubled] {
            let graph = knn_graph(&rows, 15, Metric::Euclidean)?;
            for estimate in [two_nn_dimension(&graph), mle_dimension(&graph)] {
                assert!(
                    (estimate - d as f64).abs() < 0.25 * d as f64,
                    "{d}, {} rows: {estimate}",
                    graph.n_rows()
                );
            }
        }
    }
    let graph = knn_graph(&Array2::ones((30, 3)), 5, Metric::Euclidean)?;
    assert_eq!((two_nn_dimension(&graph), mle_dimension(&graph)), (0.0, 0.0));
    Ok(())
}

#[test]
fn dimensions_follow_their_formulas() {
    let graph = |rows: &[[f32; 3]]| KnnGraph {
        indices: Array2::zeros((rows.len(), 3)),
        distances: Array2::from_shape_fn((rows.len(), 3), |(i, j)| rows[i][j]),
        metric: Metric::Euclidean,
        recall: None,
    };
    // Two ratios to the farthest, 4 and 2, over one less than their number.
    let expected = 1.0 / (4f64.ln() + 2f64.ln());
    assert!((mle_dimension(&graph(&[[1.0, 2.0, 4.0]])) - expected).abs() < 1e-6);
    // Of ten ratios, 2 to the powers 1 to 10, the largest is left out.
    let rows: Vec<[f32; 3]> = (1..=10).map(|power| [1.0, 2f32.powi(power), 2000.0]).collect();
    let points = (1..10).map(|i| (f64::from(i) * 2f64.ln(), -(1.0 - f64::from(i) / 10.0).ln()));
    let (xy, xx) = points.fold((0.0, 0.0), |(xy, xx), (x, y)| (xy + x * y, xx + x * x));
    assert!((two_nn_dimension(&graph(&rows)) - xy / xx).abs() < 1e-6);
}

#[test]
fn a_center_is_a_hub() -> Result<()> {
    let mut star = vec![[0.0; 3]];
    star.extend(angles(12).map(|t| [t.cos() * 5.0, t.sin() * 5.0, 0.0]));
    star.extend((0..12).map(|i| [0.0, 0.0, 6.0 + 3.0 * i as f32]));
    let (counts, skewness) = hubness(&knn_graph(&points(star), 3, Metric::Euclidean)?);
    assert_eq!(counts.sum(), 25 * 3);
    assert!(counts[0] >= 2 && skewness.is_finite());
    let ring = points(angles(20).map(|t| [t.cos(), t.sin(), 0.0]).collect());
    let (counts, _) = hubness(&knn_graph(&ring, 2, Metric::Euclidean)?);
    assert!(counts.iter().all(|&count| count == 2), "{counts}");
    Ok(())
}

#[test]
fn bars_and_their_distances_equal_those_of_gudhi() -> Result<()> {
    let json: serde_json::Value =
        serde_json::from_str(include_str!("fixtures/persistence.json")).expect("JSON");
    let number = |value: &serde_json::Value| value.as_f64().expect("a number");
    let list = |value: &serde_json::Value| value.as_array().expect("a list").clone();
    let mut shapes = Vec::new();
    for name in ["eight", "cloud"] {
        let rows = list(&json[name]["points"]);
        let rows = Array2::from_shape_fn((rows.len(), 3), |(i, axis)| number(&rows[i][axis]) as f32);
        let shape = persistence(&rows, rows.nrows(), 1)?;
        let theirs = |kind: &str| -> Vec<Bar> {
            let bars = list(&json[name][kind]);
            let endless = (kind == "h0").then_some(Bar { birth: 0.0, death: f64::INFINITY });
            let finite = bars.iter().map(|bar| match kind {
                "h0" => Bar { birth: 0.0, death: number(bar) },
                _ => Bar { birth: number(&bar[0]), death: number(&bar[1]) },
            });
            endless.into_iter().chain(finite).collect()
        };
        for (kind, ours) in [("h0", &shape.h0), ("h1", &shape.h1)] {
            let theirs = theirs(kind);
            assert_eq!(ours.len(), theirs.len(), "{name} {kind}");
            for (ours, theirs) in ours.iter().zip(&theirs) {
                assert!((ours.birth - theirs.birth).abs() < 1e-5, "{name} {kind}: {ours:?} {theirs:?}");
                let same = ours.death == theirs.death || (ours.death - theirs.death).abs() < 1e-5;
                assert!(same, "{name} {kind}: {ours:?} {theirs:?}");
            }
        }
        shapes.push(shape);
    }
    let (a, b) = (&shapes[0], &shapes[1]);
    for (dim, (a, b)) in [(&a.h0, &b.h0), (&a.h1, &b.h1)].into_iter().enumerate() {
        assert!((bottleneck(a, b) - number(&json["bottleneck"][dim])).abs() < 1e-5, "dimension {dim}");
        assert!((wasserstein(a, b) - number(&json["wasserstein"][dim])).abs() < 1e-5, "dimension {dim}");
    }
    Ok(())
}

#[cfg(feature = "annembed")]
#[test]
fn hubs_and_dimensions_agree_with_annembed() -> Result<()> {
    use annembed::fromhnsw::hubness::Hubness;
    use annembed::fromhnsw::kgraph::{KGraph, kgraph_from_hnsw_all};
    use hnsw_rs::anndists::dist::DistL2;
    use hnsw_rs::hnsw::Hnsw;

    // Three circles' product, which has no border at which an estimate would come out low.
    let (n, k, d) = (1500, 20, 3);
    let angles = uniform(n, d) * std::f32::consts::TAU;
    let rows = ndarray::concatenate![ndarray::Axis(1), angles.mapv(f32::cos), angles.mapv(f32::sin)];
    let vectors: Vec<Vec<f32>> = rows.rows().into_iter().map(|row| row.to_vec()).collect();
    let mut index = Hnsw::new(48, n, 16, 400, DistL2 {});
    index.set_keeping_pruned(true);
    vectors.iter().zip(0..).for_each(|numbered| index.insert((numbered.0, numbered.1)));
    let theirs: KGraph<f32> = kgraph_from_hnsw_all(&index, k).expect("a graph");

    // Its graph in the order of the rows.
    let row_of: Vec<usize> = (0..n).map(|i| *theirs.get_data_id_from_idx(i).expect("a row")).collect();
    let mut graph = knn_graph(&rows, k, Metric::Euclidean)?;
    let exact = graph.indices.clone();
    for (i, &row) in row_of.iter().enumerate() {
        let edges = theirs.get_out_edges_by_idx(i);
        assert_eq!(edges.len(), k);
        for (slot, edge) in edges.iter().enumerate() {
            graph.indices[[row, slot]] = row_of[edge.node] as u32;
            graph.distances[[row, slot]] = edge.weight;
        }
    }
    let pairs = exact.rows().into_iter().zip(graph.indices.rows());
    let found: usize = pairs.map(|(a, b)| a.iter().filter(|j| b.iter().any(|l| l == *j)).count()).sum();
    assert!(found as f64 > 0.98 * exact.len() as f64, "{found} of {} neighbors", exact.len());

    let (counts, skewness) = hubness(&graph);
    let hubs = Hubness::new(&theirs);
    assert!(row_of.iter().zip(hubs.get_counts()).all(|(&row, count)| counts[row] == *count));
    // It divides the variance by one less.
    let less = (n as f64 / (n as f64 - 1.0)).powf(1.5);
    assert!((skewness - less * hubs.get_standard3m()).abs() < 1e-6, "{skewness} {}", hubs.get_standard3m());

    // It fits the largest ratios too. Its maximum likelihood passes over each row's nearest neighbor, which makes it
    // too high: that one is held against the truth alone.
    let two_nn = theirs.estimate_intrinsic_dim_2nn(n).expect("a dimension");
    let ours = two_nn_dimension(&graph);
    assert!((ours / two_nn - 1.0).abs() < 0.05, "{ours} against {two_nn}");
    let mle = mle_dimension(&graph);
    assert!((mle / d as f64 - 1.0).abs() < 0.05, "{mle} for {d}");
    Ok(())
}

/// Class, `forms_at`, `merges_at` and `merges_with`.
type Read = (u32, f64, f64, Vec<u32>);

/// What is read of each class, in order.
fn classes_of(rows: &Array2<f32>, codes: &[u32]) -> Result<Vec<Read>> {
    let classes = class_components(rows, &Labels::unnamed(codes.iter().copied().collect()))?;
    let parts = |c: ClassComponent| (c.class, c.forms_at, c.merges_at, c.merges_with);
    Ok(classes.components.into_iter().map(parts).collect())
}

#[test]
fn a_class_is_a_component_from_forming_to_merging() -> Result<()> {
    // Class 0 steps by 1, class 1 by 2 with a stray that is nearer to class 0, class 2 is one row far away.
    let places = [0.0, 1.0, 2.0, 3.0, 3.5, 10.0, 12.0, 14.0, 100.0];
    let rows = Array2::from_shape_fn((9, 1), |(i, _)| places[i]);
    assert_eq!(
        classes_of(&rows, &[0, 0, 0, 0, 1, 1, 1, 1, 2])?,
        [(2, 0.0, 86.0, vec![0, 1]), (0, 1.0, 6.5, vec![1]), (1, 2.0, 6.5, vec![0])]
    );
    // Steps of one length are one event, whichever comes first.
    let row = array![[0.0], [1.0], [2.0]];
    assert_eq!(
        classes_of(&row, &[7, 5, 6])?,
        [(5, 0.0, 1.0, vec![6, 7]), (6, 0.0, 1.0, vec![5, 7]), (7, 0.0, 1.0, vec![5, 6])]
    );
    // Half of a class is not yet more than half.
    assert_eq!(
        classes_of(&array![[0.0], [1.0], [5.0]], &[0, 1, 0])?,
        [(1, 0.0, 4.0, vec![0]), (0, 4.0, 4.0, vec![1])]
    );
    assert_eq!(classes_of(&row, &[4, 4, 4])?, [(4, 1.0, f64::INFINITY, vec![])]);
    let error = classes_of(&row, &[1, 2]).expect_err("too few").to_string();
    assert!(error.contains("3 rows in the data, 2 in the labels; give one label per row"), "{error}");
    Ok(())
}

#[test]
fn rows_without_a_class_are_steps_of_none() -> Result<()> {
    const NONE: u32 = Labels::MISSING;
    // Two pairs, and between them a row that halves the gap.
    let rows = array![[0.0], [1.0], [4.0], [7.0], [8.0]];
    assert_eq!(classes_of(&rows, &[0, 0, NONE, 1, 1])?, [(0, 1.0, 3.0, vec![1]), (1, 1.0, 3.0, vec![0])]);
    let error = classes_of(&rows, &[NONE; 5]).expect_err("no class").to_string();
    assert_eq!(error, "the list of classes is empty; give at least one row its class");
    Ok(())
}

#[test]
fn three_hundred_classes_form_and_merge() -> Result<()> {
    // Pairs along a line: class `c` forms at a width of its own, and all gaps are 10.
    let width = |class: u32| 1.0 + class as f32 / 512.0;
    let (mut places, mut codes, mut end) = (Vec::new(), Vec::new(), 0.0);
    for class in 0..300 {
        places.extend([end, end + width(class)]);
        codes.extend([class, class]);
        end += width(class) + 10.0;
    }
    let rows = Array2::from_shape_fn((600, 1), |(i, _)| places[i]);
    let classes = classes_of(&rows, &codes)?;
    assert_eq!(classes.len(), 300);
    for (expected, (class, forms_at, merges_at, with)) in (0..300).zip(classes) {
        assert_eq!((class, forms_at, merges_at), (expected, f64::from(width(expected)), 10.0));
        assert_eq!(with, (0..300).filter(|&other| other != expected).collect::<Vec<u32>>());
    }
    Ok(())
}

#[test]
fn classes_of_latents_stand_beside_those_of_the_map() -> Result<()> {
    let names: Vec<String> = ["coat", "shoe"].map(String::from).to_vec();
    let labels = Labels::new(array![0, 0, 1, 1], names)?;
    let of = |rows: Array2<f32>| class_components(&rows, &labels);
    let latents = of(array![[0.0], [1.0], [3.0], [5.0]])?;
    let map = of(array![[0.0], [1.0], [9.0], [11.0]])?;
    assert_eq!((latents.name(1), latents.get(1).map(ClassComponent::separation)), ("shoe", Some(1.0)));
    let cells = |table: &neural_manifold::display::TableView| -> Vec<Vec<String>> {
        table.rows.iter().flatten().cloned().collect()
    };
    assert_eq!(
        cells(&latents.beside(&map)?),
        [
            ["coat", "1.000", "2.000", "2.00", "8.00", "shoe"],
            ["shoe", "2.000", "2.000", "1.00", "4.00", "coat"]
        ]
    );
    assert_eq!(
        cells(&latents.table()),
        [["coat", "1.000", "2.000", "2.00", "shoe"], ["shoe", "2.000", "2.000", "1.00", "coat"]]
    );
    let others = ClassComponents { components: map.components[..1].to_vec(), names: map.names.clone() };
    let error = latents.beside(&others).expect_err("another count").to_string();
    assert!(error.contains("2 classes in the latents, 1 in the map; 1 are the same"), "{error}");
    let renamed = ClassComponents { names: vec!["coat".into(), "boot".into()], ..map };
    assert!(latents.beside(&renamed).is_err());
    Ok(())
}

#[test]
fn comparing_shapes_equals_measuring_by_hand() -> Result<()> {
    let config = TopologyConfig { n_landmarks: 40, ..Default::default() };
    let ring = points(angles(50).map(|t| [t.cos(), t.sin(), 0.0]).collect());
    let shapes = [
        analyze(&ring, &config)?,
        analyze(&uniform(60, 3), &config)?,
        analyze(&(even(60, 2) * 9.0), &config)?,
    ];
    let [a, b, c] = &shapes;
    let distances = compare(&[("ring", a), ("cube", b), ("square", c)])?;
    let names: Vec<(&str, &str)> =
        distances.pairs.iter().map(|pair| (pair.from.as_str(), pair.to.as_str())).collect();
    assert_eq!(names, [("ring", "cube"), ("cube", "square"), ("ring", "square")]);
    for (pair, (from, to)) in distances.pairs.iter().zip([(a, b), (b, c), (a, c)]) {
        let (from, to) = (from.persistence.scaled(), to.scaled_persistence());
        assert_eq!(pair.h0_bottleneck, bottleneck(&from.h0, &to.h0));
        assert_eq!(pair.h0_wasserstein, wasserstein(&from.h0, &to.h0));
        assert_eq!(pair.h1_bottleneck, bottleneck(&from.h1, &to.h1));
        assert_eq!(pair.h1_wasserstein, wasserstein(&from.h1, &to.h1));
        assert!(pair.h0_bottleneck > 0.0 && pair.h1_wasserstein > 0.0);
    }
    assert_eq!(distances.table().rows[0].as_ref().expect("a pair")[0], "ring to cube");
    let told = |shapes: &[(&str, &neural_manifold::topology::Topology)]| {
        compare(shapes).expect_err("refused").to_string()
    };
    assert_eq!(told(&[("ring", a)]), "shapes is 1; give at least two to compare");
    assert!(told(&[("ring", a), ("cube", b), ("ring", c)]).contains("two \"ring\""));
    Ok(())
}

#[test]
fn scaled_diagrams_compare_shape_without_size() -> Result<()> {
    let small = persistence(&even(60, 3), 60, 1)?;
    let large = persistence(&(even(60, 3) * 250.0), 60, 1)?;
    assert!(bottleneck(&small.h0, &large.h0) > 1.0);
    let (small, large) = (small.scaled(), large.scaled());
    assert!(bottleneck(&small.h0, &large.h0) < 1e-5 && bottleneck(&small.h1, &large.h1) < 1e-5);
    let longest = small.h0.iter().chain(&small.h1).map(Bar::length).filter(|length| length.is_finite());
    assert!((longest.fold(0.0, f64::max) - 1.0).abs() < 1e-12);
    assert!((small.covering_radius - large.covering_radius).abs() < 1e-5);
    let alone = persistence(&Array2::ones((1, 2)), 1, 1)?;
    assert_eq!(alone.scaled().h0, alone.h0);
    Ok(())
}

#[test]
fn landmarks_cover_the_rows() -> Result<()> {
    let rows = even(500, 3);
    let (landmarks, radius) = max_min_landmarks(&rows, 40, 9)?;
    let distance = |i: usize, j: usize| {
        let difference = &rows.row(i) - &rows.row(j);
        f64::from(difference.dot(&difference)).sqrt()
    };
    let farthest = (0..500).map(|i| landmarks.iter().map(|&l| distance(i, l)).fold(f64::INFINITY, f64::min));
    assert!((farthest.fold(0.0, f64::max) - radius).abs() < 1e-6);
    assert_eq!(max_min_landmarks(&rows, 40, 9)?.0, landmarks);
    assert_ne!(max_min_landmarks(&rows, 40, 10)?.0[0], landmarks[0], "the seed chooses the first");
    let (twins, radius) = max_min_landmarks(&Array2::ones((9, 2)), 5, 0)?;
    assert!(twins.len() == 1 && radius == 0.0);
    Ok(())
}

#[test]
fn distances_of_diagrams_are_those_found_by_hand() {
    let bar = |birth: f64, death: f64| Bar { birth, death };
    let long = bar(0.0, 10.0);
    // The short bar goes to nothing at half its length, the long one moves by one.
    let (a, b) = (vec![long, bar(3.0, 4.0)], vec![bar(0.0, 11.0)]);
    assert_eq!(bottleneck(&a, &b), 1.0);
    assert_eq!(wasserstein(&a, &b), 1.5);
    assert_eq!(bottleneck(&b, &a), 1.0);
    assert_eq!((bottleneck(&a, &a), wasserstein(&a, &a)), (0.0, 0.0));
    assert_eq!((bottleneck(&a, &[]), wasserstein(&a, &[])), (5.0, 5.5));
    assert_eq!((bottleneck(&[], &[]), wasserstein(&[], &[])), (0.0, 0.0));
    let endless = vec![bar(2.0, f64::INFINITY)];
    assert_eq!(bottleneck(&endless, &[bar(5.0, f64::INFINITY)]), 3.0);
    assert!(bottleneck(&endless, &[]).is_infinite() && wasserstein(&[], &endless).is_infinite());
    for no_bar in [bar(f64::NAN, 1.0), bar(0.0, f64::NAN), bar(f64::INFINITY, 2.0)] {
        assert!(bottleneck(&a, &[no_bar]).is_nan() && wasserstein(&[no_bar], &a).is_nan(), "{no_bar:?}");
    }
}

#[test]
fn matching_many_bars_agrees_with_matching_in_order() {
    // Long bars born at 0 are best matched in the order of their deaths.
    let deaths = |step: f64| (0..60).map(move |i| Bar { birth: 0.0, death: 1000.0 + step * f64::from(i) });
    let (a, mut b): (Vec<Bar>, Vec<Bar>) = (deaths(1.0).collect(), deaths(1.5).collect());
    b.reverse();
    assert!((bottleneck(&a, &b) - 29.5).abs() < 1e-9);
    assert!((wasserstein(&a, &b) - 0.5 * (0..60).sum::<i32>() as f64).abs() < 1e-9);
}

#[test]
fn the_whole_description_and_what_bad_input_gets() -> Result<()> {
    let config = TopologyConfig { n_landmarks: 60, ..Default::default() };
    let shape = analyze(&even(300, 2), &config)?;
    assert_eq!((shape.n_points, shape.occurrences.sum()), (300, 300 * 15));
    assert_eq!(shape.persistence.landmarks.len(), 60);
    let refused = |rows: Array2<f32>, config: &TopologyConfig, words: &str| {
        let error = analyze(&rows, config).expect_err(words).to_string();
        assert!(error.contains(words), "{error}");
    };
    let mut broken = even(40, 2);
    broken[[7, 1]] = f32::NAN;
    refused(broken, &config, "rows holds NaN at row 7, column 1");
    refused(even(15, 2), &config, "n_neighbors is 15");
    refused(even(40, 2), &TopologyConfig { n_landmarks: 0, ..config.clone() }, "n_landmarks is 0");
    let other: KnnGraph = knn_graph(&even(50, 2), 15, Metric::Euclidean)?;
    let error = analyze_with(&even(40, 2), &other, &config).expect_err("another graph").to_string();
    assert!(error.contains("50 rows in the graph, 40 in the data"), "{error}");
    let equal = analyze(&Array2::ones((40, 2)), &config)?;
    assert!(equal.persistence.h1.is_empty() && equal.persistence.h0.len() == 1);
    Ok(())
}
