"""params.yaml as types: every key known, every value checked before any work starts."""

from collections.abc import Callable, Sequence
from dataclasses import fields
from datetime import date
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    create_model,
    model_validator,
)
from pydantic_core import ErrorDetails, PydanticCustomError
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from features.weights_info import WeightsChoice
from heads import ENSEMBLE, HEADS, get_head
from heads.base import Head
from heads.class_weights import ClassWeight
from heads.hyperparameters import Count, Share
from pipeline.finetuning.arms import ARMS, get_arm
from pipeline.finetuning.arms.base import Arm
from pipeline.layouts import LAYOUTS
from pipeline.layouts.spelling import whole
from pipeline.paths import DEMO
from pipeline.settings.contradiction import contradiction
from radbank.errors import RadbankError


def _known_layout(name: str) -> str:
    if name not in LAYOUTS:
        known = ", ".join(map(repr, LAYOUTS))
        raise PydanticCustomError("layout", "Input should be one of {known}", {"known": known})
    return name


def _as_text(value: object) -> object:
    """Turn a number or a date, which YAML makes of a class or a folder of such a name, into text.

    True and false may have been written in several ways, so they are left to be refused.
    """
    if isinstance(value, bool):
        raise PydanticCustomError("text", "Input should be text: put it between quotes")
    if isinstance(value, int | float):
        return str(whole(str(value)))
    return value.isoformat() if type(value) is date else value


Text = Annotated[str, BeforeValidator(_as_text)]


class _Block(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, serialize_by_alias=True)


class Demo(_Block):
    """The synthetic cohort."""

    images: Count
    patients: Count


class Accept(_Block):
    """Which images are taken, by their headers; null: all."""

    modality: list[str] | None
    view: list[str] | None


class Data(_Block):
    """Where the cases come from."""

    layout: Annotated[str, AfterValidator(_known_layout)]
    root: Text
    groups: Text | None
    group_pattern: Text | None
    positive: Text | None
    limit: Count | None
    frame: Count | None
    accept: Accept
    max_quarantined: Annotated[float, Field(ge=0, le=1)]
    pseudonymise: Literal["auto"] | bool
    readings: Text | None

    @model_validator(mode="before")
    @classmethod
    def _without_demo(cls, block: Any) -> Any:  # noqa: ANN401 - of any type before it is checked
        """Leave out the demo's patients where the images are others."""
        if not isinstance(block, dict) or block.get("groups") != str(DEMO / "patients.csv"):
            return block
        root = block.get("root")
        return block if isinstance(root, str) and Path(root) == DEMO else block | {"groups": None}

    @property
    def beside(self) -> list[Path]:
        """The tables that may lie outside the root."""
        return [Path(path) for path in (self.groups, self.readings) if path is not None]


class Prepare(_Block):
    """How pixels are stored."""

    size: Annotated[int, Field(ge=32, le=2048)]


class Split(_Block):
    """Shares of patients, and whether everything is also cross-validated."""

    scheme: Literal["holdout", "cv"]
    test: Share
    validation: Annotated[float, Field(gt=0, lt=1)]
    folds: Annotated[int, Field(ge=2)]
    repeats: Count
    join: Text


class Leaks(_Block):
    """From which similarity on pairs of images are reported."""

    near_duplicate: Annotated[float, Field(gt=0, le=1)]
    same_person: Annotated[float, Field(gt=0, le=1)]


class Features(_Block):
    """How embeddings are computed."""

    engine: Literal["auto", "openvino", "compile", "eager"]
    precision: Literal["auto", "fp32", "bf16", "fp16"]
    batch_size: Literal["auto"] | Count
    views: Annotated[int, Field(ge=0)]
    layers: Annotated[list[str], Field(min_length=1)]


class HeadSettings(_Block):
    """Hyperparameters of one head: a subclass has the fields of the head's dataclass."""

    def make(self, name: str, *, seed: int) -> Head:
        """Return the head of this name with these hyperparameters, not fitted yet."""
        return get_head(name)(**self.model_dump(), seed=seed)


class Heads(_Block):
    """One block a head: a subclass has a field for each head that runs."""

    @property
    def names(self) -> tuple[str, ...]:
        """The heads that run, in the order of params.yaml."""
        return tuple(type(self).model_fields)

    def __getitem__(self, name: str) -> HeadSettings:
        """Return the hyperparameters of a head that runs."""
        settings: HeadSettings = getattr(self, name)
        return settings


class EnsembleMembers(_Block):
    """Which heads are averaged."""

    members: Annotated[list[str], Field(min_length=1)]


class QuickSizes(_Block):
    """Sizes of fine-tuning on the synthetic cohort, where it has to be quick."""

    epochs: Count
    image_size: Annotated[int, Field(ge=32)] | None
    seeds: Count


class Arms(_Block):
    """One block an arm: a subclass has a field for each arm that runs, under its alias."""

    @property
    def names(self) -> tuple[str, ...]:
        """The arms that run, in the order of params.yaml."""
        return tuple(str(field.alias) for field in type(self).model_fields.values())

    def __getitem__(self, name: str) -> Arm:
        """Return the settings of an arm that runs."""
        found: Arm = getattr(self, _attribute(name))
        return found


class Finetune(_Block):
    """Training more than a head: what all arms share, and the arms."""

    image_size: Annotated[int, Field(ge=32)] | None
    batch_size: Annotated[int, Field(ge=2)]
    processes: Literal["auto"] | Count
    precision: Literal["auto", "fp32", "bf16"]
    class_weight: ClassWeight
    demo: QuickSizes
    arms: Arms

    def arm(self, name: str, *, synthetic: bool) -> Arm:
        """Return an arm as it runs: on the synthetic cohort with the quick sizes."""
        arm = self.arms[name]
        return arm.shortened(self.demo.epochs) if synthetic else arm

    def side(self, *, synthetic: bool) -> int | None:
        """Return the side of the network's input in pixels; None: the backbone's own."""
        return self.demo.image_size if synthetic else self.image_size


class Evaluate(_Block):
    """Intervals, comparisons, calibration and subgroups."""

    bootstrap: Annotated[int, Field(ge=100)]
    confidence: Annotated[float, Field(gt=0.5, lt=1)]
    margin: Annotated[float, Field(gt=0, lt=1)] | None
    margin_reason: str | None
    primary: str
    operating_points: list[Annotated[float, Field(gt=0, lt=1)]]
    prevalences: list[Annotated[float, Field(gt=0, lt=1)]]
    recalibration: Literal["temperature", "platt", "isotonic"]
    minimum_group: Count


class Limits(_Block):
    """Experiments with the training set: one head on the cached features, and arms."""

    head: str
    arms: list[str]
    repeats: Count
    patients: Annotated[list[Annotated[float, Field(gt=0, le=1)]], Field(min_length=1)]
    labels: Annotated[list[Share], Field(min_length=1)]
    balances: Annotated[list[Annotated[float, Field(gt=0, lt=1)]], Field(min_length=1)]


class Cluster(_Block):
    """Where work is spread."""

    scheduler: str | None


class Params(_Block):
    """All of params.yaml."""

    backbone: str
    weights: Text
    seed: Annotated[int, Field(ge=0, lt=2**32)]
    seeds: Count
    demo: Demo
    data: Data
    prepare: Prepare
    split: Split
    features: Features
    leaks: Leaks
    heads: Heads
    ensemble: EnsembleMembers
    finetune: Finetune
    evaluate: Evaluate
    limits: Limits
    cluster: Cluster

    @classmethod
    def of(cls, content: Any) -> "Params":  # noqa: ANN401 - YAML and JSON are of any type
        """Check settings; raise pydantic's error if a key is unknown, missing or ill-typed."""
        return _schema(content).model_validate(content)

    def __reduce__(self) -> tuple[Callable[[Any], "Params"], tuple[dict[str, Any]]]:
        """Travel between processes as values: the class depends on the heads that run."""
        return Params.of, (self.model_dump(),)

    @property
    def models(self) -> tuple[str, ...]:
        """Names of what a run trains: the heads in the order of params.yaml, ensemble, arms."""
        return (*self.heads.names, ENSEMBLE, *self.finetune.arms.names)


def load_params(path: str | Path = "params.yaml") -> Params:
    """Read and check params.yaml.

    Raises
    ------
    RadbankError
        If the file is missing or is not YAML, or a key is unknown, missing or of a wrong type:
        the key's full path and what is allowed there. If a key names what has no block, or arms
        and heads could not be compared fairly: the keys that do not go together. If `weights`
        pins a file wrongly.
    """
    path = Path(path)
    try:
        # YAML 1.2, as DVC writes it: there 1e-05 is a number, which YAML 1.1 reads as text
        content = YAML(typ="safe", pure=True).load(path)
    except FileNotFoundError:
        raise RadbankError(
            f"There is no {path} in {Path.cwd()}: run radbank in the folder that holds it."
        ) from None
    except YAMLError as error:
        raise RadbankError(f"{path} is not valid YAML: {error}") from None
    try:
        params = Params.of(content)
    except ValidationError as error:
        problems = "; ".join(_explain(detail, _schema(content)) for detail in error.errors())
        raise RadbankError(f"{path}: {problems}.") from None
    WeightsChoice.parse(params.weights)
    if problem := contradiction(params):
        raise RadbankError(f"{path}: {problem}")
    return params


def _schema(content: Any) -> type[Params]:  # noqa: ANN401 - YAML is of any type
    """Return Params with the heads and arms of a file; only their modules are imported."""
    return _schema_of(_blocks(content, "heads"), _blocks(content, "finetune", "arms"))


def _blocks(content: Any, *keys: str) -> tuple[Any, ...]:  # noqa: ANN401 - YAML is of any type
    """Return the names of the blocks under a path of keys."""
    for key in keys:
        content = content.get(key) if isinstance(content, dict) else None
    return tuple(content) if isinstance(content, dict) else ()


@cache
def _schema_of(heads: tuple[Any, ...], arms: tuple[Any, ...]) -> type[Params]:
    of_heads: dict[str, Any] = {
        name: (_settings_of(get_head(name)), ...) for name in heads if name in HEADS
    }
    of_arms: dict[str, Any] = {
        _attribute(name): (get_arm(name), Field(alias=name)) for name in arms if name in ARMS
    }
    finetune = create_model(
        "Finetune",
        __base__=Finetune,
        arms=(create_model("Arms", __base__=Arms, **of_arms), ...),
    )
    return create_model(
        "Params",
        __base__=Params,
        heads=(create_model("Heads", __base__=Heads, **of_heads), ...),
        finetune=(finetune, ...),
    )


def _attribute(arm: str) -> str:
    """Return an arm's name in the form that Python takes."""
    return arm.replace("-", "_")


def _settings_of(head: type[Head]) -> type[HeadSettings]:
    """Return the schema of a head's block: the fields of its dataclass, all to be given."""
    declared: dict[str, Any] = {
        field.name: (field.type, ...) for field in fields(head) if field.init
    }
    del declared["seed"]  # of all of radbank: the key `seed` at the top level
    return create_model(
        head.__name__, __base__=HeadSettings, __module__=head.__module__, **declared
    )


def _explain(detail: ErrorDetails, schema: type[Params]) -> str:
    """Say one problem as 'key: what is wrong and what is allowed'."""
    # pydantic names the branch of a union after its type; those parts are no keys
    keys = [str(part) for part in detail["loc"] if not _is_branch(part)]
    key = ".".join(keys) or "the top level"
    match detail["type"]:
        case "extra_forbidden":
            return f"{key} is unknown (allowed here: {', '.join(_allowed(keys[:-1], schema))})"
        case "missing":
            return f"{key} is missing"
        case _:
            return f"{key} is {detail['input']!r}: {detail['msg'][0].lower()}{detail['msg'][1:]}"


def _is_branch(part: int | str) -> bool:
    return isinstance(part, str) and ("[" in part or part in {"str", "int", "float", "none"})


def _allowed(keys: Sequence[str], schema: type[Params]) -> list[str]:
    """Return the key names allowed under a path of keys."""
    named = {("heads",): HEADS, ("finetune", "arms"): ARMS}
    if tuple(keys) in named:
        return list(named[tuple(keys)])
    block: Any = schema
    for key in keys:
        block = block.model_fields[key].annotation
    return list(block.model_fields)
