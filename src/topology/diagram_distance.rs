//! Distances of persistence diagrams. Each bar is matched with a bar of the other diagram or with the diagonal, at the
//! cost of half its length. Essential bars, which never end, are matched among themselves in the order of their births.

use super::Bar;

/// The bottleneck distance: the smallest `e` for which the diagrams can be matched with no bar moved by more than `e`
/// (Edelsbrunner & Harer, *Computational Topology*, VIII.2). Infinite when their numbers of essential bars differ, NaN when
/// a birth is not finite or a death is not a number.
///
/// ```
/// use neural_manifold::topology::{Bar, bottleneck};
///
/// let (a, b) = ([Bar { birth: 0.0, death: 4.0 }], [Bar { birth: 0.0, death: 3.0 }]);
/// assert_eq!(bottleneck(&a, &b), 1.0); // matched with each other: the death moves by 1
/// assert_eq!(bottleneck(&a, &[]), 2.0); // matched with the diagonal: half the length
/// ```
pub fn bottleneck(a: &[Bar], b: &[Bar]) -> f64 {
    if !are_diagrams(a, b) {
        return f64::NAN;
    }
    let Some(essential) = match_essential(a, b) else { return f64::INFINITY };
    let cost = costs(a, b);
    // The distance is one of the costs: the smallest that allows a perfect matching, found by bisection.
    let mut limits: Vec<f64> = cost.iter().flatten().copied().collect();
    limits.push(0.0);
    limits.sort_unstable_by(f64::total_cmp);
    limits.dedup();
    let enough = limits.partition_point(|&limit| !can_match(&cost, limit));
    let finite = *limits.get(enough).expect("all bars can be matched at the largest cost");
    essential.into_iter().fold(finite, f64::max)
}

/// The 1-Wasserstein distance with the maximum norm in the plane: the least sum of moves that matches the diagrams.
/// Infinite when their numbers of essential bars differ, NaN when a birth is not finite or a death is not a number.
///
/// ```
/// use neural_manifold::topology::{Bar, wasserstein};
///
/// let a = [Bar { birth: 0.0, death: 4.0 }, Bar { birth: 1.0, death: 2.0 }];
/// let b = [Bar { birth: 0.0, death: 3.0 }];
/// assert_eq!(wasserstein(&a, &b), 1.5); // the long bars move by 1, the short one to the diagonal by half its length
/// ```
pub fn wasserstein(a: &[Bar], b: &[Bar]) -> f64 {
    if !are_diagrams(a, b) {
        return f64::NAN;
    }
    let Some(essential) = match_essential(a, b) else { return f64::INFINITY };
    essential.into_iter().sum::<f64>() + assignment(&costs(a, b))
}

/// Whether every bar has the coordinates of a bar, so that every cost is finite.
fn are_diagrams(a: &[Bar], b: &[Bar]) -> bool {
    a.iter().chain(b).all(|bar| bar.birth.is_finite() && bar.death > f64::NEG_INFINITY)
}

/// The moves that match the essential bars; `None` when their numbers differ.
fn match_essential(a: &[Bar], b: &[Bar]) -> Option<Vec<f64>> {
    let births = |bars: &[Bar]| {
        let mut births: Vec<f64> =
            bars.iter().filter(|bar| bar.death.is_infinite()).map(|bar| bar.birth).collect();
        births.sort_unstable_by(f64::total_cmp);
        births
    };
    let (a, b) = (births(a), births(b));
    (a.len() == b.len()).then(|| a.iter().zip(&b).map(|(x, y)| (x - y).abs()).collect())
}

/// The square cost matrix of the finite bars. Rows: bars of `a`, then a place on the diagonal per bar of `b`; columns: bars
/// of `b`, then a place on the diagonal per bar of `a`.
fn costs(a: &[Bar], b: &[Bar]) -> Vec<Vec<f64>> {
    let finite = |bars: &[Bar]| bars.iter().copied().filter(|bar| bar.death.is_finite()).collect::<Vec<_>>();
    let (a, b) = (finite(a), finite(b));
    let size = a.len() + b.len();
    let entry = |i: usize, j: usize| match (a.get(i), b.get(j)) {
        (Some(x), Some(y)) => (x.birth - y.birth).abs().max((x.death - y.death).abs()),
        (Some(alone), None) | (None, Some(alone)) => alone.length() / 2.0,
        (None, None) => 0.0,
    };
    (0..size).map(|i| (0..size).map(|j| entry(i, j)).collect()).collect()
}

/// Whether there is a perfect matching by costs of at most `limit`, by augmenting paths (Kuhn 1955).
fn can_match(cost: &[Vec<f64>], limit: f64) -> bool {
    let size = cost.len();
    let mut partner = vec![usize::MAX; size];
    for start in 0..size {
        // Breadth first, because a depth-first search would recurse as deep as the diagrams are large.
        let mut reached_from = vec![usize::MAX; size];
        let mut queue = std::collections::VecDeque::from([start]);
        let mut free = None;
        'search: while let Some(i) = queue.pop_front() {
            for j in 0..size {
                if cost[i][j] <= limit && reached_from[j] == usize::MAX {
                    reached_from[j] = i;
                    if partner[j] == usize::MAX {
                        free = Some(j);
                        break 'search;
                    }
                    queue.push_back(partner[j]);
                }
            }
        }
        let Some(mut j) = free else { return false };
        loop {
            let i = reached_from[j];
            let previous = partner.iter().position(|&p| p == i);
            partner[j] = i;
            match previous {
                Some(taken) if i != start => j = taken,
                _ => break,
            }
        }
    }
    true
}

/// The least sum of a perfect matching, by shortest augmenting paths (Jonker & Volgenant 1987).
fn assignment(cost: &[Vec<f64>]) -> f64 {
    let size = cost.len();
    // Row and column 0 are sentinels.
    let (mut row_price, mut column_price) = (vec![0.0; size + 1], vec![0.0; size + 1]);
    let mut row_of = vec![0usize; size + 1];
    for row in 1..=size {
        row_of[0] = row;
        let mut column = 0;
        let mut slack = vec![f64::INFINITY; size + 1];
        let mut from = vec![0usize; size + 1];
        let mut used = vec![false; size + 1];
        while row_of[column] != 0 {
            used[column] = true;
            let current = row_of[column];
            let (mut step, mut next) = (f64::INFINITY, 0);
            for j in 1..=size {
                if used[j] {
                    continue;
                }
                let reduced = cost[current - 1][j - 1] - row_price[current] - column_price[j];
                if reduced < slack[j] {
                    (slack[j], from[j]) = (reduced, column);
                }
                if slack[j] < step {
                    (step, next) = (slack[j], j);
                }
            }
            for j in 0..=size {
                if used[j] {
                    row_price[row_of[j]] += step;
                    column_price[j] -= step;
                } else {
                    slack[j] -= step;
                }
            }
            column = next;
        }
        while column != 0 {
            row_of[column] = row_of[from[column]];
            column = from[column];
        }
    }
    (1..=size).map(|j| cost[row_of[j] - 1][j - 1]).sum()
}
