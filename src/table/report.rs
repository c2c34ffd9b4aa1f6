//! What a table says of itself in a few lines.

use super::Table;

/// Names listed before the rest is counted.
const LISTED: usize = 60;

impl Table {
    /// What was read, guessed and left out, one line each.
    pub fn report(&self) -> String {
        let mut lines = vec![format!("{}: {}", self.name(), counted(self.len(), "row"))];
        let listed: Vec<String> =
            self.columns().iter().take(LISTED).map(|column| self.column_words(column)).collect();
        if !listed.is_empty() {
            let more = match self.columns().len() {
                n if n > LISTED => format!(" and {} more", n - LISTED),
                _ => String::new(),
            };
            lines.push(format!("columns: {}{more}", listed.join(", ")));
        }
        let role = |what: &str, column: Option<&str>| column.map(|column| format!("{what}: {column}"));
        lines.extend(role("label", self.label_column()));
        lines.push(role("id", self.id_column()).unwrap_or_else(|| "id: row numbers".to_string()));
        lines.extend(role("split", self.split_column()));
        lines.extend(role("titles", self.title_column()));
        lines.extend(role("text", self.text_column()));
        if let Some(pictures) = &self.pictures {
            let shown = pictures.sources.iter().flatten().count();
            lines.push(format!("pictures: {shown} of {}", self.len()));
        }
        for set in self.vector_sets() {
            let out = set.left_out;
            let reasons: Vec<String> =
                [(out.missing, "missing"), (out.non_finite, "not finite"), (out.zero, "zero")]
                    .iter()
                    .filter(|(count, _)| *count > 0)
                    .map(|(count, reason)| format!("{count} {reason}"))
                    .collect();
            let left_out = match reasons.is_empty() {
                true => String::new(),
                false => format!("; left out: {}", reasons.join(", ")),
            };
            let (rows, width, metric) = (set.rows.len(), set.width(), set.metric);
            lines.push(format!(
                "vectors: {}, {rows} x {width}, {metric} distance ({}){left_out}",
                set.name, set.why
            ));
        }
        for map in self.coordinates() {
            lines.push(format!("map: {}, {} of {} rows", map.name, map.rows.len(), self.len()));
        }
        lines.extend(self.notes.iter().cloned());
        lines.join("\n")
    }

    fn column_words(&self, column: &super::Column) -> String {
        let missing = match column.n_missing {
            0 => String::new(),
            n => format!(", {n} missing"),
        };
        format!("{} ({}{missing})", column.name, column.kind.name())
    }
}

/// "1 row", "2 rows".
pub(super) fn counted(count: usize, noun: &str) -> String {
    if count == 1 { format!("1 {noun}") } else { format!("{count} {noun}s") }
}
