//! Images with their channels last or first: the features of the encoder come in the one order, its linear layer takes
//! the other.

use rayon::prelude::*;

use super::CHUNK;

/// Matrices `[n, rows, columns]` as `[n, columns, rows]`.
pub(in crate::model) fn transposed(matrices: &[f32], rows: usize, columns: usize) -> Vec<f32> {
    let size = rows * columns;
    let mut out = vec![0.0; matrices.len()];
    matrices.par_chunks(CHUNK * size).zip(out.par_chunks_mut(CHUNK * size)).for_each(|(matrices, out)| {
        for (matrix, out) in matrices.chunks_exact(size).zip(out.chunks_exact_mut(size)) {
            for (column, out) in out.chunks_exact_mut(rows).enumerate() {
                let values = matrix[column..].iter().step_by(columns);
                out.iter_mut().zip(values).for_each(|(out, &value)| *out = value);
            }
        }
    });
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_the_transposed_of_each() {
        let (n, rows, columns) = (19, 6, 5);
        let matrices: Vec<f32> = (0..n * rows * columns).map(|value| value as f32).collect();
        let out = transposed(&matrices, rows, columns);
        for (place, &value) in out.iter().enumerate() {
            let (matrix, column, row) = (place / (rows * columns), place / rows % columns, place % rows);
            assert_eq!(value, matrices[(matrix * rows + row) * columns + column]);
        }
        assert_eq!(transposed(&out, columns, rows), matrices);
    }
}
