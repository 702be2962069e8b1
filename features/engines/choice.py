"""Which engine runs a network, decided without importing any."""

NAMES = ("eager",)


def choose_engine(engine: str) -> str:
    """Return the engine that ``"auto"`` stands for, or the one named.

    Raises
    ------
    ValueError
        If there is no such engine.
    """
    chosen = "eager" if engine == "auto" else engine
    if chosen not in NAMES:
        raise ValueError(f"engine {engine!r} is not auto or one of {', '.join(NAMES)}")
    return chosen
