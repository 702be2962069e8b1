"""The models of timm, as ``timm:<name>`` or ``timm:<name>.<tag of the weights>``."""

from functools import cached_property
from typing import Any

import timm
from torch import nn

from features.families.family import Family
from features.families.recipe import Recipe
from features.preprocessing import INTERPOLATIONS, Preprocessing
from features.weights import State
from features.weights_files import HuggingFaceFile, TorchHubFile, WeightsFile
from radbank.errors import RadbankError

_PREFIX = "timm:"


class TimmRecipe(Recipe):
    """A model of timm."""

    @property
    def _model(self) -> str:
        return self.name.removeprefix(_PREFIX)

    @cached_property
    def _config(self) -> Any:  # noqa: ANN401 - timm's PretrainedCfg; timm has no types
        config = timm.get_pretrained_cfg(self._model)
        if config is None or config.input_size[0] != 3:
            raise RadbankError(f"Backbone {self.name} does not take colour images: name another.")
        return config

    @property
    def weights_name(self) -> str:
        """The model and the tag of its weights."""
        tag = self._config.tag
        return f"{self._model.partition('.')[0]}.{tag}" if tag else self._model

    @property
    def weights_file(self) -> WeightsFile:
        """The file on the Hugging Face hub, or else at timm's own address."""
        if self._config.hf_hub_id:
            return HuggingFaceFile(
                f"{self.weights_name}.safetensors",
                "",
                self._config.hf_hub_id,
                self._config.hf_hub_filename or "model.safetensors",
            )
        if self._config.url:
            return TorchHubFile.at(self._config.url)
        raise RadbankError(
            f"timm has no weights for {self._model}: name another model, or use "
            "`-S weights=random`."
        )

    @property
    def preprocessing(self) -> Preprocessing:
        """The configuration of the weights, less their crop."""
        config = self._config
        if config.interpolation not in INTERPOLATIONS:
            raise RadbankError(
                f"Backbone {self.name} wants {config.interpolation} interpolation, and radbank "
                f"has {' and '.join(INTERPOLATIONS)}: name another."
            )
        return Preprocessing(
            input_size=config.input_size[-1],
            mean=tuple(config.mean),
            std=tuple(config.std),
            interpolation=config.interpolation,
        )

    def build(self, state: State | None = None) -> nn.Module:
        """Return the network with timm's own pooling and without its classifier."""
        if state is None:
            network = timm.create_model(self._model, pretrained=False)
        else:
            try:  # timm translates the keys of each architecture's files
                network = timm.create_model(
                    self._model,
                    pretrained=True,
                    pretrained_cfg_overlay={"state_dict": dict(state)},
                )
            except (RuntimeError, KeyError) as error:
                first = " ".join(str(error).split("\n")[:2])
                raise RadbankError(
                    f"The weights do not fit backbone {self.name}: {first}"
                ) from error
        return without_classifier(network)


def without_classifier(network: Any) -> nn.Module:  # noqa: ANN401 - timm has no types
    """Cut a model of timm off before its classifier, as timm does it, for evaluation."""
    network.reset_classifier(0)
    module: nn.Module = network.eval()
    return module


class Timm(Family):
    """All models of timm that have weights."""

    prefix = _PREFIX

    def others(self) -> list[str]:
        """Return their names, prefixed and sorted."""
        return sorted(f"{_PREFIX}{name}" for name in timm.list_models(pretrained=True))

    def knows(self, name: str) -> bool:
        """Return whether timm has the model and, where the name has one, the tag of its weights."""
        model, _, tag = name.removeprefix(_PREFIX).partition(".")
        known = name.startswith(_PREFIX) and timm.is_model(model)
        return known and (not tag or timm.is_model_pretrained(f"{model}.{tag}"))

    def recipe(self, name: str) -> TimmRecipe:
        """Return how to make one of them."""
        return TimmRecipe(name)


FAMILY = Timm()
