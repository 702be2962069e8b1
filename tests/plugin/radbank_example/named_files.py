"""Files named ``<patient>_<number>_<class>.<ending>``, as ``p7_2_ill.png``."""

from pathlib import Path

from pipeline.artifacts.quarantine import Rejected
from pipeline.layouts.base import Entry, Layout, Listing


def list_cases(root: Path, positive: str | None) -> Listing:
    """List the files of a folder; the class that is not `positive` is the negative one."""
    parts = {path.name: path.stem.split("_") for path in sorted(root.iterdir())}
    named = {name: split for name, split in parts.items() if len(split) == 3}
    classes = sorted(
        {split[2] for split in named.values()}, key=lambda each: (each == positive, each)
    )
    entries = [
        Entry(id=Path(name).stem, group=patient, path=name, label=classes.index(label))
        for name, (patient, _, label) in named.items()
    ]
    rejected = [
        Rejected(name, "its name is not patient_number_class")
        for name in parts.keys() - named.keys()
    ]
    return Listing(entries, tuple(classes), sorted(rejected, key=lambda each: each.path))


LAYOUT = Layout(list_cases, pseudonymous=True)
