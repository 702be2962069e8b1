import numpy as np
import torch

from heads.examples import Examples
from heads.logistic_regression import LogisticRegression
from pipeline.finetuning.logistic_start import start_from_logistic
from pipeline.finetuning.scoring import embeddings, probabilities


def test_the_network_answers_as_the_head_on_its_embeddings(network, split):
    training, validation = split
    folds = np.arange(len(training)) // 2 % 3
    start_from_logistic(network, training, folds, class_weight="balanced", seed=0)

    def found(images):
        return np.concatenate(list(embeddings(network, images))).astype(np.float32)

    examples = Examples(
        embeddings=found(training)[:, None], labels=training.labels, groups=folds, folds=folds
    )
    head = LogisticRegression(class_weight="balanced", seed=0).fit(examples, examples)
    expected = head.predict_proba(found(validation))
    answered = np.concatenate(list(probabilities(network, validation)))
    np.testing.assert_allclose(answered, expected, atol=1e-4)
    assert isinstance(network.classify.weight, torch.nn.Parameter)
    assert network.classify.weight.requires_grad


def test_a_class_in_one_fold_leaves_no_choice_and_is_no_error(network, split):
    training, validation = split
    folds = np.where(training.labels == 1, 0, np.arange(len(training)) % 3)
    start_from_logistic(network, training, folds, class_weight="balanced", seed=0)
    answered = np.concatenate(list(probabilities(network, validation)))[:, 1]
    assert answered[validation.labels == 1].mean() > answered[validation.labels == 0].mean()
