"""Gradient-boosted trees (LightGBM) with early stopping on the validation loss."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from heads.base import Head, by_class
from heads.class_weights import ClassWeight, class_weights, describe_class_weight, weighted_log_loss
from heads.examples import Examples
from heads.hyperparameters import Count, NotNegative, Positive
from heads.lightgbm_text import checked
from heads.scores import n_outputs, probabilities
from radbank.errors import RadbankError
from radbank.progress import track

if TYPE_CHECKING:
    import lightgbm as lgb


@dataclass(kw_only=True)
class LightGBM(Head):
    """LightGBM on the embeddings as they are (trees need no scaling).

    Parameters
    ----------
    learning_rate
        Shrinkage of each tree.
    num_leaves
        Leaves of a tree at most.
    min_child_samples
        Images in a leaf at least.
    colsample_bytree
        Share of the features that a tree may use, drawn anew for each.
    reg_lambda
        L2 penalty on the leaves' values.
    max_rounds
        Trees at most; of more than two classes, trees of each class.
    patience
        Trees without a smaller validation loss before growing stops; the trees up to the
        smallest are kept.
    class_weight
        "balanced": all classes weigh the same in the loss; None: every image does.
    augment
        Train on all views instead of the plain one. Validation is always plain.

    Notes
    -----
    `deterministic` and `force_col_wise` make the trees the same for any number of threads
    (https://lightgbm.readthedocs.io/en/stable/Parameters.html#deterministic). By columns, a tree
    costs the features it may use; by rows it would cost all of them.
    """

    name = "lightgbm"
    label = "LightGBM"
    weights_file = "trees.txt"
    fitted_by = ("lightgbm",)

    learning_rate: Positive = 0.05
    num_leaves: Annotated[int, Field(ge=2)] = 7
    min_child_samples: Count = 10
    colsample_bytree: Annotated[float, Field(gt=0, le=1)] = 0.1
    reg_lambda: NotNegative = 1.0
    max_rounds: Count = 500
    patience: Count = 50
    class_weight: ClassWeight = "balanced"
    augment: bool = False
    booster_: "lgb.Booster" = field(init=False, repr=False)

    @property
    def random(self) -> bool:
        """Whether trees draw the features that they may use."""
        return self.colsample_bytree < 1

    @property
    def parameters(self) -> int:
        """How many numbers fitting set: values of leaves and thresholds between them."""
        trees = self.booster_.dump_model()["tree_info"]
        return sum(2 * tree["num_leaves"] - 1 for tree in trees)

    @property
    def imbalance(self) -> str:
        """How class imbalance is handled, in words."""
        return describe_class_weight(self.class_weight)

    def fit(self, train: Examples, validation: Examples) -> Self:
        """Grow trees on `train` until the loss on `validation` stops falling."""
        import lightgbm as lgb  # noqa: PLC0415 - takes a second to import

        rows = train.views_as_rows() if self.augment else train
        weight_of = class_weights(rows.labels, self.class_weight)
        data = lgb.Dataset(rows.plain, rows.labels, weight=weight_of[rows.labels])
        watched = lgb.Dataset(validation.plain, validation.labels, reference=data)
        n_classes = len(weight_of)
        objective = (
            {"objective": "binary"}
            if n_outputs(n_classes) == 1
            else {"objective": "multiclass", "num_class": n_classes}
        )
        booster = lgb.Booster(
            {
                **objective,
                "metric": "none",
                "learning_rate": self.learning_rate,
                "num_leaves": self.num_leaves,
                "min_child_samples": self.min_child_samples,
                "colsample_bytree": self.colsample_bytree,
                "reg_lambda": self.reg_lambda,
                "seed": self.seed,
                "deterministic": True,
                "force_col_wise": True,
                "verbosity": -1,
            },
            data,
        ).add_valid(watched, "validation")

        def evaluate(predicted: NDArray[np.float64], _: "lgb.Dataset") -> tuple[str, float, bool]:
            # LightGBM's own sum varies with the number of threads
            probability = by_class(predicted) if predicted.ndim == 1 else predicted
            return "log_loss", weighted_log_loss(probability, validation.labels, weight_of), False

        best_loss, best_trees, failed = float("inf"), 0, 0
        rounds = range(self.max_rounds)
        for _ in track(rounds, self.name, total=self.max_rounds, unit="trees"):
            # a tree that finds no split among its share of the features is not kept
            booster.update()
            loss = booster.eval_valid(evaluate)[0][2]
            if loss < best_loss:
                best_loss, best_trees, failed = loss, booster.current_iteration(), 0
            else:
                failed += 1
            if failed >= self.patience:
                break
        self.booster_ = lgb.Booster(model_str=booster.model_to_string(num_iteration=best_trees))
        self.chosen_ = {"rounds": best_trees, "validation_log_loss": best_loss}
        return self

    def predict_proba(self, embeddings: NDArray[np.float32]) -> NDArray[np.float64]:
        """Return the probability of each class, shape (n_images, n_classes).

        Raises
        ------
        ValueError
            If the embeddings are of another width than those it learned from.
        """
        if embeddings.shape[1] != self.booster_.num_feature():
            # LightGBM's own error is no ValueError
            raise ValueError("the embeddings are of another width")
        logits = np.asarray(self.booster_.predict(embeddings, raw_score=True), dtype=np.float64)
        return probabilities(logits.reshape(len(embeddings), -1))

    def _save_weights(self, path: Path) -> None:
        text = checked(self.booster_.model_to_string())
        path.write_text(text, encoding="utf-8", newline="\n")

    def _load_weights(self, path: Path) -> None:
        import lightgbm as lgb  # noqa: PLC0415 - takes a second to import

        try:
            self.booster_ = lgb.Booster(model_str=checked(path.read_text(encoding="utf-8")))
        except (KeyError, ValueError, lgb.basic.LightGBMError) as error:
            raise RadbankError(f"{path} is damaged ({error}): train the head again.") from None
