"""params.yaml as types: every key known, every value checked before any work starts."""

from collections.abc import Callable, Sequence
from dataclasses import fields
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, create_model
from pydantic_core import ErrorDetails, PydanticCustomError
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from heads import ENSEMBLE, HEADS, get_head
from heads.base import Head
from heads.hyperparameters import Count, Positive, Share
from pipeline.layouts import LAYOUTS
from pipeline.paths import FINETUNE
from radbank.errors import RadbankError


def _known_layout(name: str) -> str:
    if name not in LAYOUTS:
        known = ", ".join(map(repr, LAYOUTS))
        raise PydanticCustomError("layout", "Input should be one of {known}", {"known": known})
    return name


class _Block(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


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
    root: str
    groups: str | None
    group_pattern: str | None
    positive: str | None
    limit: Count | None
    frame: Count | None
    accept: Accept
    max_quarantined: Annotated[float, Field(ge=0, le=1)]
    pseudonymise: Literal["auto"] | bool


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
    join: str


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


class Finetune(_Block):
    """End-to-end training."""

    epochs: Count
    image_size: Annotated[int, Field(ge=32)] | None
    batch_size: Annotated[int, Field(ge=2)]
    warmup_epochs: Annotated[int, Field(ge=0)]
    warmup_from: Positive
    learning_rate: Positive
    final_learning_rate: Positive
    weight_decay: Annotated[float, Field(ge=0)]
    checkpoint_every: Count


class Evaluate(_Block):
    """Intervals, comparisons, calibration and subgroups."""

    bootstrap: Annotated[int, Field(ge=100)]
    confidence: Annotated[float, Field(gt=0.5, lt=1)]
    margin: Annotated[float, Field(gt=0, lt=1)]
    operating_points: list[Annotated[float, Field(gt=0, lt=1)]]
    prevalences: list[Annotated[float, Field(gt=0, lt=1)]]
    recalibration: Literal["temperature", "platt", "isotonic"]
    minimum_group: Count


class Limits(_Block):
    """Experiments on the cached features."""

    head: str
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
    weights: str
    seed: Annotated[int, Field(ge=0, lt=2**32)]
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
        """Names of what a run trains: the heads in the order of params.yaml, ensemble, network."""
        return (*self.heads.names, ENSEMBLE, FINETUNE)


def load_params(path: str | Path = "params.yaml") -> Params:
    """Read and check params.yaml.

    Raises
    ------
    RadbankError
        If the file is missing or is not YAML, or a key is unknown, missing or of a wrong type:
        the key's full path and what is allowed there.
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
    named = [("ensemble.members", member) for member in params.ensemble.members]
    for key, head in [*named, ("limits.head", params.limits.head)]:
        if head not in params.heads.names:
            raise RadbankError(
                f"{path}: {key} names {head!r}, which has no block under heads "
                f"(these have: {', '.join(params.heads.names)})."
            )
    return params


def _schema(content: Any) -> type[Params]:  # noqa: ANN401 - YAML is of any type
    """Return Params with the heads of a file; only those heads' modules are imported."""
    blocks = content.get("heads") if isinstance(content, dict) else None
    return _schema_of(tuple(blocks) if isinstance(blocks, dict) else ())


@cache
def _schema_of(blocks: tuple[Any, ...]) -> type[Params]:
    names = [name for name in blocks if name in HEADS]
    settings: dict[str, Any] = {name: (_settings_of(get_head(name)), ...) for name in names}
    heads = create_model("Heads", __base__=Heads, **settings)
    return create_model("Params", __base__=Params, heads=(heads, ...))


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
    if list(keys) == ["heads"]:
        return list(HEADS)
    block: Any = schema
    for key in keys:
        block = block.model_fields[key].annotation
    return list(block.model_fields)
