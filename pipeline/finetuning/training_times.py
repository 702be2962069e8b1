"""What the steps and validations of a training took, over all processes that ran it."""

from dataclasses import dataclass

from radbank.meter import Spent, total

_UNSTARTED = {"first_seconds": None}


@dataclass
class TrainingTimes:
    """Seconds and joules of a training, apart from start-up.

    The first step in a process also pays for start-up (kernels are loaded, memory is taken), so it
    counts as long as the others.

    Attributes
    ----------
    steps, step_seconds
        The steps that were timed, and what they took together.
    first_seconds
        The first step of the present process; None before it.
    validation_seconds
        All validations together.
    joules
        All of it; None without a counter.
    """

    steps: int = 0
    step_seconds: float = 0.0
    first_seconds: float | None = None
    validation_seconds: float = 0.0
    joules: float | None = 0.0

    def add_step(self, spent: Spent) -> None:
        """Count a step."""
        self.joules = total((self.joules, spent.joules))
        if self.first_seconds is None:
            self.first_seconds = spent.seconds
        else:
            self.steps += 1
            self.step_seconds += spent.seconds

    def add_validation(self, spent: Spent) -> None:
        """Count a validation."""
        self.joules = total((self.joules, spent.joules))
        self.validation_seconds += spent.seconds

    def spent(self, steps: int) -> Spent:
        """Return what so many steps and all validations took."""
        each = self.step_seconds / self.steps if self.steps else self.first_seconds or 0.0
        return Spent(steps * each + self.validation_seconds, self.joules)

    def state(self) -> dict[str, int | float | None]:
        """Return what another process goes on from."""
        if not self.steps and self.first_seconds is not None:
            return {**vars(self), "steps": 1, "step_seconds": self.first_seconds} | _UNSTARTED
        return vars(self) | _UNSTARTED
