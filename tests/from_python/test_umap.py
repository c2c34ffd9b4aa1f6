"""The function and the estimator: scikit-learn's own checks, its score of the map, and the same bits."""

import neural_manifold as nm
import numpy as np
import pytest
from sklearn.datasets import load_digits
from sklearn.manifold import trustworthiness
from sklearn.model_selection import train_test_split
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils.estimator_checks import parametrize_with_checks


@parametrize_with_checks([nm.UMAP()])
def test_scikit_learns_checks(estimator, check):
    check(estimator)


@pytest.fixture(scope="module")
def digits():
    data = load_digits()
    return train_test_split(data.data, data.target, test_size=300, random_state=0)


def test_a_map_of_digits_is_good_and_the_same_each_time(digits):
    rows = digits[0]
    places = nm.umap(rows)
    assert places.shape == (len(rows), 2) and places.dtype == np.float32
    assert trustworthiness(rows, places, n_neighbors=15) > 0.98
    assert (nm.umap(rows) == places).all()
    assert (nm.umap(rows, random_state=1) != places).any()
    assert (nm.umap(rows, min_dist=0.5) != places).any()
    for metric in ["cosine", "correlation"]:
        other = nm.umap(rows, metric=metric)
        assert (other != places).any() and trustworthiness(rows, other, n_neighbors=15, metric=metric) > 0.98


def test_new_rows_are_placed_among_their_kind_one_by_one(digits):
    rows, new_rows, labels, new_labels = digits
    mapper = nm.UMAP().fit(rows)
    placed = mapper.transform(new_rows)
    assert KNeighborsClassifier(15).fit(mapper.embedding_, labels).score(placed, new_labels) > 0.95
    assert (mapper.transform(new_rows[:1]) == placed[:1]).all()
    assert (mapper.transform(rows[5:9]) == mapper.embedding_[5:9]).all()


def test_a_map_may_have_other_than_two_axes(digits):
    rows = digits[0]
    recall = {}
    for count in [1, 2, 3, 10]:
        mapper = nm.UMAP(n_components=count).fit(rows)
        assert mapper.embedding_.shape == (len(rows), count)
        assert mapper.get_feature_names_out()[-1] == f"umap{count - 1}"
        assert (mapper.embedding_ == nm.umap(rows, n_components=count)).all()
        assert (mapper.transform(rows[:4]) == mapper.embedding_[:4]).all()
        recall[count] = trustworthiness(rows, mapper.embedding_, n_neighbors=15)
    assert recall[1] < recall[2] < recall[3] < recall[10]
    with pytest.raises(nm.NeuralManifoldError, match="n_components is 10; new rows are placed on maps of 2"):
        mapper.transform(digits[1])


def test_classes_are_kept_together_and_rows_without_one_are_placed_by_their_neighbors(digits):
    rows, new_rows, labels, new_labels = digits
    known = np.where(np.arange(len(labels)) % 2 == 0, labels, -1)
    mapper = nm.UMAP(target_weight=0.9).fit(rows, known)
    apart = KNeighborsClassifier(5).fit(mapper.embedding_[::2], labels[::2])
    assert apart.score(mapper.embedding_[::2], labels[::2]) > 0.98
    assert apart.score(mapper.embedding_[1::2], labels[1::2]) > 0.95
    assert apart.score(mapper.transform(new_rows), new_labels) > 0.95
    named = [None if code == -1 else f"digit {code}" for code in known]
    assert (nm.umap(rows, y=named, target_weight=0.9) == mapper.embedding_).all()
    assert (nm.umap(rows) != mapper.embedding_).any()


def test_it_is_a_step_of_a_pipeline(digits):
    rows, new_rows, labels, new_labels = digits
    pipeline = make_pipeline(StandardScaler(), nm.UMAP(n_neighbors=10), KNeighborsClassifier(5))
    assert pipeline.fit(rows, labels).score(new_rows, new_labels) > 0.9


@pytest.mark.parametrize(
    ("rows", "settings", "sentence"),
    [
        (np.array([[1.0, np.nan]] * 20), {}, "holds nan at row 0, column 1"),
        (np.ones(20), {}, "X has 1 dimensions"),
        (np.eye(2), {}, "give at least 3"),
        (np.eye(20), {"n_neighbors": 20}, "n_neighbors is 20"),
        (np.eye(20), {"min_dist": -1}, "min_dist is -1"),
        (np.eye(20), {"metric": "manhattan"}, "give euclidean, cosine or correlation"),
        (np.eye(20), {"n_components": 0}, "n_components is 0; give a number from 1 to 32"),
        (np.eye(20), {"n_components": 21}, "n_components is 21; there are 20 rows"),
        (np.eye(20), {"y": [0] * 19}, "y is of shape .19,., and X has 20 rows"),
        (np.eye(20), {"y": [0] * 20, "target_weight": 2}, "target_weight is 2; give a number from 0 to 1"),
    ],
)
def test_what_cannot_be_mapped_is_one_sentence(rows, settings, sentence):
    with pytest.raises(nm.NeuralManifoldError, match=sentence):
        nm.umap(rows, **settings)


def test_a_program_that_is_not_there_is_told(monkeypatch):
    monkeypatch.setenv("NEURAL_MANIFOLD_PROGRAM", "no-such-program")
    with pytest.raises(nm.NeuralManifoldError, match="build it by cargo"):
        nm.umap(np.eye(20))
