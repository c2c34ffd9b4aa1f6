//! A figure as a picture, drawn by headless Chromium: the same plotly.js draws it that draws it in JupyterLab.

use std::ffi::OsString;
use std::process::Command;

use plotly::Plot;

use crate::error::{Error, Result};
use crate::figures::Figure;

/// Pixels from left to right.
const WIDTH: u64 = 900;
/// Plotly's height for a figure that names none.
const HEIGHT: u64 = 450;

impl Figure {
    /// The figure with its picture, for those places where a notebook is read and plotly.js does not run, such as
    /// GitHub; takes about two seconds.
    ///
    /// # Errors
    /// As [`Figure::to_png`].
    pub fn with_preview(mut self) -> Result<Figure> {
        self.preview = Some(self.to_png()?);
        Ok(self)
    }

    /// The figure on white as a PNG file's bytes, 900 pixels wide and as high as its layout says.
    ///
    /// # Errors
    /// Chromium is not there, under its name or that in the variable `CHROMIUM`, or it draws nothing.
    pub fn to_png(&self) -> Result<Vec<u8>> {
        draw(&self.plot, std::env::var_os("CHROMIUM").unwrap_or_else(|| "chromium".into()))
    }
}

fn draw(plot: &Plot, chromium: OsString) -> Result<Vec<u8>> {
    let folder = tempfile::tempdir().map_err(|e| Error::io("create", &std::env::temp_dir(), e))?;
    let (page, picture) = (folder.path().join("figure.html"), folder.path().join("figure.png"));
    let json = plot.to_json();
    let height = serde_json::from_str::<serde_json::Value>(&json)
        .ok()
        .and_then(|figure| figure["layout"]["height"].as_u64())
        .unwrap_or(HEIGHT);
    let html = format!(
        "<!doctype html><meta charset=\"utf-8\"><style>body {{ margin: 0 }}</style>{scripts}<div id=\"figure\"></div>\
         <script>Plotly.newPlot('figure', {{ ...{figure}, config: {{ staticPlot: true }} }})</script>",
        scripts = Plot::offline_js_sources(),
        // A title may hold what would end the script.
        figure = json.replace("</", "<\\/"),
    );
    std::fs::write(&page, html).map_err(|e| Error::io("write", &page, e))?;

    let mut command = Command::new(&chromium);
    command.args(["--headless", "--hide-scrollbars", "--virtual-time-budget=10000"]);
    // Chromium starts no sandbox for root, in containers above all; the page is ours, and no other is opened.
    command.args(["--no-sandbox", "--enable-unsafe-swiftshader"]);
    command.arg(format!("--window-size={WIDTH},{height}"));
    command.arg(format!("--user-data-dir={}", folder.path().join("profile").display()));
    command.arg(format!("--screenshot={}", picture.display())).arg(&page);
    let failed = |reason: String| Error::dependency("Chromium", reason);
    let output = command.output().map_err(|e| {
        failed(format!(
            "{}: {e}; install it, or name it in the variable CHROMIUM",
            chromium.to_string_lossy()
        ))
    })?;
    std::fs::read(&picture).map_err(|_| failed(String::from_utf8_lossy(&output.stderr).trim().to_string()))
}

#[cfg(test)]
mod tests {
    use ndarray::{arr1, arr2};

    use super::{Figure, draw};
    use crate::labels::Labels;
    use crate::latents::Latents;
    use crate::projection::{PcaConfig, project};

    fn map() -> Figure {
        let rows = arr2(&[[0.0, 0.0], [1.0, 1.0], [2.0, 0.5], [0.0, 2.0]]);
        let labels = Labels::new(arr1(&[0, 0, 1, 1]), vec!["</script>".into(), "b".into()]).unwrap();
        let latents = Latents::new("test", rows, Some(labels)).unwrap();
        project(&latents, PcaConfig).unwrap().figure().unwrap()
    }

    #[test]
    fn the_preview_shows_the_points_in_their_colors() {
        let figure = map().with_preview().unwrap();
        let picture = image::load_from_memory(figure.preview.as_ref().unwrap()).unwrap().into_rgb8();
        assert_eq!(picture.dimensions(), (900, 620));
        // The palette's first two colors, paler by the markers' opacity: some blue and some orange pixels on white.
        let some =
            |wanted: fn(&image::Rgb<u8>) -> bool| picture.pixels().filter(|pixel| wanted(pixel)).count();
        assert!(some(|p| p[2] > p[0] + 60) > 5 && some(|p| p[0] > p[2] + 60) > 5);
        assert!(figure.bundle().get("image/png").unwrap().starts_with("iVBORw0KGgo"));
    }

    #[test]
    fn without_a_browser_the_remedy_is_named() {
        let error = draw(&map().plot, "no-such-browser".into()).unwrap_err().to_string();
        assert!(error.contains("no-such-browser") && error.contains("variable CHROMIUM"), "{error}");
    }
}
