"""A random forest on embeddings."""

from dataclasses import dataclass
from typing import Any

from heads.hyperparameters import Count
from heads.sklearn_head import SklearnHead


@dataclass(kw_only=True)
class RandomForest(SklearnHead):
    """scikit-learn's random forest.

    Parameters
    ----------
    trees
        Number of trees.
    min_leaf
        Images in a leaf at least.
    """

    name = "random_forest"
    label = "random forest"
    trusted_types = ("sklearn.tree._tree.Tree",)

    trees: Count = 200
    min_leaf: Count = 3

    def classifier(self) -> Any:
        """Return the forest, not grown yet."""
        from sklearn.ensemble import RandomForestClassifier

        return RandomForestClassifier(
            self.trees, min_samples_leaf=self.min_leaf, random_state=self.seed
        )
