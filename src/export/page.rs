//! The page itself: its files as they were when the library was built, apart or as one file.

use std::io::{self, Write};

use super::field::Field;
use crate::error::{Error, Result};

/// The page's first file, which names the others.
const INDEX: &str = include_str!("../../web-app/index.html");

/// Writes the list of files with their content from the list of their names.
macro_rules! files {
    ($($path:literal,)*) => {
        &[$(($path, include_str!(concat!("../../web-app/", $path))),)*]
    };
}

/// What `index.html` names, but the data; a test compares the two.
const FILES: &[(&str, &str)] = files![
    "style.css",
    "js/core/parts.js",
    "js/bar/theme.js",
    "js/core/store.js",
    "js/core/dom.js",
    "js/core/words.js",
    "js/core/labels.js",
    "js/core/text.js",
    "js/core/speech.js",
    "js/core/slices.js",
    "js/core/check.js",
    "js/core/schema.js",
    "js/core/schema_columns.js",
    "js/core/schema_network.js",
    "js/core/unpack.js",
    "js/core/rest.js",
    "js/core/load.js",
    "js/core/load_columns.js",
    "js/data/places.js",
    "js/data/latents.js",
    "js/data/levels.js",
    "js/data/shades.js",
    "js/data/classes.js",
    "js/data/columns.js",
    "js/data/names.js",
    "js/data/percentiles.js",
    "js/data/neighbors.js",
    "js/data/knn_worker.js",
    "js/data/network.js",
    "js/data/decoder.js",
    "js/data/encoder.js",
    "js/data/place.js",
    "js/data/pictures.js",
    "js/data/grid.js",
    "js/data/bits.js",
    "js/data/measures.js",
    "js/data/bins.js",
    "js/data/region.js",
    "js/data/clauses.js",
    "js/data/clause_text.js",
    "js/data/filter.js",
    "js/data/tags.js",
    "js/data/tag_store.js",
    "js/data/look_first.js",
    "js/data/stands_out.js",
    "js/data/clusters.js",
    "js/data/search.js",
    "js/data/at_hand.js",
    "js/data/order.js",
    "js/data/save_items.js",
    "js/table/rows.js",
    "js/table/row.js",
    "js/table/table.js",
    "js/map/palette.js",
    "js/map/color_modes.js",
    "js/map/view.js",
    "js/map/shade.js",
    "js/map/raster.js",
    "js/map/ticks.js",
    "js/map/drawing.js",
    "js/map/overlay.js",
    "js/map/pick.js",
    "js/map/pointer.js",
    "js/map/keyboard.js",
    "js/map/select_region.js",
    "js/map/lasso.js",
    "js/map/choose.js",
    "js/map/glide.js",
    "js/map/true_distance.js",
    "js/map/density.js",
    "js/map/contours.js",
    "js/map/class_names.js",
    "js/map/figure.js",
    "js/map/thumbnails.js",
    "js/map/neighbor_lines.js",
    "js/map/path_line.js",
    "js/map/second_map.js",
    "js/map/second_overlay.js",
    "js/map/selection_outline.js",
    "js/map/found_rings.js",
    "js/panel/describe.js",
    "js/panel/thumb.js",
    "js/panel/tabs.js",
    "js/panel/sheet.js",
    "js/panel/item.js",
    "js/panel/values.js",
    "js/panel/vector.js",
    "js/panel/heatmap.js",
    "js/panel/wide_vector.js",
    "js/panel/latent_editor.js",
    "js/panel/details.js",
    "js/panel/charts.js",
    "js/panel/histogram.js",
    "js/panel/level_bars.js",
    "js/panel/text_search_box.js",
    "js/panel/path.js",
    "js/panel/path_view.js",
    "js/panel/selection.js",
    "js/panel/apart.js",
    "js/panel/tag_list.js",
    "js/panel/cluster_list.js",
    "js/panel/dropped.js",
    "js/panel/lists.js",
    "js/panel/transitions.js",
    "js/panel/examples.js",
    "js/bar/map_switch.js",
    "js/bar/color_select.js",
    "js/bar/scores.js",
    "js/bar/save_figure.js",
    "js/bar/help.js",
    "js/bar/legend.js",
    "js/bar/level_list.js",
    "js/bar/jump.js",
    "js/bar/search_box.js",
    "js/bar/layers.js",
    "js/bar/filter_bar.js",
    "js/bar/time.js",
    "js/bar/history.js",
    "js/bar/tour.js",
    "js/first_map.js",
    "js/host.js",
    "js/address.js",
    "js/main.js",
];

/// What an `index.html` of ours holds, and one that somebody works on does not.
pub(super) const MARK: &str =
    concat!("<meta name=\"generator\" content=\"neural-manifold ", env!("CARGO_PKG_VERSION"), "\">");
/// What every version's mark begins with.
pub(super) const MARK_START: &str = "<meta name=\"generator\" content=\"neural-manifold ";
/// The line of the page's head after which the mark stands.
const CHARSET: &str = "<meta charset=\"utf-8\">\n";
const STYLE: &str = "<link rel=\"stylesheet\" href=\"style.css\">";

/// The page's files with their content, `index.html` last: a folder that has it has them all.
pub(super) fn files() -> impl Iterator<Item = (&'static str, String)> {
    let others = FILES.iter().map(|&(path, content)| (path, content.to_string()));
    others.chain(std::iter::once(("index.html", marked())))
}

fn marked() -> String {
    INDEX.replacen(CHARSET, &format!("{CHARSET}  {MARK}\n"), 1)
}

/// plotly.js as the one file holds it.
pub(super) fn packed_plotly(gzip: bool) -> Result<Field> {
    let source = plotly_js()?.into_bytes();
    let size = source.len();
    let mut plotly = Field::u8(source, vec![size]);
    if gzip {
        plotly.compress(|_| true);
    }
    Ok(plotly)
}

/// Writes the page with its style, scripts, data and plotly.js inside.
///
/// Scripts that wait for the page to be read stand at its end; the data keep the name by which the page asks for them.
/// plotly.js, the largest of them, is packed as the data are, and run by the page after its first paint.
pub(super) fn write_one_file(
    to: &mut dyn Write,
    data_js: impl FnOnce(&mut dyn Write) -> io::Result<()>,
    plotly: &Field,
) -> io::Result<()> {
    let mut data_js = Some(data_js);
    let mut waiting = Vec::new();
    for line in marked().lines() {
        let tag = line.trim();
        let script = tag.strip_prefix("<script src=\"").and_then(|rest| rest.split_once('"'));
        match script {
            Some((path, rest)) if rest.contains("defer") => waiting.push(path.to_string()),
            Some((path, _)) => write_script(to, content(path)?)?,
            None if tag == STYLE => write!(to, "<style>\n{}</style>\n", content("style.css")?)?,
            None => {
                if tag == "</body>" {
                    for path in &waiting {
                        match data_js.take_if(|_| path == "data.js") {
                            Some(write_data) => {
                                to.write_all(b"<script id=\"data-script\">\n")?;
                                write_data(to)?;
                                to.write_all(b"</script>\n")?;
                            }
                            None => write_script(to, content(path)?)?,
                        }
                    }
                    let (encoding, base64) = (plotly.encoding, plotly.base64());
                    let attributes =
                        format!("id=\"plotly-source\" type=\"text/plain\" data-encoding=\"{encoding}\"");
                    write!(to, "<script {attributes}>\n{base64}\n</script>\n")?;
                }
                writeln!(to, "{line}")?;
            }
        }
    }
    Ok(())
}

/// A file that the page names; a test finds them all.
fn content(path: &str) -> io::Result<&'static str> {
    let found = FILES.iter().find(|(name, _)| *name == path).map(|(_, content)| *content);
    found.ok_or_else(|| io::Error::other(format!("the page's file {path} was not built in")))
}

/// Writes a script as the HTML parser leaves it: it would end at `</script`, and change its mind at `<!--`. Both stand in
/// texts and patterns alone, where the backslash means nothing.
fn write_script(to: &mut dyn Write, script: &str) -> io::Result<()> {
    let script = script.replace("</script", "<\\/script").replace("<!--", "<\\!--");
    write!(to, "<script>\n{}\n</script>\n", script.trim_end())
}

/// plotly.js as the crate plotly carries it.
pub(super) fn plotly_js() -> Result<String> {
    let sources = plotly::Plot::offline_js_sources();
    // The first script is plotly.js, the second typesets formulas, which the page has none of.
    let found = sources
        .split_once("<script type=\"text/javascript\">")
        .and_then(|(_, rest)| rest.split_once("</script>\n"))
        .map(|(script, _)| script);
    match found {
        Some(script) if script.contains("Plotly") => Ok(script.to_string()),
        _ => Err(Error::dependency("plotly", "its embedded script is not where it was")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_files_built_in_are_those_that_the_page_names() {
        let named = |start: &str| -> Vec<String> {
            let after = INDEX.split(start).skip(1);
            after.map(|rest| rest.split('"').next().expect("a split has a first part").to_string()).collect()
        };
        let mut wanted = named("<script src=\"");
        wanted.retain(|path| path != "data.js");
        wanted.extend(named("<link rel=\"stylesheet\" href=\""));
        wanted.sort();
        let mut built_in: Vec<&str> = FILES.iter().map(|&(path, _)| path).collect();
        built_in.sort();
        assert_eq!(built_in, wanted);
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/web-app/");
        for (path, content) in FILES {
            assert_eq!(std::fs::read_to_string(format!("{folder}{path}")).unwrap(), *content, "{path}");
        }
    }

    #[test]
    fn nothing_in_the_one_file_ends_a_script_early_or_is_fetched() {
        let mut page = Vec::new();
        let data = |to: &mut dyn Write| to.write_all(b"window.DATA = 1;\n");
        write_one_file(&mut page, data, &Field::u8(b"plotly()".to_vec(), vec![8])).unwrap();
        let page = String::from_utf8(page).unwrap();
        assert_eq!(page.matches("<script").count(), page.matches("</script>").count());
        let mut script = Vec::new();
        write_script(&mut script, "text = '</script><!--';").unwrap();
        assert_eq!(script, b"<script>\ntext = '<\\/script><\\!--';\n</script>\n");
        assert!(!page.contains(" src=\"") && !page.contains("rel=\"stylesheet\""));
        assert_eq!(page.matches(MARK).count(), 1);
        let places = [
            "<style>",
            "window.NM = ",
            "</main>",
            "window.DATA",
            "NM.define(\"main\"",
            "cGxvdGx5KCk=", // plotly()
            "</body>",
        ];
        let found = places.map(|text| page.find(text).expect(text));
        assert!(found.is_sorted(), "{found:?}");
    }
}
