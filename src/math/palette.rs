//! The colors of classes, in figures, in live displays and in the explorer.

/// Twelve hues that stay apart under protanopia, deuteranopia and tritanopia: the same in figures and in the explorer.
pub const PALETTE: [&str; 12] = [
    "#197499", "#f59a3d", "#493b97", "#119d6e", "#8a245d", "#11c3fc", "#605803", "#b882ba", "#c06600",
    "#95c195", "#9b1eff", "#50140a",
];

/// The color of rows without a class, and of classes that are too many to have one of their own.
pub(crate) const GRAY: &str = "#b8bcc4";

/// The color of a class. Beyond twelve the hues come round again, darker and lighter in turn, as in the explorer.
pub(crate) fn class_color(class: usize) -> String {
    let (round, hue) = (class / PALETTE.len(), PALETTE[class % PALETTE.len()]);
    let target = if round % 2 == 1 { 0.0 } else { 255.0 };
    let share = (0.22 * round.div_ceil(2) as f64).min(0.88);
    let [red, green, blue] = channels(hue).map(|value| {
        let value = f64::from(value);
        (value + (target - value) * share).round() as u8
    });
    format!("#{red:02x}{green:02x}{blue:02x}")
}

/// Red, green and blue of a color as `#rrggbb`.
pub(crate) fn channels(color: &str) -> [u8; 3] {
    [1, 3, 5].map(|at| u8::from_str_radix(&color[at..at + 2], 16).expect("colors are hexadecimal"))
}

#[cfg(test)]
mod tests {
    use super::{PALETTE, class_color};

    #[test]
    fn hues_come_round_again_in_another_shade() {
        assert_eq!(class_color(3), PALETTE[3]);
        assert_eq!(class_color(12), "#145a77"); // 22 % of the way from #197499 to black
        assert_eq!(class_color(24), "#4c93af"); // as far to white
    }
}
