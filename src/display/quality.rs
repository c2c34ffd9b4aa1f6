//! Tables of scores, of three hops and of maps aligned with each other.

use super::{Bundle, TableView};
use crate::quality::{Hops, Procrustes, Quality, Stability};

impl Quality {
    /// One row per score; scores of classes only where there are labels.
    pub fn table(&self) -> TableView {
        let k = self.k;
        let mut scores = vec![
            (format!("trustworthiness, k {k}"), Some(self.trustworthiness)),
            (format!("continuity, k {k}"), Some(self.continuity)),
        ];
        scores.extend(
            self.recalls.iter().map(|(k, recall)| (format!("neighbor recall, k {k}"), Some(*recall))),
        );
        scores.extend([
            ("area under R_NX".to_string(), Some(self.r_nx_auc)),
            ("random triplets kept".to_string(), Some(self.random_triplets)),
            ("centroid triplets kept".to_string(), self.centroid_triplets),
            ("Spearman correlation of distances".to_string(), Some(self.spearman)),
            ("k-NN accuracy before".to_string(), self.knn_accuracy_high),
            ("k-NN accuracy on the map".to_string(), self.knn_accuracy_low),
            ("silhouette before".to_string(), self.silhouette_high),
            ("silhouette on the map".to_string(), self.silhouette_low),
        ]);
        let rows = scores.into_iter().filter_map(|(name, score)| Some(vec![name, format!("{:.4}", score?)]));
        let sample = if self.sampled { ", a seeded sample" } else { "" };
        TableView::from_rows(
            &format!("Quality of {} points{sample}", self.n_points),
            &["score", "value"],
            &rows.collect::<Vec<_>>(),
        )
    }

    /// The table of scores.
    pub fn bundle(&self) -> Bundle {
        self.table().bundle()
    }

    /// Shows the scores as a table.
    pub fn evcxr_display(&self) {
        self.bundle().show();
    }
}

impl Hops {
    /// One row per hop; each hop has all its scores in a field of its own.
    pub fn table(&self) -> TableView {
        let hops = [
            ("pixels to latents", &self.pixels_to_latents),
            ("latents to map", &self.latents_to_map),
            ("pixels to map", &self.pixels_to_map),
        ];
        let rows = hops.map(|(name, quality)| {
            let scores = [quality.trustworthiness, quality.continuity, quality.recall];
            std::iter::once(name.to_string()).chain(scores.map(|score| format!("{score:.3}"))).collect()
        });
        let k = self.pixels_to_map.k;
        let names = ["hop", "trustworthiness", "continuity", &format!("recall at {k}")];
        TableView::from_rows("What each hop keeps, scores from 0 to 1", &names, &rows)
    }

    /// The table of hops.
    pub fn bundle(&self) -> Bundle {
        self.table().bundle()
    }

    /// Shows the hops as a table.
    pub fn evcxr_display(&self) {
        self.bundle().show();
    }
}

impl Stability {
    /// One row per seed.
    pub fn table(&self) -> TableView {
        let rows = (0..self.seeds.len()).map(|i| {
            vec![
                self.seeds[i].to_string(),
                format!("{:.4}", self.disparities[i]),
                format!("{:.3}", self.median_displacements[i]),
                format!("{:.2}", self.max_displacements[i]),
            ]
        });
        let title = format!(
            "{} under {} other seeds: disparity {:.4} in the mean, {:.4} at most",
            self.map,
            self.seeds.len(),
            self.mean_disparity(),
            self.max_disparity()
        );
        let names = ["seed", "disparity", "median displacement", "largest displacement"];
        TableView::from_rows(&title, &names, &rows.collect::<Vec<_>>())
    }

    /// The table of seeds.
    pub fn bundle(&self) -> Bundle {
        self.table().bundle()
    }

    /// Shows the seeds as a table.
    pub fn evcxr_display(&self) {
        self.bundle().show();
    }
}

impl Procrustes {
    /// One row per measure of the difference.
    pub fn table(&self) -> TableView {
        let mut sorted = self.displacements.to_vec();
        sorted.sort_unstable_by(f32::total_cmp);
        let at = |place: usize| sorted.get(place).map_or("none".to_string(), |moved| format!("{moved:.3}"));
        let rows = [
            ("disparity", format!("{:.4}", self.disparity)),
            ("median displacement", at(sorted.len() / 2)),
            ("largest displacement", at(sorted.len().saturating_sub(1))),
        ];
        TableView::from_rows(
            &format!("Two maps of {} points, aligned", self.aligned.nrows()),
            &["measure", "value"],
            &rows.map(|(name, value)| vec![name.to_string(), value]),
        )
    }

    /// The table of measures.
    pub fn bundle(&self) -> Bundle {
        self.table().bundle()
    }

    /// Shows the measures as a table.
    pub fn evcxr_display(&self) {
        self.bundle().show();
    }
}
