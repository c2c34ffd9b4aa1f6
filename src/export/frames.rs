//! Frames: where the points of a map were before, one after another, which the page plays.

use ndarray::{Array2, Axis, concatenate};

use super::Explorer;
use super::field::Field;
use crate::error::{Error, Result, offer};
use crate::math::checks::{check_counts, check_rows};
use crate::projection::Projection;
use crate::quality::procrustes;

/// The most bytes that the frames of one map may take, before gzip: a page of more is too long in opening.
const MAX_BYTES: usize = 200_000_000;
/// Of a point in a frame: two coordinates in 16 bits each.
const BYTES_PER_POINT: usize = 4;

/// Layouts of the same points, one after another, each with a name; the last is a map of the page.
///
/// In the page a frame takes 4 bytes per point, before gzip: 40 frames of 10,000 points are 1.6 MB.
#[derive(Debug, Clone)]
pub struct Frames {
    named: Vec<(String, Array2<f32>)>,
}

impl Frames {
    /// Frames of any origin, in the order of time, as pairs of a name, such as "epoch 3", and places `[n, 2]`.
    ///
    /// Maps that were made each by itself lie turned and moved against each other: [`Frames::aligned`] mends that.
    ///
    /// ```
    /// use neural_manifold::prelude::*;
    ///
    /// let apart = |epoch: usize| Array2::from_shape_fn((40, 2), |(row, axis)| (row * epoch % (3 + axis)) as f32);
    /// let frames = Frames::new((1..=5).map(|epoch| (format!("epoch {epoch}"), apart(epoch))))?;
    /// assert_eq!((frames.len(), frames.names()[2]), (5, "epoch 3"));
    /// let page = Explorer::of_points("mine", 40, None)?.with_coordinates("training", frames.last())?;
    /// let page = page.with_frames("training", &frames)?;
    /// # Ok::<(), Error>(())
    /// ```
    ///
    /// # Errors
    /// Fewer than two; places of another width than 2; counts of points that differ; a value that is not finite.
    pub fn new(named: impl IntoIterator<Item = (String, Array2<f32>)>) -> Result<Frames> {
        let named: Vec<(String, Array2<f32>)> = named.into_iter().collect();
        if named.len() < 2 {
            return Err(Error::config("frames", named.len(), "nothing moves; give two or more"));
        }
        let of_first = (named[0].1.nrows(), format!("the frame {:?}", named[0].0));
        for (name, places) in &named {
            let what = format!("the frame {name:?}");
            check_rows(&what, places)?;
            if places.ncols() != 2 {
                let remedy = format!("give x and y of each point of {what}");
                return Err(Error::config("columns of the coordinates", places.ncols(), remedy));
            }
            let remedy = "give the same points in each";
            check_counts("points", (places.nrows(), &what), (of_first.0, &of_first.1), remedy)?;
        }
        Ok(Frames { named })
    }

    /// The layouts that an engine kept on its way, named by their epochs, and the map that they led to.
    ///
    /// ```
    /// use neural_manifold::prelude::*;
    ///
    /// let spiral = Array2::from_shape_fn((200, 3), |(row, column)| ((row * (column + 1)) as f32 / 20.0).sin());
    /// let latents = Latents::new("spiral", spiral, None)?;
    /// let umap = project(&latents, Engine::default().with_frames(31, latents.len())?)?;
    /// let frames = Frames::of(&umap)?;
    /// assert_eq!((frames.len(), frames.names()[1], frames.last()), (31, "epoch 20", &umap.coordinates));
    /// let page = Explorer::of(&latents)?.with_unscored_map(&umap)?.with_frames(&umap.name, &frames)?;
    /// # Ok::<(), Error>(())
    /// ```
    ///
    /// # Errors
    /// A map of which no layout on the way was kept: [`Engine::with_frames`](crate::projection::Engine::with_frames) asks
    /// for them.
    pub fn of(map: &Projection) -> Result<Frames> {
        let on_the_way = map.snapshots.iter().filter(|snapshot| snapshot.epoch < map.n_epochs);
        let all = on_the_way.map(|snapshot| (snapshot.epoch, &snapshot.coordinates));
        let all: Vec<_> = all.chain([(map.n_epochs, &map.coordinates)]).collect();
        if all.len() < 2 {
            let remedy =
                "it kept no layout on its way; make it by an engine that does: engine.with_frames(40, rows)?";
            return Err(Error::Empty {
                what: format!("the list of frames of {:?}", map.name),
                remedy: remedy.into(),
            });
        }
        Frames::new(all.into_iter().map(|(epoch, places)| (format!("epoch {epoch}"), places.clone())))
    }

    /// The same frames, each moved, turned, sized and, where that helps, mirrored onto the next by [`procrustes`]: what is
    /// left to be seen is how their shapes differ. The last stays as it is.
    ///
    /// Layouts of one run need no alignment: there a turn is a turn.
    ///
    /// # Errors
    /// A frame whose points all lie in one place.
    pub fn aligned(mut self) -> Result<Frames> {
        for later in (1..self.named.len()).rev() {
            self.named[later - 1].1 = procrustes(&self.named[later].1, &self.named[later - 1].1)?.aligned;
        }
        Ok(self)
    }

    /// Number of frames.
    pub fn len(&self) -> usize {
        self.named.len()
    }

    /// Whether there is no frame, which cannot be.
    pub fn is_empty(&self) -> bool {
        self.named.is_empty()
    }

    /// Their names, in order.
    pub fn names(&self) -> Vec<&str> {
        self.named.iter().map(|(name, _)| name.as_str()).collect()
    }

    /// Places in the last frame, `[n, 2]`: those of the map.
    pub fn last(&self) -> &Array2<f32> {
        &self.named[self.named.len() - 1].1
    }

    /// All frames but the last, which the page has as its map, over one common range: `[frames - 1, n, 2]`.
    pub(super) fn field(&self, what: &str) -> Result<Field> {
        let before: Vec<_> = self.named[..self.len() - 1].iter().map(|(_, places)| places.view()).collect();
        let stacked = concatenate(Axis(0), &before).expect("all frames have the same points");
        let mut field = Field::quantized(what, &stacked)?;
        field.shape = vec![before.len(), self.last().nrows(), 2];
        Ok(field)
    }
}

impl Explorer {
    /// Says where the points of a map were before: the page gets a slider and a button below that map, and its points glide.
    ///
    /// The last frame is the map itself. In the page a frame takes 4 bytes per point, before gzip.
    ///
    /// # Errors
    /// A name that no map of the page has; frames of that map given twice; another count of points; a last frame that is
    /// not the map; frames of more than 200 MB.
    pub fn with_frames(mut self, map: &str, frames: &Frames) -> Result<Explorer> {
        let Some(at) = self.maps.iter().position(|other| other.name == map) else {
            let names = self.maps.iter().map(|other| other.name.as_str());
            let remedy = format!("the page has no map of that name; {}", offer(map, names));
            return Err(Error::config("map", format!("{map:?}"), remedy));
        };
        self.check_count("the frames", frames.last().nrows())?;
        if self.maps[at].frames.is_some() {
            return Err(Error::config("map", format!("{map:?}"), "it has frames already; give them once"));
        }
        if frames.last() != self.maps[at].coordinates {
            let remedy = "the last frame is another; add the map to the frames, or the last frame as the map";
            return Err(Error::config("map", format!("{map:?}"), remedy));
        }
        check_size(frames.len(), self.points)?;
        self.maps[at].frames = Some(frames.clone());
        Ok(self)
    }
}

/// Refuses more frames than a page should hold.
fn check_size(frames: usize, points: usize) -> Result<()> {
    let per_frame = points * BYTES_PER_POINT;
    let bytes = (frames - 1) * per_frame;
    if bytes <= MAX_BYTES {
        return Ok(());
    }
    let remedy = match MAX_BYTES / per_frame + 1 {
        1 => "no frame of so many points has room; show a part of them".to_string(),
        most => format!("give {most} at the most"),
    };
    Err(Error::config(
        "frames",
        frames,
        format!("they take {bytes} bytes, of {MAX_BYTES} in the page; {remedy}"),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_of_too_many_bytes_is_refused_with_the_count_that_fits() {
        assert!(check_size(51, 1_000_000).is_ok() && check_size(40, 10_000).is_ok());
        let text = "frames is 52; they take 204000000 bytes, of 200000000 in the page; give 51 at the most";
        assert_eq!(check_size(52, 1_000_000).unwrap_err().to_string(), text);
        assert!(check_size(2, 60_000_000).unwrap_err().to_string().ends_with("show a part of them"));
    }
}
