//! Tables of shapes, of their diagrams and of classes as connected components.

use super::{Bundle, TableView};
use crate::error::{Error, Result};
use crate::topology::{Bar, ClassComponent, ClassComponents, DiagramDistances, Persistence, Topology};

/// Bars shown of each dimension, the longest; the rest are the noise of sampling.
const BARS_SHOWN: usize = 5;

impl Topology {
    /// One row per measure of the shape.
    pub fn table(&self) -> TableView {
        let persistence = &self.persistence;
        let longest = |bars: &[Bar], which: usize| bars.get(which).map_or(0.0, Bar::length);
        let measures = [
            ("intrinsic dimension, two nearest neighbors", self.two_nn_dimension),
            ("intrinsic dimension, maximum likelihood", self.mle_dimension),
            ("skewness of hubness", self.hubness_skewness),
            ("longest gap between components (H0)", longest(&persistence.h0, 1)),
            ("longest hole (H1)", longest(&persistence.h1, 0)),
            ("covering radius of the landmarks", persistence.covering_radius),
        ];
        let title = format!("Shape of {} points, {} landmarks", self.n_points, persistence.landmarks.len());
        TableView::from_rows(
            &title,
            &["measure", "value"],
            &measures.map(|(name, value)| vec![name.to_string(), format!("{value:.3}")]),
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

impl Persistence {
    /// One row per bar, the five longest of each dimension.
    pub fn table(&self) -> TableView {
        let longest = |kind: &'static str, bars: &[Bar]| -> Vec<Vec<String>> {
            let shown = bars.iter().take(BARS_SHOWN);
            let number = |x: f64| format!("{x:.3}");
            shown
                .map(|bar| vec![kind.into(), number(bar.birth), number(bar.death), number(bar.length())])
                .collect()
        };
        let (h0, h1) = (self.h0.len(), self.h1.len());
        let title =
            format!("{h0} components and {h1} holes of {} landmarks, the longest", self.landmarks.len());
        TableView::from_rows(
            &title,
            &["feature", "birth", "death", "length"],
            &[longest("component (H0)", &self.h0), longest("hole (H1)", &self.h1)].concat(),
        )
    }

    /// The table of bars.
    pub fn bundle(&self) -> Bundle {
        self.table().bundle()
    }

    /// Shows the longest bars as a table.
    pub fn evcxr_display(&self) {
        self.bundle().show();
    }
}

impl DiagramDistances {
    /// One row per pair of shapes.
    pub fn table(&self) -> TableView {
        let rows = self.pairs.iter().map(|pair| {
            let distances =
                [pair.h0_bottleneck, pair.h0_wasserstein, pair.h1_bottleneck, pair.h1_wasserstein];
            let name = format!("{} to {}", pair.from, pair.to);
            std::iter::once(name).chain(distances.map(|distance| format!("{distance:.2}"))).collect()
        });
        TableView::from_rows(
            "Distances of persistence diagrams, the longest bar of each as 1",
            &[
                "shapes",
                "components: bottleneck",
                "components: Wasserstein",
                "holes: bottleneck",
                "holes: Wasserstein",
            ],
            &rows.collect::<Vec<_>>(),
        )
    }

    /// The table of pairs.
    pub fn bundle(&self) -> Bundle {
        self.table().bundle()
    }

    /// Shows the distances as a table.
    pub fn evcxr_display(&self) {
        self.bundle().show();
    }
}

impl ClassComponents {
    /// One row per class, in the order in which they form.
    pub fn table(&self) -> TableView {
        let rows = self.components.iter().map(|component| {
            let [class, forms_at, merges_at] = self.scales(component);
            let separation = format!("{:.2}", component.separation());
            vec![class, forms_at, merges_at, separation, self.merges_with(component)]
        });
        TableView::from_rows(
            "Classes as connected components, in the order in which they form",
            &["class", "forms at", "merges at", "ratio", "merges with"],
            &rows.collect::<Vec<_>>(),
        )
    }

    /// These components of the latents beside those of the same classes on a `map`. Where the ratio of a class is large
    /// on the map and 1 in the latents, the engine made the gap around it.
    ///
    /// # Errors
    /// A map of other classes.
    pub fn beside(&self, map: &ClassComponents) -> Result<TableView> {
        let row = |component: &ClassComponent| {
            let same_name = map.name(component.class) == self.name(component.class);
            let on_map = map.get(component.class).filter(|_| same_name)?;
            let [class, forms_at, merges_at] = self.scales(component);
            let ratios = [component, on_map].map(|component| format!("{:.2}", component.separation()));
            let [in_latents, on_map] = ratios;
            Some(vec![class, forms_at, merges_at, in_latents, on_map, self.merges_with(component)])
        };
        let rows: Vec<Vec<String>> = self.components.iter().filter_map(row).collect();
        if rows.len() < self.components.len() || rows.len() < map.components.len() {
            let (latents, map) = (self.components.len(), map.components.len());
            let remedy = format!("{} are the same; give the components of the same labels", rows.len());
            return Err(Error::mismatch("classes", (latents, "the latents"), (map, "the map"), remedy));
        }
        Ok(TableView::from_rows(
            "Classes as connected components, in the order in which they form in the latents",
            &[
                "class",
                "forms at",
                "merges at",
                "ratio, latents",
                "ratio, map",
                "merges with, in the latents",
            ],
            &rows,
        ))
    }

    /// The table of classes.
    pub fn bundle(&self) -> Bundle {
        self.table().bundle()
    }

    /// Shows the classes as a table.
    pub fn evcxr_display(&self) {
        self.bundle().show();
    }

    fn scales(&self, component: &ClassComponent) -> [String; 3] {
        let number = |scale: f64| format!("{scale:.3}");
        [self.name(component.class).to_string(), number(component.forms_at), number(component.merges_at)]
    }

    fn merges_with(&self, component: &ClassComponent) -> String {
        component.merges_with.iter().map(|&class| self.name(class)).collect::<Vec<_>>().join(", ")
    }
}
