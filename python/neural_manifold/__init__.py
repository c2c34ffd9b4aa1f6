"""Maps of high-dimensional vectors that say how far to trust them, from Python.

    import neural_manifold as nm

    nm.explore(frame, vector="embedding", label="kind")      # a page to look at, in a notebook or the browser
    nm.umap(X)                                               # [n, 2], the same to the bit for the same random_state
    nm.UMAP(n_neighbors=30).fit(X).transform(new_X)          # as scikit-learn has it

All work is done by the program `neural-manifold`: the one that NEURAL_MANIFOLD_PROGRAM names, else
the one that the wheel installed, else that on PATH.
"""

from ._estimator import UMAP, umap
from ._explore import Page, explore
from ._program import NeuralManifoldError

__all__ = ["UMAP", "NeuralManifoldError", "Page", "explore", "umap"]
