"""Check which inference engines work here, and which one `auto` chooses."""

from collections.abc import Iterator

from features.device import device_type
from features.engines.choice import AUTO, ENGINES, choose
from pipeline.artifacts.cases import read_cases
from pipeline.health.check import Check, fail, ok, warn
from pipeline.params import Params
from pipeline.paths import CASES
from radbank.errors import RadbankError


def check_engines() -> Iterator[Check]:
    """Look for each engine, and the precision that it would compute in."""
    for engine in ENGINES:
        try:
            choice = choose(engine, AUTO, device=device_type(), n_images=0)
        except RadbankError as error:
            yield warn(f"engine {engine}", str(error))
        else:
            yield ok(f"engine {engine}", f"would compute in {choice.precision}")


def check_engine(params: Params) -> Check:
    """Choose as extract will for the images that are here, or for the demo where none are yet."""
    settings = params.features
    n_images = len(read_cases(CASES).frame) if CASES.is_file() else params.demo.images
    try:
        choice = choose(
            settings.engine,
            settings.precision,
            device=device_type(),
            n_images=n_images * (1 + settings.views),
        )
    except RadbankError as error:
        return fail("engine", str(error))
    return ok("engine", str(choice))
