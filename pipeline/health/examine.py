"""Run all health checks of `radbank doctor`, in order."""

from collections.abc import Iterator

from pipeline.health.bank import check_bank
from pipeline.health.check import Check
from pipeline.health.decoders import check_decoders
from pipeline.health.engines import check_engine, check_engines
from pipeline.health.installation import check_installation
from pipeline.health.machine import check_machine
from pipeline.health.network import check_network
from pipeline.health.project import check_cluster, check_data, check_dvc, check_git
from pipeline.health.weights import check_chosen_weights, check_other_weights
from pipeline.params import Params


def examine_machine() -> Iterator[Check]:
    """Yield every finding that does not depend on params.yaml, of the current folder too."""
    yield from check_installation()
    yield from check_machine()
    yield from check_engines()
    yield check_bank()
    yield from check_decoders()
    yield check_git()
    yield check_dvc()


def examine_project(params: Params) -> Iterator[Check]:
    """Yield every finding about what params.yaml asks for."""
    yield check_data(params)
    yield check_engine(params)
    yield check_network(params)
    yield check_chosen_weights(params.backbone, params.weights)
    yield from check_other_weights(params.backbone)
    if params.cluster.scheduler is not None:
        yield check_cluster(params.cluster.scheduler)
