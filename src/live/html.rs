//! A bar and a curve as HTML that suits light and dark pages: no color but the palette's and the page's own.

use std::fmt::Write;

use crate::math::palette::PALETTE;

const FRAME: &str = "font:13px/1.5 system-ui,sans-serif;max-width:640px;font-variant-numeric:tabular-nums";
const TRACK: &str =
    "flex:1;align-self:center;height:8px;border-radius:4px;overflow:hidden;background:rgba(128,128,128,.25)";
/// The curve's size in units of its drawing, and the space for its numbers.
const WIDTH: f64 = 640.0;
const HEIGHT: f64 = 180.0;
const LEFT: f64 = 56.0;
const BELOW: f64 = 20.0;

/// How far work has come.
pub(crate) struct Bar<'a> {
    pub label: &'a str,
    /// 0–1.
    pub share: f64,
    /// What stands below the bar, each as a line.
    pub lines: &'a [String],
}

impl Bar<'_> {
    /// The bar, its lines, and `below` them, which is HTML.
    pub fn html(&self, below: &str) -> String {
        let percent = (100.0 * self.share).floor();
        let label = escape(self.label);
        let lines: String = self
            .lines
            .iter()
            .map(|line| format!("<div style='opacity:.75'>{}</div>", escape(line)))
            .collect();
        format!(
            "<div style='{FRAME}'><div style='display:flex;gap:12px'><b>{label}</b>\
             <div role='progressbar' aria-label='{label}' aria-valuenow='{percent}' style='{TRACK}'>\
             <div style='height:8px;width:{percent}%;background:{color}'></div></div><span>{percent} %</span></div>\
             {lines}{below}</div>",
            color = PALETTE[0],
        )
    }
}

/// Losses as they come.
#[derive(Debug, Default)]
pub(crate) struct Curve {
    /// Within the epochs: where, and how much.
    pub running: Vec<(f64, f64)>,
    /// After each epoch: its number, the loss of training, and that of validation.
    pub epochs: Vec<(f64, f64, f64)>,
}

impl Curve {
    /// The curve as a drawing whose axis goes to `end`, so that it grows towards a place that is there from the start.
    pub fn svg(&self, end: f64) -> String {
        let all = || {
            let epochs = self.epochs.iter().flat_map(|&(_, training, validation)| [training, validation]);
            self.running.iter().map(|&(_, loss)| loss).chain(epochs).filter(|loss| loss.is_finite())
        };
        let (low, high) =
            all().fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), x| (low.min(x), high.max(x)));
        if low > high {
            return String::new();
        }
        let span = if high > low { high - low } else { 1.0 };
        let x = |at: f64| LEFT + (WIDTH - LEFT - 8.0) * at / end.max(1e-9);
        let y = |loss: f64| 8.0 + (HEIGHT - BELOW - 16.0) * (high - loss) / span;
        let path = |points: &mut dyn Iterator<Item = (f64, f64)>| {
            points.fold(String::new(), |mut path, (at, loss)| {
                let command = if path.is_empty() { 'M' } else { 'L' };
                write!(path, "{command}{:.1} {:.1}", x(at), y(loss)).expect("a string takes all text");
                path
            })
        };
        let running = path(&mut self.running.iter().copied());
        let training = path(&mut self.epochs.iter().map(|&(at, training, _)| (at, training)));
        let validation = path(&mut self.epochs.iter().map(|&(at, _, validation)| (at, validation)));
        let number = |x: f64, y: f64, anchor: &str, text: String| {
            format!(
                "<text x='{x:.1}' y='{y:.1}' text-anchor='{anchor}' fill='currentColor' opacity='.75'>{text}</text>"
            )
        };
        let dots: String = self
            .epochs
            .iter()
            .map(|&(at, _, loss)| {
                format!("<circle cx='{:.1}' cy='{:.1}' r='3' fill='{}'/>", x(at), y(loss), PALETTE[1])
            })
            .collect();
        let numbers = [
            number(LEFT - 8.0, 12.0, "end", format!("{high:.3}")),
            number(LEFT - 8.0, HEIGHT - BELOW - 4.0, "end", format!("{low:.3}")),
            number(WIDTH - 8.0, HEIGHT - 4.0, "end", format!("epoch {end:.0}")),
            number(LEFT, HEIGHT - 4.0, "start", "loss: training dotted, validation solid".into()),
        ];
        format!(
            "<svg role='img' aria-label='loss by epoch' viewBox='0 0 {WIDTH} {HEIGHT}' width='{WIDTH}' height='{HEIGHT}' \
             style='max-width:100%;font-size:11px'>\
             <path d='M{LEFT} 4V{base}H{WIDTH}' fill='none' stroke='currentColor' opacity='.3'/>\
             <path d='{running}' fill='none' stroke='{blue}' opacity='.45'/>\
             <path d='{training}' fill='none' stroke='{blue}' stroke-width='2' stroke-dasharray='2 4'/>\
             <path d='{validation}' fill='none' stroke='{orange}' stroke-width='2'/>{dots}{}</svg>",
            numbers.concat(),
            base = HEIGHT - BELOW,
            blue = PALETTE[0],
            orange = PALETTE[1],
        )
    }
}

/// Text made safe for HTML's content and attributes.
pub(crate) fn escape(text: &str) -> String {
    text.chars().fold(String::with_capacity(text.len()), |mut escaped, c| {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            other => escaped.push(other),
        }
        escaped
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_in_text_is_inert() {
        assert_eq!(escape("<b a='1'>&\""), "&lt;b a=&#39;1&#39;&gt;&amp;&quot;");
    }

    #[test]
    fn a_bar_says_how_far_it_is_in_words_too() {
        let lines = ["3 of 4 <rows>".to_string()];
        let html = Bar { label: "work", share: 0.756, lines: &lines }.html("");
        assert!(
            html.contains("aria-valuenow='75'")
                && html.contains("width:75%")
                && html.contains("3 of 4 &lt;rows&gt;")
        );
    }

    #[test]
    fn a_curve_grows_towards_its_end() {
        let curve = Curve { running: vec![(0.5, 2.0), (1.0, 1.0)], epochs: vec![(1.0, 1.0, 1.5)] };
        // Half of the way over an axis from 56 to 632: its middle.
        let svg = curve.svg(2.0);
        assert!(svg.contains("M200.0 8.0L344.0 152.0") && svg.contains("epoch 2"), "{svg}");
        assert_eq!(Curve::default().svg(2.0), "");
    }
}
