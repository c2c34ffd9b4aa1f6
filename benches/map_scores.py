"""Scores of maps by scikit-learn, independent of the library whose maps they are."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
from sklearn.manifold import trustworthiness
from sklearn.metrics import roc_auc_score
from sklearn.neighbors import KNeighborsClassifier, NearestNeighbors

SAMPLE = 5000


def floats(path, columns=2):
    return np.fromfile(path, "<f4").reshape(-1, columns)


class Scores:
    """Trustworthiness, continuity, recall, 2-D k-NN accuracy, correlation of local radii and random triplets on a fixed sample of the rows."""

    def __init__(self, rows, labels):
        self.rows, self.labels = rows, labels
        self.sample = np.random.RandomState(0).permutation(len(rows))[:SAMPLE]
        self.distances, self.truth = self.neighbors(rows)
        self.triplets = np.random.RandomState(1).randint(0, len(rows), (200_000, 3))
        self.order = self.nearer(rows)

    def neighbors(self, points):
        """The 15 nearest of all points to each of the sample, and how far they are."""
        distances, nearest = NearestNeighbors(n_neighbors=16).fit(points).kneighbors(points[self.sample])
        return distances[:, 1:], nearest[:, 1:]

    def radii(self, distances):
        """How far a point's neighbors are, as densMAP has it: the logarithm of their mean squared distance."""
        return np.log(np.mean(distances**2, axis=1) + 1e-12)

    def nearer(self, points):
        a, b, c = (points[self.triplets[:, i]] for i in range(3))
        return np.linalg.norm(a - b, axis=1) < np.linalg.norm(a - c, axis=1)

    def of(self, flat):
        (distances, near), sample = self.neighbors(flat), self.sample
        votes = [np.bincount(self.labels[row[:10]]).argmax() for row in near]
        pair = self.rows[sample], flat[sample]
        with ThreadPoolExecutor() as both:
            trust, continuity = both.map(lambda ends: trustworthiness(*ends, n_neighbors=15), [pair, pair[::-1]])
        return {
            "trust": trust,
            "continuity": continuity,
            "recall": float(np.mean([len(np.intersect1d(a, b)) / 15 for a, b in zip(self.truth, near, strict=True)])),
            "knn": float(np.mean(np.array(votes) == self.labels[sample])),
            "radii": float(np.corrcoef(self.radii(self.distances), self.radii(distances))[0, 1]),
            "triplets": float((self.nearer(flat) == self.order).mean()),
        }


def accuracy_of_new(known, labels, new, new_labels):
    """Share of new places whose class the majority of the 10 nearest known places tells."""
    return KNeighborsClassifier(10).fit(known, labels).score(new, new_labels)


def shuffled(rows):
    """Rows that belong nowhere: each column keeps its values, in another order."""
    return np.random.default_rng(2).permuted(rows, axis=0)


def told_apart(inside, outside):
    """Area under the ROC curve: the chance that one outside scores above one inside."""
    return roc_auc_score(np.repeat([0, 1], [len(inside), len(outside)]), np.concatenate([inside, outside]))
