"""UMAP as a function and as an estimator of scikit-learn's kind."""

import tempfile
from pathlib import Path

import numpy as np

from ._program import NeuralManifoldError, flags, run

try:
    from sklearn.base import BaseEstimator, ClassNamePrefixFeaturesOutMixin, TransformerMixin
    from sklearn.utils.validation import check_is_fitted, validate_data
except ImportError:  # umap() needs none of it
    BaseEstimator = None


def umap(
    X,
    n_neighbors=15,
    min_dist=0.1,
    metric="euclidean",
    random_state=42,
    *,
    n_components=2,
    y=None,
    target_weight=0.5,
):
    """Maps rows to the plane, or to as many axes as `n_components` says.

    Parameters
    ----------
    X : array of shape (n, d)
        Finite numbers, computed with as 32-bit floats.
    n_neighbors : int
        Neighbors in which a row's surroundings are seen; fewer than n.
    min_dist : float
        How near points may come on the map.
    metric : {"euclidean", "cosine", "correlation"}
    random_state : int
        The same data and number give the same map, to the bit, on any number of cores.
    n_components : int
        Axes of the map, from 1 to 32.
    y : array of shape (n,), optional
        Classes that the map is to keep together: supervised UMAP. -1, None and NaN are rows without one.
    target_weight : float
        How much these count, from 0 to 1.

    Returns
    -------
    array of shape (n, n_components), float32

    Raises
    ------
    NeuralManifoldError
        A value that is not finite, fewer than 3 rows, a setting out of range: a sentence says which.
    """
    settings = flags(n_neighbors=n_neighbors, min_dist=min_dist, metric=metric, seed=random_state)
    return _map(_rows(X), settings, n_components, y, target_weight)


def _map(X, settings, n_components, y, target_weight):
    arrays = {"data": X}
    if y is not None:
        arrays["classes"] = _classes(y, len(X))
        settings = settings + flags(supervise="classes", target_weight=target_weight)
    with tempfile.TemporaryDirectory() as name:
        data, out = Path(name) / "data.npz", Path(name) / "map.npy"
        np.savez(data, **arrays)
        run("map", data, "-o", out, "--vector", "data", *settings, *flags(components=n_components))
        return np.load(out)


def _classes(y, n):
    """Classes as text, which is empty for a row without one."""
    y = np.asarray(y, dtype=object)
    if y.shape != (n,):
        raise NeuralManifoldError(f"y is of shape {y.shape}, and X has {n} rows; give one class per row")
    missing = [value is None or value != value or (not isinstance(value, str) and value == -1) for value in y]
    return np.where(missing, "", y.astype(str))


def _place(X, coordinates, new_X, settings):
    """Places of new rows on a map, each found by itself."""
    with tempfile.TemporaryDirectory() as name:
        onto, new, out = (Path(name) / file for file in ("map.npz", "new.npy", "placed.npy"))
        np.savez(onto, vectors=X, x=coordinates[:, 0], y=coordinates[:, 1])
        np.save(new, new_X)
        run("place", new, "--vector", "new", "--onto", onto, "--onto-vector", "vectors", "-o", out, *settings)
        return np.load(out)


def _rows(X):
    X = np.ascontiguousarray(X, dtype=np.float32)
    if X.ndim != 2:
        raise NeuralManifoldError(f"X has {X.ndim} dimensions; give rows of numbers, of shape (n, d)")
    bad = np.argwhere(~np.isfinite(X))
    if len(bad):
        row, column = bad[0]
        raise NeuralManifoldError(f"X holds {X[row, column]} at row {row}, column {column}; remove or repair that row")
    return X


if BaseEstimator is None:

    class UMAP:
        """Needs scikit-learn, which is not installed; `umap` does without."""

        def __init__(self, **_):
            raise ImportError("UMAP needs scikit-learn (pip install scikit-learn); the function umap does without")

else:

    class UMAP(ClassNamePrefixFeaturesOutMixin, TransformerMixin, BaseEstimator):
        """A map of the rows, on which new rows can be placed.

        Parameters
        ----------
        n_neighbors : int, default=15
            Neighbors in which a row's surroundings are seen; of fewer rows all the others.
        min_dist : float, default=0.1
            How near points may come on the map.
        metric : {"euclidean", "cosine", "correlation"}, default="euclidean"
        n_components : int, default=2
            Axes of the map, from 1 to 32.
        target_weight : float, default=0.5
            How much the classes count that `fit` is given, from 0 to 1.
        random_state : int, RandomState or None, default=42
            The same data and number give the same map, to the bit. None draws a number.

        Attributes
        ----------
        embedding_ : array of shape (n, n_components)
            Places of the rows that were fitted.
        """

        def __init__(
            self,
            n_neighbors=15,
            min_dist=0.1,
            metric="euclidean",
            random_state=42,
            *,
            n_components=2,
            target_weight=0.5,
        ):
            self.n_neighbors = n_neighbors
            self.min_dist = min_dist
            self.metric = metric
            self.random_state = random_state
            self.n_components = n_components
            self.target_weight = target_weight

        def __sklearn_tags__(self):
            tags = super().__sklearn_tags__()
            tags.transformer_tags.preserves_dtype = ["float32"]
            return tags

        def fit(self, X, y=None):
            """Maps the rows. With `y`, a class per row, the map is to keep these together; -1 is a row without one."""
            X = validate_data(self, X, dtype=np.float32, order="C", ensure_min_samples=3)
            seed = self.random_state
            if not isinstance(seed, (int, np.integer)):
                seed = int((seed or np.random.mtrand._rand).randint(2**31))
            n_neighbors = min(self.n_neighbors, len(X) - 1)
            # Those of the map are those by which rows are placed on it.
            self._flags = flags(n_neighbors=n_neighbors, min_dist=self.min_dist, metric=self.metric, seed=seed)
            self._fitted_rows = X
            self.embedding_ = _map(X, self._flags, self.n_components, y, self.target_weight)
            self._n_features_out = self.embedding_.shape[1]
            return self

        def fit_transform(self, X, y=None):
            """Maps the rows as `fit` does; their places, of shape (n, n_components)."""
            return self.fit(X, y).embedding_

        def transform(self, X):
            """Places of new rows on a map of 2 axes, of shape (m, 2), each found by itself; the map stays as it is.

            A row that was fitted keeps the place that it has, on a map of any number of axes.
            """
            check_is_fitted(self)
            X = validate_data(self, X, dtype=np.float32, order="C", reset=False)
            known = {row.tobytes(): place for row, place in zip(self._fitted_rows, self.embedding_, strict=True)}
            nowhere = np.full(self._n_features_out, np.nan)
            places = np.array([known.get(row.tobytes(), nowhere) for row in X], dtype=np.float32)
            new = np.isnan(places[:, 0])
            if new.any():
                if places.shape[1] != 2:
                    count = places.shape[1]
                    raise NeuralManifoldError(f"n_components is {count}; new rows are placed on maps of 2")
                places[new] = _place(self._fitted_rows, self.embedding_, X[new], self._flags)
            return places
