"""How long plain and augmented views of images take to embed, apart from start-up."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from features.bank.about import KINDS, ComputationRecord, Kind
from features.image_views import ImageView
from radbank.meter import Meter, total


@dataclass(frozen=True)
class _Lap:
    """A batch: how many views of each kind it had, and the seconds since the batch before."""

    views: dict[Kind, int]
    seconds: float

    def seconds_of(self, kind: Kind) -> float:
        return self.seconds * self.views[kind] / sum(self.views.values())


class ViewTimes:
    """Seconds and joules of embedding plain and augmented views in steady state.

    The first batch also pays for what an engine does at its first call (compiling, loading
    kernels), so it counts as long as the others of its kind took.

    Parameters
    ----------
    about
        The bank's record of how long such views took before.

    Attributes
    ----------
    views, seconds
        Of each kind, embedded here so far.
    energy_counter
        Where joules come from; None without a counter.
    """

    def __init__(self, about: ComputationRecord) -> None:
        self._about = about
        self._joules: float | None = 0.0
        self.energy_counter: str | None = None
        self.views: dict[Kind, int] = dict.fromkeys(KINDS, 0)
        self.seconds: dict[Kind, float] = dict.fromkeys(KINDS, 0.0)

    def watch(self, done: Iterable[int], image_views: Sequence[ImageView]) -> Iterator[int]:
        """Pass on how many image views are done since the last, and time them.

        At the end the times are added to `seconds`, and to the bank's record.
        """
        laps: list[_Lap] = []
        at = 0
        meter = Meter(self._about.computation.device)
        self.energy_counter = meter.counter
        for count in done:
            spent = meter.lap()
            augmented = sum(each.view > 0 for each in image_views[at : at + count])
            laps.append(_Lap({"plain": count - augmented, "augmented": augmented}, spent.seconds))
            self._joules = total((self._joules, spent.joules))
            at += count
            yield count
        for kind in KINDS:
            self._add(kind, laps)

    def seconds_of_all(self, kind: Kind, views: int) -> float | None:
        """Return what so many views of a kind take, those from the bank as if computed.

        These count at the rate at which such were once computed; None where that is not known.
        """
        reused = max(views - self.views[kind], 0)
        if not reused:
            return self.seconds[kind]
        rate = self._about.rate(kind)
        return None if rate is None else self.seconds[kind] + reused / rate

    def joules_of_all(self, kind: Kind, views: int) -> float | None:
        """Return the energy of so many views of a kind; None if not all were embedded here."""
        if self._joules is None or views > self.views[kind]:
            return None
        every = sum(self.seconds.values())
        return self._joules * self.seconds[kind] / every if every else 0.0

    def _add(self, kind: Kind, laps: Sequence[_Lap]) -> None:
        views = sum(lap.views[kind] for lap in laps)
        if not views:
            return
        steady = [lap for lap in laps[1:] if lap.views[kind]] or laps[:1]
        timed = sum(lap.views[kind] for lap in steady)
        seconds = sum(lap.seconds_of(kind) for lap in steady)
        self.views[kind] += views
        self.seconds[kind] += views * seconds / timed
        self._about.remember_rate(kind, timed, seconds)
