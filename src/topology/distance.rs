//! How far apart two persistence diagrams are. A bar is matched with one of the other diagram or with nothing,
//! at the cost of half its length. Bars that never end are matched among themselves, by birth.

use super::Bar;

/// The smallest `e` for which the diagrams can be matched with no bar moved by more than `e`
/// (Edelsbrunner & Harer, *Computational Topology*, VIII.2). Infinite when they differ in bars that never end.
pub fn bottleneck(a: &[Bar], b: &[Bar]) -> f64 {
    let Some(endless) = endless_moves(a, b) else { return f64::INFINITY };
    let cost = costs(a, b);
    let mut steps: Vec<f64> = cost.iter().flatten().copied().collect();
    steps.push(0.0);
    steps.sort_unstable_by(f64::total_cmp);
    steps.dedup();
    let enough = steps.partition_point(|&step| !can_match(&cost, step));
    let finite = steps.get(enough).copied().unwrap_or(0.0);
    endless.into_iter().fold(finite, f64::max)
}

/// The least total move that matches the diagrams: the 1-Wasserstein distance with the maximum norm in the plane.
/// Infinite when they differ in bars that never end.
pub fn wasserstein(a: &[Bar], b: &[Bar]) -> f64 {
    let Some(endless) = endless_moves(a, b) else { return f64::INFINITY };
    endless.into_iter().sum::<f64>() + assignment(&costs(a, b))
}

/// Moves that match the bars without end; `None` when their numbers differ.
fn endless_moves(a: &[Bar], b: &[Bar]) -> Option<Vec<f64>> {
    let births = |bars: &[Bar]| {
        let mut births: Vec<f64> =
            bars.iter().filter(|bar| bar.death.is_infinite()).map(|bar| bar.birth).collect();
        births.sort_unstable_by(f64::total_cmp);
        births
    };
    let (a, b) = (births(a), births(b));
    (a.len() == b.len()).then(|| a.iter().zip(&b).map(|(x, y)| (x - y).abs()).collect())
}

/// A square table: bars of `a`, then a nothing for each of `b`, against bars of `b`, then a nothing for each of `a`.
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

/// Whether all can be matched at a cost of at most `limit` each, by augmenting paths (Kuhn 1955).
fn can_match(cost: &[Vec<f64>], limit: f64) -> bool {
    let size = cost.len();
    let mut partner = vec![usize::MAX; size];
    for start in 0..size {
        // Breadth first, so that no recursion depends on the size of the diagrams.
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
